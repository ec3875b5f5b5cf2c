//! Files of secrets as somebody may have changed them: one way to write each header, costs within their bounds, and nothing
//! opens that was not sealed with this key, whole.

use super::derivation::{Cost, KEY_LENGTH, Recipe, SALT_LENGTH};
use super::entries::Entries;
use super::sealed::{Sealed, seal};
use crate::fuzz::Target;

const WORDS: &[&str] = &[
    "afed-secrets 1 argon2id ",
    "m=65536,t=3,p=1 ",
    "m=",
    "t=",
    "p=",
    "AAAAAAAAAAAAAAAAAAAAAA ",
    "xchacha20-poly1305 ",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "\n",
    " ",
    "+",
    "=",
    "\0\0\0\0",
    "\u{1}\0\0\0",
    "\u{7f}\u{7f}\u{7f}\u{7f}",
];

/// What is sealed need not be long to show that the seal holds; without optimisation it takes long.
const ENOUGH: usize = 64;

#[test]
fn no_file_of_secrets_is_believed_that_was_not_sealed() {
    Target { name: "secrets-file", words: WORDS, judge }.run();
}

fn judge(input: &[u8]) -> String {
    let key = [7; KEY_LENGTH];
    let parsed = Sealed::parse(input).is_ok_and(|sealed| {
        assert!(sealed.open(&key).is_err(), "made up without the key");
        true
    });
    assert_sealed(&key, &input[..input.len().min(ENOUGH)]);
    let decoded = Entries::decode(input).is_ok_and(|entries| {
        let written = entries.encode();
        assert!(written.len() <= input.len());
        assert_eq!(*Entries::decode(&written).ok().unwrap().encode(), *written);
        true
    });
    format!("{parsed} {decoded}")
}

fn assert_sealed(key: &[u8; KEY_LENGTH], text: &[u8]) {
    let recipe = Recipe { cost: Cost::NEW, salt: [9; SALT_LENGTH] };
    let file = seal(&recipe, key, text).unwrap();
    let opens = |file: &[u8], key: &[u8; KEY_LENGTH]| Sealed::parse(file).is_ok_and(|sealed| sealed.open(key).is_ok());
    assert_eq!(**Sealed::parse(&file).ok().unwrap().open(key).unwrap(), *text);
    let position = text.iter().fold(text.len(), |sum, byte| sum.wrapping_mul(31) + usize::from(*byte)) % file.len();
    let mut changed = file.clone();
    changed[position] ^= 1 << (position % 8);
    assert!(!opens(&changed, key) && !opens(&file[..position], key) && !opens(&file, &[8; KEY_LENGTH]));
}
