//! `afed --version --json`: what a report of a fault should tell about the program. Only what was known when it was built,
//! so that the same sources say the same.

use std::ffi::OsString;

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::model::secret_store_choice::SecretStoreChoice;
use crate::render::Format;
use crate::secrets;

/// Whether the version was asked for in JSON.
pub fn is_wanted_in_json(arguments: &[OsString]) -> bool {
    arguments.iter().any(|word| word == "--json")
}

pub fn as_json() -> Value {
    let formats = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let formats: Vec<String> = formats.map(|value| value.get_name().to_owned()).collect();
    let stores: Vec<&str> = secrets::AVAILABLE.iter().map(|choice| SecretStoreChoice::as_str(*choice)).collect();
    json!({
        "name": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "c_library": C_LIBRARY,
        "build": if cfg!(debug_assertions) { "debug" } else { "release" },
        "minimum_rust": env!("CARGO_PKG_RUST_VERSION"),
        "directories": ["crowd", "os"],
        "secret_stores": stores,
        "formats": formats,
    })
}

const C_LIBRARY: Option<&str> = if cfg!(target_env = "gnu") {
    Some("gnu")
} else if cfg!(target_env = "musl") {
    Some("musl")
} else if cfg!(target_env = "msvc") {
    Some("msvc")
} else {
    None
};
