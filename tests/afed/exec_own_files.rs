//! Commands that run beside afed, with AWS files of their own: AWS tools in them renew by themselves, signals and ends pass
//! through, and nothing is left in the end, whoever was killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::conversation::INTERRUPT;
use crate::emulator::parts;
use crate::moved_clocks::CLOCK;
use crate::patience::wait_until;
use crate::sandbox::{Run, Sandbox, aws, aws_url};
use crate::sts_proxy::{Reply, StsProxy};

const AFED: &str = env!("CARGO_BIN_EXE_afed");
const ALICE: &str = "arn:aws:sts::000000000000:assumed-role/open/alice";
const RUNS: &str = "home/.cache/afed/runs";

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    sandbox
}

fn refreshed<'a>(sandbox: &'a Sandbox, command: &[&str]) -> Run<'a> {
    sandbox.run(&["exec", "--refresh", "deploy", "--"]).args(command)
}

fn shell<'a>(sandbox: &'a Sandbox, script: &str) -> Run<'a> {
    refreshed(sandbox, &["sh", "-c", script])
}

/// The folders of runs that there are.
fn folders(sandbox: &Sandbox, base: &str) -> Vec<std::path::PathBuf> {
    let Ok(entries) = fs::read_dir(sandbox.path(base)) else { return Vec::new() };
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect()
}

fn send(pid: u32, signal: Signal) {
    kill(Pid::from_raw(i32::try_from(pid).unwrap()), signal).unwrap();
}

/// The command has said this number, its own process.
fn pid_said(child: &mut Child) -> u32 {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line.trim().parse().unwrap()
}

fn state(pid: u32) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

#[test]
fn the_command_has_a_private_configuration_and_no_keys() {
    let sandbox = sandbox();
    let script = "stat -c '%a %n' . \"$AWS_CONFIG_FILE\" \"$AWS_SHARED_CREDENTIALS_FILE\" | sed s,$PWD,.,; \
                  cat \"$AWS_CONFIG_FILE\" \"$AWS_SHARED_CREDENTIALS_FILE\"; env | grep -E '^A(WS|FED)' | grep -v FILE= | sort";
    let script = format!("cd \"${{AWS_CONFIG_FILE%/config}}\"; {script}");
    let outcome =
        shell(&sandbox, &script).env("AWS_SECRET_ACCESS_KEY", "inherited").env("AWS_PROFILE", "inherited").succeeds();
    let (chain, rest) = outcome.stdout.split_once("AFED_CHAIN=run:deploy:").unwrap();
    assert_eq!(
        (chain, rest.split_once('\n').unwrap().1),
        (
            "700 .\n600 ./config\n600 ./credentials\n\
             [default]\ncredential_process = $AFED creds deploy --format process\nregion = eu-west-1\n",
            "AFED_CONNECTOR=deploy\nAWS_DEFAULT_REGION=eu-west-1\nAWS_ENDPOINT_URL_STS=$STS\nAWS_REGION=eu-west-1\nAWS_SDK_LOAD_CONFIG=1\n"
        )
    );
    assert_eq!(folders(&sandbox, RUNS).len(), 0);
}

#[test]
fn no_image_of_afed_s_memory_is_left_and_the_command_may_leave_its_own() {
    let sandbox = sandbox();
    let script = "ulimit -S -c 4; \"$0\" exec deploy -- bash -c 'ulimit -c'; \
                  \"$0\" exec --refresh deploy -- bash -c 'ulimit -c; prlimit --core --output SOFT --noheadings --pid $PPID'";
    let outcome = sandbox.program(std::path::Path::new("bash")).args(&["-c", script, AFED]).succeeds();
    assert_eq!(outcome.stdout.split_whitespace().collect::<Vec<_>>(), ["4", "4", "0"], "{outcome:?}");
}

/// By the hook's clock, the first credentials are over when the SDK asks for the second time.
#[test]
fn an_sdk_renews_by_itself_while_the_command_runs() {
    let proxy = StsProxy::start();
    let sandbox = Sandbox::with_session_of("alice").env("AWS_ENDPOINT_URL_STS", &proxy.url);
    sandbox.recheck_after("5m");
    let from_now = |seconds| (jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds)).to_string();
    proxy.reply(Reply::assumed_role(&from_now(840)));
    sandbox.run(&["creds", "deploy", "--format", "process"]).vends().succeeds();
    proxy.reply(Reply::assumed_role(&from_now(7_200)));
    let script = "import boto3, os, sys\n\
                  credentials = boto3.Session().get_credentials()\n\
                  first = credentials.get_frozen_credentials() and credentials._expiry_time\n\
                  os.environ['LD_PRELOAD'], os.environ['CLOCK_SHIFT'] = sys.argv[1], '800'\n\
                  second = credentials.get_frozen_credentials() and credentials._expiry_time\n\
                  print(round((second - first).total_seconds() / 60))";
    let python = parts().join("clients/bin/python");
    refreshed(&sandbox, &[python.to_str().unwrap(), "-c", script, CLOCK.as_str()]).prints("106\n", "");
    assert_eq!(proxy.asked().len(), 2);
}

#[test]
fn several_connectors_are_several_profiles() {
    let sandbox = sandbox().env("AWS_ENDPOINT_URL", aws_url());
    let create = ["connector", "create", "stage", "--account", "ops", "--principal", "assume-role"];
    sandbox
        .run(&create)
        .args(&["--role-arn", &aws().open_role, "--group", "developers", "--region", "us-west-2"])
        .succeeds();
    sandbox.settle();
    let profiles = ["exec", "--profile", "prod=deploy", "--profile", "stage=stage"];
    let script = "aws --profile prod sts get-caller-identity --query Arn --output text; aws --profile stage configure get region; \
                  grep '^\\[' $AWS_CONFIG_FILE; echo \"${AWS_PROFILE-none} ${AFED_CONNECTOR-none} ${AWS_REGION-none}\"";
    let path = format!("{}:/usr/bin:/bin", parts().join("emulator/bin").display());
    let run =
        sandbox.run(&profiles).args(&["--", "sh", "-c", script]).env("PATH", &path).env("AWS_REGION", "eu-north-1");
    run.prints(&format!("{ALICE}\nus-west-2\n[profile prod]\n[profile stage]\nnone none none\n"), "");
    let default = sandbox.run(&profiles).args(&[
        "--profile",
        "default=deploy",
        "--",
        "sh",
        "-c",
        "grep '^\\[' $AWS_CONFIG_FILE; echo $AFED_CONNECTOR",
    ]);
    default.prints("[profile prod]\n[profile stage]\n[default]\ndeploy\n", "");
    sandbox
        .run(&["exec", "--profile", "x=deploy", "--profile", "x=stage", "--", "true"])
        .fails(1, "error: the profile x is given twice\n");
}

#[test]
fn the_command_s_exit_code_and_signal_are_afed_s() {
    let sandbox = sandbox();
    for code in [0, 1, 2, 63, 64, 126, 127, 128, 129, 130, 254, 255] {
        let outcome = shell(&sandbox, &format!("echo out; echo err >&2; exit {code}")).outcome();
        assert_eq!((outcome.code, outcome.stdout.as_str(), outcome.stderr.as_str()), (Some(code), "out\n", "err\n"));
    }
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGKILL, Signal::SIGSEGV, Signal::SIGPIPE] {
        let output = shell(&sandbox, &format!("kill -{} $$", signal as i32)).command().output().unwrap();
        assert_eq!((output.status.signal(), output.status.core_dumped()), (Some(signal as i32), false), "{output:?}");
    }
    assert_eq!(folders(&sandbox, RUNS).len(), 0);
}

#[test]
fn signals_that_are_sent_to_afed_reach_the_command_once() {
    let sandbox = sandbox();
    let signals = [Signal::SIGHUP, Signal::SIGINT, Signal::SIGQUIT, Signal::SIGTERM, Signal::SIGUSR1, Signal::SIGUSR2];
    let script = "import os, signal, sys\n\
                  signals = [int(word) for word in sys.argv[1].split()]\n\
                  signal.pthread_sigmask(signal.SIG_BLOCK, signals)\n\
                  print(os.getpid(), flush=True)\n\
                  got = [signal.sigwait(signals) for _ in signals]\n\
                  print(*map(int, got), signal.sigpending(), flush=True)\n\
                  sys.exit(7)";
    let numbers: Vec<String> = signals.iter().map(|signal| (*signal as i32).to_string()).collect();
    let mut child = refreshed(&sandbox, &["python3", "-c", script, &numbers.join(" ")]).command().spawn().unwrap();
    let command = pid_said(&mut child);
    for signal in signals {
        send(child.id(), signal);
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let mut got: Vec<i32> = said.split(' ').filter_map(|word| word.parse().ok()).collect();
    got.sort_unstable();
    let mut sent: Vec<i32> = signals.iter().map(|signal| *signal as i32).collect();
    sent.sort_unstable();
    assert_eq!((got, output.status.code()), (sent, Some(7)), "{said} {command}");
}

#[test]
fn afed_stops_and_goes_on_with_its_command() {
    let sandbox = sandbox();
    let mut child = shell(&sandbox, "echo $$; exec sleep 60").command().spawn().unwrap();
    let command = pid_said(&mut child);
    wait_until("the command", || {
        fs::read_to_string(format!("/proc/{command}/comm")).is_ok_and(|name| name == "sleep\n")
    });
    for _ in 0..2 {
        send(child.id(), Signal::SIGTSTP);
        wait_until("a stop of both", || (state(child.id()), state(command)) == (Some('T'), Some('T')));
        send(child.id(), Signal::SIGCONT);
        wait_until("both going on", || (state(child.id()), state(command)) == (Some('S'), Some('S')));
    }
    send(command, Signal::SIGTERM);
    assert_eq!(child.wait().unwrap().signal(), Some(Signal::SIGTERM as i32));
}

#[test]
fn what_was_ignored_around_afed_is_ignored_in_the_command() {
    let sandbox = sandbox();
    let ignored = |before: &str| {
        let script =
            format!("{before} exec {AFED} exec --refresh deploy -- sed -n 's/^SigIgn:\\s*//p' /proc/self/status");
        let outcome = sandbox.program("sh".as_ref()).args(&["-c", &script]).succeeds();
        u64::from_str_radix(outcome.stdout.trim(), 16).unwrap()
    };
    let of = |signal: Signal| 1_u64 << (signal as i32 - 1);
    let heeded = of(Signal::SIGHUP) | of(Signal::SIGINT);
    let before = ignored("trap - HUP INT;");
    assert_eq!(ignored("trap '' HUP INT;"), before | heeded);
    assert_ne!(before, before | heeded);
}

#[test]
fn an_interrupt_at_the_terminal_reaches_the_command_once() {
    let script = "import os, signal, sys, termios, time, tty\n\
                  got = []\n\
                  def note(*_):\n    got.append(1)\n    os.write(1, b'noted\\n')\n\
                  signal.signal(signal.SIGINT, note)\n\
                  before = termios.tcgetattr(0)\n\
                  tty.setcbreak(0)\n\
                  os.write(1, b'ready\\n')\n\
                  sys.stdin.read(1)\n\
                  time.sleep(0.2)\n\
                  print('got', len(got), flush=True)\n\
                  termios.tcsetattr(0, termios.TCSANOW, before)\n\
                  sys.exit(9)";
    let sandbox = sandbox();
    let conversation = sandbox.converse(&["exec", "--refresh", "deploy", "--", "python3", "-c", script]);
    let ended = conversation.answer("ready", INTERRUPT).answer("noted", "x").ended();
    assert_eq!(ended.code, Some(9), "{ended:?}");
    assert!(ended.screen_ends_with("got 1\n"), "{ended:?}");
    let script = "import os, signal, sys, termios, tty\n\
                  before = termios.tcgetattr(0)\n\
                  def leave(*_):\n    termios.tcsetattr(0, termios.TCSANOW, before)\n    \
                  signal.signal(signal.SIGINT, signal.SIG_DFL)\n    os.kill(os.getpid(), signal.SIGINT)\n\
                  signal.signal(signal.SIGINT, leave)\n\
                  tty.setcbreak(0)\n\
                  os.write(1, b'ready\\n')\n\
                  sys.stdin.read(1)";
    let ended = sandbox.converse(&["exec", "--refresh", "deploy", "--", "python3", "-c", script]);
    let ended = ended.answer("ready", INTERRUPT).ended();
    assert_eq!(ended.code, Some(-2), "afed dies of what its command dies of: {ended:?}");
    assert_eq!(folders(&sandbox, RUNS).len(), 0);
}

/// Killed with no chance to clean up, in both places where the folders may be.
#[test]
fn what_a_killed_run_leaves_is_swept_away_when_its_command_is_over() {
    for (variable, value, base) in [
        ("UNUSED", "", RUNS),
        ("XDG_RUNTIME_DIR", "$SANDBOX/runtime", "runtime/afed"),
        ("XDG_RUNTIME_DIR", "$SANDBOX/open", RUNS),
    ] {
        let sandbox = sandbox().env(variable, value);
        for (folder, mode) in [("runtime", 0o700), ("open", 0o755)] {
            fs::create_dir(sandbox.path(folder)).unwrap();
            fs::set_permissions(sandbox.path(folder), fs::Permissions::from_mode(mode)).unwrap();
        }
        let mut child = shell(&sandbox, "echo $$; exec sleep 60").command().spawn().unwrap();
        let command = pid_said(&mut child);
        let left = folders(&sandbox, base);
        assert_eq!(left.len(), 1, "{value}");
        child.kill().unwrap();
        child.wait().unwrap();
        refreshed(&sandbox, &["true"]).succeeds();
        assert_eq!(folders(&sandbox, base), left, "the command goes on and needs its files");
        send(command, Signal::SIGKILL);
        wait_until("the command's end", || state(command).is_none_or(|state| state == 'Z'));
        refreshed(&sandbox, &["true"]).succeeds();
        assert_eq!(folders(&sandbox, base).len(), 0, "{value}");
    }
}

/// Killed together, as by the kernel when memory runs out, or with its whole process group.
#[test]
fn a_run_that_is_killed_with_its_command_is_swept_away_too() {
    let sandbox = sandbox();
    let mut child = shell(&sandbox, "echo $$; exec sleep 60").command().spawn().unwrap();
    pid_said(&mut child);
    Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status().unwrap();
    child.wait().unwrap();
    assert_eq!(folders(&sandbox, RUNS).len(), 1);
    wait_until("a sweep", || {
        refreshed(&sandbox, &["true"]).succeeds();
        folders(&sandbox, RUNS).is_empty()
    });
}
