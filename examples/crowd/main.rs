//! A Crowd directory on the loopback interface, to try things with. The first line it prints is where it listens; it ends
//! when its standard input does, or on a signal.

mod loopback;

use std::io::{self, Read, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;

use loopback::{CrowdServer, Population};

/// Answer as a Crowd server does, on the loopback interface, until standard input ends
#[derive(Debug, Parser)]
struct CrowdArgs {
    /// Listen on this port; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Read people and groups from this TOML file instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    people: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let args = CrowdArgs::parse();
    let population = match &args.people {
        None => Population::demo(),
        Some(path) => read(path).with_context(|| format!("{} is not a population", path.display()))?,
    };
    let server = CrowdServer::start_on(args.port, population).context("the port can't be listened on")?;
    writeln!(io::stdout(), "listening on {}", server.url())?;
    io::stdout().flush()?;
    io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink())?;
    Ok(())
}

fn read(path: &PathBuf) -> anyhow::Result<Population> {
    Ok(Population::parse(&std::fs::read_to_string(path)?)?)
}
