//! AWS's refusals, and afed's words and exit code for each, exactly. The proxy plays those that no emulator gives.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use jiff::Timestamp;

use crate::sandbox::{Sandbox, aws};
use crate::sts_proxy::{Reply, StsProxy};

fn sandbox() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    (Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url), proxy)
}

/// The Date header of a machine whose clock differs by this many minutes.
fn date_of_machine(minutes_off: i64) -> String {
    let now = Timestamp::now().as_second() + minutes_off * 60;
    DateTime::from_secs(now).fmt(Format::HttpDate).unwrap()
}

fn allow(role: &str) -> String {
    format!(
        "hint: the IAM user of the key needs this policy: {{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":[\"sts:AssumeRole\"],\"Resource\":\"{role}\"}}]}}\n\
         hint: the role needs this trust policy: {{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Principal\":{{\"AWS\":\"arn:aws:iam::000000000000:root\"}},\"Action\":[\"sts:AssumeRole\"]}}]}}\n\
         hint: if the role's trust policy asks for aws:MultiFactorAuthPresent: afed account edit NAME --mfa-serial SERIAL\n"
    )
}

#[test]
fn every_refusal_has_its_own_words() {
    let (sandbox, proxy) = sandbox();
    let (key, role) = (&aws().key.id, &aws().open_role);
    let docs = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html";
    for (reply, code, expected) in [
        (
            Reply::refusal(403, "AccessDenied", "no"),
            4,
            format!("error: AWS denies sts:AssumeRole to the key {key}\ncaused by: AccessDenied: no\n\n{}", allow(role)),
        ),
        (
            Reply::refusal(400, "PackedPolicyTooLarge", "Packed policy consumes 112% of allotted space, please use smaller policy."),
            1,
            "error: the session policies and tags are too large for AWS\n\
             caused by: PackedPolicyTooLarge: Packed policy consumes 112% of allotted space, please use smaller policy.\n\n\
             hint: shorten the policy, name fewer policy ARNs or tags, or move rights into the role's own policy\n"
                .to_owned(),
        ),
        (
            Reply::refusal(400, "MalformedPolicyDocument", "Syntax errors in policy."),
            1,
            format!(
                "error: AWS can't read the session policy\ncaused by: MalformedPolicyDocument: Syntax errors in policy.\n\n\
                 hint: a session policy needs Version, and a Statement with Effect, Action and Resource; see {docs}\n"
            ),
        ),
        (
            Reply::refusal(403, "RegionDisabledException", "STS is not activated in this region for account:123123123123. Your account administrator can activate STS in this region using the IAM Console."),
            1,
            "error: STS is switched off in eu-west-1 for this account\n\
             caused by: RegionDisabledException: STS is not activated in this region for account:123123123123. Your account administrator can activate STS in this region using the IAM Console.\n\n\
             hint: switch STS on for the region in the IAM console under Account settings, or give the connector another region\n"
                .to_owned(),
        ),
        (
            Reply::refusal(403, "InvalidClientTokenId", "The security token included in the request is invalid."),
            4,
            format!(
                "error: AWS does not know the access key {key}, or it is inactive\n\
                 caused by: InvalidClientTokenId: The security token included in the request is invalid.\n\n\
                 hint: in the IAM console, see that the key {key} is there and active, in the partition of the region\n"
            ),
        ),
        (
            Reply::refusal(403, "SignatureDoesNotMatch", "The request signature we calculated does not match."),
            4,
            format!(
                "error: the secret of the access key {key} is not the one AWS has\n\
                 caused by: SignatureDoesNotMatch: The request signature we calculated does not match.\n\n\
                 hint: enter both halves of the same key; to replace a stored secret: afed account create NAME --access-key-id {key} --secret-only\n"
            ),
        ),
        (
            Reply::refusal(403, "SignatureDoesNotMatch", "Signature expired: no").at(date_of_machine(20)),
            4,
            "error: this machine's clock is 20 min behind AWS's\n\
             caused by: SignatureDoesNotMatch: Signature expired: no\n\n\
             hint: set this machine's clock: timedatectl set-ntp true\n"
                .to_owned(),
        ),
        (
            Reply::refusal(403, "SignatureDoesNotMatch", "Signature not yet current: no").at(date_of_machine(-20)),
            4,
            "error: this machine's clock is 20 min ahead of AWS's\n\
             caused by: SignatureDoesNotMatch: Signature not yet current: no\n\n\
             hint: set this machine's clock: timedatectl set-ntp true\n"
                .to_owned(),
        ),
    ] {
        proxy.reply(reply);
        sandbox.run(&["creds", "deploy"]).fails(code, &expected);
    }
}

#[test]
fn a_hook_says_it_in_one_line() {
    let (sandbox, proxy) = sandbox();
    proxy.reply(Reply::refusal(400, "MalformedPolicyDocument", "Syntax\nerrors."));
    sandbox.run(&["creds", "deploy", "--format", "process"]).fails(
        1,
        "afed: AWS can't read the session policy: MalformedPolicyDocument: Syntax\\nerrors. (hint: a session policy \
         needs Version, and a Statement with Effect, Action and Resource; see \
         https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html)\n",
    );
}

#[test]
fn throttling_is_waited_out_and_then_told() {
    let (sandbox, proxy) = sandbox();
    proxy.reply(Reply::refusal(400, "Throttling", "Rate exceeded"));
    sandbox.run(&["creds", "deploy"]).fails(
        5,
        "error: AWS is busy or in trouble\ncaused by: Throttling: Rate exceeded\n\nhint: try again in a minute\n",
    );
    assert_eq!(proxy.asked().len(), 3);
}

#[test]
fn a_duration_above_the_role_s_maximum_is_told_with_the_remedy() {
    let (sandbox, proxy) = sandbox();
    proxy.limit_sessions(3_600);
    sandbox.edit_config(|text| text.replace("[connectors.deploy]\n", "[connectors.deploy]\nduration = \"12h\"\n"));
    sandbox.run(&["creds", "deploy"]).fails(
        1,
        "error: AWS rejects sts:AssumeRole with a duration of 12h\n\
         caused by: ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.\n\n\
         hint: if it is the duration: lower the connector's, or raise the role's maximum session duration in IAM\n",
    );
}

#[test]
fn a_role_that_trusts_somebody_else_is_told_with_both_policies() {
    let (sandbox, _proxy) = sandbox();
    let role = &aws().closed_role;
    sandbox.edit_config(|text| text.replace(&aws().open_role, role));
    sandbox.run(&["creds", "deploy"]).fails(
        4,
        &format!(
            "error: AWS denies sts:AssumeRole to the key {}\n\
             caused by: AccessDenied: User: {} is not authorized to perform: sts:AssumeRole on resource: {role}\n\n{}",
            aws().key.id,
            aws().user_arn,
            allow(role)
        ),
    );
}

/// A lease that AWS dates into the past is no lease, and the clock is named.
#[test]
fn credentials_that_are_over_when_they_come_are_not_handed_on() {
    let (sandbox, proxy) = sandbox();
    proxy.reply(Reply::assumed_role("2020-01-01T00:00:00Z"));
    sandbox.run(&["creds", "deploy"]).fails(
        5,
        "error: AWS issued credentials for “deploy” that are already over by this machine's clock\n\n\
         hint: set this machine's clock: timedatectl status\n",
    );
}
