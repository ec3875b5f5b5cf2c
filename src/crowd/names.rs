//! Names as Crowd stores and compares them. The comparison is never looser than Crowd's own, so that no answer about
//! one person or group passes for an answer about another.

/// The longest name that Crowd's own database takes.
const MAX_LENGTH: usize = 255;

/// Whether there is nothing in a name for Crowd to look up; as a parameter it would ask for everything.
pub fn is_blank(name: &str) -> bool {
    name.chars().all(|character| character.is_whitespace() || character.is_control())
}

/// Whether a name from an answer can be a stored name: not blank, no control characters, not absurdly long.
pub fn is_storable(name: &str) -> bool {
    !is_blank(name) && !name.chars().any(char::is_control) && name.chars().count() <= MAX_LENGTH
}

/// Whether two names are the same but for case.
pub fn same_name(one: &str, other: &str) -> bool {
    // Lower case is Crowd's own measure. It also folds signs such as the Kelvin sign into letters; upper case does
    // not, so both must agree.
    one.to_lowercase() == other.to_lowercase() && one.to_uppercase() == other.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_is_no_difference_and_everything_else_is() {
        for (one, other) in
            [("Ops", "oPS"), ("ÄRZTE", "ärzte"), ("ΛΌΓΟΣ", "λόγος"), ("straße", "STRAßE"), ("開発", "開発")]
        {
            assert!(same_name(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("ops", "ops "),
            ("ops", "op"),
            ("ops", "0ps"),
            // Cyrillic о, Kelvin sign, Ångström sign, long s, dotless i, fullwidth letters, ligature.
            ("ops", "\u{43e}ps"),
            ("desk", "des\u{212a}"),
            ("\u{e5}rhus", "\u{212b}rhus"),
            ("ops", "op\u{17f}"),
            ("admins", "adm\u{131}ns"),
            ("ops", "\u{ff4f}ps"),
            ("office", "o\u{fb03}ce"),
            ("strasse", "straße"),
            // Composed and decomposed.
            ("caf\u{e9}", "cafe\u{301}"),
            ("\u{130}stanbul", "i\u{307}stanbul"),
            // Zero width and direction marks.
            ("ops", "o\u{200b}ps"),
            ("ops", "\u{202e}ops"),
        ] {
            assert!(!same_name(one, other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn blank_names_ask_for_everything() {
        for blank in ["", " ", "\t\n", "\u{1}", "\u{a0}", "\u{3000}", "\u{0}"] {
            assert!(is_blank(blank), "{blank:?}");
            assert!(!is_storable(blank), "{blank:?}");
        }
        for odd in ["a\nb", "a\u{0}", "\u{85}x", "a\u{1b}[2J", &"x".repeat(256)] {
            assert!(!is_storable(odd), "{odd:?}");
        }
        for good in ["a", "Ops & Devs", "開発", &"x".repeat(255)] {
            assert!(is_storable(good), "{good:?}");
        }
    }

    proptest! {
        #[test]
        fn names_of_plain_letters_are_the_same_as_ascii_says(one in "[a-zA-Z]{1,3}", other in "[a-zA-Z]{1,3}") {
            prop_assert_eq!(same_name(&one, &other), one.eq_ignore_ascii_case(&other));
        }
    }
}
