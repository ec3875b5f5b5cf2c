//! What a reader's screen takes: colour or none, and how wide it is. Colour only repeats what the words say, and none is in
//! an answer that programs read.

use anstyle::{AnsiColor, Style};

/// What a text is for whoever reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Heading,
    Good,
    Bad,
    Doubtful,
    Advice,
    Unimportant,
}

/// Whether colours are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Palette {
    #[default]
    Plain,
    Coloured,
}

/// Where a listing is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Screen {
    /// In columns, where lines must end; `None`: no line is cut.
    pub width: Option<usize>,
    pub palette: Palette,
}

impl Palette {
    /// The text in its tone.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        match (self, tone.style()) {
            (Self::Coloured, Some(style)) if !text.is_empty() => format!("{style}{text}{style:#}"),
            _ => text.to_owned(),
        }
    }
}

impl Tone {
    const fn style(self) -> Option<Style> {
        match self {
            Self::Plain => None,
            Self::Heading => Some(Style::new().bold()),
            Self::Good => Some(AnsiColor::Green.on_default()),
            Self::Bad => Some(AnsiColor::Red.on_default().bold()),
            Self::Doubtful => Some(AnsiColor::Yellow.on_default().bold()),
            Self::Advice => Some(AnsiColor::Cyan.on_default().bold()),
            Self::Unimportant => Some(Style::new().dimmed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_goes_around_a_text_and_ends_with_it() {
        assert_eq!(Palette::Coloured.paint(Tone::Bad, "error:"), "\u{1b}[1m\u{1b}[31merror:\u{1b}[0m");
        assert_eq!(Palette::Coloured.paint(Tone::Plain, "deploy"), "deploy");
        assert_eq!(Palette::Coloured.paint(Tone::Bad, ""), "");
        assert_eq!(Palette::Plain.paint(Tone::Bad, "error:"), "error:");
    }
}
