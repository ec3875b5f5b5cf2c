//! The one place where an error chain becomes words, hints and an exit code.
//! Every kind of error that can end a command is known here; one that is not is a fault of afed.

mod configuration;
mod directory;
mod secrets;
mod tokens;

use crate::aws_files::{AwsFileError, HookError, ProfileNameError};
use crate::command::CommandError;
use crate::config::ConfigError;
use crate::config::paths::NoHome;
use crate::model::account::AccessKeyIdError;
use crate::model::crowd_address::CrowdAddressError;
use crate::model::name::NameError;
use crate::ports::{LeaseStoreError, PromptError};
use crate::render::RenderError;
use crate::render::table::printable;
use crate::vending::VendError;
use crate::vending::sign_in::SignInError;

/// What sort of failure it is: the exit code that scripts and SDKs see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The user's request or the configuration is wrong.
    Configuration,
    /// The command line is wrong.
    Usage,
    /// The person must log in, or answer something at a terminal, first.
    LogInNeeded,
    /// The directory or AWS says no.
    Denied,
    /// Something could not be reached or did not answer.
    Unreachable,
    /// afed itself is at fault.
    Fault,
}

impl Kind {
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Configuration => 1,
            Self::Usage => 2,
            Self::LogInNeeded => 3,
            Self::Denied => 4,
            Self::Unreachable => 5,
            Self::Fault => 70,
        }
    }
}

/// A kind of failure and what to do about it.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    kind: Kind,
    hints: Vec<String>,
}

impl Verdict {
    const fn plain(kind: Kind) -> Self {
        Self { kind, hints: Vec::new() }
    }

    fn hint(kind: Kind, hint: impl Into<String>) -> Self {
        Self { kind, hints: vec![hint.into()] }
    }
}

/// A failure, ready to be shown.
#[derive(Debug)]
pub struct Report {
    pub kind: Kind,
    causes: Vec<String>,
    hints: Vec<String>,
}

/// Finds the first error of the chain that is known, and words the whole chain.
pub fn explain(error: &anyhow::Error) -> Report {
    let verdict = error.chain().find_map(verdict).unwrap_or(Verdict::plain(Kind::Fault));
    let mut causes: Vec<String> = error.chain().map(|cause| printable(&cause.to_string()).replace('\n', " ")).collect();
    causes.dedup();
    Report { kind: verdict.kind, causes, hints: verdict.hints }
}

impl Report {
    /// The report for people: the error, its causes, and hints after a blank line.
    pub fn in_full(&self) -> String {
        let mut text = String::new();
        for (position, cause) in self.causes.iter().enumerate() {
            let label = if position == 0 { "error" } else { "caused by" };
            text.push_str(&format!("{label}: {cause}\n"));
        }
        if !self.hints.is_empty() {
            text.push('\n');
        }
        for hint in &self.hints {
            text.push_str(&format!("hint: {}\n", printable(hint)));
        }
        text
    }

    /// The report for SDKs, which show one line or none: the error, its causes and the first hint.
    pub fn in_one_line(&self) -> String {
        let causes = self.causes.join(": ");
        match self.hints.first() {
            Some(hint) => format!("afed: {causes} (hint: {})\n", printable(hint).replace('\n', " ")),
            None => format!("afed: {causes}\n"),
        }
    }
}

fn verdict(error: &(dyn std::error::Error + 'static)) -> Option<Verdict> {
    if let Some(error) = error.downcast_ref::<VendError>() {
        return Some(of_vending(error));
    }
    if let Some(error) = error.downcast_ref::<SignInError>() {
        return Some(match error {
            SignInError::Directory(error) => directory::verdict(error),
            SignInError::Secrets(error) => secrets::verdict(error),
        });
    }
    if let Some(error) = error.downcast_ref::<CommandError>() {
        return Some(of_command(error));
    }
    if let Some(error) = error.downcast_ref::<PromptError>() {
        return Some(of_prompt(error));
    }
    let known = [
        error.downcast_ref::<ConfigError>().map(configuration::verdict),
        error.downcast_ref().map(directory::verdict),
        error.downcast_ref().map(secrets::verdict),
        error.downcast_ref().map(tokens::verdict),
        error.downcast_ref().map(of_leases),
    ];
    known
        .into_iter()
        .flatten()
        .next()
        .or_else(|| is_of_the_request(error).then_some(Verdict::plain(Kind::Configuration)))
}

/// Errors about what the person typed, named or keeps on this machine, whose own words say enough.
fn is_of_the_request(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<NameError>()
        || error.is::<AccessKeyIdError>()
        || error.is::<ProfileNameError>()
        || error.is::<HookError>()
        || error.is::<AwsFileError>()
        || error.is::<RenderError>()
        || error.is::<NoHome>()
        || error.is::<std::io::Error>()
}

fn of_vending(error: &VendError) -> Verdict {
    match error {
        VendError::NotEntitled { groups, .. } if groups.is_empty() => {
            Verdict::hint(Kind::Denied, "it is open to administrators only; ask one of them to add a group to it")
        }
        VendError::NotEntitled { groups, .. } => {
            let groups: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
            let groups = groups.join(", ");
            Verdict::hint(Kind::Denied, format!("it is open to: {groups}; ask for membership in one of them"))
        }
        VendError::SecretMissing { account, access_key_id } => Verdict::hint(
            Kind::Configuration,
            format!("store it: afed account create {account} --access-key-id {access_key_id} --secret-only"),
        ),
        VendError::Tag { .. } => {
            Verdict::hint(Kind::Configuration, "complete the person in the directory, or change the connector's tags")
        }
        VendError::Stillborn { .. } => Verdict::hint(Kind::Unreachable, "set this machine's clock: timedatectl status"),
        VendError::Directory(error) => directory::verdict(error),
        VendError::Secrets(error) => secrets::verdict(error),
        VendError::Tokens(error) => tokens::verdict(error),
        VendError::Leases(error) => of_leases(error),
    }
}

fn of_leases(error: &LeaseStoreError) -> Verdict {
    match error {
        LeaseStoreError::File { path, .. } => {
            let folder = path.parent().unwrap_or(path).display();
            Verdict::hint(Kind::Configuration, format!("make the folder yours: ls -ld '{folder}'"))
        }
        LeaseStoreError::Busy { pid: Some(pid), .. } => {
            Verdict::hint(Kind::Unreachable, format!("look what it waits for: ps -fp {pid}"))
        }
        LeaseStoreError::Busy { pid: None, .. } => Verdict::plain(Kind::Unreachable),
        LeaseStoreError::CacheKey(error) => secrets::verdict(error),
    }
}

fn of_prompt(error: &PromptError) -> Verdict {
    match error {
        PromptError::NoTerminal => Verdict::plain(Kind::LogInNeeded),
        PromptError::Interrupted | PromptError::Terminal(_) => Verdict::plain(Kind::Configuration),
    }
}

/// A rule that an answer or a key of the configuration breaks, where there is more to say than the rule.
fn of_answer(error: &(dyn std::error::Error + 'static)) -> Verdict {
    match error.downcast_ref() {
        Some(CrowdAddressError::PlainHttp) => Verdict::hint(
            Kind::Configuration,
            "use https, or let passwords cross the network readable: allow_http = true in [crowd], --allow-http with afed init",
        ),
        _ => Verdict::plain(Kind::Configuration),
    }
}

fn of_command(error: &CommandError) -> Verdict {
    match error {
        CommandError::AnswerMissing { flag, .. } => Verdict::hint(Kind::Usage, format!("give it as {flag}")),
        CommandError::AnswerUnfit { source, .. } => of_answer(source.as_ref()),
        CommandError::NameTaken { hint, .. } => Verdict::hint(Kind::Configuration, *hint),
        CommandError::AlreadyConfigured { .. } => Verdict::hint(
            Kind::Configuration,
            "to store a new password for the application only: afed init --password-only",
        ),
        CommandError::NoLogIn => Verdict::hint(Kind::Configuration, "see who you are here: afed whoami"),
        CommandError::NoSuchProfile { .. } => {
            Verdict::hint(Kind::Configuration, "see which there are: afed profile list")
        }
        CommandError::ForeignProfile { .. } => Verdict::hint(
            Kind::Configuration,
            "take another name for the profile, or add --force to make this one afed's",
        ),
        CommandError::OutputLost(_) => Verdict::plain(Kind::Unreachable),
        _ => Verdict::plain(Kind::Configuration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn the_first_known_error_of_the_chain_decides() {
        let name = "a b".parse::<crate::model::name::AccountName>().unwrap_err();
        let report = explain(&anyhow::Error::new(name).context("the account can't be added"));
        assert_eq!(report.kind, Kind::Configuration);
        assert_eq!(
            report.in_full(),
            "error: the account can't be added\ncaused by: the account name “a b” holds “ ”; letters, digits and . _ - are allowed, and the first must be a letter or digit\n"
        );
    }

    #[test]
    fn what_nobody_knows_is_a_fault_of_afed() {
        let report = explain(&anyhow!("odd"));
        assert_eq!((report.kind, report.in_one_line().as_str()), (Kind::Fault, "afed: odd\n"));
    }

    #[test]
    fn no_text_drives_the_terminal_or_adds_a_line() {
        let missing = ConfigError::NoSuchConnector { name: "x\u{7}".to_owned(), nearest: Some("deploy".to_owned()) };
        let error = anyhow::Error::new(missing).context("two\nlines \u{1b}[31m");
        assert_eq!(
            explain(&error).in_full(),
            "error: two\\nlines \\u{1b}[31m\ncaused by: there is no connector “x\\u{7}”\n\nhint: did you mean “deploy”? All of them: afed connector list\n"
        );
    }
}
