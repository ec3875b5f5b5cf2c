//! Session tags and the source identity: what a lease carries about the person for AWS's conditions and logs.
//! Values may name what the directory knows of the person, from the configuration only.
//! Limits are those of the STS API: 50 tags, key 1-128, value 0-256 of `[\p{L}\p{Z}\p{N}_.:/=+\-@]`.

use unicode_normalization::char::is_combining_mark;

use super::actor::Actor;

/// The most tags a session may carry.
pub const MOST_TAGS: usize = 50;
const KEY_LIMIT: usize = 128;
const VALUE_LIMIT: usize = 256;
const SHORTEST_SOURCE_IDENTITY: usize = 2;
const SOURCE_IDENTITY_LIMIT: usize = 64;

/// A tag as it is sent: its place-holders are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionTag {
    pub key: String,
    pub value: String,
}

/// A value that may name what the directory knows: `{user.name}`, `{user.email}`, `{user.display_name}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Text(String),
    Name,
    Email,
    DisplayName,
}

/// Why a tag or source identity can't be sent.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TagError {
    #[error("the tag key “{}” has {length} characters; 1 to {KEY_LIMIT} are allowed", .key.escape_debug())]
    KeyLength { key: String, length: usize },
    #[error("the tag key “{}” is reserved: keys may not start with aws:", .0.escape_debug())]
    Reserved(String),
    #[error("the value of the tag “{key}” has {length} characters; at most {VALUE_LIMIT} are allowed")]
    ValueLength { key: String, length: usize },
    #[error("the tag “{}” holds “{}”; letters, digits, spaces and _ . : / = + - @ are allowed", .key.escape_debug(), .character.escape_debug())]
    Character { key: String, character: char },
    #[error("“{{{}}}” names nothing; {{user.name}}, {{user.email}} and {{user.display_name}} are known", .0.escape_debug())]
    UnknownPlaceholder(String),
    #[error("“{}” can't be a source identity: AWS takes 2 to 64 letters, digits and _ + = , . @ -", .0.escape_debug())]
    SourceIdentity(String),
    #[error("the directory knows no {0} of this person, and the connector needs it")]
    NotKnown(&'static str),
    /// What the system is called must never pass for a person's name.
    #[error("“{}” names a person, and the system is none", .0.escape_debug())]
    NoPerson(String),
}

impl std::str::FromStr for Template {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((placeholder, tail)) = after.split_once('}') else {
                return Err(TagError::UnknownPlaceholder(after.to_owned()));
            };
            pieces.push(Piece::Text(before.to_owned()));
            pieces.push(match placeholder {
                "user.name" => Piece::Name,
                "user.email" => Piece::Email,
                "user.display_name" => Piece::DisplayName,
                other => return Err(TagError::UnknownPlaceholder(other.to_owned())),
            });
            rest = tail;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        Ok(Self(pieces))
    }
}

impl Template {
    /// The value for one actor; fails when the directory does not know what the template names.
    pub fn fill(&self, actor: &Actor) -> Result<String, TagError> {
        let person = || actor.person().ok_or_else(|| TagError::NoPerson(self.to_string()));
        self.0
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Ok(text.as_str()),
                Piece::Name => Ok(person()?.name.as_str()),
                Piece::Email => person()?.email.as_deref().ok_or(TagError::NotKnown("e-mail address")),
                Piece::DisplayName => person()?.display_name.as_deref().ok_or(TagError::NotKnown("display name")),
            })
            .collect()
    }

    /// What stands in every value, whoever it is filled in for.
    fn fixed_part(&self) -> String {
        let text = |piece: &Piece| match piece {
            Piece::Text(text) => Some(text.clone()),
            Piece::Name | Piece::Email | Piece::DisplayName => None,
        };
        self.0.iter().filter_map(text).collect()
    }

    /// Whether the value depends on a person.
    pub fn names_a_person(&self) -> bool {
        self.0.iter().any(|piece| !matches!(piece, Piece::Text(_)))
    }

    /// The value with an asterisk for whatever the directory will say, as IAM's `StringLike` takes it.
    pub fn pattern(&self) -> String {
        let part = |piece: &Piece| match piece {
            Piece::Text(text) => text.clone(),
            Piece::Name | Piece::Email | Piece::DisplayName => "*".to_owned(),
        };
        self.0.iter().map(part).collect()
    }
}

/// The template as it is written in the configuration.
impl std::fmt::Display for Template {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|piece| {
            formatter.write_str(match piece {
                Piece::Text(text) => text,
                Piece::Name => "{user.name}",
                Piece::Email => "{user.email}",
                Piece::DisplayName => "{user.display_name}",
            })
        })
    }
}

/// Checks a key as it stands in the configuration.
pub fn check_key(key: &str) -> Result<(), TagError> {
    let length = key.chars().count();
    if !(1..=KEY_LIMIT).contains(&length) {
        return Err(TagError::KeyLength { key: key.to_owned(), length });
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(TagError::Reserved(key.to_owned()));
    }
    check_characters(key, key)
}

/// Checks a tag as it is about to be sent.
pub fn check(tag: &SessionTag) -> Result<(), TagError> {
    check_key(&tag.key)?;
    let length = tag.value.chars().count();
    if length > VALUE_LIMIT {
        return Err(TagError::ValueLength { key: tag.key.clone(), length });
    }
    check_characters(&tag.key, &tag.value)
}

/// Checks a tag as it stands in the configuration: its key, and as much of its value as everybody's has.
pub fn check_template(key: &str, template: &Template) -> Result<(), TagError> {
    check(&SessionTag { key: key.to_owned(), value: template.fixed_part() })
}

/// Checks a source identity as it stands in the configuration, as far as everybody's has it.
pub fn check_source_identity(template: &Template) -> Result<(), TagError> {
    let fixed = template.fixed_part();
    let fits = fixed.chars().all(fits_source_identity) && fixed.len() <= SOURCE_IDENTITY_LIMIT;
    let is_whole = !template.names_a_person();
    if fits && (!is_whole || fixed.len() >= SHORTEST_SOURCE_IDENTITY) {
        Ok(())
    } else {
        Err(TagError::SourceIdentity(template.to_string()))
    }
}

/// The source identity for one actor: 2-64 of `[A-Za-z0-9_+=,.@-]`, not starting with `aws:` (STS API).
///
/// It is never mapped: a changed identity in CloudTrail would be somebody else's.
pub fn source_identity(template: &Template, actor: &Actor) -> Result<String, TagError> {
    let text = template.fill(actor)?;
    let bounds = SHORTEST_SOURCE_IDENTITY..=SOURCE_IDENTITY_LIMIT;
    let fits = text.chars().all(fits_source_identity) && bounds.contains(&text.len());
    if fits { Ok(text) } else { Err(TagError::SourceIdentity(text)) }
}

fn fits_source_identity(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)
}

fn check_characters(key: &str, text: &str) -> Result<(), TagError> {
    let allowed = |c: char| is_letter_or_number(c) || c == ' ' || "_.:/=+-@".contains(c);
    match text.chars().find(|character| !allowed(*character)) {
        None => Ok(()),
        Some(character) => Err(TagError::Character { key: key.to_owned(), character }),
    }
}

/// What is in Unicode's categories L or N. Rust's own notion also has marks that are read as letters, and letters in circles
/// and squares, which are symbols.
fn is_letter_or_number(character: char) -> bool {
    let is_framed_letter = matches!(character, '\u{24b6}'..='\u{24e9}' | '\u{1f130}'..='\u{1f189}');
    character.is_alphanumeric() && !is_combining_mark(character) && !is_framed_letter
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::person::Person;

    fn alice() -> Actor {
        let display_name = Some("Alice Smith".to_owned());
        Actor::Person(Person { name: "alice".to_owned(), display_name, email: None })
    }

    #[test]
    fn the_system_never_passes_for_a_person() {
        let system = Actor::System("build".parse().unwrap());
        for (text, expected) in [
            ("", Ok(String::new())),
            ("payments", Ok("payments".to_owned())),
            ("{user.name}", Err(TagError::NoPerson("{user.name}".to_owned()))),
            ("by {user.email}", Err(TagError::NoPerson("by {user.email}".to_owned()))),
            ("{user.display_name}", Err(TagError::NoPerson("{user.display_name}".to_owned()))),
        ] {
            let template: Template = text.parse().unwrap();
            assert_eq!(template.names_a_person(), expected.is_err(), "{text}");
            assert_eq!(template.fill(&system), expected, "{text}");
        }
    }

    #[test]
    fn templates_are_filled_from_the_directory_only() {
        let template: Template = "{user.name} = {user.display_name}".parse().unwrap();
        assert_eq!(template.fill(&alice()).unwrap(), "alice = Alice Smith");
        let template: Template = "{user.email}".parse().unwrap();
        assert_eq!(template.fill(&alice()), Err(TagError::NotKnown("e-mail address")));
        assert!("{env.USER}".parse::<Template>().is_err());
        assert!("{user.name".parse::<Template>().is_err());
    }

    #[test]
    fn tags_keep_to_the_limits_of_sts() {
        let tag = |key: &str, value: &str| SessionTag { key: key.to_owned(), value: value.to_owned() };
        assert!(check(&tag(&"k".repeat(128), &"v".repeat(256))).is_ok());
        assert!(check(&tag("team", "")).is_ok());
        assert!(check(&tag("équipe", "Zoë / payments")).is_ok());
        assert!(check(&tag("", "v")).is_err());
        assert!(check(&tag(&"k".repeat(129), "v")).is_err());
        assert!(check(&tag("k", &"v".repeat(257))).is_err());
        assert!(check(&tag("aws:x", "v")).is_err());
        assert!(check(&tag("k", "v;w")).is_err());
    }

    #[test]
    fn what_a_directory_says_is_never_read_as_a_template_and_never_bent() {
        let sent = |display_name: &str| {
            let person = Person {
                name: "alice".to_owned(),
                display_name: Some(display_name.to_owned()),
                email: Some("alice@example.com".to_owned()),
            };
            let actor = Actor::Person(person);
            let template: Template = "{user.display_name}".parse().unwrap();
            let value = template.fill(&actor).unwrap();
            assert_eq!(value, display_name, "filled in once");
            let tag = check(&SessionTag { key: "who".to_owned(), value });
            (tag.map_err(|error| error.to_string()), source_identity(&template, &actor).is_ok())
        };
        let holds = |character: &str| {
            Err(format!("the tag “who” holds “{character}”; letters, digits, spaces and _ . : / = + - @ are allowed"))
        };
        for (display_name, tag, identity) in [
            ("Alice", Ok(()), true),
            ("", Ok(()), false),
            ("{user.email}", holds("{"), false),
            ("Alice\nteam=admins", holds("\\n"), false),
            ("Alice\0", holds("\\0"), false),
            ("*", holds("*"), false),
            ("${aws:username}", holds("$"), false),
            ("Zoe\u{301}", holds("\\u{301}"), false),
            ("\u{93f}", holds("\u{93f}"), false),
            ("Ⓐ", holds("Ⓐ"), false),
            ("\u{202e}ecilA", holds("\\u{202e}"), false),
            ("Zoë Łukasz 李", Ok(()), false),
            (&"x".repeat(256), Ok(()), false),
            (
                &"x".repeat(257),
                Err("the value of the tag “who” has 257 characters; at most 256 are allowed".to_owned()),
                false,
            ),
        ] {
            assert_eq!(sent(display_name), (tag, identity), "{display_name:?}");
        }
    }

    #[test]
    fn what_nobody_s_value_could_be_is_refused_before_anybody_asks() {
        let value = |text: &str| check_template("who", &text.parse().unwrap()).is_ok();
        let long = "x".repeat(257);
        for (text, good) in
            [("", true), ("{user.name}", true), ("a{user.name}b", true), ("a;{user.name}", false), (&long, false)]
        {
            assert_eq!(value(text), good, "{text}");
        }
        let identity = |text: &str| check_source_identity(&text.parse().unwrap()).is_ok();
        let (longest, longer) = ("x".repeat(64), "x".repeat(65));
        for (text, good) in [
            ("", false),
            ("a", false),
            ("ab", true),
            ("{user.name}", true),
            ("a{user.name}", true),
            ("a:{user.name}", false),
            (&longest, true),
            (&longer, false),
            (&format!("{longer}{{user.name}}"), false),
        ] {
            assert_eq!(identity(text), good, "{text}");
        }
    }

    #[test]
    fn a_source_identity_is_sent_as_it_is_or_not_at_all() {
        let identity = |text: &str| source_identity(&text.parse().unwrap(), &alice());
        assert_eq!(identity("{user.name}@example.com").unwrap(), "alice@example.com");
        for bad in ["a", "{user.display_name}", "aws:alice", &"x".repeat(65)] {
            assert!(identity(bad).is_err(), "{bad:?} was accepted");
        }
    }
}
