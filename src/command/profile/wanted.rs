//! Which profiles are to be added: the one that was named, or one for every connector that is open to whoever asks.

use anyhow::Result;

use crate::app::App;
use crate::aws_files::{Hook, ProfileName};
use crate::command::config_file;
use crate::command::standing;
use crate::model::actor::Scope;
use crate::model::connector::Connector;
use crate::model::region::Region;
use crate::ui::Streams;
use crate::vending::VendError;
use crate::vending::entitlement::{Entitlement, Memberships};

/// A profile as it shall be.
pub struct WantedProfile {
    pub name: ProfileName,
    pub hook: Hook,
    pub region: Region,
}

/// The profile of this connector, named as it where no name is given.
pub fn one(app: &App, connector: &str, name: Option<&ProfileName>, scope: Scope) -> Result<WantedProfile> {
    let connector = app.settings()?.connector(connector, &config_file::read_policy)?;
    if scope == Scope::System && !connector.system_scope {
        return Err(VendError::NoSystemScope { connector: connector.name }.into());
    }
    profile_of(app, connector, name, scope)
}

/// A profile for each connector that is open, by the names of the connectors. Whether that is so is asked of the directory;
/// what it does not tell is not open.
pub fn all(app: &App, streams: &mut Streams, scope: Scope) -> Result<Vec<WantedProfile>> {
    let connectors = standing::usable(app, app.settings()?, streams, "no profile for it");
    let open = match scope {
        Scope::System => connectors.into_iter().filter(|connector| connector.system_scope).collect(),
        Scope::Person if connectors.is_empty() => connectors,
        Scope::Person => open_to_me(app, streams, connectors)?,
    };
    open.into_iter().map(|connector| profile_of(app, connector, None, scope)).collect()
}

fn open_to_me(app: &App, streams: &mut Streams, mut connectors: Vec<Connector>) -> Result<Vec<Connector>> {
    let settings = app.settings()?;
    let (identity, directory) = standing::identify(app, settings)?;
    let memberships = Memberships::of(&identity.person, directory.as_ref());
    let standing = standing::of(settings, &memberships)?;
    standing::troubles(&memberships).iter().for_each(|trouble| streams.warning(trouble));
    if let Some(silence) = memberships.into_silence() {
        return Err(anyhow::Error::new(silence).context("no profile was added"));
    }
    let is_open = |entitlement: &Option<Entitlement>| {
        entitlement.as_ref().is_some_and(|entitlement| *entitlement != Entitlement::None)
    };
    connectors.retain(|connector| standing.get(connector.name.as_str()).is_some_and(is_open));
    Ok(connectors)
}

fn profile_of(app: &App, connector: Connector, name: Option<&ProfileName>, scope: Scope) -> Result<WantedProfile> {
    let name = match name {
        Some(name) => name.clone(),
        None => connector.name.as_str().parse()?,
    };
    let hook = Hook::new(&app.program()?, app.chosen_config()?.as_deref(), connector.name, scope)?;
    Ok(WantedProfile { name, hook, region: connector.region })
}
