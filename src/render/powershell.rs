//! Lines that set variables in PowerShell, each whole on one line: Invoke-Expression is fed line by line.
//! Whatever is not printable ASCII is written by number, so that neither line breaks, nor the curly quotes that PowerShell
//! takes for straight ones, nor the code page of the console can change it.

use super::error::RenderError;
use super::variables::{Variables, refuse_nul};

pub(super) fn lines(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        refuse_nul(name, value)?;
        text.extend(["$Env:", name, " = "]);
        quote(text, value);
        text.push('\n');
    }
    for name in &variables.unset {
        text.extend(["$Env:", name, " = $null\n"]);
    }
    Ok(())
}

/// An expression that is this value.
pub(super) fn quote(text: &mut String, value: &str) {
    text.push('\'');
    for character in value.chars() {
        push_character(text, character);
    }
    text.push('\'');
}

fn push_character(text: &mut String, character: char) {
    match character {
        '\'' => text.push_str("''"),
        ' '..='~' => text.push(character),
        other => {
            for unit in other.encode_utf16(&mut [0; 2]) {
                text.extend(["' + [char]", &unit.to_string(), " + '"]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{SECRET, lease, render};

    #[test]
    fn variables_are_set_and_stale_ones_removed() {
        assert_eq!(
            render(&lease(SECRET), Format::Powershell, Some("eu-west-1")).unwrap(),
            "$Env:AWS_ACCESS_KEY_ID = 'ASIAIOSFODNN7EXAMPLE'\n\
            $Env:AWS_SECRET_ACCESS_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'\n\
            $Env:AWS_SESSION_TOKEN = 'IQoJb3JpZ2luX2VjEXAMPLE//token=='\n\
            $Env:AWS_CREDENTIAL_EXPIRATION = '2026-11-22T03:29:02Z'\n\
            $Env:AWS_ACCOUNT_ID = '123123123123'\n\
            $Env:AWS_REGION = 'eu-west-1'\n\
            $Env:AWS_DEFAULT_REGION = 'eu-west-1'\n\
            $Env:AFED_CONNECTOR = 'deploy'\n\
            $Env:AWS_SECURITY_TOKEN = $null\n\
            $Env:AWS_PROFILE = $null\n\
            $Env:AWS_DEFAULT_PROFILE = $null\n\
            $Env:AWS_ROLE_ARN = $null\n\
            $Env:AWS_ROLE_SESSION_NAME = $null\n\
            $Env:AWS_WEB_IDENTITY_TOKEN_FILE = $null\n\
            $Env:AWS_CREDENTIAL_FILE = $null\n\
            $Env:AWS_CREDENTIAL_PROFILES_FILE = $null\n\
            $Env:AWS_EB_PROFILE = $null\n\
            $Env:AWS_IAM_ROLE_ARN = $null\n\
            $Env:AWS_IAM_ROLE_SESSION_NAME = $null\n\
            $Env:AWS_ACCESS_KEY = $null\n\
            $Env:AWS_SECRET_KEY = $null\n\
            $Env:SECRET_ACCESS_KEY = $null\n\
            $Env:AMAZON_ACCESS_KEY_ID = $null\n\
            $Env:AMAZON_SECRET_ACCESS_KEY = $null\n\
            $Env:AMAZON_SESSION_TOKEN = $null\n\
            $Env:AWS_BEARER_TOKEN_BEDROCK = $null\n\
            $Env:AWS_SESSION_EXPIRATION = $null\n\
            $Env:AWS_CREDENTIAL_SCOPE = $null\n"
        );
    }

    #[test]
    fn every_value_stays_on_its_line_and_inside_its_quotes() {
        for (value, written) in [
            ("it's $x `y` \"z\" %!", "'it''s $x `y` \"z\" %!'"),
            ("a\nb", "'a' + [char]10 + 'b'"),
            ("\r", "'' + [char]13 + ''"),
            ("a\u{2019}b", "'a' + [char]8217 + 'b'"),
            ("\u{1f600}", "'' + [char]55357 + '' + [char]56832 + ''"),
        ] {
            let text = render(&lease(value), Format::Powershell, None).unwrap();
            assert!(text.contains(&format!("$Env:AWS_SECRET_ACCESS_KEY = {written}\n")), "{text}");
        }
    }
}
