//! One line of the file: its bytes, how it ends, and what the AWS parsers take it for.
//! Where they disagree the kind says so (`Broken`, `Odd`, the indented kinds); nothing is guessed here.

use super::profile_name::{DEFAULT, is_plain};

/// How a line ends. Only the last line of a file may have no end.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Ending {
    LineFeed,
    CarriageReturnLineFeed,
    Missing,
}

impl Ending {
    pub(super) const fn bytes(self) -> &'static [u8] {
        match self {
            Self::LineFeed => b"\n",
            Self::CarriageReturnLineFeed => b"\r\n",
            Self::Missing => b"",
        }
    }
}

/// The bytes of a line without its end. They may be a secret, so there is no `Debug`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Line {
    pub(super) content: Vec<u8>,
    pub(super) ending: Ending,
}

/// What a line is, as far as it shows without its neighbours.
pub(super) enum Kind<'a> {
    Blank,
    Comment,
    Header(Header<'a>),
    Setting {
        key: &'a [u8],
        value: &'a [u8],
    },
    /// More of the value above; without one above, botocore takes it for a setting and Rust refuses the file.
    Continuation(&'a [u8]),
    /// A comment to most, more of the value above to the Rust SDK.
    IndentedComment,
    /// A section to the JavaScript and Go SDKs, more of the value above to the others.
    IndentedHeader(Header<'a>),
    /// No `=`, no key, a colon in the key, an unfinished header: botocore and Rust refuse the file or read another key.
    Broken,
}

/// A line in brackets.
pub(super) struct Header<'a> {
    /// What stands between the brackets.
    inside: &'a [u8],
    /// What follows the closing bracket.
    after: Spelling,
}

impl<'a> Header<'a> {
    /// The section as `~/.aws/config` names it, where all profiles but the default one are `[profile NAME]`.
    pub(super) fn in_config(&self) -> (SectionName<'a>, Spelling) {
        let (section, spelling) = parse_section_name(self.inside);
        (section, if self.after == Spelling::Plain { spelling } else { Spelling::Odd })
    }

    /// Whether the AWS CLI and boto3 add its keys to every profile.
    pub(super) fn leaks(&self) -> bool {
        trim(self.inside) == LEAKING
    }

    /// The section as `~/.aws/credentials` names it: every one is a profile.
    pub(super) fn in_credentials(&self) -> (SectionName<'a>, Spelling) {
        let name = trim(self.inside);
        let is_plain_name = name == self.inside && name.iter().all(|byte| is_plain(char::from(*byte)));
        let is_plain = is_plain_name && !name.is_empty() && name != LEAKING && self.after == Spelling::Plain;
        (SectionName::Profile(name), if is_plain { Spelling::Plain } else { Spelling::Odd })
    }
}

/// The section whose keys the AWS CLI and boto3 add to every profile.
const LEAKING: &[u8] = b"DEFAULT";

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SectionName<'a> {
    Profile(&'a [u8]),
    Other(&'a [u8]),
}

/// Whether all parsers take a header for the same section.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Plain,
    Odd,
}

impl Line {
    pub(super) fn split(bytes: &[u8]) -> Vec<Self> {
        bytes.split_inclusive(|byte| *byte == b'\n').map(Self::parse).collect()
    }

    fn parse(bytes: &[u8]) -> Self {
        let (content, ending) = if let Some(content) = bytes.strip_suffix(b"\r\n") {
            (content, Ending::CarriageReturnLineFeed)
        } else if let Some(content) = bytes.strip_suffix(b"\n") {
            (content, Ending::LineFeed)
        } else {
            (bytes, Ending::Missing)
        };
        Self { content: content.to_vec(), ending }
    }

    pub(super) fn kind(&self) -> Kind<'_> {
        let trimmed = trim(&self.content);
        let indented = matches!(self.content.first(), Some(b' ' | b'\t'));
        match (trimmed.first(), indented) {
            (None, _) => Kind::Blank,
            (Some(b'#' | b';'), false) => Kind::Comment,
            (Some(b'#' | b';'), true) => Kind::IndentedComment,
            (Some(b'['), false) => parse_header(trimmed).map_or(Kind::Broken, Kind::Header),
            (Some(b'['), true) => parse_header(trimmed).map_or(Kind::Broken, Kind::IndentedHeader),
            (Some(_), true) => Kind::Continuation(trimmed),
            (Some(_), false) => parse_setting(trimmed),
        }
    }
}

pub(super) fn trim(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t');
    let Some(start) = bytes.iter().position(|byte| !is_space(byte)) else { return &[] };
    let end = bytes.iter().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1);
    &bytes[start..end]
}

fn parse_setting(trimmed: &[u8]) -> Kind<'_> {
    let Some(equals) = trimmed.iter().position(|byte| *byte == b'=') else { return Kind::Broken };
    let (key, value) = (trim(&trimmed[..equals]), trim(&trimmed[equals + 1..]));
    let other_delimiter = key.contains(&b':');
    let other_space = trimmed[0].is_ascii_control();
    if key.is_empty() || other_delimiter || other_space { Kind::Broken } else { Kind::Setting { key, value } }
}

/// `[profile NAME]`, optionally followed by blanks and a comment, is plain; `None` where no bracket closes it.
fn parse_header(trimmed: &[u8]) -> Option<Header<'_>> {
    let close = trimmed.iter().position(|byte| *byte == b']')?;
    let (inside, after) = (&trimmed[1..close], &trimmed[close + 1..]);
    let after = if is_plain_after_bracket(after) { Spelling::Plain } else { Spelling::Odd };
    Some(Header { inside, after })
}

/// botocore takes the header up to the last bracket of the line, so none may follow.
fn is_plain_after_bracket(after: &[u8]) -> bool {
    let comment_stands_apart = matches!(after, [] | [b' ' | b'\t', ..]);
    let is_comment = matches!(trim(after), [] | [b'#' | b';', ..]);
    comment_stands_apart && is_comment && !after.contains(&b']')
}

fn parse_section_name(inside: &[u8]) -> (SectionName<'_>, Spelling) {
    let trimmed = trim(inside);
    let is_trimmed = trimmed.len() == inside.len();
    if trimmed == DEFAULT.as_bytes() {
        return (SectionName::Profile(trimmed), if is_trimmed { Spelling::Plain } else { Spelling::Odd });
    }
    let Some(rest) = trimmed.strip_prefix(b"profile").filter(|rest| matches!(rest.first(), Some(b' ' | b'\t'))) else {
        return (SectionName::Other(trimmed), Spelling::Plain);
    };
    let name = trim(rest);
    let is_plain_name = name.iter().all(|byte| is_plain(char::from(*byte)));
    let spelling =
        if is_trimmed && rest.len() == name.len() + 1 && is_plain_name { Spelling::Plain } else { Spelling::Odd };
    (SectionName::Profile(unquoted(name)), spelling)
}

fn unquoted(name: &[u8]) -> &[u8] {
    match name {
        [b'"', inner @ .., b'"'] | [b'\'', inner @ .., b'\''] => inner,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(content: &str) -> String {
        let line = Line { content: content.as_bytes().to_vec(), ending: Ending::LineFeed };
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let header = |header: Header<'_>| {
            let (section, spelling) = header.in_config();
            let name = match section {
                SectionName::Profile(name) => format!("profile {}", text(name)),
                SectionName::Other(name) => format!("other {}", text(name)),
            };
            if spelling == Spelling::Plain { name } else { format!("odd {name}") }
        };
        match line.kind() {
            Kind::Blank => "blank".to_owned(),
            Kind::Comment => "comment".to_owned(),
            Kind::Header(inner) => header(inner),
            Kind::Setting { key, value } => format!("{}={}", text(key), text(value)),
            Kind::Continuation(value) => format!("more {}", text(value)),
            Kind::IndentedComment => "indented comment".to_owned(),
            Kind::IndentedHeader(inner) => format!("indented {}", header(inner)),
            Kind::Broken => "broken".to_owned(),
        }
    }

    #[test]
    fn in_the_credentials_file_every_section_is_a_profile() {
        for (content, name, spelling) in [
            ("[default]", "default", Spelling::Plain),
            ("[x]", "x", Spelling::Plain),
            ("[x] # c", "x", Spelling::Plain),
            ("[x]# c", "x", Spelling::Odd),
            ("[ x ]", "x", Spelling::Odd),
            ("[a b]", "a b", Spelling::Odd),
            ("[profile x]", "profile x", Spelling::Odd),
            ("[\"x\"]", "\"x\"", Spelling::Odd),
            ("[DEFAULT]", "DEFAULT", Spelling::Odd),
            ("[]", "", Spelling::Odd),
        ] {
            let line = Line { content: content.as_bytes().to_vec(), ending: Ending::LineFeed };
            let Kind::Header(header) = line.kind() else { panic!("{content}") };
            let (section, found) = header.in_credentials();
            assert!(section == SectionName::Profile(name.as_bytes()) && found == spelling, "{content}");
        }
    }

    #[test]
    fn lines_are_what_the_parsers_agree_on() {
        for (content, expected) in [
            ("", "blank"),
            (" \t", "blank"),
            ("# c", "comment"),
            ("; c", "comment"),
            ("  # c", "indented comment"),
            ("[default]", "profile default"),
            ("[profile default]", "profile default"),
            ("[ default ]", "odd profile default"),
            ("[DEFAULT]", "other DEFAULT"),
            ("[profile x]", "profile x"),
            ("[profile\tx]", "profile x"),
            ("[profile x]  ", "profile x"),
            ("[profile x] # c", "profile x"),
            ("[profile x]# c", "odd profile x"),
            ("[profile x] junk", "odd profile x"),
            ("[profile x] # [c]", "odd profile x"),
            ("[profile a]b]", "odd profile a"),
            ("[profile   x]", "odd profile x"),
            ("[ profile x ]", "odd profile x"),
            ("[profile \"x\"]", "odd profile x"),
            ("[profile 'x']", "odd profile x"),
            ("[profile a b]", "odd profile a b"),
            ("[profile a!b]", "odd profile a!b"),
            ("[x]", "other x"),
            ("[sso-session s]", "other sso-session s"),
            ("  [profile x]", "indented profile x"),
            ("[profile x", "broken"),
            ("k = v", "k=v"),
            ("k=v # c", "k=v # c"),
            ("k =", "k="),
            ("k = a=b", "k=a=b"),
            ("k : v", "broken"),
            ("k:a = v", "broken"),
            ("junk", "broken"),
            ("= v", "broken"),
            ("\u{c}k = v", "broken"),
            ("  k = v", "more k = v"),
        ] {
            assert_eq!(describe(content), expected, "{content:?}");
        }
    }
}
