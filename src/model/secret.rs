//! The one type for anything that must not be shown: keys, passwords, tokens.
//! It has a redacted `Debug`, is wiped when dropped, and can be neither printed, compared nor serialised.
//! Only the files listed in the `house` test may call [`Secret::expose`].

use secrecy::{ExposeSecret, SecretString};

/// A secret text. Wrap it the moment it arrives and expose it only where it leaves the process.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(text: String) -> Self {
        Self(SecretString::from(text))
    }

    /// The text itself, for the one place that hands it on.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether both are the same text.
    pub fn is_the_same_as(&self, other: &Self) -> bool {
        self.0.expose_secret() == other.0.expose_secret()
    }

    /// Whether there is nothing in it; an empty password is never worth sending.
    pub fn is_empty(&self) -> bool {
        self.0.expose_secret().is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// Which secret is meant: the address under which a secret store keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SecretId {
    /// The secret half of an IAM user's access key.
    AccessKey { account: super::name::AccountName, access_key_id: super::account::AccessKeyId },
    /// The password that Crowd expects of the application, for one Crowd address.
    CrowdApplication { url: String, application: String },
    /// The person's Crowd session, for one Crowd address.
    CrowdSession { url: String, application: String },
    /// The key that seals cached leases.
    CacheKey,
    /// A value that is stored and taken away again to show that a store works.
    Probe,
}

impl SecretId {
    /// A stable text for stores that name their items: equal ids, equal text, and no two ids share one.
    pub fn address(&self) -> String {
        match self {
            Self::AccessKey { account, access_key_id } => format!("access-key {account} {access_key_id}"),
            Self::CrowdApplication { url, application } => format!("crowd-application {application} {url}"),
            Self::CrowdSession { url, application } => format!("crowd-session {application} {url}"),
            Self::CacheKey => "cache-key".to_owned(),
            Self::Probe => "probe".to_owned(),
        }
    }

    /// What it is, for a person who looks into a keyring.
    pub fn described(&self) -> String {
        match self {
            Self::AccessKey { account, access_key_id } => format!("secret of {access_key_id} (account {account})"),
            Self::CrowdApplication { url, application } => {
                format!("password of the application {application} at {url}")
            }
            Self::CrowdSession { url, application: _ } => format!("session at {url}"),
            Self::CacheKey => "key of the cached credentials".to_owned(),
            Self::Probe => "probe".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_nothing_of_itself() {
        let secret = Secret::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned());
        assert_eq!(format!("{secret:?}"), "[secret]");
    }

    #[test]
    fn secrets_are_the_same_when_every_byte_is() {
        let same = |one: &str, other: &str| Secret::new(one.to_owned()).is_the_same_as(&Secret::new(other.to_owned()));
        for (one, other, expected) in
            [("a", "a", true), ("", "", true), ("a", "b", false), ("a", "", false), ("a", "aa", false)]
        {
            assert_eq!(same(one, other), expected, "{one} {other}");
        }
    }

    #[test]
    fn every_secret_has_a_place_and_words_of_its_own() {
        let (url, application) = ("https://crowd.example.com".to_owned(), "afed".to_owned());
        let key =
            |id: &str| SecretId::AccessKey { account: "ops".parse().unwrap(), access_key_id: id.parse().unwrap() };
        let ids = [
            key("AKIAIOSFODNN7EXAMPLE"),
            key("AKIAI44QH8DHBEXAMPLE"),
            SecretId::CrowdApplication { url: url.clone(), application: application.clone() },
            SecretId::CrowdSession { url, application },
            SecretId::CacheKey,
            SecretId::Probe,
        ];
        for of in [SecretId::address, SecretId::described] {
            let texts: std::collections::BTreeSet<String> = ids.iter().map(of).collect();
            assert_eq!(texts.len(), ids.len(), "{texts:?}");
        }
        assert_eq!(ids[0].described(), "secret of AKIAIOSFODNN7EXAMPLE (account ops)");
    }
}
