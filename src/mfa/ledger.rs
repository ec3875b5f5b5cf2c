//! When a code of each device was used last, so that none is sent twice: the number of the half minute, never the code.
//! It lies in the private folder of the cache, a file for each device, with a lock beside it for who uses the device.

use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::model::hex::lower_hex;
use crate::model::mfa::MfaSerial;
use crate::ports::Onlooker;
use crate::sys::files;
use crate::sys::locks::{self, FileLock, LockError};

/// The notes of all devices.
#[derive(Clone)]
pub struct Ledger {
    folder: PathBuf,
    onlooker: Rc<dyn Onlooker>,
}

impl Ledger {
    pub const fn new(folder: PathBuf, onlooker: Rc<dyn Onlooker>) -> Self {
        Self { folder, onlooker }
    }

    /// Waits until nobody else uses the device.
    pub fn lock(&self, serial: &MfaSerial, patience: Duration) -> Result<FileLock, LockError> {
        locks::acquire(&self.path(serial, "lock"), patience, self.onlooker.as_ref())
    }

    /// The half minute whose code was used last. What can't be read tells nothing: AWS refuses a code that was used.
    pub fn last_step(&self, serial: &MfaSerial) -> Option<i64> {
        let text = files::read_optional(&self.path(serial, "step")).ok().flatten()?;
        std::str::from_utf8(&text).ok()?.trim().parse().ok()
    }

    /// Notes that the code of this half minute is used.
    pub fn note(&self, serial: &MfaSerial, step: i64) -> io::Result<()> {
        files::create_private_folder(&self.folder)?;
        files::put(&self.path(serial, "step"), format!("{step}\n").as_bytes())
    }

    fn path(&self, serial: &MfaSerial, extension: &str) -> PathBuf {
        let digest = Sha256::digest(serial.as_str());
        self.folder.join(format!("mfa-{}.{extension}", lower_hex(&digest[..16])))
    }
}
