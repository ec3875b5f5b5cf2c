//! The configuration files: every fault in them, each with its line.

use std::path::Path;

use super::chart::Chart;
use crate::app::read_config_text;
use crate::command::config_file;
use crate::config::examination::{Flaw, examine as examine_texts, locate};
use crate::render::pasted::quoted;

const CHECK: &str = "configuration";

pub fn examine(chart: &mut Chart<'_>) {
    let paths = [&chart.app.paths.machine_config, &chart.app.paths.user_config];
    let mut texts = Vec::new();
    for path in paths {
        match read_config_text(path) {
            Ok(text) => texts.extend(text.map(|text| (path.clone(), text))),
            Err(error) => chart.failed(CHECK, path.display(), &error),
        }
    }
    if texts.is_empty() {
        if chart.is_well(CHECK) {
            chart.failed(CHECK, "", &chart.app.no_configuration());
        }
        return;
    }
    let mut flaws = examine_texts(&texts, &config_file::read_policy);
    if flaws.is_empty() {
        flaws.extend(chart.app.settings().err().map(|error| locate(error, &texts)));
    }
    for flaw in &flaws {
        tell(chart, flaw);
    }
    if flaws.is_empty() {
        texts.iter().for_each(|(path, _)| chart.ok(CHECK, path.display(), "every key can be used"));
    }
}

/// What mends most faults of a text is an editor at the right line.
fn tell(chart: &mut Chart<'_>, Flaw { error, path, line }: &Flaw) {
    let place = line.map_or_else(|| path.display().to_string(), |line| format!("{}:{line}", path.display()));
    let failure = (chart.app.explain)(error);
    let mends = failure.hints.into_iter().chain([edit_at(path, *line)]).collect();
    let found = failure.causes.join(": ");
    chart.fault_with(CHECK, place, without_place(&found, path, *line).to_owned(), mends);
}

/// What is told without the file and the line that it may begin with, which stand before it already.
fn without_place<'a>(told: &'a str, path: &Path, line: Option<usize>) -> &'a str {
    let file = path.display().to_string();
    let places = [format!("{file}, line {}: ", line.unwrap_or_default()), format!("{file}: ")];
    places.iter().find_map(|place| told.strip_prefix(place)).unwrap_or(told)
}

/// The command that opens a file in the person's editor.
pub fn edit_at(path: &Path, line: Option<usize>) -> String {
    let line = line.map_or_else(String::new, |line| format!("+{line} "));
    format!("${{EDITOR:-vi}} {line}{}", quoted(path.display()))
}
