//! `afed prompt`, and the prompts of real shells that show it: what stands in the variables can neither run nor move the
//! terminal, and the segment costs next to nothing.

use std::path::Path;

use crate::instructions::collected;
use crate::sandbox::{Run, Sandbox};

/// A prompt took 2.36 million when this was set, 1.42 of them the loader's; see `instructions.rs`, whose words hold here too.
const BUDGET: u64 = 2_830_000;

const LATER: &str = "2999-01-01T00:00:00Z";
const PROFILES: &str = "[default]\ncredential_process = /usr/bin/afed creds renewing --format process\n[profile work]\ncredential_process = \
     /usr/bin/afed creds deploy --format process\nregion = eu-west-1\n[profile other]\ncredential_process = other\n";

fn with_keys<'a>(sandbox: &'a Sandbox, connector: &str, expiry: &str) -> Run<'a> {
    let run = sandbox.run(&["prompt"]).env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE");
    run.env("AFED_CONNECTOR", connector).env("AWS_CREDENTIAL_EXPIRATION", expiry)
}

#[test]
fn a_prompt_tells_whose_credentials_the_shell_has() {
    let sandbox = Sandbox::new();
    sandbox.run(&["prompt"]).prints("", "");
    with_keys(&sandbox, "deploy", "2020-01-01T00:00:00Z").prints("deploy expired\n", "");
    with_keys(&sandbox, "deploy", "").prints("deploy\n", "");
    with_keys(&sandbox, "deploy", "soon").prints("deploy\n", "");
    with_keys(&sandbox, "", LATER).prints("", "");
    let far = with_keys(&sandbox, "deploy", LATER).args(&["--format", "<{connector}> {left}"]).succeeds();
    assert!(far.stdout.starts_with("<deploy> 8") && far.stdout.ends_with("m\n"), "{far:?}");
    sandbox.run(&["prompt", "--format", "{x}"]).fails(
        2,
        "error: invalid value '{x}' for '--format <FORMAT>': there is no “{x}”; {connector} and {left} are filled in\n\n\
         For more information, try '--help'.\n",
    );
}

#[test]
fn a_profile_is_told_by_the_connector_behind_it() {
    let sandbox = Sandbox::new();
    let with = |profile: &str| sandbox.run(&["prompt"]).env("AWS_PROFILE", profile);
    with("work").prints("", "");
    sandbox.write_private("home/.aws/config", PROFILES);
    with("work").prints("deploy\n", "");
    with("other").prints("", "");
    with("missing").prints("", "");
    with("").prints("", "");
    with("").env("AFED_CONNECTOR", "renewing").prints("renewing\n", "");
    with("work").env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE").prints("", "");
    std::fs::remove_file(sandbox.path("home/.aws/config")).unwrap();
    nix::unistd::mkfifo(&sandbox.path("home/.aws/config"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    with("work").prints("", "");
}

#[test]
fn no_shells_prompt_acts_on_a_hostile_variable() {
    let sandbox = Sandbox::new();
    let afed = env!("CARGO_BIN_EXE_afed");
    let hostile = [
        "$(touch ran)",
        "`touch ran`",
        "\\$(touch ran)",
        "%{x%}",
        "%F{red}",
        "\\u\\h",
        "\u{1b}]0;title\u{7}",
        "a\nb",
        "a b",
        "é",
        "%(?.$(touch ran).x)",
        "${x:=$(touch ran)}",
        "deploy;touch ran",
        "..",
        "-x",
    ];
    for value in hostile {
        with_keys(&sandbox, value, LATER).prints("", "");
        with_keys(&sandbox, "deploy", value).prints("deploy\n", "");
        sandbox.run(&["prompt"]).env("AWS_PROFILE", value).prints("", "");
    }
    let bash = format!("PS1='[$({afed} prompt)]'; printf '%s\\n' \"${{PS1@P}}\"");
    let zsh = format!("setopt PROMPT_SUBST; PS1='[$({afed} prompt)]'; print -rP -- $PS1");
    let fish = format!("echo \"[\"({afed} prompt)\"]\"");
    for (shell, flags, script) in
        [("bash", &["--norc", "-c"], &bash), ("zsh", &["-f", "-c"], &zsh), ("fish", &["--no-config", "-c"], &fish)]
    {
        for (connector, expiry, shown) in [
            ("deploy", "2020-01-01T00:00:00Z", "[deploy expired]\n"),
            (hostile[0], LATER, "[]\n"),
            (hostile[10], hostile[0], "[]\n"),
        ] {
            let run = sandbox.program(Path::new(shell)).args(flags).args(&[script]);
            let run = run.env("AFED_CONNECTOR", connector).env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE");
            run.env("AWS_CREDENTIAL_EXPIRATION", expiry)
                .prints(if shell == "fish" && shown == "[]\n" { "\n" } else { shown }, "");
        }
    }
    assert!(!sandbox.path("ran").exists());
}

#[test]
fn a_prompt_stays_within_its_instructions() {
    let sandbox = Sandbox::new();
    sandbox.write_private("home/.aws/config", PROFILES);
    for (name, value) in [("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE"), ("AWS_PROFILE", "work")] {
        let counted = sandbox
            .program(Path::new("valgrind"))
            .args(&["--tool=callgrind", "--callgrind-out-file=/dev/null", env!("CARGO_BIN_EXE_afed"), "prompt"])
            .env(name, value)
            .env("AFED_CONNECTOR", "deploy")
            .env("AWS_CREDENTIAL_EXPIRATION", LATER)
            .succeeds();
        let count = collected(&counted.stderr);
        assert!((BUDGET / 2..=BUDGET).contains(&count), "a prompt with {name} takes {count} instructions");
    }
}
