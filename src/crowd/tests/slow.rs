//! Answers that come slowly, never, or without end. All have their end at the time limit of a call, or before it where the
//! answer is longer than any can be.

use std::io::Write;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::super::scripted::{JSON, Turn, VERSION};
use super::world::{Question, World, repeat, report};

const SHORT: Duration = Duration::from_millis(60);
const PATIENCE: Duration = Duration::from_secs(60);
/// More than lies in the buffers of both machines, and little beside what would come.
const FAR_FROM_ALL: usize = 64 << 20;

fn head(question: Question, headers: &str) -> String {
    format!("HTTP/1.1 {} OK\r\n{VERSION}\r\n{JSON}\r\n{headers}", question.success())
}

fn act(act: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Turn {
    Turn::Act(Arc::new(act))
}

/// Says this at once, and then a byte from time to time; never to an end.
fn drip(at_once: String, slowly: &'static str) -> Turn {
    act(move |stream| {
        let mut letters = slowly.bytes().cycle();
        let mut open = stream.write_all(at_once.as_bytes()).is_ok();
        while open {
            std::thread::sleep(Duration::from_millis(10));
            open = letters.next().is_some_and(|letter| stream.write_all(&[letter]).is_ok());
        }
    })
}

#[test]
fn a_slow_answer_ends_at_the_limit() {
    let worlds = Question::ALL.map(|question| {
        let world = World::patient_for(question, SHORT);
        let measured = head(question, "Content-Length: 50\r\n\r\n");
        let mut turns = vec![
            ("silence", Turn::Stall(Vec::new())),
            ("half a status", Turn::Stall(b"HTTP/1.1 2".to_vec())),
            ("half the headers", Turn::Stall(head(question, "").into_bytes())),
            ("a slow status", drip(String::new(), "HTTP/1.1 200 canary canary canary canary")),
            ("slow headers", drip(head(question, ""), "x: y\r\n")),
            (
                "heralds without end",
                act(|stream| {
                    repeat(stream, &b"HTTP/1.1 100 Continue\r\n\r\n".repeat(100));
                }),
            ),
        ];
        // Whoever has logged out waits for no body.
        if question != Question::LogOut {
            turns.extend([
                ("no body", Turn::Stall(measured.clone().into_bytes())),
                ("half a body", Turn::Stall(format!("{measured}{{\"name\":").into_bytes())),
                ("a slow body", drip(head(question, "Content-Length: 5000\r\n\r\n"), " ")),
                ("a slow body without length", drip(head(question, "\r\n"), " ")),
                ("slow chunks", drip(head(question, "Transfer-Encoding: chunked\r\n\r\n"), "1\r\n \r\n")),
                ("a whole body, and no end of chunks", {
                    let (right, size) = (question.right(), question.right().len());
                    let chunk = format!("{size:x}\r\n{right}\r\n");
                    Turn::Stall(head(question, &format!("Transfer-Encoding: chunked\r\n\r\n{chunk}")).into_bytes())
                }),
            ]);
        }
        for (case, turn) in turns {
            world.denies(case, &turn, "TimedOut");
        }
        world
    });
    report("slow", 65, &worlds);
}

#[test]
fn a_slow_answer_that_comes_to_its_end_in_time_is_one() {
    for question in Question::ALL {
        let Turn::Say(bytes) = question.right_answer() else { unreachable!() };
        let turn = act(move |stream| {
            stream.set_nodelay(true).unwrap();
            bytes.iter().for_each(|byte| stream.write_all(&[*byte]).unwrap());
        });
        World::of(question).grants("byte by byte", &turn);
    }
}

/// How much of an endless answer is taken, and what it is taken for.
fn poured(question: Question, at_once: String, over_and_over: Vec<u8>, expected: &str) -> World {
    let world = World::patient_for(question, PATIENCE);
    let (say, said) = channel();
    let turn = act(move |stream| {
        drop(stream.write_all(at_once.as_bytes()));
        say.send(repeat(stream, &over_and_over)).ok();
    });
    world.denies("endless", &turn, expected);
    let world = world.hang_up();
    let sent = said.recv_timeout(PATIENCE).unwrap();
    assert!(sent < FAR_FROM_ALL, "{sent} bytes were taken");
    world
}

#[test]
fn an_endless_answer_is_left_at_the_bound() {
    const TOO_LONG: &str = "Unexpected TooLong(1048576)";
    const NOT_HTTP: &str = "NotCrowd NotHttp";
    let chunked = "Transfer-Encoding: chunked\r\n\r\n";
    let mut worlds = Vec::new();
    for question in Question::WITH_BODY {
        for (headers, words, expected) in [
            ("Content-Length: 1073741824\r\n\r\n", " ".repeat(1 << 16), TOO_LONG),
            ("\r\n", " ".repeat(1 << 16), TOO_LONG),
            (chunked, format!("10000\r\n{}\r\n", " ".repeat(1 << 16)), TOO_LONG),
            (&format!("{chunked}40000000\r\n"), " ".repeat(1 << 16), TOO_LONG),
            (&format!("{chunked}0\r\n"), "x: y\r\n".repeat(1_000), "Unreachable"),
            (&format!("{chunked}1;"), "x=y;".repeat(1_000), "Unreachable"),
            ("", "x: y\r\n".repeat(1_000), NOT_HTTP),
            ("x: ", "y".repeat(1 << 16), NOT_HTTP),
        ] {
            worlds.push(poured(question, head(question, headers), words.into_bytes(), expected));
        }
        worlds.push(poured(question, "HTTP/1.1 200 ".to_owned(), b"canary ".repeat(1_000), NOT_HTTP));
    }
    report("endless", 45, &worlds);
}

#[test]
fn what_is_announced_too_long_is_not_waited_for() {
    let worlds = Question::WITH_BODY.map(|question| {
        let world = World::patient_for(question, PATIENCE);
        for length in ["1048577", "1073741824", "18446744073709551613"] {
            let head = head(question, &format!("Content-Length: {length}\r\n\r\n"));
            world.denies(length, &Turn::Stall(head.into_bytes()), "Unexpected TooLong(1048576)");
        }
        world
    });
    report("announced", 15, &worlds);
}
