//! Accounts that stand for the role of the host: where its credentials come from, what is done with them, and each way in
//! which there are none, exactly.

use std::net::{Ipv4Addr, TcpListener, TcpStream};

use serde_json::{Value, json};

use crate::emulator::parts;
use crate::host_services::{HostService, as_given};
use crate::principals::Holder;
use crate::sandbox::{Run, Sandbox, aws, aws_url};

const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
const TOKEN_FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
const METADATA: &str = "AWS_EC2_METADATA_SERVICE_ENDPOINT";

/// A sandbox with a session, and the credentials of the role "open", which the host shall have.
fn host() -> (Sandbox, Value) {
    let sandbox = Sandbox::with_session_of("alice");
    let credentials = sandbox.run(&["creds", "deploy", "--format", "json"]).vends().succeeds().json();
    (sandbox, as_given(&credentials))
}

fn account(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["account", "create", "host", "--type", "instance-role"])
}

fn connector<'a>(sandbox: &'a Sandbox, name: &str, account: &str, principal: &str) -> Run<'a> {
    let run = sandbox.run(&["connector", "create", name, "--account", account, "--principal", principal]);
    run.args(&["--group", "developers", "--region", "eu-west-1"])
}

fn creds<'a>(sandbox: &'a Sandbox, name: &str) -> Run<'a> {
    sandbox.run(&["creds", name, "--format", "json"])
}

/// Who AWS says the credentials belong to.
fn holder(sandbox: &Sandbox, credentials: &Value) -> String {
    let text = |name: &str| credentials[name].as_str().unwrap();
    let run = sandbox.program(&parts().join("emulator/bin/aws")).args(&["sts", "get-caller-identity"]);
    let run = run.env("AWS_ACCESS_KEY_ID", text("AccessKeyId")).env("AWS_SECRET_ACCESS_KEY", text("SecretAccessKey"));
    let run = run.env("AWS_SESSION_TOKEN", text("SessionToken")).env("AWS_DEFAULT_REGION", "eu-west-1");
    let answer = run.env("AWS_ENDPOINT_URL_STS", aws_url()).env("NO_PROXY", "127.0.0.1").succeeds().json();
    answer["Arn"].as_str().unwrap().to_owned()
}

#[test]
fn the_role_of_an_instance_is_proved_handed_on_and_assumes_another() {
    let (sandbox, given) = host();
    let service = HostService::of_ec2(given.clone());
    // A proxy is never asked for this; nobody listens there.
    let sandbox = sandbox.env(METADATA, &service.url).env("HTTP_PROXY", "http://127.0.0.1:9");
    account(&sandbox).prints(
        "",
        "Added the account “host”: arn:aws:sts::000000000000:assumed-role/open/alice in AWS account 000000000000\n\
         hint: open a way to use it: afed connector create NAME --account host\n",
    );
    let table = "\n[accounts.host]\ntype = \"instance-role\"\naws_account_id = \"000000000000\"\n";
    assert!(sandbox.config().contains(table), "{}", sandbox.config());
    connector(&sandbox, "as-it-is", "host", "provided").succeeds();
    connector(&sandbox, "next", "host", "assume-role").args(&["--role-arn", &aws().next_role]).succeeds();
    sandbox.settle();

    let provided = creds(&sandbox, "as-it-is").vends().succeeds().json();
    for (theirs, ours) in
        [("AccessKeyId", "AccessKeyId"), ("SecretAccessKey", "SecretAccessKey"), ("Token", "SessionToken")]
    {
        assert_eq!(given[theirs], provided[ours], "{theirs}");
    }
    assert_eq!((&provided["Expiration"], &provided["AccountId"]), (&given["Expiration"], &json!("000000000000")));
    let chained = creds(&sandbox, "next").vends().succeeds().json();
    assert_eq!(holder(&sandbox, &chained), "arn:aws:sts::000000000000:assumed-role/next/alice");
    let lines: Vec<String> = service.asked().iter().take(3).map(|asked| asked.line.clone()).collect();
    assert_eq!(
        lines,
        [
            "PUT /latest/api/token HTTP/1.1",
            "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1",
            "GET /latest/meta-data/iam/security-credentials/host HTTP/1.1"
        ]
    );
    sandbox.run(&["account", "show", "host"]).prints(
        "account        host\ntype           instance-role\nAWS account    000000000000\n\
         connectors     as-it-is, next\nconfigured in  $SANDBOX/home/.config/afed/config.toml\n",
        "",
    );
    let listed = sandbox.run(&["connector", "list"]).succeeds().stdout;
    assert!(
        listed.contains("as-it-is   host     provided     as given  developers  member of developers\n"),
        "{listed}"
    );
    assert_eq!(
        sandbox.run(&["connector", "show", "as-it-is", "--json"]).succeeds().json()["duration_seconds"],
        Value::Null
    );
}

#[test]
fn the_role_of_an_instance_may_what_it_may_and_no_more() {
    let (sandbox, given) = host();
    let service = HostService::of_ec2(given);
    let sandbox = sandbox.env(METADATA, &service.url);
    account(&sandbox).succeeds();
    connector(&sandbox, "it", "host", "provided").succeeds();
    let holder = Holder::new(&sandbox);
    assert!(holder.may(&["s3api", "list-buckets"]));
    assert!(!holder.may(&["iam", "list-users"]));
}

#[test]
fn a_real_metadata_service_is_understood() {
    let sandbox = Sandbox::with_session_of("alice").env(METADATA, aws_url());
    account(&sandbox).args(&["--skip-verify"]).succeeds();
    connector(&sandbox, "as-it-is", "host", "provided").succeeds();
    let provided = creds(&sandbox, "as-it-is").vends().succeeds().json();
    assert!(provided["AccessKeyId"].as_str().unwrap().starts_with("ASIA"), "{}", provided["AccessKeyId"]);
    // The emulator gives credentials that it does not know afterwards, which a proof finds out.
    let unknown = sandbox.run(&["account", "create", "other", "--type", "instance-role"]).outcome();
    assert_eq!(unknown.code, Some(4));
    let hint = "hint: the credentials of this host's role are not AWS's, or of another partition than the region; see who \
                gives them: env | grep -E '^AWS_(EC2|CONTAINER)'\n";
    assert!(unknown.stderr.ends_with(hint), "{unknown:?}");
    assert!(!sandbox.config().contains("other"));
}

#[test]
fn a_container_s_service_is_asked_before_ec2_and_shown_the_token() {
    let (sandbox, given) = host();
    let service = HostService::of_container("/v1/credentials?id=7", given);
    let sandbox =
        sandbox.env(FULL_URI, &format!("{}/v1/credentials?id=7", service.url)).env(METADATA, "http://127.0.0.1:9");
    let sandbox = sandbox.env("ALL_PROXY", "http://127.0.0.1:9");
    account(&sandbox).succeeds();
    sandbox.write_private("token", "token-of-the-file");
    let run = |name: &str| {
        sandbox.run(&["account", "create", name, "--type", "instance-role"]).env(TOKEN, "token-of-the-variable")
    };
    run("second").succeeds();
    run("third").env(TOKEN_FILE, sandbox.path("token").to_str().unwrap()).succeeds();
    let shown: Vec<Option<String>> = service.asked().into_iter().map(|asked| asked.authorization).collect();
    assert_eq!(shown, [None, Some("token-of-the-variable".to_owned()), Some("token-of-the-file".to_owned())]);
    assert!(service.asked().iter().all(|asked| asked.line == "GET /v1/credentials?id=7 HTTP/1.1"));
}

#[test]
fn what_came_from_another_address_is_not_served_from_memory() {
    let (sandbox, given) = host();
    account(&sandbox).args(&["--skip-verify"]).succeeds();
    connector(&sandbox, "as-it-is", "host", "provided").succeeds();
    sandbox.recheck_after("5m");
    let mut other = given.clone();
    other["SecretAccessKey"] = json!("of-an-impostor-under-the-same-key-id-canary");
    let (own, impostor) = (HostService::of_ec2(given.clone()), HostService::of_ec2(other.clone()));
    for (service, expected) in [(&impostor, &other), (&own, &given), (&impostor, &other), (&own, &given)] {
        let got = creds(&sandbox, "as-it-is").env(METADATA, &service.url).vends().succeeds().json();
        assert_eq!(got["SecretAccessKey"], expected["SecretAccessKey"]);
    }
    assert_eq!(own.asked().len(), 3, "the second time, memory answers");
}

#[test]
fn what_goes_with_no_role_of_a_host_is_refused_by_name() {
    let sandbox = Sandbox::with_session_of("alice").env(METADATA, "http://127.0.0.1:9");
    account(&sandbox).args(&["--skip-verify"]).succeeds();
    let before = sandbox.config();
    let broken = |name: &str, rule: &str| {
        let hint = match rule {
            _ if rule.contains("accounts: ") => "\nhint: see which type each account has: afed account list\n",
            _ if rule.contains("chaining") => {
                "\nhint: give it a duration of 1h at most, or an access-key account that assumes the role\n"
            }
            _ => "",
        };
        format!("error: the connector “{name}” breaks a rule of AWS\ncaused by: {rule}\n{hint}")
    };
    let only_keys = "does not work with instance-role accounts: AWS gives those credentials to long-term keys only, and a role has none";
    let role = aws().next_role.as_str();
    for (account, principal, flags, rule) in [
        ("host", "session-token", &[][..], format!("session-token {only_keys}")),
        ("host", "federated-user", &["--omit-policy"], format!("federated-user {only_keys}")),
        (
            "ops",
            "provided",
            &[],
            "provided does not work with access-key accounts: the long-term key of a user is never handed on".to_owned(),
        ),
        (
            "host",
            "assume-role",
            &["--role-arn", role, "--duration", "3601"],
            "a role that is assumed by another role's credentials (role chaining, here by this host's role) lives 1h at \
             most; 1h1s is more"
                .to_owned(),
        ),
        ("host", "provided", &["--role-arn", role], "provided takes no role_arn".to_owned()),
        ("host", "provided", &["--external-id", "example"], "provided takes no external_id".to_owned()),
        ("host", "provided", &["--policy-arn", "arn:aws:iam::aws:policy/ReadOnlyAccess"], "provided takes no policy_arns".to_owned()),
        ("host", "provided", &["--omit-policy"], "provided takes no omit_policy".to_owned()),
        ("host", "provided", &["--tag", "team=payments"], "provided takes no tags".to_owned()),
        ("host", "provided", &["--source-identity", "{user.name}"], "provided takes no source_identity".to_owned()),
        ("host", "provided", &["--duration", "1h"], "provided takes no duration".to_owned()),
    ] {
        connector(&sandbox, "it", account, principal).args(flags).fails(1, &broken("it", &rule));
    }
    assert_eq!(sandbox.config(), before);
    for flags in [&["--access-key-id", "AKIAIOSFODNN7EXAMPLE"][..], &["--secret-access-key-stdin"], &["--secret-only"]]
    {
        let told =
            format!("error: {} goes with the accounts of keys (access-key); the role of a host has none\n", flags[0]);
        account(&sandbox).args(flags).fails(1, &told);
    }
    // By hand into the file: refused when it is used, before anybody is asked.
    sandbox.edit_config(|text| text.replace("account = \"ops\"", "account = \"host\"\nduration = \"2h\""));
    sandbox.crowd.forget_received();
    let rule = "a role that is assumed by another role's credentials (role chaining, here by this host's role) lives 1h at most; 2h is more";
    sandbox.run(&["creds", "deploy"]).fails(1, &broken("deploy", rule));
    assert!(sandbox.crowd.received().is_empty());
}

/// Every case of an answer that is none, with its own sentence and what to do.
#[test]
fn each_way_in_which_there_are_no_credentials_has_its_own_sentence() {
    let (sandbox, given) = host();
    let expired = "2020-01-01T00:00:00Z";
    let with = |field: &str, value: Value| {
        let mut changed = given.clone();
        changed[field] = value;
        changed.to_string()
    };
    let without = |field: &str| {
        let mut changed = given.clone();
        changed.as_object_mut().unwrap().remove(field);
        changed.to_string()
    };
    let refuse = r#"{"Code":"AccessDenied","Message":"nobody knows you"}"#.to_owned();
    let bodies = [
        ("offset", 200, with("Expiration", json!("2099-01-01T00:00:00+00:00"))),
        ("no-token", 200, without("Token")),
        ("no-expiry", 200, without("Expiration")),
        ("expired", 200, with("Expiration", json!(expired))),
        ("not-json", 200, "<html>log in</html>".to_owned()),
        ("empty", 200, String::new()),
        ("odd-key", 200, with("AccessKeyId", json!("x"))),
        ("code", 200, refuse.clone()),
        ("e400", 400, refuse.clone()),
        ("e401", 401, refuse),
        ("e404", 404, String::new()),
        ("e500", 500, String::new()),
        ("moved", 302, String::new()),
    ];
    let answers = bodies.clone();
    let service = HostService::start(move |asked| {
        let path = asked.line.split(' ').nth(1).unwrap().trim_start_matches('/');
        let (_, status, body) = answers.iter().find(|(case, ..)| *case == path).unwrap();
        (*status, "location: http://127.0.0.1:9/elsewhere", body.clone())
    });
    let place = format!("the container credentials service at {}", service.url);
    let unreadable = |cause: &str| {
        format!(
            "error: {place} gave an answer that holds no usable credentials\ncaused by: {cause}\n\n\
             hint: see who answers: env | grep -E '^AWS_(EC2|CONTAINER)'\n"
        )
    };
    let refused = |status: u16, hint: &str| {
        format!("error: {place} gives no credentials: it answers with HTTP status {status}\n\nhint: {hint}\n")
    };
    let yours = "see that the service is switched on, and that the token and the path are those of this host: env | grep -E \
                 '^AWS_(EC2|CONTAINER)'";
    for (case, code, told) in [
        (
            "offset",
            5,
            unreadable(
                "Invalid field in response: `Expiration`. invalid date-time: Smithy does not support timezone offsets in RFC-3339 date times",
            ),
        ),
        ("no-token", 5, unreadable("Expected field `Token` in response but it was missing")),
        ("no-expiry", 5, unreadable("Expected field `Expiration` in response but it was missing")),
        (
            "expired",
            5,
            format!(
                "error: {place} gave credentials that expired at {expired}\n\nhint: set this machine's clock, or wait \
                 until the host renews them: timedatectl status\n"
            ),
        ),
        (
            "odd-key",
            5,
            unreadable(
                "an access key id has 16 to 128 capital letters and digits, such as AKIAIOSFODNN7EXAMPLE; “x” has not",
            ),
        ),
        ("e400", 4, refused(400, yours)),
        ("e401", 4, refused(401, yours)),
        ("e404", 4, refused(404, yours)),
        ("e500", 5, refused(500, "try again in a minute")),
        ("moved", 5, refused(302, "try again in a minute")),
    ] {
        account(&sandbox).env(FULL_URI, &format!("{}/{case}", service.url)).fails(code, &told);
    }
    for case in ["not-json", "empty", "code"] {
        let outcome = account(&sandbox).env(FULL_URI, &format!("{}/{case}", service.url)).outcome();
        let told = format!("error: {place} gave an answer that holds no usable credentials\ncaused by: ");
        assert!(outcome.code == Some(5) && outcome.stderr.starts_with(&told), "{case}: {outcome:?}");
    }
    assert!(!sandbox.config().contains("host"));
}

#[test]
fn an_instance_without_a_role_and_a_token_that_can_t_be_sent_are_told() {
    let sandbox = Sandbox::configured();
    let service = HostService::start(|asked| match asked.line.starts_with("PUT") {
        true => (200, "x-aws-ec2-metadata-token-ttl-seconds: 60", "token".to_owned()),
        false => (404, "x: y", String::new()),
    });
    account(&sandbox).env(METADATA, &service.url).fails(
        1,
        &format!(
            "error: the EC2 metadata service at {} knows of no role of this instance\n\nhint: give it one: aws ec2 \
             associate-iam-instance-profile --instance-id ID --iam-instance-profile Name=PROFILE\n",
            service.url
        ),
    );
    let old = HostService::start(|_| (403, "x: y", String::new()));
    let outcome = account(&sandbox).env(METADATA, &old.url).outcome();
    let told = format!(
        "error: the EC2 metadata service at {} gives no credentials: it answers with HTTP status 403\n",
        old.url
    );
    assert!(outcome.code == Some(4) && outcome.stderr.starts_with(&told), "{outcome:?}");
    assert_eq!(old.asked().len(), 1, "nothing is asked without a token");

    sandbox.write_private("token", "with-a-line-break\n");
    let path = sandbox.path("token").display().to_string();
    let run = account(&sandbox).env(FULL_URI, "http://127.0.0.1:9/").env(TOKEN_FILE, &path);
    run.fails(
        1,
        "error: the token that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names can't be sent\n\
         caused by: $SANDBOX/token ends in a line break, which no header may hold\n\n\
         hint: write the token with printf and no line break, or: unset AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\n",
    );
    let run = account(&sandbox).env(FULL_URI, "http://127.0.0.1:9/").env(TOKEN, "two\nlines");
    let outcome = run.outcome();
    assert_eq!(outcome.code, Some(1));
    assert!(
        outcome.stderr.starts_with("error: the token that AWS_CONTAINER_AUTHORIZATION_TOKEN names can't be sent\n"),
        "{outcome:?}"
    );
}

/// AWS's provider takes a variable that is set and empty for a value.
#[test]
fn a_variable_that_is_set_and_empty_is_told_by_its_name() {
    let sandbox = Sandbox::configured().env(FULL_URI, "http://127.0.0.1:9/");
    account(&sandbox).env("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "").fails(
        1,
        "error: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names “”, which is not a path\n\n\
         hint: let the platform set it, or: unset AWS_CONTAINER_CREDENTIALS_RELATIVE_URI\n",
    );
    account(&sandbox).env(TOKEN_FILE, "").fails(
        1,
        "error: the token that AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names can't be sent\n\
         caused by: No such file or directory (os error 2)\n\n\
         hint: write the token with printf and no line break, or: unset AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE\n",
    );
}

#[test]
fn expired_credentials_of_an_instance_get_no_new_expiry() {
    let (sandbox, mut given) = host();
    given["Expiration"] = json!("2020-01-01T00:00:00Z");
    let service = HostService::of_ec2(given);
    account(&sandbox).env(METADATA, &service.url).fails(
        5,
        &format!(
            "error: the EC2 metadata service at {} gave credentials that expired at 2020-01-01T00:00:00Z\n\nhint: set this \
             machine's clock, or wait until the host renews them: timedatectl status\n",
            service.url
        ),
    );
}

#[test]
fn a_machine_that_is_no_such_host_says_so_soon() {
    let sandbox = Sandbox::configured();
    let hints = "\nhint: an instance-role account works on EC2 instances and in containers of ECS and EKS only\n\
                 hint: in a container on an EC2 instance, let the answer pass one hop more: aws ec2 \
                 modify-instance-metadata-options --instance-id ID --http-tokens required --http-put-response-hop-limit 2\n";
    account(&sandbox).env(METADATA, "http://127.0.0.1:9").fails(
        5,
        &format!(
            "error: the EC2 metadata service at http://127.0.0.1:9 can't be reached\n\
             caused by: Connection refused (os error 111)\n{hints}"
        ),
    );
    account(&sandbox).env("AWS_EC2_METADATA_DISABLED", "true").fails(
        1,
        "error: the EC2 metadata service is switched off by AWS_EC2_METADATA_DISABLED\n\n\
         hint: unset AWS_EC2_METADATA_DISABLED\n",
    );
    account(&sandbox).env(METADATA, "http://metadata.example.com").fails(
        1,
        "error: AWS_EC2_METADATA_SERVICE_ENDPOINT names “http://metadata.example.com”, which is not an http URL on this \
         machine, a link-local address or [fd00:ec2::254]\n\n\
         hint: let the platform set it, or: unset AWS_EC2_METADATA_SERVICE_ENDPOINT\n",
    );
    account(&sandbox).env(FULL_URI, "http://10.0.0.1/").fails(
        1,
        "error: AWS_CONTAINER_CREDENTIALS_FULL_URI names “http://10.0.0.1”, which is neither an https URL nor one on this \
         machine, 169.254.170.2, 169.254.170.23 or [fd00:ec2::23]\n\n\
         hint: let the platform set it, or: unset AWS_CONTAINER_CREDENTIALS_FULL_URI\n",
    );
}

/// A listener whose queue is full is like an address behind which nothing is: no answer to the first packet. Bounded by
/// the limits that are shipped: one second to connect, asked once.
#[test]
fn an_address_behind_which_nothing_is_costs_about_a_second() {
    let sandbox = Sandbox::configured();
    let (listener, _queue) = full_listener();
    let outcome = account(&sandbox).env(METADATA, &listener).outcome();
    assert_eq!(outcome.code, Some(5));
    let told = format!("error: the EC2 metadata service at {listener} can't be reached\n");
    assert!(outcome.stderr.starts_with(&told), "{outcome:?}");
}

/// A loopback address that accepts no connection any more, and what keeps it so.
fn full_listener() -> (String, (TcpListener, Vec<TcpStream>)) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    // The queue of a listener can be shortened afterwards.
    nix::sys::socket::listen(&listener, nix::sys::socket::Backlog::new(1).unwrap()).unwrap();
    let address = listener.local_addr().unwrap();
    let wait = std::time::Duration::from_millis(200);
    let mut queue = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, wait) {
        queue.push(stream);
    }
    (format!("http://{address}"), (listener, queue))
}
