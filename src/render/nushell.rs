//! A record of variables for Nushell's `load-env`, as JSON: Nushell evaluates no text, but reads data.
//! A variable that is to go is `null`: no program that Nushell starts sees it then.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::document;
use super::error::RenderError;
use super::variables::{Variables, refuse_nul};

pub(super) fn record(text: &mut String, variables: &Variables<'_>) -> Result<(), RenderError> {
    for (name, value) in &variables.set {
        refuse_nul(name, value)?;
    }
    document::push(text, |bytes| serde_json::to_writer(bytes, &Record(variables)))
}

struct Record<'a>(&'a Variables<'a>);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Variables { set, unset } = self.0;
        let mut map = serializer.serialize_map(Some(set.len() + unset.len()))?;
        for (name, value) in set {
            map.serialize_entry(name, value)?;
        }
        for name in unset {
            map.serialize_entry(name, &())?;
        }
        map.end()
    }
}

/// One word that is this value.
pub(super) fn quote(text: &mut String, value: &str) {
    text.push('"');
    for character in value.chars() {
        match character {
            '"' | '\\' => text.extend(['\\', character]),
            other if other.is_control() => text.push_str(&format!("\\u{{{:x}}}", u32::from(other))),
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::Format;
    use super::super::example::{lease, render};

    #[test]
    fn variables_are_set_and_stale_ones_are_null() {
        let text = render(&lease("it's \"$x\" \\ \n"), Format::Nushell, Some("eu-west-1")).unwrap();
        let start = "{\"AWS_ACCESS_KEY_ID\":\"ASIAIOSFODNN7EXAMPLE\",\
            \"AWS_SECRET_ACCESS_KEY\":\"it's \\\"$x\\\" \\\\ \\n\",";
        assert!(text.starts_with(start), "{text}");
        assert!(text.contains("\"AFED_CONNECTOR\":\"deploy\",\"AWS_SECURITY_TOKEN\":null,"), "{text}");
        assert!(text.ends_with("}\n"), "{text}");
    }
}
