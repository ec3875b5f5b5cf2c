//! The token service port over AWS STS, through AWS's own SDK.
//! Nothing but the credentials in hand sign: no provider chain is built, so no environment key, profile or instance role
//! is ever looked for. AWS's answers become leases here, its refusals the cases of the port.

mod answer;
mod client;
mod endpoint;
mod refusal;
mod request;
mod token_service;

pub use endpoint::Endpoint;
pub use token_service::{StsOptions, StsTokenService};

#[cfg(test)]
mod tests;
