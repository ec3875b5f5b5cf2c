//! A way between afed and a session bus on which something befalls at a chosen call: before the call reaches the bus, or when it
//! is answered and afed does not know it yet. It reads as much of the protocol as it takes to tell messages apart.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const LITTLE_ENDIAN: u8 = b'l';
const CALL: u8 = 1;
const ANSWERS: [u8; 2] = [2, 3];
const NO_ANSWER_EXPECTED: u8 = 1;
const REPLY_SERIAL: u8 = 5;
const FIXED_HEADER: usize = 16;

/// When something befalls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    BeforeCall,
    BeforeAnswer,
}

/// The way; whoever is on it when this is dropped stays on it.
pub struct BusRelay {
    /// What afed finds in DBUS_SESSION_BUS_ADDRESS.
    pub address: String,
    shared: Arc<Shared>,
    _folder: tempfile::TempDir,
}

struct Shared {
    bus: PathBuf,
    call: usize,
    moment: Moment,
    calls: AtomicUsize,
    deed: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl BusRelay {
    /// A way to the bus with this address, on which the deed is done at the nth call, counted from 1 over all connections.
    pub fn start(bus: &str, call: usize, moment: Moment, deed: impl FnOnce() + Send + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bus");
        let listener = UnixListener::bind(&path).unwrap();
        let bus = bus.strip_prefix("unix:path=").unwrap().split(',').next().unwrap().into();
        let deed: Box<dyn FnOnce() + Send> = Box::new(deed);
        let shared = Arc::new(Shared { bus, call, moment, calls: AtomicUsize::new(0), deed: Mutex::new(Some(deed)) });
        std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || listener.incoming().for_each(|afed| shared.connect(afed.unwrap()))
        });
        Self { address: format!("unix:path={}", path.display()), shared, _folder: folder }
    }

    /// Whether it came so far.
    pub fn befell(&self) -> bool {
        self.shared.deed.lock().unwrap().is_none()
    }
}

impl Shared {
    fn connect(self: &Arc<Self>, afed: UnixStream) {
        // Without a bus, afed's connection ends at once.
        let Ok(bus) = UnixStream::connect(&self.bus) else { return };
        let awaited = Arc::new(Mutex::new(None));
        let there = (Arc::clone(self), afed.try_clone().unwrap(), bus.try_clone().unwrap(), Arc::clone(&awaited));
        std::thread::spawn(move || there.0.carry_calls(&there.1, &there.2, &there.3));
        let back = Arc::clone(self);
        std::thread::spawn(move || back.carry_answers(&bus, &afed, &awaited));
    }

    fn carry_calls(&self, afed: &UnixStream, bus: &UnixStream, awaited: &Mutex<Option<u32>>) {
        while let Some(unit) = read_unit(afed) {
            if is_call(&unit) && self.calls.fetch_add(1, Ordering::SeqCst) + 1 == self.call {
                match self.moment {
                    Moment::BeforeCall => self.befall(),
                    Moment::BeforeAnswer => *awaited.lock().unwrap() = Some(number_at(&unit, 8)),
                }
            }
            if { bus }.write_all(&unit).is_err() {
                break;
            }
        }
        close(afed, bus);
    }

    fn carry_answers(&self, bus: &UnixStream, afed: &UnixStream, awaited: &Mutex<Option<u32>>) {
        while let Some(unit) = read_unit(bus) {
            let answered = answered(&unit);
            if answered.is_some() && answered == *awaited.lock().unwrap() {
                self.befall();
            }
            if { afed }.write_all(&unit).is_err() {
                break;
            }
        }
        close(afed, bus);
    }

    fn befall(&self) {
        let deed = self.deed.lock().unwrap().take();
        deed.into_iter().for_each(|deed| deed());
    }
}

fn close(afed: &UnixStream, bus: &UnixStream) {
    [afed, bus].iter().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
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
