//! What a warm call costs, held below a budget. Instructions are counted and not time: their number is the same on a busy
//! machine. It is that of the unoptimised binary, which is a multiple of the shipped one's and grows with it.

use std::path::Path;

use crate::sandbox::Sandbox;

/// A warm call took 5.04 million when this was set; 1.45 of them are the loader's, thirteen for each address that the binary
/// holds, so a dependency costs something before it is used. From run to run the number differs by less than a thousandth
/// of one per cent, with a long path of the temporary folder by less than two; a fifth is left for other compilers and C
/// libraries. Who exceeds it has put something in the way of every call of every AWS tool; `valgrind --tool=callgrind` on
/// the same command line, and `callgrind_annotate`, say what. Where that is worth its cost, or a new compiler is the reason,
/// set the budget to six fifths of the number that the failing test says, and the number above with it.
const BUDGET: u64 = 6_050_000;

#[test]
fn a_warm_call_stays_within_its_instructions() {
    let sandbox = Sandbox::with_session_of("alice");
    sandbox.recheck_after("5m");
    let hook = ["creds", "deploy", "--format", "process"];
    sandbox.run(&hook).vends().succeeds();
    sandbox.crowd.forget_received();
    let counted = sandbox
        .program(Path::new("valgrind"))
        .args(&["--tool=callgrind", "--callgrind-out-file=/dev/null", env!("CARGO_BIN_EXE_afed")])
        .args(&hook)
        .vends()
        .succeeds();
    assert!(sandbox.crowd.received().is_empty(), "the call was not warm");
    let count = collected(&counted.stderr);
    assert!(count <= BUDGET, "a warm call takes {count} instructions, and {BUDGET} are allowed");
    assert!(count >= BUDGET / 2, "a warm call takes {count} instructions: lower the budget of {BUDGET}");
}

/// The number that callgrind reports at its end.
pub fn collected(report: &str) -> u64 {
    let number = report.lines().find_map(|line| line.split_once("Collected : ")).map(|(_, number)| number.trim());
    number.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("callgrind counted nothing: {report}"))
}
