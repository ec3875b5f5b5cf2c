//! The flag that says for whom credentials are asked, for every command that asks for some.

use clap::Args;

use crate::model::actor::Scope;

/// For whom credentials are asked.
#[derive(Debug, Clone, Copy, Args)]
pub struct ScopeArgs {
    /// Ask for the system and not for a person, where the connector has system_scope: no log-in, no directory
    #[arg(long)]
    system: bool,
}

impl ScopeArgs {
    pub const fn scope(self) -> Scope {
        if self.system { Scope::System } else { Scope::Person }
    }
}

impl From<Scope> for ScopeArgs {
    fn from(scope: Scope) -> Self {
        Self { system: scope == Scope::System }
    }
}
