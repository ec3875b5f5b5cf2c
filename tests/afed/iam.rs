//! The users and keys of an AWS emulator, as its administrator makes and sees them.

use aws_credential_types::Credentials;
use aws_sdk_iam::Client;
use aws_sdk_iam::config::{BehaviorVersion, Region};
use aws_sdk_iam::types::StatusType;

use crate::emulator::Key;

/// What a user needs to rotate their keys, and to be vended for. The emulator takes every action on keys to be about `*`.
const RIGHTS: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":["iam:ListAccessKeys","iam:GetAccessKeyLastUsed","iam:CreateAccessKey",
     "iam:UpdateAccessKey","iam:DeleteAccessKey"],"Resource":"*"},
    {"Effect":"Allow","Action":"sts:*","Resource":"*"}]}"#;

pub struct Iam {
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Iam {
    pub fn at(url: &str) -> Self {
        let config = aws_sdk_iam::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .endpoint_url(url)
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { client: Client::from_conf(config), runtime }
    }

    /// A user who may rotate their keys, with one key.
    pub fn user(&self, name: &str) -> Key {
        self.runtime.block_on(self.client.create_user().user_name(name).send()).unwrap();
        let policy = self.client.put_user_policy().user_name(name).policy_name("own").policy_document(RIGHTS);
        self.runtime.block_on(policy.send()).unwrap();
        self.key(name)
    }

    /// Another key of the user.
    pub fn key(&self, user: &str) -> Key {
        let made = self.runtime.block_on(self.client.create_access_key().user_name(user).send()).unwrap();
        let made = made.access_key.unwrap();
        Key { id: made.access_key_id, secret: made.secret_access_key }
    }

    /// The keys of the user, and whether each is active.
    pub fn keys(&self, user: &str) -> Vec<(String, bool)> {
        let listed = self.runtime.block_on(self.client.list_access_keys().user_name(user).send()).unwrap();
        let keys = listed.access_key_metadata.into_iter();
        keys.map(|key| (key.access_key_id.unwrap(), key.status == Some(StatusType::Active))).collect()
    }
}
