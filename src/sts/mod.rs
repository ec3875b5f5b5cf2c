//! The token service port over AWS STS and the key port over AWS IAM, through AWS's own SDK.
//! Nothing but the credentials in hand sign: no provider chain is built, so no environment key, profile or instance role
//! is ever looked for. AWS's answers become leases here, its refusals the cases of the port.

mod access_keys;
mod answer;
mod client;
mod endpoint;
mod refusal;
mod request;
mod token_service;
mod wire;

pub use access_keys::IamAccessKeys;
pub use endpoint::{Endpoint, Service};
pub use token_service::StsTokenService;
pub use wire::AwsOptions;

#[cfg(test)]
mod tests;
