//! Which shell started this process: the nearest one above it. Programs in between, such as `sudo`, `make` or `xargs`,
//! hand on what is printed.

use std::path::Path;

use super::ancestors;

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
    Elvish,
}

impl Shell {
    fn of_program(name: &str) -> Option<Self> {
        let name = name.trim_start_matches('-').to_ascii_lowercase();
        match without_version(name.strip_suffix(".exe").unwrap_or(&name)) {
            "sh" | "bash" | "rbash" | "dash" | "ash" | "hush" | "ksh" | "ksh93" | "mksh" | "lksh" | "oksh" | "yash" => {
                Some(Self::Posix)
            }
            "zsh" | "rzsh" => Some(Self::Zsh),
            "fish" => Some(Self::Fish),
            "pwsh" | "powershell" => Some(Self::Powershell),
            "cmd" => Some(Self::Cmd),
            "nu" => Some(Self::Nushell),
            "elvish" => Some(Self::Elvish),
            _ => None,
        }
    }

    /// The line that takes over in this shell what `afed creds` prints, by the words that come after it.
    pub fn evaluation(self, words: &str) -> String {
        match self {
            Self::Posix | Self::Zsh => format!("eval \"$(afed creds {words})\""),
            Self::Fish => format!("afed creds {words} | source"),
            Self::Powershell => format!("afed creds {words} | Out-String | Invoke-Expression"),
            Self::Cmd => format!("for /f \"delims=\" %i in ('afed creds {words} --format cmd') do @%i"),
            Self::Nushell => format!("afed creds {words} | from json | load-env"),
            Self::Elvish => format!("eval (afed creds {words} | slurp)"),
        }
    }
}

/// `zsh` of `zsh-5.9`, as some systems name the file.
fn without_version(name: &str) -> &str {
    let is_version = |rest: &str| rest.starts_with(|first: char| first.is_ascii_digit());
    let parts = name.split_once('-').filter(|(_, rest)| is_version(rest) || matches!(*rest, "static" | "preview"));
    parts.map_or(name, |(name, _)| name)
}

/// The calling shell: the nearest one above, else the person's log-in shell, else the platform's own.
pub fn calling(login_shell: Option<&Path>) -> Shell {
    nearest(&ancestors::names(), login_shell)
}

fn nearest(ancestors: &[ancestors::Names], login_shell: Option<&Path>) -> Shell {
    let mut known = ancestors.iter().flatten().filter_map(|name| Shell::of_program(name));
    let by_path = |path: &Path| Shell::of_program(path.file_name()?.to_str()?);
    let platform_s = if cfg!(windows) { Shell::Powershell } else { Shell::Posix };
    known.next().or_else(|| login_shell.and_then(by_path)).unwrap_or(platform_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_are_known_by_their_programs() {
        for (name, shell) in [
            ("bash", Some(Shell::Posix)),
            ("-zsh", Some(Shell::Zsh)),
            ("zsh-5.9", Some(Shell::Zsh)),
            ("bash-static", Some(Shell::Posix)),
            ("fish", Some(Shell::Fish)),
            ("pwsh.exe", Some(Shell::Powershell)),
            ("CMD.EXE", Some(Shell::Cmd)),
            ("nu", Some(Shell::Nushell)),
            ("elvish", Some(Shell::Elvish)),
            ("nu-plugin", None),
            ("sh-agent", None),
            ("cargo", None),
            ("busybox", None),
            ("", None),
        ] {
            assert_eq!(Shell::of_program(name), shell, "{name}");
        }
    }

    #[test]
    fn the_nearest_shell_counts_and_then_the_log_in_shell() {
        for (ancestors, login_shell, shell) in [
            (&[&["fish", "fish"][..], &["bash"]][..], Some("/bin/zsh"), Shell::Fish),
            (&[&["sudo"], &["make"], &["nu"], &["bash"]], None, Shell::Nushell),
            (&[&["dash", "fish"]], None, Shell::Posix),
            (&[&["qemu-x86_64", "elvish"]], None, Shell::Elvish),
            (&[&["python3"], &["systemd"]], Some("/usr/bin/fish"), Shell::Fish),
            (&[&["sshd"]], Some("/opt/strange"), Shell::Posix),
            (&[], None, Shell::Posix),
        ] {
            let names = |names: &&[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            let ancestors: Vec<_> = ancestors.iter().map(names).collect();
            assert_eq!(nearest(&ancestors, login_shell.map(Path::new)), shell, "{ancestors:?}");
        }
    }
}
