//! One thing that was found: what was looked at, how it stands, and what mends it. Pure.

use serde::Serialize;

use crate::render::paint::{Palette, Tone};
use crate::render::table::printable;

/// How something stands, the better first. All but the first two are reasons to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Ok,
    /// Worth knowing, and nothing has to be done.
    Note,
    Warning,
    Fault,
    NotChecked,
}

impl State {
    const fn mark(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Fault => "fault",
            Self::NotChecked => "not checked",
        }
    }

    const fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Good,
            Self::Note => Tone::Plain,
            Self::Warning | Self::NotChecked => Tone::Doubtful,
            Self::Fault => Tone::Bad,
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub state: State,
    /// Which file, account, profile … it is; may be empty.
    pub about: String,
    pub finding: String,
    /// What to paste or to do, one after the other or one of them.
    pub mend: Vec<String>,
}

/// The findings for people: mark, check, what was found, and below it what mends it. What a finding names itself is not
/// named before it as well.
pub fn as_text(findings: &[Finding], palette: Palette) -> String {
    const MARKS: usize = "not checked".len();
    let checks = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Finding { check, state, about, finding, mend } in findings {
        let is_named = about.is_empty() || finding.starts_with(about);
        let about = if is_named { String::new() } else { format!("{}: ", printable(about)) };
        let mark = palette.paint(state.tone(), &format!("{:MARKS$}", state.mark()));
        text.push_str(&format!("{mark}  {check:checks$}  {about}{}\n", printable(finding)));
        for mend in mend {
            text.push_str(&format!("{:MARKS$}  {:checks$}  mend: {}\n", "", "", printable(mend)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_a_line_and_each_mend_is_one_below() {
        let finding = |state, about: &str, mend: &[&str]| Finding {
            check: "session",
            state,
            about: about.to_owned(),
            finding: "over\u{7}".to_owned(),
            mend: mend.iter().map(|mend| (*mend).to_owned()).collect(),
        };
        assert_eq!(
            as_text(
                &[
                    finding(State::Ok, "", &[]),
                    finding(State::NotChecked, "x\ny", &["afed login", "id"]),
                    finding(State::Fault, "over", &[])
                ],
                Palette::Plain
            ),
            "ok           session  over\\u{7}\n\
             not checked  session  x\\ny: over\\u{7}\n                      mend: afed login\n                      mend: id\n\
             fault        session  over\\u{7}\n"
        );
        let coloured = as_text(&[finding(State::Fault, "", &[])], Palette::Coloured);
        assert!(coloured.starts_with(&Palette::Coloured.paint(Tone::Bad, "fault      ")), "{coloured:?}");
        let json = serde_json::to_value(finding(State::NotChecked, "x", &["id"])).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"check": "session", "state": "not-checked", "about": "x", "finding": "over\u{7}", "mend": ["id"]})
        );
    }
}
