//! Which profiles are afed's, and what may happen to the others.
//! A profile that afed did not write is not overwritten or removed unless that is asked for.

use super::document::{AwsConfig, Profile};
use super::edit::{Change, Removal};
use super::error::AwsFileError;
use super::hook::Hook;
use super::profile_name::ProfileName;
use crate::model::region::Region;

pub(super) const HOOK_KEY: &str = "credential_process";
pub(super) const REGION_KEY: &str = "region";

/// Whether somebody else's profile may be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    Refuse,
    Force,
}

/// What came of adding a hook.
#[derive(Debug, PartialEq, Eq)]
pub enum AddOutcome {
    Added,
    Updated,
    Unchanged,
    /// The file is as it was; these keys were set by somebody else.
    RefusedForeign {
        keys: Vec<String>,
    },
}

/// What came of removing a hook.
#[derive(Debug, PartialEq, Eq)]
pub enum RemoveOutcome {
    Removed,
    /// The hook is gone; what others have set in the profile is still there.
    LeftWith {
        keys: Vec<String>,
    },
    NotThere,
    /// The file is as it was; these keys were set by somebody else.
    RefusedForeign {
        keys: Vec<String>,
    },
}

/// A profile whose credentials come from afed.
#[derive(Debug, PartialEq, Eq)]
pub struct HookProfile {
    pub name: String,
    /// Counted from 1.
    pub line: usize,
    pub hook: Hook,
    pub region: Option<String>,
}

/// The profiles that are afed's, in the order of the file.
pub fn hooks(config: &AwsConfig) -> Vec<HookProfile> {
    let own = config.profiles().into_iter().filter_map(|profile| {
        let region = profile.get(REGION_KEY).map(str::to_owned);
        Some(HookProfile { hook: hook_of(&profile)?, region, line: profile.line, name: profile.name })
    });
    own.collect()
}

/// Makes the profile get its credentials from the hook, in this region: botocore wants one even for STS.
///
/// With [`Overwrite::Force`] the keys go that would win over the hook in some SDK; all others stay.
pub fn add_hook(
    config: &mut AwsConfig,
    name: &ProfileName,
    hook: &Hook,
    region: &Region,
    overwrite: Overwrite,
) -> Result<AddOutcome, AwsFileError> {
    let mut edited = config.clone();
    let change = edited.set_profile(name, &[(HOOK_KEY, &hook.command_line()), (REGION_KEY, region.as_str())])?;
    edited.drop_keys(name, shadows_hook)?;
    let keys = config.profile(name.as_str()).map(|profile| foreign_keys(&profile)).unwrap_or_default();
    if !keys.is_empty() && overwrite == Overwrite::Refuse {
        return Ok(AddOutcome::RefusedForeign { keys });
    }
    let outcome = match change {
        Change::Added => AddOutcome::Added,
        Change::Updated | Change::Unchanged if edited != *config => AddOutcome::Updated,
        Change::Updated | Change::Unchanged => AddOutcome::Unchanged,
    };
    *config = edited;
    Ok(outcome)
}

/// Removes a profile that is afed's; where others have set something in it, only what afed wrote.
///
/// With [`Overwrite::Force`] the whole profile goes, whoever wrote it.
pub fn remove_hook(
    config: &mut AwsConfig,
    name: &ProfileName,
    overwrite: Overwrite,
) -> Result<RemoveOutcome, AwsFileError> {
    let Some(profile) = config.profile(name.as_str()) else { return Ok(RemoveOutcome::NotThere) };
    let is_ours = hook_of(&profile).is_some();
    let mut keys: Vec<String> = profile.settings.iter().map(|setting| setting.key.clone()).collect();
    keys.retain(|key| !is_ours || key != HOOK_KEY && key != REGION_KEY);
    if overwrite == Overwrite::Force || keys.is_empty() {
        return Ok(match config.remove_profile(name)? {
            Removal::Removed => RemoveOutcome::Removed,
            Removal::NotThere => RemoveOutcome::NotThere,
        });
    }
    if !is_ours {
        config.clone().remove_profile(name)?;
        return Ok(RemoveOutcome::RefusedForeign { keys });
    }
    let is_region_ours = is_right_below_hook(&profile);
    config.drop_keys(name, |key| key == HOOK_KEY || is_region_ours && key == REGION_KEY)?;
    Ok(RemoveOutcome::LeftWith { keys })
}

/// Whether the region stands where afed writes it. Elsewhere it may have been there before.
fn is_right_below_hook(profile: &Profile) -> bool {
    let line = |key| profile.setting(key).map(|setting| setting.line);
    line(HOOK_KEY).is_some_and(|hook| line(REGION_KEY) == Some(hook + 1))
}

fn hook_of(profile: &Profile) -> Option<Hook> {
    profile.get(HOOK_KEY).and_then(Hook::recognise)
}

/// All keys of somebody else's profile; of afed's own only those that would win over the hook.
fn foreign_keys(profile: &Profile) -> Vec<String> {
    let is_ours = hook_of(profile).is_some();
    let keys = profile.settings.iter().map(|setting| setting.key.clone());
    keys.filter(|key| !is_ours || shadows_hook(key)).collect()
}

/// Keys that would win over the hook; which of two sources wins differs by SDK.
pub(super) fn shadows_hook(key: &str) -> bool {
    const KEYS: [&str; 4] = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token"];
    KEYS.contains(&key) || names_a_source(key)
}

/// Keys that name another source of credentials than keys and a process.
pub(super) fn names_a_source(key: &str) -> bool {
    const SOURCES: [&str; 5] =
        ["role_arn", "source_profile", "credential_source", "web_identity_token_file", "login_session"];
    SOURCES.contains(&key) || key.starts_with("sso_")
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;
    use crate::model::actor::Scope;
    use std::path::Path;

    const OURS: &str =
        "[profile x]\ncredential_process = /usr/bin/afed creds deploy --format process\nregion = eu-west-1\n";

    fn add(text: &str, overwrite: Overwrite) -> (Result<AddOutcome, AwsFileError>, String) {
        let mut config = AwsConfig::parse(Family::Config, text.as_bytes()).ok().unwrap();
        let hook = Hook::new(Path::new("/usr/bin/afed"), None, "deploy".parse().unwrap(), Scope::Person).unwrap();
        let region = "eu-west-1".parse().unwrap();
        let outcome = add_hook(&mut config, &"x".parse().unwrap(), &hook, &region, overwrite);
        (outcome, String::from_utf8(config.to_bytes()).unwrap())
    }

    fn refused(keys: &[&str]) -> Result<AddOutcome, AwsFileError> {
        Ok(AddOutcome::RefusedForeign { keys: keys.iter().map(|key| (*key).to_owned()).collect() })
    }

    #[test]
    fn own_profiles_are_added_updated_and_left_alone() {
        let other_connector = OURS.replace("deploy", "build");
        let other_region = OURS.replace("eu-west-1", "us-east-1");
        let with_output = format!("{OURS}output = json\n");
        for (before, outcome, after) in [
            ("", AddOutcome::Added, OURS),
            (OURS, AddOutcome::Unchanged, OURS),
            (&other_connector, AddOutcome::Updated, OURS),
            (&other_region, AddOutcome::Updated, OURS),
            (&with_output, AddOutcome::Unchanged, &with_output),
            ("[profile x]\n", AddOutcome::Updated, OURS),
        ] {
            assert_eq!(add(before, Overwrite::Refuse), (Ok(outcome), after.to_owned()));
        }
    }

    #[test]
    fn a_foreign_profile_is_left_alone_unless_forced() {
        let shadowed = format!("{OURS}aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n");
        for (before, keys, forced) in [
            ("[profile x]\noutput = json\n", vec!["output"], OURS.replace("credential", "output = json\ncredential")),
            (&shadowed, vec!["aws_access_key_id"], OURS.to_owned()),
            (
                "[profile x]\ncredential_process = other\nregion = r\n",
                vec!["credential_process", "region"],
                OURS.to_owned(),
            ),
            (
                "[profile x]\nsso_session = s\nSSO_account_id = 1\nrole_arn = r\nsource_profile = default\naws_security_token = t\n\
                 aws_access_key_id = a\naws_secret_access_key = s\naws_session_token = t\ncredential_source = c\nweb_identity_token_file = w\n",
                vec![
                    "sso_session",
                    "sso_account_id",
                    "role_arn",
                    "source_profile",
                    "aws_security_token",
                    "aws_access_key_id",
                    "aws_secret_access_key",
                    "aws_session_token",
                    "credential_source",
                    "web_identity_token_file",
                ],
                OURS.to_owned(),
            ),
        ] {
            assert_eq!(add(before, Overwrite::Refuse), (refused(&keys), before.to_owned()));
            assert_eq!(add(before, Overwrite::Force), (Ok(AddOutcome::Updated), forced));
        }
    }

    #[test]
    fn a_file_that_can_t_be_edited_is_told_before_whose_it_is() {
        let before = format!("{OURS}{OURS}");
        let (outcome, after) = add(&before, Overwrite::Force);
        assert!(matches!(outcome, Err(AwsFileError::DuplicateSection { .. })));
        assert_eq!(after, before);
    }

    #[test]
    fn only_own_profiles_are_listed_and_removed() {
        let text = format!("[profile y]\ncredential_process = other\n\n{OURS}");
        let mut config = AwsConfig::parse(Family::Config, text.as_bytes()).ok().unwrap();
        let listed: Vec<_> = hooks(&config).into_iter().map(|own| (own.name, own.line, own.region)).collect();
        assert_eq!(listed, [("x".to_owned(), 4, Some("eu-west-1".to_owned()))]);
        let (x, y, z) = ("x".parse().unwrap(), "y".parse().unwrap(), "z".parse().unwrap());
        let foreign = RemoveOutcome::RefusedForeign { keys: vec![HOOK_KEY.to_owned()] };
        assert_eq!(remove_hook(&mut config, &y, Overwrite::Refuse), Ok(foreign));
        assert_eq!(remove_hook(&mut config, &z, Overwrite::Refuse), Ok(RemoveOutcome::NotThere));
        assert_eq!(remove_hook(&mut config, &x, Overwrite::Refuse), Ok(RemoveOutcome::Removed));
        assert_eq!(config.to_bytes(), b"[profile y]\ncredential_process = other\n");
        assert_eq!(remove_hook(&mut config, &y, Overwrite::Force), Ok(RemoveOutcome::Removed));
        assert_eq!(config.to_bytes(), b"");
    }

    #[test]
    fn what_others_set_in_a_profile_outlives_the_hook() {
        let x = "x".parse().unwrap();
        for before in
            ["[profile x]\noutput = json\n", "[profile x]\nregion = r\noutput = json\n", "[profile x]\ns3 =\n  a = 1"]
        {
            let (outcome, with_hook) = add(before, Overwrite::Force);
            assert_eq!(outcome, Ok(AddOutcome::Updated));
            let mut config = AwsConfig::parse(Family::Config, with_hook.as_bytes()).ok().unwrap();
            let outcome = remove_hook(&mut config, &x, Overwrite::Refuse);
            assert!(matches!(outcome, Ok(RemoveOutcome::LeftWith { .. })), "{outcome:?}");
            let after = String::from_utf8(config.to_bytes()).unwrap();
            assert_eq!(after, before.replace("region = r\n", "region = eu-west-1\n"));
        }
    }
}
