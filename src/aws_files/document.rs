//! AWS's config or credentials file as lines, and the profiles that stand in them.
//! Reading is generous: it shows what most parsers see, and never fails on somebody else's section.
//! The bytes may hold secrets that people keep there, so nothing here has a `Debug`.

use std::ops::Range;

use super::error::AwsFileError;
use super::line::{Header, Kind, Line, SectionName, Spelling};
use super::profile_name::ProfileName;

/// Which of AWS's two files it is; they name profiles differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `~/.aws/config`: `[default]` and `[profile NAME]`
    Config,
    /// `~/.aws/credentials`: `[NAME]`
    Credentials,
}

/// The whole of `~/.aws/config` or `~/.aws/credentials`, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct AwsConfig {
    pub(super) family: Family,
    pub(super) lines: Vec<Line>,
}

/// One profile as it stands in the file. Bytes that are not UTF-8 are shown as U+FFFD.
pub struct Profile {
    pub name: String,
    /// The line of its header, counted from 1.
    pub line: usize,
    pub settings: Vec<Setting>,
}

/// One key of a profile; the key in lower case, the lines of the value joined by line feeds.
pub struct Setting {
    pub key: String,
    pub value: String,
    /// Counted from 1.
    pub line: usize,
}

impl Profile {
    /// The last value under this key, which is the one most parsers take.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.setting(key).map(|setting| setting.value.as_str())
    }

    pub(super) fn setting(&self, key: &str) -> Option<&Setting> {
        self.settings.iter().rev().find(|setting| setting.key == key)
    }
}

/// The lines of one section: its header and what follows up to the next header. Indexes count from 0.
#[derive(Clone, Copy)]
pub(super) struct Section {
    pub(super) header: usize,
    pub(super) end: usize,
}

impl Section {
    /// What stands below the header.
    pub(super) fn body(self) -> Range<usize> {
        self.header + 1..self.end
    }
}

impl AwsConfig {
    /// Takes the file apart. A file that is not there is an empty one.
    pub fn parse(family: Family, bytes: &[u8]) -> Result<Self, AwsFileError> {
        const MARKS: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
        if MARKS.iter().any(|mark| bytes.starts_with(mark)) {
            return Err(AwsFileError::ByteOrderMark);
        }
        Ok(Self { family, lines: Line::split(bytes) })
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        self.lines.iter().flat_map(|line| [line.content.as_slice(), line.ending.bytes()]).flatten().copied().collect()
    }

    /// The first section of this profile.
    pub fn profile(&self, name: &str) -> Option<Profile> {
        let named = SectionName::Profile(name.as_bytes());
        let is_meant = |line: &Line| matches!(line.kind(), Kind::Header(header) if self.named(&header).0 == named);
        let header = self.lines.iter().position(is_meant)?;
        self.read_profile(self.section_at(header))
    }

    /// Every section that is a profile, in the order of the file; a profile with two sections is there twice.
    pub fn profiles(&self) -> Vec<Profile> {
        let is_header = |line: &Line| matches!(line.kind(), Kind::Header(_));
        let headers = (0..self.lines.len()).filter(|index| is_header(&self.lines[*index]));
        headers.filter_map(|header| self.read_profile(self.section_at(header))).collect()
    }

    fn read_profile(&self, section: Section) -> Option<Profile> {
        let Kind::Header(header) = self.lines[section.header].kind() else { return None };
        let SectionName::Profile(name) = self.named(&header).0 else { return None };
        let mut settings: Vec<Setting> = Vec::new();
        for index in section.body() {
            match (self.lines[index].kind(), settings.last_mut()) {
                (Kind::Setting { key, value }, _) => {
                    settings.push(Setting { key: lower_key(key), value: shown(value), line: index + 1 });
                }
                (Kind::Continuation(more), Some(setting)) => {
                    setting.value = format!("{}\n{}", setting.value, shown(more));
                }
                _ => {}
            }
        }
        Some(Profile { name: shown(name), line: section.header + 1, settings })
    }

    pub(super) fn section_at(&self, header: usize) -> Section {
        let after = self.lines[header + 1..].iter();
        let length = after.take_while(|line| !matches!(line.kind(), Kind::Header(_))).count();
        Section { header, end: header + 1 + length }
    }

    /// The section of this profile if an edit of it means the same to all parsers; `None` where it has none yet.
    pub(super) fn editable_section(&self, name: &ProfileName) -> Result<Option<Section>, AwsFileError> {
        if let Some(index) = self.lines.iter().position(|line| line.content.contains(&b'\r')) {
            return Err(AwsFileError::CarriageReturn { line: index + 1 });
        }
        let mut headers = (0..self.lines.len()).filter_map(|index| Some((index, self.spelling_of(index, name)?)));
        let Some((header, spelling)) = headers.next() else { return Ok(None) };
        if let Some((second, _)) = headers.next() {
            return Err(AwsFileError::DuplicateSection { name: name.clone(), first: header + 1, second: second + 1 });
        }
        if spelling == Spelling::Odd {
            let (name, usual) = (name.clone(), name.header(self.family));
            return Err(AwsFileError::OddHeader { line: header + 1, name, usual });
        }
        let section = self.section_at(header);
        match self.unclear_line(section) {
            Some(index) => Err(AwsFileError::UnclearLine { line: index + 1, name: name.clone() }),
            None => Ok(Some(section)),
        }
    }

    fn spelling_of(&self, index: usize, name: &ProfileName) -> Option<Spelling> {
        let (header, indented) = match self.lines[index].kind() {
            Kind::Header(header) => (header, false),
            Kind::IndentedHeader(header) => (header, true),
            _ => return None,
        };
        let (section, spelling) = self.named(&header);
        let is_meant = section == SectionName::Profile(name.as_str().as_bytes());
        is_meant.then_some(if indented { Spelling::Odd } else { spelling })
    }

    pub(super) fn named<'a>(&self, header: &Header<'a>) -> (SectionName<'a>, Spelling) {
        match self.family {
            Family::Config => header.in_config(),
            Family::Credentials => header.in_credentials(),
        }
    }

    fn unclear_line(&self, section: Section) -> Option<usize> {
        let mut has_setting = false;
        section.body().find(|index| match self.lines[*index].kind() {
            Kind::Setting { .. } => {
                has_setting = true;
                false
            }
            Kind::Continuation(_) | Kind::IndentedComment => !has_setting,
            Kind::Broken | Kind::IndentedHeader(_) => true,
            Kind::Blank | Kind::Comment | Kind::Header(_) => false,
        })
    }
}

/// Keys are compared as botocore and Rust do: without regard to case.
pub(super) fn lower_key(key: &[u8]) -> String {
    shown(key).to_lowercase()
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIXED: &[u8] = b"# top\n[default]\nregion = eu-west-1\n\n[sso-session s]\nsso_region = eu-west-1\n\
        [profile x]\nRegion=r1\ns3 =\n  max = 1\n\n  b = 2\nname = caf\xe9\n[profile \"a b\"]\n[plugins]\njunk\n";

    #[test]
    fn profiles_are_read_with_their_lines() {
        let config = AwsConfig::parse(Family::Config, MIXED).ok().unwrap();
        let names: Vec<_> = config.profiles().into_iter().map(|profile| (profile.name, profile.line)).collect();
        assert_eq!(names, [("default".to_owned(), 2), ("x".to_owned(), 7), ("a b".to_owned(), 14)]);
        let settings = config.profile("x").unwrap().settings;
        let read: Vec<_> = settings.iter().map(|setting| (setting.key.as_str(), setting.value.as_str())).collect();
        assert_eq!(read, [("region", "r1"), ("s3", "\nmax = 1\nb = 2"), ("name", "caf\u{fffd}")]);
        assert!(config.profile("s").is_none());
    }

    #[test]
    fn the_last_of_two_values_is_read() {
        let config = AwsConfig::parse(Family::Config, b"[profile x]\nregion = r1\nREGION = r2\n").ok().unwrap();
        assert_eq!(config.profile("x").unwrap().get("region"), Some("r2"));
    }

    #[test]
    fn what_is_read_is_written_again() {
        for bytes in [MIXED, b"", b"\n", b"[profile x]\r\nk = v\r\n", b"[profile x]\nk = v", b"\r\r\n\r", b"\0"] {
            assert_eq!(AwsConfig::parse(Family::Config, bytes).ok().unwrap().to_bytes(), bytes);
        }
    }

    #[test]
    fn a_byte_order_mark_is_refused() {
        for bytes in [b"\xef\xbb\xbf[profile x]\n".as_slice(), b"\xff\xfe[\0", b"\xfe\xff\0["] {
            assert_eq!(AwsConfig::parse(Family::Config, bytes).err(), Some(AwsFileError::ByteOrderMark));
        }
    }
}
