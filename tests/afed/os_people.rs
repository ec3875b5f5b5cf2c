//! The directory that is this machine's own users and groups: the kernel says who it is, and no variable changes that.

use std::process::Command;

use crate::sandbox::{Sandbox, aws};

/// What the system's own tool says of the user of this process.
fn id(option: &str) -> String {
    let output = Command::new("/usr/bin/id").arg(option).env_clear().output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A group of this machine that the user is not in.
fn foreign_group() -> String {
    let mine: Vec<String> = id("-Gn").split(' ').map(str::to_owned).collect();
    let groups = std::fs::read_to_string("/etc/group").unwrap();
    let mut names = groups.lines().filter_map(|line| line.split(':').next());
    names.find(|name| !mine.iter().any(|group| group == name)).expect("a group to be outside of").to_owned()
}

fn on_this_machine(administrators: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .run(&["init", "--directory", "os", "--secret-store", "file", "--passphrase-file", "passphrase"])
        .args(administrators)
        .prints(
            "",
            "The secret store works: file\n\
             Wrote $SANDBOX/home/.config/afed/config.toml\n\
             hint: add the key of an IAM user: afed account create NAME --access-key-id AKIA…\n",
        );
    sandbox.create_account();
    for (name, group) in [("mine", id("-gn")), ("theirs", foreign_group()), ("nobodys", "no-such-group".to_owned())] {
        sandbox
            .run(&["connector", "create", name, "--account", "ops", "--principal", "assume-role"])
            .args(&["--role-arn", &aws().open_role, "--group", &group])
            .succeeds();
    }
    sandbox
}

#[test]
fn a_person_of_this_machine_is_let_in_by_group_whatever_the_environment_says() {
    let sandbox = on_this_machine(&["--no-admin-groups"]);
    let (me, mine, theirs) = (id("-un"), id("-gn"), foreign_group());
    let denied = |connector: &str, group: &str| {
        format!(
            "error: “{me}” may not use the connector “{connector}”\n\nhint: it is open to: {group}; ask for membership in one of them\n"
        )
    };
    sandbox.run(&["creds", "mine"]).vends().succeeds();
    sandbox.run(&["creds", "theirs"]).fails(4, &denied("theirs", &theirs));
    sandbox.run(&["creds", "nobodys"]).fails(4, &denied("nobodys", "no-such-group"));

    let config = sandbox.path("home/.config/afed/config.toml");
    let lies = [("USER", "nobody"), ("LOGNAME", "nobody"), ("USERNAME", "nobody"), ("SUDO_USER", "nobody")];
    let lying =
        |arguments: &[&str]| lies.iter().fold(sandbox.run(arguments), |run, (name, value)| run.env(name, value));
    lying(&["creds", "theirs"]).fails(4, &denied("theirs", &theirs));
    let elsewhere = ["whoami", "--json", "--config", config.to_str().unwrap()];
    let shown = lying(&elsewhere).env("HOME", sandbox.path("other-home").to_str().unwrap()).succeeds().json();
    assert_eq!(shown["person"]["name"], me);
    assert_eq!(shown["until"], serde_json::Value::Null);
    assert_eq!(shown["groups"], serde_json::json!([mine]));
    assert_eq!(shown["connectors"], serde_json::json!([{ "name": "mine", "because": format!("member of {mine}") }]));
    assert_eq!(sandbox.crowd.received().len(), 0);
}

#[test]
fn administrators_of_this_machine_use_every_connector() {
    let sandbox = on_this_machine(&["--admin-group", &id("-gn")]);
    sandbox.run(&["creds", "theirs"]).vends().succeeds();
    sandbox.edit_config(|text| text.replace("[os]\n", "[os]\nadmins_use_every_connector = false\n"));
    assert_eq!(sandbox.run(&["creds", "theirs"]).outcome().code, Some(4));
}
