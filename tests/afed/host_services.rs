//! A loopback service that gives credentials to a host: as a container's service does at any path, and as the EC2 metadata
//! service does. What it answers is scripted by path, and it keeps what it was asked.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

/// One question: its first line, and the headers that matter here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub line: String,
    pub authorization: Option<String>,
    pub metadata_token: Option<String>,
}

/// Status, a header besides the length, and body.
pub type Reply = (u16, &'static str, String);

/// A running service, for as long as the test process lives.
pub struct HostService {
    pub url: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl HostService {
    pub fn start(reply: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (reply, asked) = (Arc::new(reply), Arc::new(Mutex::new(Vec::new())));
        let shared = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (reply, asked) = (Arc::clone(&reply), Arc::clone(&shared));
                std::thread::spawn(move || serve(&stream.unwrap(), reply.as_ref(), &asked));
            }
        });
        Self { url, asked }
    }

    /// Gives these credentials to whoever asks for the path.
    pub fn of_container(path: &'static str, given: Value) -> Self {
        Self::start(move |asked| match asked.line.split(' ').nth(1) {
            Some(wanted) if wanted == path => (200, "content-type: application/json", given.to_string()),
            _ => (404, "content-type: text/plain", "nothing is here".to_owned()),
        })
    }

    /// The EC2 metadata service of an instance with the role `host`; it wants its token with each question.
    pub fn of_ec2(given: Value) -> Self {
        Self::start(move |asked| {
            let (method, path) = asked.line.split_once(' ').unwrap();
            let path = path.split(' ').next().unwrap();
            let text = |body: &str| (200, "x-aws-ec2-metadata-token-ttl-seconds: 21600", body.to_owned());
            match (method, path) {
                ("PUT", "/latest/api/token") => text("token-of-the-metadata"),
                _ if asked.metadata_token.as_deref() != Some("token-of-the-metadata") => (401, "x: y", String::new()),
                ("GET", "/latest/meta-data/iam/security-credentials/") => text("host"),
                ("GET", "/latest/meta-data/iam/security-credentials/host") => text(&given.to_string()),
                _ => (404, "x: y", String::new()),
            }
        })
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// The answer of such a service, from what `afed creds --format json` prints.
pub fn as_given(credentials: &Value) -> Value {
    json!({
        "Code": "Success",
        "AccessKeyId": credentials["AccessKeyId"],
        "SecretAccessKey": credentials["SecretAccessKey"],
        "Token": credentials["SessionToken"],
        "Expiration": credentials["Expiration"],
    })
}

fn serve(stream: &TcpStream, reply: &dyn Fn(&Asked) -> Reply, log: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read(&mut reader) {
        log.lock().unwrap().push(asked.clone());
        let (status, header, body) = reply(&asked);
        let head = format!("HTTP/1.1 {status} Scripted\r\n{header}\r\ncontent-length: {}\r\n\r\n", body.len());
        // Who has gone does not read it, and the test says so.
        drop((&mut &*stream).write_all((head + &body).as_bytes()));
    }
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let value = |name: &str| {
        let found =
            head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.to_owned())
    };
    Some(Asked {
        line: head.lines().next()?.to_owned(),
        authorization: value("authorization"),
        metadata_token: value("x-aws-ec2-metadata-token"),
    })
}
