//! Lines that set variables in fish: single quotes, in which only the quote and the backslash are escaped.
//! A universal variable belongs to all sessions of the person, and nothing in one session can hide it from programs: it
//! stays, and fish says so.

use super::error::RenderError;
use super::variables::{Variables, refuse_nul};

const CLEAR: &str = "set -eg $afed_name; set -qU $afed_name; \
    and echo \"warning: the universal variable $afed_name stays; to erase it: set -eU $afed_name\" >&2";

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        refuse_nul(name, value)?;
        text.extend(["set -gx ", name, " "]);
        quote(text, value);
        text.push('\n');
    }
    text.extend(["for afed_name in ", &variables.unset.join(" "), "; ", CLEAR, "; end; set -e afed_name\n"]);
    Ok(())
}

/// One word that is this value.
pub(super) fn quote(text: &mut String, value: &str) {
    text.push('\'');
    for character in value.chars() {
        if matches!(character, '\'' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('\'');
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{lease, render};

    #[test]
    fn variables_are_set_and_stale_ones_erased() {
        let text = render(&lease("it's $x \\ \n!"), Format::Fish, Some("eu-west-1")).unwrap();
        let start = "set -gx AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE'\n\
            set -gx AWS_SECRET_ACCESS_KEY 'it\\'s $x \\\\ \n!'\n";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("\nset -gx AFED_CONNECTOR 'deploy'\nfor afed_name in AWS_SECURITY_TOKEN "), "{text}");
    }
}
