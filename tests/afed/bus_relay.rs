//! A way between programs and a session bus. An onlooker is told of each call before it reaches the bus and of its answer
//! before it is delivered, and says what happens next. It reads as much of the protocol as it takes to tell messages apart;
//! what befalls whom, and when, is the onlooker's alone.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use nix::unistd::Pid;

const LITTLE_ENDIAN: u8 = b'l';
const CALL: u8 = 1;
const ANSWERS: [u8; 2] = [2, 3];
const NO_ANSWER_EXPECTED: u8 = 1;
const REPLY_SERIAL: u8 = 5;
const FIXED_HEADER: usize = 16;

/// When an onlooker is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    BeforeCall,
    BeforeAnswer,
}

/// A call that expects an answer, or that answer, on its way.
pub struct Passing<'a> {
    pub moment: Moment,
    /// Which call it is or answers, counted from 1 over all connections.
    pub call: usize,
    pub message: &'a [u8],
    /// Whose call it is.
    pub program: Pid,
}

/// What an onlooker has happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    PassOn,
    /// It is not delivered, and the connection ends.
    Cut,
}

/// The way; it is open for as long as the process lives.
pub struct BusRelay {
    /// What a program finds in DBUS_SESSION_BUS_ADDRESS.
    pub address: String,
    _folder: tempfile::TempDir,
}

impl BusRelay {
    /// A way to the bus with this address. Two connections may tell the onlooker at once.
    pub fn start(bus: &str, onlooker: impl Fn(&Passing<'_>) -> Next + Send + Sync + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let bus = bus.strip_prefix("unix:path=").unwrap().split(',').next().unwrap().into();
        let way = Arc::new(Way { bus, calls: AtomicUsize::new(0), onlooker: Box::new(onlooker) });
        thread::spawn(move || listener.incoming().for_each(|program| way.open(program.unwrap())));
        Self { address: format!("unix:path={}", path.display()), _folder: folder }
    }
}

/// What all connections share.
struct Way {
    bus: PathBuf,
    calls: AtomicUsize,
    onlooker: Box<dyn Fn(&Passing<'_>) -> Next + Send + Sync>,
}

impl Way {
    fn open(self: &Arc<Self>, program: UnixStream) {
        let (pid, bus) = (getsockopt(&program, PeerCredentials), UnixStream::connect(&self.bus));
        // Without a bus, the program's connection ends at once.
        let (Ok(pid), Ok(bus)) = (pid, bus) else { return };
        let pid = Pid::from_raw(pid.pid());
        let there = Arc::new(Connection { way: Arc::clone(self), pid, program, bus, unanswered: Mutex::default() });
        let back = Arc::clone(&there);
        thread::spawn(move || there.carry(Moment::BeforeCall));
        thread::spawn(move || back.carry(Moment::BeforeAnswer));
    }
}

/// One connection of a program.
struct Connection {
    way: Arc<Way>,
    pid: Pid,
    program: UnixStream,
    bus: UnixStream,
    /// By their serial, which calls they are.
    unanswered: Mutex<HashMap<u32, usize>>,
}

impl Connection {
    /// Carries calls to the bus, or answers back, until either end or the onlooker has enough.
    fn carry(&self, moment: Moment) {
        let (from, mut to) = match moment {
            Moment::BeforeCall => (&self.program, &self.bus),
            Moment::BeforeAnswer => (&self.bus, &self.program),
        };
        while let Some(unit) = read_unit(from) {
            if self.meet(moment, &unit) == Next::Cut || to.write_all(&unit).is_err() {
                break;
            }
        }
        [from, to].iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
    }

    fn meet(&self, moment: Moment, unit: &[u8]) -> Next {
        let call = match moment {
            Moment::BeforeCall => self.count(unit),
            Moment::BeforeAnswer => answered(unit).and_then(|serial| self.unanswered.lock().unwrap().remove(&serial)),
        };
        let tell = |call| (self.way.onlooker)(&Passing { moment, call, message: unit, program: self.pid });
        call.map_or(Next::PassOn, tell)
    }

    fn count(&self, unit: &[u8]) -> Option<usize> {
        if !is_call(unit) {
            return None;
        }
        let call = self.way.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.unanswered.lock().unwrap().insert(number_at(unit, 8), call);
        Some(call)
    }
}

/// A line of the handshake or a message; no line begins as a message does.
fn read_unit(mut stream: &UnixStream) -> Option<Vec<u8>> {
    let mut unit = vec![0];
    stream.read_exact(&mut unit).ok()?;
    if unit[0] != LITTLE_ENDIAN {
        while unit.last() != Some(&b'\n') {
            unit.push(0);
            let last = unit.len() - 1;
            stream.read_exact(&mut unit[last..]).ok()?;
        }
        return Some(unit);
    }
    unit.resize(FIXED_HEADER, 0);
    stream.read_exact(&mut unit[1..]).ok()?;
    let body = number_at(&unit, 4) as usize;
    unit.resize(end_of_fields(&unit).next_multiple_of(8) + body, 0);
    stream.read_exact(&mut unit[FIXED_HEADER..]).ok()?;
    Some(unit)
}

fn is_call(unit: &[u8]) -> bool {
    unit[0] == LITTLE_ENDIAN && unit[1] == CALL && unit[2] & NO_ANSWER_EXPECTED == 0
}

/// Which call a message answers: a field of its header, each of which begins at a multiple of eight with its code and type.
fn answered(unit: &[u8]) -> Option<u32> {
    if unit[0] != LITTLE_ENDIAN || !ANSWERS.contains(&unit[1]) {
        return None;
    }
    let mut at = FIXED_HEADER;
    while at < end_of_fields(unit) {
        let (code, kind, value) = (unit[at], unit[at + 2], at + 4);
        if code == REPLY_SERIAL {
            return Some(number_at(unit, value));
        }
        let length = match kind {
            b'u' => 4,
            b'g' => 1 + usize::from(unit[value]) + 1,
            _ => 4 + number_at(unit, value) as usize + 1,
        };
        at = (value + length).next_multiple_of(8);
    }
    None
}

fn end_of_fields(unit: &[u8]) -> usize {
    FIXED_HEADER + number_at(unit, 12) as usize
}

fn number_at(unit: &[u8], position: usize) -> u32 {
    u32::from_le_bytes(unit[position..position + 4].try_into().unwrap())
}
