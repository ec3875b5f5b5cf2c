//! JSON from a far side that is not trusted: objects are objects, a key appears once, numbers are whole, and nothing is
//! guessed. Stricter than derived decoding, which takes a list for an object. Texts are wiped when dropped, as one of
//! them may be a token.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use zeroize::Zeroizing;

/// The members of a JSON object.
pub struct Object(BTreeMap<String, Value>);

/// The body or one of its members is not what this call returns.
#[derive(Debug, PartialEq, Eq)]
pub struct Misshapen;

/// What an object's member may be. Lists and broken numbers are read and forgotten: no answer that afed uses has them.
enum Value {
    Null,
    Truth(bool),
    Whole(i64),
    Text(Zeroizing<String>),
    Object(Object),
    Other,
}

impl Object {
    /// Reads a body that is exactly one object.
    pub fn parse(body: &[u8]) -> Result<Self, Misshapen> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) | Err(_) => Err(Misshapen),
        }
    }

    /// Whether the key is there at all, whatever its value.
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn text(&self, key: &str) -> Result<&str, Misshapen> {
        self.optional_text(key)?.ok_or(Misshapen)
    }

    /// A text that may be missing or null, and may not be anything else.
    pub fn optional_text(&self, key: &str) -> Result<Option<&str>, Misshapen> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(Misshapen),
        }
    }

    pub fn truth(&self, key: &str) -> Result<bool, Misshapen> {
        match self.0.get(key) {
            Some(Value::Truth(truth)) => Ok(*truth),
            _ => Err(Misshapen),
        }
    }

    /// A whole number that may be missing or null, and may not be anything else.
    pub fn optional_whole(&self, key: &str) -> Result<Option<i64>, Misshapen> {
        match self.0.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Whole(number)) => Ok(Some(*number)),
            Some(_) => Err(Misshapen),
        }
    }

    pub fn object(&self, key: &str) -> Result<&Self, Misshapen> {
        match self.0.get(key) {
            Some(Value::Object(object)) => Ok(object),
            _ => Err(Misshapen),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Truth(truth))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Whole(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(i64::try_from(number).map_or(Value::Other, Value::Whole))
    }

    fn visit_f64<E>(self, _number: f64) -> Result<Value, E> {
        Ok(Value::Other)
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(Zeroizing::new(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<Value>()?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            if members.insert(key, value).is_some() {
                return Err(de::Error::custom("a key appears twice"));
            }
        }
        Ok(Value::Object(Object(members)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<Object, Misshapen> {
        Object::parse(text.as_bytes())
    }

    #[test]
    fn only_one_whole_object_is_read() {
        let deep = format!("{{\"name\":\"g\",\"x\":{}{}}}", "[".repeat(200), "]".repeat(200));
        for body in [
            "",
            "null",
            "true",
            "\"name\"",
            "[\"g\"]",
            "[{\"name\":\"g\"}]",
            "{\"name\":\"g\"",
            "{\"name\":\"g\"} {}",
            "{\"name\":\"g\"}<html>",
            "\u{feff}{\"name\":\"g\"}",
            "{\"name\":\"g\",\"name\":\"g\"}",
            "{\"name\":\"g\",\"n\\u0061me\":\"h\"}",
            "{\"name\":\"g\",\"link\":{\"a\":1,\"a\":2}}",
            "{\"name\":\"\u{1}\"}",
            "{'name':'g'}",
            "{\"name\":NaN}",
            deep.as_str(),
        ] {
            assert!(parse(body).is_err(), "{body:?} was read");
        }
        assert!(Object::parse(b"{\"name\":\"\xff\"}").is_err());
        assert_eq!(parse(" {\"name\":\"g\",\"x\":[[1.5,{\"a\":null}]]} ").unwrap().text("name"), Ok("g"));
    }

    #[test]
    fn a_member_of_another_kind_is_not_bent_into_shape() {
        let object =
            parse("{\"a\":1,\"b\":\"true\",\"c\":1.0,\"d\":18446744073709551615,\"e\":null,\"f\":[]}").unwrap();
        for key in ["a", "c", "d", "e", "f", "none"] {
            assert_eq!(object.text(key), Err(Misshapen), "{key}");
        }
        for key in ["a", "b", "c", "e", "f", "none"] {
            assert_eq!(object.truth(key), Err(Misshapen), "{key}");
            assert!(object.object(key).is_err(), "{key}");
        }
        for key in ["b", "c", "d", "f"] {
            assert_eq!(object.optional_whole(key), Err(Misshapen), "{key}");
        }
        assert_eq!(object.optional_text("e"), Ok(None));
        assert_eq!(object.optional_text("none"), Ok(None));
        assert_eq!(object.optional_whole("a"), Ok(Some(1)));
        assert!(object.has("e") && !object.has("none"));
    }

    proptest! {
        #[test]
        fn any_text_survives(text in any::<String>()) {
            let body = serde_json::json!({ "name": text }).to_string();
            let object = parse(&body).unwrap();
            prop_assert_eq!(object.text("name"), Ok(text.as_str()));
        }
    }
}
