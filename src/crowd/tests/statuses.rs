//! Every status, with the right body, none, and each of Crowd's reasons. One status with one body lets in; which other
//! ones Crowd uses to say something is a short table.

use super::super::scripted::{CANARY, JSON, Turn, VERSION, answer};
use super::world::{Question, World, report};

const REASONS: [&str; 15] = [
    "APPLICATION_ACCESS_DENIED",
    "APPLICATION_PERMISSION_DENIED",
    "EXPIRED_CREDENTIAL",
    "GROUP_NOT_FOUND",
    "ILLEGAL_ARGUMENT",
    "INACTIVE_ACCOUNT",
    "INVALID_CREDENTIAL",
    "INVALID_GROUP",
    "INVALID_SSO_TOKEN",
    "INVALID_USER_AUTHENTICATION",
    "MEMBERSHIP_NOT_FOUND",
    "OPERATION_FAILED",
    "UNSUPPORTED_OPERATION",
    "USER_NOT_FOUND",
    "\\u001b[2J\\u202eNEW",
];

/// The statuses with which each reason is tried.
const TELLING: [u16; 8] = [200, 201, 204, 400, 401, 403, 404, 500];

#[derive(Debug, Clone, Copy)]
enum Body {
    Right,
    Empty,
    Reason(&'static str),
}

fn say(question: Question, status: u16, body: Body) -> Turn {
    let body = match body {
        Body::Right => question.right(),
        Body::Empty => String::new(),
        Body::Reason(reason) => format!(r#"{{"reason":"{reason}","message":"\u001b[31m{CANARY}"}}"#),
    };
    answer(status, &[VERSION, JSON], &body)
}

fn expected(question: Question, status: u16, body: Body) -> String {
    match (status, body) {
        // Only the herald of an answer; what comes after it is none.
        (100 | 102..=199, Body::Empty) => "Unreachable".to_owned(),
        (100 | 102..=199, Body::Right) if question == Question::LogOut => "Unreachable".to_owned(),
        (100 | 102..=199, _) => "NotCrowd NotHttp".to_owned(),
        (204, _) if question == Question::LogOut => "granted".to_owned(),
        (_, Body::Right) if status == question.success() => "granted".to_owned(),
        (_, _) if status == question.success() => "Unexpected Shape".to_owned(),
        (300..=399, _) => format!("NotCrowd Redirect({status})"),
        (401, _) => "ApplicationRejected".to_owned(),
        (500..=599, _) => "OutOfOrder".to_owned(),
        (..=299, _) => format!("Unexpected Status({status})"),
        (_, Body::Reason(reason)) => of_reason(question, status, reason),
        _ => "Unexpected Shape".to_owned(),
    }
}

fn of_reason(question: Question, status: u16, reason: &str) -> String {
    use Question as Q;
    match (question, status, reason) {
        (Q::Session, 400 | 404, "INVALID_SSO_TOKEN") => "SessionEnded",
        // Over before: nothing is left to end.
        (Q::LogOut, 400 | 404, "INVALID_SSO_TOKEN") => "granted",
        (Q::Person, 404, "USER_NOT_FOUND") => "PersonUnknown",
        (Q::Membership | Q::Group, 404, "MEMBERSHIP_NOT_FOUND" | "GROUP_NOT_FOUND" | "USER_NOT_FOUND") => "no member",
        (Q::LogIn, 400, "INVALID_USER_AUTHENTICATION" | "INVALID_CREDENTIAL")
        | (Q::LogIn, 400 | 404, "USER_NOT_FOUND") => "WrongPassword",
        (Q::LogIn, 400, "EXPIRED_CREDENTIAL") => "PasswordExpired",
        (Q::LogIn, 400, "INACTIVE_ACCOUNT") => "PersonInactive",
        (_, 403, "APPLICATION_ACCESS_DENIED") => "PersonOutsideApplication",
        (_, 403, "APPLICATION_PERMISSION_DENIED") => "ApplicationForbidden",
        _ if reason.ends_with("NEW") => return format!("Unexpected UnknownReason({status})"),
        _ => return format!("Unexpected Reason({reason:?})"),
    }
    .to_owned()
}

/// The right body with every status; of the others all where Crowd says something with them, and else one after the other.
fn bodies_with(status: u16) -> Vec<Body> {
    let others: Vec<Body> = [Body::Empty].into_iter().chain(REASONS.map(Body::Reason)).collect();
    let one = usize::from(status) % others.len();
    let some = match TELLING.contains(&status) {
        true => others.as_slice(),
        false if status.is_multiple_of(5) => &others[one..=one],
        false => &[],
    };
    [&[Body::Right], some].concat()
}

fn tried_with(question: Question) -> World {
    let world = World::of(question);
    let mut granted = Vec::new();
    for status in 100..=599 {
        for body in bodies_with(status) {
            let turn = say(question, status, body);
            match expected(question, status, body).as_str() {
                "granted" => {
                    world.grants(&format!("{status} {body:?}"), &turn);
                    granted.push(status);
                }
                expected => world.denies(&format!("{status} {body:?}"), &turn, expected),
            }
        }
    }
    granted.dedup();
    match question {
        Question::LogOut => assert_eq!(granted, [204, 400, 404]),
        _ => assert_eq!(granted, [question.success()]),
    }
    world
}

#[test]
fn one_status_with_one_body_lets_in() {
    report("statuses", 4_000, &Question::ALL.map(tried_with));
}

#[test]
fn a_status_beyond_http_is_none() {
    let world = World::of(Question::Membership);
    for status in [600, 666, 700, 999] {
        world.denies("beyond", &say(Question::Membership, status, Body::Right), "Unexpected Shape");
    }
    for status in ["000", "099", "20", "2000", "-200", "0x200", "\u{662}00", "2 00", "2\u{1b}0"] {
        let Turn::Say(bytes) = Question::Membership.right_answer() else { unreachable!() };
        let text = String::from_utf8(bytes).unwrap().replacen("200", status, 1);
        world.denies(status, &Turn::Say(text.into_bytes()), "NotCrowd NotHttp");
    }
    report("statuses beyond HTTP", 13, &[world]);
}
