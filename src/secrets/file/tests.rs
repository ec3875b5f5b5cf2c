//! The encrypted file as a whole, on real files.

use super::typing_prompter::TypingPrompter;
use super::*;
use crate::ports::Nobody;
use std::fs;
use std::path::Path;

fn id(number: usize) -> SecretId {
    SecretId::CrowdSession { url: format!("https://crowd{number}.example.com"), application: "afed".to_owned() }
}

fn secret(text: &str) -> Secret {
    Secret::new(text.to_owned())
}

fn store_with(path: &Path, typed: &[&str]) -> (EncryptedFileStore, Rc<TypingPrompter>) {
    let prompter = Rc::new(TypingPrompter::of(typed));
    let options = FileStoreOptions {
        onlooker: Rc::new(Nobody),
        path: path.to_owned(),
        passphrase: PassphraseSource::Prompt,
        prompter: Rc::clone(&prompter) as Rc<dyn Prompter>,
    };
    (EncryptedFileStore::new(options), prompter)
}

fn look(store: &EncryptedFileStore, id: &SecretId) -> Option<String> {
    store.lookup(id).unwrap().map(|secret| secret.expose().to_owned())
}

#[test]
fn secrets_are_kept_replaced_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("afed/secrets");
    let (store, prompter) = store_with(&path, &["horse", "horse"]);
    assert_eq!(look(&store, &id(1)), None);
    store.forget(&id(1)).unwrap();
    assert_eq!(prompter.left(), 2, "a passphrase was asked for where there is nothing to open");
    store.store(&id(1), &secret("first")).unwrap();
    store.store(&id(2), &secret("second")).unwrap();
    store.store(&id(1), &secret("third")).unwrap();
    assert_eq!(prompter.left(), 0);
    let (again, _) = store_with(&path, &["horse"]);
    assert_eq!((look(&again, &id(1)).as_deref(), look(&again, &id(2)).as_deref()), (Some("third"), Some("second")));
    again.forget(&id(1)).unwrap();
    again.forget(&id(1)).unwrap();
    assert_eq!((look(&store, &id(1)), look(&store, &id(2)).as_deref()), (None, Some("second")));
}

#[test]
fn a_wrong_passphrase_changes_nothing_and_may_be_mended() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    store_with(&path, &["horse", "horse"]).0.store(&id(1), &secret("kept")).unwrap();
    let before = fs::read(&path).unwrap();
    let wrong = ["hose", "house", "hearse"];
    let (store, prompter) = store_with(&path, &[wrong, wrong, ["hose", "house", "horse"]].concat());
    assert!(matches!(store.lookup(&id(1)), Err(SecretStoreError::WrongPassphrase { .. })));
    assert!(matches!(store.store(&id(1), &secret("lost")), Err(SecretStoreError::WrongPassphrase { .. })));
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(look(&store, &id(1)).as_deref(), Some("kept"));
    assert_eq!(prompter.left(), 0);
}

#[test]
fn without_a_terminal_the_passphrase_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let (nobody, _) = store_with(&path, &[]);
    assert!(matches!(nobody.store(&id(1), &secret("x")), Err(SecretStoreError::PassphraseMissing { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_of_somebody_else_is_damage_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    for content in ["", "\n", "-----BEGIN PGP MESSAGE-----\n", "afed-secrets 0 argon2id\n"] {
        fs::File::create(&path).and_then(|mut file| io::Write::write_all(&mut file, content.as_bytes())).unwrap();
        let (store, _) = store_with(&path, &["horse", "horse"]);
        assert!(matches!(store.lookup(&id(1)), Err(SecretStoreError::Damaged { .. })), "{content:?}");
        assert!(matches!(store.store(&id(1), &secret("x")), Err(SecretStoreError::Damaged { .. })), "{content:?}");
        assert!(matches!(store.forget(&id(1)), Err(SecretStoreError::Damaged { .. })), "{content:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_not_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_with(folder.path(), &["horse", "horse"]);
    assert!(matches!(store.lookup(&id(1)), Err(SecretStoreError::File { operation: "read", .. })));
}

#[test]
fn a_key_is_derived_once_for_a_file_and_sealed_anew_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let (store, _) = store_with(&path, &["horse", "horse"]);
    store.store(&id(1), &secret("same")).unwrap();
    let (first_key, first) = (store.derived.borrow().clone().unwrap().1, fs::read(&path).unwrap());
    store.store(&id(1), &secret("same")).unwrap();
    store.lookup(&id(1)).unwrap();
    assert!(Rc::ptr_eq(&first_key, &store.derived.borrow().clone().unwrap().1));
    assert_ne!(fs::read(&path).unwrap(), first);
}

#[test]
fn the_last_secret_takes_the_file_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let (store, _) = store_with(&path, &["horse", "horse"]);
    store.store(&id(1), &secret("x")).unwrap();
    store.store(&id(2), &secret("y")).unwrap();
    store.forget(&id(1)).unwrap();
    assert_eq!(look(&store, &id(2)), Some("y".to_owned()));
    store.forget(&id(2)).unwrap();
    assert!(!path.exists());
    assert_eq!(look(&store, &id(2)), None);
    store.store(&id(3), &secret("z")).unwrap();
    assert_eq!(look(&store, &id(3)), Some("z".to_owned()));
}

#[cfg(unix)]
#[test]
fn the_file_is_private_and_nothing_is_left_beside_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let (store, _) = store_with(&path, &["horse", "horse"]);
    store.store(&id(1), &secret("x")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    store.store(&id(2), &secret("y")).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["secrets", "secrets.lock"]);
}

#[test]
fn writers_at_the_same_time_lose_nothing() {
    const WRITERS: usize = 4;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let start = std::sync::Barrier::new(WRITERS);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (path, start) = (&path, &start);
            scope.spawn(move || {
                let (store, _) = store_with(path, &["horse", "horse"]);
                start.wait();
                for round in 0..3 {
                    store.store(&id(writer * 10 + round), &secret(&format!("{writer}-{round}"))).unwrap();
                }
            });
        }
    });
    let (store, _) = store_with(&path, &["horse"]);
    for (writer, round) in (0..WRITERS).flat_map(|writer| (0..3).map(move |round| (writer, round))) {
        assert_eq!(look(&store, &id(writer * 10 + round)), Some(format!("{writer}-{round}")));
    }
}
