//! Who is told each line besides: journald by its own protocol, or whatever reads `/dev/log`, by RFC 3164. One datagram,
//! which is sent or not, and never waited for.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::audit::settings::SecondTarget;
use crate::model::audit::{Decision, Entry};

/// Where the targets listen.
pub struct SecondTargets {
    pub journald: PathBuf,
    pub syslog: PathBuf,
}

impl Default for SecondTargets {
    fn default() -> Self {
        Self { journald: PathBuf::from("/run/systemd/journal/socket"), syslog: PathBuf::from("/dev/log") }
    }
}

/// The facility for what concerns access (authpriv).
const FACILITY: u8 = 10;

impl SecondTargets {
    pub fn tell(&self, target: SecondTarget, entry: &Entry, line: &str) -> io::Result<()> {
        let priority = match entry.decision {
            Decision::Allow => 6,
            Decision::Deny | Decision::Fail => 5,
        };
        let datagram = match target {
            SecondTarget::Journald => for_journald(priority, entry, line),
            SecondTarget::Syslog => for_syslog(priority, entry, line),
        };
        send(self.socket(target), &datagram)
    }

    /// Whether somebody listens there; nothing is told.
    pub fn reach(&self, target: SecondTarget) -> io::Result<()> {
        reach(self.socket(target))
    }

    fn socket(&self, target: SecondTarget) -> &Path {
        match target {
            SecondTarget::Journald => &self.journald,
            SecondTarget::Syslog => &self.syslog,
        }
    }
}

/// Fields by name, a line each. The line of the trail is printable ASCII, so it needs no length before it.
fn for_journald(priority: u8, entry: &Entry, line: &str) -> String {
    let (event, decision) = (entry.event.as_str(), entry.decision.as_str());
    format!(
        "MESSAGE={line}\nPRIORITY={priority}\nSYSLOG_IDENTIFIER=afed\nSYSLOG_FACILITY={FACILITY}\n\
         AFED_EVENT={event}\nAFED_DECISION={decision}\n"
    )
}

fn for_syslog(priority: u8, entry: &Entry, line: &str) -> String {
    let (pri, time) = (FACILITY * 8 + priority, entry.at.strftime("%b %e %H:%M:%S"));
    format!("<{pri}>{time} afed[{}]: {line}", entry.process.pid)
}

#[cfg(unix)]
fn send(path: &Path, datagram: &str) -> io::Result<()> {
    let socket = std::os::unix::net::UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.send_to(datagram.as_bytes(), path).map(drop)
}

#[cfg(unix)]
fn reach(path: &Path) -> io::Result<()> {
    std::os::unix::net::UnixDatagram::unbound()?.connect(path)
}

#[cfg(not(unix))]
fn reach(_path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn send(_path: &Path, _datagram: &str) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
