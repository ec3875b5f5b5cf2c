//! Every limit of STS at its ends: what afed accepts is sent, and the proxy, which holds calls to AWS's own numbers, takes
//! it; what the proxy would refuse never gets there, and the message says the number.

use std::collections::BTreeMap;

use crate::sandbox::{Outcome, Sandbox};
use crate::sts_proxy::{Asked, Reply, StsProxy};

const ROLE: &str = "role_arn = \"arn:aws:iam::123123123123:role/UpdateAPP\"\n";

struct World {
    sandbox: Sandbox,
    proxy: StsProxy,
    config: String,
}

impl World {
    /// The proxy refuses whoever keeps the limits too, for a reason of another kind.
    fn new() -> Self {
        let proxy = StsProxy::start();
        let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
        proxy.reply(Reply::refusal(403, "AccessDenied", "within the limits"));
        let config = sandbox.config();
        Self { sandbox, proxy, config }
    }

    fn creds(&self, principal: &str, fields: &str) -> Outcome {
        self.proxy.forget_asked();
        let table = format!(
            "[connectors.it]\naccount = \"ops\"\nprincipal = \"{principal}\"\ngroups = [\"developers\"]\n{fields}"
        );
        self.sandbox.edit_config(|_| format!("{}\n{table}\n", self.config));
        self.sandbox.run(&["creds", "it"]).outcome()
    }

    /// What AWS was told of a connector with these fields.
    fn sent(&self, principal: &str, fields: &str) -> Asked {
        let outcome = self.creds(principal, fields);
        assert!(outcome.stderr.contains("within the limits"), "{fields:.300}\n{outcome:?}");
        self.proxy.only_call()
    }

    fn refused(&self, principal: &str, fields: &str, rule: &str) {
        let outcome = self.creds(principal, fields);
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""), "{fields:.300}\n{outcome:?}");
        assert!(outcome.stderr.lines().any(|line| line == format!("caused by: {rule}")), "{rule}\n{outcome:?}");
        assert!(self.proxy.asked().is_empty(), "{rule} was found out by AWS");
    }
}

fn long(length: usize) -> String {
    "x".repeat(length)
}

fn role_arn(length: usize) -> String {
    let start = "arn:aws:iam::123123123123:role/";
    format!("role_arn = \"{start}{}\"\n", long(length - start.len()))
}

fn policy(length: usize) -> String {
    format!("policy = '{{\"Id\":\"{}\"}}'\n", long(length - 9))
}

fn arns(count: usize) -> String {
    let arns: Vec<String> = (0..count).map(|number| format!("\"arn:aws:iam::aws:policy/P{number}\"")).collect();
    format!("policy_arns = [{}]\n", arns.join(", "))
}

fn tags(count: usize, key: usize, value: usize) -> String {
    let keys: Vec<String> = (0..count).map(|number| format!("{number:0>key$}")).collect();
    let tags: Vec<String> = keys.iter().map(|key| format!("\"{key}\" = \"{}\"", long(value))).collect();
    format!("tags = {{{}}}\n", tags.join(", "))
}

fn transitive(count: usize, key: usize) -> String {
    let keys: Vec<String> = (0..count).map(|number| format!("\"{number:0>key$}\"")).collect();
    format!("transitive_tags = [{}]\n", keys.join(", "))
}

fn lengths(asked: &Asked, names: &[&str]) -> BTreeMap<String, usize> {
    names.iter().map(|name| ((*name).to_owned(), asked.parameter(name).unwrap().chars().count())).collect()
}

fn of(lengths: &[(&str, usize)]) -> BTreeMap<String, usize> {
    lengths.iter().map(|(name, length)| ((*name).to_owned(), *length)).collect()
}

#[test]
fn the_least_and_the_most_are_sent() {
    let world = World::new();
    let least = world.sent(
        "assume-role",
        &format!(
            "{ROLE}duration = 900\nexternal_id = \"ab\"\nsource_identity = \"ab\"\npolicy = '{{}}'\n{}",
            tags(1, 1, 0)
        ),
    );
    let expected =
        [("ExternalId", 2), ("SourceIdentity", 2), ("Policy", 2), ("Tags.member.1.Key", 1), ("Tags.member.1.Value", 0)];
    assert_eq!(lengths(&least, &expected.map(|(name, _)| name)), of(&expected));
    assert_eq!(least.parameter("DurationSeconds"), Some("900"));
    let most = world.sent(
        "assume-role",
        &format!(
            "{}duration = 43200\nexternal_id = \"{}\"\nsource_identity = \"{}\"\n{}{}{}",
            role_arn(2_048),
            long(1_224),
            long(64),
            policy(2_048),
            transitive(50, 128),
            tags(50, 128, 256)
        ),
    );
    let expected = [
        ("RoleArn", 2_048),
        ("ExternalId", 1_224),
        ("SourceIdentity", 64),
        ("Policy", 2_048),
        ("TransitiveTagKeys.member.50", 128),
        ("Tags.member.50.Key", 128),
        ("Tags.member.50.Value", 256),
    ];
    assert_eq!(lengths(&most, &expected.map(|(name, _)| name)), of(&expected));
    assert_eq!(most.parameter("DurationSeconds"), Some("43200"));
    let user = world.sent("federated-user", &format!("duration = 129600\n{}{}", arns(10), tags(50, 128, 256)));
    assert_eq!(user.parameter("DurationSeconds"), Some("129600"));
    assert!(user.parameter("PolicyArns.member.10.arn").is_some());
    world.sent("federated-user", &format!("duration = 900\n{}", policy(2_048)));
    world.sent("session-token", "duration = 900\n");
    world.sent("session-token", "duration = 129600\n");
}

#[test]
fn one_less_and_one_more_are_refused_with_the_number() {
    let world = World::new();
    let role = |fields: &str| format!("{ROLE}{fields}");
    let roles = "assume-role leases live 15m to 12h;";
    let identity = |text: &str| {
        format!("“{text}” can't be a source identity: AWS takes 2 to 64 letters, digits and _ + = , . @ -")
    };
    let key_length =
        |length: usize| format!("the tag key “{:0>length$}” has {length} characters; 1 to 128 are allowed", 0);
    for (fields, rule) in [
        (
            "role_arn = \"arn:aws:iam::role/x\"\n".to_owned(),
            "an ARN has 20 to 2048 characters; this one has 19".to_owned(),
        ),
        (role_arn(2_049), "an ARN has 20 to 2048 characters; this one has 2049".to_owned()),
        (role("duration = 899\n"), format!("{roles} 14m59s is outside")),
        (role("duration = 43201\n"), format!("{roles} 12h1s is outside")),
        (role("external_id = \"a\"\n"), "external_id has 1 characters; 2 to 1224 are allowed".to_owned()),
        (
            role(&format!("external_id = \"{}\"\n", long(1_225))),
            "external_id has 1225 characters; 2 to 1224 are allowed".to_owned(),
        ),
        (role("source_identity = \"a\"\n"), identity("a")),
        (role(&format!("source_identity = \"{}\"\n", long(65))), identity(&long(65))),
        (role("policy = ''\n"), "the policy is not JSON: EOF while parsing a value at line 1, column 1".to_owned()),
        (role(&policy(2_049)), "the policy has 2049 characters; at most 2048 are allowed".to_owned()),
        (
            role(&(policy(2_048 - 25) + &arns(1))),
            "the policy and the policy ARNs have 2049 characters together; at most 2048 are allowed".to_owned(),
        ),
        (
            role("policy = '{\"Id\":\"Ā\"}'\n"),
            "the policy holds “Ā” (U+0100); AWS accepts U+0020 to U+00FF, tabs and line ends".to_owned(),
        ),
        (role(&arns(11)), "11 policy ARNs are given; at most 10 are allowed".to_owned()),
        (role(&tags(51, 2, 1)), "51 tags are given; at most 50 are allowed".to_owned()),
        (role("tags = {\"\" = \"v\"}\n"), "the tag key “” has 0 characters; 1 to 128 are allowed".to_owned()),
        (role(&tags(1, 129, 1)), key_length(129)),
        (role(&tags(1, 1, 257)), "the value of the tag “0” has 257 characters; at most 256 are allowed".to_owned()),
        (
            role("tags = {\"a\" = \"b\"}\ntransitive_tags = [\"a\", \"a\"]\n"),
            "transitive_tags names “a” twice".to_owned(),
        ),
    ] {
        world.refused("assume-role", &fields, &rule);
    }
    for (principal, more) in [("federated-user", "omit_policy = true\n"), ("session-token", "")] {
        for (seconds, told) in [(899, "14m59s"), (129_601, "36h1s")] {
            let rule = format!("{principal} leases live 15m to 36h; {told} is outside");
            world.refused(principal, &format!("{more}duration = {seconds}\n"), &rule);
        }
    }
    world.refused("federated-user", &policy(2_049), "the policy has 2049 characters; at most 2048 are allowed");
}
