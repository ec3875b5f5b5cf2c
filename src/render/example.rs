//! The lease that the tests of this room render, with a secret of their choice.

use super::{Context, Format, RenderError};
use crate::model::lease::Lease;
use crate::model::region::Region;
use crate::model::secret::Secret;

pub fn lease(secret_access_key: &str) -> Lease {
    Lease {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        secret_access_key: Secret::new(secret_access_key.to_owned()),
        session_token: Secret::new("IQoJb3JpZ2luX2VjEXAMPLE//token==".to_owned()),
        issued_at: "2026-11-22T02:29:02.5Z".parse().unwrap(),
        expires_at: "2026-11-22T03:29:02.9Z".parse().unwrap(),
        aws_account_id: Some("123123123123".to_owned()),
        principal_arn: Some("arn:aws:sts::123123123123:assumed-role/UpdateAPP/alice".to_owned()),
        packed_policy_size: None,
    }
}

pub const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

pub fn render(lease: &Lease, format: Format, region: Option<&str>) -> Result<String, RenderError> {
    let region: Option<Region> = region.map(|region| region.parse().unwrap());
    let connector = "deploy".parse().unwrap();
    let context = Context { connector: &connector, person: Some("alice"), region: region.as_ref() };
    super::lease(lease, format, context).map(|text| text.expose().to_owned())
}
