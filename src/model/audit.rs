//! The audit trail: what is written of each decision, and how each line is chained to the one before. Pure.
//! No secret has a place in an entry, and nothing that a far side said.

pub mod chain;
mod line;
pub mod settings;
pub mod verification;

use jiff::Timestamp;

use super::actor::{Actor, Scope};

/// What was decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Credentials for a shell, a program or an SDK.
    Vend,
    /// Credentials for a command that afed runs.
    Exec,
    /// A sign-in to the console.
    Console,
    /// Credentials that prove a connector, and are handed to nobody.
    Check,
    LogIn,
    LogOut,
    /// An account's key is replaced.
    Rotate,
    /// The configuration is changed.
    Configuration,
}

/// How it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Decision {
    /// Somebody got what they asked for
    Allow,
    /// Somebody may not have it
    Deny,
    /// It did not come to a decision, so nobody got anything
    Fail,
}

/// Where credentials or a failure came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// An earlier run has left them.
    Cached,
    New,
}

/// One decision.
#[derive(Debug, Clone)]
pub struct Entry {
    pub at: Timestamp,
    pub event: Event,
    pub decision: Decision,
    pub reason: Option<Reason>,
    pub subject: Subject,
    pub origin: Option<Origin>,
    pub grant: Option<Grant>,
    pub process: Process,
}

/// Why: a stable code, and a sentence of afed's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    pub code: &'static str,
    pub sentence: String,
}

/// Who, and what for; what is not known is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    pub scope: Option<Scope>,
    pub name: Option<String>,
    pub connector: Option<String>,
    pub account: Option<String>,
}

impl Subject {
    pub fn of_actor(actor: &Actor) -> Self {
        Self { scope: Some(actor.scope()), name: Some(actor.name().to_owned()), ..Self::default() }
    }
}

/// What was handed out, as AWS knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub aws_account_id: Option<String>,
    pub principal_arn: Option<String>,
    pub session_name: Option<String>,
    pub access_key_id: String,
    pub expires_at: Timestamp,
}

/// The name behind which CloudTrail has what a session did: the last part of the principal's ARN.
pub fn session_name_of(principal_arn: &str) -> Option<&str> {
    let resource = principal_arn.splitn(6, ':').nth(5)?;
    let (kind, name) = (resource.split('/').next()?, resource.rsplit('/').next()?);
    ["assumed-role", "federated-user"].contains(&kind).then_some(name)
}

/// This process, and the one that started it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub uid: Option<u32>,
    pub parent: Option<u32>,
    /// The file that the parent runs, or its name.
    pub program: Option<String>,
}

impl Event {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vend => "vend",
            Self::Exec => "exec",
            Self::Console => "console",
            Self::Check => "check",
            Self::LogIn => "log-in",
            Self::LogOut => "log-out",
            Self::Rotate => "rotate",
            Self::Configuration => "configuration",
        }
    }
}

impl Decision {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Fail => "fail",
        }
    }
}

impl Origin {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cached => "cached",
            Self::New => "new",
        }
    }
}

#[cfg(test)]
mod tests;
