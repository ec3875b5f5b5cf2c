//! The real parsers, each given many pairs of files at once: botocore and the JavaScript SDK in one process each, the Rust
//! SDK in this one. The first two need what tests/setup makes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use aws_config::profile;
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_types::os_shim_internal::{Env, Fs};
use serde_json::{Value, json};

use crate::emulator::parts;
use crate::sys::files::put;

/// Both of AWS's files, byte for byte.
#[derive(Clone, Debug)]
pub struct Files {
    pub config: Vec<u8>,
    pub credentials: Vec<u8>,
}

/// What a parser makes of a pair: profiles with their settings, told apart by file where the parser does; `None` where it
/// can't read them.
pub type Reading = Option<BTreeMap<String, BTreeMap<String, Value>>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parser {
    Botocore,
    JavaScript,
    Rust,
}

impl Parser {
    pub const ALL: [Self; 3] = [Self::Botocore, Self::JavaScript, Self::Rust];

    pub fn read(self, pairs: &[Files]) -> Vec<Reading> {
        match self {
            Self::Botocore => of_script("clients/bin/python", "aws_files.py", pairs),
            Self::JavaScript => of_script("bin/node", "aws_files.js", pairs),
            Self::Rust => of_rust(pairs),
        }
    }

    /// How it tells the profile of the configuration file, and that of the credentials file.
    pub fn names(self, profile: &str) -> [String; 2] {
        match self {
            Self::Rust => [profile.to_owned(), profile.to_owned()],
            Self::Botocore | Self::JavaScript => [format!("config {profile}"), format!("credentials {profile}")],
        }
    }
}

fn of_script(interpreter: &str, script: &str, pairs: &[Files]) -> Vec<Reading> {
    let folder = written(pairs);
    let output = Command::new(parts().join(interpreter))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script))
        .arg(folder.path())
        .env_clear()
        .env("NODE_PATH", parts().join("node_modules"))
        .stdin(Stdio::null())
        .output()
        .expect("the interpreter can't be started; run tests/setup first");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("the script prints one JSON list")
}

/// The pairs as `N.config` and `N.credentials`.
fn written(pairs: &[Files]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, files) in pairs.iter().enumerate() {
        put(&folder.path().join(format!("{number}.config")), &files.config).unwrap();
        put(&folder.path().join(format!("{number}.credentials")), &files.credentials).unwrap();
    }
    folder
}

fn of_rust(pairs: &[Files]) -> Vec<Reading> {
    let folder = written(pairs);
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let read = |number| runtime.block_on(read_by_rust(folder.path(), number));
    let is_text =
        |files: &Files| std::str::from_utf8(&files.config).and(std::str::from_utf8(&files.credentials)).is_ok();
    // It takes a file that is not UTF-8 for an empty one.
    pairs.iter().enumerate().map(|(number, files)| is_text(files).then(|| read(number)).flatten()).collect()
}

/// It tells the names of profiles and the value of a key, but not which keys there are.
const KEYS: [&str; 14] = [
    "region",
    "output",
    "name",
    "k",
    "s3",
    "a",
    "credential_process",
    "role_arn",
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "x_security_token_expires",
    "more",
    "max",
];

async fn read_by_rust(folder: &Path, number: usize) -> Reading {
    let at = |end: &str| folder.join(format!("{number}.{end}"));
    let files = EnvConfigFiles::builder()
        .with_file(EnvConfigFileKind::Config, at("config"))
        .with_file(EnvConfigFileKind::Credentials, at("credentials"))
        .build();
    let read = profile::load(&Fs::real(), &Env::from_slice(&[]), &files, None).await.ok()?;
    let settings = |name: &str| {
        let profile = read.get_profile(name).unwrap();
        KEYS.iter().filter_map(|key| Some(((*key).to_owned(), json!(profile.get(key)?)))).collect()
    };
    Some(read.profiles().map(|name| (name.to_owned(), settings(name))).collect())
}
