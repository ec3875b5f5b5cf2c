//! `afed account`: what is proved before anything is saved, what is refused, and what listings show, exactly.

use serde_json::json;

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
    let rejected = format!(
        "error: the secret of the access key {id} is not the one AWS has\n\
         caused by: SignatureDoesNotMatch: The request signature we calculated does not match the signature you \
         provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for \
         details.\n\n\
         hint: enter both halves of the same key; to replace a stored secret: afed account create NAME \
         --access-key-id {id} --secret-only\n",
        id = key.id
    );
    leaves_nothing(&sandbox, run, 4, &rejected);
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
    let temporary = "error: invalid value 'ASIAIOSFODNN7EXAMPLE' for '--access-key-id <ID>': ASIAIOSFODNN7EXAMPLE is the \
        id of temporary credentials (it starts with ASIA); an account needs a long-term key, which starts with AKIA\n\n\
        For more information, try '--help'.\n";
    leaves_nothing(&sandbox, run.env(away.0, away.1), 2, temporary);
    let run = sandbox.run(&["account", "create", "ops", "--access-key-id", "AKIAIOSFODNN7EXAMPLE"]);
    let missing = "error: the secret access key is missing, and there is no terminal to ask at\n\n\
        hint: give it as --secret-access-key-stdin\n";
    leaves_nothing(&sandbox, run.env(away.0, away.1), 2, missing);
    let run = sandbox.run(&["account", "create", "ops", "--access-key-id", "AKIAIOSFODNN7EXAMPLE"]);
    let run = run.args(&["--secret-access-key-stdin"]).input("\n").env(away.0, away.1);
    leaves_nothing(&sandbox, run, 1, "error: the secret access key is empty\n");
}

#[test]
fn what_is_piped_in_is_one_secret_or_none() {
    let sandbox = ready();
    for (input, cause) in [
        ("</", "Is a directory (os error 21)"),
        ("<bytes", "it is not UTF-8 text"),
        ("<long", "it is longer than 65536 bytes"),
        ("<lines", "it has more than one line"),
    ] {
        sandbox.write_private("bytes", b"\xff\n");
        sandbox.write_private("long", "a".repeat(65_537));
        sandbox.write_private("lines", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\nAKIAIOSFODNN7EXAMPLE\n");
        let line = format!("exec \"$0\" \"$@\" {input}");
        let create =
            ["account", "create", "ops", "--access-key-id", "AKIAIOSFODNN7EXAMPLE", "--secret-access-key-stdin"];
        let run = sandbox.program("/bin/sh".as_ref()).args(&["-c", &line, env!("CARGO_BIN_EXE_afed")]).args(&create);
        let said = format!(
            "error: the secret access key can't be read from standard input, of which --secret-access-key-stdin expects one \
             line and no more\ncaused by: {cause}\n"
        );
        leaves_nothing(&sandbox, run.args(&["--skip-verify"]), 1, &said);
    }
}

#[test]
fn a_taken_name_is_refused_and_its_secret_can_be_replaced() {
    let sandbox = ready();
    let key = &aws().key;
    create(&sandbox, &key.id, &key.secret).succeeds();
    let run = create(&sandbox, &aws().idle_key.id, &aws().idle_key.secret);
    let taken = "error: there is already an account “ops”, in $SANDBOX/home/.config/afed/config.toml\n\n\
        hint: choose another name, or store a new secret for the same key with --secret-only\n";
    leaves_nothing(&sandbox, run, 1, taken);
    let run = create(&sandbox, &aws().idle_key.id, &aws().idle_key.secret).args(&["--secret-only"]);
    let other = format!("error: the account “ops” has the key {}, not {}\n", key.id, aws().idle_key.id);
    leaves_nothing(&sandbox, run, 1, &other);
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
        "ACCOUNT  TYPE        ACCESS KEY            AWS ACCOUNT  MFA DEVICE\n\
         ops      access-key  AKIAIOSFODNN7EXAMPLE  not proved   none\n",
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
        &format!("ACCOUNT  TYPE        ACCESS KEY{padding}  AWS ACCOUNT   MFA DEVICE\nops      access-key  {id}  000000000000  none\n"),
        "",
    );
    sandbox.run(&["account", "show", "ops"]).prints(
        &format!(
            "account        ops\ntype           access-key\naccess key id  {id}\nAWS account    000000000000\n\
             connectors     none\nconfigured in  $SANDBOX/home/.config/afed/config.toml\n"
        ),
        "",
    );
    let mut account =
        json!({"name": "ops", "type": "access-key", "access_key_id": id, "aws_account_id": "000000000000"});
    (account["mfa_serial"], account["mfa_process"]) = (json!(null), json!(null));
    assert_eq!(sandbox.run(&["account", "list", "--json"]).succeeds().json(), json!([account]));
    let mut shown = account;
    shown["connectors"] = json!([]);
    shown["configured_in"] = json!("$SANDBOX/home/.config/afed/config.toml");
    assert_eq!(sandbox.run(&["account", "show", "ops", "--json"]).succeeds().json(), shown);
    sandbox
        .run(&["account", "show", "opps"])
        .fails(1, "error: there is no account “opps”\n\nhint: did you mean “ops”? All of them: afed account list\n");
}
