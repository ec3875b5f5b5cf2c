//! `afed audit`: what the audit trail tells, by person, connector, time and decision. `audit verify` proves it.
//! Nobody is asked and nothing is written. A line that can't be read is left out, and one that was changed is shown; that there
//! are such lines is told, and which they are is left to `verify`.

mod moment;
mod verify;

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::answer;
use crate::app::App;
use crate::model::audit::Decision;
use crate::model::audit::chain::{LONGEST_LINE, Seal};
use crate::ports::{AuditTrail, TrailFile};
use crate::ui::Streams;
use moment::Moment;
pub use verify::{own, prove};

/// Show what was decided: who got credentials, who did not and why, and what was changed
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct AuditArgs {
    #[command(subcommand)]
    verb: Option<AuditVerb>,
    /// Only about this person, or the system by its name
    #[arg(long, value_name = "NAME")]
    person: Option<String>,
    /// Only about this connector, also one that is gone
    #[arg(long, value_name = "NAME")]
    connector: Option<String>,
    /// Only from this time on: 2026-11-22, 2026-11-22T14:05:00Z, or 2h for two hours ago
    #[arg(long, value_name = "TIME")]
    since: Option<Moment>,
    /// Only before this time
    #[arg(long, value_name = "TIME")]
    until: Option<Moment>,
    /// Only what was decided so
    #[arg(long, value_enum)]
    decision: Option<Decision>,
    /// Only the last ones, so many
    #[arg(long, value_name = "NUMBER")]
    last: Option<usize>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum AuditVerb {
    Verify(verify::VerifyArgs),
}

type Record = Map<String, Value>;

pub fn run(args: &AuditArgs, app: &App, streams: &mut Streams) -> Result<()> {
    match &args.verb {
        Some(AuditVerb::Verify(args)) => verify::run(args, app, streams),
        None => list(args, app, streams),
    }
}

fn list(args: &AuditArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let Some(trail) = app.audit_trail(&app.settings()?.audit) else {
        streams.status("The configuration wants no audit trail (enabled = false in [audit])");
        return if args.json { answer::json(streams, &[(); 0]) } else { Ok(()) };
    };
    let now = app.clock.now();
    let most = args.last.unwrap_or(usize::MAX);
    let (wanted, doubtful) = records(trail.read()?, most, |record| args.wants(record, now))
        .context("the audit trail can't be read to its end")?;
    match (args.json, wanted.is_empty()) {
        (true, _) => answer::json(streams, &wanted)?,
        (false, true) => streams.status("Nothing of that kind is recorded"),
        (false, false) => {
            let rows: Vec<[String; 7]> = wanted.iter().map(row).collect();
            answer::table(streams, ["TIME", "DECISION", "EVENT", "FOR", "CONNECTOR", "KEY", "WHY"], &rows)?;
        }
    }
    if doubtful > 0 {
        streams.warning(&format!("lines of the audit trail that are not as afed wrote them: {doubtful}"));
        streams.remedy("see which: afed audit verify");
    }
    Ok(())
}

/// The wanted ones among the lines that can be read, the last `most` of them, and how many lines are not as they were written.
fn records(
    files: Vec<TrailFile>,
    most: usize,
    is_wanted: impl Fn(&Record) -> bool,
) -> io::Result<(VecDeque<Record>, usize)> {
    let (mut found, mut doubtful, mut line) = (VecDeque::new(), 0, Vec::new());
    for file in files {
        let mut reader = BufReader::new(file.content);
        while next_line(&mut reader, &mut line)? {
            let text = line.strip_suffix(b"\n").unwrap_or(&line);
            let record = serde_json::from_slice::<Record>(text).ok();
            let is_whole = record.is_some() && Seal::read(text).is_some_and(|seal| seal.holds(text));
            doubtful += usize::from(!is_whole);
            found.extend(record.filter(&is_wanted));
            if found.len() > most {
                found.pop_front();
            }
        }
    }
    Ok((found, doubtful))
}

/// The next line, of which no more is kept than a line may have; `false` at the end.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    let length = reader.by_ref().take(LONGEST_LINE as u64).read_until(b'\n', line)?;
    if length == LONGEST_LINE && !line.ends_with(b"\n") {
        reader.skip_until(b'\n')?;
    }
    Ok(length > 0)
}

impl AuditArgs {
    fn wants(&self, record: &Record, now: Timestamp) -> bool {
        let is = |wanted: Option<&str>, name| wanted.is_none_or(|wanted| text(record, name) == Some(wanted));
        let since = self.since.map(|since| since.at(now));
        let until = self.until.map(|until| until.at(now));
        let time = text(record, "time").and_then(|time| time.parse::<Timestamp>().ok());
        is(self.person.as_deref(), "person")
            && is(self.connector.as_deref(), "connector")
            && is(self.decision.map(Decision::as_str), "decision")
            && since.is_none_or(|since| time.is_some_and(|time| time >= since))
            && until.is_none_or(|until| time.is_some_and(|time| time < until))
    }
}

fn text<'a>(record: &'a Record, name: &str) -> Option<&'a str> {
    record.get(name).and_then(Value::as_str)
}

fn row(record: &Record) -> [String; 7] {
    let cell = |name| text(record, name).unwrap_or("-").to_owned();
    let whom = match (text(record, "scope"), text(record, "person")) {
        (Some("system"), name) => name.map_or_else(|| "the system".to_owned(), |name| format!("the system ({name})")),
        (_, name) => name.unwrap_or("-").to_owned(),
    };
    let why = match (text(record, "reason"), text(record, "source")) {
        (Some(reason), _) => reason.to_owned(),
        (None, source) => source.unwrap_or("-").to_owned(),
    };
    [cell("time"), cell("decision"), cell("event"), whom, cell("connector"), cell("access_key_id"), why]
}
