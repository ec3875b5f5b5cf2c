//! Each principal type, vended for real and used: who AWS sees, what is allowed, what is not, and what STS was told.
//! All calls of afed go through the checking proxy, which holds them to STS's own limits.

use serde_json::{Value, json};

use crate::crowd_directory::{CrowdServer, Population};
use crate::emulator::parts;
use crate::sandbox::{Outcome, Run, Sandbox, aws, aws_url};
use crate::sts_proxy::{Reply, StsProxy};

const LIST_BUCKETS: [&str; 2] = ["s3api", "list-buckets"];
const CREATE_BUCKET: [&str; 4] = ["s3api", "create-bucket", "--bucket", "not-to-be"];

/// A sandbox whose afed asks STS through the proxy, with this person logged in.
fn sandbox(person: &str) -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    (Sandbox::with_session_of(person).env("AWS_ENDPOINT_URL_STS", &proxy.url), proxy)
}

fn create<'a>(sandbox: &'a Sandbox, principal: &str) -> Run<'a> {
    let run = sandbox.run(&["connector", "create", "it", "--account", "ops", "--principal", principal]);
    run.args(&["--group", "developers", "--region", "eu-west-1"])
}

fn to_list_buckets(sandbox: &Sandbox) {
    sandbox.write_private(
        "policy.json",
        json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
        })
        .to_string(),
    );
}

/// The AWS CLI with credentials of the connector `it` in its environment.
pub struct Holder<'a> {
    sandbox: &'a Sandbox,
    credentials: Value,
}

impl<'a> Holder<'a> {
    pub fn new(sandbox: &'a Sandbox) -> Self {
        Self::asking_for(sandbox, &[])
    }

    /// Credentials of the connector that are asked for with more words.
    pub fn asking_for(sandbox: &'a Sandbox, more: &[&str]) -> Self {
        let run = sandbox.run(&["creds", "it", "--format", "json"]).args(more);
        let credentials = run.vends().succeeds().json();
        Self { sandbox, credentials }
    }

    fn calls(&self, words: &[&str]) -> Outcome {
        let text = |name: &str| self.credentials[name].as_str().unwrap();
        let run = self.sandbox.program(&parts().join("emulator/bin/aws")).args(&["--output", "json"]).args(words);
        run.env("AWS_ACCESS_KEY_ID", text("AccessKeyId"))
            .env("AWS_SECRET_ACCESS_KEY", text("SecretAccessKey"))
            .env("AWS_SESSION_TOKEN", text("SessionToken"))
            .env("AWS_DEFAULT_REGION", text("Region"))
            .env("AWS_ENDPOINT_URL_STS", aws_url())
            .env("AWS_ENDPOINT_URL", aws_url())
            .outcome()
    }

    fn arn(&self) -> String {
        self.calls(&["sts", "get-caller-identity"]).json()["Arn"].as_str().unwrap().to_owned()
    }

    pub fn may(&self, words: &[&str]) -> bool {
        let outcome = self.calls(words);
        let denied = outcome.stderr.contains("(AccessDenied)");
        assert!(denied || outcome.code == Some(0), "{outcome:?}");
        !denied
    }
}

/// What CloudTrail is joined by.
#[test]
fn the_audit_trail_names_the_key_and_the_session_that_aws_sees() {
    let (sandbox, _proxy) = sandbox("alice");
    to_list_buckets(&sandbox);
    let role = &aws().open_role;
    for (principal, more) in [
        ("assume-role", ["--role-arn", role].as_slice()),
        ("federated-user", &["--policy-file", "policy.json"]),
        ("session-token", &[]),
    ] {
        create(&sandbox, principal).args(more).succeeds();
        let holder = Holder::new(&sandbox);
        let trail = sandbox.run(&["audit", "--connector", "it", "--last", "1", "--json"]).succeeds().json();
        let (line, arn) = (&trail[0], holder.arn());
        assert_eq!((&line["event"], &line["decision"]), (&json!("vend"), &json!("allow")), "{principal}");
        assert_eq!(line["access_key_id"], holder.credentials["AccessKeyId"], "{principal}");
        assert_eq!(line["expires_at"], holder.credentials["Expiration"], "{principal}");
        // Of a session of the user itself AWS tells nothing but the user, and the key is what it is known by.
        let is_named = principal != "session-token";
        assert_eq!(line["principal_arn"].as_str(), is_named.then_some(arn.as_str()), "{principal}");
        assert_eq!(line["session_name"].as_str(), is_named.then(|| arn.rsplit('/').next().unwrap()), "{principal}");
        sandbox.run(&["connector", "delete", "it", "--yes"]).succeeds();
    }
}

#[test]
fn a_role_is_assumed_with_all_that_the_connector_says() {
    let (sandbox, proxy) = sandbox("alice");
    to_list_buckets(&sandbox);
    create(&sandbox, "assume-role")
        .args(&["--role-arn", &aws().open_role, "--duration", "30m", "--policy-file", "policy.json"])
        .args(&["--policy-arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"])
        .args(&["--tag", "person={user.name}", "--tag", "mail={user.email}", "--tag", "team=payments"])
        .args(&["--transitive-tag", "person", "--source-identity", "{user.name}@crowd"])
        .succeeds();
    let holder = Holder::new(&sandbox);
    let told = proxy.only_call();
    let policy = sandbox.read("policy.json");
    let expected = [
        ("Action", "AssumeRole"),
        ("DurationSeconds", "1800"),
        ("Policy", policy.as_str()),
        ("PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"),
        ("RoleArn", &aws().open_role),
        ("RoleSessionName", "alice"),
        ("SourceIdentity", "alice@crowd"),
        ("Tags.member.1.Key", "mail"),
        ("Tags.member.1.Value", "alice@example.com"),
        ("Tags.member.2.Key", "person"),
        ("Tags.member.2.Value", "alice"),
        ("Tags.member.3.Key", "team"),
        ("Tags.member.3.Value", "payments"),
        ("TransitiveTagKeys.member.1", "person"),
        ("Version", "2011-06-15"),
    ];
    let told: Vec<(&str, &str)> = told.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(told, expected);
    assert_eq!(holder.arn(), "arn:aws:sts::000000000000:assumed-role/open/alice");
    assert_eq!(holder.credentials["PrincipalArn"], holder.arn());
    assert!(holder.may(&LIST_BUCKETS));
    assert!(!holder.may(&CREATE_BUCKET));
}

#[test]
fn policies_that_are_nearly_too_large_are_told_once() {
    let (sandbox, proxy) = sandbox("alice");
    let warning = |percent| format!("warning: policies and tags take {percent} % of what AWS allows for them\n");
    // Another duration is another lease.
    for (duration, percent, told) in [("15m", 80, String::new()), ("16m", 81, warning(81)), ("17m", 100, warning(100))]
    {
        proxy.reply(Reply::assumed_role("2099-01-01T00:00:00Z").packed(percent));
        let creds = || sandbox.run(&["creds", "deploy", "--format", "json", "--duration", duration]).vends().succeeds();
        assert_eq!((creds().stderr, creds().stderr), (told, String::new()));
    }
}

#[test]
fn an_external_id_opens_the_role_that_asks_for_it() {
    let (sandbox, _proxy) = sandbox("alice");
    let role = &aws().guarded_role;
    create(&sandbox, "assume-role").args(&["--role-arn", role, "--external-id", "example"]).succeeds();
    assert_eq!(Holder::new(&sandbox).arn(), "arn:aws:sts::000000000000:assumed-role/guarded/alice");
    let policies = |condition: &str| {
        format!(
            "hint: the IAM user of the key needs this policy: {{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"sts:AssumeRole\"],\"Resource\":\"{role}\"}}]}}\n\
             hint: the role needs this trust policy: {{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"arn:aws:iam::000000000000:root\"}},\"Action\":[\"sts:AssumeRole\"]{condition}}}]}}\n\
             hint: if the role's trust policy asks for aws:MultiFactorAuthPresent: afed account edit NAME --mfa-serial SERIAL\n"
        )
    };
    let denied = format!(
        "error: AWS denies sts:AssumeRole to the key {}\n\
         caused by: AccessDenied: User: {} is not authorized to perform: sts:AssumeRole on resource: {role}\n\n",
        aws().key.id,
        aws().user_arn
    );
    let condition = ",\"Condition\":{\"StringEquals\":{\"sts:ExternalId\":\"THE-EXTERNAL-ID-OF-THE-CONNECTOR\"}}";
    sandbox.edit_config(|text| text.replace("\"example\"", "\"examples\""));
    sandbox.run(&["creds", "it"]).fails(4, &format!("{denied}{}", policies(condition)));
    sandbox.edit_config(|text| text.replace("external_id = \"examples\"\n", ""));
    sandbox.run(&["creds", "it"]).fails(4, &format!("{denied}{}", policies("")));
}

#[test]
fn a_federated_user_has_what_the_policy_and_the_key_s_user_both_allow() {
    let mut population = Population::demo();
    population.change_person("alice", |alice| alice.name = "alice.archer-of-payments@example.com".to_owned());
    let developers = |group: &mut crate::crowd_directory::Group| {
        group.people.push("alice.archer-of-payments@example.com".to_owned());
    };
    population.change_group("developers", developers);
    population.change_group("staff", developers);
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with(CrowdServer::start(population).unwrap()).env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.configure();
    sandbox.log_in("alice.archer-of-payments@example.com");
    proxy.forget_asked();
    to_list_buckets(&sandbox);
    create(&sandbox, "federated-user").args(&["--policy-file", "policy.json", "--tag", "mail={user.email}"]).succeeds();
    let holder = Holder::new(&sandbox);
    let told = proxy.only_call();
    let name = told.parameter("Name").unwrap();
    assert_eq!((name.len(), &name[..24]), (32, "alice.archer-of-payment-"));
    assert_eq!(
        (told.parameter("Action"), told.parameter("DurationSeconds")),
        (Some("GetFederationToken"), Some("43200"))
    );
    assert_eq!(told.parameter("Tags.member.1.Value"), Some("alice@example.com"));
    assert_eq!(holder.arn(), format!("arn:aws:sts::000000000000:federated-user/{name}"));
    assert!(holder.may(&LIST_BUCKETS));
    assert!(!holder.may(&CREATE_BUCKET));
}

#[test]
fn what_the_directory_says_of_a_person_is_no_template() {
    let mut population = Population::demo();
    population.change_person("alice", |alice| alice.display_name = "{user.email}".to_owned());
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with(CrowdServer::start(population).unwrap()).env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.configure();
    sandbox.log_in("alice");
    proxy.forget_asked();
    let tag = ["--role-arn", &aws().open_role, "--tag", "who={user.display_name}"];
    create(&sandbox, "assume-role").args(&tag).succeeds();
    sandbox.run(&["creds", "it"]).fails(
        1,
        "error: the connector “it” can't be used for this person\n\
         caused by: the tag “who” holds “{”; letters, digits, spaces and _ . : / = + - @ are allowed\n\n\
         hint: complete the person in the directory, or change the connector's tags\n",
    );
    assert!(proxy.asked().is_empty());
}

#[test]
fn a_session_token_is_the_key_s_own_user_for_a_while() {
    let (sandbox, proxy) = sandbox("alice");
    create(&sandbox, "session-token").args(&["--duration", "36h"]).succeeds();
    let holder = Holder::new(&sandbox);
    let told = proxy.only_call();
    assert_eq!(
        (told.parameter("Action"), told.parameter("DurationSeconds")),
        (Some("GetSessionToken"), Some("129600"))
    );
    assert_eq!(holder.arn(), aws().user_arn);
    assert_eq!(holder.credentials["AccountId"], "000000000000");
    assert!(holder.may(&LIST_BUCKETS));
    assert!(!holder.may(&["iam", "list-users"]));
}
