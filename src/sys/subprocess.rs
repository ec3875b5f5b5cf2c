//! A program of the configuration that prints something secret: run without a shell, for a bounded time, with nothing on
//! its standard input. What it prints is wiped; what it says on standard error is passed on line by line as it comes.

use std::io::{self, BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// In bytes; reserved, so that no copy of what is printed stays behind.
const LONGEST_OUTPUT: u64 = 1 << 10;
/// Of each line on standard error, in bytes, and of how many lines.
const LONGEST_LINE: u64 = 300;
const MOST_LINES: usize = 20;
/// How long a program that has ended is listened to, where somebody else still has its standard error.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// How often is looked whether the program has ended.
const PULSE: Duration = Duration::from_millis(10);

/// Why a program gave nothing. Who runs it names it.
#[derive(Debug, thiserror::Error)]
pub enum SubprocessError {
    #[error("it can't be started")]
    NotStarted(#[source] io::Error),
    #[error("it has ended with a failure: {status}{}", in_its_words(.words))]
    Failed { status: ExitStatus, words: Option<String> },
    #[error("it has not ended within {} s", .0.as_secs_f32())]
    TimedOut(Duration),
    #[error("what it printed is not text")]
    NotText,
}

fn in_its_words(words: &Option<String>) -> String {
    words.as_ref().map(|words| format!(", saying: {words}")).unwrap_or_default()
}

enum Heard {
    Said(String),
    SaidAll,
    Printed(Zeroizing<Vec<u8>>),
}

/// What the program prints, without white space around it. It gets this variable besides what this process has.
pub fn printed(
    program: &str,
    arguments: &[String],
    variable: (&str, &str),
    patience: Duration,
    pass_on: &dyn Fn(&str),
) -> Result<Zeroizing<String>, SubprocessError> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env(variable.0, variable.1)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().map_err(SubprocessError::NotStarted)?;
    let heard = listen(&mut child).map_err(|error| {
        drop(child.kill());
        drop(child.wait());
        SubprocessError::NotStarted(error)
    })?;
    let (printed, words) = follow(&mut child, &heard, patience, pass_on)?;
    let status = child.wait().map_err(SubprocessError::NotStarted)?;
    if !status.success() {
        return Err(SubprocessError::Failed { status, words });
    }
    let text = std::str::from_utf8(&printed).map_err(|_| SubprocessError::NotText)?;
    Ok(Zeroizing::new(text.trim().to_owned()))
}

/// Reads both streams apart, so that neither holds the program up. Who inherited them may keep them open for longer.
fn listen(child: &mut Child) -> io::Result<Receiver<Heard>> {
    let (sender, receiver) = channel();
    if let Some(stdout) = child.stdout.take() {
        let sender = sender.clone();
        thread::Builder::new().spawn(move || drop(sender.send(Heard::Printed(read_all(stdout)))))?;
    }
    if let Some(stderr) = child.stderr.take() {
        thread::Builder::new().spawn(move || read_lines(stderr, &sender))?;
    }
    Ok(receiver)
}

fn read_all(mut stdout: impl Read) -> Zeroizing<Vec<u8>> {
    let mut printed = Zeroizing::new(Vec::with_capacity(LONGEST_OUTPUT as usize + 1));
    // What was read before a failure is judged as it is; the rest is read to its end, as nobody shall wait for it.
    drop(stdout.by_ref().take(LONGEST_OUTPUT).read_to_end(&mut printed));
    drop(io::copy(&mut stdout, &mut io::sink()));
    printed
}

fn read_lines(stderr: impl Read, sender: &Sender<Heard>) {
    let mut reader = BufReader::new(stderr);
    for _ in 0..MOST_LINES {
        let mut line = Vec::new();
        match reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line) {
            Ok(1..) => drop(sender.send(Heard::Said(String::from_utf8_lossy(&line).trim().to_owned()))),
            _ => break,
        }
    }
    drop(io::copy(&mut reader, &mut io::sink()));
    drop(sender.send(Heard::SaidAll));
}

/// Passes on what is said until the program has ended and all that it printed is there; ends it when it takes too long.
fn follow(
    child: &mut Child,
    heard: &Receiver<Heard>,
    patience: Duration,
    pass_on: &dyn Fn(&str),
) -> Result<(Zeroizing<Vec<u8>>, Option<String>), SubprocessError> {
    let start = Instant::now();
    let (mut printed, mut words, mut ended) = (None, None, None);
    let mut said_all = false;
    while start.elapsed() <= patience {
        match heard.recv_timeout(PULSE) {
            Ok(Heard::Printed(all)) => printed = Some(all),
            Ok(Heard::SaidAll) => said_all = true,
            Ok(Heard::Said(line)) if line.is_empty() => {}
            Ok(Heard::Said(line)) => {
                pass_on(&line);
                words = Some(line);
            }
            Err(_) => {}
        }
        if ended.is_none() && child.try_wait().is_ok_and(|status| status.is_some()) {
            ended = Some(Instant::now());
        }
        let is_over = ended.is_some_and(|ended| said_all || ended.elapsed() > LAST_WORDS);
        if let Some(all) = printed.take_if(|_| is_over) {
            return Ok((all, words));
        }
    }
    drop(child.kill());
    drop(child.wait());
    Err(SubprocessError::TimedOut(patience))
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    fn run(script: &str, patience: Duration) -> (Result<String, String>, Vec<String>) {
        let said = RefCell::new(Vec::new());
        let arguments = ["-c".to_owned(), script.to_owned()];
        let printed =
            printed("sh", &arguments, ("CHAIN", "x"), patience, &|line| said.borrow_mut().push(line.to_owned()));
        (printed.map(|text| text.to_string()).map_err(|error| error.to_string()), said.into_inner())
    }

    #[test]
    fn what_is_printed_is_the_answer_and_what_is_said_is_passed_on() {
        let patience = Duration::from_secs(20);
        for (script, printed, said) in [
            ("echo 123456", Ok("123456"), &[][..]),
            ("echo touch it >&2; echo ' 123456 '", Ok("123456"), &["touch it"]),
            ("cat", Ok(""), &[]),
            ("echo $CHAIN", Ok("x"), &[]),
            ("head -c 3000000 /dev/zero | tr '\\0' x | head -c 1 ; exit 0", Ok("x"), &[]),
            ("echo 123456; exit 7", Err("it has ended with a failure: exit status: 7"), &[]),
            (
                "echo 123456; echo no device >&2; exit 1",
                Err("it has ended with a failure: exit status: 1, saying: no device"),
                &["no device"],
            ),
            ("printf '\\377'", Err("what it printed is not text"), &[]),
        ] {
            let (found, heard) = run(script, patience);
            assert_eq!(found.as_deref().map_err(String::as_str), printed, "{script}");
            assert_eq!(heard, said, "{script}");
        }
    }

    #[test]
    fn nothing_is_waited_for_without_end() {
        let (found, _) = run("exec sleep 60", Duration::from_millis(20));
        assert_eq!(found, Err("it has not ended within 0.02 s".to_owned()));
        let (found, _) = run("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2", Duration::from_secs(20));
        assert_eq!(found.unwrap().len(), LONGEST_OUTPUT as usize, "a talkative program is not held up");
        let missing = printed("no-such-program", &[], ("CHAIN", "x"), Duration::from_secs(1), &|_| {}).unwrap_err();
        assert_eq!(missing.to_string(), "it can't be started");
    }
}
