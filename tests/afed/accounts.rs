//! `afed account`: what is proved before anything is saved, what is refused, and what listings show, exactly.

use crate::sandbox::{Outcome, Run, Sandbox, aws};

fn create<'a>(sandbox: &'a Sandbox, id: &str, secret: &str) -> Run<'a> {
    sandbox.keep_secret(secret);
    let run = sandbox.run(&["account", "create", "ops", "--access-key-id", id, "--secret-access-key-stdin"]);
    run.input(secret)
}

fn ready() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox
}

/// Runs it, expects this refusal, and that configuration and secret store are as they were.
fn leaves_nothing(sandbox: &Sandbox, run: Run, code: i32, stderr: &str) {
    let state = || (sandbox.config(), std::fs::read(sandbox.path("home/.local/share/afed/secrets.afed")).unwrap());
    let before = state();
    run.fails(code, stderr);
    assert_eq!(state(), before);
}

#[test]
fn a_key_is_proved_and_then_saved() {
    let sandbox = ready();
    let outcome: Outcome = create(&sandbox, &aws().key.id, &aws().key.secret).succeeds();
    assert_eq!(outcome.stdout, "");
    assert_eq!(
        outcome.stderr,
        "Added the account “ops”: arn:aws:iam::000000000000:user/ops in AWS account 000000000000\n\
         hint: open a way to use it: afed connector create NAME --account ops\n"
    );
    let id = &aws().key.id;
    let table = format!(
        "\n[accounts.ops]\ntype = \"access-key\"\naccess_key_id = \"{id}\"\naws_account_id = \"000000000000\"\n"
    );
    assert!(sandbox.config().ends_with(&table), "{}", sandbox.config());
}

#[test]
fn a_key_that_aws_does_not_take_is_not_saved() {
    let sandbox = ready();
    let (wrong, key, inactive) = ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", &aws().key, &aws().inactive_key);
    let unknown = |id: &str| {
        format!(
            "error: AWS does not know the access key {id}, or it is inactive\n\
             caused by: InvalidClientTokenId: The security token included in the request is invalid.\n\n\
             hint: in the IAM console, see that the key {id} is there and active, in the partition of the region\n"
        )
    };
    let run = create(&sandbox, &key.id, wrong);
    leaves_nothing(&sandbox, run, 4, "x");
    let run = create(&sandbox, "AKIAIOSFODNN7EXAMPLE", wrong);
    leaves_nothing(&sandbox, run, 4, &unknown("AKIAIOSFODNN7EXAMPLE"));
    let run = create(&sandbox, &inactive.id, &inactive.secret);
    leaves_nothing(&sandbox, run, 4, &unknown(&inactive.id));
}

#[test]
fn what_can_be_no_account_is_refused_before_aws_is_asked() {
    let sandbox = ready();
    let away = ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9");
    let run = create(&sandbox, "ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    leaves_nothing(&sandbox, run.env(away.0, away.1), 2, "x");
    let run = sandbox.run(&["account", "create", "ops", "--access-key-id", "AKIAIOSFODNN7EXAMPLE"]);
    leaves_nothing(&sandbox, run.env(away.0, away.1), 2, "x");
    let run = create(&sandbox, "AKIAIOSFODNN7EXAMPLE", "        ");
    leaves_nothing(&sandbox, run.env(away.0, away.1), 1, "x");
}

#[test]
fn a_taken_name_is_refused_and_its_secret_can_be_replaced() {
    let sandbox = ready();
    let key = &aws().key;
    create(&sandbox, &key.id, &key.secret).succeeds();
    let run = create(&sandbox, &aws().idle_key.id, &aws().idle_key.secret);
    leaves_nothing(&sandbox, run, 1, "x");
    let run = create(&sandbox, &aws().idle_key.id, &aws().idle_key.secret).args(&["--secret-only"]);
    leaves_nothing(&sandbox, run, 1, "x");
    let config = sandbox.config();
    create(&sandbox, &key.id, &key.secret)
        .args(&["--secret-only"])
        .prints("", &format!("Stored the secret of the access key {} (account “ops”)\n", key.id));
    assert_eq!(sandbox.config(), config);
}

#[test]
fn the_proof_can_be_waived() {
    let sandbox = ready();
    create(&sandbox, "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
        .args(&["--skip-verify"])
        .env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
        .prints(
            "",
            "Added the account “ops” without asking AWS\n\
             hint: open a way to use it: afed connector create NAME --account ops\n",
        );
    sandbox.run(&["account", "list"]).prints(
        "ACCOUNT  TYPE        ACCESS KEY            AWS ACCOUNT\n\
         ops      access-key  AKIAIOSFODNN7EXAMPLE  not proved\n",
        "",
    );
}

#[test]
fn accounts_are_listed_and_shown() {
    let sandbox = ready();
    sandbox.run(&["account", "list"]).prints("", "There is no account yet\nhint: add one: afed account create\n");
    sandbox.run(&["account", "list", "--json"]).prints("[]\n", "");
    sandbox.create_account();
    let id = &aws().key.id;
    let padding = " ".repeat(id.len() - "ACCESS KEY".len());
    sandbox.run(&["account", "list"]).prints(
        &format!("ACCOUNT  TYPE        ACCESS KEY{padding}  AWS ACCOUNT\nops      access-key  {id}  000000000000\n"),
        "",
    );
    sandbox.run(&["account", "show", "ops"]).prints("x", "");
    sandbox.run(&["account", "list", "--json"]).prints("x", "");
    sandbox.run(&["account", "show", "ops", "--json"]).prints("x", "");
    sandbox.run(&["account", "show", "opps"]).fails(1, "x");
}
