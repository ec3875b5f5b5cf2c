//! The calls of a program to a session bus, counted. At its nth call the program is killed or its connection cut: before the
//! call is passed on, or when it was and the answer is here. strace can't do that, as each question to a keyring has a
//! thread of its own.

use std::sync::{Arc, Mutex};

use nix::sys::signal::{Signal, kill};

use super::calls::{Call, Fate, Place};
use crate::bus_relay::{BusRelay, Moment, Next, Passing};

/// The names of the messages by which a Secret Service is told to keep and forget.
const CHANGES_OF_ITEMS: [&[u8]; 3] = [b"CreateItem", b"SetSecret", b"Delete"];

/// Between programs and their bus.
pub struct BusTap {
    relay: BusRelay,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    messages: Vec<Message>,
    armed: Option<(usize, Fate)>,
    has_befallen: bool,
}

struct Message {
    /// As the relay counts calls.
    call: usize,
    /// Whether it changes what the keyring holds.
    changes: bool,
}

impl BusTap {
    pub fn before(bus: &str) -> Self {
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        Self { relay: BusRelay::start(bus, move |passing| shared.lock().unwrap().meet(passing)), state }
    }

    /// What a program finds in DBUS_SESSION_BUS_ADDRESS.
    pub fn address(&self) -> &str {
        &self.relay.address
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
        let place = |message: &Message| if message.changes { Place::Keyring } else { Place::Network };
        let call = |(nth, message)| Call { name: "message".to_owned(), nth: nth + 1, place: place(message) };
        self.state.lock().unwrap().messages.iter().enumerate().map(call).collect()
    }
}

impl State {
    fn meet(&mut self, passing: &Passing<'_>) -> Next {
        if passing.moment == Moment::BeforeCall {
            self.messages.push(Message { call: passing.call, changes: changes_items(passing.message) });
        }
        let is_the_nth = |nth: usize| self.messages.get(nth - 1).is_some_and(|message| message.call == passing.call);
        match self.armed {
            Some((nth, fate)) if is_the_nth(nth) && moment_of(fate) == passing.moment => {
                // A program that has ended by itself meanwhile is not killed.
                let is_cut = matches!(fate, Fate::Cut | Fate::CutAnswered);
                self.has_befallen = is_cut || kill(passing.program, Signal::SIGKILL).is_ok();
                Next::Cut
            }
            _ => Next::PassOn,
        }
    }
}

fn changes_items(message: &[u8]) -> bool {
    let holds = |name: &[u8]| message.windows(name.len()).any(|window| window == name);
    CHANGES_OF_ITEMS.iter().any(|name| holds(name))
}

fn moment_of(fate: Fate) -> Moment {
    if matches!(fate, Fate::KillAnswered | Fate::CutAnswered) { Moment::BeforeAnswer } else { Moment::BeforeCall }
}
