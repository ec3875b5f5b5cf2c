//! `afed policy check`: everything that is wrong with a session policy, each with its place in the file.

use anyhow::Result;
use clap::Args;
use serde_json::{Value, json};

use crate::command::answer;
use crate::command::error::CommandError;
use crate::command::text_file::{self, TextFile};
use crate::model::session_policy::PLAIN_TEXT_LIMIT;
use crate::policy::{self, Finding, Severity};
use crate::ui::Streams;

/// More than this is no policy, whatever it is.
const LONGEST: u64 = 1024 * 1024;

/// Say what is wrong with a session policy
///
/// Faults are what AWS would refuse; warnings are what surely is not meant, and don't change the exit code
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The policy's file, or - for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// Answer in JSON: a list of findings with severity, line, column, pointer and message
    #[arg(long)]
    json: bool,
}

pub fn run(args: &CheckArgs, streams: &mut Streams) -> Result<()> {
    let TextFile { name, text } = text_file::read(&args.file, LONGEST, streams)?;
    let findings = policy::check(&text);
    if args.json {
        answer::json(streams, &findings.iter().map(as_json).collect::<Vec<_>>())?;
    } else {
        findings.iter().for_each(|finding| streams.notice(&finding.told(&name)));
    }
    match findings.iter().filter(|finding| finding.severity() == Severity::Fault).count() {
        0 if args.json => Ok(()),
        0 => {
            let length = text.chars().count();
            streams.status(&format!("{name} can be used: {length} of {PLAIN_TEXT_LIMIT} characters"));
            Ok(())
        }
        faults => Err(CommandError::PolicyFaulty { path: name.into(), faults }.into()),
    }
}

fn as_json(finding: &Finding) -> Value {
    json!({
        "severity": finding.severity(),
        "line": finding.place.line,
        "column": finding.place.column,
        "pointer": finding.pointer,
        "message": finding.flaw.to_string(),
    })
}
