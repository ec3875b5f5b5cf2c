//! What an edit changes, as a unified diff for people to read. Whatever may be a secret is not in it, be it in a setting,
//! in a comment or on a line that says nothing clear; so no program can apply it.

use similar::{Algorithm, ChangeTag, DiffOp, capture_diff_slices, group_diff_ops};

use super::document::AwsConfig;
use super::line::{Ending, Kind, Line};

/// How many unchanged lines are shown around each change, as everywhere.
const CONTEXT: usize = 3;
/// Words in a line that say that a secret follows.
const SUSPICIOUS: [&str; 4] = ["secret", "token", "password", "passphrase"];
const HIDDEN: &str = "***";

/// The lines of the diff without the names of the files; none where nothing changes.
pub fn difference(before: &AwsConfig, after: &AwsConfig) -> Vec<String> {
    let operations = capture_diff_slices(Algorithm::Myers, &before.lines, &after.lines);
    if operations.iter().all(|operation| matches!(operation, DiffOp::Equal { .. })) {
        return Vec::new();
    }
    let (old, new) = (shown_lines(&before.lines), shown_lines(&after.lines));
    group_diff_ops(operations, CONTEXT).iter().flat_map(|hunk| hunk_lines(hunk, &old, &new)).collect()
}

/// A line as it may be shown.
struct Shown {
    text: String,
    is_ended: bool,
}

fn shown_lines(lines: &[Line]) -> Vec<Shown> {
    let mut is_in_secret = false;
    let shown = lines.iter().map(|line| {
        let kind = line.kind();
        let is_suspicious = is_suspicious(line);
        is_in_secret = match kind {
            Kind::Continuation(_) | Kind::IndentedComment | Kind::Blank => is_in_secret || is_suspicious,
            _ => is_suspicious,
        };
        let is_unclear = matches!(kind, Kind::Broken) && !line.content.starts_with(b"[");
        let is_empty = matches!(kind, Kind::Blank);
        let text = String::from_utf8_lossy(&line.content).into_owned();
        let text = if (is_in_secret || is_unclear) && !is_empty { hidden(&text, &kind) } else { text };
        Shown { text, is_ended: line.ending != Ending::Missing }
    });
    shown.collect()
}

fn is_suspicious(line: &Line) -> bool {
    let lower = String::from_utf8_lossy(&line.content).to_lowercase();
    SUSPICIOUS.iter().any(|word| lower.contains(word))
}

/// Of a setting its key stays, also of one that is a comment now.
fn hidden(text: &str, kind: &Kind<'_>) -> String {
    match (kind, text.split_once('=')) {
        (Kind::Setting { .. } | Kind::Comment, Some((key, _))) => format!("{key}= {HIDDEN}"),
        (Kind::Header(_), _) => text.to_owned(),
        (Kind::Comment, None) => format!("# {HIDDEN}"),
        _ => HIDDEN.to_owned(),
    }
}

fn hunk_lines(hunk: &[DiffOp], old: &[Shown], new: &[Shown]) -> Vec<String> {
    let mut lines = Vec::new();
    if let (Some(first), Some(last)) = (hunk.first(), hunk.last()) {
        let before = span(first.old_range().start, last.old_range().end);
        let after = span(first.new_range().start, last.new_range().end);
        lines.push(format!("@@ -{before} +{after} @@"));
    }
    for (tag, old_range, new_range) in hunk.iter().flat_map(changes) {
        let (sign, shown) = match tag {
            ChangeTag::Equal => (' ', &new[new_range]),
            ChangeTag::Delete => ('-', &old[old_range]),
            ChangeTag::Insert => ('+', &new[new_range]),
        };
        for line in shown {
            lines.push(format!("{sign}{}", line.text));
            if !line.is_ended {
                lines.push("\\ No newline at end of file".to_owned());
            }
        }
    }
    lines
}

type Change = (ChangeTag, std::ops::Range<usize>, std::ops::Range<usize>);

/// A replacement is what goes, then what comes.
fn changes(operation: &DiffOp) -> Vec<Change> {
    let (old, new) = (operation.old_range(), operation.new_range());
    match operation {
        DiffOp::Equal { .. } => vec![(ChangeTag::Equal, old, new)],
        DiffOp::Delete { .. } => vec![(ChangeTag::Delete, old, new)],
        DiffOp::Insert { .. } => vec![(ChangeTag::Insert, old, new)],
        DiffOp::Replace { .. } => {
            vec![(ChangeTag::Delete, old.clone(), new.clone()), (ChangeTag::Insert, old, new)]
        }
    }
}

/// Line numbers as diff(1) writes them: an empty span stands behind the line of its number.
fn span(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        length => format!("{},{length}", start + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::Family;
    use super::*;

    fn told(before: &str, after: &str) -> String {
        let parse = |text: &str| AwsConfig::parse(Family::Config, text.as_bytes()).ok().unwrap();
        difference(&parse(before), &parse(after)).join("\n")
    }

    #[test]
    fn changes_are_told_with_three_lines_around() {
        for (before, after, expected) in [
            ("", "", ""),
            ("a = 1\n", "a = 1\n", ""),
            ("", "[x]\na = 1\n", "@@ -0,0 +1,2 @@\n+[x]\n+a = 1"),
            ("a = 1\n", "", "@@ -1 +0,0 @@\n-a = 1"),
            (
                "[x]\nb = 1\nc = 1\nd = 1\ne = 1\nf = 1\n",
                "[x]\nb = 1\nc = 1\nd = 1\ne = 2\nf = 1\n",
                "@@ -2,5 +2,5 @@\n b = 1\n c = 1\n d = 1\n-e = 1\n+e = 2\n f = 1",
            ),
            (
                "a = 1",
                "a = 1\nb = 2",
                "@@ -1 +1,2 @@\n-a = 1\n\\ No newline at end of file\n+a = 1\n+b = 2\n\\ No newline at end of file",
            ),
        ] {
            assert_eq!(told(before, after), expected);
        }
    }

    #[test]
    fn no_secret_is_in_it_wherever_it_stands() {
        let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
        for line in [
            format!("aws_secret_access_key = {secret}"),
            format!("AWS_SESSION_TOKEN={secret}"),
            format!("aws_security_token =\n  {secret}\n\n  {secret}"),
            format!("# aws_secret_access_key = {secret}"),
            format!("#aws_secret_access_key: {secret}"),
            format!("credential_process = /opt/x --password {secret}"),
            format!("  aws_secret_access_key = {secret}"),
            format!("s3 =\n  secret = {secret}"),
            format!("aws_secret_access_key : {secret}"),
            secret.to_owned(),
        ] {
            let (before, after) = (format!("[x]\n{line}\nk = v\n"), format!("[x]\n{line}x\nk = w\n"));
            let told = told(&before, &after);
            assert!(!told.contains(secret) && told.contains("***") && told.contains("+k = w"), "{told}");
        }
        assert_eq!(
            told("aws_secret_access_key = a\n", "aws_secret_access_key = b\n"),
            "@@ -1 +1 @@\n-aws_secret_access_key = ***\n+aws_secret_access_key = ***"
        );
    }

    #[test]
    fn what_is_no_value_stays_to_be_recognised() {
        for (before, after, expected) in [
            ("[profile secret]\n", "[profile secrets]\n", "@@ -1 +1 @@\n-[profile secret]\n+[profile secrets]"),
            ("# secret a\n", "# secret b\n", "@@ -1 +1 @@\n-# ***\n+# ***"),
        ] {
            assert_eq!(told(before, after), expected);
        }
    }
}
