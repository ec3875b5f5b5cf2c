//! The system calls by which a run changes something, as strace sees them: written down once, and then one of them ended
//! by a kill or answered with an error. strace counts the calls of each thread for itself, and so does this.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// All that changes files, keys of the kernel or what another program knows. A platform may lack some.
const CHANGING: &str = "openat,write,writev,pwrite64,?rename,renameat,renameat2,?unlink,unlinkat,?mkdir,mkdirat,?rmdir,\
    ftruncate,fsync,fdatasync,?chmod,fchmod,fchmodat,?chown,fchown,fchownat,?link,linkat,?symlink,symlinkat,flock,\
    add_key,keyctl,connect,sendto,sendmsg";

/// What a call is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    File(PathBuf),
    Network,
    /// stdout or stderr.
    Stream,
    /// The kernel's keyring, or a message to a Secret Service that changes what it keeps.
    Keyring,
}

/// One call of a run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    pub name: String,
    /// Which of the thread's calls of this name it is, from 1.
    pub nth: usize,
    pub place: Place,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// The process is killed when it is about to make the call.
    Kill,
    /// The call does nothing and gives this error.
    Error(&'static str),
    /// Of a message: the process is killed when the answer is here.
    KillAnswered,
    /// Of a message: it is not delivered, and the connection ends.
    Cut,
    /// Of a message: it is delivered, and the connection ends in place of an answer.
    CutAnswered,
}

/// A call and what becomes of it.
pub type Point = (Call, Fate);

/// What a call is answered with in place of what it does.
const ERRORS: [&str; 5] = ["ENOSPC", "EIO", "EACCES", "EROFS", "EINTR"];

impl Fate {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Error(name) => name,
            Self::KillAnswered => "kill when answered",
            Self::Cut => "connection cut",
            Self::CutAnswered => "connection cut when answered",
        }
    }
}

impl Call {
    /// A message to a bus, which is no system call.
    pub fn is_message(&self) -> bool {
        self.name == "message"
    }

    /// All that may befall it.
    pub fn fates(&self) -> Vec<Fate> {
        if self.is_message() {
            return vec![Fate::Kill, Fate::KillAnswered, Fate::Cut, Fate::CutAnswered];
        }
        [Fate::Kill].into_iter().chain(ERRORS.map(Fate::Error)).collect()
    }
}

/// strace's arguments to write the calls down in this file.
pub fn recording(into: &Path) -> Vec<String> {
    let trace = format!("trace={CHANGING}");
    ["-f", "-y", "-qq", "-s", "0", "-o", into.to_str().unwrap(), "-e", &trace].map(str::to_owned).to_vec()
}

/// strace's arguments to let this fate befall this call, and to write down in this file what became of it.
pub fn befalling(call: &Call, fate: Fate, into: &Path) -> Vec<String> {
    let what = match fate {
        Fate::Error(errno) => format!("error={errno}"),
        _ => "signal=KILL".to_owned(),
    };
    let (trace, inject) = (format!("trace={}", call.name), format!("inject={}:{what}:when={}", call.name, call.nth));
    ["-f", "-y", "-qq", "-s", "0", "-o", into.to_str().unwrap(), "-e", &trace, "-e", &inject]
        .map(str::to_owned)
        .to_vec()
}

/// Of the sample: two kinds of calls of each command are killed and two fail, another two with each command.
pub fn of_each_kind(calls: &[Call], turn: usize) -> Vec<Point> {
    let names: BTreeSet<&str> = calls.iter().map(|call| call.name.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let last = |nth: usize| calls.iter().rev().find(|call| call.name == names[nth % names.len()]).unwrap().clone();
    let error = |nth: usize| Fate::Error(ERRORS[nth % ERRORS.len()]);
    let nth = turn * 4;
    vec![
        (last(nth), Fate::Kill),
        (last(nth + 1), error(turn)),
        (last(nth + 2), Fate::Kill),
        (last(nth + 3), error(turn + 1)),
    ]
}

/// Of the sample: killed right before the last message that changes what a keyring keeps, and when it is answered.
pub fn around_the_keyring(calls: &[Call], _turn: usize) -> Vec<Point> {
    let last = calls.iter().rfind(|call| call.place == Place::Keyring && call.is_message());
    let last = last.expect("the keyring is told something");
    [Fate::Kill, Fate::KillAnswered].map(|fate| (last.clone(), fate)).to_vec()
}

/// What the call was about that was given an error, if one was. Threads wake each other as often as chance has it, so that
/// the nth call need not be what it was when it was written down. Where one thread's waking of another was given the error as
/// well, which no disk and no network does, what the run says of it does not count.
pub fn hindered(record: &str, folders: &[&Path]) -> Option<Place> {
    let hindered = record.lines().filter(|line| line.ends_with("(INJECTED)")).map(|line| {
        let (name, arguments) = line.split_once(' ')?.1.trim_start().split_once('(')?;
        place(name, arguments, folders)
    });
    hindered.collect::<Option<Vec<Place>>>()?.into_iter().next()
}

/// The calls in what strace wrote that change something below these folders, or outside of files. Two calls of two threads
/// that strace can't tell apart are one.
pub fn changing(record: &str, folders: &[&Path]) -> Vec<Call> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let (mut calls, mut known) = (Vec::new(), BTreeSet::new());
    for line in record.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((name, arguments)) = rest.trim_start().split_once('(') else { continue };
        if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let nth = counts.entry((thread, name)).or_default();
        *nth += 1;
        if let Some(place) = place(name, arguments, folders)
            && known.insert((name, *nth))
        {
            calls.push(Call { name: name.to_owned(), nth: *nth, place });
        }
    }
    calls
}

fn place(name: &str, arguments: &str, folders: &[&Path]) -> Option<Place> {
    match name {
        // By this a program wakes itself when a signal came: nothing that a network could refuse.
        "sendto" if arguments.contains(", 1, MSG_DONTWAIT, NULL, 0)") => return None,
        "connect" | "sendto" | "sendmsg" => return Some(Place::Network),
        "add_key" => return Some(Place::Keyring),
        "keyctl" => return is_change_of_keys(arguments).then_some(Place::Keyring),
        "openat" if !["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| arguments.contains(flag)) => return None,
        _ => {}
    }
    let opened = in_brackets(arguments);
    if matches!(name, "write" | "writev") {
        if arguments.starts_with("1<") || arguments.starts_with("2<") {
            return Some(Place::Stream);
        }
        if opened.is_some_and(|opened| opened.starts_with("socket:") || opened.starts_with("TCP")) {
            return Some(Place::Network);
        }
    }
    let path = match (arguments.rsplit('"').nth(1), opened) {
        (Some(written), Some(folder)) if is_of_paths(name) => Path::new(folder).join(written),
        (Some(written), None) if is_of_paths(name) => PathBuf::from(written),
        (_, Some(opened)) => PathBuf::from(opened),
        _ => return None,
    };
    folders.iter().any(|folder| path.starts_with(folder)).then_some(Place::File(path))
}

fn is_change_of_keys(arguments: &str) -> bool {
    ["KEYCTL_LINK", "KEYCTL_UNLINK", "KEYCTL_SETPERM", "KEYCTL_SET_TIMEOUT", "KEYCTL_UPDATE"]
        .iter()
        .any(|operation| arguments.starts_with(operation))
}

fn is_of_paths(name: &str) -> bool {
    !matches!(
        name,
        "write" | "writev" | "pwrite64" | "ftruncate" | "fsync" | "fdatasync" | "fchmod" | "fchown" | "flock"
    )
}

/// What the first descriptor leads to.
fn in_brackets(arguments: &str) -> Option<&str> {
    let (_, rest) = arguments.split_once('<')?;
    Some(rest.split_once('>')?.0)
}
