//! [`World`]: a directory that answers rightly but for one question, and what came of each wrong answer to it. What is
//! said of any of them is held to be fit for a terminal, in every test.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::super::CrowdDirectory;
use super::super::scripted::{CANARY, JSON, Turn, VERSION, answer, directory_at, in_short, read_request};
use crate::failure;
use crate::model::person::{Evidence, Membership, Person};
use crate::model::secret::Secret;
use crate::ports::{Directory, DirectoryError, Sessions};

pub const PERSON: &str = "Ren\u{e9} K.";
pub const GROUP: &str = "Caf\u{e9} fi Ops";
pub const TOKEN: &str = "T0";

/// A call on whose answer it rests whether somebody is let in, or that ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Session,
    Person,
    Membership,
    Group,
    LogIn,
    LogOut,
}

impl Question {
    pub const ALL: [Self; 6] = [Self::Session, Self::Person, Self::Membership, Self::Group, Self::LogIn, Self::LogOut];
    /// Those that are answered with a body.
    pub const WITH_BODY: [Self; 5] = [Self::Session, Self::Person, Self::Membership, Self::Group, Self::LogIn];

    /// What its request begins with, below the service.
    const fn line(self) -> &'static str {
        match self {
            Self::Session => "POST session/T0?",
            Self::Person => "GET user?",
            Self::Membership => "GET user/group/nested?",
            Self::Group => "GET group?",
            Self::LogIn => "POST session ",
            Self::LogOut => "DELETE session/",
        }
    }

    pub const fn success(self) -> u16 {
        match self {
            Self::LogIn => 201,
            Self::LogOut => 204,
            _ => 200,
        }
    }

    /// The body of the right answer. A session tells all of its person, unless the person is to be asked for.
    pub fn right(self) -> String {
        let person = format!(r#"{{"name":"{PERSON}","email":"rene@example.net","active":true}}"#);
        match self {
            Self::Session | Self::LogIn => {
                format!(r#"{{"token":"{TOKEN}","user":{person},"expiry-date":4102444800000}}"#)
            }
            Self::Person => person,
            Self::Membership => format!(r#"{{"name":"{GROUP}"}}"#),
            Self::Group => format!(r#"{{"name":"{GROUP}","type":"GROUP","active":true}}"#),
            Self::LogOut => String::new(),
        }
    }

    /// The right answer, byte for byte.
    pub fn right_answer(self) -> Turn {
        answer(self.success(), &[VERSION, JSON], &self.right())
    }

    /// What the directory makes of all answers together.
    fn ask(self, directory: &CrowdDirectory) -> Result<&'static str, DirectoryError> {
        let token = Secret::new(TOKEN.to_owned());
        let person = Person { name: PERSON.to_owned(), display_name: None, email: None };
        match self {
            Self::Session | Self::Person => directory.identify(&Evidence::Session(token)).map(|_| "granted"),
            Self::Membership | Self::Group => {
                directory.membership(&person, &GROUP.parse().unwrap()).map(|membership| match membership {
                    Membership::Member => "granted",
                    Membership::NotMember => "no member",
                })
            }
            Self::LogIn => directory.open(PERSON, &Secret::new("p".to_owned())).map(|_| "granted"),
            Self::LogOut => directory.close(&token).map(|()| "granted"),
        }
    }
}

/// One question, and a server that answers it as it is told.
pub struct World {
    pub question: Question,
    /// Until it has hung up.
    directory: Option<CrowdDirectory>,
    url: String,
    heard: Arc<AtomicUsize>,
    next: Arc<Mutex<Turn>>,
    tried: Cell<usize>,
    said: RefCell<BTreeSet<String>>,
}

impl World {
    pub fn of(question: Question) -> Self {
        Self::patient_for(question, Duration::from_secs(60))
    }

    /// Each call may take so long.
    pub fn patient_for(question: Question, limit: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/crowd", listener.local_addr().unwrap());
        let next = Arc::new(Mutex::new(Turn::Say(Vec::new())));
        let heard = Arc::new(AtomicUsize::new(0));
        let (shared, counted) = (Arc::clone(&next), Arc::clone(&heard));
        std::thread::spawn(move || {
            while let Ok((stream, _)) = listener.accept() {
                counted.fetch_add(1, Ordering::SeqCst);
                let next = Arc::clone(&shared);
                std::thread::spawn(move || converse(stream, question, &next));
            }
        });
        let directory = Some(directory_at(&url, limit, "application-password"));
        Self { question, directory, url, heard, next, tried: Cell::new(0), said: RefCell::default() }
    }

    /// What comes of this answer.
    pub fn outcome(&self, turn: &Turn) -> String {
        *self.next.lock().unwrap() = turn.clone();
        match self.question.ask(self.directory.as_ref().unwrap()) {
            Ok(word) => word.to_owned(),
            Err(error) => {
                self.said.borrow_mut().insert(told(&error));
                in_short(&error)
            }
        }
    }

    /// This answer is wrong, and this is what it is taken for.
    pub fn denies(&self, case: &str, turn: &Turn, expected: &str) {
        assert_ne!(expected, "granted", "{case}");
        assert_eq!(self.outcome(turn), expected, "{:?}: {case}", self.question);
        self.tried.set(self.tried.get() + 1);
    }

    /// This answer is right.
    pub fn grants(&self, case: &str, turn: &Turn) {
        assert_eq!(self.outcome(turn), "granted", "{:?}: {case}: {:?}", self.question, self.said);
    }

    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// How many connections have come.
    pub fn heard(&self) -> usize {
        self.heard.load(Ordering::SeqCst)
    }

    /// Ends all connections, and keeps the figures.
    pub fn hang_up(self) -> Self {
        Self { directory: None, ..self }
    }

    /// How many wrong answers were tried.
    pub fn tried(&self) -> usize {
        self.tried.get()
    }
}

/// Says how many there were of a class, and in how many different words they were denied.
#[allow(clippy::print_stdout, reason = "the figures of a test are for who runs it with --nocapture")]
pub fn report(class: &str, least: usize, worlds: &[World]) {
    let tried: usize = worlds.iter().map(World::tried).sum();
    let said: BTreeSet<String> = worlds.iter().flat_map(|world| world.said.borrow().clone()).collect();
    println!("{class}: {tried} wrong answers, {} ways to say so", said.len());
    assert!(tried >= least, "{class}: only {tried} wrong answers were tried");
}

/// What stands on a terminal for this error, which is nothing but printable letters of our own.
fn told(error: &DirectoryError) -> String {
    let failure = failure::explain(error);
    let told = format!(
        "{}{}",
        failure::in_full(&failure, crate::render::paint::Palette::Plain),
        failure::in_one_line(&failure)
    );
    let is_plain = |character: char| matches!(character, ' '..='~' | '\n' | '“' | '”' | '›');
    assert!(told.chars().all(is_plain), "{told:?}");
    assert!(!told.contains(CANARY) && !format!("{error:?}").contains(CANARY), "{told}");
    // The port is another in each world.
    told.chars().filter(|character| !character.is_ascii_digit()).collect()
}

/// One request, for which the connection is there.
fn converse(mut stream: TcpStream, asked: Question, next: &Mutex<Turn>) {
    let request = read_request(&mut stream).replace("/crowd/rest/usermanagement/1/", "");
    if request.starts_with(asked.line()) {
        let turn = next.lock().unwrap().clone();
        return turn.play(&mut stream);
    }
    let other = Question::ALL.into_iter().find(|question| request.starts_with(question.line())).unwrap();
    let right = match (other, asked) {
        (Question::Session, Question::Person) => {
            answer(200, &[VERSION, JSON], &format!(r#"{{"token":"{TOKEN}","user":{{"name":"{PERSON}"}}}}"#))
        }
        _ => other.right_answer(),
    };
    right.play(&mut stream);
}

/// An answer of these bytes, its length told.
pub fn whole(status: u16, headers: &[&str], body: &[u8]) -> Turn {
    let Turn::Say(mut bytes) = answer(status, headers, "") else { unreachable!() };
    let head = String::from_utf8(std::mem::take(&mut bytes)).unwrap();
    let head = head.replace("Content-Length: 0", &format!("Content-Length: {}", body.len()));
    Turn::Say([head.as_bytes(), body].concat())
}

/// Ends the connection as a machine does that was switched off and on again.
pub fn reset(stream: &TcpStream) {
    use nix::libc::linger;
    use nix::sys::socket::{setsockopt, sockopt};
    setsockopt(stream, sockopt::Linger, &linger { l_onoff: 1, l_linger: 0 }).unwrap();
}

/// Says this over and over, until nobody listens; tells how many bytes went out.
pub fn repeat(stream: &mut TcpStream, words: &[u8]) -> usize {
    let mut said = 0;
    while let Ok(written) = stream.write(words) {
        said += written;
    }
    said
}
