//! `afed policy`: examples, what a check says of a file, and what a connector needs; and that what is printed as needed
//! is enough for AWS, and no more than that.

use serde_json::{Value, json};

use crate::emulator::parts;
use crate::sandbox::{Outcome, Run, Sandbox, aws, aws_url};

const FAULTY: &str = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Efect\": \"Allow\",\n    \"Action\": \"s3:GetObject\",\n    \"Resource\": \"arn:aws:s3:::bucket\"\n  }]\n}\n";
const FAULTS: &str = "policy.json:3:17: fault: the statement lacks Effect\n\
                      policy.json:4:5: fault: “Efect” is no element of a statement; did you mean “Effect”?\n\
                      policy.json:6:17: warning: s3:GetObject is about objects, and this names a bucket; its objects are arn:aws:s3:::bucket/*\n";
/// Reads policies as a JSON list and says what another implementation of IAM's rules finds wrong with them.
const INDEPENDENT_CHECK: &str = "\
import json, sys
from moto.iam.policy_validation import IAMPolicyDocumentValidator
for text in json.load(sys.stdin):
    try:
        IAMPolicyDocumentValidator(text).validate()
    except Exception as error:
        print(error, text)
";

#[test]
fn examples_are_listed_and_printed() {
    let sandbox = Sandbox::new();
    let listed = sandbox.run(&["policy", "examples"]).succeeds();
    assert_eq!(listed.stderr, "hint: print one: afed policy examples NAME\n");
    let lines: Vec<&str> = listed.stdout.lines().collect();
    assert!(lines.len() > 10, "{lines:?}");
    assert_eq!(lines[0], "EXAMPLE                ALLOWS TO");
    assert_eq!(lines[1], "billing-read           see bills, costs, budgets and free-tier use");
    let as_json = sandbox.run(&["policy", "examples", "--json"]).succeeds().json();
    assert_eq!(as_json[0], json!({"name": "billing-read", "about": "see bills, costs, budgets and free-tier use"}));
    assert_eq!(as_json.as_array().unwrap().len(), lines.len() - 1);
    let printed = sandbox.run(&["policy", "examples", "s3-read-bucket"]).succeeds();
    assert_eq!(printed.json()["Statement"][1]["Resource"], "arn:aws:s3:::EXAMPLE-BUCKET/*");
    assert_eq!(printed.stderr, "hint: put your own in place of EXAMPLE-BUCKET\n");
    sandbox.run(&["policy", "examples", "s3-read-buckt"]).fails(
        1,
        "error: there is no example “s3-read-buckt”\n\n\
         hint: did you mean “s3-read-bucket”? All of them: afed policy examples\n",
    );
}

#[test]
fn another_implementation_takes_every_example() {
    let sandbox = Sandbox::new();
    let names = sandbox.run(&["policy", "examples", "--json"]).succeeds().json();
    let name_of = |example: &Value| example["name"].as_str().unwrap().to_owned();
    let mut texts: Vec<String> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|example| sandbox.run(&["policy", "examples", &name_of(example)]).succeeds().stdout)
        .collect();
    let judge = |texts: &[String]| {
        let python = sandbox.program(&parts().join("moto/bin/python3")).args(&["-c", INDEPENDENT_CHECK]);
        python.input(&serde_json::to_string(texts).unwrap()).succeeds().stdout
    };
    assert_eq!(judge(&texts), "");
    texts.push(FAULTY.to_owned());
    assert!(judge(&texts).contains("MalformedPolicyDocument"), "the other one judges nothing");
}

#[test]
fn a_check_tells_everything_with_its_place() {
    let sandbox = Sandbox::new();
    sandbox.write_private("policy.json", FAULTY);
    let refused = "error: AWS would refuse policy.json: it has 2 faults\n";
    sandbox.run(&["policy", "check", "policy.json"]).fails(1, &format!("{FAULTS}{refused}"));
    let told = sandbox.run(&["policy", "check", "policy.json", "--json"]).outcome();
    assert_eq!((told.code, told.stderr.as_str()), (Some(1), refused));
    assert_eq!(
        told.json()[1],
        json!({
            "severity": "fault", "line": 4, "column": 5, "pointer": "/Statement/0/Efect",
            "message": "“Efect” is no element of a statement; did you mean “Effect”?",
        })
    );
    assert_eq!(told.json()[2]["severity"], "warning");
}

#[test]
fn a_check_reads_standard_input_and_lets_warnings_pass() {
    let sandbox = Sandbox::new();
    let run = |text: &str| sandbox.run(&["policy", "check", "-"]).input(text);
    run(&FAULTY.replace("Efect", "Effect")).prints(
        "",
        "standard input:6:17: warning: s3:GetObject is about objects, and this names a bucket; its objects are arn:aws:s3:::bucket/*\n\
         standard input can be used: 145 of 2048 characters\n",
    );
    run("{\"Version\": ").fails(
        1,
        "standard input:1:12: fault: this is not JSON: EOF while parsing a value\n\
         error: AWS would refuse standard input: it has 1 fault\n",
    );
    // What the file holds may not drive the terminal.
    run("{\"\u{1b}[31m\": 1}").fails(
        1,
        "standard input:1:3: fault: the policy holds “\\u{1b}” (U+001B); AWS accepts U+0020 to U+00FF, tabs and line ends\n\
         standard input:1:3: fault: this is not JSON: control character (\\u0000-\\u001F) found while parsing a string\n\
         error: AWS would refuse standard input: it has 2 faults\n",
    );
    sandbox
        .run(&["policy", "check", "missing.json"])
        .fails(1, "error: missing.json can't be read\ncaused by: No such file or directory (os error 2)\n");
    sandbox.write_private("latin.json", b"{\"\xe9\": 1}");
    sandbox
        .run(&["policy", "check", "latin.json"])
        .fails(1, "error: latin.json is not UTF-8 text: its byte 2 belongs to no character\n");
    let empty = sandbox
        .run(&["policy", "check", "-", "--json"])
        .input(&FAULTY.replace("\"Efect", "\"Effect").replace("bucket", "b/*"));
    empty.prints("[]\n", "");
}

fn create<'a>(sandbox: &'a Sandbox, name: &str, principal: &str) -> Run<'a> {
    let run = sandbox.run(&["connector", "create", name, "--account", "ops", "--principal", principal]);
    run.args(&["--group", "developers", "--region", "eu-west-1"])
}

#[test]
fn a_connector_takes_no_policy_that_aws_would_refuse() {
    let sandbox = Sandbox::configured();
    let before = sandbox.config();
    sandbox.write_private("policy.json", FAULTY);
    let with_policy = |name| create(&sandbox, name, "federated-user").args(&["--policy-file", "policy.json"]);
    with_policy("users").fails(
        1,
        "error: the value of --policy-file can't be used\n\
         caused by: line 3, column 17: the statement lacks Effect (and 1 more)\n\n\
         hint: see all that is wrong with it: afed policy check FILE\n",
    );
    assert_eq!(sandbox.config(), before);
    sandbox.write_private("policy.json", FAULTY.replace("Efect", "Effect"));
    with_policy("users").prints(
        "",
        "$SANDBOX/policy.json:6:17: warning: s3:GetObject is about objects, and this names a bucket; its objects are arn:aws:s3:::bucket/*\n\
         Added the connector “users”, open to: developers\n\
         hint: use it: afed creds users\n",
    );
}

#[test]
fn what_a_role_needs_is_printed_for_both_sides() {
    let sandbox = Sandbox::configured();
    let (role, user, key) = (&aws().open_role, &aws().user_arn, &aws().key.id);
    let statement = |side: &str| {
        format!(
            "{{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {{\n      \"Effect\": \"Allow\",\n      {side}\n    }}\n  ]\n}}\n"
        )
    };
    let action = "\"Action\": [\n        \"sts:AssumeRole\"\n      ]";
    let identity = statement(&format!("{action},\n      \"Resource\": \"{role}\""));
    let trust =
        |whom: &str| statement(&format!("\"Principal\": {{\n        \"AWS\": \"{whom}\"\n      }},\n      {action}"));
    let account = "arn:aws:iam::000000000000:root";
    sandbox.run(&["policy", "needed", "deploy"]).prints(
        &format!("{identity}{}", trust(account)),
        &format!("The user of the key {key} needs this policy:\nThe role {role} needs this trust policy:\n"),
    );
    sandbox.run(&["policy", "needed", "deploy", "--identity"]).prints(&identity, "");
    sandbox.run(&["policy", "needed", "deploy", "--trust"]).prints(&trust(account), "");
    sandbox.run(&["policy", "needed", "deploy", "--trust", "--online"]).prints(&trust(user), "");
    let both = sandbox.run(&["policy", "needed", "deploy", "--json", "--online"]).succeeds().json();
    assert_eq!(both["identity_policy"]["Statement"][0]["Resource"], *role);
    assert_eq!(both["trust_policy"]["Statement"][0]["Principal"]["AWS"], *user);
    sandbox.edit_config(|text| text.replace("aws_account_id = \"000000000000\"\n", ""));
    sandbox.run(&["policy", "needed", "deploy", "--trust"]).fails(
        1,
        "error: whom the role must trust is not known: the account “ops” has no aws_account_id\n\n\
         hint: ask AWS whose key it is: add --online\n",
    );
}

#[test]
fn what_the_other_types_need_is_printed_too() {
    let sandbox = Sandbox::configured();
    let key = &aws().key.id;
    create(&sandbox, "users", "federated-user").args(&["--omit-policy", "--tag", "mail={user.email}"]).succeeds();
    create(&sandbox, "own", "session-token").succeeds();
    let users = sandbox.run(&["policy", "needed", "users"]).succeeds();
    let resource = "arn:aws:sts::000000000000:federated-user/*";
    assert_eq!(
        users.json()["Statement"],
        json!([
            {"Effect": "Allow", "Action": ["sts:GetFederationToken"], "Resource": resource},
            {"Effect": "Allow", "Action": ["sts:TagSession"], "Resource": resource, "Condition": {
                "ForAllValues:StringEquals": {"aws:TagKeys": ["mail"]}, "StringLike": {"aws:RequestTag/mail": "*"},
            }},
        ])
    );
    assert_eq!(
        users.stderr,
        format!(
            "The user of the key {key} needs this policy:\n\
             What the session may do, that user must be allowed to do as well\n"
        )
    );
    sandbox
        .run(&["policy", "needed", "users", "--trust"])
        .fails(1, "error: the connector “users” (federated-user) needs no trust policy\n");
    sandbox.run(&["policy", "needed", "own"]).prints(
        "",
        &format!("The user of the key {key} needs no permission: a session-token connector asks for none\n"),
    );
    let nothing = sandbox.run(&["policy", "needed", "own", "--json"]).succeeds().json();
    assert_eq!(nothing, json!({"identity_policy": null, "trust_policy": null}));
}

/// The AWS CLI with the rights of the emulator's administrator.
fn administer(sandbox: &Sandbox, words: &[&str]) -> Outcome {
    let run = sandbox.program(&parts().join("emulator/bin/aws")).args(&["--output", "json", "iam"]).args(words);
    run.env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", aws_url())
        .succeeds()
}

#[test]
fn what_is_printed_is_enough_and_no_more() {
    let sandbox = Sandbox::with_session_of("alice");
    administer(&sandbox, &["create-user", "--user-name", "narrow"]);
    let key = administer(&sandbox, &["create-access-key", "--user-name", "narrow"]).json()["AccessKey"].take();
    let closed = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
    ]});
    let role = ["create-role", "--role-name", "narrow", "--assume-role-policy-document", &closed.to_string()];
    let role = administer(&sandbox, &role).json()["Role"]["Arn"].as_str().unwrap().to_owned();
    let (id, secret) = (key["AccessKeyId"].as_str().unwrap(), key["SecretAccessKey"].as_str().unwrap());
    sandbox.keep_secret(secret);
    sandbox
        .run(&["account", "create", "narrow", "--access-key-id", id, "--secret-access-key-stdin"])
        .input(secret)
        .succeeds();
    sandbox
        .run(&["connector", "create", "narrow", "--account", "narrow", "--principal", "assume-role"])
        .args(&["--role-arn", &role, "--external-id", "example", "--group", "developers"])
        .args(&["--tag", "team=payments", "--tag", "who={user.name}", "--transitive-tag", "who"])
        .succeeds();
    let vend = || sandbox.run(&["creds", "narrow", "--format", "json"]).vends().outcome();
    assert_eq!(vend().code, Some(4));
    let needed = |side| sandbox.run(&["policy", "needed", "narrow", "--online", side]).succeeds().stdout;
    let put = ["put-user-policy", "--user-name", "narrow", "--policy-name", "afed", "--policy-document"];
    administer(&sandbox, &[&put[..], &[&needed("--identity")]].concat());
    assert_eq!(vend().code, Some(4), "the role does not trust the user yet");
    let update = ["update-assume-role-policy", "--role-name", "narrow", "--policy-document"];
    administer(&sandbox, &[&update[..], &[&needed("--trust")]].concat());
    let vended = vend();
    assert_eq!(vended.code, Some(0), "{}", vended.stderr);
    for (narrow, wide) in [("\"payments\"", "\"sales\""), ("\"example\"", "\"another\""), ("team = ", "site = ")] {
        sandbox.edit_config(|text| text.replace(narrow, wide));
        assert_eq!(vend().code, Some(4), "{wide}");
        sandbox.edit_config(|text| text.replace(wide, narrow));
    }
}
