//! Texts in the place of everything that is parsed from one: what is taken is shown as it was meant, and keeps the rules that
//! its type promises to whoever has one in hand.

use std::fmt::{Debug, Display};
use std::str::FromStr;

use super::account::AccessKeyId;
use super::arn::{AwsAccountId, PolicyArn, RoleArn};
use super::call_chain::CallChain;
use super::command_line::CommandLine;
use super::console::ConsoleAddress;
use super::crowd_address::{CrowdAddress, PlainHttp};
use super::crowd_application::CrowdApplication;
use super::duration::SessionDuration;
use super::lease::LeaseKey;
use super::mfa::{MfaCode, MfaSerial};
use super::name::{AccountName, ConnectorName, GroupName};
use super::region::Region;
use super::rotation::Journal;
use super::session_name::{FEDERATION_LIMIT, ROLE_SESSION_LIMIT, SHORTEST, is_allowed, session_name};
use super::session_tag::Template;
use super::system_name::SystemName;
use super::{crowd_advisory, json_text};
use crate::fuzz::{Target, case, text};

const WORDS: &[&str] = &[
    "arn:aws:iam::123123123123:role/UpdateAPP",
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws-cn:iam::123123123123:mfa/alice",
    "123123123123",
    "AKIAIOSFODNN7EXAMPLE",
    "ASIAIOSFODNN7EXAMPLE",
    "eu-west-1",
    "us-gov-west-1",
    "aws-global",
    "1h30m",
    "45m",
    "3600",
    "1d",
    "0s",
    "https://",
    "http://",
    "crowd.example.com",
    "localhost",
    "127.0.0.1",
    "[::1]",
    ":8443",
    "/crowd/",
    "user:password@",
    "?q",
    "#f",
    "{user.name}",
    "{user.email}",
    "{",
    "}",
    "{{",
    "run:deploy:0123456789abcdef",
    "vend:deploy",
    " ",
    ",",
    ":",
    "GAHT12345678",
    "Crowd/5.2.1",
    "b\u{43e}b",
    "\u{130}",
    "e\u{301}",
    "\u{fb01}",
    "-ABCDEF01",
    "@",
    "+",
    "=",
    "default",
    "{region}",
];

const JOURNAL_WORDS: &[&str] = &[
    "\"version\":1",
    "\"version\": 2",
    "\"account\":\"ops\"",
    "\"old\":\"AKIAIOSFODNN7EXAMPLE\"",
    "\"stage\":",
    "\"creating\":",
    "\"created\":",
    "\"known\":[]",
    "\"at\":\"2026-11-22T03:29:02Z\"",
    "\"new\":\"AKIAI44QH8DHBEXAMPLE\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "null",
    "-009999-01-02T01:59:59Z",
];

#[test]
fn what_is_taken_keeps_its_rules() {
    Target { name: "names", words: WORDS, judge: names }.run();
}

#[test]
fn a_chain_that_somebody_has_written_refuses_at_most() {
    Target { name: "call-chain", words: WORDS, judge: chain }.run();
}

#[test]
fn a_journal_is_exactly_what_afed_writes() {
    Target { name: "journal", words: JOURNAL_WORDS, judge: journal }.run();
}

fn names(input: &[u8]) -> String {
    let Some(text) = text(input) else { return "no text".to_owned() };
    let taken = [
        again::<SessionDuration>(text),
        again::<AwsAccountId>(text),
        again::<RoleArn>(text),
        again::<PolicyArn>(text),
        again::<AccountName>(text),
        again::<ConnectorName>(text),
        again::<GroupName>(text),
        again::<SystemName>(text),
        again::<Region>(text),
        again::<AccessKeyId>(text),
        again::<MfaSerial>(text),
        again::<ConsoleAddress>(text),
        text.parse::<CrowdApplication>().is_ok(),
        text.parse::<MfaCode>().is_ok(),
        text.parse::<CommandLine>().is_ok(),
        LeaseKey::from_text(text).is_some(),
        crowd_advisory::version(text).is_some(),
        again::<Template>(text),
    ];
    assert!(!text.contains(char::is_control) || !taken[..CLEAN].contains(&true), "{text:?}");
    assert_plain(text);
    assert_session_names(text);
    drop(json_text::read(text));
    let addresses = [PlainHttp::LoopbackOnly, PlainHttp::Anywhere].map(|http| address(text, http));
    let taken: String = taken.iter().map(|is_taken| if *is_taken { '1' } else { '0' }).collect();
    format!("{taken} {}", addresses.join(" "))
}

/// The types whose texts hold no control characters. What a template holds is looked at where it is used.
const CLEAN: usize = 12;

/// Whether it is taken; then what is shown of it is taken for the same.
fn again<T: FromStr<Err: Display> + Display + PartialEq + Debug>(text: &str) -> bool {
    match text.parse::<T>() {
        Ok(value) => {
            let shown = value.to_string();
            assert_eq!(shown.parse::<T>().ok().as_ref(), Some(&value), "shown as {shown:?}");
            true
        }
        Err(error) => {
            let told = error.to_string();
            assert!(!told.contains(char::is_control) && told.len() <= 12 * text.len() + 400, "{told:?}");
            false
        }
    }
}

/// What stands in host names, command lines and AWS's files without quotes.
fn assert_plain(text: &str) {
    let is_plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte)) && !text.starts_with('-')
    };
    assert!(text.parse::<ConnectorName>().is_err() || is_plain(text));
    assert!(text.parse::<AccountName>().is_err() || is_plain(text));
    assert!(text.parse::<Region>().is_err() || is_plain(text) && !text.contains(['.', '_']));
}

fn assert_session_names(text: &str) {
    for limit in [ROLE_SESSION_LIMIT, FEDERATION_LIMIT] {
        let name = session_name(text, limit);
        assert!((SHORTEST..=limit).contains(&name.len()) && name.chars().all(is_allowed), "{name:?}");
    }
}

fn address(text: &str, plain_http: PlainHttp) -> String {
    match CrowdAddress::parse(text, plain_http) {
        Ok(address) => {
            let shown = address.to_string();
            assert_eq!(CrowdAddress::parse(&shown, plain_http).unwrap(), address);
            let Ok(url) = url::Url::parse(&shown) else {
                // A name such as `a.3` is for the resolver to refuse, but it is not this machine's.
                assert!(
                    plain_http == PlainHttp::Anywhere || shown.to_ascii_lowercase().starts_with("https:"),
                    "{shown:?}"
                );
                return "odd host".to_owned();
            };
            assert!(
                url.username().is_empty()
                    && url.password().is_none()
                    && url.query().is_none()
                    && url.fragment().is_none()
            );
            let is_here = match url.host() {
                Some(url::Host::Domain(name)) => name == "localhost",
                Some(url::Host::Ipv4(address)) => address.is_loopback(),
                Some(url::Host::Ipv6(address)) => address.is_loopback(),
                None => false,
            };
            assert!(plain_http == PlainHttp::Anywhere || url.scheme() == "https" || is_here, "{url}");
            "address".to_owned()
        }
        Err(error) => case(&error),
    }
}

fn chain(input: &[u8]) -> String {
    let Some(text) = text(input) else { return "no text".to_owned() };
    let chain = CallChain::read(Some(text));
    let written = chain.to_string();
    assert_eq!(CallChain::read(Some(&written)), chain);
    assert!(written.len() <= text.len());
    let deploy: ConnectorName = "deploy".parse().unwrap();
    let vending = chain.check_vending("deploy").is_err();
    assert!(chain.with_vending(&deploy).check_vending("deploy").is_err());
    let run = chain.with_run(&[deploy], ["sh".as_ref()], false).map(|chain| chain.to_string().len() <= text.len() + 64);
    assert_ne!(run, Ok(false));
    format!("{vending} {} {}", chain.around().is_some(), run.map_or_else(|error| case(&error), |_| String::new()))
}

fn journal(input: &[u8]) -> String {
    match Journal::parse(input) {
        Ok(journal) => {
            let written = journal.to_text().unwrap();
            assert_eq!(Journal::parse(&written).unwrap(), journal);
            case(&journal.stage)
        }
        Err(error) => case(&error),
    }
}
