//! What to do when TLS with AWS fails for the certificates, its or the trusted ones. Crowd's can be named in the
//! configuration as well, so that `directory` has words of its own.

use std::path::Path;

use super::{Kind, Verdict, quoted};

pub fn untrusted() -> Verdict {
    Verdict::hint(Kind::Unreachable, "where an authority of your own signs, name its PEM file in AWS_CA_BUNDLE")
}

pub fn unusable(path: &Path) -> Verdict {
    let path = quoted(path.display());
    Verdict::hint(
        Kind::Configuration,
        format!(
            "name a file of PEM certificates in AWS_CA_BUNDLE; see what this one holds: openssl storeutl -noout -certs {path}"
        ),
    )
}
