//! What is served from memory, and what ends it. The directory and AWS are counted: a warm call asks neither.

use crate::sandbox::{Outcome, Sandbox};

/// A sandbox in which answers may be used again for five minutes.
fn remembering() -> Sandbox {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    sandbox
}

fn hook(sandbox: &Sandbox) -> Outcome {
    sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds()
}

fn questions(sandbox: &Sandbox) -> usize {
    let count = sandbox.crowd.received().len();
    sandbox.crowd.forget_received();
    count
}

#[test]
fn a_warm_call_asks_nobody() {
    let sandbox = remembering();
    let first = hook(&sandbox);
    questions(&sandbox);
    assert_eq!(hook(&sandbox).stdout, first.stdout);
    assert_eq!(questions(&sandbox), 0);
    // Another endpoint is another lease, and there nobody listens.
    let elsewhere = sandbox.run(&["creds", "deploy"]).env("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9").outcome();
    assert_eq!(elsewhere.code, Some(5), "{elsewhere:?}");
}

#[test]
fn with_nothing_to_recheck_after_the_directory_is_asked_every_time_and_aws_is_not() {
    let sandbox = Sandbox::with_session_of("alice");
    let first = hook(&sandbox);
    questions(&sandbox);
    assert_eq!(hook(&sandbox).stdout, first.stdout);
    assert_eq!(sandbox.crowd.count("GET", "/user/group/nested"), 1);
}

#[test]
fn a_changed_connector_takes_effect_at_the_next_call() {
    let sandbox = remembering();
    let first = hook(&sandbox);
    sandbox.edit_config(|text| text.replace("groups = [\"developers\"]", "groups = [\"testers\"]"));
    let denied = sandbox.run(&["creds", "deploy"]).outcome();
    assert_eq!(denied.code, Some(4), "{denied:?}");
    sandbox.edit_config(|text| text.replace("groups = [\"testers\"]", "duration = \"2h\"\ngroups = [\"developers\"]"));
    assert_ne!(hook(&sandbox).stdout, first.stdout);
}

#[test]
fn a_changed_policy_file_takes_effect_at_the_next_call() {
    let sandbox = remembering();
    let policy = |action: &str| {
        format!(r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
    };
    sandbox.write_private("home/.config/afed/deploy.json", policy("s3:Get*"));
    sandbox.edit_config(|text| text.replace("\ngroups =", "\npolicy_file = \"deploy.json\"\ngroups ="));
    sandbox.settle();
    let first = hook(&sandbox);
    assert_eq!(hook(&sandbox).stdout, first.stdout);
    sandbox.write_private("home/.config/afed/deploy.json", policy("s3:Put*"));
    assert_ne!(hook(&sandbox).stdout, first.stdout);
}

#[test]
fn logging_out_or_in_as_somebody_else_ends_it_at_once() {
    let sandbox = remembering();
    hook(&sandbox);
    sandbox.log_in("bob");
    let denied = sandbox.run(&["creds", "deploy", "--format", "process"]).outcome();
    assert_eq!(denied.code, Some(4), "{denied:?}");
    sandbox.log_in("alice");
    sandbox.settle();
    hook(&sandbox);
    sandbox.run(&["logout"]).succeeds();
    let denied = sandbox.run(&["creds", "deploy", "--format", "process"]).outcome();
    assert_eq!(denied.code, Some(3), "{denied:?}");
}

#[test]
fn a_denial_takes_the_cached_lease_away() {
    let sandbox = Sandbox::with_session_of("alice");
    hook(&sandbox);
    let leases = || {
        let folder = std::fs::read_dir(sandbox.path("home/.cache/afed/sealed")).unwrap();
        folder.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "lease")).count()
    };
    assert_eq!(leases(), 1);
    sandbox.crowd.change(|population| assert!(population.leave("alice", "developers")));
    let denied = sandbox.run(&["creds", "deploy"]).outcome();
    assert_eq!((denied.code, leases()), (Some(4), 0), "{denied:?}");
}

#[test]
fn a_failing_hook_that_is_run_again_at_once_asks_once() {
    let sandbox = Sandbox::with_session_of("bob");
    sandbox.settle();
    let denied = || sandbox.run(&["creds", "deploy", "--format", "process"]).outcome();
    questions(&sandbox);
    let first = denied();
    assert_eq!((first.code, questions(&sandbox) > 0), (Some(4), true));
    let second = denied();
    assert_eq!((second.code, second.stderr, questions(&sandbox)), (Some(4), first.stderr, 0));
}

#[test]
fn damaged_files_are_replaced() {
    let sandbox = remembering();
    let first = hook(&sandbox);
    for entry in std::fs::read_dir(sandbox.path("home/.cache/afed/sealed")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(sandbox.path("")).unwrap().to_str().unwrap().to_owned();
        sandbox.write_private(&name, "damaged");
    }
    assert_ne!(hook(&sandbox).stdout, first.stdout);
    questions(&sandbox);
    hook(&sandbox);
    assert_eq!(questions(&sandbox), 0);
}

#[test]
fn a_cache_that_can_t_be_written_costs_time_and_nothing_else() {
    let sandbox = remembering();
    sandbox.write_private("home/.cache/afed/sealed", "a file where the folder belongs");
    let outcome = sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
    assert!(outcome.stderr.starts_with("warning: the next call will ask again: "), "{outcome:?}");
}

#[test]
fn without_a_cache_folder_people_log_in_get_credentials_and_log_out() {
    let sandbox = Sandbox::configured();
    std::fs::remove_dir_all(sandbox.path("home/.cache")).unwrap();
    sandbox.write_private("home/.cache", "a file where a folder should be");
    assert_eq!(sandbox.log_in("alice").code, Some(0));
    let outcome = sandbox.run(&["creds", "deploy", "--format", "process"]).vends().outcome();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    sandbox.run(&["logout"]).prints("", "Logged out\n");
}
