//! Export lines for bash, zsh and every other POSIX shell.
//! Values stand in single quotes, where nothing but the quote itself means anything, history expansion included.

use super::error::RenderError;
use super::variables::{Variables, refuse_nul};

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        refuse_nul(name, value)?;
        text.extend(["export ", name, "="]);
        quote(text, value);
        text.push('\n');
    }
    text.extend(["unset ", &variables.unset.join(" "), "\n"]);
    Ok(())
}

/// One word that is this value.
pub(super) fn quote(text: &mut String, value: &str) {
    text.push('\'');
    for character in value.chars() {
        match character {
            '\'' => text.push_str(r"'\''"),
            other => text.push(other),
        }
    }
    text.push('\'');
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{SECRET, lease, render};

    #[test]
    fn variables_are_exported_and_stale_ones_unset() {
        let expected = "export AWS_ACCESS_KEY_ID='ASIAIOSFODNN7EXAMPLE'\n\
            export AWS_SECRET_ACCESS_KEY='wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'\n\
            export AWS_SESSION_TOKEN='IQoJb3JpZ2luX2VjEXAMPLE//token=='\n\
            export AWS_CREDENTIAL_EXPIRATION='2026-11-22T03:29:02Z'\n\
            export AWS_ACCOUNT_ID='123123123123'\n\
            export AFED_CONNECTOR='deploy'\n\
            unset AWS_SECURITY_TOKEN AWS_PROFILE AWS_DEFAULT_PROFILE AWS_ROLE_ARN ";
        for format in [Format::Bash, Format::Zsh] {
            let text = render(&lease(SECRET), format, None).unwrap();
            assert!(text.starts_with(expected), "{text}");
        }
    }

    #[test]
    fn a_region_is_set_under_both_names() {
        let text = render(&lease("it's $x `y` \\ \n!"), Format::Bash, Some("eu-west-1")).unwrap();
        assert!(text.contains("export AWS_REGION='eu-west-1'\nexport AWS_DEFAULT_REGION='eu-west-1'\n"));
        assert!(text.contains("export AWS_SECRET_ACCESS_KEY='it'\\''s $x `y` \\ \n!'\n"));
    }

    #[test]
    fn no_environment_can_hold_a_nul() {
        for format in [
            Format::Bash,
            Format::Fish,
            Format::Powershell,
            Format::Cmd,
            Format::Nushell,
            Format::Elvish,
            Format::Dotenv,
        ] {
            let error = render(&lease("a\0b"), format, None).unwrap_err().to_string();
            assert!(error.starts_with("AWS_SECRET_ACCESS_KEY holds "), "{error}");
        }
    }
}
