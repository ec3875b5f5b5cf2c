//! A file of `NAME=value` lines that docker, python-dotenv, the dotenv of Node and a sourcing shell read alike.
//! They agree on no quoting at all, so values stand bare and must hold only characters that mean nothing to any of them.
//! Nothing is cleared: an empty AWS_SECURITY_TOKEN would be taken for a token.

use super::error::RenderError;
use super::variables::Variables;

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        if !value.chars().all(is_bare) {
            let what = "a character other than letters, digits and _ + / = . : , @ % -";
            return Err(RenderError::Value { name, what, format: "an environment file" });
        }
        text.extend([name, "=", value, "\n"]);
    }
    Ok(())
}

const fn is_bare(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '+' | '/' | '=' | '.' | ':' | ',' | '@' | '%' | '-')
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{SECRET, lease, render};

    #[test]
    fn values_stand_bare() {
        assert_eq!(
            render(&lease(SECRET), Format::Dotenv, Some("eu-west-1")).unwrap(),
            "AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\n\
            AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n\
            AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEXAMPLE//token==\n\
            AWS_CREDENTIAL_EXPIRATION=2026-11-22T03:29:02Z\n\
            AWS_ACCOUNT_ID=123123123123\n\
            AWS_REGION=eu-west-1\n\
            AWS_DEFAULT_REGION=eu-west-1\n"
        );
    }

    #[test]
    fn what_readers_take_differently_is_refused() {
        for character in " \t\n\r#'\"`$\\&|;<>()*?[]{}~!^é\u{7f}".chars() {
            assert!(render(&lease(&format!("a{character}b")), Format::Dotenv, None).is_err(), "{character:?}");
        }
    }
}
