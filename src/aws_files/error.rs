//! Why AWS's config or credentials file can't be edited, or a key can't be taken from it. Every sentence is about the file, which the caller names.

use super::profile_name::ProfileName;

/// Why an edit was refused; the document is as it was.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum AwsFileError {
    /// botocore and the Rust SDK can't read such a file at all, and the Go SDK loses its first profile.
    #[error("it starts with a byte order mark, which AWS tools can't read; save it as UTF-8 without one")]
    ByteOrderMark,
    /// A line end to botocore, part of the line to all others.
    #[error("line {line} holds a carriage return that ends no line; AWS tools disagree about what follows it")]
    CarriageReturn { line: usize },
    #[error("the profile {name} has a section on line {first} and another on line {second}; leave one of them")]
    DuplicateSection { name: ProfileName, first: usize, second: usize },
    /// Quotes, more than one space, an indented bracket, a comment right after it.
    #[error("line {line} names the profile {name} in a way that some AWS tools don't read; write it as {usual}")]
    OddHeader { line: usize, name: ProfileName, usual: String },
    /// Indentation or a missing `=` makes one parser see a key where another sees text.
    #[error("line {line}, in the profile {name}, is read differently by different AWS tools; mend it first")]
    UnclearLine { line: usize, name: ProfileName },
    #[error("the profile {name} sets {key} on line {first} and again on line {second}; leave one of them")]
    DuplicateKey { name: ProfileName, key: String, first: usize, second: usize },
    #[error("the profile {name} has {has}, and no {lacks}")]
    HalfAKey { name: ProfileName, has: &'static str, lacks: &'static str },
    /// A long-term key has none; with one, the key is temporary or the token is a stray.
    #[error(
        "the profile {name} holds temporary credentials: line {line} sets {key}; an account needs a long-term key, which has none"
    )]
    SessionToken { name: ProfileName, key: &'static str, line: usize },
    /// Quotes, a comment behind it, more lines: the Go SDK strips what botocore keeps. The value itself is not told.
    #[error("line {line} gives {key} with {what}, which AWS tools read differently; mend it first")]
    OddValue { line: usize, key: &'static str, what: &'static str },
    #[error("“{}” can't be the name of a setting; lower-case letters, digits and _ are allowed", .key.escape_debug())]
    Key { key: String },
    /// The value itself is not told: it may be a secret.
    #[error("the value of {key} can't be written: it holds {what}, which AWS tools read differently")]
    Value { key: String, what: &'static str },
}
