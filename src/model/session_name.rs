//! From a person's stored name to the name AWS records: RoleSessionName and the Name of GetFederationToken.
//! A deterministic function of the stored name; a plain valid name is sent unchanged, and a changed one
//! carries eight hex digits of its SHA-256 so that two people don't share one.

use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::hex::lower_hex;

/// The longest RoleSessionName (STS API, AssumeRole).
pub const ROLE_SESSION_LIMIT: usize = 64;
/// The longest Name of GetFederationToken (STS API).
pub const FEDERATION_LIMIT: usize = 32;
/// The shortest of both (STS API).
pub const SHORTEST: usize = 2;
const DIGEST_DIGITS: usize = 8;

/// The session name for a person: 2 to `limit` of `[A-Za-z0-9_=,.@-]`.
///
/// The `+` that the STS pattern would allow is mapped too, because the prose for federated users leaves it out.
pub fn session_name(stored_name: &str, limit: usize) -> String {
    let plain: String = stored_name
        .nfkd()
        .filter(|character| !is_combining_mark(*character))
        .map(|character| if is_allowed(character) { character } else { '-' })
        .collect();
    let unchanged = plain == stored_name && (SHORTEST..=limit).contains(&plain.len());
    if unchanged && !looks_digested(&plain) {
        return plain;
    }
    let kept = plain.len().min(limit - DIGEST_DIGITS - 1);
    format!("{}-{}", &plain[..kept], digest(stored_name))
}

/// Whether a session name may hold it.
pub const fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '=' | ',' | '.' | '@' | '-')
}

/// A name that already ends like a digested one is digested too; otherwise it could be somebody else's.
fn looks_digested(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, tail)| {
        tail.len() == DIGEST_DIGITS && tail.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn digest(stored_name: &str) -> String {
    lower_hex(&Sha256::digest(stored_name.as_bytes())[..DIGEST_DIGITS / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_names_are_sent_unchanged() {
        for name in ["alice", "al", "Alice.Smith@example.com", "a_b=c,d-e", &"x".repeat(64)] {
            assert_eq!(session_name(name, ROLE_SESSION_LIMIT), name);
        }
    }

    #[test]
    fn other_names_are_mapped_and_marked() {
        for (name, limit, expected) in [
            ("Zoë", ROLE_SESSION_LIMIT, "Zoe-d81a2d26"),
            ("x", ROLE_SESSION_LIMIT, "x-2d711642"),
            ("alice smith", ROLE_SESSION_LIMIT, "alice-smith-acc02a54"),
            ("a+b", ROLE_SESSION_LIMIT, "a-b-e4c38d31"),
            ("alice.longname.smith@example.com.au", FEDERATION_LIMIT, "alice.longname.smith@ex-0d8f4c06"),
        ] {
            let mapped = session_name(name, limit);
            assert_eq!(mapped.rsplit_once('-').unwrap().0, expected.rsplit_once('-').unwrap().0);
            assert_eq!(mapped.rsplit_once('-').unwrap().1, digest(name));
        }
    }

    #[test]
    fn a_name_made_to_look_like_a_mapped_one_is_mapped_itself() {
        let mapped = session_name("Zoë", ROLE_SESSION_LIMIT);
        assert_ne!(session_name(&mapped, ROLE_SESSION_LIMIT), mapped);
    }

    proptest! {
        #[test]
        fn every_name_becomes_one_that_sts_accepts(name in "\\PC{0,80}") {
            for limit in [ROLE_SESSION_LIMIT, FEDERATION_LIMIT] {
                let mapped = session_name(&name, limit);
                prop_assert!((SHORTEST..=limit).contains(&mapped.len()));
                prop_assert!(mapped.chars().all(is_allowed));
                prop_assert_eq!(&mapped, &session_name(&name, limit));
            }
        }

        #[test]
        fn different_names_get_different_ones(one in "\\PC{0,40}", other in "\\PC{0,40}") {
            prop_assume!(one != other);
            prop_assert_ne!(session_name(&one, FEDERATION_LIMIT), session_name(&other, FEDERATION_LIMIT));
        }
    }
}
