//! A section for the AWS credentials file, named for the connector.
//! The file has no quoting, and its parsers cut, strip or decode some values differently: those are refused.

use super::Context;
use super::credentials::Credentials;
use super::error::RenderError;

pub(super) fn section(
    text: &mut String,
    credentials: &Credentials<'_>,
    context: Context<'_>,
) -> Result<(), RenderError> {
    text.extend(["[", context.connector.as_str(), "]\n# valid until ", &credentials.expiration, "\n"]);
    let settings = [
        ("aws_access_key_id", Some(credentials.access_key_id)),
        ("aws_secret_access_key", Some(credentials.secret_access_key)),
        ("aws_session_token", Some(credentials.session_token)),
        ("aws_account_id", credentials.account_id),
        ("region", context.region.map(|region| region.as_str())),
    ];
    for (name, value) in settings {
        let Some(value) = value else { continue };
        if let Some(what) = uncarried(value) {
            return Err(RenderError::Value { name, what, format: "the AWS credentials file" });
        }
        text.extend([name, " = ", value, "\n"]);
    }
    Ok(())
}

fn uncarried(value: &str) -> Option<&'static str> {
    let checks = [
        (value.chars().any(char::is_control), "a line break or another control character"),
        (!value.is_ascii(), "a character outside ASCII"),
        (value.contains(" #") || value.contains(" ;"), "a blank followed by # or ;"),
        (value.trim() != value || value.starts_with(['#', ';', '"']), "a blank, quote or comment sign at an end"),
    ];
    checks.into_iter().find(|(applies, _)| *applies).map(|(_, what)| what)
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{SECRET, lease, render};

    #[test]
    fn a_section_is_named_for_the_connector() {
        assert_eq!(
            render(&lease(SECRET), Format::Ini, Some("eu-west-1")).unwrap(),
            "[deploy]\n\
            # valid until 2026-11-22T03:29:02Z\n\
            aws_access_key_id = ASIAIOSFODNN7EXAMPLE\n\
            aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n\
            aws_session_token = IQoJb3JpZ2luX2VjEXAMPLE//token==\n\
            aws_account_id = 123123123123\n\
            region = eu-west-1\n"
        );
    }

    #[test]
    fn what_is_not_known_is_left_out() {
        let mut unknown = lease(SECRET);
        unknown.aws_account_id = None;
        let text = render(&unknown, Format::Ini, None).unwrap();
        assert!(!text.contains("account") && !text.contains("region"));
    }

    #[test]
    fn what_the_parsers_read_differently_is_refused() {
        for value in ["a\nb", "a\tb", "é", "a #b", "a ;b", " a", "a ", "#a", ";a", "\"a\"", "a\0"] {
            assert!(render(&lease(value), Format::Ini, None).is_err(), "{value:?}");
        }
        for value in ["a#b", "a;b", "a=b", "a%b", "a\"b", "$a'b\\"] {
            assert!(render(&lease(value), Format::Ini, None).is_ok(), "{value:?}");
        }
    }
}
