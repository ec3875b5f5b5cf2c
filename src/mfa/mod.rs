//! The codes of MFA devices: from the request, from a program of the configuration, or from a person at the terminal, in
//! this order. Each is given out once: where the code of this half minute was used, the next one is waited for.

mod ledger;

use std::rc::Rc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::model::call_chain::{self, CallChain};
use crate::model::command_line::CommandLine;
use crate::model::mfa::{MfaCode, MfaCodeError, MfaSerial, STEP_SECONDS};
use crate::ports::{
    Attempt, Clock, CodeGiver, CodeRequest, GivenCode, MfaCodes, MfaError, PromptError, Prompter, Turn,
};
use crate::sys::locks::LockError;
use crate::sys::subprocess;

pub use ledger::Ledger;

/// How long a program may take to print a code; somebody may have to touch a key, or to type a password.
const PROGRAM_PATIENCE: Duration = Duration::from_secs(60);
/// How often the next half minute is waited for, should the clock be moved meanwhile.
const MOST_WAITS: u32 = 3;

/// All ways to a code, and the ledger of those that were used.
pub struct DeviceCodes<'a> {
    /// The code that came with the request.
    pub given: Option<&'a MfaCode>,
    /// Asks the person; `None` where none is there.
    pub prompter: Option<Rc<dyn Prompter>>,
    pub ledger: Ledger,
    /// The runs of afed around this one; a program is told of them, and of what waits for its code.
    pub chain: CallChain,
    pub clock: Rc<dyn Clock>,
    /// Lets time pass.
    pub pause: &'a dyn Fn(Duration),
    /// Says what is waited for.
    pub tell: &'a dyn Fn(&str),
}

impl MfaCodes for DeviceCodes<'_> {
    fn turn(&self, serial: &MfaSerial, patience: Duration) -> Result<Option<Turn>, MfaError> {
        match self.ledger.lock(serial, patience) {
            Ok(lock) => Ok(Some(Turn::new(lock))),
            // A folder that can't be written to must not keep anybody from their credentials; then nobody waits.
            Err(LockError::File(_)) => Ok(None),
            Err(LockError::Held { pid, after }) => Err(MfaError::Busy { serial: serial.clone(), pid, after }),
            Err(LockError::Stopped { pid }) => Err(MfaError::Stopped { serial: serial.clone(), pid }),
        }
    }

    fn code(&self, request: CodeRequest<'_>) -> Result<GivenCode, MfaError> {
        let device = request.device;
        let given = match (self.given, &device.process, &self.prompter) {
            (Some(code), ..) => self.unspent(&device.serial, code)?,
            (None, Some(process), _) => self.printed(request, process)?,
            (None, None, Some(prompter)) => self.typed(request, prompter.as_ref())?,
            (None, None, None) => return Err(no_way(request)),
        };
        if let Err(error) = self.ledger.note(&device.serial, self.step()) {
            (self.tell)(&format!("that a code of {} was used can't be kept: {error}", device.serial));
        }
        Ok(given)
    }
}

impl DeviceCodes<'_> {
    fn step(&self) -> i64 {
        self.clock.now().as_second().div_euclid(STEP_SECONDS)
    }

    /// How long the code of this half minute is still shown, if it was used. What is dated in the future was dated by
    /// another clock, and tells nothing.
    fn spent_for(&self, serial: &MfaSerial) -> Option<Duration> {
        self.ledger.last_step(serial).filter(|last| *last == self.step())?;
        let step = STEP_SECONDS * 1_000;
        let left = step - self.clock.now().as_millisecond().rem_euclid(step);
        Some(Duration::from_millis(left.unsigned_abs()))
    }

    fn tell_waiting(&self, serial: &MfaSerial, left: Duration) {
        (self.tell)(&format!("waiting {} s for the next code of {serial}", in_seconds(left)));
    }

    /// A code that was read from the device before afed ran can't be waited for.
    fn unspent(&self, serial: &MfaSerial, code: &MfaCode) -> Result<GivenCode, MfaError> {
        match self.spent_for(serial) {
            Some(left) => Err(MfaError::Spent { serial: serial.clone(), seconds_left: in_seconds(left) }),
            None => Ok(GivenCode { code: code.clone(), giver: CodeGiver::Caller }),
        }
    }

    fn printed(&self, request: CodeRequest<'_>, process: &CommandLine) -> Result<GivenCode, MfaError> {
        let serial = &request.device.serial;
        for _ in 0..MOST_WAITS {
            let Some(left) = self.spent_for(serial) else { break };
            self.tell_waiting(serial, left);
            (self.pause)(left);
        }
        let CommandLine { program, arguments } = process;
        let failed = |source| MfaError::Program { serial: serial.clone(), program: program.clone(), source };
        let pass_on = |line: &str| (self.tell)(&format!("{program}: {line}"));
        let chain = match request.connector {
            Some(connector) => self.chain.with_vending(connector),
            None => self.chain.clone(),
        };
        let chain = chain.to_string();
        let variable = (call_chain::VARIABLE, chain.as_str());
        let printed = subprocess::printed(program, arguments, variable, PROGRAM_PATIENCE, &pass_on);
        let code = printed.map_err(|error| failed(error.into()))?;
        let code = code.parse().map_err(|error: MfaCodeError| failed(error.into()))?;
        Ok(GivenCode { code, giver: CodeGiver::Program })
    }

    /// The person is asked at once and sees how long it takes; a code that comes too early is refused on the spot.
    fn typed(&self, request: CodeRequest<'_>, prompter: &dyn Prompter) -> Result<GivenCode, MfaError> {
        let serial = &request.device.serial;
        let left = self.spent_for(serial);
        if let Attempt::AfterRefusal(reason) = request.attempt {
            (self.tell)(&format!("AWS says no: {reason}"));
        }
        left.iter().for_each(|left| self.tell_waiting(serial, *left));
        let check = |text: &str| match (text.trim().parse::<MfaCode>(), self.spent_for(serial)) {
            (Err(error), _) => Err(error.to_string()),
            (Ok(_), Some(left)) => {
                Err(format!("the code of this half minute was used; the next comes in {} s", in_seconds(left)))
            }
            (Ok(_), None) => Ok(()),
        };
        let typed = prompter.text(&question(request, left), None, &check).map(Zeroizing::new);
        let typed = typed.map_err(|error| match error {
            PromptError::NoTerminal => no_way(request),
            other => MfaError::Prompt(other),
        })?;
        let unfit = |error: MfaCodeError| MfaError::Prompt(PromptError::Terminal(std::io::Error::other(error)));
        Ok(GivenCode { code: typed.trim().parse().map_err(unfit)?, giver: CodeGiver::Person })
    }
}

fn no_way(request: CodeRequest<'_>) -> MfaError {
    MfaError::NoWay { serial: request.device.serial.clone(), account: request.account.clone() }
}

fn question(request: CodeRequest<'_>, left: Option<Duration>) -> String {
    let refused = if matches!(request.attempt, Attempt::AfterRefusal(_)) { "AWS says no; " } else { "" };
    let purpose = match request.connector {
        Some(connector) => format!("“{connector}”"),
        None => format!("the account “{}”", request.account),
    };
    let serial = &request.device.serial;
    match left {
        Some(left) => format!("{refused}next MFA code of {serial} for {purpose} (in {} s)", in_seconds(left)),
        None => format!("{refused}MFA code of {serial} for {purpose}"),
    }
}

/// Whole seconds, none of them too few.
const fn in_seconds(left: Duration) -> u64 {
    left.as_millis().div_ceil(1_000) as u64
}

#[cfg(test)]
mod tests;
