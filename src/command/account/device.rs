//! The second factor of an account on the command line: the flags that name it, and how they change its table.

use clap::{Args, ValueEnum};

use crate::command::error::CommandError;
use crate::config::ConfigError;
use crate::config::file::AccountTable;
use crate::model::account::Account;
use crate::ports::CallerIdentity;

/// An MFA device as the command line gives it.
#[derive(Debug, Default, PartialEq, Eq, Args)]
pub struct DeviceArgs {
    /// The MFA device of the key's user, of which a code is asked for where AWS takes one: an ARN, or a token's serial number
    #[arg(long, value_name = "SERIAL")]
    mfa_serial: Option<String>,
    /// The program that prints a code of it, run without a shell, such as "ykman oath accounts code --single ops" [default: a
    /// person is asked]
    #[arg(long, value_name = "COMMAND")]
    mfa_process: Option<String>,
}

/// A key that an account can be without, by its name in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Clearable {
    /// The MFA device, with the program that prints its codes
    MfaSerial,
    MfaProcess,
}

impl DeviceArgs {
    /// Whether no flag says anything.
    pub fn is_silent(&self) -> bool {
        *self == Self::default()
    }

    /// Refuses what only keys have.
    pub const fn refuse(&self) -> Result<(), CommandError> {
        match (&self.mfa_serial, &self.mfa_process) {
            (Some(_), _) => Err(CommandError::FlagOfKeys { flag: "--mfa-serial" }),
            (_, Some(_)) => Err(CommandError::FlagOfKeys { flag: "--mfa-process" }),
            (None, None) => Ok(()),
        }
    }

    /// Writes what the flags say into the table.
    pub fn apply(&self, table: &mut AccountTable) {
        if self.mfa_serial.is_some() {
            table.mfa_serial.clone_from(&self.mfa_serial);
        }
        if self.mfa_process.is_some() {
            table.mfa_process.clone_from(&self.mfa_process);
        }
    }

    /// A value that can't be used, told by the flag that gave it, where it was given by one.
    pub fn of_the_flag(&self, error: ConfigError) -> anyhow::Error {
        let unfit = |what, source| CommandError::AnswerUnfit { what, source }.into();
        match error {
            ConfigError::Field { field: "mfa_serial", source, .. } if self.mfa_serial.is_some() => {
                unfit("the value of --mfa-serial", source)
            }
            ConfigError::Field { field: "mfa_process", source, .. } if self.mfa_process.is_some() => {
                unfit("the value of --mfa-process", source)
            }
            other => other.into(),
        }
    }
}

/// Refuses a device of another partition than the key, where AWS has said whose the key is.
pub fn refuse_elsewhere(account: &Account, owner: Option<&CallerIdentity>) -> Result<(), CommandError> {
    let (Some(device), Some(owner)) = (account.mfa(), owner) else { return Ok(()) };
    let partition = owner.arn.split(':').nth(1);
    match device.serial.partition() {
        Some(other) if partition != Some(other) => {
            Err(CommandError::DeviceElsewhere { serial: device.serial.clone(), owner: owner.arn.clone() })
        }
        _ => Ok(()),
    }
}

impl Clearable {
    pub fn clear(self, table: &mut AccountTable) {
        match self {
            Self::MfaSerial => (table.mfa_serial, table.mfa_process) = (None, None),
            Self::MfaProcess => table.mfa_process = None,
        }
    }
}
