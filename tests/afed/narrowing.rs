//! A caller may only narrow: what AWS is told, what can then be done, what is refused, and that narrowed credentials are
//! never mixed with others. The emulator enforces session policies.

use serde_json::json;

use crate::principals::Holder;
use crate::sandbox::{Run, Sandbox, aws};
use crate::sts_proxy::StsProxy;

const READ_S3: &str = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
const LIST_BUCKETS: [&str; 2] = ["s3api", "list-buckets"];
const CREATE_BUCKET: [&str; 4] = ["s3api", "create-bucket", "--bucket", "of-the-caller-only"];
const DELETE_BUCKET: [&str; 4] = ["s3api", "delete-bucket", "--bucket", "of-the-connector-only"];

fn sandbox() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    (Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url), proxy)
}

fn create<'a>(sandbox: &'a Sandbox, name: &str, principal: &str) -> Run<'a> {
    let run = sandbox.run(&["connector", "create", name, "--account", "ops", "--principal", principal]);
    run.args(&["--group", "developers", "--region", "eu-west-1"])
}

fn write_policy(sandbox: &Sandbox, file: &str, actions: &[&str]) {
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    sandbox.write_private(file, json!({"Version": "2012-10-17", "Statement": [statement]}).to_string());
}

/// The connector's own policy lets delete, the caller's lets create, and both let list.
fn write_policies(sandbox: &Sandbox) {
    write_policy(sandbox, "own.json", &["s3:ListAllMyBuckets", "s3:DeleteBucket"]);
    write_policy(sandbox, "less.json", &["s3:ListAllMyBuckets", "s3:CreateBucket"]);
}

#[test]
fn the_line_to_paste_asks_for_no_more_than_what_was_asked_for() {
    let sandbox = Sandbox::with_session_of("alice");
    let hint = |flags: &[&str]| {
        let words = [&["creds", "deploy"], flags].concat();
        let transcript = sandbox.converse(&words).vends().succeeds().transcript;
        let line = transcript.split_once("hint: to see them: afed creds ").map(|(_, hint)| hint.to_owned());
        line.map(|line| line.split(" --format ").next().unwrap().to_owned())
    };
    assert_eq!(hint(&[]).unwrap(), "deploy");
    let narrowed = hint(&["--duration", "15m", "--read-only"]).unwrap();
    assert_eq!(narrowed, "deploy --duration 15m --read-only");
    let policy = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:*\", \"Resource\": \"*\"}]}";
    sandbox.write_private("a; b", policy);
    assert_eq!(hint(&["--policy-file", "a; b"]), None);
}

#[test]
fn what_is_left_is_what_the_connector_and_the_caller_both_allow() {
    let (sandbox, proxy) = sandbox();
    write_policies(&sandbox);
    create(&sandbox, "it", "assume-role")
        .args(&["--role-arn", &aws().open_role, "--policy-file", "own.json"])
        .succeeds();
    let holder = Holder::asking_for(&sandbox, &["--policy-file", "less.json"]);
    let told = proxy.only_call();
    assert_eq!(
        told.parameter("Policy"),
        Some(
            "{\"Statement\":[{\"Action\":[\"s3:ListAllMyBuckets\",\"s3:DeleteBucket\"],\"Effect\":\"Allow\",\"Resource\":\"*\"},\
             {\"Effect\":\"Deny\",\"NotAction\":[\"s3:CreateBucket\",\"s3:ListAllMyBuckets\"],\"Resource\":\"*\"}],\
             \"Version\":\"2012-10-17\"}"
        )
    );
    let may = [&LIST_BUCKETS[..], &CREATE_BUCKET, &DELETE_BUCKET].map(|words| holder.may(words));
    assert_eq!(may, [true, false, false]);
}

#[test]
fn a_federated_user_is_narrowed_likewise() {
    let (sandbox, _proxy) = sandbox();
    write_policies(&sandbox);
    create(&sandbox, "it", "federated-user").args(&["--policy-file", "own.json"]).succeeds();
    let holder = Holder::asking_for(&sandbox, &["--policy-file", "less.json", "--duration", "15m"]);
    assert_eq!([holder.may(&LIST_BUCKETS), holder.may(&DELETE_BUCKET)], [true, false]);
}

#[test]
fn without_policies_of_its_own_a_connector_takes_the_caller_s() {
    let (sandbox, proxy) = sandbox();
    write_policy(&sandbox, "less.json", &["s3:ListAllMyBuckets"]);
    create(&sandbox, "it", "assume-role").args(&["--role-arn", &aws().open_role]).succeeds();
    let holder = Holder::asking_for(&sandbox, &["--policy-file", "less.json"]);
    assert_eq!(proxy.only_call().parameter("Policy"), Some(sandbox.read("less.json").as_str()));
    assert_eq!([holder.may(&LIST_BUCKETS), holder.may(&CREATE_BUCKET)], [true, false]);
    let told_with = |words: &[&str]| {
        proxy.forget_asked();
        sandbox.run(&["creds", "it"]).args(words).vends().succeeds();
        let told = proxy.only_call().parameters;
        let of_policies = told.into_iter().filter(|(name, _)| name.starts_with("Policy") || name == "DurationSeconds");
        of_policies.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>()
    };
    let read_only = "PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess";
    assert_eq!(told_with(&["--read-only"]), ["DurationSeconds=3600", read_only]);
    let by_arn = format!("PolicyArns.member.1.arn={READ_S3}");
    assert_eq!(told_with(&["--policy-arn", READ_S3, "--duration", "15m"]), ["DurationSeconds=900", &by_arn]);
    let denial = "Policy={\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"NotAction\":\"s3:ListAllMyBuckets\",\"Resource\":\"*\"}]}";
    let both = ["--policy-arn", READ_S3, "--policy-file", "less.json"];
    assert_eq!(told_with(&both), ["DurationSeconds=3600", denial, &by_arn]);
}

#[test]
fn narrowed_credentials_are_never_those_of_another_request() {
    let (sandbox, proxy) = sandbox();
    write_policies(&sandbox);
    sandbox.write_private("same.json", sandbox.read("less.json"));
    sandbox.recheck_after("5m");
    let key_of = |words: &[&str]| {
        let credentials = sandbox.run(&["creds", "deploy", "--format", "json"]).args(words).vends().succeeds().json();
        credentials["AccessKeyId"].as_str().unwrap().to_owned()
    };
    let requests: [&[&str]; 6] = [
        &[],
        &["--duration", "15m"],
        &["--read-only"],
        &["--policy-arn", READ_S3],
        &["--policy-file", "own.json"],
        &["--policy-file", "less.json"],
    ];
    let keys = requests.map(key_of);
    assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), requests.len(), "{keys:?}");
    let asked = proxy.asked().len();
    sandbox.crowd.forget_received();
    assert_eq!(requests.map(key_of), keys);
    assert_eq!(key_of(&["--policy-file", "./less.json"]), keys[5]);
    assert_eq!((proxy.asked().len(), sandbox.crowd.received().len()), (asked, 0), "all from memory");
    assert_eq!(key_of(&["--policy-file", "same.json"]), keys[5], "a file counts by what it says");
    sandbox.write_private("less.json", sandbox.read("own.json"));
    assert_eq!(key_of(&["--policy-file", "less.json"]), keys[4]);
    assert_eq!(proxy.asked().len(), asked);
}

#[test]
fn what_can_t_be_narrowed_is_refused_before_anybody_is_asked() {
    let (sandbox, proxy) = sandbox();
    write_policies(&sandbox);
    create(&sandbox, "user", "session-token").succeeds();
    create(&sandbox, "idle", "federated-user").args(&["--omit-policy"]).succeeds();
    create(&sandbox, "it", "federated-user").args(&["--policy-file", "own.json"]).succeeds();
    sandbox.write_private("twice.json", "{\"Statement\": [], \"Statement\": {}}");
    sandbox.write_private("large.json", "x".repeat(65_537));
    sandbox.write_private("bytes.json", [0xff]);
    sandbox.write_private("deny.json", sandbox.read("less.json").replace("Allow", "Deny"));
    sandbox
        .write_private("if.json", sandbox.read("less.json").replace("\"Resource\"", "\"Condition\":{},\"Resource\""));
    std::fs::create_dir(sandbox.path("folder")).unwrap();
    nix::unistd::mkfifo(&sandbox.path("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    sandbox.crowd.forget_received();
    let no_file = |file: &str, why: &str| format!("error: $SANDBOX/{file} can't be read\ncaused by: {why}\n");
    let no_policy = |file: &str, connector: &str, why: &str| {
        format!("error: the policy in $SANDBOX/{file} can't narrow the connector “{connector}”\ncaused by: {why}\n")
    };
    let ask = "\nhint: ask an administrator for another connector\n";
    for (connector, words, told) in [
        (
            "deploy",
            &["--duration", "61m"][..],
            "error: the connector “deploy” gives credentials for 1h at most; 1h1m is longer\n\nhint: take no more than --duration 1h\n".to_owned(),
        ),
        (
            "deploy",
            &["--duration", "899"],
            "error: what is asked of the connector “deploy” breaks a rule of AWS\n\
             caused by: assume-role leases live 15m to 12h; 14m59s is outside\n"
                .to_owned(),
        ),
        (
            "user",
            &["--read-only"],
            format!("error: the connector “user” can't be narrowed by a policy: session-token takes no session policies\n{ask}"),
        ),
        (
            "idle",
            &["--policy-file", "less.json"],
            format!("error: the connector “idle” gives no rights (omit_policy = true); a policy would add some\n{ask}"),
        ),
        (
            "it",
            &["--policy-arn", READ_S3],
            format!(
                "error: the connector “it” has session policies already, and AWS would add what {READ_S3} allows to them\n\n\
                 hint: write what you need as --policy-file, or ask an administrator for a connector with {READ_S3}\n"
            ),
        ),
        (
            "it",
            &["--policy-file", "if.json"],
            no_policy("if.json", "it", "it can't be joined with the connector's own policies: a statement that allows has a Condition")
                + "\nhint: simplify the policy, or ask an administrator for a connector with it\n",
        ),
        (
            "deploy",
            &["--policy-file", "deny.json"],
            no_policy("deny.json", "deploy", "it allows nothing: a session has only what some statement with the Effect Allow allows")
                + "\nhint: to only take away, allow the rest: {\"Effect\": \"Allow\", \"Action\": \"*\", \"Resource\": \"*\"}\n",
        ),
        (
            "deploy",
            &["--policy-file", "twice.json"],
            no_policy("twice.json", "deploy", "the key “Statement” stands twice in one object"),
        ),
        ("deploy", &["--policy-file", "none.json"], no_file("none.json", "No such file or directory (os error 2)")),
        ("deploy", &["--policy-file", "folder"], no_file("folder", "it is a folder")),
        ("deploy", &["--policy-file", "pipe"], no_file("pipe", "it is not a regular file")),
        ("deploy", &["--policy-file", "large.json"], no_file("large.json", "it has more than 65536 bytes")),
        ("deploy", &["--policy-file", "bytes.json"], no_file("bytes.json", "invalid utf-8 sequence of 1 bytes from index 0")),
    ] {
        sandbox.run(&["creds", connector]).args(words).fails(1, &told);
    }
    sandbox.run(&["creds", "user", "--format", "process", "--read-only"]).fails(
        1,
        "afed: the connector “user” can't be narrowed by a policy: session-token takes no session policies (hint: ask an \
         administrator for another connector)\n",
    );
    for words in [&["--read-only", "--policy-arn", READ_S3][..], &["--policy-arn", "mine"], &["--duration", "1y"]] {
        assert_eq!(sandbox.run(&["creds", "deploy"]).args(words).outcome().code, Some(2), "{words:?}");
    }
    let console = ["console", "it", "--print", "--read-only"];
    assert!(sandbox.run(&console).outcome().stderr.contains("“it” has session policies already"));
    assert_eq!((proxy.asked().len(), sandbox.crowd.received().len()), (0, 0));
}
