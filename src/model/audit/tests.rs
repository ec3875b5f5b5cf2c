use proptest::prelude::*;

use super::chain::{Digest, LONGEST_LINE, Link, Seal};
use super::verification::{Beginning, Fault, Finding, Verification, Verifier};
use super::*;
use crate::model::person::Person;

fn entry(name: &str) -> Entry {
    Entry {
        at: "2026-11-22T12:00:00.123456Z".parse().unwrap(),
        event: Event::Vend,
        decision: Decision::Allow,
        reason: None,
        subject: Subject {
            scope: Some(Scope::Person),
            name: Some(name.to_owned()),
            connector: Some("deploy".to_owned()),
            account: Some("ops".to_owned()),
        },
        origin: Some(Origin::New),
        grant: Some(Grant {
            aws_account_id: Some("123123123123".to_owned()),
            principal_arn: Some("arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice".to_owned()),
            session_name: Some("alice".to_owned()),
            access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
            expires_at: "2026-11-22T13:00:00.9Z".parse().unwrap(),
        }),
        process: Process { pid: 7, uid: Some(1_000), parent: Some(6), program: Some("/usr/bin/python3".to_owned()) },
    }
}

fn link(trail: &str) -> Link {
    if trail.is_empty() { Link::first() } else { Link::after(trail.as_bytes()).unwrap() }
}

fn trail(names: &[String]) -> String {
    names.iter().fold(String::new(), |trail, name| {
        let line = link(&trail).line(&entry(name));
        trail + &line
    })
}

/// In pieces of uneven length, as they are read.
fn verify<'a>(
    files: impl IntoIterator<Item = &'a [u8]>,
    beginning: Beginning,
    expected: Option<&Digest>,
) -> Verification {
    let mut verifier = Verifier::new(beginning, expected.copied());
    for file in files {
        let (first, second) = file.split_at(file.len() / 3);
        [first, second].into_iter().for_each(|piece| verifier.feed(piece));
        verifier.end_file();
    }
    verifier.into_found()
}

fn findings(trail: &str) -> Vec<Finding> {
    verify([trail.as_bytes()], Beginning::First, None).findings
}

#[test]
fn a_line_tells_the_decision_and_nothing_is_left_to_the_reader() {
    let line = Link::first().line(&entry("alice"));
    let (body, hash) = line.trim_end().split_once(",\"hash\":\"").unwrap();
    assert_eq!(
        body,
        format!(
            "{{\"number\":1,\"previous\":null,\"time\":\"2026-11-22T12:00:00.123Z\",\"event\":\"vend\",\
             \"decision\":\"allow\",\"scope\":\"person\",\"person\":\"alice\",\"connector\":\"deploy\",\
             \"account\":\"ops\",\"source\":\"new\",\"aws_account_id\":\"123123123123\",\
             \"principal_arn\":\"arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice\",\
             \"session_name\":\"alice\",\"access_key_id\":\"ASIAIOSFODNN7EXAMPLE\",\
             \"expires_at\":\"2026-11-22T13:00:00Z\",\"version\":\"{}\",\"pid\":7,\"uid\":1000,\
             \"program\":\"/usr/bin/python3\",\"program_pid\":6",
            env!("CARGO_PKG_VERSION")
        )
    );
    assert_eq!(hash.len(), 66);
    assert!(Seal::read(line.trim_end().as_bytes()).unwrap().holds(line.trim_end().as_bytes()));
}

#[test]
fn a_session_is_named_by_the_principal() {
    for (arn, expected) in [
        ("arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice", Some("alice")),
        ("arn:aws:sts::123123123123:federated-user/alice", Some("alice")),
        ("arn:aws:iam::123123123123:user/ops", None),
        ("alice", None),
        ("", None),
    ] {
        assert_eq!(session_name_of(arn), expected, "{arn}");
    }
}

#[test]
fn what_was_torn_is_told_and_nothing_else_is_amiss() {
    let whole = trail(&["a".to_owned(), "b".to_owned()]);
    let next = Link::after(whole.as_bytes()).unwrap().line(&entry("lost"));
    for length in 1..next.len() - 1 {
        let torn = format!("{whole}{}", &next[..length]);
        assert_eq!(findings(&torn), [Finding { file: 0, line: 2, fault: Fault::TornEnd }], "{length}");
        let gone_on = format!("{torn}{}", link(&torn).line(&entry("c")));
        let gone_on = format!("{gone_on}{}", link(&gone_on).line(&entry("d")));
        assert_eq!(findings(&gone_on), [Finding { file: 0, line: 2, fault: Fault::Torn }], "{length}");
    }
}

#[test]
fn a_missing_end_is_known_by_a_hash_that_was_kept_elsewhere() {
    let whole = trail(&["a".to_owned(), "b".to_owned(), "c".to_owned()]);
    let head = verify([whole.as_bytes()], Beginning::First, None).head.unwrap();
    let shortened = &whole[..whole.trim_end().rfind('\n').unwrap() + 1];
    let has = |trail: &str| verify([trail.as_bytes()], Beginning::First, Some(&head)).has_expected;
    assert_eq!((has(&whole), has(shortened)), (true, false));
    assert_eq!(findings(shortened), []);
}

#[test]
fn what_is_no_line_is_told_where_it_begins_however_long_it_is() {
    let whole = trail(&["a".to_owned()]);
    let told = |line, fault| Finding { file: 0, line, fault };
    for length in [1, LONGEST_LINE - 1, LONGEST_LINE, LONGEST_LINE + 1, 5 * LONGEST_LINE] {
        let long = "x".repeat(length);
        let torn = format!("{whole}{long}");
        assert_eq!(findings(&torn), [told(1, Fault::TornEnd)], "{length}");
        assert_eq!(findings(&format!("{torn}\n")), [told(1, Fault::Foreign)], "{length}");
        assert_eq!(findings(&format!("{torn}\n{long}\n{long}\n")), [told(1, Fault::Foreign)], "{length}");
        let both = [told(1, Fault::Foreign), told(2, Fault::TornEnd)];
        assert_eq!(findings(&format!("{torn}\n{long}")), both, "{length}");
        // What can be looked through from the end is vouched for.
        if length < 4 * LONGEST_LINE {
            let gone_on = format!("{torn}{}", link(&torn).line(&entry("b")));
            assert_eq!(findings(&gone_on), [told(1, Fault::Torn)], "{length}");
        }
    }
}

#[test]
fn a_trail_over_several_files_is_one() {
    let whole = trail(&["a".to_owned(), "b".to_owned(), "c".to_owned()]);
    let ends: Vec<usize> = whole.match_indices('\n').map(|(at, _)| at + 1).collect();
    let (first, rest) = whole.as_bytes().split_at(ends[0]);
    let (second, third) = rest.split_at(ends[1] - ends[0]);
    let found = |files: &[&[u8]], beginning| verify(files.iter().copied(), beginning, None).findings;
    assert_eq!(found(&[first, second, third], Beginning::First), []);
    assert_eq!(found(&[first, &[], second, third], Beginning::First), []);
    assert_eq!(found(&[second, third], Beginning::Any), []);
    assert_eq!(found(&[second, third], Beginning::First), [Finding { file: 0, line: 0, fault: Fault::Missing(1) }]);
    assert_eq!(found(&[first, third], Beginning::First), [Finding { file: 1, line: 0, fault: Fault::Missing(1) }]);
    let misplaced = |file, fault| Finding { file, line: 0, fault };
    let swapped = [misplaced(1, Fault::OutOfOrder), misplaced(2, Fault::Missing(1))];
    assert_eq!(found(&[second, first, third], Beginning::Any), swapped);
}

#[test]
fn so_many_lines_are_missing_as_are_gone() {
    let whole = trail(&["a", "b", "c", "d", "e"].map(str::to_owned));
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let left = [lines[0], lines[4]].concat();
    assert_eq!(findings(&left), [Finding { file: 0, line: 1, fault: Fault::Missing(3) }]);
}

#[test]
fn a_line_after_which_none_could_come_is_none() {
    let line = Link::first().line(&entry("a"));
    let numbered = |number: u64| {
        let line = line.trim_end().replacen("{\"number\":1,", &format!("{{\"number\":{number},"), 1);
        Seal::read(line.as_bytes()).map(|seal| seal.number)
    };
    assert_eq!(numbered(u64::MAX - 1), Some(u64::MAX - 1));
    assert_eq!(numbered(u64::MAX), None);
}

#[test]
fn a_text_is_cut_before_it_grows_beyond_its_room() {
    for (plain, escaped, kept) in
        [(0, 169, 169), (0, 400, 169), (4, 400, 169), (5, 400, 168), (1_024, 0, 0), (1_025, 0, 0)]
    {
        let name = format!("{}{}", "a".repeat(plain), "é".repeat(escaped));
        let line = Link::first().line(&entry(&name));
        let told = line.split_once("\"person\":\"").unwrap().1.split_once('"').unwrap().0;
        let plain = if plain > 1_024 { 1_013 } else { plain };
        let end = if name.len() > 1_024 || escaped > kept { "..." } else { "" };
        assert_eq!(told, format!("{}{}{end}", "a".repeat(plain), "\\u00e9".repeat(kept)));
        assert!(told.len() <= 1_024);
    }
}

#[test]
fn an_actor_is_told_with_its_scope() {
    let person = Actor::Person(Person { name: "alice".to_owned(), display_name: None, email: None });
    let system = Actor::System("build-host".parse().unwrap());
    for (actor, scope, name) in [(person, Scope::Person, "alice"), (system, Scope::System, "build-host")] {
        let (scope, name) = (Some(scope), Some(name.to_owned()));
        assert_eq!(Subject::of_actor(&actor), Subject { scope, name, connector: None, account: None });
    }
}

#[test]
fn a_line_that_is_replaced_with_a_hash_of_its_own_is_found() {
    let names = ["a", "b", "c"].map(str::to_owned);
    let whole = trail(&names);
    let lines: Vec<&str> = whole.split_inclusive('\n').collect();
    let forged = link(lines[0]).line(&entry("mallory"));
    let found = findings(&format!("{}{forged}{}", lines[0], lines[2]));
    assert_eq!(found, [Finding { file: 0, line: 2, fault: Fault::Unlinked }]);
}

#[test]
fn the_longest_line_is_one() {
    let long = "\u{1f600}".repeat(10_000);
    let mut entry = entry(&long);
    let grant = entry.grant.as_mut().unwrap();
    grant.access_key_id = long.clone();
    for field in [&mut grant.aws_account_id, &mut grant.principal_arn, &mut grant.session_name] {
        *field = Some(long.clone());
    }
    for field in [&mut entry.subject.connector, &mut entry.subject.account, &mut entry.process.program] {
        *field = Some(long.clone());
    }
    entry.reason = Some(Reason { code: "denied", sentence: long });
    let line = Link { torn: Some([0; 32]), ..Link::first() }.line(&entry);
    assert!(line.len() < LONGEST_LINE, "{}", line.len());
    assert_eq!(findings(&line), []);
}

proptest! {
    #[test]
    fn any_names_make_whole_lines_of_plain_text(names in prop::collection::vec(".{0,40}|[\\x00-\\x1f\"\\\\\u{7f}-\u{9f}\u{202e}\u{1f600}]{0,400}", 1..6)) {
        let whole = trail(&names);
        prop_assert_eq!(findings(&whole), []);
        prop_assert!(whole.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')));
        for (line, name) in whole.lines().zip(&names) {
            let document: serde_json::Value = serde_json::from_str(line).unwrap();
            let written = document["person"].as_str().unwrap();
            prop_assert!(written == name || name.starts_with(written.strip_suffix("...").unwrap()));
            prop_assert!(line.len() < LONGEST_LINE);
        }
    }

    #[test]
    fn every_single_removal_swap_and_repetition_is_found(count in 3..12_usize, at in any::<prop::sample::Index>(), other in any::<prop::sample::Index>()) {
        let whole = trail(&(0..count).map(|number| format!("person {number}")).collect::<Vec<_>>());
        let lines: Vec<&str> = whole.split_inclusive('\n').collect();
        // The last one is gone without a trace.
        let (at, other) = (at.index(count - 1), other.index(count));
        let mut removed = lines.clone();
        removed.remove(at);
        prop_assert!(!findings(&removed.concat()).is_empty());
        let mut repeated = lines.clone();
        repeated.insert(other, lines[at]);
        prop_assert!(!findings(&repeated.concat()).is_empty());
        let mut swapped = lines.clone();
        swapped.swap(at, other);
        prop_assert_eq!(findings(&swapped.concat()).is_empty(), at == other);
    }

    #[test]
    fn every_single_changed_byte_is_found(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let whole = trail(&["a", "b", "c"].map(str::to_owned));
        let at = at.index(whole.len());
        let mut bytes = whole.clone().into_bytes();
        bytes[at] = byte;
        let found = verify([bytes.as_slice()], Beginning::First, None).findings;
        prop_assert_eq!(found.is_empty(), bytes == whole.as_bytes(), "byte {}", at);
    }

    #[test]
    fn nothing_that_a_file_may_hold_makes_trouble(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = verify([bytes.as_slice()], Beginning::Any, None);
        let link = Link::after(&bytes).unwrap_or_else(|| Link::after_ruin(&bytes));
        let gone_on = [bytes.as_slice(), link.line(&entry("a")).as_bytes()].concat();
        let found = verify([gone_on.as_slice()], Beginning::Any, None).findings;
        prop_assert!(found.iter().all(|found| found.fault == Fault::Torn), "{:?}", found);
    }
}

#[test]
fn a_file_of_something_else_is_no_torn_trail() {
    for (beginning, may) in [
        (&b""[..], true),
        (b"{", true),
        (b"{\"number\":7,\"prev", true),
        (b"\0\0\0", true),
        (b"correct horse battery staple\n", false),
        (b"directory = \"os\"\n", false),
        (b"{\"name\":", false),
    ] {
        assert_eq!(Link::may_begin(beginning), may, "{beginning:?}");
    }
}
