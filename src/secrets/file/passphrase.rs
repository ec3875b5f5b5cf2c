//! Getting the passphrase of the encrypted file from where the configuration says it is.
//! Nothing is read before it is needed, and nothing more than the passphrase is ever read.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::model::passphrase_source::PassphraseSource;
use crate::model::secret::Secret;
use crate::ports::{Cause, PromptError, Prompter, SecretStoreError};
use crate::sys::files;

/// In bytes; more than this is some other file.
const LONGEST_PASSPHRASE: usize = 4096;

/// Whether the passphrase opens a file or is made up for a new one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    Open,
    /// Another one did not open it.
    OpenAfterAll,
    Create,
}

/// What is wrong with a passphrase or the place it rests in.
#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("it is empty")]
    Empty,
    #[error("it is longer than {LONGEST_PASSPHRASE} bytes")]
    TooLong,
    #[error("it is not UTF-8 text")]
    NotText,
    #[cfg(unix)]
    #[error("others can get at it: its mode is {0:04o}, and may be 0600 or 0400")]
    OpenToOthers(u32),
    #[error("descriptors 0 to 2 belong to input and output")]
    StandardStream,
    #[error("it is not open; start afed with {0}<FILE")]
    NotOpen(i32),
    #[error("there are no numbered descriptors on this platform")]
    NoDescriptors,
    #[error("systemd gave this process no credentials: CREDENTIALS_DIRECTORY is not set")]
    NoCredentials,
    #[error("the name of a credential is a plain file name")]
    NotAName,
}

/// The passphrase for the secrets at `path`.
pub fn obtain(
    source: &PassphraseSource,
    path: &Path,
    purpose: Purpose,
    prompter: &dyn Prompter,
) -> Result<Secret, SecretStoreError> {
    let passphrase = match source {
        PassphraseSource::Prompt => ask(path, purpose, prompter),
        PassphraseSource::File(file) => read_private_file(file),
        PassphraseSource::FileDescriptor(number) => read_descriptor(*number),
        PassphraseSource::SystemdCredential { name, folder } => read_credential(name, folder.as_deref()),
    };
    passphrase.map_err(|cause| match cause.downcast_ref() {
        Some(PromptError::NoTerminal) => SecretStoreError::PassphraseMissing { path: path.to_owned() },
        Some(PromptError::Interrupted) => SecretStoreError::Interrupted,
        _ => SecretStoreError::PassphraseUnreadable { path: path.to_owned(), from: source.to_string(), source: cause },
    })
}

fn ask(path: &Path, purpose: Purpose, prompter: &dyn Prompter) -> Result<Secret, Cause> {
    let path = path.display();
    match purpose {
        Purpose::Open => typed(prompter, &format!("Passphrase for {path}")),
        Purpose::OpenAfterAll => typed(prompter, &format!("It does not open with that; passphrase for {path}")),
        Purpose::Create => {
            let mut passphrase = typed(prompter, &format!("New passphrase for {path}"))?;
            while typed(prompter, "The same again")?.expose() != passphrase.expose() {
                passphrase = typed(prompter, &format!("The two differ; new passphrase for {path}"))?;
            }
            Ok(passphrase)
        }
    }
}

fn typed(prompter: &dyn Prompter, question: &str) -> Result<Secret, Cause> {
    let passphrase = prompter.secret(question)?;
    if passphrase.is_empty() { Err(Unfit::Empty.into()) } else { Ok(passphrase) }
}

fn read_private_file(path: &Path) -> Result<Secret, Cause> {
    let file = files::open_own(path)?;
    refuse_open_to_others(&file)?;
    read(file)
}

#[cfg(unix)]
fn refuse_open_to_others(file: &File) -> Result<(), Cause> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(Unfit::OpenToOthers(mode).into()) }
}

#[cfg(not(unix))]
fn refuse_open_to_others(_file: &File) -> Result<(), Cause> {
    Ok(())
}

fn read_descriptor(number: i32) -> Result<Secret, Cause> {
    if cfg!(not(unix)) {
        return Err(Unfit::NoDescriptors.into());
    }
    if number <= 2 {
        return Err(Unfit::StandardStream.into());
    }
    if !is_inherited(number) {
        return Err(Unfit::NotOpen(number).into());
    }
    match File::open(format!("/dev/fd/{number}")) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(Unfit::NotOpen(number).into()),
        opened => read(opened?),
    }
}

/// Whether the descriptor came from whoever started this process. Those that it opened itself may have taken a free
/// number, and all of them are marked to be closed on exec, as proc(5) shows in `fdinfo`.
#[cfg(target_os = "linux")]
fn is_inherited(number: i32) -> bool {
    const CLOSE_ON_EXEC: u32 = 0o2_000_000;
    let info = match std::fs::read_to_string(format!("/proc/self/fdinfo/{number}")) {
        // Before Linux 5.14 not even the process itself may look, where its memory is kept to itself.
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => return true,
        info => info.unwrap_or_default(),
    };
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & CLOSE_ON_EXEC == 0)
}

#[cfg(not(target_os = "linux"))]
fn is_inherited(_number: i32) -> bool {
    true
}

/// The mode is systemd's business: where it grants the file by an access list, the mode looks wider than it is.
fn read_credential(name: &str, folder: Option<&Path>) -> Result<Secret, Cause> {
    let folder = folder.ok_or(Unfit::NoCredentials)?;
    if Path::new(name).file_name() != Some(name.as_ref()) {
        return Err(Unfit::NotAName.into());
    }
    read(files::open_regular(&folder.join(name))?)
}

fn read(source: impl Read) -> Result<Secret, Cause> {
    // One byte for the line's end and one to see that there is more; reserved, so that no copy is left behind.
    let limit = LONGEST_PASSPHRASE + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(limit));
    source.take(limit as u64).read_to_end(&mut bytes)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| Unfit::NotText)?;
    let text = text.strip_suffix('\n').map_or(text, |line| line.strip_suffix('\r').unwrap_or(line));
    match text.len() {
        0 => Err(Unfit::Empty.into()),
        1..=LONGEST_PASSPHRASE => Ok(Secret::new(text.to_owned())),
        _ => Err(Unfit::TooLong.into()),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::AsRawFd;
    use std::os::unix::fs::PermissionsExt;
    use std::path::PathBuf;

    use crate::secrets::file::typing_prompter::TypingPrompter;

    fn obtained(source: &PassphraseSource) -> Result<String, SecretStoreError> {
        obtain(source, Path::new("secrets"), Purpose::Open, &TypingPrompter::nobody())
            .map(|secret| secret.expose().to_owned())
    }

    fn cause(result: Result<String, SecretStoreError>) -> String {
        match result {
            Err(SecretStoreError::PassphraseUnreadable { source, .. }) => source.to_string(),
            other => panic!("{other:?}"),
        }
    }

    fn file(content: &[u8], mode: u32) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file.as_file().set_permissions(std::fs::Permissions::from_mode(mode)).unwrap();
        file
    }

    #[test]
    fn a_file_gives_all_but_the_end_of_its_line() {
        let longest = "a".repeat(LONGEST_PASSPHRASE);
        for (content, passphrase) in [
            ("correct horse", "correct horse"),
            ("correct horse\n", "correct horse"),
            ("correct horse\r\n", "correct horse"),
            ("correct horse\n\n", "correct horse\n"),
            (" correct horse ", " correct horse "),
            (&format!("{longest}\n"), &longest),
        ] {
            let file = file(content.as_bytes(), 0o600);
            assert_eq!(obtained(&PassphraseSource::File(file.path().to_owned())).unwrap(), passphrase);
        }
    }

    #[test]
    fn a_file_that_holds_no_passphrase_is_refused() {
        let too_long = "a".repeat(LONGEST_PASSPHRASE + 1);
        for (content, complaint) in [
            (&b""[..], Unfit::Empty),
            (b"\n", Unfit::Empty),
            (b"\xff\xfe", Unfit::NotText),
            (too_long.as_bytes(), Unfit::TooLong),
        ] {
            let file = file(content, 0o400);
            let cause = cause(obtained(&PassphraseSource::File(file.path().to_owned())));
            assert_eq!(cause, complaint.to_string());
        }
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_its_mode() {
        for mode in [0o640, 0o604, 0o644, 0o660, 0o601] {
            let file = file(b"correct horse", mode);
            let cause = cause(obtained(&PassphraseSource::File(file.path().to_owned())));
            assert_eq!(cause, Unfit::OpenToOthers(mode).to_string());
        }
    }

    #[test]
    fn a_descriptor_is_read_once_and_never_a_standard_stream() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        // As a shell hands it on; what a program opens for itself is closed on exec.
        let inherited = nix::fcntl::FcntlArg::F_SETFD(nix::fcntl::FdFlag::empty());
        nix::fcntl::fcntl(&reader, inherited).unwrap();
        writer.write_all(b"correct horse\n").unwrap();
        drop(writer);
        let source = PassphraseSource::FileDescriptor(reader.as_raw_fd());
        assert_eq!(obtained(&source).unwrap(), "correct horse");
        assert_eq!(cause(obtained(&source)), Unfit::Empty.to_string());
        for number in [-1, 0, 1, 2] {
            let source = PassphraseSource::FileDescriptor(number);
            assert_eq!(cause(obtained(&source)), Unfit::StandardStream.to_string());
        }
    }

    #[test]
    fn a_credential_is_a_plain_name_in_the_folder_of_credentials() {
        let folder = tempfile::tempdir().unwrap();
        let granted = file(b"correct horse", 0o440);
        std::os::unix::fs::symlink(granted.path(), folder.path().join("afed")).unwrap();
        let credential =
            |name: &str, folder: Option<PathBuf>| PassphraseSource::SystemdCredential { name: name.to_owned(), folder };
        let inside = Some(folder.path().to_owned());
        assert_eq!(obtained(&credential("afed", inside.clone())).unwrap(), "correct horse");
        assert_eq!(cause(obtained(&credential("afed", None))), Unfit::NoCredentials.to_string());
        for name in ["", ".", "..", "../afed", "/etc/passwd", "afed/"] {
            let cause = cause(obtained(&credential(name, inside.clone())));
            assert_eq!(cause, Unfit::NotAName.to_string(), "{name:?}");
        }
    }

    #[test]
    fn a_new_passphrase_is_typed_twice_alike_and_an_old_one_once() {
        let ask = |typed: &[&str], purpose| {
            let prompter = TypingPrompter::of(typed);
            obtain(&PassphraseSource::Prompt, Path::new("secrets"), purpose, &prompter)
                .map(|secret| secret.expose().to_owned())
        };
        assert_eq!(ask(&["a"], Purpose::Open).unwrap(), "a");
        assert_eq!(ask(&["a", "a"], Purpose::Create).unwrap(), "a");
        assert_eq!(ask(&["a", "b", "c", "c"], Purpose::Create).unwrap(), "c");
        assert_eq!(cause(ask(&["", ""], Purpose::Create)), Unfit::Empty.to_string());
        let nobody = ask(&[], Purpose::Open);
        assert!(matches!(nobody, Err(SecretStoreError::PassphraseMissing { .. })), "{nobody:?}");
    }
}
