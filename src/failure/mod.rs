//! The one place where an error chain becomes words, hints and an exit code.
//! Every kind of error that can end a command is known here; one that is not is a fault of afed.

mod accounts;
mod certificates;
mod configuration;
mod console;
mod directory;
mod execution;
mod host_role;
mod import;
mod mfa;
mod narrowing;
mod places;
mod profiles;
mod reason;
mod rotation;
mod secrets;
mod tokens;
mod trail;

use crate::aws_files::{AwsFileError, HookError, ProfileNameError};
use crate::command::CommandError;
use crate::config::ConfigError;
use crate::config::file::DirectoryChoice;
use crate::config::paths::NoHome;
use crate::config::settings::TrailPlaceError;
use crate::model::account::{AccessKeyId, AccessKeyIdError};
use crate::model::call_chain::RecursionError;
use crate::model::console::DestinationError;
use crate::model::crowd_address::CrowdAddressError;
use crate::model::duration::DurationError;
use crate::model::failure::{Failure, FailureKind as Kind, ReasonCode};
use crate::model::name::{AccountName, NameError};
use crate::model::region::RegionError;
use crate::model::system_name::SystemNameError;
use crate::model::trust::Distrusted;
use crate::policy::Refused;
use crate::ports::{CacheError, PromptError};
use crate::render::RenderError;
use crate::render::paint::{Palette, Tone};
use crate::render::pasted::quoted;
use crate::render::table::printable;
use crate::vending::VendError;
use crate::vending::rotation::RotationError;
use crate::vending::sign_in::SignInError;

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

/// Finds the first error of the chain that is known, and words the whole chain.
pub fn explain(error: &(dyn std::error::Error + 'static)) -> Failure {
    let chain = || std::iter::successors(Some(error), |error| error.source());
    if let Some(VendError::Remembered { failure, .. }) = chain().find_map(|error| error.downcast_ref()) {
        return failure.clone();
    }
    let verdict = chain().find_map(verdict).unwrap_or(Verdict::plain(Kind::Fault));
    let mut causes: Vec<String> = chain().map(|cause| printable(&cause.to_string())).collect();
    causes.dedup();
    let code = chain().find_map(reason::code).unwrap_or(ReasonCode::Other(verdict.kind));
    // What is wrong with the way to a file matters more than what could be wrong with the file.
    let hints = chain().find_map(distrusted_way).map_or(verdict.hints, configuration::of_distrust);
    Failure { kind: verdict.kind, code, causes, hints }
}

/// The folder or link that kept a file from being used.
fn distrusted_way<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Distrusted> {
    error.downcast_ref::<std::io::Error>()?.get_ref()?.downcast_ref()
}

/// The failure for people: the error, its causes, and hints after a blank line.
pub fn in_full(failure: &Failure, palette: Palette) -> String {
    let mut text = String::new();
    for (position, cause) in failure.causes.iter().enumerate() {
        let label = if position == 0 { "error:" } else { "caused by:" };
        text.push_str(&format!("{} {cause}\n", palette.paint(Tone::Bad, label)));
    }
    if !failure.hints.is_empty() {
        text.push('\n');
    }
    for hint in &failure.hints {
        text.push_str(&format!("{} {}\n", palette.paint(Tone::Advice, "hint:"), printable(hint)));
    }
    text
}

/// The failure for SDKs, which show one line or none: the error, its causes and the first hint.
pub fn in_one_line(failure: &Failure) -> String {
    let sentence = failure.sentence();
    match failure.hints.first() {
        Some(hint) => format!("afed: {sentence} (hint: {})\n", printable(hint)),
        None => format!("afed: {sentence}\n"),
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
    if let Some(error) = error.downcast_ref::<RotationError>() {
        return Some(rotation::verdict(error));
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
        error.downcast_ref().map(host_role::verdict),
        error.downcast_ref().map(mfa::verdict),
        error.downcast_ref().map(tokens::verdict),
        error.downcast_ref().map(console::of_sign_in),
        error.downcast_ref().map(console::of_rule),
        error.downcast_ref().map(of_cache),
        error.downcast_ref().map(narrowing::verdict),
        error.downcast_ref().map(of_system_name),
        error.downcast_ref().map(trail::unreadable),
        error.downcast_ref().map(of_distrust),
    ];
    known
        .into_iter()
        .flatten()
        .next()
        .or_else(|| is_of_the_request(error).then_some(Verdict::plain(Kind::Configuration)))
}

fn of_distrust(distrusted: &Distrusted) -> Verdict {
    Verdict { kind: Kind::Configuration, hints: configuration::of_distrust(distrusted) }
}

fn of_system_name(_: &SystemNameError) -> Verdict {
    Verdict::hint(
        Kind::Configuration,
        "name the system in the configuration's first lines, such as: system_name = \"build-1\"",
    )
}

/// Errors about what the person typed, named or keeps on this machine, whose own words say enough.
fn is_of_the_request(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<NameError>()
        || error.is::<AccessKeyIdError>()
        || error.is::<ProfileNameError>()
        || error.is::<HookError>()
        || error.is::<AwsFileError>()
        || error.is::<Refused>()
        || error.is::<RenderError>()
        || error.is::<DestinationError>()
        || error.is::<DurationError>()
        || error.is::<RegionError>()
        || error.is::<RecursionError>()
        || error.is::<NoHome>()
        || error.is::<std::io::Error>()
}

fn of_vending(error: &VendError) -> Verdict {
    match error {
        VendError::NotEntitled { groups, .. } if groups.is_empty() => {
            Verdict::hint(Kind::Denied, "it is open to no group; ask an administrator to add one to it")
        }
        VendError::NotEntitled { groups, .. } => {
            let groups: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
            let groups = groups.join(", ");
            Verdict::hint(Kind::Denied, format!("it is open to: {groups}; ask for membership in one of them"))
        }
        VendError::NoSystemScope { connector } => Verdict::hint(
            Kind::Denied,
            format!(
                "ask as a person: afed creds {connector}; or let the system in: afed connector edit {connector} --system-scope"
            ),
        ),
        VendError::SecretMissing { account, access_key_id } => of_missing_secret(account, access_key_id),
        VendError::Tag { .. } => {
            Verdict::hint(Kind::Configuration, "complete the person in the directory, or change the connector's tags")
        }
        VendError::Stillborn { .. } => Verdict::hint(Kind::Unreachable, "set this machine's clock: timedatectl status"),
        VendError::Directory(error) => directory::verdict(error),
        VendError::Secrets(error) => secrets::verdict(error),
        VendError::Rule { source, .. } => {
            let hints = configuration::of_rule(source).into_iter().collect();
            Verdict { kind: Kind::Configuration, hints }
        }
        VendError::Host(error) => host_role::verdict(error),
        VendError::Mfa(error) => mfa::verdict(error),
        VendError::Tokens(error) => tokens::verdict(error),
        VendError::Cache(error) => of_cache(error),
        VendError::Of { error, .. } => of_vending(error),
        VendError::Remembered { failure, .. } => Verdict { kind: failure.kind, hints: failure.hints.clone() },
    }
}

fn of_missing_secret(account: &AccountName, access_key_id: &AccessKeyId) -> Verdict {
    let hint = format!("store it: afed account create {account} --access-key-id {access_key_id} --secret-only");
    Verdict::hint(Kind::Configuration, hint)
}

fn of_cache(error: &CacheError) -> Verdict {
    match error {
        CacheError::File { path, operation, source } => {
            let folder = places::standing(path.parent().unwrap_or(path)).display();
            let look = || format!("make the folder yours: ls -ld {}", quoted(folder));
            let hint = places::hint(path, source).or_else(|| places::of_lock(path, operation));
            Verdict::hint(Kind::Configuration, hint.unwrap_or_else(look))
        }
        CacheError::Busy { pid: Some(pid), .. } => {
            Verdict::hint(Kind::Unreachable, format!("look what it waits for: ps -fp {pid}"))
        }
        CacheError::Stopped { pid } => {
            Verdict::hint(Kind::Unreachable, format!("let it go on, or end it: kill -CONT {pid}; kill {pid}"))
        }
        CacheError::Busy { pid: None, .. } => Verdict::plain(Kind::Unreachable),
        CacheError::Key(error) => secrets::verdict(error),
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
    if let Some(distrusted) = error.downcast_ref() {
        return of_distrust(distrusted);
    }
    match error.downcast_ref() {
        Some(CrowdAddressError::PlainHttp) => Verdict::hint(
            Kind::Configuration,
            "use https, or let passwords cross the network readable: allow_http = true in [crowd], --allow-http with afed init",
        ),
        _ if error.is::<TrailPlaceError>() => {
            Verdict::hint(Kind::Configuration, "name a file of its own in [audit], such as: file = \"audit.jsonl\"")
        }
        _ if error.is::<Refused>() => {
            Verdict::hint(Kind::Configuration, "see all that is wrong with it: afed policy check FILE")
        }
        _ => Verdict::plain(Kind::Configuration),
    }
}

fn of_command(error: &CommandError) -> Verdict {
    match error {
        CommandError::AnswerMissing { flag, .. } => Verdict::hint(Kind::Usage, format!("give it as {flag}")),
        CommandError::AnswerUnfit { source, .. } => of_answer(source.as_ref()),
        CommandError::NameTaken { hint, .. } => Verdict::hint(Kind::Configuration, *hint),
        CommandError::AlreadyConfigured { directory: Some(DirectoryChoice::Crowd), .. } => Verdict::hint(
            Kind::Configuration,
            "to store a new password for the application only: afed init --password-only",
        ),
        CommandError::AlreadyConfigured { path, .. } => Verdict::hint(
            Kind::Configuration,
            format!("change it in an editor: ${{EDITOR:-vi}} {}", quoted(path.display())),
        ),
        CommandError::NoLogIn => Verdict::hint(Kind::Configuration, "see who you are here: afed whoami"),
        CommandError::NoDisplay | CommandError::BrowserFailed(_) => {
            Verdict::hint(Kind::Configuration, "print the link and open it yourself: the same command with --print")
        }
        CommandError::NoSuchExample { nearest, .. } => Verdict::hint(
            Kind::Configuration,
            nearest.as_ref().map_or_else(
                || "see which there are: afed policy examples".to_owned(),
                |nearest| format!("did you mean “{nearest}”? All of them: afed policy examples"),
            ),
        ),
        CommandError::NotImportable { source, .. } => {
            verdict(source.as_ref()).unwrap_or(Verdict::plain(Kind::Configuration))
        }
        CommandError::File { path, operation, source } => {
            let hint = places::of_use(path, operation, source);
            Verdict { kind: Kind::Configuration, hints: hint.into_iter().collect() }
        }
        CommandError::RunFolder { path, source } => {
            let hint = source.downcast_ref().and_then(|source| places::hint(path, source));
            Verdict { kind: Kind::Configuration, hints: hint.into_iter().collect() }
        }
        CommandError::OutputLost(_) => Verdict::plain(Kind::Unreachable),
        CommandError::NotRun(_)
        | CommandError::NothingToRun
        | CommandError::DurationTooShort { .. }
        | CommandError::LifeTooShort { .. }
        | CommandError::PassphraseNotForHooks { .. } => execution::verdict(error),
        CommandError::NotRecorded(error) => trail::not_recorded(error),
        CommandError::NoAccounts
        | CommandError::RotationUnfinished { .. }
        | CommandError::OwnerUnknown { .. }
        | CommandError::OtherAwsAccount { .. }
        | CommandError::AccountInUse { .. } => accounts::verdict(error),
        CommandError::NoSuchProfile { .. }
        | CommandError::ForeignProfile { .. }
        | CommandError::ForeignProfiles { .. }
        | CommandError::LongTermKeyThere { .. }
        | CommandError::ReadOnlyFile { .. } => profiles::verdict(error),
        other => import::verdict(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn the_first_known_error_of_the_chain_decides() {
        let name = "a b".parse::<crate::model::name::AccountName>().unwrap_err();
        let report = explain(anyhow::Error::new(name).context("the account can't be added").as_ref());
        assert_eq!(report.kind, Kind::Configuration);
        assert_eq!(
            in_full(&report, Palette::Plain),
            "error: the account can't be added\ncaused by: the account name “a b” holds “ ”; letters, digits and . _ - are allowed, and the first must be a letter or digit\n"
        );
    }

    #[test]
    fn what_nobody_knows_is_a_fault_of_afed() {
        let report = explain(anyhow!("odd").as_ref());
        assert_eq!((report.kind, in_one_line(&report).as_str()), (Kind::Fault, "afed: odd\n"));
    }

    #[test]
    fn no_text_drives_the_terminal_or_adds_a_line() {
        let missing = ConfigError::NoSuchConnector { name: "x\u{7}".to_owned(), nearest: Some("deploy".to_owned()) };
        let error = anyhow::Error::new(missing).context("two\nlines \u{1b}[31m");
        assert_eq!(
            in_full(&explain(error.as_ref()), Palette::Plain),
            "error: two\\nlines \\u{1b}[31m\ncaused by: there is no connector “x\\u{7}”\n\nhint: did you mean “deploy”? All of them: afed connector list\n"
        );
    }
}
