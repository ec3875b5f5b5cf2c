//! `afed audit verify`: proves that every line of the trail is as it was written and where it was written.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::command::answer;
use crate::command::error::CommandError;
use crate::model::audit::chain::{self, Digest};
use crate::model::audit::verification::{Beginning, Verification, verify};
use crate::model::hex::lower_hex;
use crate::ports::{AuditTrail, TrailFile};
use crate::sys::files;
use crate::ui::Streams;

/// Far more than a file of a trail grows to.
const LARGEST_FILE: u64 = 4 << 30;

/// Prove that no line of the audit trail was changed, moved or taken away
///
/// That lines are missing at its end is seen only with a hash that was kept elsewhere
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The files of the trail, the oldest first [default: this machine's]
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The hash of a line that must be there, such as the last one of an earlier proof
    #[arg(long, value_name = "HASH", value_parser = read_hash)]
    expect: Option<Digest>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

fn read_hash(text: &str) -> Result<Digest, &'static str> {
    chain::parse(text).ok_or("a hash has 64 digits, 0 to 9 and a to f")
}

pub fn run(args: &VerifyArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let (files, beginning) = if args.files.is_empty() { own(app)? } else { (given(&args.files)?, Beginning::Any) };
    let found = verify(files.iter().map(|file| file.bytes.as_slice()), beginning, args.expect.as_ref());
    if args.json {
        answer::json(streams, &as_json(&found, &files))?;
    } else {
        answer::text(streams, &in_words(&found, &files))?;
    }
    match args.expect {
        _ if !found.findings.is_empty() => Err(CommandError::TrailBroken.into()),
        Some(hash) if !found.has_expected => Err(CommandError::TrailCutOff { hash: lower_hex(&hash) }.into()),
        _ => Ok(()),
    }
}

/// This machine's trail. Where as many files are kept as may be, older ones have been dropped.
fn own(app: &App) -> Result<(Vec<TrailFile>, Beginning)> {
    let settings = &app.settings()?.audit;
    let files = app.audit_trail(settings).map_or(Ok(Vec::new()), |trail| trail.read())?;
    let is_full = files.len() > settings.keep.max(1) as usize;
    Ok((files, if is_full { Beginning::Any } else { Beginning::First }))
}

fn given(paths: &[PathBuf]) -> Result<Vec<TrailFile>> {
    let read = |path: &PathBuf| {
        let bytes =
            files::read_regular(path, LARGEST_FILE).with_context(|| format!("{} can't be read", path.display()))?;
        Ok(TrailFile { path: path.clone(), bytes })
    };
    paths.iter().map(read).collect()
}

fn in_words(found: &Verification, files: &[TrailFile]) -> String {
    let mut text: String = found
        .findings
        .iter()
        .map(|finding| format!("{}:{}: {}\n", name(&files[finding.file].path), finding.line + 1, finding.fault))
        .collect();
    if found.findings.is_empty() {
        let (lines, count) = (found.lines, files.len());
        text.push_str(&match found.head {
            Some(head) => format!("{lines} lines in {count} files are whole, the last is {}\n", lower_hex(&head)),
            None => "Nothing is recorded yet\n".to_owned(),
        });
    }
    text
}

fn name(path: &Path) -> String {
    crate::render::table::printable(&path.display().to_string())
}

fn as_json(found: &Verification, files: &[TrailFile]) -> serde_json::Value {
    let findings = found.findings.iter().map(|finding| {
        json!({
            "file": files[finding.file].path.display().to_string(),
            "line": finding.line + 1,
            "fault": finding.fault.to_string(),
        })
    });
    json!({
        "lines": found.lines,
        "head": found.head.map(|head| lower_hex(&head)),
        "has_expected": found.has_expected,
        "findings": findings.collect::<Vec<_>>(),
    })
}
