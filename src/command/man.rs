//! `afed man`: the manual pages, made of the same words as `--help`, one for each command. What belongs to the program as a
//! whole is in `afed.1` only.

mod sections;

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Args, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::error::CommandError;
use super::{Cli, answer};
use crate::sys::files;
use crate::ui::Streams;

/// Print the manual page, or write a page for each command into a folder
#[derive(Debug, Args)]
pub struct ManArgs {
    /// The folder to write the pages into [default: print afed(1)]
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

pub fn run(args: &ManArgs, streams: &mut Streams) -> Result<()> {
    let mut program = Cli::command();
    program.build();
    match &args.folder {
        None => answer::text(streams, &page(&program)?),
        Some(folder) => {
            let pages = with_all_below(&program);
            for command in &pages {
                write(folder, command)?;
            }
            streams.status(&format!("Wrote {} pages into {}", pages.len(), folder.display()));
            Ok(())
        }
    }
}

fn with_all_below(command: &Command) -> Vec<&Command> {
    let below = command.get_subcommands().filter(|command| !command.is_hide_set()).flat_map(with_all_below);
    std::iter::once(command).chain(below).collect()
}

fn write(folder: &Path, command: &Command) -> Result<()> {
    let path = folder.join(format!("{}.1", name(command)));
    let text = page(command)?;
    files::publish(&path, text.as_bytes()).map_err(|source| CommandError::File {
        path,
        operation: "written",
        source,
    })?;
    Ok(())
}

/// Such as `afed-connector-create`.
fn name(command: &Command) -> &str {
    command.get_display_name().unwrap_or(command.get_name())
}

fn page(command: &Command) -> Result<String> {
    let is_program = !name(command).contains('-');
    let man = Man::new(command.clone());
    let mut text = title(command).into_bytes();
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut text)?;
    }
    man.render_options_section(&mut text)?;
    let mut rest = Roff::default();
    if is_program {
        sections::write(&mut rest);
    } else {
        rest.control("SH", ["SEE ALSO"])
            .text([bold("afed"), roman("(1), also for exit status, files and environment")]);
    }
    rest.to_writer(&mut text)?;
    Ok(in_ascii(&String::from_utf8(text)?))
}

/// Without a date, as the same sources are to make the same page.
fn title(command: &Command) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(".TH {} 1 \"\" \"afed {version}\" \"Manual of afed\"\n", name(command).to_uppercase())
}

/// Programs that show manual pages disagree about every other encoding.
fn in_ascii(text: &str) -> String {
    let escape = |character: char| match character {
        ascii if ascii.is_ascii() => ascii.to_string(),
        other => format!("\\[u{:04X}]", u32::from(other)),
    };
    text.chars().map(escape).collect()
}
