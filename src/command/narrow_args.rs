//! The flags by which a caller takes away from what a connector gives, for every command that asks for credentials.
//! The policy's file is read here, once; what its text means is the model's.

use std::path::{Path, PathBuf};

use clap::Args;

use super::config_file::LARGEST_POLICY_FILE;
use super::error::CommandError;
use crate::model::arn::PolicyArn;
use crate::model::duration::SessionDuration;
use crate::model::narrowing::{GivenPolicy, Managed, Narrowing};
use crate::sys::files;

/// How credentials are made less than the connector gives.
#[derive(Debug, Clone, Default, Args)]
pub struct NarrowArgs {
    /// How long they live: 15m at least, and at most as long as the connector says [default: the connector's]
    #[arg(long)]
    duration: Option<SessionDuration>,
    #[command(flatten)]
    policies: PolicyArgs,
}

/// The same by policies alone, for commands in which a duration is another thing.
#[derive(Debug, Clone, Default, Args)]
pub struct PolicyArgs {
    /// Leave only what the policy in this file allows too
    #[arg(long, value_name = "FILE")]
    policy_file: Option<PathBuf>,
    /// Leave only what this managed policy allows too, of several what any of them allows; not where the connector has
    /// policies
    #[arg(long = "policy-arn", value_name = "ARN")]
    policy_arns: Vec<PolicyArn>,
    /// Leave only what AWS's own ReadOnlyAccess allows too; not where the connector has policies
    #[arg(long, conflicts_with = "policy_arns")]
    read_only: bool,
}

impl NarrowArgs {
    /// What is taken away; the policy's file is read for it.
    pub fn read(&self) -> Result<Narrowing, CommandError> {
        Ok(Narrowing { duration: self.duration, ..self.policies.read()? })
    }

    /// The same flags as words of a command line.
    pub fn words(&self) -> Vec<String> {
        let PolicyArgs { policy_file, policy_arns, read_only } = &self.policies;
        let flag = |flag: &str, value: String| [flag.to_owned(), value];
        let duration = self.duration.iter().flat_map(|duration| flag("--duration", duration.to_string()));
        let file = policy_file.iter().flat_map(|file| flag("--policy-file", file.display().to_string()));
        let arns = policy_arns.iter().flat_map(|arn| flag("--policy-arn", arn.to_string()));
        let read_only = read_only.then(|| "--read-only".to_owned());
        duration.chain(file).chain(arns).chain(read_only).collect()
    }
}

impl PolicyArgs {
    /// What is taken away; the policy's file is read for it.
    pub fn read(&self) -> Result<Narrowing, CommandError> {
        let managed = match self.policy_arns.as_slice() {
            _ if self.read_only => Managed::ReadOnly,
            [] => Managed::None,
            arns => Managed::Arns(arns.to_vec()),
        };
        let policy = self.policy_file.as_deref().map(given_policy).transpose()?;
        Ok(Narrowing { duration: None, managed, policy })
    }
}

fn given_policy(path: &Path) -> Result<GivenPolicy, CommandError> {
    let failed = |source| CommandError::File { path: path.to_owned(), operation: "read", source };
    let path = std::path::absolute(path).map_err(failed)?;
    let failed = |source| CommandError::File { path: path.clone(), operation: "read", source };
    let file = files::look(&path).map_err(failed)?;
    let bytes = files::read_regular(&path, LARGEST_POLICY_FILE).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|error| failed(std::io::Error::other(error.utf8_error())))?;
    Ok(GivenPolicy { file, text })
}
