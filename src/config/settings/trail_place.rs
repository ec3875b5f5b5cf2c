//! Whether the audit trail would be written to a file that is something else's: one of afed's own, or of AWS's. What is there
//! already would be found when it is opened; this is for what comes to be there later. Pure: how a path is led to its own
//! is given.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::Settings;
use super::place::Place;
use crate::config::error::ConfigError;
use crate::config::notes;
use crate::config::paths::Paths;
use crate::model::passphrase_source::PassphraseSource;

/// Leads a path to the one that all ways to its file have in common.
pub type OwnPath<'a> = dyn Fn(&Path) -> PathBuf + 'a;

/// The trail would be in the way of something, or that in the way of the trail.
#[derive(Debug, thiserror::Error)]
pub enum TrailPlaceError {
    #[error("{} is {what}", .path.display())]
    Taken { path: PathBuf, what: &'static str },
    /// What is there would be replaced when the trail's file is full.
    #[error("a full one would be put aside as {}, which is {what}", .path.display())]
    TakenAside { path: PathBuf, what: &'static str },
}

/// Fails where it is so; `origin` is the file with the table of the audit trail.
pub fn check(origin: &Path, settings: &Settings, paths: &Paths, own: &OwnPath<'_>) -> Result<(), ConfigError> {
    let Some(trail) = settings.audit.file.as_deref().filter(|_| settings.audit.enabled).map(own) else { return Ok(()) };
    let place = Place::new(origin, "audit");
    for (path, what) in taken(settings, paths) {
        let path = own(&path);
        if path == trail {
            return Err(place.bad("file", TrailPlaceError::Taken { path, what }));
        }
        if is_aside(&trail, &path, settings.audit.keep) {
            return Err(place.bad("file", TrailPlaceError::TakenAside { path, what }));
        }
    }
    if is_note(&trail, paths, own) {
        let what = "what afed notes beside the configuration";
        return Err(place.bad("file", TrailPlaceError::Taken { path: trail, what }));
    }
    let folders = [&paths.cache, &paths.locks, &paths.runs];
    match folders.into_iter().any(|folder| trail.starts_with(own(folder))) {
        true => Err(place.bad("file", TrailPlaceError::Taken { path: trail, what: "in a folder of afed's cache" })),
        false => Ok(()),
    }
}

/// Whether afed notes, or could note, something there for what is broken off.
fn is_note(trail: &Path, paths: &Paths, own: &OwnPath<'_>) -> bool {
    let Some(name) = trail.file_name().and_then(OsStr::to_str) else { return false };
    [&paths.user_config, &paths.machine_config]
        .into_iter()
        .any(|config| notes::is_one(config, name) && own(&config.with_file_name(name)) == trail)
}

fn taken(settings: &Settings, paths: &Paths) -> Vec<(PathBuf, &'static str)> {
    let secrets = settings.secrets.store_file(paths).to_owned();
    let lock = secrets.with_added_extension("lock");
    let mut taken = vec![
        (paths.machine_config.clone(), "the configuration of this machine"),
        (paths.user_config.clone(), "the configuration"),
        (secrets, "the encrypted file of secrets"),
        (lock, "the lock of the encrypted file of secrets"),
        (paths.session_mark.clone(), "in afed's cache"),
        (paths.aws_config.clone(), "AWS's configuration file"),
        (paths.aws_credentials.clone(), "AWS's credentials file"),
    ];
    if let PassphraseSource::File(file) = &settings.secrets.passphrase {
        taken.push((file.clone(), "the file of the passphrase"));
    }
    taken
}

/// Whether a file of this trail would be put aside as the path.
fn is_aside(trail: &Path, path: &Path, keep: u32) -> bool {
    let name = |path: &Path| path.file_name().and_then(OsStr::to_str).map(str::to_owned);
    let (Some(trail_name), Some(name)) = (name(trail), name(path)) else { return false };
    let number = name.strip_prefix(&trail_name).and_then(|rest| rest.strip_prefix('.'));
    let is_number = |text: &str| (1..=keep).any(|number| number.to_string() == text);
    trail.parent() == path.parent() && number.is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::environment::Environment;
    use crate::config::file;

    /// What is said of this trail, in the configuration `/c/config.toml`.
    fn told(lines: &str) -> Option<String> {
        let environment = Environment::new([("AWS_CONFIG_FILE".into(), "/aws/config".into())]);
        let mut paths = Paths::resolve(&environment, Some(Path::new("/c/config.toml"))).unwrap();
        paths.secret_file = PathBuf::from("/data/secrets.afed");
        let (cache, locks) = (PathBuf::from("/cache/sealed"), PathBuf::from("/cache/locks"));
        (paths.cache, paths.locks, paths.session_mark) = (cache, locks, PathBuf::from("/cache/session"));
        let text = format!("version = 1\ndirectory = \"os\"\n{lines}");
        let file = file::parse(PathBuf::from("/c/config.toml"), &text).unwrap();
        let settings = Settings::resolve(vec![file]).unwrap();
        // Two ways to one folder.
        let own = |path: &Path| {
            path.strip_prefix("/link").map_or_else(|_| path.to_owned(), |rest| Path::new("/c").join(rest))
        };
        let error = settings.check_trail_place(&paths, &own).err()?;
        assert!(error.to_string().ends_with("/c/config.toml: file in [audit] can't be used"), "{error}");
        std::error::Error::source(&error).map(ToString::to_string)
    }

    #[test]
    fn a_trail_is_no_file_of_anything_else_also_before_that_is_there() {
        let secrets = "[secrets]\nfile = \"/s/audit.1\"\npassphrase_file = \"passphrase\"\n";
        for (file, expected) in [
            ("audit.jsonl", None),
            ("config.toml.1", None),
            ("/s/audit.1", Some("/s/audit.1 is the encrypted file of secrets")),
            ("/s/audit.1.lock", Some("/s/audit.1.lock is the lock of the encrypted file of secrets")),
            ("/s/audit", Some("a full one would be put aside as /s/audit.1, which is the encrypted file of secrets")),
            ("/s/audi", None),
            ("/other/audit", None),
            ("passphrase", Some("/c/passphrase is the file of the passphrase")),
            ("config.toml", Some("/c/config.toml is the configuration")),
            ("/link/config.toml", Some("/c/config.toml is the configuration")),
            ("config.toml.unowned", Some("/c/config.toml.unowned is what afed notes beside the configuration")),
            (
                "/link/config.toml.unfinished",
                Some("/c/config.toml.unfinished is what afed notes beside the configuration"),
            ),
            (
                "config.toml.ops.rotation",
                Some("/c/config.toml.ops.rotation is what afed notes beside the configuration"),
            ),
            ("config.toml.rotation", None),
            ("/s/config.toml.unowned", None),
            ("/etc/afed/config.toml", Some("/etc/afed/config.toml is the configuration of this machine")),
            ("/aws/config", Some("/aws/config is AWS's configuration file")),
            ("/cache/session", Some("/cache/session is in afed's cache")),
            ("/cache/locks/x", Some("/cache/locks/x is in a folder of afed's cache")),
            ("/cache/audit.jsonl", None),
            ("config.toml/", Some("/c/config.toml is the configuration")),
        ] {
            let found = told(&format!("{secrets}[audit]\nfile = \"{file}\"\n"));
            assert_eq!(found.as_deref(), expected, "{file}");
        }
        assert_eq!(told(&format!("{secrets}[audit]\nfile = \"/s/audit\"\nenabled = false\n")), None);
        let data = told("[audit]\nfile = \"/data/secrets.afed\"\n");
        assert_eq!(data.as_deref(), Some("/data/secrets.afed is the encrypted file of secrets"));
    }

    #[test]
    fn only_so_many_are_put_aside() {
        for (name, keep, expected) in [
            ("a.1", 1, true),
            ("a.2", 1, false),
            ("a.8", 8, true),
            ("a.0", 8, false),
            ("a.01", 8, false),
            ("b.1", 8, false),
        ] {
            assert_eq!(is_aside(Path::new("/x/a"), &Path::new("/x").join(name), keep), expected, "{name} {keep}");
        }
    }
}
