//! A gate in front of a server on loopback: it lets everything pass, both ways, and counts connections and what callers
//! send on each of them.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A running gate, for as long as the test process lives.
pub struct Gate {
    pub url: String,
    connections: Arc<Mutex<Vec<Passed>>>,
}

/// What has passed on one connection.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Passed {
    /// The bytes that the caller has sent.
    pub sent: usize,
    /// The caller has hung up.
    pub over: bool,
}

impl Gate {
    /// To the server at this address.
    pub fn to(url: &str) -> Self {
        let server = url.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let connections: Arc<Mutex<Vec<Passed>>> = Arc::default();
        let noted = Arc::clone(&connections);
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let (near, far) = (near.unwrap(), TcpStream::connect(&server).unwrap());
                let number = {
                    let mut connections = noted.lock().unwrap();
                    connections.push(Passed::default());
                    connections.len() - 1
                };
                let (back_from, back_to) = (far.try_clone().unwrap(), near.try_clone().unwrap());
                std::thread::spawn(move || carry(back_from, back_to, |_| ()));
                let noted = Arc::clone(&noted);
                std::thread::spawn(move || {
                    carry(near, far, |count| noted.lock().unwrap()[number].sent += count);
                    noted.lock().unwrap()[number].over = true;
                });
            }
        });
        Self { url, connections }
    }

    /// Every connection so far, in the order of their coming.
    pub fn passed(&self) -> Vec<Passed> {
        self.connections.lock().unwrap().clone()
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, note: impl Fn(usize)) {
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        note(count);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    // The other side may have gone first.
    drop(to.shutdown(Shutdown::Write));
}
