//! Lines that set variables in Elvish: single quotes, in which only the quote itself is doubled.

use super::error::RenderError;
use super::variables::{Variables, refuse_nul};

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        refuse_nul(name, value)?;
        text.extend(["set-env ", name, " "]);
        quote(text, value);
        text.push('\n');
    }
    for name in &variables.unset {
        text.extend(["unset-env ", name, "\n"]);
    }
    Ok(())
}

/// One word that is this value.
pub(super) fn quote(text: &mut String, value: &str) {
    text.push('\'');
    for character in value.chars() {
        if character == '\'' {
            text.push('\'');
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
    fn variables_are_set_and_stale_ones_unset() {
        let text = render(&lease("it's $x \\ \n!"), Format::Elvish, None).unwrap();
        let start = "set-env AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE'\n\
            set-env AWS_SECRET_ACCESS_KEY 'it''s $x \\ \n!'\n";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("\nset-env AFED_CONNECTOR 'deploy'\nunset-env AWS_SECURITY_TOKEN\n"), "{text}");
    }
}
