//! The audit trail: whether it is whole and can be written, and whether its second target is there. No line is added,
//! and no file is made.

use super::chart::Chart;
use crate::command::audit::{own, prove};
use crate::config::settings::Settings;
use crate::model::audit::settings::AuditSettings;
use crate::model::audit::verification::{Verification, Verifier};

const CHECK: &str = "audit trail";

pub fn examine(chart: &mut Chart<'_>, settings: Option<&Settings>) {
    let Some(settings) = settings.map(|settings| &settings.audit) else {
        return chart.not_checked(CHECK, "", super::NO_CONFIGURATION);
    };
    let Some(trail) = chart.app.audit_trail(settings) else {
        return chart.note(CHECK, "", "the configuration wants none", "in [audit]: enabled = true");
    };
    let place = trail.path().display().to_string();
    match own(chart.app).and_then(|(files, beginning)| prove(files, Verifier::new(beginning, None))) {
        Err(error) => chart.failed(CHECK, place, error.as_ref()),
        Ok((found, size)) => match trail.foresee() {
            Ok(()) => tell(chart, &place, &found, size, settings),
            Err(error) => chart.failed(CHECK, place, &error),
        },
    }
    if let Some(Err(error)) = trail.reach_second_target() {
        chart.failed(CHECK, settings.also.map(|target| target.as_str()).unwrap_or_default(), &error);
    }
}

fn tell(chart: &mut Chart<'_>, place: &str, found: &Verification, size: u64, settings: &AuditSettings) {
    const KIBIBYTE: u64 = 1 << 10;
    let (lines, faults) = (found.lines, found.findings.len());
    let size = size.div_ceil(KIBIBYTE);
    match faults {
        0 if lines == 0 => {
            chart.ok(CHECK, place, format!("nothing is recorded yet, and records are {}", importance(settings)));
        }
        0 => {
            let whole = format!("{lines} lines of {size} KiB are whole, and records are {}", importance(settings));
            chart.ok(CHECK, place, whole);
        }
        1 => chart.warning(CHECK, place, "it is not whole in 1 place", "see where: afed audit verify"),
        _ => chart.warning(CHECK, place, format!("it is not whole in {faults} places"), "see where: afed audit verify"),
    }
}

const fn importance(settings: &AuditSettings) -> &'static str {
    if settings.required { "required" } else { "not required" }
}
