//! The `credential_process` line: written so that `sh -c`, cmd.exe and Python's splitter all make the same words of it,
//! and recognised again. Only characters that mean nothing to any of them are written; all others are refused.

use std::path::{Path, PathBuf};

use crate::model::actor::Scope;
use crate::model::name::ConnectorName;

/// What AWS tools are to run for the credentials of a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    program: String,
    config: Option<String>,
    connector: ConnectorName,
    scope: Scope,
}

/// Why the line can't be written.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HookError {
    /// AWS tools run it from any folder.
    #[error("{} is not an absolute path", .path.display())]
    Relative { path: PathBuf },
    /// A shell would act on it, or a parser of the file would cut the line there.
    #[error("the path “{}” holds “{}”, which can't be written safely into credential_process", .path.escape_debug(), .character.escape_debug())]
    Character { path: String, character: char },
    #[error("the path {} is not text", .path.display())]
    NotText { path: PathBuf },
    /// A line that runs something else would not be known for afed's own afterwards.
    #[error("{} is not called afed, so its profiles could not be told from others", .path.display())]
    ProgramName { path: PathBuf },
}

const PROGRAM_NAMES: [&str; 2] = ["afed", "afed.exe"];

impl Hook {
    /// Both paths must be absolute.
    pub fn new(
        program: &Path,
        config: Option<&Path>,
        connector: ConnectorName,
        scope: Scope,
    ) -> Result<Self, HookError> {
        let hook = Self { program: safe_path(program)?, config: config.map(safe_path).transpose()?, connector, scope };
        if is_afed(&hook.program) { Ok(hook) } else { Err(HookError::ProgramName { path: program.to_owned() }) }
    }

    pub const fn connector(&self) -> &ConnectorName {
        &self.connector
    }

    /// For whom it asks.
    pub const fn scope(&self) -> Scope {
        self.scope
    }

    pub fn program(&self) -> &str {
        &self.program
    }

    /// The configuration file that it names, if it names one.
    pub fn config(&self) -> Option<&str> {
        self.config.as_deref()
    }

    /// The value of `credential_process`.
    pub fn command_line(&self) -> String {
        let config = self.config.iter().flat_map(|path| ["--config", path.as_str()]);
        let scope = (self.scope == Scope::System).then_some("--system");
        let creds = ["creds", self.connector.as_str()].into_iter().chain(scope).chain(["--format", "process"]);
        let words = [self.program.as_str()].into_iter().chain(config).chain(creds);
        words.map(quoted).collect::<Vec<_>>().join(" ")
    }

    /// The hook that this value of `credential_process` is, if afed could have written it.
    pub fn recognise(value: &str) -> Option<Self> {
        let words = split(value)?;
        let (program, config, creds) = match words.as_slice() {
            [program, "--config", config, creds @ ..] => (program, Some(*config), creds),
            [program, creds @ ..] => (program, None, creds),
            [] => return None,
        };
        let (connector, scope) = match creds {
            ["creds", connector, "--format", "process"] => (connector, Scope::Person),
            ["creds", connector, "--system", "--format", "process"] => (connector, Scope::System),
            _ => return None,
        };
        let hook = Self {
            program: (*program).to_owned(),
            config: config.map(str::to_owned),
            connector: connector.parse().ok()?,
            scope,
        };
        is_afed(&hook.program).then_some(hook)
    }
}

fn safe_path(path: &Path) -> Result<String, HookError> {
    let Some(text) = path.to_str() else { return Err(HookError::NotText { path: path.to_owned() }) };
    if let Some(character) = text.chars().find(|character| !is_safe(*character)) {
        return Err(HookError::Character { path: text.to_owned(), character });
    }
    if path.is_absolute() { Ok(text.to_owned()) } else { Err(HookError::Relative { path: path.to_owned() }) }
}

/// AWS's list, and `@ + :`, which home folders have and no shell touches. A backslash is safe where it separates folders.
const fn is_safe(character: char) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '_' | '.' | '/' | ' ' | '@' | '+' | ':')
        || cfg!(windows) && character == '\\'
}

fn is_afed(program: &str) -> bool {
    let name = program.rsplit(['/', '\\']).next().unwrap_or(program);
    PROGRAM_NAMES.contains(&name)
}

fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("\"{word}\"") } else { word.to_owned() }
}

/// The words of a line that holds nothing but safe characters and whole words in double quotes.
fn split(line: &str) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    let mut rest = line.trim_matches(' ');
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(inside) => inside.split_once('"')?,
            None => rest.split_at(rest.find(' ').unwrap_or(rest.len())),
        };
        let is_apart = after.is_empty() || after.starts_with(' ');
        if !is_apart || !word.chars().all(is_safe) {
            return None;
        }
        words.push(word);
        rest = after.trim_start_matches(' ');
    }
    Some(words)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hook(program: &str, config: Option<&str>) -> Result<Hook, HookError> {
        hook_for(Scope::Person, program, config)
    }

    fn hook_for(scope: Scope, program: &str, config: Option<&str>) -> Result<Hook, HookError> {
        Hook::new(Path::new(program), config.map(Path::new), "deploy".parse().unwrap(), scope)
    }

    #[test]
    fn a_hook_for_the_system_says_so() {
        for config in [None, Some("/etc/afed/config.toml")] {
            let hook = hook_for(Scope::System, "/usr/bin/afed", config).unwrap();
            assert_eq!(hook.config(), config);
            let line = hook.command_line();
            assert!(line.ends_with(" creds deploy --system --format process"), "{line}");
            assert_eq!(Hook::recognise(&line), Some(hook));
        }
    }

    /// What Python's `shlex.split` makes of each line.
    #[test]
    fn lines_split_into_the_same_words_under_pythons_rules() {
        let cases: [(&str, Option<&str>, &str, &[&str]); 4] = [
            (
                "/usr/bin/afed",
                None,
                "/usr/bin/afed creds deploy --format process",
                &["/usr/bin/afed", "creds", "deploy", "--format", "process"],
            ),
            (
                "/home/alice@example.com/bin/afed",
                Some("/etc/afed/config.toml"),
                "/home/alice@example.com/bin/afed --config /etc/afed/config.toml creds deploy --format process",
                &[
                    "/home/alice@example.com/bin/afed",
                    "--config",
                    "/etc/afed/config.toml",
                    "creds",
                    "deploy",
                    "--format",
                    "process",
                ],
            ),
            (
                "/opt/a b/afed",
                Some("/home/al  ice/c+d:e.toml"),
                "\"/opt/a b/afed\" --config \"/home/al  ice/c+d:e.toml\" creds deploy --format process",
                &["/opt/a b/afed", "--config", "/home/al  ice/c+d:e.toml", "creds", "deploy", "--format", "process"],
            ),
            (
                "/ /afed",
                Some("/x "),
                "\"/ /afed\" --config \"/x \" creds deploy --format process",
                &["/ /afed", "--config", "/x ", "creds", "deploy", "--format", "process"],
            ),
        ];
        for (program, config, line, words) in cases {
            assert_eq!(hook(program, config).unwrap().command_line(), line);
            assert_eq!(split(line).unwrap(), words);
        }
    }

    #[test]
    fn what_a_shell_would_act_on_is_refused_by_name() {
        for character in "$`~|&%;#'\"\\!*?[]{}()<>^=,\n\t\u{7f}é".chars() {
            let path = format!("/opt/a{character}b/afed");
            let expected = Err(HookError::Character { path: path.clone(), character });
            assert_eq!(hook(&path, None), expected);
            assert_eq!(hook("/usr/bin/afed", Some(&path)), expected);
        }
        assert_eq!(hook("afed", None), Err(HookError::Relative { path: "afed".into() }));
        assert_eq!(hook("/usr/bin/afed", Some("a.toml")), Err(HookError::Relative { path: "a.toml".into() }));
        assert_eq!(hook("/usr/bin/other", None), Err(HookError::ProgramName { path: "/usr/bin/other".into() }));
        let not_text = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"/\xff/afed");
        assert!(matches!(
            Hook::new(Path::new(not_text), None, "d".parse().unwrap(), Scope::Person),
            Err(HookError::NotText { .. })
        ));
    }

    #[test]
    fn only_lines_that_afed_could_have_written_are_its_own() {
        for ours in ["afed creds deploy --format process", "  \"/a b/afed.exe\"  creds deploy --format \"process\" "] {
            assert_eq!(Hook::recognise(ours).unwrap().connector().as_str(), "deploy", "{ours}");
        }
        for foreign in [
            "",
            "aws-vault exec deploy --json",
            "/usr/bin/afed",
            "/usr/bin/afed creds deploy",
            "/usr/bin/afed creds deploy --format json",
            "/usr/bin/afed creds deploy --format process --debug",
            "/usr/bin/afed creds -x --format process",
            "/usr/bin/afed creds deploy --format process --system",
            "/usr/bin/afed creds --system deploy --format process",
            "/usr/bin/notafed creds deploy --format process",
            "/usr/bin/afed/x creds deploy --format process",
            "/usr/bin/afed creds deploy --format process; rm x",
            "$HOME/afed creds deploy --format process",
            "\"/usr/bin/afed creds deploy --format process",
            "\"/usr\"/afed creds deploy --format process",
        ] {
            assert_eq!(Hook::recognise(foreign), None, "{foreign}");
        }
    }

    fn words_of_sh(lines: &[String]) -> Vec<Vec<String>> {
        let script: String = lines.iter().map(|line| format!("printf '%s\\0' {line}; printf '\\n\\0'\n")).collect();
        let output =
            std::process::Command::new("/bin/sh").args(["-c", &script]).output().expect("this test needs /bin/sh");
        let text = String::from_utf8(output.stdout).unwrap();
        text.split_terminator("\n\0").map(|line| line.split_terminator('\0').map(str::to_owned).collect()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(8))]
        #[test]
        fn a_shell_makes_the_same_words_and_afed_knows_its_own(
            paths in proptest::collection::vec(("/[A-Za-z0-9 _./@+:-]{0,20}/afed", proptest::option::of("/[A-Za-z0-9 _./@+:-]{0,20}"), any::<bool>()), 64),
        ) {
            let hooks: Vec<_> = paths
                .iter()
                .map(|(program, config, system)| {
                    hook_for(if *system { Scope::System } else { Scope::Person }, program, config.as_deref()).unwrap()
                })
                .collect();
            let lines: Vec<_> = hooks.iter().map(Hook::command_line).collect();
            let split_by_sh = words_of_sh(&lines);
            prop_assert_eq!(split_by_sh.len(), lines.len());
            for ((hook, line), words) in hooks.iter().zip(&lines).zip(split_by_sh) {
                prop_assert_eq!(split(line).unwrap(), words);
                prop_assert_eq!(Hook::recognise(line), Some(hook.clone()));
            }
        }
    }
}
