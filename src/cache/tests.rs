use super::*;
use crate::model::failure::{Failure, FailureKind, ReasonCode};
use crate::model::pass::Outcome;
use crate::ports::Nobody;
use crate::sys::clock::SystemClock;
use crate::vending::doubles::{FakeSecrets, lease};

fn key(byte: u8) -> LeaseKey {
    LeaseKey::from_digest([byte; 32])
}

fn a_lease() -> Lease {
    Lease {
        aws_account_id: Some("123123123123".to_owned()),
        packed_policy_size: Some(42),
        ..lease(Timestamp::from_second(1_900_000_000).unwrap(), 3_600)
    }
}

fn open<'a>(folder: &Path, secrets: &'a FakeSecrets) -> SealedFolder<'a> {
    SealedFolder::new(folder.to_owned(), Some(secrets), Rc::new(SystemClock), Rc::new(Nobody))
}

fn find(folder: &SealedFolder<'_>, key: &LeaseKey) -> Option<Lease> {
    LeaseStore::lookup(folder, key).unwrap()
}

#[test]
fn what_is_stored_is_found_again_by_another_process_until_it_is_forgotten() {
    let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
    assert!(find(&open(root.path(), &secrets), &key(1)).is_none());
    LeaseStore::store(&open(root.path(), &secrets), &key(1), &a_lease()).unwrap();
    let found = find(&open(root.path(), &secrets), &key(1)).unwrap();
    assert_eq!(found.session_token.expose(), a_lease().session_token.expose());
    assert_eq!(found.secret_access_key.expose(), a_lease().secret_access_key.expose());
    assert_eq!((found.expires_at, found.issued_at), (a_lease().expires_at, a_lease().issued_at));
    assert_eq!((found.aws_account_id, found.packed_policy_size), (a_lease().aws_account_id, Some(42)));
    assert!(find(&open(root.path(), &secrets), &key(2)).is_none());
    for _ in 0..2 {
        LeaseStore::forget(&open(root.path(), &secrets), &key(1)).unwrap();
        assert!(find(&open(root.path(), &secrets), &key(1)).is_none());
    }
}

#[test]
fn the_leases_of_one_signer_go_and_those_of_another_stay() {
    let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
    let folder = open(root.path(), &secrets);
    let (one, other) = ("AKIAIOSFODNN7EXAMPLE".parse().unwrap(), "AKIAI44QH8DHBEXAMPLE".parse().unwrap());
    let gone = [key(1).signed_with(&one), key(2).signed_with(&one)];
    let stay = [key(1).signed_with(&other), key(1)];
    gone.iter().chain(&stay).for_each(|key| LeaseStore::store(&folder, key, &a_lease()).unwrap());
    for _ in 0..2 {
        folder.forget_signed_with(&one).unwrap();
        assert!(gone.iter().all(|key| find(&folder, key).is_none()));
        assert!(stay.iter().all(|key| find(&folder, key).is_some()));
    }
    open(&root.path().join("none"), &secrets).forget_signed_with(&one).unwrap();
}

#[test]
fn a_damaged_or_foreign_file_is_not_there() {
    let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
    let folder = open(root.path(), &secrets);
    LeaseStore::store(&folder, &key(1), &a_lease()).unwrap();
    let path = |key: &LeaseKey| root.path().join(lease_name(key));
    let whole = std::fs::read(path(&key(1))).unwrap();
    for position in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[position] ^= 1;
        files::put(&path(&key(1)), &damaged).unwrap();
        assert!(find(&folder, &key(1)).is_none(), "byte {position} may be changed");
        files::put(&path(&key(1)), &whole[..position]).unwrap();
        assert!(find(&folder, &key(1)).is_none(), "cut at {position} is accepted");
    }
    files::put(&path(&key(2)), &whole).unwrap();
    assert!(find(&folder, &key(2)).is_none(), "a lease answers to another key");
    let (other_root, pass_key) = (tempfile::tempdir().unwrap(), PassKey::from_digest([1; 32]));
    LeaseStore::store(&open(other_root.path(), &secrets), &key(3), &a_lease()).unwrap();
    std::fs::copy(other_root.path().join(lease_name(&key(3))), path(&key(3))).unwrap();
    assert!(find(&folder, &key(3)).is_none(), "a lease of another folder opens");
    files::put(&root.path().join(pass_name(&pass_key)), &whole).unwrap();
    assert!(PassStore::lookup(&folder, &pass_key).unwrap().is_none(), "a lease passes for a pass");
}

#[test]
fn a_pass_is_found_again() {
    let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
    let key = PassKey::from_digest([7; 32]);
    let failure = Failure {
        kind: FailureKind::Denied,
        code: ReasonCode::NotEntitled,
        causes: vec!["no".to_owned()],
        hints: Vec::new(),
    };
    let pass = Pass { watched: Vec::new(), outcome: Outcome::Failed { at: Timestamp::now(), failure, person: None } };
    PassStore::store(&open(root.path(), &secrets), &key, &pass).unwrap();
    let found = PassStore::lookup(&open(root.path(), &secrets), &key).unwrap().unwrap();
    assert!(matches!(found.outcome, Outcome::Failed { failure, .. } if failure.causes == ["no"]));
}

#[test]
fn nothing_readable_is_in_the_files() {
    let (root, secrets) = (tempfile::tempdir().unwrap(), FakeSecrets::default());
    LeaseStore::store(&open(root.path(), &secrets), &key(1), &a_lease()).unwrap();
    let sealed = std::fs::read(root.path().join(lease_name(&key(1)))).unwrap();
    let holds = |text: &str| sealed.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!holds("secret") && !holds("token") && !holds("ASIA"));
}
