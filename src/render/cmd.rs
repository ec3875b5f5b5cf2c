//! Lines that set variables in the Windows command prompt.
//! `set "NAME=VALUE"` keeps `& | < > ^` and blanks, but a `%` means one thing at the prompt and another in a batch file, a
//! `!` vanishes under delayed expansion, a quote unprotects what follows, and all else depends on the code page: refused.

use super::error::RenderError;
use super::variables::Variables;

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        if let Some(what) = value.chars().find_map(uncarried) {
            return Err(RenderError::Value { name, what, format: "the Windows command prompt" });
        }
        text.extend(["set \"", name, "=", value, "\"\r\n"]);
    }
    for name in &variables.unset {
        text.extend(["set \"", name, "=\"\r\n"]);
    }
    Ok(())
}

const fn uncarried(character: char) -> Option<&'static str> {
    match character {
        '%' => Some("a %"),
        '!' => Some("an exclamation mark"),
        '"' => Some("a double quote"),
        '\n' | '\r' => Some("a line break"),
        ' '..='~' => None,
        '\0'..='\u{1f}' | '\u{7f}' => Some("a control character"),
        _ => Some("a character outside ASCII"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{SECRET, lease, render};

    #[test]
    fn variables_are_set_and_stale_ones_removed() {
        assert_eq!(
            render(&lease(SECRET), Format::Cmd, Some("eu-west-1")).unwrap(),
            "set \"AWS_ACCESS_KEY_ID=ASIAIOSFODNN7EXAMPLE\"\r\n\
            set \"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"\r\n\
            set \"AWS_SESSION_TOKEN=IQoJb3JpZ2luX2VjEXAMPLE//token==\"\r\n\
            set \"AWS_CREDENTIAL_EXPIRATION=2026-11-22T03:29:02Z\"\r\n\
            set \"AWS_ACCOUNT_ID=123123123123\"\r\n\
            set \"AWS_REGION=eu-west-1\"\r\n\
            set \"AWS_DEFAULT_REGION=eu-west-1\"\r\n\
            set \"AFED_CONNECTOR=deploy\"\r\n\
            set \"AWS_SECURITY_TOKEN=\"\r\n\
            set \"AWS_PROFILE=\"\r\n\
            set \"AWS_DEFAULT_PROFILE=\"\r\n\
            set \"AWS_ROLE_ARN=\"\r\n\
            set \"AWS_ROLE_SESSION_NAME=\"\r\n\
            set \"AWS_WEB_IDENTITY_TOKEN_FILE=\"\r\n\
            set \"AWS_CREDENTIAL_FILE=\"\r\n\
            set \"AWS_CREDENTIAL_PROFILES_FILE=\"\r\n\
            set \"AWS_EB_PROFILE=\"\r\n\
            set \"AWS_IAM_ROLE_ARN=\"\r\n\
            set \"AWS_IAM_ROLE_SESSION_NAME=\"\r\n\
            set \"AWS_ACCESS_KEY=\"\r\n\
            set \"AWS_SECRET_KEY=\"\r\n\
            set \"SECRET_ACCESS_KEY=\"\r\n\
            set \"AMAZON_ACCESS_KEY_ID=\"\r\n\
            set \"AMAZON_SECRET_ACCESS_KEY=\"\r\n\
            set \"AMAZON_SESSION_TOKEN=\"\r\n\
            set \"AWS_BEARER_TOKEN_BEDROCK=\"\r\n\
            set \"AWS_SESSION_EXPIRATION=\"\r\n\
            set \"AWS_CREDENTIAL_SCOPE=\"\r\n"
        );
        let text = render(&lease("a&b|c<d>e^f g'h$i`j\\"), Format::Cmd, None).unwrap();
        assert!(text.contains("set \"AWS_SECRET_ACCESS_KEY=a&b|c<d>e^f g'h$i`j\\\"\r\n"));
    }

    #[test]
    fn what_cmd_can_t_carry_is_refused_with_the_reason() {
        for (value, what) in [
            ("a%b", "a %"),
            ("a!b", "an exclamation mark"),
            ("a\"b", "a double quote"),
            ("a\nb", "a line break"),
            ("a\rb", "a line break"),
            ("a\tb", "a control character"),
            ("é", "a character outside ASCII"),
        ] {
            let error = render(&lease(value), Format::Cmd, None).unwrap_err().to_string();
            let expected = format!("AWS_SECRET_ACCESS_KEY holds {what}, which the Windows command prompt can't carry");
            assert_eq!(error, expected);
        }
    }
}
