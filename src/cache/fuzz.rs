//! Files of the cache as somebody may have changed them: nothing opens but what was sealed, whole, under this name and key; and
//! what is read from within a seal says the same when it is written again.

use jiff::Timestamp;

use super::lease_record;
use super::seal::{KEY_LENGTH, SealingKey};
use crate::fuzz::Target;
use crate::model::pass::{Outcome, Pass};

const WORDS: &[&str] = &[
    "\"access_key_id\":\"ASIAIOSFODNN7EXAMPLE\"",
    "\"secret_access_key\":\"s\"",
    "\"session_token\":\"t\"",
    "\"issued_at\":",
    "\"expires_at\":",
    "\"2026-11-22T03:29:02Z\"",
    "\"9999-12-30T22:00:00Z\"",
    "\"-009999-01-02T01:59:59Z\"",
    "\"packed_policy_size\":",
    "\"watched\":[]",
    "\"outcome\":",
    "\"Admitted\":",
    "\"Failed\":",
    "\"Person\":",
    "\"System\":",
    "\"good_for\":{\"secs\":300,\"nanos\":0}",
    "\"nanos\":",
    "\"at\":",
    "\"connector\":\"deploy\"",
    "\"region\":\"eu-west-1\"",
    "null",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"",
    "afed cache 1\n",
];

/// What is sealed need not be long to show that the seal holds; without optimisation it takes long.
const ENOUGH: usize = 64;

#[test]
fn nothing_is_read_from_the_cache_that_was_not_put_there() {
    Target { name: "cache", words: WORDS, judge }.run();
}

fn judge(input: &[u8]) -> String {
    let key = SealingKey([7; KEY_LENGTH]);
    assert!(key.open("x.lease", input).is_none(), "made up without the key");
    assert_sealed(&key, &input[..input.len().min(ENOUGH)]);
    format!("{} {}", lease(input), pass(input))
}

/// One byte, the end, the name and the key all matter; which byte is changed follows from the input.
fn assert_sealed(key: &SealingKey, plain: &[u8]) {
    let sealed = key.seal("x.lease", plain).unwrap();
    assert_eq!(key.open("x.lease", &sealed).as_deref().map(Vec::as_slice), Some(plain));
    let position = plain.iter().fold(plain.len(), |sum, byte| sum.wrapping_mul(31) + usize::from(*byte)) % sealed.len();
    let mut changed = sealed.clone();
    changed[position] ^= 1 << (position % 8);
    assert!(key.open("x.lease", &changed).is_none() && key.open("x.lease", &sealed[..position]).is_none());
    assert!(key.open("y.lease", &sealed).is_none() && SealingKey([8; KEY_LENGTH]).open("x.lease", &sealed).is_none());
    assert!(key.open("x.lease", &[&sealed[..], b"\n"].concat()).is_none());
}

fn lease(plain: &[u8]) -> &'static str {
    let Some(lease) = lease_record::read(plain) else { return "no lease" };
    let written = lease_record::write(&lease).unwrap();
    let again = lease_record::read(&written).unwrap();
    assert_eq!(*lease_record::write(&again).unwrap(), *written);
    "lease"
}

fn pass(plain: &[u8]) -> &'static str {
    let Ok(pass) = serde_json::from_slice::<Pass>(plain) else { return "no pass" };
    let written = serde_json::to_vec(&pass).unwrap();
    let again: Pass = serde_json::from_slice(&written).unwrap();
    assert_eq!(serde_json::to_vec(&again).unwrap(), written);
    match pass.outcome {
        Outcome::Admitted(admission) => {
            let is_good = [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX].map(|now| admission.is_good(now));
            if is_good[2] { "lasting pass" } else { "pass" }
        }
        Outcome::Failed { .. } => "failure",
    }
}
