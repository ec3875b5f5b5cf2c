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

/// The text with control characters, and those that reverse the direction of writing, escaped.
pub fn printable(text: &str) -> String {
    let escape = |character: char| -> String {
        if is_disturbing(character) { character.escape_default().collect() } else { character.to_string() }
    };
    text.chars().map(escape).collect()
}

fn is_disturbing(character: char) -> bool {
    let turns_text =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns_text || matches!(character, '\u{2028}' | '\u{2029}')
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
            ("żółć 'x' \\", "żółć 'x' \\"),
        ] {
            assert_eq!(printable(cell), shown);
            assert_eq!(table(["A"], &[[cell.to_owned()]]), format!("A\n{shown}\n"));
        }
    }
}
