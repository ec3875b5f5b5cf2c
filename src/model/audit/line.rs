//! An entry as JSON: one line of printable ASCII, so that no name can begin a line, end one, or move a terminal.
//! Written by hand, as each call of every AWS tool writes one.

use std::fmt::Write;

use jiff::Timestamp;

use super::Entry;
use super::chain::Digest;
use crate::model::hex::lower_hex;

/// No field is longer than this, escapes included: a line stays one that is found from the end of the file.
const LONGEST: usize = 1_024;

/// A line that is being written: fields in the order in which they are given.
pub struct Line(String);

impl Line {
    pub fn begin(number: u64) -> Self {
        let mut text = String::with_capacity(1_024);
        // Writing to a string can't fail.
        let _ = write!(text, "{{\"number\":{number}");
        Self(text)
    }

    pub fn digest(&mut self, name: &str, digest: Option<&Digest>) {
        match digest {
            Some(digest) => self.plain(name, &lower_hex(digest)),
            None => {
                self.name(name);
                self.0.push_str("null");
            }
        }
    }

    /// The fields of an entry; what is not known is not among them.
    pub fn entry(&mut self, entry: &Entry) {
        // Always with thousandths, so that lines of one second are in order as texts, too.
        self.name("time");
        let _ = write!(self.0, "\"{:.3}\"", Timestamp::from_millisecond(entry.at.as_millisecond()).unwrap_or(entry.at));
        self.plain("event", entry.event.as_str());
        self.plain("decision", entry.decision.as_str());
        if let Some(reason) = &entry.reason {
            self.plain("code", reason.code);
            self.text("reason", Some(&reason.sentence));
        }
        let subject = &entry.subject;
        subject.scope.into_iter().for_each(|scope| self.plain("scope", scope.as_str()));
        self.text("person", subject.name.as_deref());
        self.text("connector", subject.connector.as_deref());
        self.text("account", subject.account.as_deref());
        entry.origin.into_iter().for_each(|origin| self.plain("source", origin.as_str()));
        if let Some(grant) = &entry.grant {
            self.text("aws_account_id", grant.aws_account_id.as_deref());
            self.text("principal_arn", grant.principal_arn.as_deref());
            self.text("session_name", grant.session_name.as_deref());
            self.text("access_key_id", Some(&grant.access_key_id));
            self.time("expires_at", Timestamp::from_second(grant.expires_at.as_second()).unwrap_or(grant.expires_at));
        }
        self.plain("version", env!("CARGO_PKG_VERSION"));
        self.number("pid", Some(entry.process.pid));
        self.number("uid", entry.process.uid);
        self.text("program", entry.process.program.as_deref());
        self.number("program_pid", entry.process.parent);
    }

    pub fn into_text(self) -> String {
        self.0
    }

    fn name(&mut self, name: &str) {
        self.0.push_str(",\"");
        self.0.push_str(name);
        self.0.push_str("\":");
    }

    /// A text that has nothing to escape.
    fn plain(&mut self, name: &str, value: &str) {
        self.name(name);
        self.0.push('"');
        self.0.push_str(value);
        self.0.push('"');
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        self.name(name);
        self.0.push('"');
        escape(value, &mut self.0);
        self.0.push('"');
    }

    fn time(&mut self, name: &str, time: Timestamp) {
        self.name(name);
        let _ = write!(self.0, "\"{time}\"");
    }

    fn number(&mut self, name: &str, value: Option<u32>) {
        if let Some(value) = value {
            self.name(name);
            let _ = write!(self.0, "{value}");
        }
    }
}

fn escape(value: &str, text: &mut String) {
    if value.len() <= LONGEST && value.bytes().all(is_plain) {
        return text.push_str(value);
    }
    let end = text.len() + LONGEST;
    let mut units = [0; 2];
    for character in value.chars() {
        if text.len() + 12 > end {
            return text.push_str("...");
        }
        if character.is_ascii() && is_plain(character as u8) {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
}

const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}
