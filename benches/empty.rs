//! A program that does nothing: what any Rust program costs before it has done anything.

fn main() {}
