//! The audit trail in files: one line for each entry, added under a lock, each behind the last one. A file that is full is
//! put aside with a number behind its name, the youngest with 1, and the chain goes on in a new one.
//! Nothing is written to what is not this user's own regular file.

mod appending;
mod part;
mod second_target;

use std::io;
use std::path::{Path, PathBuf};

use crate::model::audit::chain::Link;
use crate::model::audit::settings::{AuditSettings, SecondTarget};
use crate::model::audit::{Entry, Origin};
use crate::ports::{AuditError, AuditTrail, TrailFile};
use crate::sys::files;
use appending::{Appending, Room};
use part::Part;
use second_target::SecondTargets;

/// The trail at a path, as the settings want it written.
pub struct FileTrail {
    path: PathBuf,
    settings: AuditSettings,
    targets: SecondTargets,
}

impl FileTrail {
    pub fn new(path: PathBuf, settings: AuditSettings) -> Self {
        Self { path, settings, targets: SecondTargets::default() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether whoever is told each line besides listens; `None`: nobody is told.
    pub fn reach_second_target(&self) -> Option<Result<(), AuditError>> {
        let target = self.settings.also?;
        Some(self.targets.reach(target).map_err(|source| untold(target, source)))
    }

    /// The files that it is kept in, of which none need be there: the one that is written to, and those that were put aside.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        let aside = (1..=self.settings.keep.max(1)).map(|number| self.aside(number));
        std::iter::once(self.path.clone()).chain(aside)
    }

    /// Fails where the next line could not be written. Where there is no file yet, none is made, and a full one stays.
    pub fn foresee(&self) -> Result<(), AuditError> {
        let new_file = || {
            files::foresee_private_folder(files::folder_of(&self.path))
                .map_err(|source| failed(&self.path, "made", source))
        };
        self.refuse_foreign_place()?;
        if part::open(&self.path)?.is_none() {
            return new_file();
        }
        let open = Appending::open(&self.path)?;
        self.link(&open)?;
        match open.room(self.settings.max_size) {
            Room::Enough => open.make_room(),
            Room::Full => self.refuse_to_replace().and_then(|()| new_file()),
        }
    }

    /// A file that was put aside as the `number`th.
    fn aside(&self, number: u32) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(format!(".{number}"));
        name.into()
    }

    /// What the first line of a new file follows: the last one of the youngest file that was put aside.
    fn link_over_files(&self) -> Result<Link, AuditError> {
        for number in 1..=self.settings.keep.saturating_add(1) {
            let earlier = part::open(&self.aside(number))?;
            if let Some(link) = earlier.map_or(Ok(None), |part| part.link())? {
                return Ok(Link { is_amid_line: false, torn: None, ..link });
            }
        }
        Ok(Link::first())
    }

    /// Puts the full file aside, the oldest of those that were falling away. Only who holds the lock of the file may.
    fn put_aside(&self) -> Result<(), AuditError> {
        let moved = |from: &Path, to: &Path| match std::fs::rename(from, to) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(failed(from, "put aside", source)),
            _ => Ok(()),
        };
        self.refuse_to_replace()?;
        for number in (1..self.settings.keep).rev() {
            moved(&self.aside(number), &self.aside(number + 1))?;
        }
        // With none to keep, the last line of the one before is still what the next one follows.
        moved(&self.path, &self.aside(1))
    }

    /// Fails where what would fall away is no part of a trail.
    fn refuse_to_replace(&self) -> Result<(), AuditError> {
        part::open(&self.aside(self.settings.keep.max(1)))?.map_or(Ok(None), |oldest| oldest.link()).map(drop)
    }

    /// Where the configuration says to keep it, somebody's link could lead to another trail of this user's. It costs a look at
    /// each folder of the path, so nobody pays for it whose decisions need not be recorded.
    fn refuse_foreign_place(&self) -> Result<(), AuditError> {
        if !self.settings.required || self.settings.file.is_none() {
            return Ok(());
        }
        files::refuse_foreign_folder(files::folder_of(&self.path))
            .map_err(|source| failed(&self.path, "opened", source))
    }

    /// What the next line of the open file follows.
    fn link(&self, open: &Appending) -> Result<Link, AuditError> {
        if open.is_empty() { self.link_over_files() } else { open.link() }
    }

    /// Opens the file and waits for its turn; a full one is put aside first.
    fn turn(&self) -> Result<Appending, AuditError> {
        self.refuse_foreign_place()?;
        loop {
            let open = Appending::open(&self.path)?;
            match open.room(self.settings.max_size) {
                Room::Enough => return Ok(open),
                Room::Full => self.put_aside()?,
            }
        }
    }
}

impl AuditTrail for FileTrail {
    fn record(&self, entry: &Entry) -> Result<Option<AuditError>, AuditError> {
        let mut open = self.turn()?;
        let line = self.link(&open)?.line(entry);
        open.append(line.as_bytes())?;
        // What was handed out before is on the disk already, with the line of its first time.
        if self.settings.required && entry.origin != Some(Origin::Cached) {
            open.sync()?;
        }
        drop(open);
        let Some(target) = self.settings.also else { return Ok(None) };
        let told = self.targets.tell(target, entry, line.trim());
        Ok(told.err().map(|source| untold(target, source)))
    }

    fn probe(&self) -> Result<(), AuditError> {
        let open = self.turn()?;
        self.link(&open)?;
        open.make_room()
    }

    fn read(&self) -> Result<Vec<TrailFile>, AuditError> {
        // Nobody puts a file aside while they are opened. Where there is none yet, none is made.
        let newest = part::hold(&self.path)?;
        let mut parts = Vec::new();
        for number in (1..=self.settings.keep.max(1)).rev() {
            parts.extend(part::open(&self.aside(number))?);
        }
        if let Some(newest) = newest {
            newest.let_go();
            parts.push(newest);
        }
        Ok(parts.into_iter().map(Part::into_file).collect())
    }
}

fn untold(target: SecondTarget, source: io::Error) -> AuditError {
    AuditError::SecondTarget { target: target.as_str(), source }
}

fn failed(path: &Path, operation: &'static str, source: io::Error) -> AuditError {
    AuditError::File { path: path.to_owned(), operation, source }
}

#[cfg(test)]
mod tests;
