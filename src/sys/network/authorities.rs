//! The certificates of the authorities that are trusted. Passwords go to whomever they vouch for, so a file that somebody
//! else could have written is refused, whether the configuration names it or the environment. Nothing but regular files is
//! read, and nothing is waited for.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::NetworkError;
use crate::model::trust::Distrusted;
use crate::ports::Cause;
use crate::sys::files;

/// Many times what all authorities of the world need.
const LARGEST_BUNDLE: u64 = 64 * 1_024 * 1_024;
const FILE: &str = "SSL_CERT_FILE";
const FOLDERS: &str = "SSL_CERT_DIR";

type Certificates = Vec<CertificateDer<'static>>;

/// The variable that leads to certificates that can't be used.
#[derive(Debug, thiserror::Error)]
#[error("{variable} leads there")]
struct LedBy {
    variable: &'static str,
    #[source]
    source: Cause,
}

/// Where the system's certificates are: the platform says, unless these are set, as OpenSSL has them.
#[derive(Debug, Default)]
pub struct SystemAuthorities {
    file: Option<PathBuf>,
    folders: Option<OsString>,
}

impl SystemAuthorities {
    /// As the variables `SSL_CERT_FILE` and `SSL_CERT_DIR` have it.
    pub fn named(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        Self { file: variable(FILE).map(PathBuf::from), folders: variable(FOLDERS) }
    }

    /// The file and the folders that are named.
    pub fn places(&self) -> impl Iterator<Item = PathBuf> {
        self.file.iter().cloned().chain(self.folders())
    }

    fn folders(&self) -> impl Iterator<Item = PathBuf> {
        self.folders.iter().flat_map(std::env::split_paths).filter(|path| !path.as_os_str().is_empty())
    }

    pub(super) fn load(&self) -> Result<RootCertStore, NetworkError> {
        if self.file.is_none() && self.folders.is_none() {
            // What can't be read of them vouches for nobody.
            return Ok(vouching(rustls_native_certs::load_native_certs().certs));
        }
        let mut roots = match &self.file {
            Some(path) => of_file(path).map_err(|source| led_by(FILE, path.clone(), source))?,
            None => RootCertStore::empty(),
        };
        for folder in self.folders() {
            roots.roots.extend(vouching(of_folder(&folder)?).roots);
        }
        Ok(roots)
    }
}

/// Those of one file, which must hold some.
pub fn of_file(path: &Path) -> Result<RootCertStore, Cause> {
    let roots = vouching(read(path)?);
    if roots.is_empty() { Err("it holds no certificate".into()) } else { Ok(roots) }
}

/// Those of the files in a folder, each once. A file that is none of certificates vouches for nobody, and stops nobody.
fn of_folder(folder: &Path) -> Result<Certificates, NetworkError> {
    let entries = files::list(folder).map_err(|source| led_by(FOLDERS, folder.to_owned(), source.into()))?;
    let (mut certificates, mut read_already) = (Vec::new(), BTreeSet::new());
    for path in entries {
        if !read_already.insert(files::own_path_or_same(&path)) {
            continue;
        }
        match read(&path) {
            Ok(found) => certificates.extend(found),
            Err(source) if is_distrust(&source) => return Err(led_by(FOLDERS, path, source)),
            Err(_of_no_certificates) => {}
        }
    }
    Ok(certificates)
}

fn led_by(variable: &'static str, path: PathBuf, source: Cause) -> NetworkError {
    NetworkError::CaBundle { path, source: LedBy { variable, source }.into() }
}

fn is_distrust(cause: &Cause) -> bool {
    let error = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    error.is_some_and(|error| error.is::<Distrusted>())
}

fn read(path: &Path) -> Result<Certificates, Cause> {
    let text = files::read_trusted(path, LARGEST_BUNDLE)?;
    Ok(CertificateDer::pem_slice_iter(&text).collect::<Result<_, _>>()?)
}

fn vouching(certificates: Certificates) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates);
    roots
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt, symlink};

    fn pem() -> String {
        use base64::Engine;
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let encoded = base64::engine::general_purpose::STANDARD.encode(made.cert.der());
        format!("-----BEGIN CERTIFICATE-----\n{encoded}\n-----END CERTIFICATE-----\n")
    }

    #[test]
    fn a_folder_is_read_past_what_is_no_certificate_and_each_file_once() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        for (name, text) in [("one.pem", pem()), ("two.pem", pem()), ("readme", "no certificate".to_owned())] {
            files::put(&at(name), text.as_bytes()).unwrap();
        }
        files::put(&at("broken"), b"-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n").unwrap();
        nix::unistd::mkfifo(&at("pipe"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        for (target, link) in [("one.pem", "01234567.0"), ("/dev/zero", "device"), ("nowhere", "dangling")] {
            symlink(target, at(link)).unwrap();
        }
        fs::create_dir(at("folder")).unwrap();
        fs::File::create_new(at("endless")).unwrap().set_len(LARGEST_BUNDLE * 1_024).unwrap();
        assert_eq!(of_folder(root.path()).unwrap().len(), 2);
        assert!(of_folder(&at("nowhere")).unwrap().is_empty());
    }

    #[test]
    fn what_somebody_else_could_have_put_into_a_folder_is_refused_by_name() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("one.pem");
        files::put(&path, pem().as_bytes()).unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        let Err(NetworkError::CaBundle { path: told, source }) = of_folder(root.path()) else { panic!("it was read") };
        assert_eq!((told, source.to_string().as_str()), (path, "SSL_CERT_DIR leads there"));
        assert!(source.source().unwrap().to_string().ends_with("its mode is 0666, so that others can write it"));
    }
}
