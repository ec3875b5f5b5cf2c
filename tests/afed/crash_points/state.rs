//! What lies on the disk before and after a run: all of it, to be put back; and what must be true of it, to be compared.
//! The secret store is opened here with nothing of afed's own code.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// Files and folders with their modes.
#[derive(Clone)]
pub struct Snapshot(BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>);

impl Snapshot {
    pub fn of(folders: &[&Path]) -> Self {
        let mut found = BTreeMap::new();
        folders.iter().for_each(|folder| take(folder, &mut found));
        Self(found)
    }

    /// Makes the folders what they were.
    pub fn restore(&self, folders: &[&Path]) {
        for folder in folders {
            fs::remove_dir_all(folder).unwrap_or_default();
        }
        for (path, (mode, bytes)) in &self.0 {
            match bytes {
                Some(bytes) => fs::write(path, bytes).unwrap(),
                None => fs::create_dir(path).unwrap(),
            }
            fs::set_permissions(path, fs::Permissions::from_mode(*mode)).unwrap();
        }
    }
}

fn take(path: &Path, found: &mut BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>) {
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
}

/// What of the files counts. What is equal in this is as good to a later run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub config: Option<String>,
    pub aws: BTreeMap<String, String>,
    pub secrets: BTreeSet<String>,
    /// Files that were never put in their place, outside of the cache, whose files are sealed.
    pub leftovers: BTreeSet<String>,
    /// The kinds of all other files.
    pub others: BTreeSet<String>,
}

impl Places {
    pub fn folders(&self) -> [&Path; 2] {
        [&self.home, &self.aws]
    }

    pub fn look(&self) -> Seen {
        let config = fs::read_to_string(self.home.join(".config/afed/config.toml")).ok();
        let store = fs::read(self.home.join(".local/share/afed/secrets.afed")).ok();
        let secrets = store.map(|bytes| addresses(&bytes)).unwrap_or_default();
        let mut seen =
            Seen { config, aws: BTreeMap::new(), secrets, leftovers: BTreeSet::new(), others: BTreeSet::new() };
        for (path, (_, bytes)) in Snapshot::of(&self.folders()).0 {
            if let Some(bytes) = bytes {
                self.sort_in(&mut seen, &path, &bytes);
            }
        }
        seen
    }

    fn sort_in(&self, seen: &mut Seen, path: &Path, bytes: &[u8]) {
        let (name, folder) = (path.file_name().unwrap().to_string_lossy(), path.parent().unwrap().display());
        let kind = path.extension().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        if name.starts_with(".afed-") {
            let found = if path.starts_with(self.home.join(".cache")) { &mut seen.others } else { &mut seen.leftovers };
            found.insert(format!("{folder}/.afed-"));
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
        let crowd = crowd.map(|crowd| format!("crowd-application {}", text(crowd, "application").unwrap()));
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

thread_local! {
    /// Keys by the header's words that say how they are derived, which takes long.
    static KEYS: RefCell<BTreeMap<String, [u8; 32]>> = RefCell::default();
}

/// The addresses in an encrypted file, those of Crowd without its URL. A file that does not open fails the test.
fn addresses(file: &[u8]) -> BTreeSet<String> {
    let end = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let header = std::str::from_utf8(&file[..end]).unwrap();
    let words: Vec<&str> = header.trim_end().split(' ').collect();
    let key =
        KEYS.with_borrow_mut(|keys| *keys.entry(words[3..5].join(" ")).or_insert_with(|| derive(words[3], words[4])));
    let nonce: [u8; 24] = STANDARD_NO_PAD.decode(words[6]).unwrap().try_into().unwrap();
    let payload = Payload { msg: &file[end..], aad: &file[..end] };
    let text = XChaCha20Poly1305::new(&key.into()).decrypt(&XNonce::from(nonce), payload).expect("the store opens");
    let (mut rest, mut fields) = (text.as_slice(), Vec::new());
    while let Some((length, after)) = rest.split_first_chunk() {
        let (field, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        fields.push(String::from_utf8(field.to_vec()).unwrap());
        rest = after;
    }
    let short = |address: &String| match address.split(' ').collect::<Vec<_>>()[..] {
        [kind, name, _url] if kind.starts_with("crowd") => format!("{kind} {name}"),
        _ => address.clone(),
    };
    fields.iter().step_by(2).map(short).collect()
}

fn derive(cost: &str, salt: &str) -> [u8; 32] {
    let numbers: Vec<u32> = cost.split(',').map(|one| one.split_once('=').unwrap().1.parse().unwrap()).collect();
    let parameters = Params::new(numbers[0], numbers[1], numbers[2], Some(32)).unwrap();
    let mut key = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, parameters)
        .hash_password_into(crate::sandbox::PASSPHRASE.as_bytes(), &STANDARD_NO_PAD.decode(salt).unwrap(), &mut key)
        .unwrap();
    key
}
