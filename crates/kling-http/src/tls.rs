//! TLS as a value: rustls on ring, with the machine's roots, and nothing installed process-wide.

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
