//! Lines that set variables in fish: single quotes, in which only the quote and the backslash are escaped.

use super::error::RenderError;
use super::variables::{Variables, refuse_nul};

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        refuse_nul(name, value)?;
        text.extend(["set -gx ", name, " '"]);
        for character in value.chars() {
            if matches!(character, '\'' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push_str("'\n");
    }
    for name in variables.unset {
        text.extend(["set -e ", name, "\n"]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{lease, render};

    #[test]
    fn variables_are_set_and_stale_ones_erased() {
        let text = render(&lease("it's $x \\ \n!"), Format::Fish, Some("eu-west-1")).unwrap();
        assert_eq!(
            text,
            "set -gx AWS_ACCESS_KEY_ID 'ASIAIOSFODNN7EXAMPLE'\n\
            set -gx AWS_SECRET_ACCESS_KEY 'it\\'s $x \\\\ \n!'\n\
            set -gx AWS_SESSION_TOKEN 'IQoJb3JpZ2luX2VjEXAMPLE//token=='\n\
            set -gx AWS_CREDENTIAL_EXPIRATION '2026-11-22T03:29:02Z'\n\
            set -gx AWS_REGION 'eu-west-1'\n\
            set -gx AWS_DEFAULT_REGION 'eu-west-1'\n\
            set -e AWS_SECURITY_TOKEN\n\
            set -e AWS_PROFILE\n\
            set -e AWS_DEFAULT_PROFILE\n"
        );
    }
}
