//! Edits of one profile: set some keys, drop some keys, remove it. Every other byte stays, in its place.
//! An edit is all or nothing, doing it twice changes nothing more, and removing what was added gives the old bytes back:
//! a new section brings its own blank line, and leaves a file without a last line end without one.

use std::ops::Range;

use super::document::{AwsConfig, Section, lower_key};
use super::error::AwsFileError;
use super::line::{Ending, Kind, Line};
use super::profile_name::ProfileName;

/// What setting keys did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Added,
    Updated,
    Unchanged,
}

/// What removing a profile did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Removal {
    Removed,
    NotThere,
}

impl AwsConfig {
    /// Gives the profile these keys: in its section, or in a new one at the end of the file.
    pub fn set_profile(&mut self, name: &ProfileName, settings: &[(&str, &str)]) -> Result<Change, AwsFileError> {
        settings.iter().try_for_each(|(key, value)| check_setting(key, value))?;
        let Some(section) = self.editable_section(name)? else {
            self.append_section(name, settings);
            return Ok(Change::Added);
        };
        // Asked of the file as it is, so that a refusal names the lines which the person sees.
        settings.iter().try_for_each(|(key, _)| self.line_of_key(name, section, key).map(drop))?;
        let mut edited = self.clone();
        for (key, value) in settings {
            edited.set_key(name, edited.section_at(section.header), key, value)?;
        }
        let change = if edited == *self { Change::Unchanged } else { Change::Updated };
        *self = edited;
        Ok(change)
    }

    /// Drops the keys that `is_unwanted` names (it is given them in lower case), with all lines of their values.
    pub fn drop_keys(&mut self, name: &ProfileName, is_unwanted: impl Fn(&str) -> bool) -> Result<(), AwsFileError> {
        let Some(section) = self.editable_section(name)? else { return Ok(()) };
        let is_meant = |index: &usize| matches!(self.lines[*index].kind(), Kind::Setting { key, .. } if is_unwanted(&lower_key(key)));
        let unwanted: Vec<_> = section.body().filter(is_meant).collect();
        unwanted.iter().try_for_each(|index| self.check_value(name, section, *index))?;
        for index in unwanted.into_iter().rev() {
            self.remove_continuations(self.section_at(section.header), index);
            self.remove_lines(index..index + 1);
        }
        Ok(())
    }

    /// Removes the profile's section, with the blank line before it. Comments behind its last key stay.
    pub fn remove_profile(&mut self, name: &ProfileName) -> Result<Removal, AwsFileError> {
        let Some(section) = self.editable_section(name)? else { return Ok(Removal::NotThere) };
        let mut range = section.header..self.content_end(section);
        let is_empty = |line: Option<&Line>| line.is_some_and(|line| line.content.is_empty());
        if range.start == 0 {
            range.end += usize::from(is_empty(self.lines.get(range.end)));
        } else {
            range.start -= usize::from(is_empty(self.lines.get(range.start - 1)));
        }
        self.remove_lines(range);
        Ok(Removal::Removed)
    }

    fn append_section(&mut self, name: &ProfileName, settings: &[(&str, &str)]) {
        let blank = (!self.lines.is_empty()).then(String::new);
        let written = settings.iter().map(|(key, value)| format!("{key} = {value}"));
        let contents = blank.into_iter().chain([name.header(self.family)]).chain(written).collect();
        self.insert_lines(self.lines.len(), contents);
    }

    fn set_key(&mut self, name: &ProfileName, section: Section, key: &str, value: &str) -> Result<(), AwsFileError> {
        match self.line_of_key(name, section, key)? {
            None => self.insert_lines(self.content_end(section), vec![format!("{key} = {value}")]),
            Some(index) => {
                self.remove_continuations(section, index);
                self.rewrite_line(index, key, value);
            }
        }
        Ok(())
    }

    /// Where the section sets this key, if one line does and its value can be replaced.
    fn line_of_key(&self, name: &ProfileName, section: Section, key: &str) -> Result<Option<usize>, AwsFileError> {
        let is_meant = |index: &usize| matches!(self.lines[*index].kind(), Kind::Setting { key: found, .. } if lower_key(found) == key);
        let mut places = section.body().filter(is_meant);
        let Some(first) = places.next() else { return Ok(None) };
        if let Some(second) = places.next() {
            let (name, key) = (name.clone(), key.to_owned());
            return Err(AwsFileError::DuplicateKey { name, key, first: first + 1, second: second + 1 });
        }
        self.check_value(name, section, first)?;
        Ok(Some(first))
    }

    /// Leaves a line alone that says the same already, however its blanks are set.
    fn rewrite_line(&mut self, index: usize, key: &str, value: &str) {
        let wanted = (key.as_bytes(), value.as_bytes());
        let is_same = matches!(self.lines[index].kind(), Kind::Setting { key, value } if (key, value) == wanted);
        if !is_same {
            self.lines[index].content = format!("{key} = {value}").into_bytes();
        }
    }

    /// An indented comment below a value is part of it to the Rust SDK, so the value can't be taken away from above it.
    fn check_value(&self, name: &ProfileName, section: Section, setting: usize) -> Result<(), AwsFileError> {
        let is_comment = |index: &usize| matches!(self.lines[*index].kind(), Kind::IndentedComment);
        match self.lines_below(section, setting).find(is_comment) {
            Some(index) => Err(AwsFileError::UnclearLine { line: index + 1, name: name.clone() }),
            None => Ok(()),
        }
    }

    /// Comments and blank lines between the lines of a value are not part of it.
    fn remove_continuations(&mut self, section: Section, setting: usize) {
        for index in self.lines_below(section, setting).rev() {
            if matches!(self.lines[index].kind(), Kind::Continuation(_)) {
                self.remove_lines(index..index + 1);
            }
        }
    }

    /// What stands between a setting and the next one.
    fn lines_below(&self, section: Section, setting: usize) -> Range<usize> {
        let is_setting = |index: &usize| matches!(self.lines[*index].kind(), Kind::Setting { .. });
        let first = setting + 1;
        first..(first..section.end).find(is_setting).unwrap_or(section.end)
    }

    /// Behind the last line of the section that is neither blank nor a comment.
    fn content_end(&self, section: Section) -> usize {
        let is_content = |index: &usize| !matches!(self.lines[*index].kind(), Kind::Blank | Kind::Comment);
        (section.header..section.end).rev().find(is_content).map_or(section.end, |last| last + 1)
    }

    fn insert_lines(&mut self, at: usize, contents: Vec<String>) {
        let ending = self.ending_before(at);
        let mut last_ending = ending;
        if let Some(before) = at.checked_sub(1).and_then(|index| self.lines.get_mut(index))
            && before.ending == Ending::Missing
        {
            before.ending = ending;
            last_ending = Ending::Missing;
        }
        let lines = contents.into_iter().map(|content| Line { content: content.into_bytes(), ending });
        let mut lines: Vec<_> = lines.collect();
        if let Some(last) = lines.last_mut() {
            last.ending = last_ending;
        }
        self.lines.splice(at..at, lines);
    }

    fn remove_lines(&mut self, range: Range<usize>) {
        let lost_ending = self.lines.drain(range).next_back().map(|line| line.ending);
        if let (Some(Ending::Missing), Some(last)) = (lost_ending, self.lines.last_mut()) {
            last.ending = Ending::Missing;
        }
    }

    /// How the nearest line above ends.
    fn ending_before(&self, at: usize) -> Ending {
        let endings = self.lines[..at].iter().rev().map(|line| line.ending);
        endings.into_iter().find(|ending| *ending != Ending::Missing).unwrap_or(Ending::LineFeed)
    }
}

fn check_setting(key: &str, value: &str) -> Result<(), AwsFileError> {
    let is_key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if key.is_empty() || !key.bytes().all(is_key) {
        return Err(AwsFileError::Key { key: key.to_owned() });
    }
    match unsafe_in_value(value) {
        Some(what) => Err(AwsFileError::Value { key: key.to_owned(), what }),
        None => Ok(()),
    }
}

/// What in a value would be cut off, stripped, lost or refused by one parser or another.
pub(super) fn unsafe_in_value(value: &str) -> Option<&'static str> {
    let checks: [(bool, &'static str); 6] = [
        (value.is_empty(), "nothing"),
        (value.chars().any(char::is_control), "a line break or another control character"),
        (!value.is_ascii(), "a character outside ASCII"),
        (value.contains(" #") || value.contains(" ;"), "a blank followed by # or ;"),
        (value.trim() != value || value.starts_with(['#', ';']), "a blank or comment sign at an end"),
        (value.len() > 1 && value.starts_with('"') && value.ends_with('"'), "quotes around all of it"),
    ];
    checks.into_iter().find(|(applies, _)| *applies).map(|(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;

    fn config(text: &str) -> AwsConfig {
        AwsConfig::parse(Family::Config, text.as_bytes()).ok().unwrap()
    }

    fn text(config: &AwsConfig) -> String {
        String::from_utf8(config.to_bytes()).unwrap()
    }

    fn x() -> ProfileName {
        "x".parse().unwrap()
    }

    #[test]
    fn a_new_profile_comes_last_behind_a_blank_line() {
        for (before, after) in [
            ("", "[profile x]\nk = v\n"),
            ("[default]\nregion = r\n", "[default]\nregion = r\n\n[profile x]\nk = v\n"),
            ("[default]\nregion = r", "[default]\nregion = r\n\n[profile x]\nk = v"),
            ("[default]\r\nregion = r\r\n", "[default]\r\nregion = r\r\n\r\n[profile x]\r\nk = v\r\n"),
            ("[default]\r\nregion = r", "[default]\r\nregion = r\r\n\r\n[profile x]\r\nk = v"),
            ("[a]\nk = v\n\n# end\n\n", "[a]\nk = v\n\n# end\n\n\n[profile x]\nk = v\n"),
            ("[profile y]\njunk\n", "[profile y]\njunk\n\n[profile x]\nk = v\n"),
            ("[x]\nk = v\n", "[x]\nk = v\n\n[profile x]\nk = v\n"),
        ] {
            let mut edited = config(before);
            assert_eq!(edited.set_profile(&x(), &[("k", "v")]), Ok(Change::Added));
            assert_eq!(text(&edited), after);
            assert_eq!(edited.set_profile(&x(), &[("k", "v")]), Ok(Change::Unchanged));
            assert_eq!(edited.remove_profile(&x()), Ok(Removal::Removed));
            assert_eq!(text(&edited), before);
            assert_eq!(edited.remove_profile(&x()), Ok(Removal::NotThere));
        }
    }

    #[test]
    fn the_default_profile_has_no_word_in_front() {
        let default = "default".parse().unwrap();
        let mut edited = config("[DEFAULT]\n");
        edited.set_profile(&default, &[("k", "v")]).unwrap();
        assert_eq!(text(&edited), "[DEFAULT]\n\n[default]\nk = v\n");
        let mut edited = config("[profile default]\nk = w\n");
        edited.set_profile(&default, &[("k", "v")]).unwrap();
        assert_eq!(text(&edited), "[profile default]\nk = v\n");
    }

    #[test]
    fn only_the_named_keys_change() {
        for (before, after) in [
            ("[profile x]\nk = w\n", "[profile x]\nk = v\n"),
            ("[profile x]\nk=v\n", "[profile x]\nk=v\n"),
            ("[profile x]\nK = v\n", "[profile x]\nk = v\n"),
            ("[profile x]\nk = w # c\n", "[profile x]\nk = v\n"),
            ("[profile x] # c\n\n# d\na  =  1\n", "[profile x] # c\n\n# d\na  =  1\nk = v\n"),
            ("[profile x]\n", "[profile x]\nk = v\n"),
            ("[profile x]", "[profile x]\nk = v"),
            ("[profile x]\r\na = 1", "[profile x]\r\na = 1\r\nk = v"),
            (
                "[profile x]\na = 1\n\n# of y\n[profile y]\nk = w\n",
                "[profile x]\na = 1\nk = v\n\n# of y\n[profile y]\nk = w\n",
            ),
            ("[profile x]\ns3 =\n  k = 1\n\n  b = 2\n", "[profile x]\ns3 =\n  k = 1\n\n  b = 2\nk = v\n"),
            ("[profile x]\nk = w\n  more\n# c\n  most\nb = 2\n", "[profile x]\nk = v\n# c\nb = 2\n"),
            ("[profile x]\na = 1\n  # c\n", "[profile x]\na = 1\n  # c\nk = v\n"),
            ("[profile x]\nb = 1\nb = 2\n", "[profile x]\nb = 1\nb = 2\nk = v\n"),
        ] {
            let mut edited = config(before);
            edited.set_profile(&x(), &[("k", "v")]).unwrap();
            assert_eq!(text(&edited), after);
            assert_eq!(edited.set_profile(&x(), &[("k", "v")]), Ok(Change::Unchanged));
        }
    }

    #[test]
    fn a_removed_profile_takes_only_its_own_lines() {
        for (before, after) in [
            ("[profile x]\nk = v\n\n[profile y]\n", "[profile y]\n"),
            ("[a]\n\n[profile x]\n# in\nk = v\n  more\n# of y\n\n[profile y]\n", "[a]\n# of y\n\n[profile y]\n"),
            ("[a]\n[profile x]\nk = v", "[a]"),
            ("[a]\n  \n[profile x]\n", "[a]\n  \n"),
        ] {
            let mut edited = config(before);
            assert_eq!(edited.remove_profile(&x()), Ok(Removal::Removed));
            assert_eq!(text(&edited), after);
        }
    }

    #[test]
    fn dropped_keys_go_with_all_their_lines_and_namesakes() {
        let mut edited = config("[profile x]\nSSO_A = 1\n  more\nb = 2\nsso_a = 3\n  more\n[profile y]\nsso_a = 1\n");
        edited.drop_keys(&x(), |key| key.starts_with("sso_")).unwrap();
        assert_eq!(text(&edited), "[profile x]\nb = 2\n[profile y]\nsso_a = 1\n");
    }

    #[test]
    fn what_parsers_disagree_about_is_not_edited() {
        let name = x();
        let unclear = |line| AwsFileError::UnclearLine { line, name: name.clone() };
        let odd = |line| AwsFileError::OddHeader { line, name: name.clone(), usual: "[profile x]".to_owned() };
        let twice = |first, second| AwsFileError::DuplicateSection { name: name.clone(), first, second };
        let key_twice =
            |first, second| AwsFileError::DuplicateKey { name: name.clone(), key: "k".to_owned(), first, second };
        for (before, error) in [
            ("[profile x]\rk = v\r", AwsFileError::CarriageReturn { line: 1 }),
            ("[profile y]\n# a\r[profile x]\n", AwsFileError::CarriageReturn { line: 2 }),
            ("[profile x]\n[profile y]\n[profile x]\n", twice(1, 3)),
            ("[profile x]\n[profile \"x\"]\n", twice(1, 2)),
            ("[profile y]\na = 1\n  [profile x]\n[profile x]\n", twice(3, 4)),
            ("[profile \"x\"]\n", odd(1)),
            ("[profile  x]\n", odd(1)),
            ("[profile x]# c\n", odd(1)),
            ("\n  [profile x]\n", odd(2)),
            ("[profile x]\nk = w\njunk\n", unclear(3)),
            ("[profile x]\n  k = w\n", unclear(2)),
            ("[profile x]\n  # c\nk = w\n", unclear(2)),
            ("[profile x]\nk = w\n  [profile y]\n", unclear(3)),
            ("[profile x]\nk = w\n[profile y\na = 1\n", unclear(3)),
            ("[profile x]\nk : w\n", unclear(2)),
            ("[profile x]\nk = w\n  # c\n", unclear(3)),
            ("[profile x]\nk = 1\nK = 2\n", key_twice(2, 3)),
            ("[profile x]\na = 1\n  more\nk = 1\nK = 2\n", key_twice(4, 5)),
        ] {
            let mut edited = config(before);
            assert_eq!(edited.set_profile(&name, &[("a", "b"), ("k", "v")]), Err(error));
            assert_eq!(text(&edited), before);
        }
    }

    #[test]
    fn values_that_would_not_arrive_are_refused() {
        for value in ["", "a\nb", "a\rb", "a #b", "a ;b", " a", "a ", "#a", ";a", "a\u{7f}", "a\tb", "é", "\"a\""] {
            let refused = config("").set_profile(&x(), &[("k", value)]);
            assert!(matches!(refused, Err(AwsFileError::Value { .. })), "{value:?}");
        }
        for key in ["", "K", "a b", "a=b", "[a", "a:b", "#a"] {
            let refused = config("").set_profile(&x(), &[(key, "v")]);
            assert_eq!(refused, Err(AwsFileError::Key { key: key.to_owned() }));
        }
        for value in ["a#b", "a;b", "\"/a b/c\" d", "a=b", "a%b", "a: b"] {
            let mut edited = config("");
            edited.set_profile(&x(), &[("k", value)]).unwrap();
            assert_eq!(edited.profile("x").unwrap().get("k"), Some(value));
        }
    }

    #[test]
    fn a_single_quote_is_no_pair() {
        assert_eq!(unsafe_in_value("\""), None);
        assert_eq!(unsafe_in_value("\"\""), Some("quotes around all of it"));
    }
}
