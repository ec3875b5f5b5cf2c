//! Which shell started this process: its parent, as the operating system names it.

use std::path::Path;

/// A shell by the language it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    /// bash, dash, ksh and whatever else reads `export NAME='value'`.
    Posix,
    Zsh,
    Fish,
    Powershell,
    Cmd,
    Nushell,
}

impl Shell {
    fn of_program(name: &str) -> Option<Self> {
        let name = name.trim_start_matches('-').to_ascii_lowercase();
        match name.strip_suffix(".exe").unwrap_or(&name) {
            "sh" | "bash" | "dash" | "ksh" | "mksh" | "ash" | "busybox" => Some(Self::Posix),
            "zsh" => Some(Self::Zsh),
            "fish" => Some(Self::Fish),
            "pwsh" | "powershell" => Some(Self::Powershell),
            "cmd" => Some(Self::Cmd),
            "nu" => Some(Self::Nushell),
            _ => None,
        }
    }

    /// The line that sets credentials in this shell, by the words that come after `afed creds`.
    pub fn evaluation(self, words: &str) -> String {
        match self {
            Self::Posix | Self::Zsh => format!("eval \"$(afed creds {words})\""),
            Self::Fish => format!("afed creds {words} | source"),
            Self::Powershell => format!("afed creds {words} | Out-String | Invoke-Expression"),
            Self::Cmd => format!("for /f \"delims=\" %i in ('afed creds {words} --format cmd') do @%i"),
            Self::Nushell => format!("afed creds {words} --format json | from json"),
        }
    }
}

/// The calling shell: the parent process, else the person's log-in shell, else the platform's own.
pub fn calling(login_shell: Option<&Path>) -> Shell {
    let by_name = |path: &Path| Shell::of_program(path.file_name()?.to_str()?);
    let parent = parent_program().and_then(|program| by_name(Path::new(&program)));
    parent.or_else(|| login_shell.and_then(by_name)).unwrap_or(if cfg!(windows) {
        Shell::Powershell
    } else {
        Shell::Posix
    })
}

#[cfg(target_os = "linux")]
fn parent_program() -> Option<String> {
    let parent = nix::unistd::getppid();
    let name = std::fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
    Some(name.trim_end().to_owned())
}

#[cfg(all(unix, not(target_os = "linux")))]
fn parent_program() -> Option<String> {
    let parent = nix::unistd::getppid().to_string();
    let answer = std::process::Command::new("/bin/ps").args(["-o", "comm=", "-p", &parent]).output().ok()?;
    Some(String::from_utf8(answer.stdout).ok()?.trim_end().to_owned())
}

#[cfg(not(unix))]
fn parent_program() -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_are_known_by_their_programs() {
        for (name, shell) in [
            ("bash", Some(Shell::Posix)),
            ("-zsh", Some(Shell::Zsh)),
            ("fish", Some(Shell::Fish)),
            ("pwsh.exe", Some(Shell::Powershell)),
            ("CMD.EXE", Some(Shell::Cmd)),
            ("nu", Some(Shell::Nushell)),
            ("cargo", None),
            ("", None),
        ] {
            assert_eq!(Shell::of_program(name), shell, "{name}");
        }
    }
}
