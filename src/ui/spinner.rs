//! Shows at the terminal what is waited for, once it takes a while. Its line is wiped before anything else is written, also
//! when somebody interrupts; nothing is drawn while another program asks something at this terminal, or from the background.
//! The cursor is never hidden. No thread runs but while something is waited for.

use std::cell::Cell;
use std::fmt::Display;
use std::rc::Rc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use dialoguer::console::Term;

use super::interruption::{Interruption, Listener};
use crate::ports::{Onlooker, Wait};
use crate::render::table::{cut, printable};

/// What is over sooner is not shown.
const QUICK: Duration = Duration::from_millis(300);
/// Waits that follow each other within this count as one.
const BREATH: Duration = Duration::from_millis(50);
const TICK: Duration = Duration::from_millis(50);
const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

/// An onlooker at the terminal of standard error.
#[derive(Default)]
pub struct Spinner {
    streak: Rc<Cell<Option<Streak>>>,
}

/// Waits one after the other.
#[derive(Clone, Copy)]
struct Streak {
    began: Instant,
    ended: Instant,
}

impl Onlooker for Spinner {
    fn waiting_for(&self, what: &dyn Display) -> Wait {
        let now = Instant::now();
        let of_earlier = self.streak.get().filter(|streak| now.duration_since(streak.ended) < BREATH);
        let began = of_earlier.map_or(now, |streak| streak.began);
        let text = printable(&format!("waiting for {what}…"));
        match Turning::begin(text, began + QUICK) {
            Ok(turning) => Wait::shown(Spell { turning, began, streak: Rc::clone(&self.streak) }),
            // Without a thread to show it, it is waited for all the same.
            Err(_) => Wait::unseen(),
        }
    }
}

/// One wait. However it ends, the next one may belong to it.
struct Spell {
    turning: Turning,
    began: Instant,
    streak: Rc<Cell<Option<Streak>>>,
}

impl Drop for Spell {
    fn drop(&mut self) {
        self.turning.end();
        self.streak.set(Some(Streak { began: self.began, ended: Instant::now() }));
    }
}

/// The thread that draws. Interruptions are held back for it, as it has something to wipe first.
struct Turning {
    running: Option<(Sender<()>, JoinHandle<()>)>,
    _interruption: Interruption,
}

impl Turning {
    fn begin(text: String, shown_from: Instant) -> std::io::Result<Self> {
        let interruption = Interruption::hold();
        let drawing = Drawing { text, shown_from, listener: interruption.listener(), drawn: false };
        let (over, is_over) = mpsc::channel();
        let thread = std::thread::Builder::new().name("spinner".to_owned()).spawn(move || drawing.run(&is_over))?;
        Ok(Self { running: Some((over, thread)), _interruption: interruption })
    }

    /// Returns when the line is wiped.
    fn end(&mut self) {
        if let Some((over, thread)) = self.running.take() {
            drop(over);
            // A thread that panicked has left nothing to do.
            drop(thread.join());
        }
    }
}

struct Drawing {
    text: String,
    shown_from: Instant,
    listener: Listener,
    drawn: bool,
}

impl Drawing {
    /// A terminal that has gone away needs neither drawing nor wiping.
    fn run(mut self, is_over: &Receiver<()>) {
        for frame in FRAMES.iter().cycle() {
            let until_shown = self.shown_from.saturating_duration_since(Instant::now());
            let pause = if self.drawn || until_shown > TICK { TICK } else { until_shown };
            if is_over.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
                break;
            }
            self.listener.let_through(|| wipe(self.drawn), || ());
            if Instant::now() >= self.shown_from && may_draw() {
                self.draw(*frame);
            }
        }
        wipe(self.drawn);
    }

    fn draw(&mut self, frame: char) {
        let terminal = Term::stderr();
        // A line that is as long as the terminal is wide could wrap, and then could not be wiped.
        let room = terminal.size_checked().map_or(usize::MAX, |(_, columns)| usize::from(columns).saturating_sub(1));
        let line = cut(&format!("{frame} {}", self.text), room);
        drop(terminal.clear_line().and_then(|()| terminal.write_str(&line)));
        self.drawn = true;
    }
}

fn wipe(drawn: bool) {
    if drawn {
        drop(Term::stderr().clear_line());
    }
}

/// Whether this process is in the foreground, and nobody types at the terminal what is not to be seen, or key by key.
#[cfg(unix)]
fn may_draw() -> bool {
    use nix::sys::termios::{LocalFlags, tcgetattr};
    use nix::unistd::{getpgrp, tcgetpgrp};
    let terminal = std::io::stderr();
    let is_ours = tcgetpgrp(&terminal).is_ok_and(|foreground| foreground == getpgrp());
    let typing = LocalFlags::ICANON | LocalFlags::ECHO;
    is_ours && tcgetattr(&terminal).is_ok_and(|terminal| terminal.local_flags.contains(typing))
}

#[cfg(not(unix))]
const fn may_draw() -> bool {
    true
}
