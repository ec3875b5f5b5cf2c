//! Every field of a connector with every principal type, through `afed connector create`: accepted, or refused with the
//! rule, word for word.

use crate::sandbox::{Sandbox, aws};

const READ_ONLY: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
const TYPES: [&str; 4] = ["assume-role", "federated-user", "session-token", "provided"];

#[test]
fn each_type_takes_its_fields_and_refuses_the_others_by_name() {
    let sandbox = Sandbox::configured();
    sandbox.write_private("policy.json", "{\"Version\": \"2012-10-17\", \"Statement\": []}");
    let role = aws().open_role.as_str();
    let needs: [&[&str]; 4] = [&["--role-arn", role], &[], &[], &[]];
    let none = "federated-user without a policy gets no rights but those of resource policies; give policy, policy_file or \
                policy_arns, or set omit_policy = true";
    let key = "provided does not work with access-key accounts: the long-term key of a user is never handed on\n\n\
               hint: see which type each account has: afed account list";
    let both = "omit_policy = true contradicts the policy that is given as well";
    let unknown = "transitive_tags names “team”, which is not among the tags";
    let yes = "";
    let table: [(&[&str], [&str; 4]); 12] = [
        (&[], [yes, none, yes, key]),
        (&["--duration", "1h"], [yes, none, yes, "takes no duration"]),
        (&["--policy-file", "policy.json"], [yes, yes, "takes no policy", "takes no policy"]),
        (&["--policy-arn", READ_ONLY], [yes, yes, "takes no policy_arns", "takes no policy_arns"]),
        (&["--omit-policy"], ["takes no omit_policy", yes, "takes no omit_policy", "takes no omit_policy"]),
        (
            &["--omit-policy", "--policy-arn", READ_ONLY],
            ["takes no omit_policy", both, "takes no policy_arns", "takes no policy_arns"],
        ),
        (&["--tag", "team=payments"], [yes, none, "takes no tags", "takes no tags"]),
        (
            &["--tag", "team=payments", "--omit-policy"],
            ["takes no omit_policy", yes, "takes no omit_policy", "takes no omit_policy"],
        ),
        (
            &["--tag", "team=payments", "--transitive-tag", "team"],
            [yes, "takes no transitive_tags", "takes no tags", "takes no tags"],
        ),
        (
            &["--transitive-tag", "team"],
            [unknown, "takes no transitive_tags", "takes no transitive_tags", "takes no transitive_tags"],
        ),
        (&["--external-id", "example"], [yes, "takes no external_id", "takes no external_id", "takes no external_id"]),
        (
            &["--source-identity", "{user.name}"],
            [yes, "takes no source_identity", "takes no source_identity", "takes no source_identity"],
        ),
    ];
    for (row, (flags, outcomes)) in table.into_iter().enumerate() {
        for ((principal, needs), outcome) in TYPES.into_iter().zip(needs).zip(outcomes) {
            check(&sandbox, &format!("{principal}-{row}"), principal, &[needs, flags].concat(), outcome);
        }
    }
    for principal in &TYPES[1..] {
        check(&sandbox, "other", principal, &["--role-arn", role], "takes no role_arn");
    }
    let foreign = "arn:aws:iam::123123123123:policy/P";
    let rule = format!(
        "{foreign} is not in the session's AWS account 000000000000; a session policy must be AWS's own or of that account"
    );
    for (principal, needs) in TYPES.into_iter().zip(needs).take(2) {
        check(&sandbox, "foreign", principal, &[needs, &["--policy-arn", foreign]].concat(), &rule);
    }
}

/// Creates a connector, which is accepted, or refused with the rule; one that begins with “takes” is about the type.
fn check(sandbox: &Sandbox, name: &str, principal: &str, flags: &[&str], rule: &str) {
    let before = sandbox.config();
    let words = ["connector", "create", name, "--account", "ops", "--principal", principal, "--administrators-only"];
    let run = sandbox.run(&words).args(flags);
    if rule.is_empty() {
        run.succeeds();
        assert_ne!(sandbox.config(), before, "{name}");
        return;
    }
    let rule = if rule.starts_with("takes ") { format!("{principal} {rule}") } else { rule.to_owned() };
    run.fails(1, &format!("error: the connector “{name}” breaks a rule of AWS\ncaused by: {rule}\n"));
    assert_eq!(sandbox.config(), before, "{name}");
}
