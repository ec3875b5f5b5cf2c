//! `afed shell-init`: functions for the start-up file of a shell, which call the afed that printed them.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;

use super::answer;
use super::error::CommandError;
use crate::app::App;
use crate::render::{self, FunctionShell};
use crate::ui::Streams;

/// Print shell functions: afed-use CONNECTOR, afed-refresh, afed-clear
///
/// afed-use takes the flags of `afed creds` and sets the credentials in the shell itself; where afed fails, the shell stays
/// as it was
#[derive(Debug, Args)]
pub struct ShellInitArgs {
    /// The shell that reads them at its start
    #[arg(value_enum)]
    shell: FunctionShell,
}

pub fn run(args: &ShellInitArgs, app: &App, streams: &mut Streams) -> Result<()> {
    let program = text_of(app.program().context("afed can't find out where it is itself")?)?;
    let config = app.given_config().context("the current folder can't be read")?.map(text_of).transpose()?;
    let arguments: Vec<&str> = config.iter().flat_map(|path| ["--config", path.as_str()]).collect();
    answer::text(streams, &render::functions(args.shell, &program, &arguments))
}

fn text_of(path: PathBuf) -> Result<String, CommandError> {
    path.into_os_string().into_string().map_err(|path| CommandError::PathNotText { path: path.into() })
}
