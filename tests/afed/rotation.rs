//! `afed account rotate` against an emulator that checks signatures, and one that knows the limits of keys: what is done,
//! said and refused, exactly. What becomes of a run that is killed is in `rotation_kills`.

use std::sync::LazyLock;

use crate::emulator::{Emulator, Key, Program};
use crate::iam::Iam;
use crate::sandbox::{Outcome, Run, Sandbox, aws, aws_url};
use crate::sts_proxy::{Reply, StsProxy};

/// It ends with this process.
pub static MOTO: LazyLock<Emulator> = LazyLock::new(|| Emulator::start_program(Program::Moto));

pub const JOURNAL: &str = "home/.config/afed/config.toml.ops.rotation";

/// The account `ops` has this key, and the connector `own` issues session tokens for developers.
pub fn with_key(url: &str, key: &Key) -> Sandbox {
    let sandbox = Sandbox::new().env("AWS_ENDPOINT_URL", url).env("AWS_ENDPOINT_URL_STS", url);
    sandbox.init();
    sandbox.keep_secret(&key.secret);
    sandbox
        .run(&["account", "create", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"])
        .input(&key.secret)
        .succeeds();
    sandbox
        .run(&["connector", "create", "own", "--account", "ops", "--principal", "session-token"])
        .args(&["--group", "developers", "--region", "eu-west-1"])
        .succeeds();
    sandbox
}

pub fn rotate(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["account", "rotate", "ops", "--yes"])
}

/// The key that the account has.
pub fn configured_key(sandbox: &Sandbox) -> String {
    let shown = sandbox.run(&["account", "show", "ops", "--json"]).succeeds().json();
    shown["access_key_id"].as_str().unwrap().to_owned()
}

/// Dates and ids that differ from run to run.
fn without_days(outcome: &Outcome) -> String {
    let mut words: Vec<String> = Vec::new();
    for line in outcome.stderr.lines() {
        let words_of_line = line.split(' ').map(|word| {
            let digits = word.trim_end_matches([',', ')']);
            let is_day = digits.len() == 10 && digits.split('-').all(|part| part.parse::<u32>().is_ok());
            if is_day { word.replace(digits, "DAY") } else { word.to_owned() }
        });
        words.push(words_of_line.collect::<Vec<_>>().join(" "));
    }
    words.join("\n")
}

#[test]
fn a_key_is_replaced_and_the_old_one_is_refused_from_then_on() {
    let iam = Iam::at(aws_url());
    let old = iam.user("rotating");
    let sandbox = with_key(aws_url(), &old);
    sandbox.edit_config(|text| text.replace(&format!("\"{}\"", old.id), &format!("\"{}\" # of 2025", old.id)));
    sandbox.log_in("alice");
    let vended = |format| sandbox.run(&["creds", "own", "--format", format]).vends().succeeds().stdout;
    let before = vended("process");
    let (config, leases) = (sandbox.config(), sandbox.files("home/.cache/afed/sealed"));

    let outcome = rotate(&sandbox).succeeds();
    let keys = iam.keys("rotating");
    let new = keys[0].0.clone();
    assert_eq!((keys.len(), keys[0].1), (1, true), "{keys:?}");
    let old_id = &old.id;
    assert_eq!(
        without_days(&outcome),
        format!(
            "arn:aws:iam::000000000000:user/rotating has the key {old_id} (active, made DAY, never used)\n\
             warning: other machines that have the old key, in afed or elsewhere, lose access when it ends\n\
             Made the key {new} and stored its secret\n\
             AWS accepts {new}\n\
             The account has the key {new} now\n\
             Deactivated the old key {old_id}\n\
             Deleted the old key {old_id} and forgot its secret"
        )
    );
    assert_eq!(outcome.stdout, "");
    assert_eq!(sandbox.config(), config.replace(old_id, &new));
    assert!(!sandbox.path(JOURNAL).exists());
    let is_lease = |path: &&String| path.ends_with(".lease");
    assert_eq!(leases.iter().filter(is_lease).count(), 1);
    assert_eq!(sandbox.files("home/.cache/afed/sealed").iter().filter(is_lease).count(), 0);
    assert_ne!(vended("process"), before);

    sandbox
        .run(&["account", "create", "late", "--access-key-id", old_id, "--secret-access-key-stdin"])
        .input(&old.secret)
        .fails(
            4,
            &format!(
                "error: AWS does not know the access key {old_id}, or it is inactive\n\
             caused by: InvalidClientTokenId: The security token included in the request is invalid.\n\n\
             hint: in the IAM console, see that the key {old_id} is there and active, in the partition of the region\n"
            ),
        );
}

#[test]
fn the_old_key_may_be_kept_until_the_next_run() {
    let iam = Iam::at(aws_url());
    let old = iam.user("keeping");
    let sandbox = with_key(aws_url(), &old);
    let outcome = rotate(&sandbox).args(&["--keep-old"]).succeeds();
    assert!(
        outcome.stderr.ends_with(&format!(
            "Deactivated the old key {}\nhint: when nothing misses the old key, delete it: afed account rotate ops\n",
            old.id
        )),
        "{outcome:?}"
    );
    let new = configured_key(&sandbox);
    assert_eq!(iam.keys("keeping"), [(old.id, false), (new.clone(), true)]);
    let shown = sandbox.run(&["account", "show", "ops"]).succeeds();
    assert_eq!(
        shown.stderr,
        "hint: a rotation of this account's key is not finished; go on with: afed account rotate ops\n"
    );
    let outcome = rotate(&sandbox).succeeds();
    assert!(
        outcome.stderr.contains("The account “ops” has its new key already; the old one is left to end\n"),
        "{outcome:?}"
    );
    assert_eq!(iam.keys("keeping"), [(new, true)]);
    assert_eq!(sandbox.run(&["account", "show", "ops"]).succeeds().stderr, "");
}

#[test]
fn of_two_at_once_one_waits_for_the_other() {
    let iam = Iam::at(aws_url());
    let first = iam.user("hurried");
    let sandbox = with_key(aws_url(), &first);
    let runs: Vec<_> = (0..2).map(|_| rotate(&sandbox).command().spawn().unwrap()).collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let keys = iam.keys("hurried");
    assert_eq!(keys, [(configured_key(&sandbox), true)]);
    assert!(!sandbox.path(JOURNAL).exists());
}

#[test]
fn nothing_is_done_without_a_yes() {
    let iam = Iam::at(aws_url());
    let key = iam.user("hesitating");
    let sandbox = with_key(aws_url(), &key);
    let config = sandbox.config();
    let outcome = sandbox.run(&["account", "rotate", "ops"]).outcome();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(2), ""), "{outcome:?}");
    let missing = "error: the confirmation is missing, and there is no terminal to ask at\n\nhint: give it as --yes\n";
    assert!(outcome.stderr.ends_with(missing), "{outcome:?}");
    sandbox
        .converse(&["account", "rotate", "ops"])
        .line("Replace the key? (yes or no) [no]: ", "perhaps")
        .line("error: answer yes or no", "")
        .fails(1, "error: nothing was changed\n");
    assert_eq!((iam.keys("hesitating"), sandbox.config()), (vec![(key.id, true)], config));
    assert!(!sandbox.path(JOURNAL).exists());
    sandbox.converse(&["account", "rotate", "ops"]).line("Replace the key? (yes or no) [no]: ", "yes").succeeds();
    assert_eq!(iam.keys("hesitating"), [(configured_key(&sandbox), true)]);
}

#[test]
fn other_accounts_with_the_same_key_are_named_whatever_else_they_have() {
    let iam = Iam::at(aws_url());
    let key = iam.user("shared");
    let sandbox = with_key(aws_url(), &key);
    sandbox
        .run(&["account", "create", "with-device", "--access-key-id", &key.id, "--secret-access-key-stdin"])
        .args(&["--mfa-serial", "GAHT12345678"])
        .input(&key.secret)
        .succeeds();
    let told = sandbox.run(&["account", "rotate", "ops"]).outcome().stderr;
    assert!(told.contains("warning: the same key is in use here as: with-device; they lose it\n"), "{told}");
}

#[test]
fn who_may_not_rotate_is_shown_what_to_allow() {
    let sandbox = Sandbox::new().env("AWS_ENDPOINT_URL", aws_url());
    sandbox.init();
    sandbox.create_account();
    let outcome = rotate(&sandbox).outcome();
    assert_eq!(outcome.code, Some(4), "{outcome:?}");
    assert!(outcome.stderr.starts_with(&format!("error: AWS denies iam:ListAccessKeys to the key {}\n", aws().key.id)));
    let needed = r#"hint: the IAM user of the key needs this policy: {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:ListAccessKeys","iam:GetAccessKeyLastUsed","iam:CreateAccessKey","iam:UpdateAccessKey","iam:DeleteAccessKey"],"Resource":"arn:aws:iam::000000000000:user/${aws:username}"}]}"#;
    assert!(outcome.stderr.contains(needed), "{}", outcome.stderr);
}

#[test]
fn a_root_user_s_key_is_not_replaced() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::new().env("AWS_ENDPOINT_URL", aws_url());
    sandbox.init();
    sandbox.create_account();
    let answer = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
        <Arn>arn:aws:iam::000000000000:root</Arn><UserId>000000000000</UserId><Account>000000000000</Account>\
        </GetCallerIdentityResult></GetCallerIdentityResponse>";
    proxy.reply(Reply::Whole(200, Vec::new(), answer.to_owned()));
    rotate(&sandbox).env("AWS_ENDPOINT_URL_STS", &proxy.url).fails(
        1,
        "error: arn:aws:iam::000000000000:root is the root user, whose keys shall not be replaced but deleted: whoever \
         has one may do everything\n\n\
         hint: make an IAM user with fewer rights and use its key: afed account create NAME; then delete the root user's\n",
    );
}

#[test]
fn a_journal_that_is_not_understood_stops_everything() {
    let iam = Iam::at(aws_url());
    let key = iam.user("puzzled");
    let sandbox = with_key(aws_url(), &key);
    let look = "hint: see which keys it names, delete at AWS what nobody uses, then remove it: \
        cat '$SANDBOX/home/.config/afed/config.toml.ops.rotation'; rm '$SANDBOX/home/.config/afed/config.toml.ops.rotation'\n";
    let no_journal = "error: $SANDBOX/home/.config/afed/config.toml.ops.rotation is no journal of a rotation\n";
    let foreign = r#"{"version": 1, "account": "ops", "old": "AKIAIOSFODNN7EXAMPLE", "stage": {"created": {"new": "AKIAI44QH8DHBEXAMPLE"}}}"#;
    for (text, fault) in [
        ("{\"version\": 2}", format!("{no_journal}caused by: it is of version 2, and this afed knows 1\n")),
        ("", format!("{no_journal}caused by: EOF while parsing a value at line 1 column 0\n")),
        (
            foreign,
            format!(
                "error: a rotation from the key AKIAIOSFODNN7EXAMPLE was broken off, and the account “ops” has the key {} now\n",
                key.id
            ),
        ),
    ] {
        sandbox.write_private(JOURNAL, text);
        rotate(&sandbox).fails(1, &format!("{fault}\n{look}"));
        assert_eq!(sandbox.read(JOURNAL), text);
    }
    assert_eq!(iam.keys("puzzled"), [(key.id, true)]);
}

#[test]
fn a_key_that_is_on_its_way_to_an_account_is_not_forgotten_with_it() {
    let sandbox = Sandbox::configured();
    sandbox.run(&["connector", "delete", "deploy", "--yes"]).succeeds();
    let key = &aws().key;
    let stage = r#""stage": {"created": {"new": "AKIAI44QH8DHBEXAMPLE"}}"#;
    sandbox.write_private(JOURNAL, format!(r#"{{"version": 1, "account": "ops", "old": "{}", {stage}}}"#, key.id));
    let before = sandbox.config();
    let unfinished = "error: a rotation of the key of the account “ops” is not finished\n\n\
                      hint: finish it first: afed account rotate ops\n\
                      hint: if that can't be: see which keys it names, delete at AWS what nobody uses, then remove it: \
                      cat '$SANDBOX/home/.config/afed/config.toml.ops.rotation'; rm '$SANDBOX/home/.config/afed/config.toml.ops.rotation'\n";
    sandbox.run(&["account", "delete", "ops", "--yes"]).fails(1, unfinished);
    sandbox
        .run(&["account", "edit", "ops", "--access-key-id", &key.id, "--secret-access-key-stdin"])
        .input(&key.secret)
        .fails(1, unfinished);
    assert_eq!(sandbox.config(), before);
}

#[test]
fn where_aws_allows_two_keys_both_are_told_with_their_last_use() {
    let iam = Iam::at(&MOTO.url);
    let (used, other) = (iam.user("limited"), iam.key("limited").id);
    let sandbox = with_key(&MOTO.url, &used);
    let outcome = rotate(&sandbox).outcome();
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_eq!(
        without_days(&outcome),
        format!(
            "error: limited has two keys already, as many as AWS allows: {used} (active, made DAY, last used DAY for iam \
             in us-east-1) and {other} (active, made DAY, never used)\n\n\
             hint: if nobody uses {other}, delete it: aws iam delete-access-key --user-name 'limited' --access-key-id \
             {other}\n\
             hint: then: afed account rotate ops",
            used = used.id
        )
    );
    let single = iam.user("single");
    let sandbox = with_key(&MOTO.url, &single);
    rotate(&sandbox).succeeds();
    let new = configured_key(&sandbox);
    assert_ne!(new, single.id);
    assert_eq!(iam.keys("single"), [(new, true)]);
}
