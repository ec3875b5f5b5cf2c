//! What gives the codes of second factors, and every way in which none is to be had.

use std::time::Duration;

use super::{AwsMessage, Cause, PromptError, Turn};
use crate::model::mfa::{MfaCode, MfaDevice, MfaSerial};
use crate::model::name::{AccountName, ConnectorName};

/// Gives codes of MFA devices, each of them once.
pub trait MfaCodes {
    /// Waits for the turn to use a code of this device, at most this long. `None`: there is no place to keep turns in.
    fn turn(&self, serial: &MfaSerial, patience: Duration) -> Result<Option<Turn>, MfaError>;
    /// A code that was not used yet, for one call right now; it counts as used from then on.
    fn code(&self, request: CodeRequest<'_>) -> Result<GivenCode, MfaError>;
}

/// Which code is asked for, and what for.
#[derive(Debug, Clone, Copy)]
pub struct CodeRequest<'a> {
    pub device: &'a MfaDevice,
    pub account: &'a AccountName,
    /// `None` where the account itself is proved.
    pub connector: Option<&'a ConnectorName>,
    pub attempt: Attempt<'a>,
}

/// How often a code was asked for in this call.
#[derive(Debug, Clone, Copy)]
pub enum Attempt<'a> {
    First,
    /// AWS refused the one before, for this reason in its words.
    AfterRefusal(&'a AwsMessage),
}

/// A code, and whether whoever gave it can be asked for another one.
#[derive(Debug)]
pub struct GivenCode {
    pub code: MfaCode,
    pub giver: CodeGiver,
}

/// Where a code comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeGiver {
    /// It came with the request.
    Caller,
    /// A program of the configuration printed it.
    Program,
    /// A person typed it.
    Person,
}

/// Why there is no code.
#[derive(Debug, thiserror::Error)]
pub enum MfaError {
    /// Neither the request nor the configuration gives one, and nobody can be asked.
    #[error("a code of the MFA device {serial} is needed, and there is no terminal to ask at")]
    NoWay { serial: MfaSerial, account: AccountName },
    /// The code that came with the request is of a half minute whose code was used.
    #[error("a code of the MFA device {serial} was used in this half minute already, and each is good once")]
    Spent { serial: MfaSerial, seconds_left: u64 },
    /// The program of the configuration failed, or printed something else.
    #[error("{} gave no code of the MFA device {serial}", .program.escape_debug())]
    Program {
        serial: MfaSerial,
        program: String,
        #[source]
        source: Cause,
    },
    /// The person who was asked broke off, or the terminal did.
    #[error(transparent)]
    Prompt(PromptError),
    /// Somebody else asks for a code of the same device and does not finish.
    #[error("another afed{} has been asking for a code of the MFA device {serial} for {} s", super::cache::holder(.pid), .after.as_secs_f32())]
    Busy { serial: MfaSerial, pid: Option<u32>, after: Duration },
    /// Somebody else was stopped by a signal while it asked.
    #[error("another afed (process {pid}) was stopped while it asked for a code of the MFA device {serial}")]
    Stopped { serial: MfaSerial, pid: u32 },
}

impl MfaError {
    /// Whether credentials that are still valid may stand in: nobody has said no.
    pub const fn is_passing(&self) -> bool {
        !matches!(self, Self::Prompt(_))
    }
}
