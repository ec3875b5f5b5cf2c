//! The names of this person's connectors, accounts and profiles, read when they are asked for. A file that can't be read has
//! no names: somebody is typing, and is told of it by the command itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::app::App;
use crate::aws_files::{self, AwsConfig, Family, ProfileName};
use crate::config::outline::{Named, Outline};
use crate::render::completion::Candidate;
use crate::sys::files;

/// Far more than a configuration of 10,000 connectors has.
const LARGEST_FILE: u64 = 64 * 1_024 * 1_024;

/// Where the names stand.
pub struct Names<'a> {
    app: &'a App,
    user_config: PathBuf,
}

impl<'a> Names<'a> {
    /// `config` is the configuration that the line names.
    pub fn new(app: &'a App, config: Option<PathBuf>) -> Self {
        let user_config = config.map_or_else(|| app.paths.user_config.clone(), |config| app.paths.in_home(&config));
        Self { app, user_config }
    }

    /// What the machine's file and the person's name.
    pub fn outline(&self) -> Outline {
        let mut outline = Outline::default();
        for path in [&self.app.paths.machine_config, &self.user_config] {
            outline.add(&String::from_utf8_lossy(&read(path)));
        }
        outline
    }

    pub fn connectors(&self) -> Vec<Candidate> {
        self.outline().connectors.into_iter().map(of_named).collect()
    }

    pub fn accounts(&self) -> Vec<Candidate> {
        self.outline().accounts.into_iter().map(of_named).collect()
    }

    /// The profiles whose credentials come from afed.
    pub fn own_profiles(&self) -> Vec<Candidate> {
        let Some(config) = self.aws_file(&self.app.paths.aws_config, Family::Config) else { return Vec::new() };
        let own = aws_files::hooks(&config).into_iter();
        own.filter_map(|own| profile(&own.name, format!("connector {}", own.hook.connector()))).collect()
    }

    /// Profiles as their connectors are called, and those that are there already and can be changed.
    pub fn addable_profiles(&self) -> Vec<Candidate> {
        let own = self.own_profiles();
        let taken: BTreeSet<String> = own.iter().map(|own| own.word.clone()).collect();
        let new = self.connectors().into_iter().filter(|connector| !taken.contains(&connector.word));
        new.chain(own.iter().cloned()).collect()
    }

    /// The profiles that hold a long-term key.
    pub fn profiles_with_keys(&self) -> Vec<Candidate> {
        let paths = &self.app.paths;
        let files = [(&paths.aws_credentials, Family::Credentials), (&paths.aws_config, Family::Config)];
        let mut told = BTreeSet::new();
        let keyed = files.into_iter().filter_map(|(path, family)| self.aws_file(path, family));
        let keyed = keyed.flat_map(|file| aws_files::keyed_profiles(&file)).filter(|keyed| !keyed.has_token);
        let new = keyed.filter(|keyed| told.insert(keyed.name.clone()));
        new.filter_map(|keyed| profile(&keyed.name, "has a long-term key".to_owned())).collect()
    }

    fn aws_file(&self, path: &Path, family: Family) -> Option<AwsConfig> {
        AwsConfig::parse(family, &read(path)).ok()
    }
}

fn read(path: &Path) -> Vec<u8> {
    files::read_unled(path, LARGEST_FILE).unwrap_or_default()
}

fn of_named(Named { name, about }: Named) -> Candidate {
    Candidate { word: name, description: about }
}

/// Others than afed's own names stand in the file too; they can't be given to it.
fn profile(name: &str, about: String) -> Option<Candidate> {
    name.parse::<ProfileName>().ok().map(|name| Candidate { word: name.to_string(), description: Some(about) })
}
