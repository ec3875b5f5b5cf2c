//! Everything that is wrong with configuration files, where the rest of afed stops at the first fault: unknown keys and
//! wrong values are taken out in thought, each on a copy, so that what stands behind them is seen too. Each fault has its
//! line. A fault that could only follow from another one is not told.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::diagnosis;
use super::edit::layout::{Layout, Part};
use super::error::ConfigError;
use super::file::{self, DirectoryChoice, SourcedFile};
use super::settings::{FileReader, Settings};

/// One thing that is wrong, and where.
#[derive(Debug)]
pub struct Flaw {
    pub error: ConfigError,
    pub path: PathBuf,
    /// Counted from 1.
    pub line: Option<usize>,
}

/// A file with its text.
pub type Text = (PathBuf, String);

/// All that is wrong with these files, read together; policy files are read through `read`.
pub fn examine(texts: &[Text], read: &FileReader<'_>) -> Vec<Flaw> {
    let of_one = |(path, text): &Text| {
        let mut flaws = unreadable(path, text);
        flaws.sort_by_key(|flaw| flaw.line);
        flaws
    };
    let flaws: Vec<Flaw> = texts.iter().flat_map(of_one).collect();
    if !flaws.is_empty() {
        return flaws;
    }
    let errors = unresolvable(texts, read);
    errors.into_iter().map(|(error, place)| placed(error, place, texts)).collect()
}

/// A fault of these files that shows only where they are used, with its line.
pub fn locate(error: ConfigError, texts: &[Text]) -> Flaw {
    placed(error, None, texts)
}

/// What keeps a file from being read.
fn unreadable(path: &Path, text: &str) -> Vec<Flaw> {
    let flaw = |error, offset| Flaw { error, path: path.to_owned(), line: Some(diagnosis::line_at(text, offset)) };
    let mut rest = text.to_owned();
    let mut flaws = Vec::new();
    for (error, offset) in diagnosis::unknown_keys(path, text) {
        flaws.push(flaw(error, offset));
        if !blank(&mut rest, offset) {
            return flaws;
        }
    }
    let mut is_whole = true;
    while let Err(error) = toml::from_str::<file::ConfigFile>(&rest) {
        let offset = error.span().map_or(0, |span| span.start);
        let is_blanked = blank(&mut rest, offset);
        if is_blanked || is_whole {
            flaws.push(flaw(diagnosis::of_parser(path, text, &error), offset));
        }
        if !is_blanked {
            return flaws;
        }
        is_whole = false;
    }
    match file::parse(path.to_owned(), &rest) {
        Err(error) if is_whole => flaws.push(flaw(error, 0)),
        _ => {}
    }
    flaws
}

/// Takes the entry at the offset out, or the table that begins there; every other byte stays where it is.
fn blank(text: &mut String, offset: usize) -> bool {
    let Some(layout) = Layout::of(text) else { return false };
    let Some(part) = layout.parts.iter().find(|part| part.lines.contains(&offset)) else { return false };
    if part.path() == ["version"] {
        return false;
    }
    let goes = |other: &&Part| std::ptr::eq(*other, part) || part.is_header() && other.path().starts_with(&part.path());
    let ranges: Vec<Range<usize>> = layout.parts.iter().filter(goes).map(|part| part.lines.clone()).collect();
    for range in ranges {
        let blanks: String = text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        text.replace_range(range, &blanks);
    }
    true
}

/// Where something stands: the file, the table and the key in it.
type Place = (PathBuf, Option<String>, Option<&'static str>);

/// What keeps readable files from being used.
fn unresolvable(texts: &[Text], read: &FileReader<'_>) -> Vec<(ConfigError, Option<Place>)> {
    let parsed = texts.iter().map(|(path, text)| file::parse(path.clone(), text));
    let Ok(mut files) = parsed.collect::<Result<Vec<SourcedFile>, _>>() else { return Vec::new() };
    let mut found = Vec::new();
    let settings = loop {
        match Settings::resolve(files.clone()) {
            Ok(settings) => break settings,
            Err(error) => {
                let before = files.clone();
                take_out(&mut files, &error);
                found.push((error, None));
                if is_same(&before, &files) {
                    return found;
                }
            }
        }
    };
    let place = |origin: Option<&Path>, table: String| Some((origin?.to_owned(), Some(table), None));
    for name in settings.account_names() {
        let table = place(settings.origin_of_account(name), format!("accounts.{name}"));
        found.extend(settings.account(name).err().map(|error| (error, table)));
    }
    for name in settings.connector_names() {
        let table = place(settings.origin_of_connector(name), format!("connectors.{name}"));
        found.extend(settings.connector(name, read).err().map(|error| (error, table)));
    }
    found
}

fn is_same(one: &[SourcedFile], other: &[SourcedFile]) -> bool {
    one.iter().map(|file| &file.file).eq(other.iter().map(|file| &file.file))
}

/// Takes out what the error is about, so that the rest can be looked at.
fn take_out(files: &mut [SourcedFile], error: &ConfigError) {
    match error {
        ConfigError::Field { table, .. }
        | ConfigError::FieldMissing { table, .. }
        | ConfigError::Contradiction { table, .. } => files.iter_mut().for_each(|file| drop_table(file, table)),
        ConfigError::SystemName { .. } => files.iter_mut().for_each(|file| file.file.system_name = None),
        ConfigError::DirectoryIncomplete { .. } => assume_this_machine(files),
        ConfigError::DefinedTwice { .. } => {
            if let [first, second, ..] = files {
                drop_repeated(first, second);
            }
        }
        _ => {}
    }
}

fn drop_table(SourcedFile { file, .. }: &mut SourcedFile, table: &str) {
    match table {
        "crowd" | "os" => {
            (file.crowd, file.os) = (None, None);
            file.directory = file.directory.map(|_| DirectoryChoice::Os);
        }
        "secrets" => file.secrets = None,
        "cache" => file.cache = None,
        "console" => file.console = None,
        "audit" => file.audit = None,
        _ => {}
    }
}

fn assume_this_machine(files: &mut [SourcedFile]) {
    files.iter_mut().for_each(|file| file.file.directory = None);
    if let Some(first) = files.first_mut() {
        first.file.directory = Some(DirectoryChoice::Os);
    }
}

/// Takes out of the second file what the first has.
fn drop_repeated(first: &SourcedFile, second: &mut SourcedFile) {
    fn drop_one<T>(first: Option<&T>, second: &mut Option<T>) {
        if first.is_some() {
            *second = None;
        }
    }
    let (first, second) = (&first.file, &mut second.file);
    drop_one(first.directory.as_ref(), &mut second.directory);
    drop_one(first.system_name.as_ref(), &mut second.system_name);
    drop_one(first.crowd.as_ref(), &mut second.crowd);
    drop_one(first.os.as_ref(), &mut second.os);
    drop_one(first.secrets.as_ref(), &mut second.secrets);
    drop_one(first.cache.as_ref(), &mut second.cache);
    drop_one(first.console.as_ref(), &mut second.console);
    drop_one(first.audit.as_ref(), &mut second.audit);
    second.accounts.retain(|name, _| !first.accounts.contains_key(name));
    second.connectors.retain(|name, _| !first.connectors.contains_key(name));
}

/// The error with its line: that of the key it names, else of its table.
fn placed(error: ConfigError, place: Option<Place>, texts: &[Text]) -> Flaw {
    let named = match &error {
        ConfigError::Field { path, table, field, .. } => Some((path.clone(), Some(table.clone()), Some(*field))),
        ConfigError::FieldMissing { path, table, .. } => Some((path.clone(), Some(table.clone()), None)),
        ConfigError::Contradiction { path, table, first, .. } => {
            Some((path.clone(), Some(table.clone()), Some(*first)))
        }
        ConfigError::SystemName { path, .. } => Some((path.clone(), None, Some("system_name"))),
        ConfigError::DirectoryIncomplete { path, .. } | ConfigError::DefinedTwice { second: path, .. } => {
            Some((path.clone(), None, None))
        }
        _ => place,
    };
    let (path, table, field) =
        named.unwrap_or_else(|| (texts.first().map(|text| text.0.clone()).unwrap_or_default(), None, None));
    let text = texts.iter().find(|(other, _)| *other == path).map_or("", |(_, text)| text.as_str());
    let line = line_of(text, table.as_deref(), field);
    Flaw { error, path, line }
}

fn line_of(text: &str, table: Option<&str>, field: Option<&str>) -> Option<usize> {
    let layout = Layout::of(text)?;
    let table: Vec<&str> = table.map(|table| table.splitn(2, '.').collect()).unwrap_or_default();
    let key: Vec<&str> = table.iter().copied().chain(field).collect();
    let at = |path: &[&str]| layout.parts.iter().find(|part| !path.is_empty() && part.path() == path);
    let part = at(&key).or_else(|| at(&table))?;
    Some(diagnosis::line_at(text, part.lines.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(texts: &[(&str, &str)]) -> Vec<String> {
        let texts: Vec<Text> = texts.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
        let read = |_: &Path| Err(std::io::Error::other("no"));
        let line = |flaw: Flaw| format!("{}:{}: {}", flaw.path.display(), flaw.line.unwrap_or(0), flaw.error);
        examine(&texts, &read).into_iter().map(line).collect()
    }

    #[test]
    fn every_unknown_key_and_every_wrong_value_is_found() {
        let text = "version = 1\ndirectory = \"os\"\nsystem = \"x\"\n\n[os]\nadmin_group = []\nadmin_groups = 7\n\
                    [accounts.ops]\ntype = \"access-key\"\naccess_key_id = 1\n\n[extra]\nkey = 1\n";
        assert_eq!(
            told(&[("c", text)]),
            [
                "c:3: c, line 3: “system” is not a key of the top level",
                "c:6: c, line 6: “admin_group” is not a key of [os]",
                "c:7: c, line 7: invalid type: integer `7`, expected a sequence",
                "c:10: c, line 10: invalid type: integer `1`, expected a string",
                "c:12: c, line 12: “extra” is not a key of the top level",
            ]
        );
    }

    #[test]
    fn a_text_that_is_no_toml_has_one_fault() {
        assert_eq!(told(&[("c", "version = 1\n[crowd\n")]).len(), 1);
        assert_eq!(
            told(&[("c", "version = 2\n")]),
            ["c:1: c: version 2 is not known to this afed; it reads version 1"]
        );
        assert_eq!(told(&[("c", "directory = \"os\"\n")]), ["c:1: c, line 1: missing field `version`"]);
    }

    #[test]
    fn every_table_account_and_connector_is_looked_at() {
        let text = "version = 1\ndirectory = \"crowd\"\nsystem_name = \"a b\"\n[crowd]\nurl = \"http://crowd.example.com\"\n\
                    application = \"afed\"\n[secrets]\ntimeout = \"soon\"\n[cache]\nwait = \"0s\"\n[accounts.ops]\n\
                    type = \"access-key\"\naccess_key_id = \"x\"\n[connectors.\"a.b\"]\naccount = \"ops\"\n\
                    principal = \"assume-role\"\n\n[connectors.b]\nprincipal = \"assume-role\"\n";
        let lines: Vec<String> = told(&[("c", text)]).iter().map(|flaw| flaw.replace("c: ", "")).collect();
        assert_eq!(
            lines,
            [
                "c:5: url in [crowd] can't be used",
                "c:8: timeout in [secrets] can't be used",
                "c:10: wait in [cache] can't be used",
                "c:3: system_name can't be used",
                "c:13: access_key_id in [accounts.ops] can't be used",
                "c:14: the connector “a.b” breaks a rule of AWS",
                "c:18: [connectors.b] lacks account",
            ]
        );
    }

    #[test]
    fn what_is_in_both_files_is_told_once() {
        let (machine, own) = ("version = 1\ndirectory = \"os\"\n[os]\n", "version = 1\n[os]\n[cache]\nwait = \"x\"\n");
        assert_eq!(
            told(&[("m", machine), ("o", own)]),
            ["o:0: [os] is in both m and o", "o:4: o: wait in [cache] can't be used"]
        );
        assert_eq!(told(&[("m", machine)]), Vec::<String>::new());
        assert_eq!(told(&[("o", own)]).len(), 2);
    }
}
