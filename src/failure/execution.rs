//! What to do when a command was not run.

use super::{Kind, Verdict};
use crate::command::CommandError;

pub fn verdict(error: &CommandError) -> Verdict {
    match error {
        CommandError::NothingToRun => Verdict::hint(Kind::Usage, "name it last: afed exec CONNECTOR -- COMMAND"),
        CommandError::NotRun(error) if error.is_absence() => Verdict::plain(Kind::NoCommand),
        CommandError::NotRun(_) => Verdict::plain(Kind::NotRunnable),
        CommandError::DurationTooShort { connector, duration, .. } => {
            let less = format!("ask for less than {duration}: --min-life DURATION");
            let longer = format!("let them live longer: afed connector edit {connector} --duration DURATION");
            Verdict { kind: Kind::Configuration, hints: vec![less, longer] }
        }
        CommandError::PassphraseNotForHooks { .. } => Verdict::hint(
            Kind::Configuration,
            "take passphrase_file or passphrase_credential in [secrets], or run the command without --refresh and --profile",
        ),
        _ => Verdict::plain(Kind::Configuration),
    }
}
