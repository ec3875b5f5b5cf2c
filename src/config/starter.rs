//! The text of a new configuration file, with the comments that its reader will want.

use toml_edit::{Array, Value};

use super::file::DirectoryChoice;
use crate::model::secret_store_choice::SecretStoreChoice;

/// What a new configuration says.
#[derive(Debug)]
pub struct Starter {
    pub directory: DirectoryChoice,
    pub crowd: Option<StarterCrowd>,
    pub admin_groups: Vec<String>,
    pub store: SecretStoreChoice,
    /// The key and value that say where the file store's passphrase is, where that is not a prompt.
    pub passphrase: Option<(&'static str, Value)>,
}

/// The Crowd server of a new configuration.
#[derive(Debug)]
pub struct StarterCrowd {
    pub url: String,
    pub application: String,
    pub ca_bundle: Option<String>,
    pub allow_http: bool,
}

impl Starter {
    /// The file's text; every value is written as TOML writes it.
    pub fn to_toml(&self) -> String {
        let mut text = String::from(
            "# The configuration of afed. Secrets are not here; they rest in the secret store.\nversion = 1\n",
        );
        let directory = match self.directory {
            DirectoryChoice::Crowd => "crowd",
            DirectoryChoice::Os => "os",
        };
        line(&mut text, "directory", &Value::from(directory));
        match &self.crowd {
            Some(crowd) => {
                text.push_str("\n[crowd]\n");
                line(&mut text, "url", &Value::from(crowd.url.as_str()));
                line(&mut text, "application", &Value::from(crowd.application.as_str()));
                if let Some(path) = &crowd.ca_bundle {
                    line(&mut text, "ca_bundle", &Value::from(path.as_str()));
                }
                if crowd.allow_http {
                    line(&mut text, "allow_http", &Value::from(true));
                }
            }
            None => text.push_str("\n[os]\n"),
        }
        text.push_str("# Their members may use every connector.\n");
        line(&mut text, "admin_groups", &Value::from(self.admin_groups.iter().collect::<Array>()));
        text.push_str("\n[secrets]\n");
        line(&mut text, "store", &Value::from(self.store.as_str()));
        if let Some((key, value)) = &self.passphrase {
            line(&mut text, key, value);
        }
        text
    }
}

fn line(text: &mut String, key: &str, value: &Value) {
    text.push_str(&format!("{key} = {value}\n"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::file;
    use std::path::PathBuf;

    #[test]
    fn what_is_written_reads_back_whatever_the_answers_hold() {
        let starter = Starter {
            directory: DirectoryChoice::Crowd,
            crowd: Some(StarterCrowd {
                url: "https://crowd.example.com/crowd".to_owned(),
                application: "a\"b\\c\n[x]".to_owned(),
                ca_bundle: Some("/etc/ssl/crowd.pem".to_owned()),
                allow_http: false,
            }),
            admin_groups: vec!["aws-admins".to_owned(), "Ops & Co \"1\"".to_owned()],
            store: SecretStoreChoice::File,
            passphrase: Some(("passphrase_fd", Value::from(3))),
        };
        let read = file::parse(PathBuf::from("c.toml"), &starter.to_toml()).unwrap().file;
        let crowd = read.crowd.unwrap();
        assert_eq!((crowd.application.as_str(), crowd.admin_groups), ("a\"b\\c\n[x]", starter.admin_groups));
        assert_eq!(read.secrets.unwrap().passphrase_fd, Some(3));
    }
}
