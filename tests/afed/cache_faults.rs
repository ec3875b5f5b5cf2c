//! A cache that is broken in every way: credentials are still handed out, whole, and what is broken is replaced or told.
//! A kernel that keeps no keys, and several homes on one machine.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use crate::sandbox::{Outcome, Run, Sandbox};
use crate::sts_proxy::StsProxy;

const REFUSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/surroundings/refuse.py");

fn world() -> (Sandbox, StsProxy) {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.recheck_after("5m");
    (sandbox, proxy)
}

fn hook(sandbox: &Sandbox) -> Run<'_> {
    sandbox.run(&["creds", "deploy", "--format", "process"]).vends()
}

/// Credentials came out whole and nothing was said.
fn vends(run: Run<'_>) -> String {
    let outcome = run.succeeds();
    assert!(is_whole(&outcome) && outcome.stderr.is_empty(), "{outcome:?}");
    outcome.stdout
}

fn is_whole(outcome: &Outcome) -> bool {
    outcome.json()["Version"] == 1 && outcome.stdout.ends_with("}\n")
}

/// The sealed files, a pass and a lease.
fn sealed(sandbox: &Sandbox) -> Vec<PathBuf> {
    let files = sandbox.files("home/.cache/afed/sealed").into_iter().map(PathBuf::from);
    let mut files: Vec<PathBuf> =
        files.filter(|path| path.extension().is_some_and(|end| end == "pass" || end == "lease")).collect();
    files.sort();
    assert_eq!(files.len(), 2, "{files:?}");
    files
}

#[test]
fn files_that_are_damaged_in_any_way_are_replaced() {
    let (sandbox, proxy) = world();
    let (other, _) = world();
    vends(hook(&sandbox));
    vends(hook(&other));
    let foreign = sealed(&other);
    type Damage<'a> = (&'a str, Box<dyn Fn(&Path, &[u8]) + 'a>);
    let damages: Vec<Damage<'_>> = vec![
        ("empty", Box::new(|path, _| fs::write(path, "").unwrap())),
        ("cut", Box::new(|path, whole| fs::write(path, &whole[..whole.len() / 2]).unwrap())),
        ("longer", Box::new(|path, whole| fs::write(path, [whole, b"x"].concat()).unwrap())),
        (
            "flipped",
            Box::new(|path, whole| {
                let mut bytes = whole.to_vec();
                bytes[whole.len() / 2] ^= 1;
                fs::write(path, bytes).unwrap();
            }),
        ),
        (
            "of a newer version",
            Box::new(|path, whole| {
                fs::write(path, [b"afed cache 2\n", &whole[13..]].concat()).unwrap();
            }),
        ),
        (
            "foreign",
            Box::new(|path, _| {
                let same_kind = foreign.iter().find(|other| other.extension() == path.extension()).unwrap();
                fs::copy(same_kind, path).unwrap();
            }),
        ),
        (
            "dangling",
            Box::new(|path, _| {
                fs::remove_file(path).unwrap();
                symlink(sandbox.path("nowhere"), path).unwrap();
            }),
        ),
        (
            "a link to something else",
            Box::new(|path, _| {
                fs::remove_file(path).unwrap();
                symlink(sandbox.path("bystander"), path).unwrap();
            }),
        ),
    ];
    sandbox.write_private("bystander", "of somebody else");
    for (what, damage) in damages {
        for path in sealed(&sandbox) {
            let whole = fs::read(&path).unwrap();
            proxy.forget_asked();
            damage(&path, &whole);
            vends(hook(&sandbox));
            let is_lease = path.extension().is_some_and(|end| end == "lease");
            assert_eq!(proxy.asked().len(), usize::from(is_lease), "{what}");
            vends(hook(&sandbox));
            assert_eq!(proxy.asked().len(), usize::from(is_lease), "{what}: it was not replaced");
            assert!(fs::symlink_metadata(&path).unwrap().is_file(), "{what}: a link is left");
        }
    }
    assert!(!sandbox.path("nowhere").exists());
    assert_eq!(sandbox.read("bystander"), "of somebody else");
}

#[test]
fn a_folder_in_place_of_a_file_costs_time_and_nothing_else() {
    let (sandbox, _proxy) = world();
    vends(hook(&sandbox));
    for path in sealed(&sandbox) {
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        for _ in 0..2 {
            let outcome = hook(&sandbox).succeeds();
            assert!(is_whole(&outcome), "{outcome:?}");
            let name = path.file_name().unwrap().to_str().unwrap();
            let start = format!("warning: the next call will ask again: $SANDBOX/home/.cache/afed/sealed/{name}");
            let cause = "Is a directory (os error 21)";
            assert_eq!(outcome.stderr.lines().next(), Some(format!("{start} can't be written: {cause}").as_str()));
        }
        fs::remove_dir(&path).unwrap();
        vends(hook(&sandbox));
    }
}

#[test]
fn a_file_in_place_of_the_folder_neither_withholds_nor_hides_a_denial() {
    let (sandbox, _proxy) = world();
    sandbox.write_private("home/.cache/afed/sealed", "a file");
    for _ in 0..2 {
        let outcome = hook(&sandbox).succeeds();
        assert!(
            is_whole(&outcome) && outcome.stderr.starts_with("warning: the next call will ask again: "),
            "{outcome:?}"
        );
    }
    sandbox.crowd.change(|population| assert!(population.leave("alice", "developers")));
    hook(&sandbox).fails(
        4,
        "afed: “alice” may not use the connector “deploy” (hint: it is open to: developers; ask for membership in one of them)\n",
    );
}

#[test]
fn a_full_disk_costs_time_and_nothing_else() {
    let (sandbox, _proxy) = world();
    let bash = "ulimit -f 0; exec \"$0\" creds deploy --format process";
    for _ in 0..2 {
        let run = sandbox.program(Path::new("/bin/bash")).args(&["-c", bash, env!("CARGO_BIN_EXE_afed")]).vends();
        let outcome = run.succeeds();
        let start = "warning: the next call will ask again: $SANDBOX/home/.cache/afed/sealed/";
        let line = outcome.stderr.lines().next().unwrap_or_default();
        let is_told = line.starts_with(start) && line.ends_with(": File too large (os error 27)");
        assert!(is_whole(&outcome) && is_told, "{outcome:?}");
    }
    let left: Vec<String> =
        sandbox.files("home/.cache/afed").into_iter().filter(|path| path.contains(".afed-")).collect();
    assert_eq!(left, Vec::<String>::new(), "half-written files are left");
    vends(hook(&sandbox));
    sealed(&sandbox);
}

/// afed as somebody whom permissions bind, which root is not by itself.
pub fn bound<'a>(sandbox: &'a Sandbox, arguments: &[&str]) -> Run<'a> {
    const FREE_OF_PERMISSIONS: &str = "-dac_override,-dac_read_search";
    if !nix::unistd::geteuid().is_root() {
        return sandbox.run(arguments);
    }
    let run = sandbox.program(Path::new("/usr/bin/setpriv"));
    run.args(&["--bounding-set", FREE_OF_PERMISSIONS, "--inh-caps", FREE_OF_PERMISSIONS, "--"])
        .args(&[env!("CARGO_BIN_EXE_afed")])
        .args(arguments)
}

fn bound_hook(sandbox: &Sandbox) -> Run<'_> {
    bound(sandbox, &["creds", "deploy", "--format", "process"]).vends()
}

#[test]
fn a_folder_that_can_not_be_written_to_still_answers_and_one_that_can_not_be_read_costs_time() {
    let (sandbox, proxy) = world();
    let folder = sandbox.path("home/.cache/afed/sealed");
    let permit = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    let first = vends(bound_hook(&sandbox));
    permit(0o500);
    assert_eq!(vends(bound_hook(&sandbox)), first);
    permit(0o000);
    for asked in [2, 3] {
        let output = bound_hook(&sandbox).command().output().unwrap();
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success() && stdout.starts_with("{\"Version\":1,") && stdout != first, "{stderr}");
        assert!(stderr.starts_with("warning: the next call will ask again: "), "{stderr}");
        assert_eq!(proxy.asked().len(), asked);
    }
    permit(0o700);
    assert_eq!((vends(bound_hook(&sandbox)), proxy.asked().len()), (first, 3));
    sealed(&sandbox).iter().for_each(|path| fs::remove_file(path).unwrap());
    permit(0o500);
    for asked in [4, 5] {
        let outcome = bound_hook(&sandbox).succeeds();
        assert!(is_whole(&outcome) && proxy.asked().len() == asked, "{outcome:?}");
        let start = "warning: the next call will ask again: $SANDBOX/home/.cache/afed/sealed/";
        assert!(outcome.stderr.starts_with(start), "{outcome:?}");
    }
    permit(0o700);
}

/// afed where these system calls fail with EPERM or another errno.
pub fn refused<'a>(sandbox: &'a Sandbox, errno: &str, calls: &[&str], arguments: &[&str]) -> Run<'a> {
    let run = sandbox.program(Path::new("/usr/bin/python3")).args(&[REFUSE, errno]).args(calls);
    run.args(&["--", env!("CARGO_BIN_EXE_afed")]).args(arguments)
}

fn hook_refused<'a>(sandbox: &'a Sandbox, errno: &str, calls: &[&str]) -> Run<'a> {
    refused(sandbox, errno, calls, &["creds", "deploy", "--format", "process"]).vends()
}

#[test]
fn where_the_kernel_keeps_no_keys_the_secret_store_does() {
    let all = &["keyctl", "add_key", "request_key"][..];
    for (errno, calls) in [("EPERM", all), ("ENOSYS", all), ("EACCES", &["keyctl"]), ("EDQUOT", &["add_key"])] {
        let (sandbox, proxy) = world();
        let secrets = || fs::read(sandbox.path("home/.local/share/afed/secrets.afed")).unwrap();
        let before = secrets();
        let first = vends(hook_refused(&sandbox, errno, calls));
        assert_ne!(secrets(), before, "{errno}: the key is not in the store");
        let kept = secrets();
        assert_eq!(vends(hook_refused(&sandbox, errno, calls)), first, "{errno}");
        assert_eq!((proxy.asked().len(), secrets()), (1, kept), "{errno}");
        assert_eq!(sandbox.crowd.count("GET", "/user/group/nested"), 1, "{errno}");
        let by_the_kernel = vends(hook(&sandbox));
        assert_eq!(vends(hook(&sandbox)), by_the_kernel, "{errno}: the kernel keeps keys again");
    }
}

#[test]
fn two_homes_share_neither_keys_nor_leases_nor_log_outs() {
    let ((one, one_proxy), (other, other_proxy)) = (world(), world());
    let (first, second) = (vends(hook(&one)), vends(hook(&other)));
    assert_ne!(first, second);
    for path in sealed(&other) {
        fs::copy(&path, one.path("home/.cache/afed/sealed").join(path.file_name().unwrap())).unwrap();
    }
    assert_eq!(vends(hook(&one)), first);
    one.run(&["logout"]).succeeds();
    assert_eq!(hook(&one).outcome().code, Some(3));
    assert_eq!(vends(hook(&other)), second);
    assert_eq!((one_proxy.asked().len(), other_proxy.asked().len()), (1, 1));
}
