//! One thing that was found: what was looked at, how it stands, and what mends it. Pure.

use serde::Serialize;

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

/// The findings for people: mark, check, what was found, and below it what mends it.
pub fn as_text(findings: &[Finding]) -> String {
    const MARKS: usize = "not checked".len();
    let checks = findings.iter().map(|finding| finding.check.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Finding { check, state, about, finding, mend } in findings {
        let about = if about.is_empty() { String::new() } else { format!("{}: ", printable(about)) };
        text.push_str(&format!("{:MARKS$}  {check:checks$}  {about}{}\n", state.mark(), printable(finding)));
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
            as_text(&[finding(State::Ok, "", &[]), finding(State::NotChecked, "x\ny", &["afed login", "id"])]),
            "ok           session  over\\u{7}\n\
             not checked  session  x\\ny: over\\u{7}\n                      mend: afed login\n                      mend: id\n"
        );
        let json = serde_json::to_value(finding(State::NotChecked, "x", &["id"])).unwrap();
        assert_eq!(
            json,
            serde_json::json!({"check": "session", "state": "not-checked", "about": "x", "finding": "over\u{7}", "mend": ["id"]})
        );
    }
}
