//! Where the credentials of each profile come from, over both of AWS's files, and what would win over the hook. The SDKs
//! do not agree on which of two sources wins, so whatever wins in one of them is told.

use std::collections::HashMap;

use super::document::{AwsConfig, Profile};
use super::hook::Hook;
use super::key;
use super::ownership::{HOOK_KEY, REGION_KEY, names_a_source};
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

/// What some AWS tool takes and not the hook.
#[derive(Debug, PartialEq, Eq)]
pub enum Shadow {
    Keys(Place),
    /// The setting of this name.
    Setting(String),
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
    let origin = match get(HOOK_KEY).map(Hook::recognise) {
        Some(Some(hook)) => Origin::Hook(hook),
        process => origin_of_others(config, credentials, process.is_some()),
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
    let keys = places.into_iter().filter(|(_, profile)| profile.is_some_and(|profile| profile.get(key::ID).is_some()));
    let settings = [credentials, config].into_iter().flatten().filter_map(source_of).map(Shadow::Setting);
    keys.map(|(place, _)| Shadow::Keys(place)).chain(settings).collect()
}

#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;

    const HOOK: &str = "credential_process = /usr/bin/afed creds deploy --format process\n";
    const KEY: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\n";

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
            (KEY, "", vec![Shadow::Keys(Place::Config)]),
            ("", &format!("[x]\n{KEY}"), vec![Shadow::Keys(Place::Credentials)]),
            ("sso_session = s\n", "", vec![Shadow::Setting("sso_session".to_owned())]),
        ] {
            let listed = one(&format!("{HOOK}{config}"), credentials);
            assert!(matches!(listed.origin, Origin::Hook(_)));
            assert_eq!(listed.shadows, shadows);
        }
        assert_eq!(one(HOOK, "[x]\ncredential_process = other\n").origin, Origin::OtherProcess);
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
