//! The processes above this one, as the operating system names them, nearest first.
//! Where it can't be asked without unsafe code (Windows), none is known.

/// How far up is looked: a few wrappers, such as `sudo` or `make`, may stand between a person and this process.
#[cfg(unix)]
const REACH: usize = 8;

/// What a process may be called: by its file, and by itself.
pub type Names = Vec<String>;

/// The names of each process above this one.
#[cfg(unix)]
pub fn names() -> Vec<Names> {
    let look = processes();
    let mut id = nix::unistd::getppid().as_raw();
    let mut found = Vec::new();
    while found.len() < REACH
        && id > 0
        && let Some((parent, names)) = look(id)
    {
        found.push(names);
        id = parent;
    }
    found
}

#[cfg(not(unix))]
pub const fn names() -> Vec<Names> {
    Vec::new()
}

/// A process's parent and its names, by its number.
#[cfg(target_os = "linux")]
fn processes() -> impl Fn(i32) -> Option<(i32, Names)> {
    |id| {
        let stat = std::fs::read(format!("/proc/{id}/stat")).ok()?;
        let stat = String::from_utf8_lossy(&stat);
        // The name stands in brackets, and may hold some itself.
        let (before, after) = stat.rsplit_once(") ")?;
        let name = before.split_once(" (")?.1.to_owned();
        let parent = after.split(' ').nth(1)?.parse().ok()?;
        Some((parent, linux_file(id).into_iter().chain([name]).collect()))
    }
}

/// The file that a process runs; of another user's process it is not told. A busybox is what it is called as.
#[cfg(target_os = "linux")]
fn linux_file(id: i32) -> Option<String> {
    let file = std::fs::read_link(format!("/proc/{id}/exe")).ok()?;
    let file = file.file_name()?.to_str()?;
    // The package was upgraded since.
    let file = file.strip_suffix(" (deleted)").unwrap_or(file);
    if file != "busybox" {
        return Some(file.to_owned());
    }
    let line = std::fs::read(format!("/proc/{id}/cmdline")).ok()?;
    let words = line.split(|byte| *byte == 0).filter_map(|word| std::str::from_utf8(word).ok());
    words.map(last_part).find(|word| *word != "busybox").map(str::to_owned)
}

/// All processes at once, because starting `ps` takes longer than its answer.
#[cfg(all(unix, not(target_os = "linux")))]
fn processes() -> impl Fn(i32) -> Option<(i32, Names)> {
    let answer = std::process::Command::new("/bin/ps").args(PS_ARGUMENTS).output();
    let list = answer.map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned()).unwrap_or_default();
    move |id| list.lines().filter_map(of_ps).find(|(found, ..)| *found == id).map(|(_, parent, names)| (parent, names))
}

#[cfg(any(test, all(unix, not(target_os = "linux"))))]
const PS_ARGUMENTS: [&str; 3] = ["-A", "-o", "pid=,ppid=,comm="];

/// A line of `ps`: the process, its parent, and the path or name that it has.
#[cfg(any(test, all(unix, not(target_os = "linux"))))]
fn of_ps(line: &str) -> Option<(i32, i32, Names)> {
    let (id, rest) = line.trim_start().split_once(' ')?;
    let (parent, name) = rest.trim_start().split_once(' ')?;
    Some((id.parse().ok()?, parent.parse().ok()?, vec![last_part(name.trim()).to_owned()]))
}

#[cfg(unix)]
fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_above_a_process_is_its_parent() {
        let parent = nix::unistd::getppid().as_raw();
        let list = std::process::Command::new("ps").args(PS_ARGUMENTS).output().unwrap().stdout;
        let list = String::from_utf8_lossy(&list);
        let by_ps = list.lines().filter_map(of_ps).find(|(id, ..)| *id == parent).unwrap();
        let found = names();
        assert!(found[0].contains(&by_ps.2[0]), "{found:?} {by_ps:?}");
        assert_eq!(processes()(parent).unwrap().0, by_ps.1);
    }

    #[test]
    fn a_line_of_ps_may_hold_a_path_with_blanks() {
        for (line, expected) in [
            ("    1     0 /sbin/launchd", Some((1, 0, "launchd"))),
            ("  812   811 -zsh", Some((812, 811, "-zsh"))),
            ("99 1 /Applications/My Shell.app/Contents/MacOS/nu", Some((99, 1, "nu"))),
            ("", None),
            ("x y z", None),
        ] {
            let expected = expected.map(|(id, parent, name)| (id, parent, vec![name.to_owned()]));
            assert_eq!(of_ps(line), expected, "{line}");
        }
    }
}
