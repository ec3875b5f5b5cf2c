//! Which afed the person's shell runs: this one, or another one on PATH. No other one is run to find out; they are
//! compared byte by byte.

use std::path::Path;

use super::chart::Chart;
use crate::render::pasted::quoted;
use crate::sys::program::is_same_file;

const CHECK: &str = "program";

pub fn examine(chart: &mut Chart<'_>) {
    let this = match chart.app.program() {
        Ok(this) => this,
        Err(error) => return chart.failed(CHECK, "", &error),
    };
    let others = chart.app.programs_on_path();
    if others.is_empty() {
        let folder = this.parent().unwrap_or(Path::new("/"));
        let mend = format!("export PATH={}:\"$PATH\"", quoted(folder.display()));
        return chart.note(CHECK, this.display(), "no folder of PATH has it", mend);
    }
    for other in &others {
        match is_same_file(&this, other) {
            Ok(true) => {}
            Ok(false) => {
                let found = format!("another afed than this one, {}, is on PATH too", this.display());
                chart.warning(CHECK, other.display(), found, format!("rm {}", quoted(other.display())));
            }
            Err(error) => chart.hindered(CHECK, other.display(), &error),
        }
    }
    if chart.is_well(CHECK) {
        chart.ok(CHECK, this.display(), "the only afed on PATH");
    }
}
