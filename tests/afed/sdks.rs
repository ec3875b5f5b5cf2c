//! AWS's own tools, each getting its credentials through the hook that `afed profile add` wrote: who they are to AWS,
//! that a session policy binds them, and what their users see when a person is denied.

use std::path::Path;

use aws_config::BehaviorVersion;
use aws_sdk_sts::error::{DisplayErrorContext, ProvideErrorMetadata};
use serde_json::{Value, json};

use crate::emulator::parts;
use crate::sandbox::{Run, Sandbox, aws, aws_url};

pub const ALICE: &str = "arn:aws:sts::000000000000:assumed-role/open/alice";
/// What bob, who is in no group of the connector, is told in one line.
const DENIAL: &str = "afed: “bob” may not use the connector “deploy” (hint: it is open to: developers; ask for \
                      membership in one of them)";

/// The connector `deploy` with the role's full rights and `narrow` without that to assume roles, each with a profile.
fn sandbox(person: &str) -> Sandbox {
    let sandbox = Sandbox::with_session_of(person).env("AWS_ENDPOINT_URL", aws_url());
    sandbox.write_private(
        "narrow.json",
        json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
        })
        .to_string(),
    );
    sandbox
        .run(&["connector", "create", "narrow", "--account", "ops", "--principal", "assume-role"])
        .args(&["--role-arn", &aws().open_role, "--group", "developers", "--region", "eu-west-1"])
        .args(&["--policy-file", "narrow.json"])
        .succeeds();
    for connector in ["deploy", "narrow"] {
        sandbox.run(&["profile", "add", "--connector", connector]).succeeds();
    }
    sandbox
}

pub fn aws_cli<'a>(sandbox: &'a Sandbox, profile: &str, words: &[&str]) -> Run<'a> {
    let run = sandbox.program(&parts().join("emulator/bin/aws"));
    run.args(&["--profile", profile, "--output", "json"]).args(words)
}

fn script<'a>(sandbox: &'a Sandbox, interpreter: &str, script: &str, profile: &str) -> Run<'a> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script);
    let run =
        sandbox.program(&parts().join(interpreter)).env("NODE_PATH", parts().join("node_modules").to_str().unwrap());
    run.env("NODE_NO_WARNINGS", "1").args(&[script.to_str().unwrap(), profile, &aws().next_role])
}

pub fn boto3<'a>(sandbox: &'a Sandbox, profile: &str) -> Run<'a> {
    script(sandbox, "clients/bin/python", "boto3_calls.py", profile)
}

pub fn javascript<'a>(sandbox: &'a Sandbox, profile: &str) -> Run<'a> {
    script(sandbox, "bin/node", "sts_calls.js", profile)
}

/// The Rust SDK in a process of its own: this test binary, told by its environment to be the client.
pub fn rust<'a>(sandbox: &'a Sandbox, profile: &str) -> Run<'a> {
    let role = &aws().next_role;
    let run = sandbox.program(&std::env::current_exe().unwrap()).env(CLIENT, &format!("{profile} {role}"));
    run.args(&["--exact", "sdks::the_rust_sdk_gets_credentials", "--nocapture", "--quiet"])
}

/// Tells the child of a test to be the client, with this profile and for this role.
const CLIENT: &str = "RUST_CLIENT_OF_THE_TEST";

#[allow(clippy::disallowed_methods, reason = "the child of the test is told by its environment what to do")]
fn client_task() -> Option<String> {
    std::env::var(CLIENT).ok()
}

#[allow(clippy::print_stdout, reason = "the parent reads it there")]
async fn tell_through_the_rust_sdk(profile: &str, role: &str) {
    let http = aws_smithy_http_client::Builder::new().build_http();
    let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http).profile_name(profile);
    let sts = aws_sdk_sts::Client::new(&loader.load().await);
    let told = match sts.get_caller_identity().send().await {
        Ok(identity) => {
            let further = sts.assume_role().role_arn(role).role_session_name("further").send().await;
            let further = further.map_or_else(|error| error.code().unwrap().to_owned(), |_| "allowed".to_owned());
            json!({"arn": identity.arn(), "further": further})
        }
        Err(error) => json!({"error": DisplayErrorContext(error).to_string()}),
    };
    println!("\n{told}");
}

pub fn last_json_line(stdout: &str) -> Value {
    let line = stdout.lines().rfind(|line| line.starts_with('{')).unwrap_or_else(|| panic!("no answer: {stdout}"));
    serde_json::from_str(line).unwrap()
}

#[test]
fn the_aws_cli_gets_credentials() {
    let sandbox = sandbox("alice");
    let identity = aws_cli(&sandbox, "deploy", &["sts", "get-caller-identity"]).succeeds().json();
    assert_eq!(identity["Arn"], ALICE);
    aws_cli(&sandbox, "narrow", &["s3api", "list-buckets"]).succeeds();
    let refused = aws_cli(&sandbox, "narrow", &["s3api", "create-bucket", "--bucket", "forbidden"]).outcome();
    assert!(refused.stderr.contains("(AccessDenied) when calling the CreateBucket operation"), "{refused:?}");
}

#[test]
fn boto3_gets_credentials() {
    let sandbox = sandbox("alice");
    for (profile, further) in [("deploy", "allowed"), ("narrow", "AccessDenied")] {
        assert_eq!(boto3(&sandbox, profile).succeeds().json(), json!({"arn": ALICE, "further": further}));
    }
}

#[test]
fn the_javascript_sdk_gets_credentials() {
    let sandbox = sandbox("alice");
    for (profile, further) in [("deploy", "allowed"), ("narrow", "AccessDenied")] {
        assert_eq!(javascript(&sandbox, profile).succeeds().json(), json!({"arn": ALICE, "further": further}));
    }
}

#[test]
fn the_rust_sdk_gets_credentials() {
    if let Some(task) = client_task() {
        let (profile, role) = task.split_once(' ').unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(tell_through_the_rust_sdk(profile, role));
    }
    let sandbox = sandbox("alice");
    for (profile, further) in [("deploy", "allowed"), ("narrow", "AccessDenied")] {
        let told = rust(&sandbox, profile).succeeds();
        assert_eq!(last_json_line(&told.stdout), json!({"arn": ALICE, "further": further}));
    }
}

#[test]
fn a_denied_person_reads_why_in_every_tool_that_shows_it() {
    let sandbox = sandbox("bob");
    let cli = aws_cli(&sandbox, "deploy", &["sts", "get-caller-identity"]);
    cli.fails(255, &format!("\nError when retrieving credentials from custom-process: {DENIAL}\n\n"));
    let python = boto3(&sandbox, "deploy").outcome();
    let shown = "botocore.exceptions.CredentialRetrievalError: Error when retrieving credentials from custom-process: ";
    assert!(python.stderr.ends_with(&format!("{shown}{DENIAL}\n\n")), "{python:?}");
    let shown = "external process exited with code exit status: 4. Stderr: ";
    let told = last_json_line(&rust(&sandbox, "deploy").succeeds().stdout);
    assert!(told["error"].as_str().unwrap().contains(&format!("{shown}{DENIAL}\n")), "{told}");
}

/// Its default chain throws away what a process says; nothing that afed prints would be seen.
#[test]
fn the_javascript_sdk_keeps_the_reason_to_itself() {
    let sandbox = sandbox("bob");
    let shown = "CredentialsProviderError: Could not load credentials from any providers\n";
    javascript(&sandbox, "deploy").fails(1, shown);
}
