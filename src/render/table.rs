//! Listings for people: columns side by side, in plain text.
//! Names come from a directory or a file that others write, so whatever could move the cursor or turn the text is escaped.

/// The rows under their headings, each column as wide as its widest cell. No rows, no text.
pub fn table<const COLUMNS: usize>(headings: [&str; COLUMNS], rows: &[[String; COLUMNS]]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let escaped = rows.iter().map(|row| row.each_ref().map(|cell| printable(cell)));
    let lines: Vec<_> = std::iter::once(headings.map(str::to_owned)).chain(escaped).collect();
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; COLUMNS] = std::array::from_fn(width);
    lines.iter().map(|line| aligned(line, &widths)).collect()
}

/// Names and values, a line each: a listing without headings.
pub fn facts(rows: &[[String; 2]]) -> String {
    let width = rows.iter().map(|[name, _]| name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|[name, value]| aligned(&[printable(name), printable(value)], &[width, 0])).collect()
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

fn aligned(line: &[String], widths: &[usize]) -> String {
    let cells: Vec<_> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
    format!("{}\n", cells.join("  ").trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_without_blanks_at_the_end() {
        let rows = [["deploy", "ops", ""], ["b", "Zoë's account", "x"]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table(["CONNECTOR", "ACCOUNT", "GROUPS"], &rows),
            "CONNECTOR  ACCOUNT        GROUPS\n\
             deploy     ops\n\
             b          Zoë's account  x\n"
        );
        assert_eq!(table(["CONNECTOR"], &[]), "");
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
            assert_eq!(table(["A"], &[[cell.to_owned()]]), format!("A\n{shown}\n"));
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
