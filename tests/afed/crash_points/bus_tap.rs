//! A D-Bus socket that passes everything on to the real one and counts what a program sends. On its nth message the program
//! is killed or its connection cut: before the message is passed on, or when it was and the answer is here. strace can't
//! do that, as each question to a keyring has a thread of its own.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex};
use std::thread;

use nix::sys::signal::{Signal, kill};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::Pid;

use super::calls::{Call, Fate, Place};

/// The names of the messages by which a Secret Service is told to keep and forget.
const CHANGES_OF_ITEMS: [&[u8]; 3] = [b"CreateItem", b"SetSecret", b"Delete"];

/// It listens for as long as the process lives.
pub struct BusTap {
    /// What a program finds in DBUS_SESSION_BUS_ADDRESS.
    pub address: String,
    state: Arc<Mutex<State>>,
    _folder: tempfile::TempDir,
}

#[derive(Default)]
struct State {
    /// Of each message, whether it changes what the keyring holds.
    messages: Vec<bool>,
    armed: Option<(usize, Fate)>,
    /// It befalls the program when the next answer is here.
    due: Option<Fate>,
    has_befallen: bool,
}

impl BusTap {
    pub fn before(bus: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("bus");
        let listener = UnixListener::bind(&socket).unwrap();
        let path = bus.strip_prefix("unix:path=").unwrap().split(',').next().unwrap().to_owned();
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for program in listener.incoming() {
                let ends = Ends { program: program.unwrap(), bus: UnixStream::connect(&path).unwrap() };
                ends.pass_on(&shared);
            }
        });
        Self { address: format!("unix:path={}", socket.display()), state, _folder: folder }
    }

    /// Begins to count anew; with a point, what shall befall the program at it.
    pub fn arm(&self, point: Option<(usize, Fate)>) {
        *self.state.lock().unwrap() = State { armed: point, ..State::default() };
    }

    pub fn has_befallen(&self) -> bool {
        self.state.lock().unwrap().has_befallen
    }

    /// The messages since it was armed.
    pub fn messages(&self) -> Vec<Call> {
        let place = |changes: &bool| if *changes { Place::Keyring } else { Place::Network };
        let message = |(nth, changes)| Call { name: "message".to_owned(), nth: nth + 1, place: place(changes) };
        self.state.lock().unwrap().messages.iter().enumerate().map(message).collect()
    }
}

impl State {
    /// Counts a message. What befalls the program before it is passed on.
    fn meet(&mut self, message: &[u8]) -> Option<Fate> {
        let changes = |name: &[u8]| message.windows(name.len()).any(|window| window == name);
        self.messages.push(CHANGES_OF_ITEMS.iter().any(|name| changes(name)));
        let (_, fate) = self.armed.filter(|(nth, _)| *nth == self.messages.len())?;
        if matches!(fate, Fate::KillAnswered | Fate::CutAnswered) {
            self.due = Some(fate);
            return None;
        }
        self.has_befallen = true;
        Some(fate)
    }

    fn meet_answer(&mut self) -> Option<Fate> {
        let due = self.due.take();
        self.has_befallen |= due.is_some();
        due
    }
}

/// One connection.
struct Ends {
    program: UnixStream,
    bus: UnixStream,
}

impl Ends {
    fn pass_on(self, state: &Arc<Mutex<State>>) {
        let answers = Self { program: self.program.try_clone().unwrap(), bus: self.bus.try_clone().unwrap() };
        let shared = Arc::clone(state);
        thread::spawn(move || self.pass(&self.program, &self.bus, |bytes| shared.lock().unwrap().meet(bytes)));
        let shared = Arc::clone(state);
        thread::spawn(move || answers.pass(&answers.bus, &answers.program, |_| shared.lock().unwrap().meet_answer()));
    }

    fn pass(&self, mut from: &UnixStream, mut to: &UnixStream, meet: impl Fn(&[u8]) -> Option<Fate>) {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length) = from.read(&mut buffer)
            && length > 0
        {
            let fate = meet(&buffer[..length]);
            if matches!(fate, Some(Fate::Kill | Fate::KillAnswered)) {
                let program = getsockopt(&self.program, PeerCredentials).unwrap();
                kill(Pid::from_raw(program.pid()), Signal::SIGKILL).unwrap();
            }
            if fate.is_some() || to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        for end in [&self.program, &self.bus] {
            end.shutdown(Shutdown::Both).unwrap_or_default();
        }
    }
}
