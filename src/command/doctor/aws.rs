//! AWS: whether STS can be reached in the regions that connectors use, and the keys of the accounts: whose they are, whether
//! they work, how old they are.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::chart::Chart;
use super::patience::Patience;
use super::{NO_STORE, clock};
use crate::app::Endpoint;
use crate::command::account::key;
use crate::command::config_file;
use crate::config::settings::Settings;
use crate::model::account::{Account, SigningCredentials};
use crate::model::grant;
use crate::model::region::Region;
use crate::model::user_key::UserKey;
use crate::ports::{AccessKeys, CallerIdentity, KeyOwner, SecretStore, TokenService, TokenServiceError};
use crate::vending::Signer;
use crate::vending::rotation::{is_root, user_of};

const CHECK: &str = "key";
/// From here on a key should be replaced (AWS Security Hub, control IAM.3).
const OLD: SignedDuration = SignedDuration::from_hours(90 * 24);

pub fn examine(chart: &mut Chart<'_>, settings: &Settings, store: Option<&dyn SecretStore>, patience: &Patience) {
    let endpoint = match chart.app.sts_endpoint() {
        Ok(endpoint) => endpoint,
        Err(error) => return chart.failed("AWS STS", "", error.as_ref()),
    };
    let used = regions(settings);
    let all: BTreeMap<&str, &Region> = used.iter().map(|(_, region)| (region.as_str(), region)).collect();
    let reached: Vec<&str> =
        all.into_values().filter(|region| reach(chart, region, &endpoint, patience)).map(Region::as_str).collect();
    for name in settings.account_names() {
        // A fault of the account was told with the configuration.
        let Ok(account) = settings.account(name) else { continue };
        let mut own = used.iter().filter(|(user, _)| user == name).map(|(_, region)| region);
        let region = own.next().cloned().unwrap_or_else(|| Region::fallback_of("aws"));
        let is_used = used.iter().any(|(user, _)| user == name);
        if is_used && !reached.contains(&region.as_str()) {
            chart.not_checked(CHECK, name, format!("STS in {region} does not answer"));
            continue;
        }
        let patient = Patient { region: &region, endpoint: &endpoint, patience };
        of_account(chart, &account, store, &patient);
    }
}

/// The regions of the connectors, each with the account that is used there.
fn regions(settings: &Settings) -> Vec<(String, Region)> {
    let connector = |name| settings.connector(name, &config_file::read_policy).ok();
    let used = settings.connector_names().filter_map(connector);
    used.map(|connector| (connector.account.to_string(), connector.region)).collect()
}

/// Whether STS can be reached there; nothing is signed for it.
fn reach(chart: &mut Chart<'_>, region: &Region, endpoint: &Endpoint, patience: &Patience) -> bool {
    const CHECK: &str = "AWS STS";
    let clock = match patience.next() {
        Ok(limit) => chart.app.tokens_within(limit, endpoint.clone()).clock(region),
        Err(over) => {
            chart.not_checked(CHECK, region, over);
            return false;
        }
    };
    match clock {
        Ok(theirs) => {
            chart.ok(CHECK, region, "answers");
            clock::examine(chart, &format!("STS in {region}"), theirs);
            true
        }
        Err(error) => {
            chart.failed(CHECK, region, &error);
            false
        }
    }
}

/// Where AWS is asked, and how long.
struct Patient<'a> {
    region: &'a Region,
    endpoint: &'a Endpoint,
    patience: &'a Patience,
}

fn of_account(chart: &mut Chart<'_>, account: &Account, store: Option<&dyn SecretStore>, patient: &Patient<'_>) {
    let limit = match (store, patient.patience.next()) {
        (None, _) => return chart.not_checked(CHECK, &account.name, NO_STORE),
        (_, Err(over)) => return chart.not_checked(CHECK, &account.name, over),
        (Some(_), Ok(limit)) => limit,
    };
    let signing = match Signer::of(account, &chart.app.host_role()) {
        Ok(signer) => store.map(|store| signer.credentials(store)).transpose(),
        Err(error) => return chart.failed(CHECK, &account.name, &error),
    };
    let signing = match signing {
        Ok(Some(signing)) => signing,
        Ok(None) => return,
        Err(error) => return chart.failed(CHECK, &account.name, &error),
    };
    let tokens = chart.app.tokens_within(limit, patient.endpoint.clone());
    match tokens.caller_identity(&signing, patient.region) {
        Err(error) => refused(chart, account, &error),
        Ok(owner) => of_owner(chart, account, &signing, &owner, patient),
    }
}

/// AWS tells a key that was deleted and one that was switched off alike.
fn refused(chart: &mut Chart<'_>, account: &Account, error: &TokenServiceError) {
    match error {
        TokenServiceError::KeyUnknown { access_key_id, .. } if !access_key_id.is_temporary() => chart.fault_with(
            CHECK,
            &account.name,
            error.to_string(),
            vec![
                format!("aws iam update-access-key --access-key-id {access_key_id} --status Active"),
                format!("afed account edit {} --access-key-id ID", account.name),
            ],
        ),
        other => chart.failed(CHECK, &account.name, other),
    }
}

fn of_owner(
    chart: &mut Chart<'_>,
    account: &Account,
    signing: &SigningCredentials,
    owner: &CallerIdentity,
    patient: &Patient<'_>,
) {
    if let Err(error) = key::refuse_other_owner(&account.name, &signing.id, account.aws_account_id(), Some(owner)) {
        return chart.failed(CHECK, &account.name, &error);
    }
    if is_root(&owner.arn) {
        let found = format!("{} is the root user, who may do everything", owner.arn);
        let mend =
            format!("make an IAM user with fewer rights, then: afed account edit {} --access-key-id ID", account.name);
        return chart.fault(CHECK, &account.name, found, mend);
    }
    chart.ok(CHECK, &account.name, format!("signs for {}", owner.arn));
    if let (Some(_), Some(user)) = (account.access_key_id(), user_of(&owner.arn)) {
        let keys_of = KeyOwner { user: user.to_owned(), region: patient.region.clone() };
        age(chart, account, signing, &keys_of, patient.patience);
    }
}

fn age(chart: &mut Chart<'_>, account: &Account, signing: &SigningCredentials, owner: &KeyOwner, patience: &Patience) {
    const CHECK: &str = "key age";
    let limit = match patience.next() {
        Ok(limit) => limit,
        Err(over) => return chart.not_checked(CHECK, &account.name, over),
    };
    let listed = match chart.app.access_keys_within(limit) {
        Ok(keys) => keys.list(signing, owner),
        Err(error) => return chart.failed(CHECK, &account.name, error.as_ref()),
    };
    match listed {
        Err(error) => unlisted(chart, account, &error),
        Ok(keys) => {
            let is_used = |key: &&UserKey| key.id == signing.id;
            match keys.iter().find(is_used) {
                Some(used) => of_listed(chart, account, used),
                None => chart.not_checked(CHECK, &account.name, format!("{} does not list the key", owner.user)),
            }
        }
    }
}

/// Whoever only wants to know a key's age need not let it make others, as a rotation must.
fn unlisted(chart: &mut Chart<'_>, account: &Account, error: &TokenServiceError) {
    const CHECK: &str = "key age";
    match error {
        TokenServiceError::Denied { access_key_id, signer, .. } => chart.not_checked_yet(
            CHECK,
            &account.name,
            format!("the key {access_key_id} may not see how old it is"),
            format!("the IAM user of the key needs this policy: {}", grant::listing_keys(signer)),
        ),
        other => chart.hindered(CHECK, &account.name, other),
    }
}

fn of_listed(chart: &mut Chart<'_>, account: &Account, used: &UserKey) {
    let age = chart.app.clock.now().duration_since(used.created);
    if age > OLD {
        let (found, mend) = (format!("{} is {} days old", used.id, age.as_hours() / 24), rotate(account));
        chart.warning("key age", &account.name, found, mend);
    } else {
        chart.ok("key age", &account.name, format!("{} is not older than 90 days", used.id));
    }
}

fn rotate(account: &Account) -> String {
    format!("afed account rotate {}", account.name)
}
