//! What takes the place of a profile's hook in some AWS tool: other sources of credentials under the same name, in either
//! of AWS's files. Which of two sources wins differs by tool, so each of them counts.

use super::document::{AwsConfig, Family, Profile};
use super::ownership::shadows_hook;

/// The keys of one file that stand in a hook's way.
#[derive(Debug, PartialEq, Eq)]
pub struct Shadow {
    pub family: Family,
    /// The line of the first of them, counted from 1.
    pub line: usize,
    pub keys: Vec<String>,
}

impl Shadow {
    /// Whether it is a long-term key and nothing else, which `account import` takes over.
    pub fn is_long_term_key(&self) -> bool {
        self.keys.iter().all(|key| key == "aws_access_key_id" || key == "aws_secret_access_key") && self.keys.len() == 2
    }
}

/// What stands in the way of the hook of this name.
pub fn shadows(name: &str, config: &AwsConfig, credentials: &AwsConfig) -> Vec<Shadow> {
    let files = [(Family::Config, config), (Family::Credentials, credentials)];
    files.into_iter().filter_map(|(family, file)| in_file(family, &file.profile(name)?)).collect()
}

fn in_file(family: Family, profile: &Profile) -> Option<Shadow> {
    let stands_in_the_way =
        |key: &str| shadows_hook(key) || family == Family::Credentials && key == "credential_process";
    let mut shadowing = profile.settings.iter().filter(|setting| stands_in_the_way(&setting.key)).peekable();
    let line = shadowing.peek()?.line;
    Some(Shadow { family, line, keys: shadowing.map(|setting| setting.key.clone()).collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sources_of_either_file_are_found() {
        const HOOK: &str = "[profile x]\ncredential_process = afed creds deploy --format process\n";
        const KEY: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG\n";
        let found = |config: &str, credentials: &str| -> Vec<(usize, String, bool)> {
            let config = AwsConfig::parse(Family::Config, format!("{HOOK}{config}").as_bytes()).ok().unwrap();
            let credentials = AwsConfig::parse(Family::Credentials, credentials.as_bytes()).ok().unwrap();
            let found = shadows("x", &config, &credentials);
            found.into_iter().map(|found| (found.line, found.keys.join(" "), found.is_long_term_key())).collect()
        };
        assert_eq!(found("region = r\n", &format!("[y]\n{KEY}")), []);
        let key = "aws_access_key_id aws_secret_access_key".to_owned();
        assert_eq!(found("", &format!("[x]\n{KEY}")), [(2, key.clone(), true)]);
        let token = format!("{key} aws_session_token");
        assert_eq!(found("", &format!("\n[x]\n{KEY}aws_session_token = t\n")), [(3, token, false)]);
        let both = [(3, "sso_session".to_owned(), false), (2, "credential_process".to_owned(), false)];
        assert_eq!(found("sso_session = s\n", "[x]\ncredential_process = other\n"), both);
    }
}
