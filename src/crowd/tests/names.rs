//! Names that look like the one that was asked about, or that some reader would take for it. Case alone is no difference.

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::super::scripted::{JSON, VERSION};
use super::world::{GROUP, PERSON, Question, TOKEN, World, report, whole};

/// Letters and what is taken for them: other scripts, other widths, signs that fold into letters.
const LOOK_ALIKES: [(&str, &str); 22] = [
    ("a", "\u{430}"),
    ("e", "\u{435}"),
    ("O", "\u{41e}"),
    ("O", "\u{39f}"),
    ("O", "0"),
    ("p", "\u{440}"),
    ("s", "\u{455}"),
    ("s", "\u{17f}"),
    ("C", "\u{421}"),
    ("K", "\u{212a}"),
    ("K", "\u{39a}"),
    ("K", "\u{41a}"),
    ("i", "\u{131}"),
    ("i", "\u{130}"),
    ("fi", "\u{fb01}"),
    ("é", "e"),
    ("é", "\u{e8}"),
    ("é", "\u{c3}\u{a9}"),
    ("é", "%C3%A9"),
    ("é", "&eacute;"),
    ("é", "\u{fffd}"),
    ("é", "?"),
];

/// What nobody sees, or what turns or ends what is seen.
const UNSEEN: [char; 24] = [
    ' ',
    '\u{a0}',
    '\u{ad}',
    '\u{34f}',
    '\u{115f}',
    '\u{180e}',
    '\u{200b}',
    '\u{200c}',
    '\u{200d}',
    '\u{200e}',
    '\u{202e}',
    '\u{2060}',
    '\u{2066}',
    '\u{3000}',
    '\u{3164}',
    '\u{fe0f}',
    '\u{feff}',
    '\u{e0041}',
    '\u{301}',
    '\0',
    '\n',
    '\r',
    '\u{1b}',
    '\u{9b}',
];

fn imposters(name: &str) -> Vec<String> {
    let wide = |character: char| match character {
        '!'..='~' => char::from_u32(u32::from(character) + 0xfee0).unwrap(),
        other => other,
    };
    let bold = |character: char| match character {
        'a'..='z' => char::from_u32(u32::from(character) - u32::from('a') + 0x1d41a).unwrap(),
        other => other,
    };
    let middle = name.char_indices().nth(3).unwrap().0;
    let mut found = vec![
        name.nfd().collect(),
        name.nfkd().collect(),
        name.chars().map(wide).collect(),
        name.chars().map(bold).collect(),
        name.chars().rev().collect(),
        name.replace(' ', ""),
        name.replace(' ', "  "),
        name.replace(' ', "+"),
        name.replace(' ', "%20"),
        name.replace(' ', "\u{a0}"),
        name.repeat(2),
        name.repeat(30),
        format!("{name},{name}"),
        format!("\"{name}\""),
        format!("{name}\u{1b}[2J"),
        format!("{name}\0admin"),
        format!("{name}@example.com"),
        format!("cn={name}"),
        format!("EXAMPLE\\{name}"),
        "*".to_owned(),
        "%".to_owned(),
        "root".to_owned(),
        TOKEN.to_owned(),
        String::new(),
    ];
    found.extend(LOOK_ALIKES.iter().map(|(letter, other)| name.replace(letter, other)));
    found.extend(UNSEEN.iter().flat_map(|unseen| {
        let within = format!("{}{unseen}{}", &name[..middle], &name[middle..]);
        [format!("{unseen}{name}"), format!("{name}{unseen}"), within]
    }));
    found.extend((1..name.len()).filter_map(|length| name.get(..length)).map(str::to_owned));
    found.retain(|imposter| imposter != name);
    found
}

/// The right answer under another name. A session only refers to its person, of whom the next answer tells.
fn under(question: Question, name: &str) -> String {
    let mut body: Value = serde_json::from_str(&question.right()).unwrap();
    match question {
        Question::Session => body["user"] = json!({ "name": name }),
        Question::LogIn => body["user"]["name"] = json!(name),
        _ => body["name"] = json!(name),
    }
    body.to_string()
}

#[test]
fn nobody_passes_for_another() {
    let worlds = Question::WITH_BODY.map(|question| {
        let world = World::of(question);
        let name = if matches!(question, Question::Membership | Question::Group) { GROUP } else { PERSON };
        let answer = |name: &str| whole(question.success(), &[VERSION, JSON], under(question, name).as_bytes());
        for imposter in imposters(name) {
            let unfit = imposter.is_empty() || imposter.chars().any(char::is_control) || imposter.chars().count() > 255;
            let expected = if unfit { "Unexpected Shape" } else { "Unexpected OtherName" };
            world.denies(&format!("{imposter:?}"), &answer(&imposter), expected);
        }
        for same in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
            world.grants(&same, &answer(&same));
        }
        world
    });
    report("other names", 550, &worlds);
}
