//! Listings for people: columns side by side, as wide as a screen shows them.
//! Names come from a directory or a file that others write, so whatever could move the cursor or turn the text is escaped.
//! On a screen that is too narrow the widest columns are cut, and never the first one, which names what the line is about.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::paint::{Palette, Screen, Tone};

const GAP: &str = "  ";
const CUT: char = '…';
/// No column is cut to less than this.
const NARROWEST: usize = 6;

/// What stands in a column: a text, and perhaps what it means.
pub trait Cell {
    fn text(&self) -> &str;

    fn tone(&self) -> Tone {
        Tone::Plain
    }
}

impl Cell for String {
    fn text(&self) -> &str {
        self
    }
}

impl<T: AsRef<str>> Cell for (T, Tone) {
    fn text(&self) -> &str {
        self.0.as_ref()
    }

    fn tone(&self) -> Tone {
        self.1
    }
}

/// The rows under their headings, each column as wide as its widest cell. No rows, no text.
pub fn table<const COLUMNS: usize>(headings: [&str; COLUMNS], rows: &[[impl Cell; COLUMNS]], screen: Screen) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let headings = headings.map(|heading| (heading.to_owned(), Tone::Heading));
    let cells = rows.iter().map(|row| row.each_ref().map(|cell| (printable(cell.text()), cell.tone())));
    let lines: Vec<_> = std::iter::once(headings).chain(cells).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].0.width()).max().unwrap_or(0);
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    let widths = screen.width.map_or(widths, |room| fitted(widths, room));
    lines.iter().map(|line| aligned(line, &widths, screen.palette)).collect()
}

/// Names and values, a line each: a listing without headings. Nothing is cut.
pub fn facts(rows: &[[String; 2]], palette: Palette) -> String {
    let width = rows.iter().map(|[name, _]| name.width()).max().unwrap_or(0);
    let line = |[name, value]: &[String; 2]| {
        let cells = [(printable(name), Tone::Heading), (printable(value), Tone::Plain)];
        aligned(&cells, &[width, usize::MAX], palette)
    };
    rows.iter().map(line).collect()
}

/// The text with all escaped that would not show as a sign: control characters, what turns the direction of writing, and
/// what nobody sees, so that no name looks like another.
pub fn printable(text: &str) -> String {
    let escape = |character: char| -> String {
        if is_disturbing(character) { character.escape_default().collect() } else { character.to_string() }
    };
    text.chars().map(escape).collect()
}

/// A JSON document on lines of its own, the same characters escaped as JSON does.
pub fn printable_json(document: &str) -> String {
    let escape = |character: char| -> String {
        match character {
            '\n' => character.to_string(),
            _ if is_disturbing(character) => {
                character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
            }
            _ => character.to_string(),
        }
    };
    document.chars().map(escape).collect()
}

fn is_disturbing(character: char) -> bool {
    let turns_text = matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    let is_unseen = matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{206f}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    );
    character.is_control() || turns_text || is_unseen || matches!(character, '\u{2028}' | '\u{2029}')
}

/// What of the text fits into so many columns; the last of them says that there is more.
pub fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut left = room.saturating_sub(1);
    for character in text.chars() {
        let width = character.width().unwrap_or(0);
        if width > left {
            break;
        }
        left -= width;
        kept.push(character);
    }
    kept.push(CUT);
    kept
}

/// The widths with which a line fits: all columns but the first are cut to the same width, where they have more.
fn fitted<const COLUMNS: usize>(widths: [usize; COLUMNS], room: usize) -> [usize; COLUMNS] {
    let Some((first, others)) = widths.split_first() else { return widths };
    let room = room.saturating_sub(first + GAP.len() * others.len());
    let total = |most: usize| others.iter().map(|width| *width.min(&most)).sum::<usize>();
    let widest = others.iter().copied().max().unwrap_or(0);
    let most = (NARROWEST..=widest).rev().find(|most| total(*most) <= room).unwrap_or(NARROWEST);
    std::array::from_fn(|column| if column == 0 { widths[0] } else { widths[column].min(most) })
}

/// One line: cells with blanks behind them, but none at its end.
fn aligned(line: &[(String, Tone)], widths: &[usize], palette: Palette) -> String {
    let last = line.iter().rposition(|(text, _)| !text.is_empty()).map_or(0, |position| position + 1);
    let mut text = String::new();
    for (position, ((cell, tone), width)) in line.iter().zip(widths).take(last).enumerate() {
        let cell = cut(cell, *width);
        text.push_str(if position == 0 { "" } else { GAP });
        text.push_str(&palette.paint(*tone, &cell));
        if position + 1 < last {
            text.push_str(&" ".repeat(width.saturating_sub(cell.width())));
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows<const COLUMNS: usize>(rows: &[[&str; COLUMNS]]) -> Vec<[String; COLUMNS]> {
        rows.iter().map(|row| row.map(str::to_owned)).collect()
    }

    fn wide(width: usize) -> Screen {
        Screen { width: Some(width), ..Screen::default() }
    }

    #[test]
    fn columns_are_aligned_without_blanks_at_the_end() {
        let rows = rows(&[["deploy", "ops", ""], ["b", "Zoë's account", "x"]]);
        assert_eq!(
            table(["CONNECTOR", "ACCOUNT", "GROUPS"], &rows, Screen::default()),
            "CONNECTOR  ACCOUNT        GROUPS\n\
             deploy     ops\n\
             b          Zoë's account  x\n"
        );
        assert_eq!(table(["CONNECTOR"], &[] as &[[String; 1]], Screen::default()), "");
        assert_eq!(facts(&[["name".to_owned(), "deploy".to_owned()]], Palette::Plain), "name  deploy\n");
    }

    #[test]
    fn columns_are_as_wide_as_a_screen_shows_them() {
        let rows = rows(&[["配置担当", "x"], ["Zoe\u{308}", "x"], ["🚀", "x"], ["ab", "x"]]);
        assert_eq!(
            table(["A", "B"], &rows, Screen::default()),
            "A         B\n配置担当  x\nZoe\u{308}       x\n🚀        x\nab        x\n"
        );
    }

    #[test]
    fn a_narrow_screen_cuts_the_widest_columns_and_never_the_first() {
        let rows = rows(&[["a-long-name", "developers, operators", "ops"], ["b", "配置担当配置担当", "ops"]]);
        let whole = "NAME         GROUPS                 ACCOUNT\n\
                     a-long-name  developers, operators  ops\n\
                     b            配置担当配置担当       ops\n";
        let headings = ["NAME", "GROUPS", "ACCOUNT"];
        assert_eq!(table(headings, &rows, wide(43)), whole);
        assert_eq!(
            table(headings, &rows, wide(34)),
            "NAME         GROUPS        ACCOUNT\n\
             a-long-name  developers,…  ops\n\
             b            配置担当配…   ops\n"
        );
        let narrowest = "NAME         GROUPS  ACCOU…\na-long-name  devel…  ops\nb            配置…   ops\n";
        for width in [1, 20, 27] {
            assert_eq!(table(headings, &rows, wide(width)), narrowest);
        }
    }

    #[test]
    fn colours_change_no_width() {
        let screen = Screen { width: Some(80), palette: Palette::Coloured };
        let rows = [[("key", Tone::Plain), ("ok", Tone::Good)], [("a", Tone::Plain), ("failed", Tone::Bad)]];
        let text = table(["STEP", "RESULT"], &rows, screen);
        assert!(text.contains("\u{1b}[32mok\u{1b}[0m\n"), "{text}");
        let without = text.split('\u{1b}').map(|part| part.split_once('m').map_or(part, |(_, rest)| rest));
        assert_eq!(without.collect::<String>(), table(["STEP", "RESULT"], &rows, Screen::default()));
    }

    #[test]
    fn nothing_in_a_cell_can_disturb_the_terminal() {
        for (cell, shown) in [
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\nb\r\t", "a\\nb\\r\\t"),
            ("\u{202e}evil\u{2066}", "\\u{202e}evil\\u{2066}"),
            ("\u{9b}\u{2028}", "\\u{9b}\\u{2028}"),
            ("al\u{200b}ice\u{feff}\u{e0041}", "al\\u{200b}ice\\u{feff}\\u{e0041}"),
            ("żółć 'x' \\", "żółć 'x' \\"),
        ] {
            assert_eq!(printable(cell), shown);
            assert_eq!(table(["A"], &[[cell.to_owned()]], Screen::default()), format!("A\n{shown}\n"));
        }
    }

    #[test]
    fn json_says_the_same_when_it_is_printed() {
        let name = "a\u{1b}\u{7f}\u{9b}\u{202e}\u{200b}\u{e0041}\nż\u{1f600}";
        let printed = printable_json(&serde_json::to_string_pretty(&[name]).unwrap());
        assert_eq!(printed, "[\n  \"a\\u001b\\u007f\\u009b\\u202e\\u200b\\udb40\\udc41\\nż\u{1f600}\"\n]");
        assert_eq!(serde_json::from_str::<Vec<String>>(&printed).unwrap(), [name]);
    }
}
