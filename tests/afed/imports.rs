//! `afed account import`, `afed connector import` and `export`: what is taken over, what stays where it was, and what is
//! refused, exactly; other programs read AWS's files afterwards.

use std::path::{Path, PathBuf};

use serde_json::json;

use crate::conversation::ENTER;
use crate::emulator::parts;
use crate::sandbox::{Run, Sandbox, aws};

const CONFIG: &str = "$SANDBOX/home/.config/afed/config.toml";
const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/connectors.json");

/// AWS's two files in a folder outside of the sandbox, which may hold no secret in plain.
struct AwsFolder {
    folder: tempfile::TempDir,
}

impl AwsFolder {
    fn new(credentials: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("credentials"), credentials).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn shown(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// A sandbox whose runs find these files, with nothing but a directory and a store.
    fn sandbox(&self) -> Sandbox {
        let sandbox = Sandbox::new()
            .env("AWS_SHARED_CREDENTIALS_FILE", &self.shown("credentials"))
            .env("AWS_CONFIG_FILE", &self.shown("config"));
        sandbox.init();
        sandbox.keep_secret(&aws().key.secret);
        sandbox.keep_secret(&aws().idle_key.secret);
        sandbox
    }
}

fn key_lines(id: &str, secret: &str) -> String {
    format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

fn ops_key() -> String {
    key_lines(&aws().key.id, &aws().key.secret)
}

/// What botocore sees in both files.
fn profiles_of_botocore(sandbox: &Sandbox) -> serde_json::Value {
    let script = "import json, botocore.session; print(json.dumps(botocore.session.Session().full_config['profiles']))";
    sandbox.program(&parts().join("clients/bin/python")).args(&["-c", script]).succeeds().json()
}

#[test]
fn a_key_leaves_the_file_when_it_is_stored() {
    let text = format!("# mine\n[ops]\n{}; until when\nregion = eu-west-1\n\n[bare]\noutput = json\n", ops_key());
    let files = AwsFolder::new(&text);
    let sandbox = files.sandbox();
    sandbox.run(&["account", "import", "ops", "--remove"]).prints(
        "",
        &format!(
            "Added the account “ops”: arn:aws:iam::000000000000:user/ops in AWS account 000000000000\n\
             Removed the key from the profile ops in {}\n\
             hint: open a way to use it: afed connector create NAME --account ops\n",
            files.shown("credentials")
        ),
    );
    assert_eq!(files.read("credentials"), text.replace(&ops_key(), ""));
    let seen = json!({"ops": {"region": "eu-west-1"}, "bare": {"output": "json"}});
    assert_eq!(profiles_of_botocore(&sandbox), seen);
    let cli = sandbox.program(&parts().join("emulator/bin/aws"));
    assert_eq!(cli.args(&["configure", "get", "region", "--profile", "ops"]).succeeds().stdout, "eu-west-1\n");
    sandbox.run(&["account", "check", "ops"]).succeeds();
    sandbox.run(&["account", "import", "ops"]).fails(
        1,
        &format!(
            "error: the profile ops holds no key, neither in {} nor in {}\n\n\
             hint: type the key in instead: afed account create NAME\n",
            files.shown("credentials"),
            files.shown("config")
        ),
    );
}

#[test]
fn without_a_word_the_key_stays_and_a_second_run_ends_what_the_first_began() {
    let files = AwsFolder::new(&format!(
        "[default]\n{}\n[other]\n{}",
        ops_key(),
        key_lines(&aws().idle_key.id, &aws().idle_key.secret)
    ));
    let (sandbox, before) = (files.sandbox(), files.read("credentials"));
    let credentials = files.shown("credentials");
    sandbox.run(&["account", "import", "default", "--as", "ops"]).prints(
        "",
        &format!(
            "Added the account “ops”: arn:aws:iam::000000000000:user/ops in AWS account 000000000000\n\
             warning: the key is still in {credentials}, readable for every program that you run\n\
             hint: remove it there: afed account import default --remove\n\
             hint: open a way to use it: afed connector create NAME --account ops\n"
        ),
    );
    assert_eq!(files.read("credentials"), before);
    let config = sandbox.config();
    sandbox.run(&["account", "import", "default", "--as", "mine"]).fails(
        1,
        &format!(
            "error: the access key {} is here already, as the account “ops”\n\nhint: leave --as out\n",
            aws().key.id
        ),
    );
    sandbox.run(&["account", "import", "default", "--remove"]).prints(
        "",
        &format!(
            "The access key {} is here already, as the account “ops”\n\
             Removed the profile default from {credentials}: nothing but the key was in it\n\
             hint: open a way to use it: afed connector create NAME --account ops\n",
            aws().key.id
        ),
    );
    assert_eq!(sandbox.config(), config);
    assert!(files.read("credentials").starts_with("[other]\n"));
}

#[test]
fn a_secret_that_an_account_has_lost_is_recorded_when_it_is_stored_again() {
    let files = AwsFolder::new(&format!("[ops]\n{}", ops_key()));
    let sandbox = files.sandbox();
    let import = || sandbox.run(&["account", "import", "ops", "--keep"]);
    import().succeeds();
    let store = sandbox.path("home/.local/share/afed/secrets.afed");
    std::fs::remove_file(&store).unwrap();
    import().succeeds();
    let last = sandbox.run(&["audit", "--json", "--last", "1"]).succeeds().json();
    let told = (&last[0]["account"], &last[0]["code"], &last[0]["reason"]);
    assert_eq!(told, (&"ops".into(), &"changed".into(), &"changes the secret of accounts.ops".into()));
    sandbox.edit_config(|text| format!("{text}\n[audit]\nrequired = true\nfile = \"/dev/null/trail\"\n"));
    std::fs::remove_file(&store).unwrap();
    assert_eq!(import().outcome().code, Some(4));
    assert!(!store.exists());
}

#[test]
fn at_a_terminal_the_profile_is_picked_and_the_removal_is_asked_for() {
    let temporary =
        "[mfa]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = s\naws_session_token = t\n";
    let files = AwsFolder::new(&format!("{temporary}[ops]\n{}", ops_key()));
    std::fs::write(files.path("config"), format!("[profile spare]\n{}", key_lines("AKIAIOSFODNN7EXAMPLE", "example")))
        .unwrap();
    let sandbox = files.sandbox();
    sandbox.run(&["account", "import"]).fails(
        2,
        "error: the profile is missing, and there is no terminal to ask at; these hold long-term keys: ops, spare\n\n\
         hint: name one: afed account import ops\n",
    );
    let ended = sandbox
        .converse(&["account", "import"])
        .answer("Whose key shall it be?", ENTER)
        .line("Remove the key from AWS's file? (yes or no) [no]: ", "yes")
        .succeeds();
    assert!(!ended.transcript.contains("mfa: "), "{ended:?}");
    assert_eq!(files.read("credentials"), temporary);
}

#[test]
fn a_key_in_the_configuration_file_is_found_too() {
    let files = AwsFolder::new("");
    std::fs::write(files.path("config"), format!("[profile ops]\n{}region = eu-west-1\n", ops_key())).unwrap();
    let sandbox = files.sandbox();
    let outcome = sandbox.run(&["account", "import", "ops", "--remove"]).succeeds();
    assert!(outcome.stderr.contains(&format!("Removed the key from the profile ops in {}\n", files.shown("config"))));
    assert_eq!(files.read("config"), "[profile ops]\nregion = eu-west-1\n");
}

/// The shell keeps files from growing past 4,096 bytes, as a full disk does: the account can be written, AWS's file can't.
#[test]
fn a_file_that_can_t_be_written_keeps_the_key_which_is_stored_by_then() {
    let text = format!("[ops]\n{}{}", ops_key(), "# a long comment\n".repeat(300));
    let files = AwsFolder::new(&text);
    let sandbox = files.sandbox();
    let script = "trap '' XFSZ; ulimit -f 4; exec \"$@\"";
    let run = sandbox.program(Path::new("bash")).args(&["-c", script, "bash", env!("CARGO_BIN_EXE_afed")]);
    run.args(&["account", "import", "ops", "--remove"]).fails(
        1,
        &format!(
            "Added the account “ops”: arn:aws:iam::000000000000:user/ops in AWS account 000000000000\n\
             error: {} can't be written\ncaused by: File too large (os error 27)\n\n\
             hint: see how large a file may be there: ulimit -f\n",
            files.shown("credentials")
        ),
    );
    assert_eq!(files.read("credentials"), text);
    sandbox.run(&["account", "check", "ops"]).succeeds();
}

#[test]
fn what_is_no_long_term_key_to_every_tool_is_refused_and_nothing_changes() {
    let id = format!("aws_access_key_id = {}\n", aws().key.id);
    let files = AwsFolder::new("");
    let sandbox = files.sandbox().env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9");
    let (config, credentials) = (sandbox.config(), files.shown("credentials"));
    let unfit = format!("error: the key of the profile x in {credentials} can't be imported\ncaused by: ");
    for (text, told) in [
        (
            format!("[x]\n{}", key_lines("ASIAIOSFODNN7EXAMPLE", "s")),
            format!(
                "{unfit}ASIAIOSFODNN7EXAMPLE is the id of temporary credentials (it starts with ASIA); an account needs a long-term key, which starts with AKIA\n"
            ),
        ),
        (
            format!("[x]\n{}aws_session_token = t\n", ops_key()),
            format!(
                "{unfit}the profile x holds temporary credentials: line 4 sets aws_session_token; an account needs a long-term key, which has none\n"
            ),
        ),
        (
            format!("[x]\n{id}aws_secret_access_key = \"quoted\"\n"),
            format!(
                "{unfit}line 3 gives aws_secret_access_key with quotes around all of it, which AWS tools read differently; mend it first\n"
            ),
        ),
        (format!("[x]\n{id}"), format!("{unfit}the profile x has aws_access_key_id, and no aws_secret_access_key\n")),
        (
            format!("[x]\n{}[y]\njunk\n", ops_key()),
            format!(
                "error: {credentials} can't be trusted to say what it seems to: line 5 is neither a [section] nor key = value\n"
            ),
        ),
        (
            format!("[DEFAULT]\na = 1\n[x]\n{}", ops_key()),
            format!(
                "error: {credentials} can't be trusted to say what it seems to: line 1 starts [DEFAULT], whose keys the AWS CLI adds to every profile\n"
            ),
        ),
        (
            format!("[x]\n{}  # part of the secret?\n", ops_key()),
            format!(
                "error: {credentials} can't be edited\ncaused by: line 4, in the profile x, is read differently by different AWS tools; mend it first\n"
            ),
        ),
    ] {
        std::fs::write(files.path("credentials"), &text).unwrap();
        sandbox.run(&["account", "import", "x"]).fails(1, &told);
        assert_eq!(files.read("credentials"), text);
    }
    std::fs::write(files.path("credentials"), format!("[x]\n{}", ops_key())).unwrap();
    let outcome = sandbox.run(&["account", "import", "x", "--remove"]).outcome();
    assert_eq!(outcome.code, Some(5), "{outcome:?}");
    assert_eq!((sandbox.config(), files.read("credentials")), (config, format!("[x]\n{}", ops_key())));
}

fn import<'a>(sandbox: &'a Sandbox, file: &str, flags: &[&str]) -> Run<'a> {
    sandbox.run(&["connector", "import", file]).args(flags)
}

/// The account `ops` and nothing else.
fn with_account() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.init();
    sandbox.create_account();
    sandbox
}

#[test]
fn the_example_is_imported_and_exported_and_imported_again() {
    let sandbox = with_account();
    let before = sandbox.config();
    let ours = "5e0c2f6a-27a5-4f0b-8a43-1f1f5b8c9d22";
    let flags = ["--map", &format!("{ours}=ops"), "--fit-names", "--replace"];
    let tables = "[connectors.deploy]\naccount = \"ops\"\nprincipal = \"assume-role\"\n\
        role_arn = \"arn:aws:iam::123123123123:role/UpdateAPP\"\nexternal_id = \"example\"\n\
        groups = [\"developers\"]\nsystem_scope = true\n\n\
        [connectors.Read-reports]\naccount = \"ops\"\nprincipal = \"federated-user\"\n\
        groups = [\"developers\", \"testers\"]\npolicy = '{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \
        \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::example-reports/*\"}]}'\n\n\
        [connectors.own-user]\naccount = \"ops\"\nprincipal = \"session-token\"\nduration = \"30m\"\n\
        groups = []\nregion = \"eu-west-1\"\n";
    let told = |done: &str| {
        format!(
            "Left out: id\n\
             {done} the connector “deploy”, open to: developers; the system\n\
             {done} the connector “Read-reports” (“Read reports” in the file), open to: developers, testers\n\
             {done} the connector “own-user”, open to: administrators only\n"
        )
    };
    import(&sandbox, EXAMPLE, &flags).args(&["--dry-run"]).prints(tables, &told("Would add"));
    assert_eq!(sandbox.config(), before);
    import(&sandbox, EXAMPLE, &flags).prints("", &told("Added"));
    assert_eq!(sandbox.config(), format!("{before}\n{tables}"));
    let again = "Left out: id\nThe connector “deploy” is so already\n\
        The connector “Read-reports” (“Read reports” in the file) is so already\nThe connector “own-user” is so already\n";
    import(&sandbox, EXAMPLE, &flags).prints("", again);
    assert_eq!(sandbox.config(), format!("{before}\n{tables}"));

    let exported = sandbox.run(&["connector", "export", "--all"]).succeeds();
    let names: Vec<_> = exported.json().as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["Read-reports", "deploy", "own-user"]);
    let listed = sandbox.run(&["connector", "list", "--json"]).succeeds();
    sandbox.edit_config(|_| before);
    sandbox.run(&["connector", "import", "-"]).input(&exported.stdout).succeeds();
    assert_eq!(sandbox.run(&["connector", "list", "--json"]).succeeds().stdout, listed.stdout);
    assert_eq!(sandbox.run(&["connector", "export", "--all"]).succeeds().stdout, exported.stdout);
    sandbox.run(&["connector", "export", "own-user"]).prints(
        "[\n  {\n    \"name\": \"own-user\",\n    \"type\": \"SESSION_TOKEN\",\n    \"partition\": \"aws\",\n    \
         \"accountId\": \"ops\",\n    \"groups\": [],\n    \"afed\": {\n      \"duration\": \"30m\",\n      \
         \"region\": \"eu-west-1\"\n    }\n  }\n]\n",
        "",
    );
}

#[test]
fn imported_credentials_work_and_the_system_is_left_out_on_demand() {
    let sandbox = with_account();
    let connector = json!({
        "name": "deploy", "type": "ASSUME_ROLE", "scope": "SYSTEM", "accountId": "000000000000",
        "roleArn": aws().open_role, "groups": ["developers"],
        "iamPolicy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}},
    });
    sandbox
        .run(&["connector", "import", "-", "--no-system-scope"])
        .input(&connector.to_string())
        .prints("", "Added the connector “deploy”, open to: developers\n");
    sandbox.log_in("alice");
    sandbox.run(&["creds", "deploy", "--format", "json"]).vends().succeeds();
    assert_eq!(sandbox.run(&["creds", "deploy", "--system"]).outcome().code, Some(4));
}

#[test]
fn one_that_can_t_be_imported_keeps_all_out() {
    let sandbox = Sandbox::configured();
    let before = sandbox.config();
    let good = "{\"name\": \"good\", \"type\": \"SESSION_TOKEN\", \"accountId\": \"ops\"}";
    let at = |name: &str, cause: &str| {
        format!("error: standard input:2:2: the connector “{name}” can't be imported\ncaused by: {cause}\n")
    };
    let taken = "take another name with --rename OLD=NEW, or change the one that is there: --replace";
    for (other, told) in [
        (
            "{\"name\": \"a b\", \"type\": \"SESSION_TOKEN\", \"accountId\": \"ops\"}",
            at(
                "a b",
                "“a b” can't be a connector's name here\ncaused by: the connector name “a b” holds “ ”; letters, digits and . _ - are allowed, and the first must be a letter or digit",
            ) + "\nhint: give it another: --rename 'a b=a-b'; or let afed make all names fit: --fit-names\n",
        ),
        (
            "{\"name\": \"good\", \"type\": \"SESSION_TOKEN\", \"accountId\": \"ops\"}",
            at("good", "the connector on line 1 is called “good” too")
                + "\nhint: give one of them another name: --rename OLD=NEW\n",
        ),
        (
            "{\"name\": \"deploy\", \"type\": \"SESSION_TOKEN\", \"accountId\": \"ops\"}",
            at("deploy", &format!("there is already a connector “deploy”, in {CONFIG}"))
                + &format!("\nhint: {taken}\n"),
        ),
        (
            "{\"name\": \"x\", \"type\": \"SESSION_TOKEN\", \"accountId\": \"0b54a2b5\"}",
            at("x", "accountId “0b54a2b5” is no account of this configuration")
                + "\nhint: say which it is: --map '0b54a2b5=ACCOUNT', or --account ACCOUNT for all; see afed account list\n",
        ),
        (
            "{\"name\": \"x\", \"type\": \"SESSION_TOKEN\"}",
            at("x", "accountId is missing") + "\nhint: say whose key signs: --account ACCOUNT; see afed account list\n",
        ),
        (
            "{\"name\": \"x\", \"type\": \"ASSUME_ROLE\", \"accountId\": \"ops\"}",
            at("x", "the connector “x” breaks a rule of AWS\ncaused by: assume-role needs role_arn"),
        ),
        (
            "{\"name\": \"x\", \"type\": \"ASSUME_ROLE\", \"accountId\": \"ops\", \"roleArn\": \"arn:aws-cn:iam::123123123123:role/r\", \"partition\": \"aws\"}",
            at("x", "the partition is said to be aws, and its region cn-north-1 lies in aws-cn"),
        ),
        (
            "{\"name\": \"x\", \"type\": \"FEDERATION_TOKEN\", \"accountId\": \"ops\", \"iamPolicy\": {\"Statement\": [], \"Statement\": []}}",
            at(
                "x",
                "its iamPolicy can't be used\ncaused by: line 1, column 17: “Statement” stands twice in the same object",
            ) + "\nhint: see all that is wrong with it: afed policy check FILE\n",
        ),
    ] {
        let run = sandbox.run(&["connector", "import", "-"]).input(&format!("[{good},\n {other}]"));
        run.fails(1, &told);
    }
    sandbox.run(&["connector", "import", "-"]).input("{\"name\": \"x\",\n \"rolArn\": \"\"}").fails(
        1,
        "error: standard input:2:2: nothing can be imported\ncaused by: “rolArn” is no field of a connector\n\nhint: did you mean “roleArn”?\n",
    );
    assert_eq!(sandbox.config(), before);
    let replacing = "{\"name\": \"deploy\", \"type\": \"SESSION_TOKEN\"}";
    sandbox
        .run(&["connector", "import", "-", "--replace", "--account", "ops"])
        .input(replacing)
        .prints("", "Changed the connector “deploy”, open to: administrators only\n");
    assert!(
        sandbox
            .config()
            .ends_with("\n[connectors.deploy]\naccount = \"ops\"\nprincipal = \"session-token\"\ngroups = []\n"),
        "{}",
        sandbox.config()
    );
}

#[test]
fn an_empty_list_is_told_to_be_one() {
    let sandbox = Sandbox::configured();
    sandbox.write_private("none.json", "[]");
    let before = sandbox.config();
    sandbox.run(&["connector", "import", "none.json"]).prints("", "There is no connector in none.json\n");
    assert_eq!(sandbox.config(), before);
}
