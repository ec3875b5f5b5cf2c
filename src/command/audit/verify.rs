//! `afed audit verify`: proves that every line of the trail is as it was written and where it was written.

use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::app::App;
use crate::command::answer;
use crate::command::error::CommandError;
use crate::model::audit::chain::{self, Digest};
use crate::model::audit::verification::{Beginning, Verification, Verifier};
use crate::model::hex::lower_hex;
use crate::ports::{AuditTrail, TrailFile};
use crate::sys::files;
use crate::ui::Streams;

/// How much is read at once.
const PIECE: usize = 64 << 10;

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
    let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
    let (found, _) = prove(files, Verifier::new(beginning, args.expect))?;
    if args.json {
        answer::json(streams, &as_json(&found, &paths))?;
    } else {
        answer::text(streams, &in_words(&found, &paths))?;
    }
    match args.expect {
        _ if !found.findings.is_empty() => Err(CommandError::TrailBroken.into()),
        Some(hash) if !found.has_expected => Err(CommandError::TrailCutOff { hash: lower_hex(&hash) }.into()),
        _ => Ok(()),
    }
}

/// This machine's trail. Where as many files are kept as may be, older ones have been dropped.
pub fn own(app: &App) -> Result<(Vec<TrailFile>, Beginning)> {
    let settings = &app.settings()?.audit;
    let files = app.audit_trail(settings).map_or(Ok(Vec::new()), |trail| trail.read())?;
    let is_full = files.len() > settings.keep.max(1) as usize;
    Ok((files, if is_full { Beginning::Any } else { Beginning::First }))
}

fn given(paths: &[PathBuf]) -> Result<Vec<TrailFile>> {
    let open = |path: &PathBuf| {
        let file = files::open_regular(path).with_context(|| format!("{} can't be read", path.display()))?;
        Ok(TrailFile { path: path.clone(), content: Box::new(file) })
    };
    paths.iter().map(open).collect()
}

/// What the files show, and how many bytes they have.
pub fn prove(files: Vec<TrailFile>, mut verifier: Verifier) -> Result<(Verification, u64)> {
    let mut size = 0;
    for TrailFile { path, content } in files {
        size += look_through(content, &mut verifier).with_context(|| format!("{} can't be read", path.display()))?;
    }
    Ok((verifier.into_found(), size))
}

/// Piece by piece, as a file may be of any length.
fn look_through(content: Box<dyn Read>, verifier: &mut Verifier) -> io::Result<u64> {
    let mut reader = BufReader::with_capacity(PIECE, content);
    let mut size = 0;
    loop {
        let piece = reader.fill_buf()?;
        let length = piece.len();
        if length == 0 {
            verifier.end_file();
            return Ok(size);
        }
        verifier.feed(piece);
        reader.consume(length);
        size += length as u64;
    }
}

fn in_words(found: &Verification, paths: &[PathBuf]) -> String {
    let mut text: String = found
        .findings
        .iter()
        .map(|finding| format!("{}:{}: {}\n", name(&paths[finding.file]), finding.line + 1, finding.fault))
        .collect();
    if found.findings.is_empty() {
        let (lines, count) = (found.lines, paths.len());
        text.push_str(&match found.first.zip(found.head) {
            Some((1, head)) => format!("{lines} lines in {count} files are whole, the last is {}\n", lower_hex(&head)),
            // Older ones have been dropped, or are in files that were not given.
            Some((first, head)) => format!(
                "{lines} lines in {count} files are whole, from number {first} on, the last is {}\n",
                lower_hex(&head)
            ),
            None => "Nothing is recorded yet\n".to_owned(),
        });
    }
    text
}

fn name(path: &Path) -> String {
    crate::render::table::printable(&path.display().to_string())
}

fn as_json(found: &Verification, paths: &[PathBuf]) -> serde_json::Value {
    let findings = found.findings.iter().map(|finding| {
        json!({
            "file": paths[finding.file].display().to_string(),
            "line": finding.line + 1,
            "fault": finding.fault.to_string(),
        })
    });
    json!({
        "lines": found.lines,
        "first": found.first,
        "head": found.head.map(|head| lower_hex(&head)),
        "has_expected": found.has_expected,
        "findings": findings.collect::<Vec<_>>(),
    })
}
