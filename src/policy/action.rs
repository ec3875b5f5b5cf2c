//! One action: `*`, or `service:Action` with `*` and `?` in the action.
//! Which actions a service has is not known here: one opened tomorrow is right today.

use super::fault::Fault;
use super::finding::{Findings, Spot};
use super::mistake::Mistake;

/// Services whose actions begin with a small letter.
const SMALL_ACTIONS: [&str; 3] = ["neptune-db", "rds-db", "sqlworkbench"];

pub(super) fn check(spot: &Spot<'_>, text: &str, findings: &mut Findings) {
    if text == "*" {
        return;
    }
    let Some((service, name)) = text.split_once(':').filter(|(_, name)| !name.is_empty() && !name.contains(':')) else {
        return findings.on(spot, Fault::Action(text.to_owned()));
    };
    if service == "*" {
        return findings.on(spot, Mistake::EveryService);
    }
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "-.".contains(character);
    if service.is_empty() || !service.chars().all(is_plain) {
        return findings.on(spot, Fault::Vendor(service.to_owned()));
    }
    if let Some(character) =
        name.chars().find(|character| !character.is_ascii_alphanumeric() && !"*?-_".contains(*character))
    {
        return findings.on(spot, Mistake::ActionCharacter { action: text.to_owned(), character });
    }
    let usual = usual(service, name);
    if usual != text {
        findings.on(spot, Mistake::ActionCase { written: text.to_owned(), usual });
    }
}

/// As AWS's own pages write it: the service small, the action with a capital.
fn usual(service: &str, name: &str) -> String {
    let service = service.to_ascii_lowercase();
    let (first, rest) = name.split_at(1);
    if SMALL_ACTIONS.contains(&service.as_str()) {
        return format!("{service}:{name}");
    }
    format!("{service}:{}{rest}", first.to_ascii_uppercase())
}
