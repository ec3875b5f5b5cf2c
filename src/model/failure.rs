//! A failure in words, apart from the error that it came from: for the terminal, and to be remembered for a moment.

use serde::{Deserialize, Serialize};

/// What sort of failure it is: the exit code that scripts and SDKs see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// The user's request or the configuration is wrong.
    Configuration,
    /// The command line is wrong.
    Usage,
    /// The person must log in, or answer something at a terminal, first.
    LogInNeeded,
    /// The directory or AWS says no.
    Denied,
    /// Something could not be reached or did not answer.
    Unreachable,
    /// The command that was to be run can't be.
    NotRunnable,
    /// There is no such command.
    NoCommand,
    /// afed itself is at fault.
    Fault,
}

impl FailureKind {
    /// What programs know it by, beside the exit code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Usage => "usage",
            Self::LogInNeeded => "log-in-needed",
            Self::Denied => "denied",
            Self::Unreachable => "unreachable",
            Self::NotRunnable => "not-runnable",
            Self::NoCommand => "no-command",
            Self::Fault => "fault",
        }
    }

    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Configuration => 1,
            Self::Usage => 2,
            Self::LogInNeeded => 3,
            Self::Denied => 4,
            Self::Unreachable => 5,
            Self::Fault => 70,
            Self::NotRunnable => 126,
            Self::NoCommand => 127,
        }
    }
}

/// Why, more closely than the exit code tells: what the audit trail knows a failure by. The words are promised, as
/// people search for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReasonCode {
    /// The person is in none of the groups.
    NotEntitled,
    /// The connector serves persons only.
    NotForTheSystem,
    /// Nobody is logged in, or not any more.
    NoSession,
    WrongPassword,
    /// The directory knows the person, and does not let them in: gone, switched off, not of the application.
    PersonRefused,
    /// afed itself is refused by the directory.
    ApplicationRefused,
    DirectoryUnreachable,
    /// Something else than the directory answers, or in another way.
    DirectoryUnclear,
    UnknownConnector,
    /// There is no code of the MFA device.
    NoMfaCode,
    /// AWS refuses a request with a code.
    MfaRefused,
    AwsRefused,
    AwsUnreachable,
    /// The host gives no role's credentials.
    NoHostRole,
    /// The secret store does not open, or lacks a secret.
    NoSecret,
    /// What was asked for would be more than the connector gives, or can't be said.
    NarrowingRefused,
    /// AWS's sign-in gives no link.
    SignInFailed,
    NoBrowser,
    /// The answer did not reach whoever asked.
    OutputLost,
    NotRecorded,
    /// Nothing more is known than the kind.
    Other(FailureKind),
}

impl ReasonCode {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotEntitled => "not-entitled",
            Self::NotForTheSystem => "not-for-the-system",
            Self::NoSession => "no-session",
            Self::WrongPassword => "wrong-password",
            Self::PersonRefused => "person-refused",
            Self::ApplicationRefused => "application-refused",
            Self::DirectoryUnreachable => "directory-unreachable",
            Self::DirectoryUnclear => "directory-unclear",
            Self::UnknownConnector => "unknown-connector",
            Self::NoMfaCode => "no-mfa-code",
            Self::MfaRefused => "mfa-refused",
            Self::AwsRefused => "aws-refused",
            Self::AwsUnreachable => "aws-unreachable",
            Self::NoHostRole => "no-host-role",
            Self::NoSecret => "no-secret",
            Self::NarrowingRefused => "narrowing-refused",
            Self::SignInFailed => "sign-in-failed",
            Self::NoBrowser => "no-browser",
            Self::OutputLost => "output-lost",
            Self::NotRecorded => "not-recorded",
            Self::Other(kind) => kind.code(),
        }
    }
}

/// A failure with its causes, first to last, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    pub code: ReasonCode,
    pub causes: Vec<String>,
    pub hints: Vec<String>,
}

impl Failure {
    /// What failed and why, on one line.
    pub fn sentence(&self) -> String {
        self.causes.join(": ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FailureKind::{Configuration, Denied, Fault, LogInNeeded, NoCommand, NotRunnable, Unreachable, Usage};

    #[test]
    fn programs_know_each_kind_by_its_codes() {
        for (kind, code, exit_code) in [
            (Configuration, "configuration", 1),
            (Usage, "usage", 2),
            (LogInNeeded, "log-in-needed", 3),
            (Denied, "denied", 4),
            (Unreachable, "unreachable", 5),
            (Fault, "fault", 70),
            (NotRunnable, "not-runnable", 126),
            (NoCommand, "no-command", 127),
        ] {
            assert_eq!((kind.code(), kind.exit_code()), (code, exit_code));
        }
    }
}
