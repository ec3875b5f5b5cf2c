//! An HTTP responder on a loopback port that gives the scripted answers one after the other, the last for ever.
//! It keeps what it was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One answer of the script.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Status, headers besides the length, and body.
    Whole(u16, Vec<(&'static str, String)>, String),
    /// A promise of more bytes than ever come.
    CutOff(String),
    /// Nothing, until the caller gives up.
    Silence,
}

/// What the responder was sent.
#[derive(Debug, Clone)]
pub struct Received {
    /// Request line and headers.
    pub head: String,
    pub body: String,
}

pub struct Script {
    pub url: String,
    log: Arc<Mutex<Log>>,
}

#[derive(Default)]
struct Log {
    connections: usize,
    received: Vec<Received>,
}

impl Script {
    pub fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = Arc::clone(&log);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, log) = (answers.clone(), Arc::clone(&shared));
                log.lock().unwrap().connections += 1;
                std::thread::spawn(move || serve(&stream.unwrap(), &answers, &log));
            }
        });
        Self { url, log }
    }

    pub fn connections(&self) -> usize {
        self.log.lock().unwrap().connections
    }

    pub fn received(&self) -> Vec<Received> {
        self.log.lock().unwrap().received.clone()
    }
}

fn serve(stream: &TcpStream, answers: &[Answer], log: &Mutex<Log>) {
    let mut reader = BufReader::new(stream);
    while let Some(received) = read_request(&mut reader) {
        let turn = {
            let mut log = log.lock().unwrap();
            log.received.push(received);
            log.received.len() - 1
        };
        match &answers[turn.min(answers.len() - 1)] {
            Answer::Whole(status, headers, body) => write_answer(stream, *status, headers, body, body.len()),
            Answer::CutOff(body) => return write_answer(stream, 200, &[], body, body.len() + 1),
            Answer::Silence => {
                // Ends when the caller closes the connection.
                let _ = reader.read_to_end(&mut Vec::new());
            }
        }
    }
}

fn write_answer(mut stream: &TcpStream, status: u16, headers: &[(&'static str, String)], body: &str, length: usize) {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let answer = format!("HTTP/1.1 {status} Scripted\r\n{headers}content-length: {length}\r\n\r\n{body}");
    // A caller that has gone does not read it, and its test says so.
    let _ = stream.write_all(answer.as_bytes());
}

fn read_request(reader: &mut impl BufRead) -> Option<Received> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Received { head, body: String::from_utf8(body).ok()? })
}
