//! The connection that is kept between two questions: whatever comes on it before a question is no answer to it, and one
//! with an answer left unread is not used again.

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::super::CrowdDirectory;
use super::super::scripted::{JSON, VERSION, directory_at, read_request, verdict};
use super::world::{GROUP, PERSON, TOKEN};
use crate::model::person::Person;
use crate::model::secret::Secret;
use crate::ports::{Directory, Sessions};

const PATIENCE: Duration = Duration::from_secs(60);
const COOKIE: &str = r#"{"name":"crowd.token_key"}"#;

/// An answer after which the connection is kept.
fn kept(status: u16, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status} OK\r\n{VERSION}\r\n{JSON}\r\nContent-Length: {length}\r\n\r\n{body}").into_bytes()
}

fn member() -> Vec<u8> {
    kept(200, &format!(r#"{{"name":"{GROUP}","active":true}}"#))
}

fn no_member() -> Vec<u8> {
    kept(404, r#"{"reason":"MEMBERSHIP_NOT_FOUND","message":"canary"}"#)
}

/// A server that says these words on its connections, one part for each request; of each connection it then tells.
struct Server {
    directory: CrowdDirectory,
    said: Receiver<()>,
    talk: JoinHandle<usize>,
}

/// What is said on one connection, request for request; each part in as many pieces as stand there.
type Connection = Vec<Vec<Vec<u8>>>;

impl Server {
    fn saying(connections: Vec<Connection>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/crowd", listener.local_addr().unwrap());
        let (say, said) = channel();
        let talk = std::thread::spawn(move || {
            let mut open: Vec<TcpStream> = Vec::new();
            for connection in connections {
                let (mut stream, _) = listener.accept().unwrap();
                stream.set_nodelay(true).unwrap();
                for answer in connection {
                    read_request(&mut stream);
                    answer.iter().for_each(|piece| stream.write_all(piece).unwrap());
                    say.send(()).unwrap();
                }
                open.push(stream);
            }
            open.len()
        });
        Self { directory: directory_at(&url, PATIENCE, "p"), said, talk }
    }

    /// Everything has been said that belongs to one request.
    fn wait(&self) {
        self.said.recv_timeout(PATIENCE).unwrap();
    }

    fn membership(&self) -> String {
        let person = Person { name: PERSON.to_owned(), display_name: None, email: None };
        verdict(self.directory.membership(&person, &GROUP.parse().unwrap()))
    }
}

#[test]
fn one_connection_serves_all_questions() {
    let answers = [kept(200, COOKIE), member(), member()].map(|answer| vec![answer]).to_vec();
    let server = Server::saying(vec![answers]);
    server.directory.probe().unwrap();
    assert_eq!(server.membership(), "Member");
    assert_eq!(server.talk.join().unwrap(), 1);
}

#[test]
fn what_was_said_before_a_question_is_no_answer_to_it() {
    let cookie = || kept(200, COOKIE);
    let half = || member()[..100].to_vec();
    for (case, first) in [
        ("at once", vec![[cookie(), member(), member()].concat()]),
        ("apart", vec![cookie(), [member(), member()].concat()]),
        ("one by one", vec![cookie(), member(), member()]),
        ("half of one", vec![cookie(), half()]),
        ("half of one, at once", vec![[cookie(), half()].concat()]),
        ("a line end", vec![cookie(), b"\r\n".to_vec()]),
        ("anything", vec![cookie(), b"canary".to_vec()]),
        ("a herald", vec![cookie(), b"HTTP/1.1 100 Continue\r\n\r\n".to_vec()]),
    ] {
        let server = Server::saying(vec![vec![first], vec![vec![no_member()]]]);
        server.directory.probe().unwrap();
        server.wait();
        assert_eq!(server.membership(), "NotMember", "{case}");
        assert_eq!(server.talk.join().unwrap(), 2, "{case}");
    }
}

#[test]
fn a_body_where_none_belongs_is_no_answer_to_the_next_question() {
    let told = format!("HTTP/1.1 204 No Content\r\n{VERSION}\r\nContent-Length: {}\r\n\r\n", member().len());
    let told = told.into_bytes();
    for first in [vec![[told.clone(), member()].concat()], vec![told, member()]] {
        let server = Server::saying(vec![vec![first], vec![vec![no_member()]]]);
        server.directory.close(&Secret::new(TOKEN.to_owned())).unwrap();
        server.wait();
        assert_eq!(server.membership(), "NotMember");
        assert_eq!(server.talk.join().unwrap(), 2);
    }
}

#[test]
fn the_rest_of_an_answer_that_was_left_is_no_answer() {
    let announced = format!("HTTP/1.1 200 OK\r\n{VERSION}\r\n{JSON}\r\nContent-Length: 2000000\r\n\r\n").into_bytes();
    let server = Server::saying(vec![vec![vec![[announced, member(), member()].concat()]], vec![vec![no_member()]]]);
    assert_eq!(verdict(server.directory.probe()), "Unexpected TooLong(1048576)");
    server.wait();
    assert_eq!(server.membership(), "NotMember");
    assert_eq!(server.talk.join().unwrap(), 2);
}

#[test]
fn an_answer_that_comes_too_late_answers_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/crowd", listener.local_addr().unwrap());
    let talk = std::thread::spawn(move || {
        let (mut late, _) = listener.accept().unwrap();
        read_request(&mut late);
        let (mut in_time, _) = listener.accept().unwrap();
        read_request(&mut in_time);
        drop(late.write_all(&[member(), member()].concat()));
        in_time.write_all(&no_member()).unwrap();
    });
    let directory = directory_at(&url, Duration::from_millis(300), "p");
    let person = Person { name: PERSON.to_owned(), display_name: None, email: None };
    let ask = || verdict(directory.membership(&person, &GROUP.parse().unwrap()));
    assert_eq!(ask(), "TimedOut");
    assert_eq!(ask(), "NotMember");
    talk.join().unwrap();
}
