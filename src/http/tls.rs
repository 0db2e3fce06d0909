//! TLS for the client: which certificates are trusted, and no work at all for `http://`.
//!
//! The client asks for a configured builder; ring is the cryptography.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use reqwest::{Certificate, ClientBuilder};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// What is trusted beyond the operating system's own certificates.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    extra: Vec<CertificateDer<'static>>,
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
        let extra = self.extra.iter().filter_map(|certificate| Certificate::from_der(certificate).ok());
        if self.extra.is_empty() { builder } else { builder.tls_certs_merge(extra) }
    }

    /// The same for connections of one's own, without reqwest.
    ///
    /// # Errors
    /// When the system's certificates cannot be used.
    pub fn config(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = if self.insecure {
            Arc::new(AnyCertificate(Arc::clone(&provider)))
        } else {
            Arc::new(Verifier::new_with_extra_roots(self.extra.iter().cloned(), Arc::clone(&provider))?)
        };
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth())
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

fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let unreadable = |cause| TrustError::Unreadable { path: path.to_owned(), cause };
    let not_pem = || TrustError::NotPem { path: path.to_owned() };
    let pem = std::fs::read(path).map_err(unreadable)?;
    let certificates = CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>().map_err(|_| not_pem())?;
    if certificates.is_empty() { Err(not_pem()) } else { Ok(certificates) }
}

/// `--insecure`: whose certificate it is does not matter, that the server holds its key does.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
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
