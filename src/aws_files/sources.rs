//! Where the credentials of each profile come from, over both of AWS's files, and what would win over the hook. The SDKs
//! do not agree on which of two sources wins, so whatever wins in one of them is told.

use std::collections::HashMap;

use super::document::{AwsConfig, Profile, Setting};
use super::hook::Hook;
use super::key;
use super::ownership::{HOOK_KEY, REGION_KEY, names_a_source, shadows_hook};
use super::temporary::expiry_of;

/// One of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Config,
    Credentials,
}

/// A profile that stands in either file, or in both.
#[derive(Debug, PartialEq, Eq)]
pub struct Listed {
    pub name: String,
    pub origin: Origin,
    pub region: Option<String>,
    /// What wins over the hook somewhere; nothing where there is none.
    pub shadows: Vec<Shadow>,
}

/// Where its credentials come from.
#[derive(Debug, PartialEq, Eq)]
pub enum Origin {
    Hook(Hook),
    /// Keys with a session token; when they end, where that is written beside them.
    TemporaryKeys {
        expires: Option<String>,
    },
    LongTermKey(Place),
    /// `credential_process` of another program.
    OtherProcess,
    /// A role, a web identity, single sign-on: the key that says so.
    Other(String),
    Nothing,
}

/// The settings of one file that some AWS tool takes and not the hook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    pub place: Place,
    /// The line of the first of them, counted from 1.
    pub line: usize,
    /// Their names, in lower case.
    pub keys: Vec<String>,
}

impl Shadow {
    /// Whether there is an access key among them.
    pub fn holds_key(&self) -> bool {
        self.keys.iter().any(|name| name == key::ID)
    }

    /// Whether it is a long-term key and nothing else, which `account import` takes over.
    pub fn is_long_term_key(&self) -> bool {
        self.keys.len() == 2 && self.keys.iter().all(|name| name == key::ID || name == key::SECRET)
    }
}

/// The profiles of both files: those of the configuration file in its order, then the others.
pub fn listing(config: &AwsConfig, credentials: &AwsConfig) -> Vec<Listed> {
    let mut found: Vec<[Option<Profile>; 2]> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let profiles = config.profiles().into_iter().map(|profile| (0, profile));
    for (file, profile) in profiles.chain(credentials.profiles().into_iter().map(|profile| (1, profile))) {
        let place = *places.entry(profile.name.clone()).or_insert_with(|| {
            found.push([None, None]);
            found.len() - 1
        });
        found[place][file].get_or_insert(profile);
    }
    found.iter().filter_map(|[config, credentials]| listed(config.as_ref(), credentials.as_ref())).collect()
}

fn listed(config: Option<&Profile>, credentials: Option<&Profile>) -> Option<Listed> {
    // The credentials file wins where both set the same.
    let both: Vec<&Profile> = credentials.into_iter().chain(config).collect();
    let get = |key: &str| both.iter().find_map(|profile| profile.get(key));
    let origin = match both.iter().filter_map(|profile| profile.get(HOOK_KEY)).find_map(Hook::recognise) {
        Some(hook) => Origin::Hook(hook),
        None => origin_of_others(config, credentials, get(HOOK_KEY).is_some()),
    };
    let shadows = if matches!(origin, Origin::Hook(_)) { shadows(config, credentials) } else { Vec::new() };
    let region = get(REGION_KEY).map(str::to_owned);
    Some(Listed { name: both.first()?.name.clone(), origin, region, shadows })
}

fn origin_of_others(config: Option<&Profile>, credentials: Option<&Profile>, has_process: bool) -> Origin {
    let keyed = |profile: &Option<&Profile>| profile.is_some_and(|profile| profile.get(key::ID).is_some());
    if let Some(setting) = [credentials, config].into_iter().flatten().find_map(source_of) {
        return Origin::Other(setting);
    }
    match (credentials.filter(|_| keyed(&credentials)), config.filter(|_| keyed(&config))) {
        (Some(profile), _) if key::token_of(profile).is_some() => of_token(profile),
        (None, Some(profile)) if key::token_of(profile).is_some() => of_token(profile),
        (Some(_), _) => Origin::LongTermKey(Place::Credentials),
        (None, Some(_)) => Origin::LongTermKey(Place::Config),
        (None, None) if has_process => Origin::OtherProcess,
        (None, None) => Origin::Nothing,
    }
}

fn of_token(profile: &Profile) -> Origin {
    Origin::TemporaryKeys { expires: expiry_of(profile).map(str::to_owned) }
}

fn source_of(profile: &Profile) -> Option<String> {
    profile.settings.iter().map(|setting| &setting.key).find(|key| names_a_source(key)).cloned()
}

fn shadows(config: Option<&Profile>, credentials: Option<&Profile>) -> Vec<Shadow> {
    let places = [(Place::Credentials, credentials), (Place::Config, config)];
    places.into_iter().filter_map(|(place, profile)| in_the_way(place, profile?)).collect()
}

/// What stands in the way of a hook of the profile's name.
fn in_the_way(place: Place, profile: &Profile) -> Option<Shadow> {
    let is_other_process = |setting: &Setting| setting.key == HOOK_KEY && Hook::recognise(&setting.value).is_none();
    let mut found =
        profile.settings.iter().filter(|setting| shadows_hook(&setting.key) || is_other_process(setting)).peekable();
    let line = found.peek()?.line;
    Some(Shadow { place, line, keys: found.map(|setting| setting.key.clone()).collect() })
}

#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;

    const HOOK: &str = "credential_process = /usr/bin/afed creds deploy --format process\n";
    const KEY: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

    fn shadow(place: Place, line: usize, keys: &[&str]) -> Shadow {
        Shadow { place, line, keys: keys.iter().map(|key| (*key).to_owned()).collect() }
    }

    fn one(config: &str, credentials: &str) -> Listed {
        let config = AwsConfig::parse(Family::Config, format!("[profile x]\n{config}").as_bytes()).ok().unwrap();
        let credentials = AwsConfig::parse(Family::Credentials, credentials.as_bytes()).ok().unwrap();
        listing(&config, &credentials).remove(0)
    }

    #[test]
    fn the_source_of_each_profile_is_told() {
        let temporary = |expires: Option<&str>| Origin::TemporaryKeys { expires: expires.map(str::to_owned) };
        for (config, credentials, origin) in [
            ("", "", Origin::Nothing),
            (KEY, "", Origin::LongTermKey(Place::Config)),
            ("", &format!("[x]\n{KEY}"), Origin::LongTermKey(Place::Credentials)),
            (KEY, &format!("[x]\n{KEY}aws_session_token = t\n"), temporary(None)),
            (&format!("{KEY}aws_session_token = t\n"), "", temporary(None)),
            ("", &format!("[x]\n{KEY}aws_session_token = t\nx_security_token_expires = e\n"), temporary(Some("e"))),
            ("credential_process = p\n", "", Origin::OtherProcess),
            ("sso_session = s\n", "", Origin::Other("sso_session".to_owned())),
            ("role_arn = r\nsource_profile = y\n", "", Origin::Other("role_arn".to_owned())),
        ] {
            assert_eq!(one(config, credentials).origin, origin, "{config}{credentials}");
        }
    }

    #[test]
    fn what_would_win_over_the_hook_is_told() {
        for (config, credentials, shadows) in [
            ("", "", vec![]),
            (KEY, "", vec![shadow(Place::Config, 3, &[key::ID, key::SECRET])]),
            ("", &format!("[x]\n{KEY}"), vec![shadow(Place::Credentials, 2, &[key::ID, key::SECRET])]),
            ("sso_session = s\n", "", vec![shadow(Place::Config, 3, &["sso_session"])]),
            ("", "[x]\ncredential_process = other\n", vec![shadow(Place::Credentials, 2, &[HOOK_KEY])]),
        ] {
            let listed = one(&format!("{HOOK}{config}"), credentials);
            assert!(matches!(listed.origin, Origin::Hook(_)));
            assert_eq!(listed.shadows, shadows);
        }
    }

    #[test]
    fn a_long_term_key_is_told_from_everything_else() {
        for (keys, is_key, is_long_term) in [
            (&[key::ID, key::SECRET][..], true, true),
            (&[key::ID, key::SECRET, "aws_session_token"], true, false),
            (&[key::ID], true, false),
            (&["sso_session"], false, false),
        ] {
            let shadow = shadow(Place::Config, 1, keys);
            assert_eq!((shadow.holds_key(), shadow.is_long_term_key()), (is_key, is_long_term), "{keys:?}");
        }
    }

    #[test]
    fn a_profile_in_both_files_is_one_and_all_are_in_order() {
        let config = AwsConfig::parse(Family::Config, b"[profile b]\n[default]\n").ok().unwrap();
        let credentials = AwsConfig::parse(Family::Credentials, b"[a]\nregion = r\n[b]\nregion = r\n").ok().unwrap();
        let listed: Vec<_> = listing(&config, &credentials).into_iter().map(|one| (one.name, one.region)).collect();
        let r = Some("r".to_owned());
        assert_eq!(listed, [("b".to_owned(), r.clone()), ("default".to_owned(), None), ("a".to_owned(), r)]);
    }
}
