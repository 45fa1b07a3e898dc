//! TLS to the services that have it: made ready when the first of them is checked, since most machines have none.
//!
//! A certificate is valid when an authority vouches for it that the system trusts, or one of the settings' file. On this
//! machine a service may be let off (`check.verify = false`): whoever could stand between could as well take its port.

use super::{Failure, Flaw};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsConnector, rustls};

/// What TLS needs, as far as it was needed.
#[derive(Default)]
pub(super) struct Tls {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    ca_file: Option<PathBuf>,
    verifying: Option<Connector>,
    trusting: Option<Connector>,
    /// Whether it was said that there are no authorities.
    said: bool,
}

/// Speaks TLS in one of the two ways.
#[derive(Clone)]
pub(super) struct Connector(TlsConnector);

impl Tls {
    /// Verifies by the authorities in this file as well.
    pub(super) fn trusting(ca_file: Option<PathBuf>) -> Self {
        Self {
            state: Mutex::new(State {
                ca_file,
                ..State::default()
            }),
        }
    }

    /// Verifies by the authorities in another file from now on.
    pub(super) async fn trust(&self, ca_file: Option<PathBuf>) {
        let mut state = self.state.lock().await;
        *state = State {
            ca_file,
            trusting: state.trusting.take(),
            ..State::default()
        };
    }

    /// What connects, with or without looking at certificates.
    pub(super) async fn connector(&self, verify: bool) -> Result<Connector, Failure> {
        let mut state = self.state.lock().await;
        let ready = if verify {
            &state.verifying
        } else {
            &state.trusting
        };
        if let Some(ready) = ready {
            return Ok(ready.clone());
        }
        let ca_file = state.ca_file.clone();
        // Reads files.
        let made = spawn_blocking(move || make(verify, ca_file.as_deref())).await;
        match made.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(config) => {
                let connector = Connector(TlsConnector::from(Arc::new(config)));
                let place = if verify {
                    &mut state.verifying
                } else {
                    &mut state.trusting
                };
                *place = Some(connector.clone());
                Ok(connector)
            }
            Err(reason) => {
                if !std::mem::replace(&mut state.said, true) {
                    tracing::error!(reason, "https services cannot be checked");
                }
                Err(Failure::NoAuthorities)
            }
        }
    }
}

impl Connector {
    /// Shakes hands with a server of this name or address.
    pub(super) async fn wrap(
        &self,
        name: &str,
        stream: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        // A URL's host that is no name for a certificate: none can be for it.
        let name = ServerName::try_from(name.to_owned())
            .map_err(|_| Failure::Untrusted(Flaw::OtherHost))?;
        let shaken = self.0.connect(name, stream).await;
        shaken.map_err(|error| {
            let inner = error.get_ref();
            match inner.and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(rustls::Error::InvalidCertificate(error)) => Failure::Untrusted(flaw(error)),
                Some(_) => Failure::NotTls,
                None => Failure::Connection(error.kind()),
            }
        })
    }
}

/// What is wrong with a certificate, as far as it tells somebody what to do.
const fn flaw(error: &CertificateError) -> Flaw {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet,
        NotValidYetContext, UnknownIssuer,
    };
    match error {
        Expired | ExpiredContext { .. } => Flaw::Expired,
        NotValidYet | NotValidYetContext { .. } => Flaw::NotYetValid,
        NotValidForName | NotValidForNameContext { .. } => Flaw::OtherHost,
        UnknownIssuer => Flaw::UnknownIssuer,
        _ => Flaw::Invalid,
    }
}

fn make(verify: bool, ca_file: Option<&Path>) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let mut config = if verify {
        builder
            .with_root_certificates(authorities(ca_file)?)
            .with_no_client_auth()
    } else {
        builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Anyone(provider)))
            .with_no_client_auth()
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Whether there is an authority to verify by: of the system, or in this file, which then must hold one.
///
/// # Errors
/// Why there is none, and what to do.
pub(crate) fn check_authorities(ca_file: Option<&Path>) -> Result<(), String> {
    authorities(ca_file).map(drop)
}

/// The authorities that the system trusts, and those of the settings' file.
fn authorities(ca_file: Option<&Path>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    if let Some(path) = ca_file {
        let wrong = |reason: &dyn std::fmt::Display| {
            format!("the file of authorities {path:?} cannot be used: {reason}")
        };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))?;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
        }
        if roots.is_empty() {
            return Err(wrong(&"it holds no certificate in PEM form"));
        }
    }
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        tracing::debug!(%error, "some of the system's authorities are left out");
    }
    roots.add_parsable_certificates(system.certs);
    if roots.is_empty() {
        return Err(
            "the system trusts no authority: install ca-certificates, or name a file of authorities"
                .to_owned(),
        );
    }
    Ok(roots)
}

/// Takes any certificate that its server has the key of.
#[derive(Debug)]
struct Anyone(Arc<CryptoProvider>);

impl ServerCertVerifier for Anyone {
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
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
