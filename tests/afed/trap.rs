//! A listener that nobody should reach, or that only takes down who was asked for: it keeps the first line of each
//! connection and answers 502.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex};

/// A running listener, for as long as the test process lives.
pub struct Trap {
    pub url: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Trap {
    pub fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let lines = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&lines);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let mut reader = BufReader::new(&stream);
                let mut line = String::new();
                // Nothing but the attempt matters: a connection without a line counts as well.
                drop(reader.read_line(&mut line));
                shared.lock().unwrap().push(line.trim_end().to_owned());
                while reader.read_line(&mut line).is_ok_and(|length| length > 2) {}
                drop((&stream).write_all(b"HTTP/1.1 502 Caught\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
            }
        });
        Self { url, lines }
    }

    /// The first line of every connection so far.
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}
