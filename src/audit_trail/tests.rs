#![cfg(unix)]

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixDatagram;

use super::*;
use crate::model::audit::settings::FileSize;
use crate::model::audit::verification::{Beginning, Verification, Verifier};
use crate::model::audit::{Decision, Event, Process, Subject};

fn entry(name: &str) -> Entry {
    Entry {
        at: "2026-11-02T12:00:00Z".parse().unwrap(),
        event: Event::LogIn,
        decision: Decision::Deny,
        reason: None,
        subject: Subject { name: Some(name.to_owned()), ..Subject::default() },
        origin: None,
        grant: None,
        process: Process { pid: 7, uid: None, parent: None, program: None },
    }
}

fn trail(path: &Path, settings: AuditSettings) -> FileTrail {
    FileTrail::new(path.to_owned(), settings)
}

fn small(keep: u32) -> AuditSettings {
    AuditSettings { max_size: FileSize(4_096), keep, ..AuditSettings::DEFAULT }
}

/// With room for one line.
fn full_at_once(keep: u32) -> AuditSettings {
    AuditSettings { max_size: FileSize(1), ..small(keep) }
}

fn verified(trail: &FileTrail, beginning: Beginning) -> Verification {
    let mut verifier = Verifier::new(beginning, None);
    for mut file in trail.read().unwrap() {
        let mut bytes = Vec::new();
        file.content.read_to_end(&mut bytes).unwrap();
        verifier.feed(&bytes);
        verifier.end_file();
    }
    verifier.into_found()
}

#[test]
fn two_hundred_writers_at_once_lose_and_tear_nothing() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("new/folder/audit.jsonl");
    std::thread::scope(|scope| {
        for writer in 0..200 {
            let path = &path;
            scope.spawn(move || {
                let trail = trail(path, AuditSettings::DEFAULT);
                (0..5).for_each(|round| assert!(trail.record(&entry(&format!("{writer}-{round}"))).unwrap().is_none()));
            });
        }
    });
    let trail = trail(&path, AuditSettings::DEFAULT);
    let found = verified(&trail, Beginning::First);
    assert_eq!((found.findings.as_slice(), found.lines), (&[][..], 1_000));
    let text = fs::read_to_string(&path).unwrap();
    let people: std::collections::BTreeSet<&str> =
        text.lines().map(|line| line.split("\"person\":\"").nth(1).unwrap().split('"').next().unwrap()).collect();
    assert_eq!(people.len(), 1_000);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
}

#[test]
fn files_that_are_full_are_put_aside_and_the_chain_goes_on() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("audit.jsonl");
    let all = trail(&path, small(1_000));
    std::thread::scope(|scope| {
        for _ in 0..20 {
            scope.spawn(|| (0..20).for_each(|_| assert!(all.record(&entry("alice")).unwrap().is_none())));
        }
    });
    let found = verified(&all, Beginning::First);
    assert_eq!((found.findings.as_slice(), found.lines), (&[][..], 400));
    assert!(all.read().unwrap().len() > 10);
}

#[test]
fn the_oldest_file_falls_away_and_only_then_may_the_beginning_be_missing() {
    let root = tempfile::tempdir().unwrap();
    for keep in [0, 1, 3] {
        let trail = trail(&root.path().join(format!("{keep}.jsonl")), small(keep));
        (0..100).for_each(|_| assert!(trail.record(&entry("alice")).unwrap().is_none()));
        let files = trail.read().unwrap();
        assert_eq!(files.len(), 1 + keep.max(1) as usize);
        let found = verified(&trail, Beginning::Any);
        assert_eq!(found.findings, []);
        assert!(found.lines < 100);
        assert_eq!(verified(&trail, Beginning::First).findings.len(), 1);
    }
}

#[test]
fn a_file_that_is_not_ours_alone_is_refused() {
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("target");
    crate::sys::files::put(&target, b"").unwrap();
    let at = |name: &str| root.path().join(name);
    std::os::unix::fs::symlink(&target, at("link")).unwrap();
    nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    fs::create_dir(at("folder")).unwrap();
    crate::sys::files::put(&at("open"), b"").unwrap();
    fs::set_permissions(at("open"), fs::Permissions::from_mode(0o620)).unwrap();
    crate::sys::files::put(&at("blank"), b"").unwrap();
    fs::set_permissions(at("blank"), fs::Permissions::from_mode(0o644)).unwrap();
    for (name, expected) in [
        ("link", "is a symbolic link"),
        ("pipe", "is not a regular file"),
        ("folder", "can't be opened"),
        ("open", "is open to be written by others"),
        ("blank", "is empty, and its mode is 0644 and not 0600, so that it may be a file of something else"),
        ("target/below", "can't be opened"),
    ] {
        let trail = trail(&at(name), AuditSettings::DEFAULT);
        for error in [trail.record(&entry("alice")).unwrap_err(), trail.probe().unwrap_err()] {
            assert!(error.to_string().ends_with(expected), "{name}: {error}");
        }
    }
    assert_eq!(fs::read_to_string(target).unwrap(), "");
}

#[test]
fn what_could_not_be_recorded_is_known_beforehand() {
    let root = tempfile::tempdir().unwrap();
    let at = |name: &str| root.path().join(name);
    crate::sys::files::put(&at("letter"), b"Dear Sir\n").unwrap();
    crate::sys::files::put(&at("full"), &[b'{'; 4_096]).unwrap();
    fs::create_dir(at("full.1")).unwrap();
    for (name, expected) in [("letter", "is a file of something else"), ("full", "full.1 is not a regular file")] {
        let trail = trail(&at(name), small(1));
        for error in [trail.probe().unwrap_err(), trail.record(&entry("alice")).unwrap_err()] {
            assert!(error.to_string().ends_with(expected), "{name}: {error}");
        }
    }
}

#[test]
fn what_a_crash_may_have_left_empty_is_a_trail() {
    let root = tempfile::tempdir().unwrap();
    // Root can open what the mask has left without any right.
    let modes = if nix::unistd::geteuid().is_root() { &[0o600, 0o400, 0][..] } else { &[0o600] };
    for mode in modes {
        let path = root.path().join(format!("{mode:o}"));
        crate::sys::files::put(&path, b"").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        assert!(trail(&path, AuditSettings::DEFAULT).record(&entry("alice")).unwrap().is_none());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    }
}

#[test]
fn a_proof_that_a_line_has_room_writes_none() {
    let root = tempfile::tempdir().unwrap();
    let trail = trail(&root.path().join("audit.jsonl"), small(1_000));
    for round in 0..40 {
        trail.probe().unwrap();
        assert!(trail.record(&entry("alice")).unwrap().is_none(), "{round}");
    }
    trail.probe().unwrap();
    let found = verified(&trail, Beginning::First);
    assert_eq!((found.findings.as_slice(), found.lines), (&[][..], 40));
    assert!(trail.read().unwrap().len() > 2);
}

#[test]
fn nothing_but_a_part_of_the_trail_falls_away_for_a_new_one() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("notes");
    let oldest = path.with_extension("2");
    let trail = trail(&path, full_at_once(2));
    (0..2).for_each(|_| drop(trail.record(&entry("alice")).unwrap()));
    crate::sys::files::put(&oldest, b"Dear Sir\n").unwrap();
    for error in [trail.foresee().unwrap_err(), trail.probe().unwrap_err(), trail.record(&entry("alice")).unwrap_err()]
    {
        assert_eq!(error.to_string(), format!("the audit trail {} is a file of something else", oldest.display()));
    }
    assert_eq!(fs::read(oldest).unwrap(), b"Dear Sir\n");
}

#[test]
fn a_full_file_stays_where_only_a_look_is_taken() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("audit.jsonl");
    let trail = trail(&path, full_at_once(1));
    trail.record(&entry("alice")).unwrap();
    let kept = fs::read(&path).unwrap();
    trail.foresee().unwrap();
    assert_eq!((fs::read(&path).unwrap(), fs::read_dir(root.path()).unwrap().count()), (kept, 1));
}

#[test]
fn whether_a_line_could_be_written_is_known_without_making_anything() {
    let root = tempfile::tempdir().unwrap();
    crate::sys::files::put(&root.path().join("file"), b"").unwrap();
    let foreseen = |name: &str| trail(&root.path().join(name), AuditSettings::DEFAULT).foresee();
    foreseen("audit.jsonl").unwrap();
    foreseen("new/folder/audit.jsonl").unwrap();
    let error = foreseen("file/folder/audit.jsonl").unwrap_err();
    assert!(error.to_string().ends_with("/file/folder/audit.jsonl can't be opened"), "{error}");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    trail(&root.path().join("audit.jsonl"), AuditSettings::DEFAULT).record(&entry("alice")).unwrap();
    foreseen("audit.jsonl").unwrap();
}

#[test]
fn what_stands_in_the_place_of_a_file_that_was_put_aside_is_refused_and_not_waited_for() {
    let root = tempfile::tempdir().unwrap();
    for (name, expected) in [("link", "is a symbolic link"), ("pipe", "is not a regular file")] {
        let path = root.path().join(name);
        let aside = root.path().join(format!("{name}.1"));
        match name {
            "link" => std::os::unix::fs::symlink("/dev/zero", &aside).unwrap(),
            _ => nix::unistd::mkfifo(&aside, nix::sys::stat::Mode::S_IRWXU).unwrap(),
        }
        let trail = trail(&path, AuditSettings::DEFAULT);
        for error in [trail.record(&entry("alice")).unwrap_err(), trail.read().err().unwrap()] {
            assert_eq!(error.to_string(), format!("the audit trail {} {expected}", aside.display()));
        }
    }
}

#[test]
fn whatever_a_crash_has_left_the_next_line_is_whole_and_says_so() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("audit.jsonl");
    let trail = trail(&path, AuditSettings::DEFAULT);
    (0..2).for_each(|_| drop(trail.record(&entry("alice")).unwrap()));
    let whole = fs::read(&path).unwrap();
    // One more of the far end than the near end has room for.
    for rest in [&b"{"[..], b"{\"number\":3,\"previous\":\"", &[0; 3_000], b"\n", b"a\nb"] {
        crate::sys::files::put(&path, &[&whole, rest].concat()).unwrap();
        (0..2).for_each(|_| drop(trail.record(&entry("bob")).unwrap()));
        let found = verified(&trail, Beginning::First);
        let faults: Vec<String> = found.findings.iter().map(|finding| finding.fault.to_string()).collect();
        assert_eq!(
            (faults, found.lines),
            (vec!["this line was cut off while it was written".to_owned()], 4),
            "{rest:?}"
        );
    }
}

#[test]
fn journald_and_syslog_get_the_line_or_it_is_told() {
    let root = tempfile::tempdir().unwrap();
    for (also, expected) in [
        (
            SecondTarget::Journald,
            "MESSAGE={LINE}\nPRIORITY=5\nSYSLOG_IDENTIFIER=afed\nSYSLOG_FACILITY=10\nAFED_EVENT=log-in\nAFED_DECISION=deny\n",
        ),
        (SecondTarget::Syslog, "<85>Nov  2 12:00:00 afed[7]: {LINE}"),
    ] {
        let path = root.path().join(also.as_str());
        let socket = root.path().join(format!("{}.socket", also.as_str()));
        let settings = AuditSettings { also: Some(also), ..AuditSettings::DEFAULT };
        let mut trail = trail(&path, settings);
        trail.targets = SecondTargets { journald: socket.clone(), syslog: socket.clone() };
        let trouble = trail.record(&entry("alice")).unwrap().unwrap();
        assert_eq!(trouble.to_string(), format!("{} did not get the line of the audit trail", also.as_str()));
        assert!(trail.reach_second_target().unwrap().is_err());
        let listening = UnixDatagram::bind(&socket).unwrap();
        assert!(trail.record(&entry("bob")).unwrap().is_none());
        assert!(trail.reach_second_target().unwrap().is_ok());
        let mut datagram = [0; 4_096];
        let length = listening.recv(&mut datagram).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let line = text.lines().nth(1).unwrap();
        assert_eq!(std::str::from_utf8(&datagram[..length]).unwrap(), expected.replace("{LINE}", line));
    }
}

#[test]
fn a_device_is_no_trail() {
    let full = trail(Path::new("/dev/full"), AuditSettings::DEFAULT);
    let error = full.record(&entry("alice")).unwrap_err();
    assert_eq!(error.to_string(), "the audit trail /dev/full is not a regular file");
    assert!(trail(Path::new("/proc/afed/audit.jsonl"), AuditSettings::DEFAULT).record(&entry("alice")).is_err());
}
