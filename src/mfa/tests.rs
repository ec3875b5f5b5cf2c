use super::*;
use crate::model::mfa::MfaDevice;
use crate::model::name::AccountName;
use crate::model::secret::Secret;
use crate::ports::{AwsMessage, Check, Nobody};
use crate::vending::doubles::HandClock;
use std::cell::RefCell;

const SERIAL: &str = "arn:aws:iam::123123123123:mfa/ops";

/// A person who types these lines, one for each question or complaint.
struct Typist {
    lines: RefCell<Vec<&'static str>>,
    seen: RefCell<Vec<String>>,
}

impl Prompter for Typist {
    fn text(&self, question: &str, _: Option<&str>, check: Check<'_>) -> Result<String, PromptError> {
        self.seen.borrow_mut().push(question.to_owned());
        loop {
            let mut lines = self.lines.borrow_mut();
            let line = if lines.is_empty() { return Err(PromptError::NoTerminal) } else { lines.remove(0) };
            match check(line) {
                Ok(()) => return Ok(line.to_owned()),
                Err(complaint) => self.seen.borrow_mut().push(complaint),
            }
        }
    }

    fn secret(&self, _: &str) -> Result<Secret, PromptError> {
        unreachable!("codes are typed with echo")
    }

    fn pick(&self, _: &str, _: &[String]) -> Result<usize, PromptError> {
        unreachable!("nothing is picked")
    }
}

struct World {
    folder: tempfile::TempDir,
    clock: Rc<HandClock>,
    typist: Rc<Typist>,
    said: RefCell<Vec<String>>,
    account: AccountName,
}

impl World {
    fn new(lines: &[&'static str]) -> Self {
        let typist = Typist { lines: RefCell::new(lines.to_vec()), seen: RefCell::default() };
        Self {
            folder: tempfile::tempdir().unwrap(),
            clock: Rc::new(HandClock::new()),
            typist: Rc::new(typist),
            said: RefCell::default(),
            account: "ops".parse().unwrap(),
        }
    }

    /// A code by one of the ways, or what the failure says; the clock moves only while afed waits.
    fn code(&self, given: Option<&str>, process: Option<&str>, attempt: Attempt<'_>) -> Result<String, String> {
        let given: Option<MfaCode> = given.map(|code| code.parse().unwrap());
        let codes = DeviceCodes {
            given: given.as_ref(),
            prompter: Some(Rc::<Typist>::clone(&self.typist)),
            ledger: Ledger::new(self.folder.path().join("cache"), Rc::new(Nobody)),
            chain: CallChain::default(),
            clock: Rc::<HandClock>::clone(&self.clock),
            pause: &|time| self.clock.advance(i64::try_from(time.as_secs()).unwrap()),
            tell: &|text| self.said.borrow_mut().push(text.to_owned()),
        };
        let process = process.map(|text| text.parse().unwrap());
        let device = MfaDevice { serial: SERIAL.parse().unwrap(), process };
        let connector = "deploy".parse().unwrap();
        let request = CodeRequest { device: &device, account: &self.account, connector: Some(&connector), attempt };
        match codes.code(request) {
            Ok(given) => Ok(given.code.secret().expose().to_owned()),
            Err(MfaError::Program { source, .. }) => Err(source.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn said(&self) -> Vec<String> {
        self.said.take()
    }

    fn seen(&self) -> Vec<String> {
        self.typist.seen.take()
    }
}

#[test]
fn the_request_comes_before_the_program_and_the_program_before_the_person() {
    let world = World::new(&["333333"]);
    let ways = [
        (Some("111111"), Some("echo 222222"), "111111"),
        (None, Some("echo 222222"), "222222"),
        (None, None, "333333"),
    ];
    for (given, process, expected) in ways {
        assert_eq!(world.code(given, process, Attempt::First).unwrap(), expected);
        world.clock.advance(30);
    }
    assert_eq!(world.seen(), [format!("MFA code of {SERIAL} for “deploy”")]);
    assert_eq!(world.said(), [""; 0]);
    let nobody = world.code(None, None, Attempt::First).unwrap_err();
    assert_eq!(nobody, format!("a code of the MFA device {SERIAL} is needed, and there is no terminal to ask at"));
}

#[test]
fn a_program_is_run_when_the_next_code_is_there() {
    let world = World::new(&[]);
    for (advance, waited) in [(0, None), (0, Some(30)), (7, Some(23)), (30, None), (29, Some(1)), (-60, None)] {
        world.clock.advance(advance);
        world.code(None, Some("echo 222222"), Attempt::First).unwrap();
        let said: Vec<String> =
            waited.iter().map(|seconds| format!("waiting {seconds} s for the next code of {SERIAL}")).collect();
        assert_eq!(world.said(), said, "{advance}");
    }
}

#[test]
fn a_program_that_prints_no_code_is_told_without_what_it_printed() {
    let world = World::new(&[]);
    for (process, reason) in [
        ("echo 12345", "a code has six digits"),
        ("echo the code is 123456", "a code has six digits"),
        ("false", "it has ended with a failure: exit status: 1"),
        ("no-such-program", "it can't be started"),
    ] {
        assert_eq!(world.code(None, Some(process), Attempt::First).unwrap_err(), reason, "{process}");
    }
    assert_eq!(world.code(None, Some("echo 222222"), Attempt::First).unwrap(), "222222", "nothing was used up");
    assert_eq!(world.said(), [""; 0]);
}

#[test]
fn a_code_that_was_given_can_t_be_waited_for() {
    let world = World::new(&[]);
    world.clock.advance(11);
    assert_eq!(world.code(Some("111111"), None, Attempt::First).unwrap(), "111111");
    let spent =
        format!("a code of the MFA device {SERIAL} was used in this half minute already, and each is good once");
    assert_eq!(world.code(Some("111111"), None, Attempt::First).unwrap_err(), spent);
    world.clock.advance(19);
    assert_eq!(world.code(Some("111112"), None, Attempt::First).unwrap(), "111112");
}

#[test]
fn a_person_sees_when_the_next_code_comes_and_may_not_be_early() {
    let world = World::new(&["12345", "333333", "333333", "444444"]);
    world.code(None, None, Attempt::First).unwrap();
    assert_eq!(world.seen(), [format!("MFA code of {SERIAL} for “deploy”"), "a code has six digits".to_owned()]);
    world.clock.advance(10);
    world.typist.lines.borrow_mut().truncate(1);
    let refusal = AwsMessage { code: "AccessDenied".to_owned(), text: "invalid".to_owned() };
    drop(world.code(None, None, Attempt::AfterRefusal(&refusal)));
    assert_eq!(
        world.seen(),
        [
            format!("AWS says no; next MFA code of {SERIAL} for “deploy” (in 20 s)"),
            "the code of this half minute was used; the next comes in 20 s".to_owned()
        ]
    );
    assert_eq!(
        world.said(),
        ["AWS says no: AccessDenied: invalid".to_owned(), format!("waiting 20 s for the next code of {SERIAL}")]
    );
}

#[test]
fn no_code_is_ever_in_a_file() {
    let world = World::new(&[]);
    world.code(Some("918273"), None, Attempt::First).unwrap();
    let folder = world.folder.path().join("cache");
    let texts = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    assert_eq!(texts.collect::<Vec<_>>(), ["60000000\n"]);
}

#[test]
fn one_caller_at_a_time_uses_a_device_and_another_device_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let clock: Rc<HandClock> = Rc::new(HandClock::new());
    let codes = DeviceCodes {
        given: None,
        prompter: None,
        ledger: Ledger::new(folder.path().join("cache"), Rc::new(Nobody)),
        chain: CallChain::default(),
        clock,
        pause: &|_| {},
        tell: &|_| {},
    };
    let (serial, other): (MfaSerial, MfaSerial) = (SERIAL.parse().unwrap(), "GAHT12345678".parse().unwrap());
    let held = codes.turn(&serial, Duration::ZERO).unwrap();
    assert!(matches!(codes.turn(&serial, Duration::ZERO), Err(MfaError::Busy { pid: Some(_), .. })));
    assert!(codes.turn(&other, Duration::ZERO).unwrap().is_some());
    drop(held);
    // A child that another test is just starting has the lock's file too, until it has become its program.
    assert!(codes.turn(&serial, Duration::from_secs(30)).unwrap().is_some());
    let nowhere = DeviceCodes { ledger: Ledger::new("/proc/none".into(), Rc::new(Nobody)), ..codes };
    assert!(nowhere.turn(&serial, Duration::ZERO).unwrap().is_none());
}
