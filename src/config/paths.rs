//! Where things are on this platform: configuration, cache, state, AWS's files. Pure: the environment is given.

use std::path::{Path, PathBuf};

use directories::{BaseDirs, ProjectDirs};

use super::environment::Environment;

/// The folders and files that afed uses.
#[derive(Debug, Clone)]
pub struct Paths {
    /// Read first, when it exists.
    pub machine_config: PathBuf,
    /// The person's own; the one that commands write.
    pub user_config: PathBuf,
    /// Sealed leases and passes.
    pub cache: PathBuf,
    /// Locks of files that lie elsewhere.
    pub locks: PathBuf,
    /// Private folders of runs, where the system has no better place.
    pub runs: PathBuf,
    /// Written anew whenever somebody logs in or out.
    pub session_mark: PathBuf,
    /// The encrypted file, where that is the secret store and the configuration names no other.
    pub secret_file: PathBuf,
    /// The audit trail, where the configuration names no other.
    pub audit_trail: PathBuf,
    /// AWS's shared configuration file.
    pub aws_config: PathBuf,
    /// AWS's shared credentials file.
    pub aws_credentials: PathBuf,
    home: PathBuf,
}

/// There is no home folder to put anything in.
#[derive(Debug, thiserror::Error)]
pub enum NoHome {
    #[error("this machine names no home folder for the current user")]
    Unknown,
    /// It would be another one in each folder that afed is called from, and so would be the configuration.
    #[error("the home folder “{}” is not an absolute path", .0.display())]
    Relative(PathBuf),
}

impl Paths {
    /// Resolves every path; `config` is the value of `--config`, which wins over `AFED_CONFIG`.
    pub fn resolve(environment: &Environment, config: Option<&Path>) -> Result<Self, NoHome> {
        let base = BaseDirs::new().ok_or(NoHome::Unknown)?;
        if !base.home_dir().is_absolute() {
            return Err(NoHome::Relative(base.home_dir().to_owned()));
        }
        let project = ProjectDirs::from("", "", "afed").ok_or(NoHome::Unknown)?;
        let chosen = config.map(Path::to_owned).or_else(|| environment.path("AFED_CONFIG"));
        let aws_file = |variable, name| {
            let named = environment.path(variable).map(|path| expand_home(&path, base.home_dir()));
            named.unwrap_or_else(|| base.home_dir().join(".aws").join(name))
        };
        Ok(Self {
            machine_config: PathBuf::from("/etc/afed/config.toml"),
            user_config: chosen.unwrap_or_else(|| project.config_dir().join("config.toml")),
            cache: project.cache_dir().join("sealed"),
            locks: project.cache_dir().join("locks"),
            runs: project.cache_dir().join("runs"),
            session_mark: project.cache_dir().join("session"),
            audit_trail: project.state_dir().unwrap_or_else(|| project.data_dir()).join("audit.jsonl"),
            secret_file: project.data_dir().join("secrets.afed"),
            aws_config: aws_file("AWS_CONFIG_FILE", "config"),
            aws_credentials: aws_file("AWS_SHARED_CREDENTIALS_FILE", "credentials"),
            home: base.home_dir().to_owned(),
        })
    }

    /// A path as a shell has it before it expands the `~`.
    pub fn in_home(&self, path: &Path) -> PathBuf {
        expand_home(path, &self.home)
    }
}

/// `~` and `~/…` as the SDKs expand them in `AWS_CONFIG_FILE`.
fn expand_home(path: &Path, home: &Path) -> PathBuf {
    path.strip_prefix("~").map_or_else(|_| path.to_owned(), |rest| home.join(rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsString;

    fn environment(variables: &[(&str, &str)]) -> Environment {
        Environment::new(variables.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
    }

    #[test]
    fn the_flag_wins_over_the_environment() {
        let environment = environment(&[("AFED_CONFIG", "/a.toml"), ("AWS_CONFIG_FILE", "/aws")]);
        let paths = Paths::resolve(&environment, None).unwrap();
        assert_eq!((paths.user_config, paths.aws_config), (PathBuf::from("/a.toml"), PathBuf::from("/aws")));
        let paths = Paths::resolve(&environment, Some(Path::new("/b.toml"))).unwrap();
        assert_eq!(paths.user_config, PathBuf::from("/b.toml"));
    }

    #[test]
    fn a_tilde_is_the_home_folder() {
        assert_eq!(
            expand_home(Path::new("~/x/config"), Path::new("/home/alice")),
            PathBuf::from("/home/alice/x/config")
        );
        assert_eq!(expand_home(Path::new("/~x"), Path::new("/home/alice")), PathBuf::from("/~x"));
    }
}
