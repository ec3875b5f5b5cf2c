//! The completion scripts that the person has installed, where shells look for them: whether they are those of this program.

use std::path::PathBuf;

use super::chart::Chart;
use crate::app::App;
use crate::command::completions::script;
use crate::render::completion::CompletionShell;
use crate::render::pasted::quoted;
use crate::sys::files;

const CHECK: &str = "completions";

pub fn examine(chart: &mut Chart<'_>) {
    for (shell, name, path) in installed(chart.app) {
        match files::read_optional(&path) {
            Ok(None) => {}
            Ok(Some(bytes)) if bytes == script(shell).as_bytes() => {
                chart.ok(CHECK, path.display(), "are those of this afed");
            }
            Ok(Some(_)) => {
                let mend = format!("afed completions {name} >{}", quoted(path.display()));
                chart.warning(CHECK, path.display(), "are those of another version of afed", mend);
            }
            Err(error) => chart.hindered(CHECK, path.display(), &error),
        }
    }
}

/// Where the shells that have one place for it look for a person's own.
fn installed(app: &App) -> Vec<(CompletionShell, &'static str, PathBuf)> {
    let below_home = |variable: &str, folder: &str| {
        app.environment.path(variable).or_else(|| Some(app.environment.path("HOME")?.join(folder)))
    };
    let data = below_home("XDG_DATA_HOME", ".local/share");
    let config = below_home("XDG_CONFIG_HOME", ".config");
    let bash = data.map(|data| (CompletionShell::Bash, "bash", data.join("bash-completion/completions/afed")));
    let fish = config.map(|config| (CompletionShell::Fish, "fish", config.join("fish/completions/afed.fish")));
    bash.into_iter().chain(fish).collect()
}
