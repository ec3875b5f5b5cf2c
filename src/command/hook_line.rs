//! The command line that AWS tools start, recognised without the parser. Building the parser's whole grammar takes as long
//! as everything else in a warm call. What is not exactly such a line is left to the parser, with its messages.

use std::ffi::OsString;
use std::path::PathBuf;

use super::creds::CredsArgs;
use super::{Cli, Verb};
use crate::model::actor::Scope;

/// The arguments, program included, if they are those of a hook as `afed profile add` writes it.
pub fn recognise(arguments: &[OsString]) -> Option<Cli> {
    let words: Vec<&str> = arguments.iter().skip(1).map(|word| word.to_str()).collect::<Option<_>>()?;
    let (config, creds) = match words.as_slice() {
        ["--config", config, creds @ ..] => (Some(*config), creds),
        creds => (None, creds),
    };
    let (connector, scope) = match creds {
        ["creds", connector, "--format", "process"] => (connector, Scope::Person),
        ["creds", connector, "--system", "--format", "process"] => (connector, Scope::System),
        _ => return None,
    };
    let is_value = |word: &str| !word.is_empty() && !word.starts_with('-');
    let verb = Verb::Creds(CredsArgs::of_hook(connector, scope));
    (is_value(connector) && config.is_none_or(is_value)).then_some(Cli::plain(config.map(PathBuf::from), verb))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn words(line: &[&str]) -> Vec<OsString> {
        ["afed"].iter().chain(line).map(OsString::from).collect()
    }

    #[test]
    fn a_hook_is_what_the_parser_would_make_of_it() {
        for line in [
            &["creds", "deploy", "--format", "process"][..],
            &["creds", "deploy", "--system", "--format", "process"],
            &["--config", "/etc/a b.toml", "creds", "deploy", "--system", "--format", "process"],
            &["creds", "no name!", "--format", "process"],
            &["--config", "/etc/a b.toml", "creds", "deploy", "--format", "process"],
            &["--config", "creds", "creds", "creds", "--format", "process"],
        ] {
            let parsed = Cli::try_parse_from(words(line)).unwrap();
            assert_eq!(format!("{:?}", recognise(&words(line)).unwrap()), format!("{parsed:?}"), "{line:?}");
        }
    }

    #[test]
    fn everything_else_is_left_to_the_parser() {
        for line in [
            &[][..],
            &["creds", "deploy"],
            &["creds", "deploy", "--format", "json"],
            &["creds", "deploy", "--read-only", "--format", "process"],
            &["creds", "--help", "--format", "process"],
            &["creds", "", "--format", "process"],
            &["creds", "--format", "process", "deploy"],
            &["creds", "--system", "--format", "process"],
            &["creds", "--system", "deploy", "--format", "process"],
            &["creds", "deploy", "--format", "process", "--system"],
            &["creds", "deploy", "--system", "--system", "--format", "process"],
            &["--config", "creds", "deploy", "--system"],
            &["creds", "deploy", "--format", "process", "--help"],
            &["login", "deploy", "--format", "process"],
            &["--config", "--help", "creds", "deploy", "--format", "process"],
            &["--config", "", "creds", "deploy", "--format", "process"],
        ] {
            assert!(recognise(&words(line)).is_none(), "{line:?}");
        }
        assert!(recognise(&[]).is_none());
    }
}
