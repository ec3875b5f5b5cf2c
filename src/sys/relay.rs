//! A one-time way from a browser to a secret address. Command lines are open to every user of a machine, so the browser
//! is given a loopback address that is good once, for a program of the same user, and is sent on from there.
//! The secret is on no command line and in no file.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::peer;
use crate::model::hex::lower_hex;
use crate::model::secret::Secret;

/// How often is looked whether the browser has come or its program has failed.
const PULSE: Duration = Duration::from_millis(25);
/// How long one that has come may take to say what it wants.
const TALK_TIMEOUT: Duration = Duration::from_secs(2);
const LONGEST_REQUEST: u64 = 16 << 10;

/// Why the browser did not get the address.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("{} can't be started", .program.escape_debug())]
    NotStarted {
        program: String,
        #[source]
        source: io::Error,
    },
    #[error("{} has ended with a failure: {status}", .program.escape_debug())]
    Failed { program: String, status: ExitStatus },
    #[error("no browser has come for it within {} s", .0.as_secs())]
    NobodyCame(Duration),
    #[error("no loopback address can be had for it")]
    Loopback(#[source] io::Error),
}

/// A loopback address behind which the secret one waits.
pub struct Relay {
    listener: TcpListener,
    here: SocketAddr,
    path: String,
}

impl Relay {
    pub fn open() -> Result<Self, RelayError> {
        let open = || {
            let mut nonce = [0; 32];
            getrandom::fill(&mut nonce)?;
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            listener.set_nonblocking(true)?;
            Ok(Self { here: listener.local_addr()?, listener, path: format!("/{}", lower_hex(&nonce)) })
        };
        open().map_err(RelayError::Loopback)
    }

    /// What the browser is given.
    pub fn url(&self) -> String {
        format!("http://{}{}", self.here, self.path)
    }

    /// Starts the program, and sends the browser that comes on to the secret address; the first only, and no other.
    pub fn hand_over(
        self,
        secret: &Secret,
        program: &str,
        arguments: &[String],
        patience: Duration,
    ) -> Result<(), RelayError> {
        let mut child = start(program, arguments)
            .map_err(|source| RelayError::NotStarted { program: program.to_owned(), source })?;
        let deadline = Instant::now() + patience;
        while Instant::now() < deadline {
            if self.has_served(secret)? {
                return Ok(());
            }
            if let Ok(Some(status)) = child.try_wait()
                && !status.success()
            {
                return Err(RelayError::Failed { program: program.to_owned(), status });
            }
            std::thread::sleep(PULSE);
        }
        Err(RelayError::NobodyCame(patience))
    }

    /// Takes whoever waits at the door.
    fn has_served(&self, secret: &Secret) -> Result<bool, RelayError> {
        match self.listener.accept() {
            // One that breaks off, or is somebody else, is not the browser that is waited for.
            Ok((stream, from)) => Ok(self.serve(&stream, from, secret).unwrap_or(false)),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::ConnectionAborted) => {
                Ok(false)
            }
            Err(error) => Err(RelayError::Loopback(error)),
        }
    }

    fn serve(&self, mut stream: &TcpStream, from: SocketAddr, secret: &Secret) -> io::Result<bool> {
        if !peer::is_of_this_user(from, self.here)? {
            return Ok(false);
        }
        stream.set_nonblocking(false)?;
        stream.set_read_timeout(Some(TALK_TIMEOUT))?;
        stream.set_write_timeout(Some(TALK_TIMEOUT))?;
        if !self.is_asked_for(&read_head(stream)?) {
            stream.write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
            return Ok(false);
        }
        stream.write_all(b"HTTP/1.1 303 See Other\r\ncache-control: no-store\r\nreferrer-policy: no-referrer\r\n")?;
        stream.write_all(b"content-length: 0\r\nconnection: close\r\nlocation: ")?;
        stream.write_all(secret.expose().as_bytes())?;
        stream.write_all(b"\r\n\r\n")?;
        Ok(true)
    }

    fn is_asked_for(&self, request: &str) -> bool {
        let mut words = request.split(' ');
        (words.next(), words.next()) == (Some("GET"), Some(self.path.as_str()))
    }
}

/// The request's first line; the rest is read, so that closing the connection breaks nothing off.
fn read_head(stream: &TcpStream) -> io::Result<String> {
    let mut reader = BufReader::new(stream).take(LONGEST_REQUEST);
    let (mut first, mut line) = (String::new(), String::new());
    reader.read_line(&mut first)?;
    while reader.read_line(&mut line)? > 2 {
        line.clear();
    }
    Ok(first)
}

/// In a process group of its own: it lives on after this process, and what ends this one by its terminal does not end it.
fn start(program: &str, arguments: &[String]) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.spawn()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    const SECRET: &str = "https://signin.example.com/federation?SigninToken=canary";
    const PATIENCE: Duration = Duration::from_secs(20);

    fn ask(url: &str, method: &str) -> String {
        let (authority, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        let mut stream = TcpStream::connect(authority).unwrap();
        write!(stream, "{method} /{path} HTTP/1.1\r\nhost: {authority}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn hand_over(relay: Relay, program: &str, arguments: &[&str], patience: Duration) -> Result<(), RelayError> {
        let arguments: Vec<String> = arguments.iter().map(|argument| (*argument).to_owned()).collect();
        relay.hand_over(&Secret::new(SECRET.to_owned()), program, &arguments, patience)
    }

    #[test]
    fn only_the_first_who_knows_the_address_is_sent_on() {
        let relay = Relay::open().unwrap();
        let (url, here) = (relay.url(), relay.here);
        let browser = thread::spawn(move || {
            let wrong = [format!("{url}0"), url.split_at(url.len() - 1).0.to_owned(), format!("{url}?x")];
            let refused: Vec<String> = wrong.iter().map(|url| ask(url, "GET")).chain([ask(&url, "POST")]).collect();
            (refused, ask(&url, "GET"))
        });
        hand_over(relay, "true", &[], PATIENCE).unwrap();
        let (refused, answer) = browser.join().unwrap();
        assert!(refused.iter().all(|answer| answer.starts_with("HTTP/1.1 404 ") && !answer.contains("canary")));
        assert!(answer.starts_with("HTTP/1.1 303 ") && answer.contains(&format!("\r\nlocation: {SECRET}\r\n")));
        assert!(TcpStream::connect(here).is_err(), "nobody else can even ask");
    }

    #[test]
    fn a_browser_that_does_not_come_is_told_from_one_that_fails() {
        let run = |program: &str, arguments: &[&str], patience| {
            hand_over(Relay::open().unwrap(), program, arguments, patience).unwrap_err().to_string()
        };
        assert_eq!(run("no-such-browser", &[], PATIENCE), "no-such-browser can't be started");
        assert_eq!(run("sh", &["-c", "exit 7"], PATIENCE), "sh has ended with a failure: exit status: 7");
        assert_eq!(run("true", &[], Duration::from_secs(1)), "no browser has come for it within 1 s");
    }
}
