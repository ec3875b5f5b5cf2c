//! Answers in the place of those of AWS's sign-in: a token is taken only from an object that names it once, as a text.

use serde_json::Value;

use super::read_token;
use crate::fuzz::{Target, case};
use crate::sys::network::Answer;

const WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"SigninToken\"",
    "\"SigninToken\":\"T\"",
    "\"SigninToken\":null",
    ":",
    ",",
    "\"\"",
    "\\u0000",
    "\\ud800",
    "<html>",
    "7",
];

#[test]
fn no_sign_in_token_is_made_up() {
    Target { name: "sign-in", words: WORDS, judge }.run();
}

fn judge(input: &[u8]) -> String {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    match read_token(Answer::new(200, headers, input.to_vec())) {
        Ok(token) => {
            // JSON's grammar lets half a character stand; what is left out is not looked into.
            let is_half = |error: &serde_json::Error| {
                error.is_syntax() && input.windows(3).any(|word| word.eq_ignore_ascii_case(b"\\ud"))
            };
            match serde_json::from_slice::<Value>(input) {
                Ok(said) => assert_eq!(said["SigninToken"].as_str(), Some(token.expose())),
                Err(error) => assert!(is_half(&error), "{error}"),
            }
            assert!(!token.is_empty());
            "token".to_owned()
        }
        Err(oddity) => case(&oddity),
    }
}
