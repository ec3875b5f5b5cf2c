//! The files of `examples/`, each held to what it says by the program that reads it. Those that need a program which not
//! every machine has are ignored by default, so that they are counted; `tests/run` takes them in where it is.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::emulator::parts;
use crate::sandbox::{Run, Sandbox, aws, aws_url};

fn example(relative: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(relative)
}

fn text(relative: &str) -> String {
    fs::read_to_string(example(relative)).unwrap()
}

/// A line of bash, where afed, AWS's command line and what the machine has are found.
fn line<'a>(sandbox: &'a Sandbox, line: &str) -> Run<'a> {
    let afed = Path::new(env!("CARGO_BIN_EXE_afed")).parent().unwrap().display().to_string();
    let path = format!("{afed}:{}/emulator/bin:/usr/local/bin:/usr/bin:/bin", parts().display());
    sandbox.program(Path::new("/bin/bash")).args(&["-c", line]).env("PATH", &path)
}

/// The connector `deploy` for developers, and `nightly` for the system.
fn with_nightly(person: &str) -> Sandbox {
    let sandbox = Sandbox::with_session_of(person).env("AWS_ENDPOINT_URL", aws_url());
    sandbox.edit_config(|text| text.replace("version = 1\n", "version = 1\nsystem_name = \"build-1\"\n"));
    sandbox
        .run(&["connector", "create", "nightly", "--account", "ops", "--principal", "assume-role"])
        .args(&["--role-arn", &aws().open_role, "--administrators-only", "--system-scope", "--region", "eu-west-1"])
        .succeeds();
    sandbox
}

#[test]
fn the_readme_names_every_example() {
    let readme = text("README.md");
    for entry in fs::read_dir(example("")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(name == "README.md" || readme.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn aws_tools_read_the_configuration_file_with_the_hook_in_it() {
    let sandbox = Sandbox::with_session_of("alice");
    let config = example("aws/config");
    let script = "import botocore.session, json; print(json.dumps(botocore.session.get_session().full_config))";
    let read = sandbox.program(&parts().join("clients/bin/python")).args(&["-c", script]);
    let read = read.env("AWS_CONFIG_FILE", config.to_str().unwrap()).succeeds().json();
    let hook = "/home/alice/.cargo/bin/afed creds deploy --format process";
    assert_eq!(read["profiles"]["deploy"], json!({ "credential_process": hook, "region": "eu-west-1" }));
    assert_eq!(read["profiles"]["people"]["sso_session"], "corp");
    assert_eq!(read["sso_sessions"]["corp"]["sso_region"], "eu-west-1");
    assert_eq!(read["services"]["local"]["s3"]["endpoint_url"], "http://127.0.0.1:9000");

    let mine = text("aws/config")
        .replace("/home/alice/.cargo/bin/afed", env!("CARGO_BIN_EXE_afed"))
        .replace("arn:aws:iam::123123123124:role/Audit", &aws().next_role);
    sandbox.write_private("home/.aws/config", &mine);
    let outcome = sandbox.run(&["profile", "add", "deploy"]).succeeds();
    assert!(outcome.stderr.starts_with("The profile “deploy” is there already, as it should be, "), "{outcome:?}");
    assert_eq!(sandbox.read("home/.aws/config"), mine);
    for (profile, role) in [("deploy", "open"), ("audit", "next")] {
        let identity = line(&sandbox, &format!("aws --profile {profile} sts get-caller-identity")).succeeds().json();
        assert!(identity["Arn"].as_str().unwrap().contains(&format!(":assumed-role/{role}/")), "{identity}");
    }
}

#[test]
fn the_job_of_a_ci_runs_its_command_as_the_system_or_not_at_all() {
    let sandbox = with_nightly("alice");
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))";
    let file = example("ci/gitlab-ci.yml");
    let read = sandbox.program(&parts().join("moto/bin/python")).args(&["-c", script, file.to_str().unwrap()]);
    let lines = read.succeeds().json()["deploy"]["script"].clone();
    let root = env!("CARGO_MANIFEST_DIR");
    for said in lines.as_array().unwrap() {
        let identity = line(&sandbox, &format!("cd '{root}' && {}", said.as_str().unwrap())).succeeds().json();
        assert!(identity["Arn"].as_str().unwrap().ends_with(":assumed-role/open/build-1"), "{identity}");
    }
    let outcome = line(&sandbox, &format!("'{root}/examples/ci/job' deploy echo it ran")).outcome();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""), "{outcome:?}");
    assert!(outcome.stderr.starts_with("error: the connector “deploy” is not open to the system\n"), "{outcome:?}");
}

#[test]
fn what_sudo_and_afed_read_on_a_shared_host_is_well_formed() {
    for name in ["sudoers", "sudoers-crowd"] {
        let file = example("shared-host").join(name);
        let checked = Command::new("/usr/sbin/visudo").arg("-cf").arg(&file).output().expect("run tests/setup first");
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success() && said.is_empty(), "{said}");
    }
    let sandbox = Sandbox::new();
    let config = example("shared-host/config.toml");
    let shown = sandbox.run(&["connector", "show", "deploy", "--json", "--config", config.to_str().unwrap()]);
    assert_eq!(shown.succeeds().json()["system_scope"], true);
}

#[test]
#[ignore = "needs terraform"]
fn terraform_keeps_its_state_with_credentials_of_the_hook_and_of_the_environment() {
    let sandbox = with_nightly("alice");
    fs::create_dir(sandbox.path("terraform")).unwrap();
    fs::copy(example("terraform/main.tf"), sandbox.path("terraform/main.tf")).unwrap();
    let administrator = "AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=eu-west-1";
    let bucket = "example-terraform-state";
    let place = "--create-bucket-configuration LocationConstraint=eu-west-1";
    line(&sandbox, &format!("{administrator} aws s3api create-bucket --bucket {bucket} {place}")).succeeds();
    // The emulator has no host for each bucket, and nothing is asked for a newer terraform.
    let terraform = |before: &str, words: &str| {
        let quiet = "cd terraform && export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_CLI_CONFIG_FILE=/dev/null";
        line(&sandbox, &format!("{quiet}; {before}; terraform {words} -input=false -no-color"))
    };
    let init = "init -backend-config=use_path_style=true";
    sandbox.run(&["profile", "add", "deploy"]).succeeds();
    let profile = "export AWS_PROFILE=deploy";
    terraform(profile, init).succeeds();
    let applied = terraform(profile, "apply -auto-approve").succeeds();
    assert!(applied.stdout.contains("Resources: 1 added, 0 changed, 0 destroyed."), "{applied:?}");
    fs::remove_dir_all(sandbox.path("terraform/.terraform")).unwrap();
    let environment = "eval \"$(afed creds deploy)\"";
    terraform(environment, init).succeeds();
    let applied = terraform(environment, "apply -auto-approve").succeeds();
    assert!(applied.stdout.contains("Resources: 0 added, 0 changed, 0 destroyed."), "{applied:?}");
    let shown = line(&sandbox, &format!("{administrator} aws s3api list-objects-v2 --bucket {bucket}")).succeeds();
    assert_eq!(shown.json()["Contents"][0]["Key"], "network.tfstate");

    sandbox.run(&["logout"]).succeeds();
    sandbox.log_in("bob");
    let denied = terraform(profile, "plan").outcome();
    assert_eq!(denied.code, Some(1), "{denied:?}");
    assert!(denied.stderr.replace(['\n', '│'], " ").contains("“bob” may not use"), "{denied:?}");
}

#[test]
#[ignore = "needs docker"]
fn docker_gives_a_container_the_credentials_or_does_not_start_it() {
    let sandbox = with_nightly("alice");
    let daemon = Daemon::start();
    let script = example("docker/run").display().to_string();
    let words = "amazon/aws-cli sts get-caller-identity";
    let run = |connector: &str| {
        line(&sandbox, &format!("'{script}' {connector} {words}")).env("DOCKER_HOST", &daemon.address).outcome()
    };
    assert_eq!(run("deploy").code, Some(125), "the daemon refuses, once it has been asked");
    let asked = daemon.created();
    let variables: Vec<&str> = asked[0]["Env"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let value = |name: &str| variables.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')).unwrap();
    assert!(value("AWS_ACCESS_KEY_ID").starts_with("ASIA"));
    assert!(value("AWS_SECRET_ACCESS_KEY").len() == 40 && value("AWS_SESSION_TOKEN").len() > 40);
    assert_eq!((value("AWS_REGION"), asked[0]["Image"].as_str()), ("eu-west-1", Some("amazon/aws-cli")));
    assert_eq!((&asked[0]["HostConfig"]["Binds"], &asked[0]["Volumes"]), (&Value::Null, &json!({})));

    let failed = run("nowhere");
    assert_eq!((failed.code, daemon.created().len()), (Some(1), 1), "{failed:?}");
}

/// A docker daemon that answers pings, keeps what containers it is asked for, and makes none.
struct Daemon {
    address: String,
    created: Arc<Mutex<Vec<Value>>>,
}

impl Daemon {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let daemon = Self { address: format!("tcp://{}", listener.local_addr().unwrap()), created: Arc::default() };
        let created = Arc::clone(&daemon.created);
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let created = Arc::clone(&created);
                std::thread::spawn(move || serve(&connection.unwrap(), &created));
            }
        });
        daemon
    }

    fn created(&self) -> Vec<Value> {
        self.created.lock().unwrap().clone()
    }
}

fn serve(connection: &TcpStream, created: &Mutex<Vec<Value>>) {
    let mut reader = BufReader::new(connection);
    let mut writer = connection;
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head
            .to_lowercase()
            .split_once("content-length: ")
            .map_or(0, |(_, rest)| rest.split("\r\n").next().unwrap().parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let answer = if head.contains("/containers/create") {
            created.lock().unwrap().push(serde_json::from_slice(&body).unwrap());
            "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: 18\r\n\r\n{\"message\": \"no\"}\n"
        } else {
            "HTTP/1.1 200 OK\r\nApi-Version: 1.50\r\nContent-Length: 0\r\n\r\n"
        };
        writer.write_all(answer.as_bytes()).unwrap();
    }
}
