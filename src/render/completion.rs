//! What can stand at the cursor, as the completion scripts read it: a line that says of what kind the answer is, then a line
//! for each candidate. Which words of it need quotes is told apart here, for the shells that take a word as it is written.

use clap::ValueEnum;

use super::table::printable;

/// A shell that has a completion script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompletionShell {
    Bash,
    Elvish,
    Fish,
    Nushell,
    Powershell,
    Zsh,
}

/// A word that can stand at the cursor, with what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub word: String,
    pub description: Option<String>,
}

/// What can stand at the cursor.
#[derive(Debug, PartialEq, Eq)]
pub enum Offer {
    /// One of these.
    Words(Vec<Candidate>),
    /// The path of a file, which the shell finds itself.
    File,
    /// A word of the command line that begins with this word of afed's, counted from 0. The shell completes it as its own.
    Program { from: usize },
}

impl CompletionShell {
    /// Whether the shell picks what fits to the typed part by its own rules, such as without regard to case.
    const fn picks(self) -> bool {
        matches!(self, Self::Elvish | Self::Fish | Self::Zsh)
    }

    /// The word as afed would be given it, from what the shell says of it. Where a shell tells its words as they are
    /// written, quotes go; they may be open still.
    pub fn unquoted(self, word: &str) -> String {
        if !matches!(self, Self::Bash | Self::Nushell) {
            return word.to_owned();
        }
        let closed = ["", "'", "\""].into_iter().filter_map(|end| shell_words::split(&format!("{word}{end}")).ok());
        closed.into_iter().next().map_or_else(|| word.to_owned(), |words| words.join(" "))
    }
}

/// The whole answer. `typed` is the word at the cursor as the shell told it.
pub fn answer(shell: CompletionShell, offer: &Offer, typed: &str) -> String {
    let candidates = match offer {
        Offer::File => return "files\n".to_owned(),
        Offer::Program { from } => return format!("program {from}\n"),
        Offer::Words(candidates) => candidates,
    };
    let prefix = shell.unquoted(typed);
    let fits = |candidate: &&Candidate| shell.picks() || starts_with(&candidate.word, &prefix);
    // A line end would begin another candidate, and nobody can type a control character that is not quoted.
    let is_plain = |candidate: &&Candidate| !candidate.word.chars().any(char::is_control);
    let fitting = candidates.iter().filter(fits).filter(is_plain);
    let lines = fitting.filter_map(|candidate| line(shell, candidate, typed));
    std::iter::once("words\n".to_owned()).chain(lines).collect()
}

fn starts_with(word: &str, prefix: &str) -> bool {
    word.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn line(shell: CompletionShell, Candidate { word, description }: &Candidate, typed: &str) -> Option<String> {
    let description = printable(description.as_deref().unwrap_or_default());
    Some(match shell {
        CompletionShell::Bash => format!("{}\n", in_bash(word, typed)?),
        CompletionShell::Zsh => format!("{}:{description}\n", word.replace('\\', "\\\\").replace(':', "\\:")),
        CompletionShell::Elvish | CompletionShell::Fish => format!("{word}\t{description}\n"),
        CompletionShell::Nushell => format!("{}\t{description}\n", in_nushell(word)),
        CompletionShell::Powershell => format!("{}\t{word}\t{description}\n", in_powershell(word)),
    })
}

/// Letters, digits and what no shell acts on within a word.
fn is_bare(word: &str) -> bool {
    !word.is_empty()
        && !word.starts_with(['@', '%', '+', ':'])
        && word.chars().all(|character| character.is_alphanumeric() || "-_./:=+%@".contains(character))
}

/// With backslashes, or as it is where a quotation mark was typed: bash puts the second one behind it.
fn in_bash(word: &str, typed: &str) -> Option<String> {
    match typed.chars().next() {
        Some('\'') => (!word.contains('\'')).then(|| word.to_owned()),
        Some('"') => (!word.contains(['"', '\\', '$', '`', '!'])).then(|| word.to_owned()),
        _ if is_bare(word) => Some(word.to_owned()),
        _ => Some(
            word.chars()
                .flat_map(|character| [Some('\\').filter(|_| !character.is_alphanumeric()), Some(character)])
                .flatten()
                .collect(),
        ),
    }
}

fn in_nushell(word: &str) -> String {
    if is_bare(word) {
        return word.to_owned();
    }
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

/// PowerShell takes curly single quotes for straight ones.
fn in_powershell(word: &str) -> String {
    if is_bare(word) {
        return word.to_owned();
    }
    let is_quote = |character: char| matches!(character, '\'' | '\u{2018}'..='\u{201b}');
    let doubled =
        word.chars().flat_map(|character| std::iter::repeat_n(character, 1 + usize::from(is_quote(character))));
    format!("'{}'", doubled.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: &str = "Ops & Dev's";

    fn offer() -> Offer {
        let candidate = |word: &str, description: Option<&str>| Candidate {
            word: word.to_owned(),
            description: description.map(str::to_owned),
        };
        Offer::Words(vec![
            candidate("deploy", Some("assume-role")),
            candidate("a:b", None),
            candidate(GROUP, Some("x\u{1b}y")),
            candidate("no\nline", None),
        ])
    }

    #[test]
    fn every_shell_is_told_in_its_own_way() {
        use CompletionShell::{Bash, Elvish, Fish, Nushell, Powershell, Zsh};
        for (shell, expected) in [
            (Bash, "words\ndeploy\na:b\nOps\\ \\&\\ Dev\\'s\n"),
            (Zsh, "words\ndeploy:assume-role\na\\:b:\nOps & Dev's:x\\u{1b}y\n"),
            (Fish, "words\ndeploy\tassume-role\na:b\t\nOps & Dev's\tx\\u{1b}y\n"),
            (Elvish, "words\ndeploy\tassume-role\na:b\t\nOps & Dev's\tx\\u{1b}y\n"),
            (Nushell, "words\ndeploy\tassume-role\na:b\t\n\"Ops & Dev's\"\tx\\u{1b}y\n"),
            (Powershell, "words\ndeploy\tdeploy\tassume-role\na:b\ta:b\t\n'Ops & Dev''s'\tOps & Dev's\tx\\u{1b}y\n"),
        ] {
            assert_eq!(answer(shell, &offer(), ""), expected, "{shell:?}");
        }
        assert_eq!(answer(Bash, &Offer::File, "x"), "files\n");
        assert_eq!(answer(Bash, &Offer::Program { from: 4 }, "x"), "program 4\n");
    }

    #[test]
    fn only_what_begins_as_typed_is_told_where_the_shell_does_not_pick() {
        use CompletionShell::{Bash, Powershell, Zsh};
        for (shell, typed, count) in [
            (Bash, "de", 1),
            (Bash, "DE", 1),
            (Bash, "e", 0),
            (Bash, "Ops\\ \\&", 1),
            (Bash, "\"Ops & ", 1),
            (Bash, "'Ops & ", 0),
            (Bash, "é", 0),
            (Powershell, "ops & dev's", 1),
            (Zsh, "e", 3),
        ] {
            assert_eq!(answer(shell, &offer(), typed).lines().count(), 1 + count, "{shell:?} {typed}");
        }
    }
}
