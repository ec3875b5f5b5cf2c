//! The flag that gives a code of an MFA device, for every command that may need one.

use clap::Args;

use crate::model::mfa::MfaCode;

/// A code of the account's MFA device.
#[derive(Debug, Clone, Default, Args)]
pub struct MfaArgs {
    /// A code of the account's MFA device, should one be needed; it is good once, so others may see it here [default: from
    /// mfa_process, or asked for at the terminal]
    #[arg(long = "mfa-code", value_name = "CODE")]
    code: Option<MfaCode>,
}

impl MfaArgs {
    pub const fn code(&self) -> Option<&MfaCode> {
        self.code.as_ref()
    }
}
