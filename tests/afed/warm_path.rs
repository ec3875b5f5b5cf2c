//! What a warm call does, as the kernel sees it: every file that it opens, and nothing else but reading the key, looking
//! at what the pass was derived from, and one write.

use std::path::Path;

use crate::sandbox::Sandbox;

#[test]
fn a_warm_call_opens_two_sealed_files_and_writes_once() {
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
    assert_eq!(named(&["flock", "rename", "renameat", "unlink", "mkdir"]), 0, "nothing is locked or changed: {trace}");

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
    assert_eq!(ends, ["pass", "lease"], "{opened:?}");
    assert!(opened.iter().all(|path| path.starts_with(".cache/afed/sealed/")), "{opened:?}");
    let looked_at: std::collections::BTreeSet<String> =
        files(&["stat", "statx", "lstat", "newfstatat", "access", "readlink"]).into_iter().collect();
    assert_eq!(looked_at, [".cache/afed/session", ".config/afed/config.toml"].map(str::to_owned).into());
    let writes: Vec<&str> =
        calls.iter().filter(|(name, _)| name.starts_with("write") || name.starts_with("send")).map(|it| it.1).collect();
    assert!(writes.len() == 1 && writes[0].starts_with("1, "), "{writes:?}");
}

/// The name and the arguments of a system call, where the line shows one.
fn call(line: &str) -> Option<(&str, &str)> {
    let (name, arguments) = line.split_once('(')?;
    Some((name.split_whitespace().last()?, arguments))
}
