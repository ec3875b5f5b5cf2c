//! An AWS emulator on a loopback port, for as long as the value lives: ministack, which checks signatures, or moto, which
//! knows the limits of keys and their last use. Each runs from a virtual environment that tests/setup makes: `emulator` or
//! `moto` in `target/parts`, or in the folder that AFED_TEST_PARTS names. Where it is missing, a test that wants it fails.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(30);

/// Which emulator.
#[derive(Clone, Copy)]
pub enum Program {
    Ministack,
    Moto,
}

impl Program {
    const fn virtual_environment(self) -> &'static str {
        match self {
            Self::Ministack => "emulator",
            Self::Moto => "moto",
        }
    }

    const fn script(self) -> &'static str {
        match self {
            Self::Ministack => "serve.py",
            Self::Moto => "serve_moto.py",
        }
    }
}

/// A running emulator; dropping it ends it. It also ends by itself when this process does.
pub struct Emulator {
    /// Such as `http://127.0.0.1:4566`.
    pub url: String,
    child: Child,
    _folder: tempfile::TempDir,
}

/// What [`Emulator::prepare`] has made.
#[derive(serde::Deserialize)]
pub struct Prepared {
    /// The user who may ask STS for everything.
    pub user_arn: String,
    pub key: Key,
    /// The key of a user who may do nothing.
    pub idle_key: Key,
    pub inactive_key: Key,
    /// Trusts the user, with tags and source identity.
    pub open_role: String,
    /// Trusts the user who knows the external id `example`.
    pub guarded_role: String,
    /// Trusts somebody else.
    pub closed_role: String,
    /// Trusts the role "open", which may assume it and use S3.
    pub next_role: String,
}

/// Both halves of an access key.
#[derive(serde::Deserialize)]
pub struct Key {
    pub id: String,
    pub secret: String,
}

impl Emulator {
    /// Starts ministack and waits until it answers.
    pub fn start() -> Self {
        Self::start_program(Program::Ministack)
    }

    pub fn start_program(program: Program) -> Self {
        // Between finding a free port and taking it somebody else may take it; then the emulator ends at once.
        (0..5)
            .find_map(|_| Self::start_on(program, free_port()))
            .expect("the AWS emulator ends as soon as it is started")
    }

    /// Makes a user with keys and roles, through plain signed calls of another SDK.
    pub fn prepare(&self) -> Prepared {
        let output = python(Program::Ministack, "prepare.py").arg(&self.url).output().expect(MISSING);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the AWS emulator could not be prepared: {errors}");
        serde_json::from_slice(&output.stdout).expect("prepare.py prints one JSON object")
    }

    fn start_on(program: Program, port: u16) -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let child = python(program, program.script())
            .envs([("AUTH", "true"), ("BIND_HOST", "127.0.0.1")])
            .envs([("GATEWAY_PORT", port.to_string()), ("MOTO_PORT", port.to_string())])
            .env("TMPDIR", folder.path())
            .env("HOME", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(MISSING);
        let mut emulator = Self { url: format!("http://127.0.0.1:{port}"), child, _folder: folder };
        emulator.wait_until_it_answers(port).then_some(emulator)
    }

    fn wait_until_it_answers(&mut self, port: u16) -> bool {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if self.child.try_wait().expect("the emulator is a child of this process").is_some() {
                return false;
            }
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the AWS emulator does not answer within {} s", PATIENCE.as_secs());
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub const MISSING: &str = "the AWS emulator can't be started; run tests/setup first";

/// The python of the test parts with one of the scripts here, and nothing of this process's environment.
pub fn python(program: Program, script: &str) -> Command {
    let mut command = Command::new(parts().join(program.virtual_environment()).join("bin/python3"));
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator").join(script)).env_clear();
    command
}

#[allow(clippy::disallowed_methods, reason = "only tests are told by the environment where their parts are")]
pub fn parts() -> PathBuf {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/parts");
    std::env::var_os("AFED_TEST_PARTS").map_or_else(default, PathBuf::from)
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free loopback port");
    listener.local_addr().expect("a bound address").port()
}
