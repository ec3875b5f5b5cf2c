//! How much is shown, and how: decided once from the flags, the environment and which streams are terminals.
//! Of the environment only what is said everywhere counts: NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM.

use std::ffi::{OsStr, OsString};

use clap::ValueEnum;
use dialoguer::console::Term;

use crate::render::paint::{Palette, Screen};

/// When colours are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// At a terminal, unless the environment says otherwise
    #[default]
    Auto,
    Always,
    Never,
}

/// What is told besides answers and failures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Loudness {
    /// What was done, what to do next, and what is waited for.
    #[default]
    Normal,
    /// Nothing of that.
    Quiet,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wish {
    pub color: ColorChoice,
    pub loudness: Loudness,
}

/// Which of the streams that are written to are terminals.
#[derive(Debug, Clone, Copy)]
pub struct Terminals {
    pub output: bool,
    pub diagnostics: bool,
}

/// What the streams show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    pub output: Screen,
    pub diagnostics: Palette,
    pub loudness: Loudness,
    /// Whether what is waited for is shown.
    pub shows_waiting: bool,
}

impl Look {
    pub fn resolve(wish: Wish, terminals: Terminals, environment: &[(OsString, OsString)]) -> Self {
        let said = |name: &str| environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str());
        let is_dumb = said("TERM") == Some(OsStr::new("dumb"));
        let palette = |is_terminal| palette(wish.color, is_terminal && !is_dumb, &said);
        Self {
            output: Screen { width: if terminals.output { width() } else { None }, palette: palette(terminals.output) },
            diagnostics: palette(terminals.diagnostics),
            loudness: wish.loudness,
            shows_waiting: terminals.diagnostics && !is_dumb && wish.loudness == Loudness::Normal,
        }
    }
}

/// As the terminal itself has it.
fn width() -> Option<usize> {
    Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}

fn palette<'a>(choice: ColorChoice, fits: bool, said: &impl Fn(&str) -> Option<&'a OsStr>) -> Palette {
    let is_set = |name: &str| said(name).is_some_and(|value| !value.is_empty());
    let is_on = |name: &str| is_set(name) && said(name) != Some(OsStr::new("0"));
    let wanted = match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if is_set("NO_COLOR") => false,
        ColorChoice::Auto if is_on("CLICOLOR_FORCE") => true,
        ColorChoice::Auto => fits && said("CLICOLOR") != Some(OsStr::new("0")),
    };
    if wanted { Palette::Coloured } else { Palette::Plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_where_it_is_wanted() {
        use ColorChoice::{Always, Auto, Never};
        for (choice, terminal, environment, coloured) in [
            (Auto, true, &[][..], true),
            (Auto, false, &[], false),
            (Auto, true, &[("NO_COLOR", "1")], false),
            (Auto, true, &[("NO_COLOR", "")], true),
            (Auto, true, &[("TERM", "dumb")], false),
            (Auto, true, &[("CLICOLOR", "0")], false),
            (Auto, false, &[("CLICOLOR_FORCE", "1")], true),
            (Auto, false, &[("CLICOLOR_FORCE", "0")], false),
            (Auto, true, &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
            (Always, false, &[("NO_COLOR", "1"), ("TERM", "dumb")], true),
            (Never, true, &[("CLICOLOR_FORCE", "1")], false),
        ] {
            let environment: Vec<(OsString, OsString)> =
                environment.iter().map(|(name, value)| (name.into(), value.into())).collect();
            let wish = Wish { color: choice, loudness: Loudness::Normal };
            let terminals = Terminals { output: false, diagnostics: terminal };
            let look = Look::resolve(wish, terminals, &environment);
            assert_eq!(look.diagnostics == Palette::Coloured, coloured, "{choice:?} {terminal} {environment:?}");
        }
    }

    #[test]
    fn waiting_is_shown_at_a_terminal_that_can_and_to_whoever_wants_it() {
        for (diagnostics, term, loudness, shown) in [
            (true, "xterm", Loudness::Normal, true),
            (false, "xterm", Loudness::Normal, false),
            (true, "dumb", Loudness::Normal, false),
            (true, "xterm", Loudness::Quiet, false),
        ] {
            let wish = Wish { color: ColorChoice::Never, loudness };
            let environment = [("TERM".into(), term.into())];
            let look = Look::resolve(wish, Terminals { output: false, diagnostics }, &environment);
            assert_eq!(look.shows_waiting, shown);
        }
    }
}
