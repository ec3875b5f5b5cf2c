//! Property tests of the editor: random documents put together from lines that parsers differ on.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::aws_files::edit::{Change, Removal};
use crate::aws_files::{AwsConfig, AwsFileError, Family, ProfileName};

const SETTINGS: [(&str, &str); 2] =
    [("credential_process", "/usr/bin/afed creds deploy --format process"), ("region", "eu-west-1")];

fn line() -> impl Strategy<Value = Vec<u8>> {
    let nasty: Vec<&'static [u8]> = vec![
        b"",
        b" ",
        b"# comment",
        b"; comment",
        b"  # indented",
        b"[default]",
        b"[profile default]",
        b"[DEFAULT]",
        b"[profile x]",
        b"[profile x] # c",
        b"[profile \"x\"]",
        b"[profile y]",
        b"[profile a b]",
        b"  [profile y]",
        b"[profile x",
        b"[x]",
        b"[sso-session s]",
        b"[services s]",
        b"[plugins]",
        b"region = r1",
        b"REGION=r2",
        b"credential_process = p",
        b"s3 =",
        b"  max = 1",
        b"\tmore",
        b"junk",
        b"a : b",
        b"a:b = c",
        b"= v",
        b"name = caf\xe9",
        b"# \xff\xfe",
        b"\x0cregion = r",
        b"k = \0",
        b"region = r1 # c",
        b"\xc5\xbc = \xc5\xbc",
        b"k = a=b",
    ];
    prop_oneof![9 => select(nasty).prop_map(<[u8]>::to_vec), 1 => vec(any::<u8>(), 0..12)]
}

prop_compose! {
    /// What may stand in a file, put together at random.
    pub fn document()(lines in vec(line(), 0..14), ending in select(vec!["\n", "\n", "\r\n"]), is_ended in any::<bool>()) -> Vec<u8> {
        let mut bytes = lines.join(ending.as_bytes());
        if is_ended && !bytes.is_empty() {
            bytes.extend_from_slice(ending.as_bytes());
        }
        bytes
    }
}

fn name() -> impl Strategy<Value = ProfileName> {
    select(vec!["x", "default", "new"]).prop_map(|name| name.parse().unwrap())
}

/// A document with none of the marks that end the reading at once.
fn parsed(bytes: &[u8]) -> Option<AwsConfig> {
    AwsConfig::parse(Family::Config, bytes).ok()
}

fn is_subsequence(of: &[&[u8]], lines: &[&[u8]]) -> bool {
    let mut rest = of.iter();
    lines.iter().all(|line| rest.any(|other| other == line))
}

/// The lines of the old text, but for those that the edit may touch.
fn untouched(bytes: &[u8]) -> Vec<&[u8]> {
    let is_ours = |line: &[u8]| {
        let lower = line.to_ascii_lowercase();
        lower.starts_with(b"region")
            || lower.starts_with(b"credential_process")
            || lower.starts_with(b"  ")
            || lower.starts_with(b"\t")
    };
    bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .filter(|line| !is_ours(line))
        .collect()
}

proptest! {
    #[test]
    fn every_document_is_written_as_it_was_read(bytes in document()) {
        if let Some(config) = parsed(&bytes) {
            prop_assert!(config.to_bytes() == bytes);
        }
    }

    #[test]
    fn setting_keeps_every_other_line_and_is_done_once(bytes in document(), name in name()) {
        let Some(mut config) = parsed(&bytes) else { return Ok(()) };
        match config.set_profile(&name, &SETTINGS) {
            Err(error) => {
                prop_assert!(error != AwsFileError::ByteOrderMark);
                prop_assert!(config.to_bytes() == bytes);
            }
            Ok(change) => {
                let after = config.to_bytes();
                prop_assert_eq!(change == Change::Unchanged, after == bytes);
                let kept: Vec<_> = after.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line)).collect();
                prop_assert!(is_subsequence(&kept, &untouched(&bytes)));
                let profile = config.profile(name.as_str()).unwrap();
                for (key, value) in SETTINGS {
                    prop_assert_eq!(profile.get(key), Some(value));
                }
                let mut again = parsed(&after).unwrap();
                prop_assert_eq!(again.set_profile(&name, &SETTINGS), Ok(Change::Unchanged));
                prop_assert!(again.to_bytes() == after);
            }
        }
    }

    #[test]
    fn removing_what_was_added_gives_the_old_bytes_back(bytes in document(), name in name()) {
        let Some(mut config) = parsed(&bytes) else { return Ok(()) };
        if config.set_profile(&name, &SETTINGS) == Ok(Change::Added) {
            let mut reread = parsed(&config.to_bytes()).unwrap();
            prop_assert_eq!(reread.remove_profile(&name), Ok(Removal::Removed));
            prop_assert!(reread.to_bytes() == bytes, "{:?} became {:?}", bytes, reread.to_bytes());
        }
    }
}
