//! The second factor of an account on the command line: the flags that name it, and how they change its table.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::app::App;
use crate::command::error::CommandError;
use crate::command::questions::Question;
use crate::config::ConfigError;
use crate::config::file::AccountTable;
use crate::model::account::Account;
use crate::model::command_line::CommandLine;
use crate::model::mfa::MfaSerial;
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

const SERIAL: Question = Question {
    what: "the MFA device",
    prompt: "MFA device of the key's user (- for none)",
    flag: "--mfa-serial SERIAL",
};
const PROCESS: Question = Question {
    what: "the program that prints codes",
    prompt: "Program that prints its codes (- to be asked)",
    flag: "--mfa-process COMMAND",
};

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

/// Asks for the device and its program at the terminal, with today's as defaults.
pub fn revise(table: &mut AccountTable, app: &App) -> Result<()> {
    let serial = |text: &str| text.parse().map(|serial: MfaSerial| serial.as_str().to_owned());
    table.mfa_serial = SERIAL.revised(app, table.mfa_serial.as_deref(), serial)?;
    let process = |text: &str| text.parse().map(|_: CommandLine| text.to_owned());
    table.mfa_process = match table.mfa_serial {
        Some(_) => PROCESS.revised(app, table.mfa_process.as_deref(), process)?,
        None => None,
    };
    Ok(())
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
