//! TLS on loopback: a door in front of a server that speaks plain HTTP, and one with nothing behind it.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A door for `https://localhost` in front of a server for plain HTTP, with a certificate that was made a moment ago and
/// that nobody vouches for.
#[derive(Debug)]
pub struct TlsDoor {
    port: u16,
    certificate: PathBuf,
    task: JoinHandle<()>,
}

impl TlsDoor {
    /// Opens a door in front of `http://127.0.0.1:PORT`, and writes its certificate into this folder.
    ///
    /// # Errors
    ///
    /// When it cannot be opened, in a sentence.
    pub async fn open(origin: &str, folder: &Path) -> Result<Self, String> {
        let behind = origin.strip_prefix("http://").unwrap_or(origin);
        let behind = behind
            .parse::<SocketAddr>()
            .map_err(|error| error.to_string())?;
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()])
            .map_err(|error| error.to_string())?;
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .map_err(|error| error.to_string())?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .map_err(|error| error.to_string())?;
        let port = listener
            .local_addr()
            .map_err(|error| error.to_string())?
            .port();
        let certificate = folder.join(format!("localhost-{port}.pem"));
        std::fs::write(&certificate, pem(made.cert.der())).map_err(|error| error.to_string())?;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(acceptor.clone(), stream, behind));
            }
        });
        Ok(Self {
            port,
            certificate,
            task,
        })
    }

    /// The same address of the server behind it, through this door.
    pub fn through(&self, address: &str) -> String {
        let path = address.splitn(4, '/').nth(3).unwrap_or_default();
        format!("https://localhost:{}/{path}", self.port)
    }

    /// The file that its certificate is in, as PEM.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }
}

impl Drop for TlsDoor {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A caller who does not get through the handshake is not let in, and nobody here is told.
async fn pass_on(acceptor: TlsAcceptor, stream: TcpStream, behind: SocketAddr) {
    if let Ok(mut outside) = acceptor.accept(stream).await
        && let Ok(mut inside) = TcpStream::connect(behind).await
    {
        drop(tokio::io::copy_bidirectional(&mut outside, &mut inside).await);
    }
}

fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut lines = vec!["-----BEGIN CERTIFICATE-----"];
    let mut rest = text.as_str();
    while let Some((line, more)) = rest.split_at_checked(64) {
        lines.push(line);
        rest = more;
    }
    lines.extend([rest, "-----END CERTIFICATE-----", ""]);
    lines.join("\n")
}

/// A server that speaks no TLS, for clients that expect it: its https address.
///
/// # Errors
///
/// When there is no port for it.
pub fn no_tls() -> Result<String, String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            // A caller who is gone already needs no answer.
            drop(stream.write_all(b"this is not TLS at all\r\n"));
        }
    });
    Ok(format!("https://{address}"))
}
