//! Values in every format: what stands there is read back as it was, by a reader of another hand, or the value is refused. No
//! text that somebody else has chosen brings control characters to the terminal.

use super::example::lease;
use super::prompt::{Left, PromptFormat, segment};
use super::{Context, Format, RenderError, elvish, fish, nushell, pasted, posix, powershell, table};
use crate::aws_files::{AwsConfig, Family};
use crate::fuzz::{Target, text};

const WORDS: &[&str] = &[
    "'",
    "''",
    "'\\''",
    "\\",
    "\\'",
    "\"",
    "`",
    "$(id)",
    "${x}",
    "$x",
    "!",
    "!!",
    "%PATH%",
    "%",
    "^",
    "&",
    "|",
    ";",
    "#",
    " #",
    " ;",
    "~",
    "*",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "\t",
    "\u{1b}[2J",
    "\u{2018}",
    "\u{2019}",
    "\u{201b}",
    "\u{1f600}",
    "\u{feff}",
    "\u{85}",
    "\u{2028}",
    "\u{202e}",
    "' + [char]10 + '",
    "'; unset-env X; '",
    "AWS_PROFILE=x",
    "[default]\n",
    "aws_access_key_id = x",
    "{connector}",
    "{left}",
    "{",
    "}",
    " ",
    "=",
];

#[test]
fn every_value_comes_back_out_of_every_format() {
    Target { name: "quoting", words: WORDS, judge }.run();
}

fn judge(input: &[u8]) -> String {
    let Some(value) = text(input) else { return "no text".to_owned() };
    assert_words(value);
    assert_shown(value);
    let formats = [
        Format::Bash,
        Format::Fish,
        Format::Powershell,
        Format::Cmd,
        Format::Nushell,
        Format::Elvish,
        Format::Json,
        Format::Process,
        Format::Ini,
        Format::Dotenv,
    ];
    formats.map(|format| if comes_back(format, value) { '1' } else { '0' }).iter().collect()
}

/// Whether the format carries the value. Where it does, nothing else is in the answer than with another value.
fn comes_back(format: Format, value: &str) -> bool {
    let connector = "deploy".parse().unwrap();
    let context = Context { connector: &connector, person: Some("alice"), region: None };
    let written = match super::lease(&lease(value), format, context) {
        Ok(written) => written,
        Err(error) => {
            assert!(
                matches!(error, RenderError::Value { name: "AWS_SECRET_ACCESS_KEY" | "aws_secret_access_key", .. }),
                "{error}"
            );
            assert!(
                value.contains('\0') || matches!(format, Format::Cmd | Format::Ini | Format::Dotenv),
                "{format:?} refuses {value:?}"
            );
            return false;
        }
    };
    let (before, after) = frame(format);
    let inside = written.expose().strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
    let inside = inside.unwrap_or_else(|| panic!("{format:?} writes {}", written.expose()));
    assert_eq!(read(format, inside).as_deref(), Some(value), "{format:?} writes {inside}");
    true
}

/// What stands before and behind a plain value.
fn frame(format: Format) -> (String, String) {
    const PLAIN: &str = "plain";
    let connector = "deploy".parse().unwrap();
    let context = Context { connector: &connector, person: Some("alice"), region: None };
    let written = super::lease(&lease(PLAIN), format, context).unwrap();
    let (before, after) = written.expose().split_once(PLAIN).unwrap();
    let quotes: &[char] = &['\'', '"'];
    let quote = if matches!(format, Format::Cmd) {
        None
    } else {
        before.chars().next_back().filter(|last| quotes.contains(last))
    };
    let width = quote.map_or(0, char::len_utf8);
    (before[..before.len() - width].to_owned(), after[width..].to_owned())
}

/// The value of a written word, by the rules of each language.
fn read(format: Format, word: &str) -> Option<String> {
    match format {
        Format::Bash | Format::Zsh => only(shell_words::split(word).ok()?),
        Format::Fish => of_fish(word),
        Format::Elvish => unquoted(word)?
            .split("''")
            .map(|part| (!part.contains('\'')).then_some(part))
            .collect::<Option<Vec<_>>>()
            .map(|parts| parts.join("'")),
        Format::Powershell => of_powershell(word),
        Format::Nushell | Format::Json | Format::Process => serde_json::from_str(word).ok(),
        Format::Cmd => (!word.contains(['"', '%', '!', '\r', '\n'])).then(|| word.to_owned()),
        Format::Dotenv => (!word.contains(char::is_whitespace)).then(|| word.to_owned()),
        Format::Ini => {
            let file = AwsConfig::parse(Family::Credentials, format!("[x]\nk = {word}\n").as_bytes()).ok()?;
            file.profile("x")?.get("k").map(str::to_owned)
        }
    }
}

fn only(words: Vec<String>) -> Option<String> {
    <[String; 1]>::try_from(words).ok().map(|[word]| word)
}

fn unquoted(word: &str) -> Option<&str> {
    word.strip_prefix('\'')?.strip_suffix('\'')
}

fn of_fish(word: &str) -> Option<String> {
    let mut value = String::new();
    let mut rest = unquoted(word)?.chars();
    while let Some(character) = rest.next() {
        match character {
            '\\' => value.push(rest.next().filter(|next| matches!(next, '\\' | '\''))?),
            '\'' => return None,
            other => value.push(other),
        }
    }
    Some(value)
}

/// Texts in quotes and characters by number, with plus signs between.
fn of_powershell(word: &str) -> Option<String> {
    let mut units = Vec::new();
    let mut rest = word;
    loop {
        rest = match rest.strip_prefix("[char]") {
            Some(number) => {
                let (number, rest) = number.split_at(number.find(' ').unwrap_or(number.len()));
                units.push(number.parse::<u16>().ok()?);
                rest
            }
            None => of_powershell_quoted(rest.strip_prefix('\'')?, &mut units)?,
        };
        match rest.strip_prefix(" + ") {
            Some(next) => rest = next,
            None => return String::from_utf16(&units).ok().filter(|_| rest.is_empty()),
        }
    }
}

/// Up to the closing quote; what stands behind it.
fn of_powershell_quoted<'a>(mut rest: &'a str, units: &mut Vec<u16>) -> Option<&'a str> {
    loop {
        let (inside, after) = rest.split_once('\'')?;
        // Its parser ends a line at these, and takes curly quotes for straight ones.
        if !inside.chars().all(|character| matches!(character, ' '..='~')) {
            return None;
        }
        units.extend(inside.encode_utf16());
        match after.strip_prefix('\'') {
            Some(doubled) => {
                units.push(u16::from(b'\''));
                rest = doubled;
            }
            None => return Some(after),
        }
    }
}

/// Words of commands that people paste, and those of functions that shells evaluate.
fn assert_words(value: &str) {
    let written = |quote: fn(&mut String, &str)| {
        let mut word = String::new();
        quote(&mut word, value);
        word
    };
    assert_eq!(only(shell_words::split(&pasted::quoted(value)).unwrap()).as_deref(), Some(value));
    for (format, word) in [
        (Format::Bash, written(posix::quote)),
        (Format::Fish, written(fish::quote)),
        (Format::Elvish, written(elvish::quote)),
        (Format::Powershell, written(powershell::quote)),
    ] {
        assert_eq!(read(format, &word).as_deref(), Some(value), "{format:?} writes {word}");
    }
    let word = written(nushell::quote);
    assert!(!word.contains(char::is_control) && word.starts_with('"') && word.ends_with('"'), "{word}");
}

fn assert_shown(value: &str) {
    let shown = table::printable(value);
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(table::cut(value, 7).len() <= value.len() + 16);
    if let Ok(format) = value.parse::<PromptFormat>() {
        let line = segment(&format, &"deploy".parse().unwrap(), Some(Left::Seconds(u64::MAX)));
        assert!(line.len() <= 4 * value.len() + 64, "{line}");
    }
}
