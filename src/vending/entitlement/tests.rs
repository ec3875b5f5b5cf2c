use super::*;
use crate::vending::doubles::{FakeDirectory, groups, person};
use proptest::prelude::*;

fn decide_for(memberships: &[&str], own: &[&str], every: bool) -> Entitlement {
    let directory = FakeDirectory::with_groups(memberships);
    let (own, administrators) = (groups(own), groups(&["aws-admins"]));
    let openness =
        Openness { groups: &own, administrator_groups: &administrators, administrators_use_every_connector: every };
    decide(openness, |group| is_member(&directory, &person("alice"), group)).unwrap()
}

#[test]
fn membership_opens_and_nothing_else_does() {
    let group = |name: &str| name.parse::<GroupName>().unwrap();
    for (memberships, own, every, expected) in [
        (&["developers"][..], &["ops", "developers"][..], true, Entitlement::Member(group("developers"))),
        (&["others"], &["developers"], true, Entitlement::None),
        (&[], &[], true, Entitlement::None),
        (&["developers"], &[], true, Entitlement::None),
        (&["aws-admins"], &[], true, Entitlement::Administrator(group("aws-admins"))),
        (&["aws-admins"], &[], false, Entitlement::None),
        (&["aws-admins"], &["developers"], true, Entitlement::Administrator(group("aws-admins"))),
        (&["aws-admins"], &["developers"], false, Entitlement::None),
        (&["aws-admins"], &["aws-admins"], false, Entitlement::Member(group("aws-admins"))),
    ] {
        assert_eq!(decide_for(memberships, own, every), expected, "{memberships:?} {own:?} {every}");
    }
}

#[test]
fn a_directory_that_fails_entitles_nobody_and_is_not_asked_twice() {
    let directory = FakeDirectory::failing();
    let (person, own) = (person("alice"), groups(&["developers", "ops"]));
    let memberships = Memberships::of(&person, &directory);
    for groups in [&own[..], &own[1..]] {
        let openness = Openness { groups, administrator_groups: &own, administrators_use_every_connector: true };
        assert!(memberships.entitlement(openness).is_err());
    }
    assert_eq!(directory.questions.get(), 1);
    assert_eq!(memberships.troubles().into_values().collect::<Vec<_>>(), [own]);
}

#[test]
fn each_group_is_asked_about_once() {
    let directory = FakeDirectory::with_groups(&[]).with_trouble("ops");
    let (person, own) = (person("alice"), groups(&["developers", "developers", "ops", "testers"]));
    let memberships = Memberships::of(&person, &directory);
    for _ in 0..10_000 {
        let openness = Openness { groups: &own, administrator_groups: &[], administrators_use_every_connector: true };
        assert!(memberships.entitlement(openness).is_err());
    }
    assert!(!memberships.includes(&own[3]).unwrap(), "a trouble with one group says nothing of another");
    assert_eq!(directory.questions.get(), 3);
}

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn some_groups() -> impl Strategy<Value = Vec<GroupName>> {
    prop::sample::subsequence(NAMES.to_vec(), 0..=4).prop_shuffle().prop_map(|names| groups(&names))
}

proptest! {
    /// A person who asks for one connector is answered as one who looks at all of them, and never better than the rule
    /// by sets: an untold group opens nothing.
    #[test]
    fn one_connector_and_all_of_them_are_decided_alike(
        member_of in some_groups(),
        untold in some_groups(),
        administrators in some_groups(),
        connectors in prop::collection::vec(some_groups(), 0..6),
        every in any::<bool>(),
    ) {
        let names: Vec<&str> = member_of.iter().map(GroupName::as_str).collect();
        let directory = untold.iter().fold(FakeDirectory::with_groups(&names), |directory, group| directory.with_trouble(group.as_str()));
        let person = person("alice");
        let memberships = Memberships::of(&person, &directory);
        let is_told = |group: &GroupName| member_of.contains(group) && !untold.contains(group);
        for own in &connectors {
            let openness = Openness { groups: own, administrator_groups: &administrators, administrators_use_every_connector: every };
            let alone = decide(openness, |group| is_member(&directory, &person, group));
            let among_all = memberships.entitlement(openness);
            prop_assert_eq!(alone.as_ref().ok(), among_all.as_ref().ok());
            match alone {
                Ok(Entitlement::Member(group)) => prop_assert!(own.contains(&group) && is_told(&group)),
                Ok(Entitlement::Administrator(group)) => {
                    prop_assert!(every && administrators.contains(&group) && is_told(&group));
                }
                Ok(Entitlement::None) => {
                    prop_assert!(!own.iter().any(|group| member_of.contains(group)));
                    prop_assert!(!every || !administrators.iter().any(|group| member_of.contains(group)));
                }
                Err(_) => prop_assert!(own.iter().chain(&administrators).any(|group| untold.contains(group))),
            }
        }
    }
}
