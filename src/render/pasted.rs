//! Words of commands that people paste into their shells.

/// One word of a command to paste, whatever is in it.
pub fn quoted(word: impl std::fmt::Display) -> String {
    format!("'{}'", word.to_string().replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_in_a_command_stays_one_word() {
        for path in ["/home/alice/afed", "/tmp/a b", "/tmp/$(id)", "/tmp/it's 'quoted'", "'; rm -r ~; '"] {
            assert_eq!(shell_words::split(&quoted(path)).unwrap(), [path]);
        }
    }
}
