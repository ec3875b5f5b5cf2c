//! The bytes of the answer: broken off at each of them, another protocol, HTTP that says two things, and what a proxy puts
//! before or behind the answer.

use std::io::Write;
use std::sync::Arc;

use super::super::scripted::{CANARY, JSON, Turn, VERSION};
use super::world::{Question, World, report, reset};

const NOT_HTTP: &str = "NotCrowd NotHttp";
const BROKEN: &str = "Unreachable";

fn bytes(question: Question) -> Vec<u8> {
    let Turn::Say(bytes) = question.right_answer() else { unreachable!() };
    bytes
}

fn say(text: impl Into<Vec<u8>>) -> Turn {
    Turn::Say(text.into())
}

/// Says this, and then the connection is gone without a farewell.
fn reset_after(bytes: &[u8]) -> Turn {
    let bytes = bytes.to_vec();
    Turn::Act(Arc::new(move |stream| {
        reset(stream);
        drop(stream.write_all(&bytes));
    }))
}

#[test]
fn an_answer_that_breaks_off_is_none() {
    let worlds = Question::ALL.map(|question| {
        let (world, right) = (World::of(question), bytes(question));
        for length in 0..right.len() {
            world.denies(&format!("{length} bytes"), &say(&right[..length]), BROKEN);
            world.denies(&format!("{length} bytes and a reset"), &reset_after(&right[..length]), BROKEN);
        }
        world.grants("whole", &say(right));
        world
    });
    report("broken off", 2_000, &worlds);
}

#[test]
fn another_protocol_is_not_crowd() {
    let worlds = Question::ALL.map(|question| {
        let (world, right) = (World::of(question), bytes(question));
        let text = String::from_utf8(right.clone()).unwrap();
        let body = question.right();
        for words in [
            b"SSH-2.0-OpenSSH_9.9\r\n".to_vec(),
            b"220 canary ESMTP\r\n".to_vec(),
            b"* OK canary IMAP4rev1\r\n".to_vec(),
            b"\x15\x03\x01\x00\x02\x02\x28".to_vec(),
            b"\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03".to_vec(),
            b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80".to_vec(),
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            b"\x1b[2J\x1b[31mcanary\r\n\r\n".to_vec(),
            vec![0; 1_000],
            vec![0xff; 1_000],
            format!("<html>{CANARY}</html>\r\n\r\n").into_bytes(),
            format!("{{\"x\":1}}{body}").into_bytes(),
            text.replace("HTTP/1.1", "HTTP/0.9").into_bytes(),
            text.replace("HTTP/1.1", "HTTP/1.2").into_bytes(),
            text.replace("HTTP/1.1", "HTTP/2").into_bytes(),
            text.replace("HTTP/1.1", "http/1.1").into_bytes(),
            text.replace("HTTP/1.1", "ICY").into_bytes(),
            text.replace("HTTP/1.1 ", "HTTP/1.1").into_bytes(),
            text.replace(CANARY, "can\u{1b}[31mary").into_bytes(),
            [b"\xef\xbb\xbf".as_slice(), &right].concat(),
            [b"x".as_slice(), &right].concat(),
        ] {
            world.denies(&format!("{:?}", String::from_utf8_lossy(&words)), &say(words.clone()), NOT_HTTP);
        }
        world.grants("HTTP after an empty line", &say([b"\r\n".as_slice(), &right].concat()));
        world
    });
    report("other protocols", 130, &worlds);
}

/// The right answer with this line among its headers.
fn with_header(question: Question, line: &[u8]) -> Turn {
    let text = String::from_utf8(bytes(question)).unwrap();
    let (first, rest) = text.split_once("\r\n").unwrap();
    say([first.as_bytes(), b"\r\n", line, b"\r\n", rest.as_bytes()].concat())
}

#[test]
fn headers_are_plain_and_have_an_end() {
    let worlds = Question::ALL.map(|question| {
        let world = World::of(question);
        for line in [
            b"no colon".as_slice(),
            b": no name",
            b"two words: x",
            b"x : space before the colon",
            b"x: zero\0",
            b"x: \x1b[31mcolour",
            b"x\x1b: colour",
            b"\xc3\xa9: letter",
            b" folded: x",
            b"x: y\r\n folded",
            b"x: y\rz",
            b"Content-Length: -1",
            b"Content-Length: +1",
            b"Content-Length: 0x10",
            b"Content-Length: 1, 2",
            b"Content-Length: 99999",
            b"Content-Length: 99999999999999999999",
            b"Content-Length: ",
        ] {
            let outcome = world.outcome(&with_header(question, line));
            // A log-out's answer has no body, whose length nobody asks for.
            if question == Question::LogOut && line.starts_with(b"Content-Length") && outcome == "granted" {
                continue;
            }
            world.denies(&String::from_utf8_lossy(line), &with_header(question, line), NOT_HTTP);
        }
        world.denies("many", &with_header(question, "x: y\r\n".repeat(200).trim_end().as_bytes()), NOT_HTTP);
        world.denies("long", &with_header(question, format!("x: {}", "y".repeat(1 << 20)).as_bytes()), NOT_HTTP);
        let unreadable = with_header(question, b"Content-Type: application/json;charset=\xff");
        match question {
            Question::LogOut => world.grants("unreadable and not needed", &unreadable),
            _ => world.denies("unreadable", &unreadable, "Unexpected Encoding"),
        }
        for line in [
            b"Set-Cookie: crowd.token_key=canary; Path=/".as_slice(),
            b"Location: http://127.0.0.1:9/",
            b"Refresh: 0; url=http://127.0.0.1:9/",
            b"Alt-Svc: h2=\":9\"",
            b"Link: </canary>; rel=preload",
            b"Upgrade: h2c",
        ] {
            world.grants(&String::from_utf8_lossy(line), &with_header(question, line));
        }
        world
    });
    report("headers", 100, &worlds);
}

/// An answer whose body is not measured by a length.
fn unmeasured(question: Question, version: &str, headers: &str, body: &str) -> Turn {
    let head = format!("{version} {} OK\r\nConnection: close\r\n{VERSION}\r\n{JSON}\r\n", question.success());
    say(format!("{head}{headers}\r\n{body}"))
}

fn chunk(size: &str, text: &str) -> String {
    format!("{size}\r\n{text}\r\n")
}

#[test]
fn a_body_is_as_long_as_it_says() {
    let worlds = Question::WITH_BODY.map(|question| {
        let (world, right) = (World::of(question), question.right());
        let chunked = |body: &str| unmeasured(question, "HTTP/1.1", "Transfer-Encoding: chunked\r\n", body);
        let (size, end) = (format!("{:x}", right.len()), "0\r\n\r\n");
        let whole = chunk(&size, &right);
        let less = chunk(&format!("{:x}", right.len() - 1), &right);
        let more = chunk(&format!("{:x}", right.len() + 1), &right);
        for (case, body) in [
            ("no end", whole.clone()),
            ("half an end", format!("{whole}0\r\n")),
            ("too small", format!("{less}{end}")),
            ("too large", format!("{more}{end}")),
            ("negative", format!("{}{end}", chunk("-1", &right))),
            ("not a number", format!("{}{end}", chunk("canary", &right))),
            ("without a size", format!("{}{end}", chunk("", &right))),
            ("beyond counting", format!("{}{end}", chunk("fffffffffffffffff", &right))),
            ("with 0x", format!("{}{end}", chunk(&format!("0x{size}"), &right))),
            ("no line end", format!("{size}\r\n{right}{end}")),
            ("not in chunks", right.clone()),
            ("nothing", String::new()),
        ] {
            world.denies(case, &chunked(&body), BROKEN);
        }
        world.denies("only an end", &chunked(end), "Unexpected Shape");
        world.grants("in one chunk", &chunked(&format!("{whole}{end}")));
        let each: String =
            right.chars().map(|letter| chunk(&letter.len_utf8().to_string(), &letter.to_string())).collect();
        world.grants("in as many chunks as letters", &chunked(&format!("{each}{end}")));
        world.grants("with a trailer", &chunked(&format!("{whole}0\r\nX-Embedded-Crowd-Version: x\r\n\r\n")));
        for length in [1, right.len() + 1, 1 << 19] {
            let turn = unmeasured(question, "HTTP/1.1", &format!("Content-Length: {length}\r\n"), &right);
            world.denies("a wrong length", &turn, if length == 1 { "Unexpected Shape" } else { BROKEN });
        }
        for coding in ["gzip", "identity", "chunked, gzip", "x"] {
            let turn = unmeasured(question, "HTTP/1.1", &format!("Transfer-Encoding: {coding}\r\n"), &right);
            world.denies(coding, &turn, "Unexpected Encoding");
        }
        world.grants("until the end, as of old", &unmeasured(question, "HTTP/1.0", "", &right));
        world.grants("until the end", &unmeasured(question, "HTTP/1.1", "", &right));
        for version in ["HTTP/1.0", "HTTP/1.1"] {
            world.denies(
                "until too early an end",
                &unmeasured(question, version, "", &right[..right.len() - 1]),
                "Unexpected Shape",
            );
            world.denies(
                "with a second answer in it",
                &unmeasured(question, version, "", &format!("{right}HTTP/1.1 200 OK\r\n\r\n")),
                "Unexpected Shape",
            );
        }
        world
    });
    report("lengths", 110, &worlds);
}

#[test]
fn what_stands_before_or_behind_the_answer_is_not_it() {
    let worlds = Question::ALL.map(|question| {
        let (world, right) = (World::of(question), bytes(question));
        let before = |herald: &str| say([herald.as_bytes(), &right].concat());
        for herald in ["HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\nLink: </canary>\r\n\r\n"] {
            world.grants(herald, &before(herald));
            world.grants(herald, &before(&herald.repeat(20)));
            world.denies("only heralds", &say(herald.repeat(3)), BROKEN);
        }
        let herald_of_crowd = format!("HTTP/1.1 103 Early Hints\r\n{VERSION}\r\n{JSON}\r\n\r\n");
        let by_a_proxy =
            format!("HTTP/1.1 {} OK\r\nConnection: close\r\n{JSON}\r\nContent-Length: 0\r\n\r\n", question.success());
        world.denies(
            "a version before its answer",
            &say(format!("{herald_of_crowd}{by_a_proxy}")),
            "NotCrowd NoVersion",
        );
        for (first, expected) in [
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "NotCrowd NoVersion"),
            ("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n", "NotCrowd NoVersion"),
            ("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n", "NotCrowd NoVersion"),
            ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "NotCrowd NoVersion"),
            ("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /\r\n\r\n", "NotCrowd Redirect(302)"),
            ("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", "OutOfOrder"),
        ] {
            world.denies(first, &before(first), expected);
        }
        world.grants("another answer behind it", &say([right.as_slice(), b"HTTP/1.1 404 No\r\n\r\n"].concat()));
        world
    });
    report("before and behind", 50, &worlds);
}

#[test]
fn no_redirect_is_followed() {
    let elsewhere = World::of(Question::Membership);
    let worlds = Question::ALL.map(|question| {
        let world = World::of(question);
        for status in 300..=308 {
            for location in [
                &elsewhere.url(),
                &world.url(),
                "/crowd/rest/usermanagement/1/user",
                "//127.0.0.1:9/",
                "https://127.0.0.1:9/",
                "file:///etc/passwd",
                "javascript:canary",
                "",
            ] {
                let text = String::from_utf8(bytes(question)).unwrap();
                let text = text.replacen(&question.success().to_string(), &status.to_string(), 1);
                let text = text.replacen("\r\n", &format!("\r\nLocation: {location}\r\n"), 1);
                world.denies(location, &say(text), &format!("NotCrowd Redirect({status})"));
            }
        }
        world
    });
    assert_eq!(elsewhere.heard(), 0);
    report("redirects", 430, &worlds);
}
