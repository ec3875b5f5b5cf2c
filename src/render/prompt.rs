//! A segment for a shell's prompt: the connector whose credentials are in use, and how long they are valid. It is made of a
//! connector's name, digits and what the person's own format says, so that no prompt acts on it.

use crate::model::name::ConnectorName;

/// What a segment looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromptFormat(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Connector,
    Left,
}

/// Why a text is no format.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PromptFormatError {
    #[error("there is no “{{{}}}”; {{connector}} and {{left}} are filled in", .0.escape_debug())]
    Unknown(String),
    #[error("a “{{” is never closed")]
    Open,
}

/// How long credentials are valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    Seconds(u64),
    Expired,
}

impl std::str::FromStr for PromptFormat {
    type Err = PromptFormatError;

    fn from_str(text: &str) -> Result<Self, PromptFormatError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or(PromptFormatError::Open)?;
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(match name {
                "connector" => Piece::Connector,
                "left" => Piece::Left,
                other => return Err(PromptFormatError::Unknown(other.to_owned())),
            });
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }
}

/// The segment with its line end. Where the time is not known, the blank before it goes too.
pub fn segment(format: &PromptFormat, connector: &ConnectorName, left: Option<Left>) -> String {
    let mut text = String::new();
    for piece in &format.0 {
        match (piece, left) {
            (Piece::Text(literal), _) => text.push_str(literal),
            (Piece::Connector, _) => text.push_str(connector.as_str()),
            (Piece::Left, Some(left)) => text.push_str(&in_words(left)),
            (Piece::Left, None) if text.ends_with(' ') => drop(text.pop()),
            (Piece::Left, None) => {}
        }
    }
    text.push('\n');
    text
}

fn in_words(left: Left) -> String {
    match left {
        Left::Expired => "expired".to_owned(),
        Left::Seconds(seconds @ 0..60) => format!("{seconds}s"),
        Left::Seconds(seconds @ 60..3_600) => format!("{}m", seconds / 60),
        Left::Seconds(seconds) => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(format: &str, left: Option<Left>) -> String {
        segment(&format.parse().unwrap(), &"deploy".parse().unwrap(), left)
    }

    #[test]
    fn a_segment_is_what_its_format_says() {
        for (format, left, expected) in [
            ("{connector} {left}", Some(Left::Seconds(2_579)), "deploy 42m\n"),
            ("{connector} {left}", Some(Left::Seconds(59)), "deploy 59s\n"),
            ("{connector} {left}", Some(Left::Seconds(60)), "deploy 1m\n"),
            ("{connector} {left}", Some(Left::Seconds(7_500)), "deploy 2h05m\n"),
            ("{connector} {left}", Some(Left::Seconds(129_600)), "deploy 36h00m\n"),
            ("{connector} {left}", Some(Left::Expired), "deploy expired\n"),
            ("{connector} {left}", None, "deploy\n"),
            (" ({connector} {left})", None, " (deploy)\n"),
            ("{left}", None, "\n"),
            ("aws:{connector}", Some(Left::Expired), "aws:deploy\n"),
            ("", None, "\n"),
        ] {
            assert_eq!(rendered(format, left), expected, "{format}");
        }
    }

    #[test]
    fn what_is_not_filled_in_is_told() {
        let read = |text: &str| text.parse::<PromptFormat>().unwrap_err();
        assert_eq!(read("{conector}"), PromptFormatError::Unknown("conector".to_owned()));
        assert_eq!(read("{}"), PromptFormatError::Unknown(String::new()));
        assert_eq!(read("{connector} {left"), PromptFormatError::Open);
    }
}
