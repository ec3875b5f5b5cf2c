//! What somebody may do to the files of the audit trail, and that `afed audit verify` names the file and the line.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use serde_json::Value;

use crate::sandbox::Sandbox;

const TRAIL: &str = "home/.local/state/afed/audit.jsonl";

/// Says what is found, without the folder of the trail.
fn verified(sandbox: &Sandbox) -> (Option<i32>, String) {
    let outcome = sandbox.run(&["audit", "verify"]).outcome();
    (outcome.code, outcome.stdout.replace("$SANDBOX/home/.local/state/afed/", ""))
}

fn hash(line: &str) -> String {
    serde_json::from_str::<Value>(line).unwrap()["hash"].as_str().unwrap().to_owned()
}

/// The configured sandbox's three lines, and a fourth.
fn four_lines() -> (Sandbox, Vec<String>) {
    let sandbox = Sandbox::configured();
    sandbox.run(&["creds", "none"]).outcome();
    let lines: Vec<String> = sandbox.read(TRAIL).split_inclusive('\n').map(str::to_owned).collect();
    assert_eq!(lines.len(), 4);
    (sandbox, lines)
}

#[test]
fn what_is_done_to_lines_is_found_with_its_file_and_line() {
    let (sandbox, lines) = four_lines();
    let [a, b, c, d] = [0, 1, 2, 3].map(|number| lines[number].as_str());
    let spaced = b.replace("\"number\":2,", "\"number\": 2,");
    let padded = b.replace("}\n", "} \n");
    let reordered =
        b.replace("\"decision\":\"allow\",\"code\":\"changed\"", "\"code\":\"changed\",\"decision\":\"allow\"");
    let theirs = Sandbox::configured().read(TRAIL);
    let other = theirs.split_inclusive('\n').nth(1).unwrap();
    assert!([&spaced, &padded, &reordered].iter().all(|changed| *changed != b) && other != b);
    let (missing, changed) = ("a line is missing before this one", "this line was changed");
    let (foreign, order) = ("this is no line that afed wrote", "this line is not in its place");
    let replaced = "the line before this one was replaced";
    let none = "Nothing is recorded yet\n".to_owned();
    let told = |findings: &[(usize, &str)]| -> String {
        findings.iter().map(|(line, fault)| format!("audit.jsonl:{line}: {fault}\n")).collect()
    };
    for (name, text, expected) in [
        ("the first removed", [b, c, d].concat(), told(&[(1, missing)])),
        ("one removed", [a, b, d].concat(), told(&[(3, missing)])),
        ("swapped", [a, c, b, d].concat(), told(&[(2, missing), (3, order), (4, missing)])),
        ("doubled", [a, b, b, c, d].concat(), told(&[(3, order)])),
        ("of another file", [a, other, c, d].concat(), told(&[(2, replaced), (3, replaced)])),
        ("white space", [a, &spaced, c, d].concat(), told(&[(2, foreign), (3, missing)])),
        ("white space at the end", [a, &padded, c, d].concat(), told(&[(2, foreign), (3, missing)])),
        ("the order of keys", [a, &reordered, c, d].concat(), told(&[(2, changed)])),
        ("carriage returns", lines.concat().replace('\n', "\r\n"), told(&[(1, foreign)])),
        ("an empty line", [a, "\n", b, c, d].concat(), told(&[(2, foreign)])),
        ("no line", String::new(), none),
    ] {
        sandbox.write_private(TRAIL, text);
        let code = i32::from(expected.starts_with("audit"));
        assert_eq!(verified(&sandbox), (Some(code), expected), "{name}");
    }
    sandbox.write_private(TRAIL, [a.as_bytes(), &[0xff; 300], b"\n", b.as_bytes()].concat());
    assert_eq!(verified(&sandbox).1, told(&[(2, foreign)]));
    // The end is missed only by who has kept its hash.
    sandbox.write_private(TRAIL, [a, b, c].concat());
    assert_eq!(verified(&sandbox).0, Some(0));
    assert_eq!(sandbox.run(&["audit", "verify", "--expect", &hash(d)]).outcome().code, Some(1));
    sandbox.run(&["audit", "verify", "--expect", &hash(c)]).succeeds();
}

#[test]
fn what_is_done_to_files_is_found_with_their_names() {
    let (sandbox, lines) = four_lines();
    let put = |files: &[(&str, &str)]| {
        fs::remove_dir_all(sandbox.path(TRAIL).parent().unwrap()).unwrap();
        fs::create_dir(sandbox.path(TRAIL).parent().unwrap()).unwrap();
        files.iter().for_each(|(end, line)| sandbox.write_private(&format!("{TRAIL}{end}"), line));
    };
    let [a, b, c, d] = [0, 1, 2, 3].map(|number| lines[number].as_str());
    let whole = |lines: &str| format!("{lines} are whole, the last is {}\n", hash(d));
    for (files, expected) in [
        (vec![(".3", a), (".2", b), (".1", c), ("", d)], whole("4 lines in 4 files")),
        (vec![(".3", a), (".2", b), (".1", ""), ("", &lines[2..].concat())], whole("4 lines in 4 files")),
        (vec![(".3", a), (".2", b), ("", d)], "audit.jsonl:1: a line is missing before this one\n".to_owned()),
        (vec![(".2", b), (".1", c), ("", d)], "audit.jsonl.2:1: a line is missing before this one\n".to_owned()),
        (
            vec![(".3", a), (".2", c), (".1", b), ("", d)],
            "audit.jsonl.2:1: a line is missing before this one\naudit.jsonl.1:1: this line is not in its place\n\
             audit.jsonl:1: a line is missing before this one\n"
                .to_owned(),
        ),
    ] {
        put(&files);
        assert_eq!(verified(&sandbox).1, expected, "{files:?}");
    }
    put(&[(".1", c), ("", d)]);
    let given = sandbox.run(&["audit", "verify", &format!("{TRAIL}.1"), TRAIL]).succeeds();
    assert_eq!(given.stdout, format!("2 lines in 2 files are whole, from number 3 on, the last is {}\n", hash(d)));
}

#[test]
fn what_is_no_file_of_a_trail_is_named_and_not_waited_for() {
    let (sandbox, lines) = four_lines();
    let path = sandbox.path(TRAIL);
    let refused = |end: &str, what: &str| {
        let place = format!("$SANDBOX/{TRAIL}{end}");
        for command in [["audit", "verify"].as_slice(), &["audit"]] {
            sandbox.run(command).fails(
                1,
                &format!(
                    "error: the audit trail {place} is {what}\n\nhint: see what is wrong with it: ls -ld '{place}'\n"
                ),
            );
        }
    };
    for end in ["", ".1"] {
        let at = sandbox.path(&format!("{TRAIL}{end}"));
        drop(fs::remove_file(&at));
        sandbox.write_private("elsewhere", &lines[0]);
        symlink(sandbox.path("elsewhere"), &at).unwrap();
        refused(end, "a symbolic link");
        fs::remove_file(&at).unwrap();
        nix::unistd::mkfifo(&at, nix::sys::stat::Mode::S_IRWXU).unwrap();
        refused(end, "not a regular file");
        fs::remove_file(&at).unwrap();
        sandbox.write_private(&format!("{TRAIL}{end}"), &lines[0]);
        fs::set_permissions(&at, fs::Permissions::from_mode(0o622)).unwrap();
        refused(end, "open to be written by others");
        fs::set_permissions(&at, fs::Permissions::from_mode(0o644)).unwrap();
        // Only root can give a file away.
        if nix::unistd::geteuid().is_root() {
            chown(&at, Some(12_345), None).unwrap();
            refused(end, "another user's file");
            chown(&at, Some(0), None).unwrap();
        }
    }
    fs::remove_file(&path).unwrap();
}

#[test]
fn a_line_of_any_length_takes_no_more_memory() {
    const SIZE: u64 = 24 << 20;
    let (sandbox, lines) = four_lines();
    // Outside, as every run searches the sandbox's files for secrets.
    let huge = tempfile::NamedTempFile::new().unwrap();
    fs::write(huge.path(), &lines[0]).unwrap();
    huge.as_file().set_len(SIZE).unwrap();
    let path = huge.path().to_str().unwrap();
    let limited = |words: &[&str]| {
        let run = sandbox.program(Path::new("/usr/bin/prlimit")).args(&["--data=12000000", env!("CARGO_BIN_EXE_afed")]);
        run.args(words).outcome()
    };
    let outcome = limited(&["audit", "verify", path]);
    let expected = format!("{path}:2: the file ends in the middle of this line\n");
    assert_eq!((outcome.code, outcome.stdout), (Some(1), expected), "{}", outcome.stderr);
    let config = format!("\n[audit]\nfile = \"{path}\"\n");
    sandbox.edit_config(|text| text + &config);
    let outcome = limited(&["audit", "--last", "1", "--json"]);
    assert_eq!((outcome.code, outcome.json().as_array().unwrap().len()), (Some(0), 1), "{}", outcome.stderr);
    assert!(
        outcome.stderr.starts_with("warning: lines of the audit trail that are not as afed wrote them: 1\n"),
        "{}",
        outcome.stderr
    );
}
