//! What a warm call does, as the kernel sees it: every file that it opens, and nothing else but reading the key, looking
//! at what the pass was derived from, one line of the audit trail, and one write.

use std::path::Path;

use crate::sandbox::Sandbox;

const TRAIL: &str = ".local/state/afed/audit.jsonl";

#[test]
fn a_warm_call_opens_two_sealed_files_and_the_trail_and_answers_once() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    let cold = sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
    let trace = sandbox.path("trace");
    let strace = sandbox.program(Path::new("/usr/bin/strace"));
    // Without a limit of length the trace would hold what was written.
    let run = strace.args(&["-f", "-qq", "-s", "0", "-o", trace.to_str().unwrap(), env!("CARGO_BIN_EXE_afed")]);
    let warm = run.args(&["creds", "deploy", "--format", "process"]).vends().succeeds();
    assert_eq!((warm.stdout, warm.stderr.as_str()), (cold.stdout, ""));

    let trace = sandbox.read("trace");
    let calls: Vec<(&str, &str)> = trace.lines().filter_map(call).collect();
    let named = |names: &[&str]| calls.iter().filter(|(name, _)| names.contains(name)).count();
    assert_eq!(named(&["socket", "socketpair", "connect", "clone", "clone3", "fork", "vfork", "bind"]), 0, "{trace}");
    assert_eq!(named(&["execve"]), 1, "{trace}");
    assert_eq!(
        named(&["flock", "rename", "renameat", "unlink", "mkdir"]),
        1,
        "only the audit trail is locked: {trace}"
    );

    let home = sandbox.path("home");
    let below_home = |arguments: &str| {
        let path = arguments.split('"').nth(1)?;
        Some(Path::new(path).strip_prefix(&home).ok()?.display().to_string())
    };
    let files = |names: &[&str]| -> Vec<String> {
        calls.iter().filter(|(name, _)| names.contains(name)).filter_map(|(_, rest)| below_home(rest)).collect()
    };
    let opened = files(&["open", "openat", "openat2"]);
    let ends: Vec<&str> = opened.iter().map(|path| path.rsplit('.').next().unwrap()).collect();
    assert_eq!(ends, ["pass", "lease", "jsonl"], "{opened:?}");
    assert_eq!(opened[2], TRAIL);
    assert!(opened[..2].iter().all(|path| path.starts_with(".cache/afed/sealed/")), "{opened:?}");
    let looked_at: std::collections::BTreeSet<String> =
        files(&["stat", "statx", "lstat", "newfstatat", "access", "readlink"]).into_iter().collect();
    assert_eq!(looked_at, [".cache/afed/session", ".config/afed/config.toml", TRAIL].map(str::to_owned).into());
    let writes: Vec<&str> =
        calls.iter().filter(|(name, _)| name.starts_with("write") || name.starts_with("send")).map(|it| it.1).collect();
    assert!(writes.len() == 2 && writes[1].starts_with("1, "), "recorded, then answered: {writes:?}");
    assert_eq!(named(&["fsync", "fdatasync"]), 0, "{trace}");
}

/// The name and the arguments of a system call, where the line shows one.
fn call(line: &str) -> Option<(&str, &str)> {
    let (name, arguments) = line.split_once('(')?;
    Some((name.split_whitespace().last()?, arguments))
}
