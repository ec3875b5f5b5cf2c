//! Lines that set variables in Nushell, to be saved and sourced: double quotes with escapes, in which nothing is interpolated.

use super::error::RenderError;
use super::variables::{Variables, refuse_nul};

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        refuse_nul(name, value)?;
        text.extend(["$env.", name, " = \""]);
        for character in value.chars() {
            push_character(text, character);
        }
        text.push_str("\"\n");
    }
    text.extend(["hide-env --ignore-errors ", &variables.unset.join(" "), "\n"]);
    Ok(())
}

fn push_character(text: &mut String, character: char) {
    match character {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        other if other.is_control() => text.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
        other => text.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{SECRET, lease, render};

    #[test]
    fn variables_are_set_and_stale_ones_hidden() {
        assert_eq!(
            render(&lease(SECRET), Format::Nushell, Some("eu-west-1")).unwrap(),
            "$env.AWS_ACCESS_KEY_ID = \"ASIAIOSFODNN7EXAMPLE\"\n\
            $env.AWS_SECRET_ACCESS_KEY = \"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"\n\
            $env.AWS_SESSION_TOKEN = \"IQoJb3JpZ2luX2VjEXAMPLE//token==\"\n\
            $env.AWS_CREDENTIAL_EXPIRATION = \"2026-11-22T03:29:02Z\"\n\
            $env.AWS_REGION = \"eu-west-1\"\n\
            $env.AWS_DEFAULT_REGION = \"eu-west-1\"\n\
            hide-env --ignore-errors AWS_SECURITY_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE\n"
        );
    }

    #[test]
    fn every_value_stays_inside_its_quotes() {
        for (value, written) in [
            ("it's $x (y) `z` %!", "it's $x (y) `z` %!"),
            ("a\"b\\c", "a\\\"b\\\\c"),
            ("\r\n\t\u{1b}é", "\\r\\n\\t\\u{1b}é"),
        ] {
            let text = render(&lease(value), Format::Nushell, None).unwrap();
            assert!(text.contains(&format!("$env.AWS_SECRET_ACCESS_KEY = \"{written}\"\n")), "{text}");
        }
    }
}
