//! Temporary keys in a profile of the credentials file, and what must go so that every AWS tool takes them. A long-term
//! key and somebody else's source of credentials stay unless they are to be replaced.

use super::document::{AwsConfig, Profile};
use super::edit::Change;
use super::error::AwsFileError;
use super::hook::Hook;
use super::key;
use super::ownership::{HOOK_KEY, Overwrite, REGION_KEY, names_a_source};
use super::profile_name::ProfileName;
use crate::model::region::Region;
use crate::model::secret::Secret;

/// When the keys end, in RFC 3339. No SDK reads a key that begins with `x_`; saml2aws and okta-aws-cli write this one, and
/// prompts such as Starship show it.
const EXPIRY: &str = "x_security_token_expires";

/// What is written.
pub struct TemporaryKeys<'a> {
    pub access_key_id: &'a str,
    pub secret_access_key: &'a Secret,
    pub session_token: &'a Secret,
    /// RFC 3339 in UTC.
    pub expires: String,
}

/// Why a profile of this name can't have the keys as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InTheWay {
    /// A long-term key, of which this may be the only copy.
    LongTermKey,
    /// Another source of credentials that afed did not write, which would win in some AWS tool.
    ForeignSource,
}

/// What making room did to the profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// Nothing was in the way.
    WasThere,
    /// Keys that went, because they would win in some AWS tool; in the order of the file.
    Made(Vec<String>),
    /// Nothing was changed.
    Refused { what: InTheWay, keys: Vec<String> },
}

/// Takes away what would win over temporary keys in the credentials file, in either of the two files.
pub fn make_room(file: &mut AwsConfig, name: &ProfileName, overwrite: Overwrite) -> Result<Room, AwsFileError> {
    let mut edited = file.clone();
    edited.drop_keys(name, is_in_the_way)?;
    let Some(profile) = file.profile(name.as_str()) else { return Ok(Room::WasThere) };
    if overwrite == Overwrite::Refuse
        && let Some((what, keys)) = obstacle(&profile)
    {
        return Ok(Room::Refused { what, keys });
    }
    let keys = keys_where(&profile, is_in_the_way);
    *file = edited;
    Ok(if keys.is_empty() { Room::WasThere } else { Room::Made(keys) })
}

/// Writes the keys into the profile of the credentials file, in which [`make_room`] has made room.
pub fn set_keys(
    credentials: &mut AwsConfig,
    name: &ProfileName,
    keys: &TemporaryKeys<'_>,
) -> Result<Change, AwsFileError> {
    credentials.set_profile(
        name,
        &[
            (key::ID, keys.access_key_id),
            (key::SECRET, keys.secret_access_key.expose()),
            (key::TOKENS[0], keys.session_token.expose()),
            (EXPIRY, &keys.expires),
        ],
    )
}

/// Gives the profile of the configuration file this region if neither file gives it one.
pub fn set_missing_region(
    config: &mut AwsConfig,
    credentials: &AwsConfig,
    name: &ProfileName,
    region: &Region,
) -> Result<Change, AwsFileError> {
    let says = |file: &AwsConfig| file.profile(name.as_str()).is_some_and(|profile| profile.get(REGION_KEY).is_some());
    if says(config) || says(credentials) {
        return Ok(Change::Unchanged);
    }
    config.set_profile(name, &[(REGION_KEY, region.as_str())])
}

/// When the temporary keys of a profile end, as afed or a like-minded tool has written it.
pub fn expiry_of(profile: &Profile) -> Option<&str> {
    key::token_of(profile).and_then(|_| profile.get(EXPIRY))
}

/// Whether the profile of the credentials file holds temporary keys with their expiry.
pub fn has_temporary(credentials: &AwsConfig, name: &ProfileName) -> bool {
    credentials.profile(name.as_str()).is_some_and(|profile| expiry_of(&profile).is_some())
}

/// Takes temporary keys and their expiry out of the profile of the credentials file; whether there were some.
pub fn remove_temporary(credentials: &mut AwsConfig, name: &ProfileName) -> Result<bool, AwsFileError> {
    let has_some = has_temporary(credentials, name);
    if has_some {
        credentials.drop_keys(name, |key| key == EXPIRY)?;
        key::remove_key(credentials, name)?;
    }
    Ok(has_some)
}

fn obstacle(profile: &Profile) -> Option<(InTheWay, Vec<String>)> {
    let is_key = |key: &str| key == key::ID || key == key::SECRET;
    let keys = keys_where(profile, is_key);
    if !keys.is_empty() && key::token_of(profile).is_none() {
        return Some((InTheWay::LongTermKey, keys));
    }
    let is_own_hook = profile.get(HOOK_KEY).and_then(Hook::recognise).is_some();
    let foreign = keys_where(profile, |key| names_a_source(key) || key == HOOK_KEY && !is_own_hook);
    (!foreign.is_empty()).then_some((InTheWay::ForeignSource, foreign))
}

fn is_in_the_way(key: &str) -> bool {
    key == key::TOKENS[1] || key == HOOK_KEY || names_a_source(key)
}

fn keys_where(profile: &Profile, is_meant: impl Fn(&str) -> bool) -> Vec<String> {
    profile.settings.iter().map(|setting| &setting.key).filter(|key| is_meant(key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;

    const KEYS: &str = "aws_access_key_id = ASIAIOSFODNN7EXAMPLE\n\
        aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n\
        aws_session_token = IQoJb3JpZ2luX2VjEXAMPLE\n\
        x_security_token_expires = 2026-11-22T03:29:02Z\n";
    const LONG_TERM: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

    fn write(before: &str, overwrite: Overwrite) -> (Room, String) {
        let mut file = AwsConfig::parse(Family::Credentials, before.as_bytes()).ok().unwrap();
        let x = "x".parse().unwrap();
        let room = make_room(&mut file, &x, overwrite).unwrap();
        if !matches!(room, Room::Refused { .. }) {
            let (secret, token) = ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2VjEXAMPLE");
            let keys = TemporaryKeys {
                access_key_id: "ASIAIOSFODNN7EXAMPLE",
                secret_access_key: &Secret::new(secret.to_owned()),
                session_token: &Secret::new(token.to_owned()),
                expires: "2026-11-22T03:29:02Z".to_owned(),
            };
            set_keys(&mut file, &x, &keys).unwrap();
        }
        (room, String::from_utf8(file.to_bytes()).unwrap())
    }

    fn made(keys: &[&str]) -> Room {
        Room::Made(keys.iter().map(|key| (*key).to_owned()).collect())
    }

    #[test]
    fn keys_are_written_where_nothing_worth_keeping_is_in_the_way() {
        let whole = format!("[x]\n{KEYS}");
        let hook = "credential_process = /usr/bin/afed creds x --format process\n";
        let older = KEYS.replace("ASIAIOSFODNN7EXAMPLE", "ASIAI44QH8DHBEXAMPLE").replace("03:29", "02:29");
        for (before, room, after) in [
            (String::new(), Room::WasThere, whole.clone()),
            (whole.clone(), Room::WasThere, whole.clone()),
            (format!("[x]\n{older}region = r\n"), Room::WasThere, format!("[x]\n{KEYS}region = r\n")),
            (format!("[x]\nAWS_Security_Token = t\n{older}"), made(&["aws_security_token"]), whole),
            (format!("[x]\n# c\n{hook}"), made(&["credential_process"]), format!("[x]\n{KEYS}# c\n")),
            ("[y]\na = 1".to_owned(), Room::WasThere, format!("[y]\na = 1\n\n[x]\n{}", KEYS.trim_end())),
        ] {
            assert_eq!(write(&before, Overwrite::Refuse), (room, after), "{before}");
        }
    }

    #[test]
    fn long_term_keys_and_other_sources_are_replaced_by_force_only() {
        let refused =
            |what, keys: &[&str]| Room::Refused { what, keys: keys.iter().map(ToString::to_string).collect() };
        let key_and_more = format!("{LONG_TERM}aws_session_token =\n");
        for (settings, room, forced) in [
            (
                LONG_TERM,
                refused(InTheWay::LongTermKey, &["aws_access_key_id", "aws_secret_access_key"]),
                Room::WasThere,
            ),
            (
                &key_and_more,
                refused(InTheWay::LongTermKey, &["aws_access_key_id", "aws_secret_access_key"]),
                Room::WasThere,
            ),
            (
                "credential_process = p\n",
                refused(InTheWay::ForeignSource, &["credential_process"]),
                made(&["credential_process"]),
            ),
            (
                "role_arn = r\nsource_profile = y\nsso_session = s\nlogin_session = l\n",
                refused(InTheWay::ForeignSource, &["role_arn", "source_profile", "sso_session", "login_session"]),
                made(&["role_arn", "source_profile", "sso_session", "login_session"]),
            ),
        ] {
            let before = format!("[x]\n{settings}");
            assert_eq!(write(&before, Overwrite::Refuse), (room, before.clone()));
            assert_eq!(write(&before, Overwrite::Force), (forced, format!("[x]\n{KEYS}")));
        }
    }

    #[test]
    fn what_was_written_goes_again_without_a_trace() {
        for before in ["", "[y]\na = 1\n", "[y]\na = 1", "[x]\nregion = r\n", "[x]\n# c\n"] {
            let (_, written) = write(before, Overwrite::Refuse);
            let mut file = AwsConfig::parse(Family::Credentials, written.as_bytes()).ok().unwrap();
            assert_eq!(remove_temporary(&mut file, &"x".parse().unwrap()), Ok(true));
            assert_eq!(String::from_utf8(file.to_bytes()).unwrap(), before);
        }
        let mut file = AwsConfig::parse(Family::Credentials, format!("[x]\n{LONG_TERM}").as_bytes()).ok().unwrap();
        assert_eq!(remove_temporary(&mut file, &"x".parse().unwrap()), Ok(false));
    }

    #[test]
    fn a_region_is_given_where_there_is_none() {
        let (name, region) = ("x".parse().unwrap(), "eu-west-1".parse().unwrap());
        for (config, credentials, after) in [
            ("", "", "[profile x]\nregion = eu-west-1\n"),
            ("[profile x]\nregion = r\n", "", "[profile x]\nregion = r\n"),
            ("", "[x]\nregion = r\n", ""),
        ] {
            let mut file = AwsConfig::parse(Family::Config, config.as_bytes()).ok().unwrap();
            let other = AwsConfig::parse(Family::Credentials, credentials.as_bytes()).ok().unwrap();
            set_missing_region(&mut file, &other, &name, &region).unwrap();
            assert_eq!(file.to_bytes(), after.as_bytes());
        }
    }
}
