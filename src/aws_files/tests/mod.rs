//! The editor among the real readers of these files: its own properties first, then what botocore, the JavaScript SDK and
//! the Rust SDK make of a file before and after each edit.

mod against_parsers;
mod parsers;
mod properties;
