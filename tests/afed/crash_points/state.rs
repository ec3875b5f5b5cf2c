//! What lies on the disk before and after a run: all of it, to be put back; and what must be true of it, to be compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::keyring::Kept;
use super::store_file::addresses;
use crate::keyring_session::KeyringSession;

/// Files and folders with their modes, and what the keyring holds.
pub struct Snapshot {
    files: Files,
    kept: Option<Kept>,
}

type Files = BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>;

impl Snapshot {
    pub fn of(places: &Places) -> Self {
        Self { files: places.files(), kept: places.keyring.as_ref().map(Kept::of) }
    }

    /// Makes all what it was.
    pub fn restore(&self, places: &Places) {
        if let (Some(kept), Some(keyring)) = (&self.kept, &places.keyring) {
            kept.restore(keyring);
        }
        for folder in places.folders() {
            fs::remove_dir_all(folder).unwrap_or_default();
        }
        for (path, (mode, bytes)) in &self.files {
            match bytes {
                Some(bytes) => fs::write(path, bytes).unwrap(),
                None => fs::create_dir(path).unwrap(),
            }
            fs::set_permissions(path, fs::Permissions::from_mode(*mode)).unwrap();
        }
    }
}

fn take(path: &Path, found: &mut Files) {
    let metadata = fs::symlink_metadata(path).unwrap();
    let bytes = metadata.is_file().then(|| fs::read(path).unwrap());
    found.insert(path.to_owned(), (metadata.mode() & 0o7777, bytes));
    if metadata.is_dir() {
        fs::read_dir(path).unwrap().for_each(|entry| take(&entry.unwrap().path(), found));
    }
}

/// Where the files are that count.
pub struct Places {
    pub home: PathBuf,
    pub aws: PathBuf,
    /// Where secrets rest, if not in a file of the home.
    pub keyring: Option<KeyringSession>,
}

/// What of the files counts. What is equal in this is as good to a later run.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub config: Option<String>,
    pub aws: BTreeMap<String, String>,
    pub secrets: BTreeSet<String>,
    /// Files that were never put in their place, outside of the cache, whose files are sealed.
    pub leftovers: BTreeSet<String>,
    /// Files of the home that other users may read or write.
    pub open_to_others: BTreeSet<String>,
    /// The kinds of all other files.
    pub others: BTreeSet<String>,
}

impl Places {
    pub fn folders(&self) -> [&Path; 2] {
        [&self.home, &self.aws]
    }

    fn files(&self) -> Files {
        let mut found = Files::new();
        self.folders().iter().for_each(|folder| take(folder, &mut found));
        found
    }

    pub fn look_at_config(&self) -> Option<String> {
        fs::read_to_string(self.home.join(".config/afed/config.toml")).ok()
    }

    /// The bytes of the audit trail.
    pub fn trail(&self) -> Option<Vec<u8>> {
        fs::read(self.home.join(".local/state/afed/audit.jsonl")).ok()
    }

    pub fn store_file(&self) -> PathBuf {
        self.home.join(".local/share/afed/secrets.afed")
    }

    /// What is in the store that the configuration names, or in any where there is none; and what is elsewhere, marked so.
    fn secrets(&self, config: Option<&str>) -> BTreeSet<String> {
        let file = fs::read(self.store_file()).map(|bytes| addresses(&bytes)).unwrap_or_default();
        let keyring = self.keyring.iter().flat_map(KeyringSession::items).map(|item| short(&item.username));
        let is_elsewhere = config.is_some_and(|config| config.contains("store = \"file\""));
        keyring.map(|held| if is_elsewhere { format!("elsewhere {held}") } else { held }).chain(file).collect()
    }

    pub fn look(&self) -> Seen {
        let config = self.look_at_config();
        let mut seen = Seen { secrets: self.secrets(config.as_deref()), config, ..Seen::default() };
        for (path, (mode, bytes)) in self.files() {
            if let Some(bytes) = bytes {
                self.sort_in(&mut seen, &path, mode, &bytes);
            }
        }
        seen
    }

    fn sort_in(&self, seen: &mut Seen, path: &Path, mode: u32, bytes: &[u8]) {
        let (name, folder) = (path.file_name().unwrap().to_string_lossy(), path.parent().unwrap().display());
        let kind = path.extension().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        let is_of_run = path.parent().unwrap().to_string_lossy().contains("/runs/run-");
        if path.starts_with(&self.home) && !is_of_run && mode & 0o077 != 0 {
            seen.open_to_others.insert(format!("{} {mode:o}", path.display()));
        }
        if is_of_run {
            seen.leftovers.insert("the folder of a run".to_owned());
        } else if name.starts_with(".afed-") {
            let found = if path.starts_with(self.home.join(".cache")) { &mut seen.others } else { &mut seen.leftovers };
            found.insert(format!("{folder}/.afed-"));
        } else if kind == "unowned" || kind == "unfinished" {
            seen.leftovers.insert(path.display().to_string());
        } else if path.starts_with(&self.aws) {
            seen.aws.insert(name.into_owned(), String::from_utf8(bytes.to_vec()).unwrap());
        } else {
            seen.others.insert(format!("{folder} {kind} {}", bytes.is_empty()));
        }
    }
}

impl Seen {
    /// What the configuration names.
    pub fn owners(&self) -> BTreeSet<String> {
        let Some(config) = &self.config else { return BTreeSet::new() };
        let config: toml::Table = config.parse().expect("the configuration is whole");
        let text = |table: &toml::Value, key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let accounts = config.get("accounts").and_then(toml::Value::as_table).cloned().unwrap_or_default();
        let keys = accounts
            .iter()
            .filter_map(|(name, account)| Some(format!("access-key {name} {}", text(account, "access_key_id")?)));
        let crowd = config.get("crowd");
        let of_crowd = |key| crowd.map(|crowd| text(crowd, key).unwrap());
        let crowd = of_crowd("application").zip(of_crowd("url"));
        let crowd = crowd.map(|(application, url)| short(&format!("crowd-application {application} {url}")));
        keys.chain(crowd).collect()
    }

    /// Secrets that nothing names. A session belongs to whoever logged in, the cache's key to the cache where the kernel
    /// keeps none.
    pub fn orphans(&self) -> BTreeSet<String> {
        let owners = self.owners();
        self.secrets
            .iter()
            .filter(|held| !held.starts_with("crowd-session ") && *held != "cache-key" && !owners.contains(*held))
            .cloned()
            .collect()
    }

    /// What is named and has no secret.
    pub fn missing(&self) -> BTreeSet<String> {
        self.owners().difference(&self.secrets).cloned().collect()
    }
}

/// The address of a secret, that of Crowd without its URL where it is the usual one.
pub fn short(address: &str) -> String {
    match address.split(' ').collect::<Vec<_>>()[..] {
        [kind, name, url] if kind.starts_with("crowd") && !url.contains("localhost") => format!("{kind} {name}"),
        _ => address.to_owned(),
    }
}
