//! How one person stands to the connectors, as listings tell it. Each group is asked of the directory once, and what
//! `creds` would decide about a connector is decided here by the same function.

use std::collections::BTreeMap;

use anyhow::Result;

use super::config_file;
use super::vending::openness;
use crate::app::App;
use crate::config::ConfigError;
use crate::config::settings::Settings;
use crate::model::connector::Connector;
use crate::model::name::GroupName;
use crate::model::person::Identity;
use crate::ports::Directory;
use crate::ui::Streams;
use crate::vending::entitlement::{Entitlement, Memberships};

/// How many groups a warning names.
const GROUPS_NAMED: usize = 3;

/// The connectors by name, with why each is open or not; `None`: the directory did not tell.
pub type Standing = BTreeMap<String, Option<Entitlement>>;

/// The connectors that keep the rules; of each of the others it is told why it is `left_out`.
pub fn usable(app: &App, settings: &Settings, streams: &mut Streams, left_out: &str) -> Vec<Connector> {
    let mut told = |error: &ConfigError| {
        let failure = (app.explain)(error);
        streams.warning(&format!("{left_out}: {}", failure.sentence()));
        failure.hints.iter().for_each(|hint| streams.remedy(hint));
    };
    settings
        .connector_names()
        .filter_map(|name| settings.connector(name, &config_file::read_policy).inspect_err(&mut told).ok())
        .collect()
}

/// Who the directory says it is, and the directory for further questions.
pub fn identify(app: &App, settings: &Settings) -> Result<(Identity, Box<dyn Directory>)> {
    let secrets = app.secrets(&settings.secrets)?;
    let evidence = app.evidence(settings, secrets.as_ref())?;
    let directory = app.directory(settings, secrets.as_ref())?;
    Ok((directory.identify(&evidence)?, directory))
}

/// Decides about every connector.
pub fn of(settings: &Settings, memberships: &Memberships<'_>) -> Result<Standing, ConfigError> {
    let of_one = |name: &str| {
        let groups = settings.groups_of(name)?;
        Ok((name.to_owned(), memberships.entitlement(openness(settings, &groups)).ok()))
    };
    settings.connector_names().map(of_one).collect()
}

/// Why something is open, in words; `None`: it is not.
pub fn because(entitlement: &Entitlement) -> Option<String> {
    match entitlement {
        Entitlement::Member(group) => Some(format!("member of {group}")),
        Entitlement::Administrator(group) => Some(format!("administrator through {group}")),
        Entitlement::None => None,
    }
}

/// Which groups the directory did not tell about, in words.
pub fn troubles(memberships: &Memberships<'_>) -> Vec<String> {
    let in_words = |(trouble, groups): (String, Vec<GroupName>)| {
        format!("whether you are in {} is not known: {trouble}", some_of(&groups))
    };
    memberships.troubles().into_iter().map(in_words).collect()
}

fn some_of(groups: &[GroupName]) -> String {
    let named: Vec<&str> = groups.iter().take(GROUPS_NAMED).map(GroupName::as_str).collect();
    match groups.len() - named.len() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_names_a_few_groups() {
        let groups: Vec<GroupName> = ["a", "b", "c", "d", "e"].map(|name| name.parse().unwrap()).into();
        for (count, expected) in [(1, "a"), (3, "a, b, c"), (4, "a, b, c and 1 more"), (5, "a, b, c and 2 more")] {
            assert_eq!(some_of(&groups[..count]), expected);
        }
    }
}
