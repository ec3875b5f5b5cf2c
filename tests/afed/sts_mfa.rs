//! What AWS asks of a second factor, as the checking proxy applies it: the emulator takes any. The codes are those of
//! `oathtool`, a device as people have it.

use std::process::Command;

use jiff::Timestamp;

use crate::sts_proxy::{Asked, Reply};

/// A device of the IAM user `ops` of the emulator.
pub const SERIAL: &str = "arn:aws:iam::000000000000:mfa/ops";
/// What the device makes its codes of, in base 32.
const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const STEP: i64 = 30;

/// The device as AWS knows it.
#[derive(Debug, Default)]
pub struct Device {
    /// The half minutes whose codes were accepted.
    used: Vec<i64>,
}

impl Device {
    /// Why a call does not go on: it needs a code of this half minute, or of the one before or after it, that was not
    /// accepted before.
    pub fn refusal(&mut self, asked: &Asked) -> Option<Reply> {
        if asked.parameter("Action") == Some("GetFederationToken")
            || asked.parameter("Action") == Some("GetCallerIdentity")
        {
            return None;
        }
        let denied = |text: &str| Some(Reply::refusal(403, "AccessDenied", text));
        let (serial, code) = match (asked.parameter("SerialNumber"), asked.parameter("TokenCode")) {
            (Some(serial), Some(code)) => (serial, code),
            _ => {
                return denied(
                    "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.",
                );
            }
        };
        let now = Timestamp::now().as_second() / STEP;
        let step = (now - 1..=now + 1).find(|step| !self.used.contains(step) && code_at(step * STEP) == code);
        match step.filter(|_| serial == SERIAL) {
            Some(step) => {
                self.used.push(step);
                None
            }
            None => denied("MultiFactorAuthentication failed with invalid MFA one time pass code."),
        }
    }
}

/// The code that the device shows at this time.
pub fn code_at(second: i64) -> String {
    let output = Command::new("oathtool").args(["--totp", "--base32", SEED, &format!("--now=@{second}")]).output();
    let output = output.expect("tests/setup installs oathtool");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// The code that the device shows now.
pub fn code_now() -> String {
    code_at(Timestamp::now().as_second())
}

/// The command line that prints it, by the clock of whoever runs it.
pub fn code_process() -> String {
    format!("sh -c 'oathtool --totp --base32 {SEED} --now=@$(date +%s)'")
}

#[test]
fn codes_are_those_of_the_standard() {
    // RFC 6238, appendix B, for SHA-1: the last six of the eight digits.
    for (second, code) in
        [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
    {
        assert_eq!(code_at(second), code);
    }
}
