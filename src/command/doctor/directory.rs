//! The directory: whether it answers and accepts this program, which version it is, and who the caller is to it.

use std::collections::BTreeSet;
use std::time::Duration;

use super::chart::Chart;
use super::patience::Patience;
use super::{NO_STORE, clock};
use crate::command::config_file;
use crate::config::settings::{CrowdSettings, DirectorySettings, Settings};
use crate::model::crowd_advisory;
use crate::model::name::GroupName;
use crate::model::person::Evidence;
use crate::ports::{Directory, DirectoryError, Greeting, SecretStore};
use crate::render::pasted::quoted;
use crate::sys::user;
use crate::vending::VendError;

const CHECK: &str = "directory";
const SESSION: &str = "session";
const NO_DIRECTORY: &str = "the directory does not serve this program";

pub fn examine(chart: &mut Chart<'_>, settings: &Settings, store: Option<&dyn SecretStore>, patience: &Patience) {
    let DirectorySettings::Crowd(crowd) = &settings.directory else { return this_machine(chart, settings) };
    let address = crowd.address.to_string();
    let Some(store) = store else {
        chart.not_checked(CHECK, &address, NO_STORE);
        return chart.not_checked(SESSION, "", NO_STORE);
    };
    let directory = match patience.next() {
        Ok(limit) => chart.app.crowd_with_stored_password(&within(crowd, limit), store),
        Err(over) => {
            chart.not_checked(CHECK, &address, over);
            return chart.not_checked(SESSION, "", NO_DIRECTORY);
        }
    };
    let greeted = directory.and_then(|directory| Ok((directory.greeting()?, directory)));
    let (greeting, directory) = match greeted {
        Ok(greeted) => greeted,
        Err(error) => {
            chart.failed(CHECK, &address, &error);
            return chart.not_checked(SESSION, "", NO_DIRECTORY);
        }
    };
    chart.ok(CHECK, &address, format!("accepts the application “{}”", crowd.application));
    version(chart, &address, &greeting);
    clock::examine(chart, &address, greeting.clock);
    session(chart, settings, store, &directory);
}

fn within(crowd: &CrowdSettings, limit: Duration) -> CrowdSettings {
    CrowdSettings {
        connect_timeout: crowd.connect_timeout.min(limit),
        call_timeout: crowd.call_timeout.min(limit),
        ..crowd.clone()
    }
}

/// What calls itself something else than Crowd, such as Jira, has other versions and other advisories.
fn version(chart: &mut Chart<'_>, address: &str, greeting: &Greeting) {
    const CHECK: &str = "advisories";
    let Some(version) = crowd_advisory::version(&greeting.program) else {
        let found = "it does not say that it is Crowd, nor which version, so its advisories are not known";
        return chart.note(CHECK, address, found, "see https://www.atlassian.com/trust/security/advisories");
    };
    let number = version.map(|part| part.to_string()).join(".");
    let found: Vec<_> = crowd_advisory::of(version).collect();
    if found.is_empty() {
        return chart.ok(CHECK, address, format!("Crowd {number} has none that afed knows"));
    }
    for advisory in found {
        let found = format!("Crowd {number} has {}: {}", advisory.id, advisory.about);
        let mend = format!(
            "update Crowd to the newest release: https://www.atlassian.com/software/crowd/download; see https://www.cve.org/CVERecord?id={}",
            advisory.id
        );
        chart.fault(CHECK, address, found, mend);
    }
}

fn session(chart: &mut Chart<'_>, settings: &Settings, store: &dyn SecretStore, directory: &dyn Directory) {
    let identity = match chart.app.evidence(settings, store) {
        Ok(evidence) => directory.identify(&evidence).map_err(VendError::from),
        Err(error) => Err(error),
    };
    match identity {
        Ok(identity) => chart.ok(SESSION, identity.person.name, "is logged in"),
        Err(VendError::Directory(DirectoryError::NotLoggedIn { .. })) if is_for_the_system(settings) => {
            let found = "nobody is logged in, and every connector is open to the system";
            chart.note(SESSION, "", found, "afed login");
        }
        Err(error) => chart.failed(SESSION, "", &error),
    }
}

fn is_for_the_system(settings: &Settings) -> bool {
    let is_open = |name| settings.connector(name, &config_file::read_policy).is_ok_and(|found| found.system_scope);
    settings.connector_names().count() > 0 && settings.connector_names().all(is_open)
}

/// Where the machine's own users are the directory, its groups have to be there.
fn this_machine(chart: &mut Chart<'_>, settings: &Settings) {
    let name = "this machine";
    match user::effective_uid() {
        Err(error) => return chart.failed(CHECK, name, &error),
        Ok(uid) => match chart.app.local_directory().identify(&Evidence::LocalUser { uid }) {
            Ok(identity) => chart.ok(CHECK, name, format!("knows this user as {}", identity.person.name)),
            Err(error) => return chart.failed(CHECK, name, &error),
        },
    }
    let of_connectors = settings.connector_names().filter_map(|name| settings.groups_of(name).ok()).flatten();
    let groups: BTreeSet<GroupName> = settings.administrators.groups.iter().cloned().chain(of_connectors).collect();
    for group in groups {
        match user::has_group(group.as_str()) {
            Ok(true) => {}
            Ok(false) => {
                let found = "the configuration names this group, and the machine does not know it";
                chart.warning("group", &group, found, format!("getent group {}", quoted(&group)));
            }
            Err(error) => chart.hindered("group", &group, &error),
        }
    }
}
