//! The folder looked through as a whole. A file is known by its name alone, so that nothing of anybody else's is taken for
//! an entry; what is not a regular file of an entry's size is never opened, as it could be waited for without end.

use std::fs;
use std::io;
use std::path::Path;

use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::{SealedFolder, failed, lease_record};
use crate::model::hex::is_lower_hex;
use crate::model::lease::LeaseKey;
use crate::ports::{CacheError, Content, Entry, Inventory};
use crate::sys::{files, locks};

/// Far more than a lease can have.
const LARGEST_ENTRY: u64 = 1 << 20;
/// Nobody takes as long to write a file.
const UNFINISHED_AFTER: SignedDuration = SignedDuration::from_hours(1);

impl Inventory for SealedFolder<'_> {
    fn entries(&self) -> Result<Vec<Entry>, CacheError> {
        let listed = |source| failed(&self.folder, "read", source);
        files::refuse_foreign_folder(&self.folder).map_err(listed)?;
        let found = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            found => found.map_err(listed)?,
        };
        let mut names = Vec::new();
        for entry in found {
            names.extend(entry.map_err(listed)?.file_name().into_string().ok());
        }
        names.sort();
        let entries = names.into_iter().map(|name| Ok(self.content(&name)?.map(|content| Entry { name, content })));
        entries.filter_map(Result::transpose).collect()
    }

    fn remove(&self, entry: &Entry) -> Result<bool, CacheError> {
        let path = self.folder.join(&entry.name);
        let removed = match entry.content {
            Content::Lock => locks::remove_free(&path),
            Content::Pass(_) | Content::Lease(..) | Content::Unfinished => remove_now(&path),
        };
        removed.map_err(|source| failed(&path, "removed", source))
    }
}

impl SealedFolder<'_> {
    /// What is under this name; `None` where that is no entry.
    fn content(&self, name: &str) -> Result<Option<Content>, CacheError> {
        if name.starts_with(files::TEMPORARY_PREFIX) {
            return Ok(self.is_unfinished(name).then_some(Content::Unfinished));
        }
        let Some((stem, extension)) = name.rsplit_once('.') else { return Ok(None) };
        Ok(match extension {
            "pass" if is_lower_hex(stem, 64) => {
                let plain = self.open(name)?;
                Some(Content::Pass(plain.and_then(|plain| serde_json::from_slice(&plain).ok())))
            }
            "lease" => match LeaseKey::from_text(stem) {
                Some(key) => Some(Content::Lease(key, self.open(name)?.and_then(|plain| lease_record::read(&plain)))),
                None => None,
            },
            "lock" | "lock2" | "lock3" if is_locked_name(stem) => self.is_file(name).then_some(Content::Lock),
            _ => None,
        })
    }

    /// What is sealed under this name; `None` where it can't be opened.
    fn open(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, CacheError> {
        if !self.is_file(name) {
            return Ok(None);
        }
        let Ok(sealed) = files::read_regular(&self.folder.join(name), LARGEST_ENTRY) else { return Ok(None) };
        Ok(self.known_key()?.and_then(|key| key.open(name, &sealed)))
    }

    /// Whether it is a file, and no link to one.
    fn is_file(&self, name: &str) -> bool {
        fs::symlink_metadata(self.folder.join(name)).is_ok_and(|found| found.is_file())
    }

    fn is_unfinished(&self, name: &str) -> bool {
        let mark = files::look(&self.folder.join(name)).ok().and_then(|looked| looked.mark);
        let latest = (self.clock.now() - UNFINISHED_AFTER).as_nanosecond();
        self.is_file(name) && mark.is_some_and(|mark| mark.modified < latest)
    }
}

/// Whether there is something of this name to lock: a request, the sealing key, an MFA device.
fn is_locked_name(stem: &str) -> bool {
    let device = || stem.strip_prefix("mfa-").is_some_and(|digest| is_lower_hex(digest, 32));
    is_lower_hex(stem, 64) || stem == "key" || device()
}

fn remove_now(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}
