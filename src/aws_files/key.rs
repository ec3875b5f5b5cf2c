//! Access keys as people keep them in AWS's files, in either of the two: which profiles hold one, what it is, and how its
//! lines go. A key is read only where all AWS tools read the same one.

use super::document::{AwsConfig, Profile, Setting};
use super::edit::unsafe_in_value;
use super::error::AwsFileError;
use super::line::Kind;
use super::profile_name::ProfileName;
use crate::model::secret::Secret;

pub(super) const ID: &str = "aws_access_key_id";
pub(super) const SECRET: &str = "aws_secret_access_key";
/// The second is what boto, long before botocore, called it.
pub(super) const TOKENS: [&str; 2] = ["aws_session_token", "aws_security_token"];

/// A profile with a key in it, whatever key that is.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyedProfile {
    pub name: String,
    pub access_key_id: String,
    /// Whether a session token stands beside it, which only temporary credentials have.
    pub has_token: bool,
}

/// Both halves of a long-term key, as they stand in the file.
pub struct WrittenKey {
    pub access_key_id: String,
    pub secret: Secret,
}

/// What went with a key's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRemoval {
    /// The profile has other settings or comments, and is still there.
    Lines,
    /// Nothing else was in it.
    Section,
}

/// The profiles with a key, in the order of the file.
pub fn keyed_profiles(file: &AwsConfig) -> Vec<KeyedProfile> {
    let keyed = |profile: Profile| {
        let access_key_id = profile.get(ID)?.to_owned();
        Some(KeyedProfile { access_key_id, has_token: token_of(&profile).is_some(), name: profile.name })
    };
    file.profiles().into_iter().filter_map(keyed).collect()
}

/// The long-term key of a profile; `None` where it has none.
pub fn key_of(file: &AwsConfig, name: &ProfileName) -> Result<Option<WrittenKey>, AwsFileError> {
    if file.editable_section(name)?.is_none() {
        return Ok(None);
    }
    let Some(profile) = file.profile(name.as_str()) else { return Ok(None) };
    if let Some((key, token)) = token_of(&profile) {
        return Err(AwsFileError::SessionToken { name: name.clone(), key, line: token.line });
    }
    let half = |has, lacks| AwsFileError::HalfAKey { name: name.clone(), has, lacks };
    match (profile.setting(ID), profile.setting(SECRET)) {
        (None, None) => Ok(None),
        (Some(_), None) => Err(half(ID, SECRET)),
        (None, Some(_)) => Err(half(SECRET, ID)),
        (Some(id), Some(secret)) => Ok(Some(WrittenKey {
            access_key_id: plain(ID, id)?.to_owned(),
            secret: Secret::new(plain(SECRET, secret)?.to_owned()),
        })),
    }
}

/// Takes the lines of the profile's key out, and its section where nothing else is in it. All other bytes stay.
pub fn remove_key(file: &mut AwsConfig, name: &ProfileName) -> Result<KeyRemoval, AwsFileError> {
    let mut edited = file.clone();
    edited.drop_keys(name, |key| key == ID || key == SECRET || TOKENS.contains(&key))?;
    let is_left_empty = edited
        .editable_section(name)?
        .is_some_and(|section| edited.lines[section.body()].iter().all(|line| matches!(line.kind(), Kind::Blank)));
    if is_left_empty {
        edited.remove_profile(name)?;
    }
    *file = edited;
    Ok(if is_left_empty { KeyRemoval::Section } else { KeyRemoval::Lines })
}

/// A token that says something; tools write empty ones too.
pub(super) fn token_of(profile: &Profile) -> Option<(&'static str, &Setting)> {
    let said = |key: &'static str| Some((key, profile.setting(key).filter(|token| !token.value.is_empty())?));
    TOKENS.into_iter().find_map(said)
}

/// A value that all tools read alike.
fn plain<'a>(key: &'static str, setting: &'a Setting) -> Result<&'a str, AwsFileError> {
    match unsafe_in_value(&setting.value) {
        Some(what) => Err(AwsFileError::OddValue { line: setting.line, key, what }),
        None => Ok(&setting.value),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;

    const KEY: &str =
        "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";

    fn file(text: &str) -> AwsConfig {
        AwsConfig::parse(Family::Credentials, text.as_bytes()).ok().unwrap()
    }

    fn x() -> ProfileName {
        "x".parse().unwrap()
    }

    fn removed(text: &str) -> (Result<KeyRemoval, AwsFileError>, String) {
        let mut edited = file(text);
        let outcome = remove_key(&mut edited, &x());
        (outcome, String::from_utf8(edited.to_bytes()).unwrap())
    }

    #[test]
    fn the_lines_of_a_key_go_and_all_else_stays() {
        let windows = format!("[y]\r\na = 1\r\n\r\n[x]\r\n{}", KEY.replace('\n', "\r\n"));
        for (before, after, removal) in [
            (format!("[x]\n{KEY}"), "", KeyRemoval::Section),
            (format!("[x]\n{KEY}\n[y]\na = 1\n"), "[y]\na = 1\n", KeyRemoval::Section),
            (format!("[y]\na = 1\n\n[x]\n{KEY}\n\n"), "[y]\na = 1\n\n\n", KeyRemoval::Section),
            (windows, "[y]\r\na = 1\r\n", KeyRemoval::Section),
            (format!("[x]\n# ours\n{KEY}"), "[x]\n# ours\n", KeyRemoval::Lines),
            (format!("[x]\n{KEY}; of y\n[y]\n"), "[x]\n; of y\n[y]\n", KeyRemoval::Lines),
            (format!("[x]\nregion = r\n{KEY}output = json"), "[x]\nregion = r\noutput = json", KeyRemoval::Lines),
            (format!("[x]\n{KEY}aws_session_token =\nAWS_SECURITY_TOKEN =\n"), "", KeyRemoval::Section),
            (format!("[x]\n{}a = 1\n", KEY.to_uppercase()), "[x]\na = 1\n", KeyRemoval::Lines),
        ] {
            assert_eq!(removed(&before), (Ok(removal), after.to_owned()), "{before}");
        }
    }

    #[test]
    fn a_key_is_read_where_all_tools_read_the_same() {
        let key = key_of(&file(&format!("# c\n[x]\n{KEY}aws_session_token =\n")), &x()).ok().unwrap().unwrap();
        assert_eq!(key.access_key_id, "AKIAIOSFODNN7EXAMPLE");
        assert!(key.secret.is_the_same_as(&Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned())));
        for none in ["", "[x]\nregion = r\n", "[profile x]\na = 1\n", "[y]\na = 1\n"] {
            assert!(matches!(key_of(&file(none), &x()), Ok(None)), "{none}");
        }
        let id = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n";
        for (text, told) in [
            (format!("[x]\n{id}"), "the profile x has aws_access_key_id, and no aws_secret_access_key"),
            (
                "[x]\naws_secret_access_key = s\n".to_owned(),
                "the profile x has aws_secret_access_key, and no aws_access_key_id",
            ),
            (
                format!("[x]\n{KEY}aws_session_token = t\n"),
                "the profile x holds temporary credentials: line 4 sets aws_session_token; an account needs a long-term key, which has none",
            ),
            (
                format!("[x]\n{id}aws_secret_access_key = \"s\"\n"),
                "line 3 gives aws_secret_access_key with quotes around all of it, which AWS tools read differently; mend it first",
            ),
            (
                format!("[x]\n{id}aws_secret_access_key = s # c\n"),
                "line 3 gives aws_secret_access_key with a blank followed by # or ;, which AWS tools read differently; mend it first",
            ),
            (
                format!("[x]\n{id}aws_secret_access_key = s\n  more\n"),
                "line 3 gives aws_secret_access_key with a line break or another control character, which AWS tools read differently; mend it first",
            ),
            (
                format!("[x]\n{id}aws_secret_access_key =\n"),
                "line 3 gives aws_secret_access_key with nothing, which AWS tools read differently; mend it first",
            ),
            (
                format!("[ x ]\n{KEY}"),
                "line 1 names the profile x in a way that some AWS tools don't read; write it as [x]",
            ),
            (
                format!("[x]\n{KEY}[x]\n{KEY}"),
                "the profile x has a section on line 1 and another on line 4; leave one of them",
            ),
        ] {
            assert_eq!(key_of(&file(&text), &x()).err().unwrap().to_string(), told);
        }
    }

    #[test]
    fn profiles_with_keys_are_listed_in_order() {
        let text = format!(
            "[b]\n{KEY}\n[c]\nregion = r\n[a]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_session_token = t\n"
        );
        let found: Vec<_> =
            keyed_profiles(&file(&text)).into_iter().map(|keyed| (keyed.name, keyed.has_token)).collect();
        assert_eq!(found, [("b".to_owned(), false), ("a".to_owned(), true)]);
    }
}
