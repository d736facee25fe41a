//! TLS as a value: rustls on ring, with the machine's roots, and nothing installed process-wide.

use std::error::Error;
use std::sync::{Arc, OnceLock};

use rustls::{ClientConfig, RootCertStore};

use crate::ClientError;

/// A TLS configuration of our own, for HTTP/2 and HTTP/1.1.
pub(crate) fn client_config() -> Result<ClientConfig, ClientError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| ClientError(Box::new(error)))?
        .with_root_certificates(roots())
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The handshake failed because of who the server says it is.
#[derive(Debug, thiserror::Error)]
#[error("the server's certificate is not accepted")]
struct NotAccepted(#[source] reqwest::Error);

/// A failure to connect, which says in front where a certificate is the reason: everything else may pass by itself.
pub(crate) fn explained(error: reqwest::Error) -> kling_core::Source {
    let mut below = Some(&error as &(dyn Error + 'static));
    while let Some(one) = below {
        if is_about_a_certificate(one) {
            return Box::new(NotAccepted(error));
        }
        below = one.source();
    }
    Box::new(error)
}

/// What an I/O error holds is not among its sources, and it may be another one.
fn is_about_a_certificate(error: &(dyn Error + 'static)) -> bool {
    let held = error.downcast_ref::<std::io::Error>();
    if let Some(inner) = held.and_then(|held| held.get_ref()) {
        return is_about_a_certificate(inner);
    }
    let refusal = error.downcast_ref::<rustls::Error>();
    matches!(refusal, Some(rustls::Error::InvalidCertificate(_)))
}

/// The machine's roots; where it has none that can be read, Mozilla's as they were when this was built.
fn roots() -> Arc<RootCertStore> {
    static ROOTS: OnceLock<Arc<RootCertStore>> = OnceLock::new();
    Arc::clone(ROOTS.get_or_init(|| {
        let mut store = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (usable, unusable) = store.add_parsable_certificates(found.certs);
        let errors = found.errors.len();
        if usable == 0 {
            tracing::debug!(
                unusable,
                errors,
                "no roots on this machine: using built-in ones"
            );
            store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        }
        Arc::new(store)
    }))
}
