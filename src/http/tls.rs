//! TLS for the client: which certificates are trusted, and no work at all for `http://`.
//!
//! The client asks for a configured builder; ring is the cryptography.

use std::path::{Path, PathBuf};

use reqwest::{Certificate, ClientBuilder};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

/// What is trusted beyond the operating system's own certificates.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    extra: Vec<Certificate>,
    insecure: bool,
}

/// Why a certificate file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file cannot be read.
    #[error("cannot read the certificate file `{}`: {cause}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The file holds no certificate in PEM form.
    #[error("`{}` holds no certificate in PEM form", .path.display())]
    NotPem {
        /// The file.
        path: PathBuf,
    },
}

impl Trust {
    /// Trusts the system, the certificates in `cacert` (PEM) when given, and anything at all when `insecure`.
    pub fn new(cacert: Option<&Path>, insecure: bool) -> Result<Self, TrustError> {
        let extra = cacert.map_or_else(|| Ok(Vec::new()), read_certificates)?;
        Ok(Self { extra, insecure })
    }

    /// Sets up TLS; the system's certificates are read now, which takes some milliseconds.
    pub(super) fn apply(&self, builder: ClientBuilder) -> ClientBuilder {
        // reqwest takes the process-wide provider; that someone installed one before is just as well.
        let _ = ring::default_provider().install_default();
        let builder = builder.tls_danger_accept_invalid_certs(self.insecure);
        if self.extra.is_empty() { builder } else { builder.tls_certs_merge(self.extra.iter().cloned()) }
    }
}

/// Gives the builder an empty trust store, so that no certificate is read where TLS is not used.
pub(super) fn unused(builder: ClientBuilder) -> ClientBuilder {
    let config = ClientConfig::builder_with_provider(ring::default_provider().into())
        .with_safe_default_protocol_versions()
        .expect("ring offers the default TLS versions")
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    builder.tls_backend_preconfigured(config)
}

fn read_certificates(path: &Path) -> Result<Vec<Certificate>, TrustError> {
    let unreadable = |cause| TrustError::Unreadable { path: path.to_owned(), cause };
    let not_pem = || TrustError::NotPem { path: path.to_owned() };
    let pem = std::fs::read(path).map_err(unreadable)?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|_| not_pem())?;
    if certificates.is_empty() { Err(not_pem()) } else { Ok(certificates) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_file_that_is_none_is_told_from_one_that_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        assert!(matches!(Trust::new(Some(&path), false), Err(TrustError::Unreadable { .. })));
        std::fs::write(&path, "hello").unwrap();
        assert!(matches!(Trust::new(Some(&path), false), Err(TrustError::NotPem { .. })));
    }
}
