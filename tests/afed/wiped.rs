//! What is left in afed's memory when a command has done all it does: the process is held at its very last system call, by
//! strace, and looked into, as root alone may. Secrets that were typed, piped in, opened or issued are gone by then, and every
//! copy that a library has made of them: what is given back is wiped. What was read in AWS's own files, where keys rest in
//! plain, is not looked for.

mod held;

use std::os::unix::fs::PermissionsExt;

use crate::crash_points::store_file;
use crate::iam::Iam;
use crate::leaks::may_trace_all;
use crate::sandbox::{PASSPHRASE, Sandbox, aws, aws_url};
use crate::sign_in_endpoint::{SignInEndpoint, TOKEN_CANARY};
use crate::sts_mfa::SERIAL;
use held::{Left, piped, typed};

/// So many bytes are gone of what was given back without being wiped: glibc has its own use for them.
const WRITTEN_OVER: usize = 16;
/// What stands before a block of memory: its size, which is never so large.
const END_OF_SIZE: &str = "\0\0\0\0\0";

/// What stands before each place of a secret, or of what is left of it at the beginning of a block that was given back.
fn places<'a>(memory: &'a str, secret: &'a str) -> impl Iterator<Item = &'a str> {
    let (head, rest) = secret.split_at(if secret.len() >= 2 * WRITTEN_OVER { WRITTEN_OVER } else { 0 });
    memory.match_indices(rest).filter_map(move |(at, _)| {
        let before = memory.get(..at.checked_sub(head.len())?)?;
        (memory[..at].ends_with(head) || before.ends_with(END_OF_SIZE)).then_some(before)
    })
}

/// None of the secrets is in the memory of any of the runs, of which there are so many where somebody may look.
fn assert_gone(runs: &[Left], secrets: &[String]) {
    for (run, memory) in runs.iter().filter_map(|run| Some((run, run.memory.as_ref()?))) {
        for secret in secrets {
            if let Some(before) = places(memory, secret).next() {
                let near = &before[before.len().saturating_sub(80)..];
                panic!("{} leaves “{secret}” behind {near:?}", run.line);
            }
        }
    }
    let looked = runs.iter().filter(|run| run.memory.is_some()).count();
    assert_eq!(looked, if may_trace_all() { runs.len() } else { 0 });
}

/// Secret key and token of credentials that were printed.
fn secrets_of(printed: &str) -> [String; 2] {
    let lease: serde_json::Value = serde_json::from_str(printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    ["SecretAccessKey", "SessionToken"].map(|name| lease[name].as_str().unwrap().to_owned())
}

/// Secrets of the world that all runs may come upon, and what of the encrypted file is opened.
fn secrets(sandbox: &Sandbox) -> Vec<String> {
    let population = sandbox.crowd.population();
    let stored = store_file::contents(&std::fs::read(sandbox.path("home/.local/share/afed/secrets.afed")).unwrap());
    let known =
        [population.person("alice").unwrap().password.clone(), population.application.password, PASSPHRASE.to_owned()];
    known.into_iter().chain(stored.into_values()).chain(sandbox.crowd.session_tokens()).collect()
}

#[test]
fn what_is_left_of_a_secret_is_found() {
    let secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
    let (short, rest) = ("correct horse", &secret[WRITTEN_OVER..]);
    let (size, written) = ("1\0\0\0\0\0\0\0", ".{U]\0\0..Af.....K");
    for (memory, sought, found) in [
        (format!("key={secret}"), secret, 1),
        (format!("{secret}{size}{written}{rest}"), secret, 2),
        (format!("{size}{}", &secret[..20]), secret, 0),
        (format!("{size}AWS4{written}{rest}"), secret, 0),
        (rest.to_owned(), secret, 0),
        (format!("{short}, {short}"), short, 2),
        (format!("{size}{}", &short[1..]), short, 0),
    ] {
        assert_eq!(places(&memory, sought).count(), found, "{memory:?}");
    }
}

#[test]
fn nothing_that_afed_was_told_or_has_opened_is_left_at_the_end() {
    let sandbox = Sandbox::configured().env("AWS_ENDPOINT_URL_IAM", aws_url());
    let idle = &aws().idle_key;
    let turning = Iam::at(aws_url()).user("wiped");
    let population = sandbox.crowd.population();
    let create = |name: &str, id: &str| format!("account create {name} --access-key-id {id} --secret-access-key-stdin");
    let mut runs = Vec::new();
    let mut seen = secrets(&sandbox);
    for (line, input) in [
        ("login --user alice --password-stdin", population.person("alice").unwrap().password.as_str()),
        ("creds deploy --format process", ""),
        ("creds deploy --format process", ""),
        ("exec --profile one=deploy -- /bin/true", ""),
        ("cache clear", ""),
        ("exec --refresh deploy -- /bin/true", ""),
        ("creds deploy --format process", ""),
        ("connector check deploy", ""),
        (&create("new", &idle.id), &idle.secret),
        (&create("turning", &turning.id), &turning.secret),
        ("account rotate turning --yes", ""),
        ("init --password-only --application-password-stdin", &population.application.password),
        ("logout", ""),
    ] {
        let run = piped(&sandbox, line, input);
        if line.starts_with("creds ") {
            seen.extend(secrets_of(&run.printed));
        }
        runs.push(run);
        seen.extend(secrets(&sandbox));
    }
    seen.extend([idle.secret.clone(), turning.secret]);
    assert_gone(&runs, &seen);
}

#[test]
fn a_command_that_takes_afed_s_place_gets_its_keys_and_nothing_else_is_left() {
    let sandbox = Sandbox::with_session_of("alice");
    let run = piped(&sandbox, "exec deploy -- /bin/true", "");
    let [key, _] = secrets_of(&sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds().stdout);
    if let Some(memory) = &run.memory {
        let is_given = places(memory, &key).any(|before| before.ends_with("AWS_SECRET_ACCESS_KEY="));
        assert!(is_given, "this is not afed about to become the command");
    }
    assert_gone(&[run], &secrets(&sandbox));
}

#[test]
fn no_link_to_the_console_is_left_at_the_end() {
    let (sandbox, endpoint) = (Sandbox::with_session_of("alice"), SignInEndpoint::start());
    sandbox.write_private("browser", "#!/bin/sh\nexec curl -sL -o page \"$1\"\n");
    std::fs::set_permissions(sandbox.path("browser"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let console = format!("\n[console]\nsign_in_url = \"{}\"\nbrowser = \"./browser {{url}}\"\n", endpoint.url);
    sandbox.edit_config(|text| text + &console);
    let runs = ["console deploy", "console deploy --print"].map(|line| piped(&sandbox, line, ""));
    endpoint.wait_for_login();
    assert!(runs[1].printed.contains(TOKEN_CANARY));
    let mut seen = secrets(&sandbox);
    seen.push(TOKEN_CANARY.to_owned());
    seen.extend(endpoint.take_visits().into_iter().flat_map(|visit| visit.secrets));
    assert_gone(&runs, &seen);
}

#[test]
fn nothing_that_was_typed_is_left_at_the_end() {
    let sandbox = Sandbox::configured();
    let (idle, population) = (&aws().idle_key, sandbox.crowd.population());
    let (password, application) = (&population.person("alice").unwrap().password, &population.application.password);
    let create = format!("account create new --access-key-id {}", idle.id);
    let mut runs = vec![
        typed(&sandbox, "login --user alice", |at| at.hidden_line("Password: ", password)),
        typed(&sandbox, &create, |at| at.hidden_line("Secret access key: ", &idle.secret)),
        typed(&sandbox, "init --password-only", |at| at.hidden_line("The application's password: ", application)),
    ];
    sandbox.edit_config(|config| config.replace("passphrase_file = ", "# "));
    runs.push(typed(&sandbox, "connector check deploy", |at| at.hidden_line("Passphrase for ", PASSPHRASE)));
    let mut seen = secrets(&sandbox);
    let (empty, new) = (Sandbox::new(), "the-new-passphrase-canary");
    let init = format!(
        "init --directory crowd --crowd-url {} --application afed --no-admin-groups --secret-store file",
        empty.crowd.url()
    );
    runs.push(typed(&empty, &init, |at| {
        let at = at.hidden_line("New passphrase for ", new).hidden_line("The same again: ", new);
        at.hidden_line("The application's password: ", application)
    }));
    assert!(empty.path("home/.config/afed/config.toml").exists());
    seen.extend([idle.secret.clone(), new.to_owned()]);
    assert_gone(&runs, &seen);
}

/// The emulator takes any code.
#[test]
fn no_code_of_a_device_is_left_at_the_end() {
    let (typed_code, printed_code) = ("739154", "918273");
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.write_private("code", printed_code);
    let device = |serial: &str| sandbox.run(&["account", "edit", "ops", "--mfa-serial", serial]);
    let line = "creds deploy --format process";
    device(SERIAL).succeeds();
    let by_hand = typed(&sandbox, line, |at| at.line("MFA code of ", typed_code).vends());
    assert!(by_hand.printed.contains("SecretAccessKey"), "{}", by_hand.printed);
    // Another device has half minutes of its own.
    device("GAHT12345678").args(&["--mfa-process", "cat code"]).succeeds();
    let by_program = piped(&sandbox, line, "");
    let mut seen = secrets(&sandbox);
    seen.extend(secrets_of(&by_program.printed));
    seen.extend([typed_code, printed_code].map(str::to_owned));
    assert_gone(&[by_hand, by_program], &seen);
}
