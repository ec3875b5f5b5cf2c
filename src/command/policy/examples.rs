//! `afed policy examples`: the list of session policies to start from, or one of them as it is.

use anyhow::Result;
use clap::Args;

use crate::command::answer;
use crate::command::error::CommandError;
use crate::model::nearest::nearest;
use crate::policy::examples::{ALL, Example};
use crate::ui::Streams;

/// List session policies to start from, or print one
///
/// What has to be put in its place begins with EXAMPLE-
#[derive(Debug, Args)]
pub struct ExamplesArgs {
    /// The example to print [default: list them]
    #[arg(value_name = "EXAMPLE")]
    name: Option<String>,
    /// List them in JSON
    #[arg(long, conflicts_with = "name")]
    json: bool,
}

pub fn run(args: &ExamplesArgs, streams: &mut Streams) -> Result<()> {
    match &args.name {
        Some(name) => print(named(name)?, streams),
        None if args.json => answer::json(streams, &ALL),
        None => {
            let rows: Vec<_> = ALL.iter().map(|example| [example.name.to_owned(), example.about.to_owned()]).collect();
            answer::table(streams, ["EXAMPLE", "ALLOWS TO"], &rows)?;
            streams.hint("print one: afed policy examples NAME");
            Ok(())
        }
    }
}

fn named(name: &str) -> Result<&'static Example, CommandError> {
    ALL.iter().find(|example| example.name == name).ok_or_else(|| CommandError::NoSuchExample {
        name: name.to_owned(),
        nearest: nearest(name, ALL.iter().map(|example| example.name)).map(str::to_owned),
    })
}

fn print(example: &Example, streams: &mut Streams) -> Result<()> {
    answer::text(streams, example.text)?;
    let placeholders: Vec<&str> = example.placeholders().into_iter().collect();
    if !placeholders.is_empty() {
        streams.hint(&format!("put your own in place of {}", placeholders.join(" and ")));
    }
    Ok(())
}
