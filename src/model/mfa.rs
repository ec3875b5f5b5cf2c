//! A second factor of an IAM user: the device that gives codes, and the codes themselves.
//! Source of the shapes: the STS API's SerialNumber and TokenCode. A code is good once, within its half minute.

use std::fmt;

use super::arn::AwsAccountId;
use super::command_line::CommandLine;
use super::partition;
use super::secret::Secret;

/// How long a device shows one code, in seconds.
pub const STEP_SECONDS: i64 = 30;

/// The device of an account, and the program that reads codes from it where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MfaDevice {
    pub serial: MfaSerial,
    /// Prints a code; without it a person is asked.
    pub process: Option<CommandLine>,
}

/// What AWS calls a device: the serial number on a hardware token, or the ARN of a virtual device.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct MfaSerial(String);

/// Why a text can't be a device's serial number.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MfaSerialError {
    #[error("a serial number has 9 to 256 characters; this one has {0}")]
    Length(usize),
    #[error("a serial number has letters, digits and _ + = / : , . @ - only; this one holds “{}”", .0.escape_debug())]
    Character(char),
    #[error("“{0}” is not the ARN of an MFA device; one looks like arn:aws:iam::123123123123:mfa/NAME")]
    NoDevice(String),
    #[error("“{0}” is a passkey or security key, which gives no codes; STS needs a virtual device or a hardware token")]
    SecurityKey(String),
    #[error("“{text}” is in no partition of AWS; these are: {}", partition::names().collect::<Vec<_>>().join(", "))]
    Partition { text: String },
}

impl MfaSerial {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition of a virtual device; what is on a token does not tell one.
    pub fn partition(&self) -> Option<&str> {
        self.part(1)
    }

    /// The AWS account of a virtual device.
    pub fn aws_account_id(&self) -> Option<&str> {
        self.part(4)
    }

    fn part(&self, position: usize) -> Option<&str> {
        self.0.starts_with("arn:").then(|| self.0.split(':').nth(position)).flatten()
    }
}

impl std::str::FromStr for MfaSerial {
    type Err = MfaSerialError;

    fn from_str(text: &str) -> Result<Self, MfaSerialError> {
        let fits = |character: &char| character.is_ascii_alphanumeric() || "_+=/:,.@-".contains(*character);
        match text.chars().find(|character| !fits(character)) {
            Some(character) => Err(MfaSerialError::Character(character)),
            None if !(9..=256).contains(&text.len()) => Err(MfaSerialError::Length(text.len())),
            None if text.starts_with("arn:") => check_arn(text).map(|()| Self(text.to_owned())),
            None => Ok(Self(text.to_owned())),
        }
    }
}

fn check_arn(text: &str) -> Result<(), MfaSerialError> {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [_, partition, "iam", "", account, resource] = parts[..] else {
        return Err(MfaSerialError::NoDevice(text.to_owned()));
    };
    if !partition::names().any(|name| name == partition) {
        return Err(MfaSerialError::Partition { text: text.to_owned() });
    }
    match resource.split_once('/') {
        Some(("u2f", _)) => Err(MfaSerialError::SecurityKey(text.to_owned())),
        Some(("mfa", name)) if !name.is_empty() && account.parse::<AwsAccountId>().is_ok() => Ok(()),
        _ => Err(MfaSerialError::NoDevice(text.to_owned())),
    }
}

impl fmt::Display for MfaSerial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A code of a device: six digits.
#[derive(Debug, Clone)]
pub struct MfaCode(Secret);

/// A text that is no code; what it is instead is not repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a code has six digits")]
pub struct MfaCodeError;

impl MfaCode {
    pub const fn secret(&self) -> &Secret {
        &self.0
    }
}

impl std::str::FromStr for MfaCode {
    type Err = MfaCodeError;

    fn from_str(text: &str) -> Result<Self, MfaCodeError> {
        let is_code = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_code { Ok(Self(Secret::new(text.to_owned()))) } else { Err(MfaCodeError) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_a_token_s_or_a_virtual_device_s() {
        let longest = "G".repeat(256);
        for (text, partition, account) in [
            ("GAHT12345678", None, None),
            ("123456789", None, None),
            (longest.as_str(), None, None),
            ("arn:aws:iam::123123123123:mfa/ops", Some("aws"), Some("123123123123")),
            ("arn:aws-cn:iam::123123123123:mfa/team/ops@example.com", Some("aws-cn"), Some("123123123123")),
        ] {
            let serial: MfaSerial = text.parse().unwrap();
            assert_eq!((serial.as_str(), serial.partition(), serial.aws_account_id()), (text, partition, account));
        }
    }

    #[test]
    fn what_aws_would_not_take_for_a_device_is_refused() {
        let text = |text: &str| text.to_owned();
        for (serial, error) in [
            (text(""), MfaSerialError::Length(0)),
            (text("GAHT1234"), MfaSerialError::Length(8)),
            ("G".repeat(257), MfaSerialError::Length(257)),
            (text("GAHT 12345678"), MfaSerialError::Character(' ')),
            (text("GAHT12345678é"), MfaSerialError::Character('é')),
            (
                text("arn:aws:iam::123123123123:user/ops"),
                MfaSerialError::NoDevice(text("arn:aws:iam::123123123123:user/ops")),
            ),
            (text("arn:aws:iam::123123123123:mfa/"), MfaSerialError::NoDevice(text("arn:aws:iam::123123123123:mfa/"))),
            (
                text("arn:aws:iam::12312312312:mfa/ops"),
                MfaSerialError::NoDevice(text("arn:aws:iam::12312312312:mfa/ops")),
            ),
            (
                text("arn:aws:sts::123123123123:mfa/ops"),
                MfaSerialError::NoDevice(text("arn:aws:sts::123123123123:mfa/ops")),
            ),
            (text("arn:aws:iam"), MfaSerialError::NoDevice(text("arn:aws:iam"))),
            (
                text("arn:aws-x:iam::123123123123:mfa/ops"),
                MfaSerialError::Partition { text: text("arn:aws-x:iam::123123123123:mfa/ops") },
            ),
            (
                text("arn:aws:iam::123123123123:u2f/user/ops"),
                MfaSerialError::SecurityKey(text("arn:aws:iam::123123123123:u2f/user/ops")),
            ),
        ] {
            assert_eq!(serial.parse::<MfaSerial>(), Err(error), "{serial}");
        }
    }

    #[test]
    fn a_code_is_six_digits_and_shows_none_of_them() {
        assert_eq!(format!("{:?}", "123456".parse::<MfaCode>().unwrap()), "MfaCode([secret])");
        for text in ["", "12345", "1234567", "12345x", " 123456", "١٢٣"] {
            assert_eq!(text.parse::<MfaCode>().unwrap_err(), MfaCodeError, "{text}");
        }
    }
}
