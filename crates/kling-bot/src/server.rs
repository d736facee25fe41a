//! The bot's own server: health, for whoever watches it, and files, for whoever has a signed address.

pub(crate) mod files;

use std::future::Future;
use std::net::SocketAddr;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use self::files::Files;
use crate::health::{Probe, Readiness};

/// An address that cannot be listened at.
#[derive(Debug, thiserror::Error)]
#[error(
    "the server cannot listen at {address}: set server.listen to another address, or to \"none\""
)]
pub(crate) struct ListenError {
    address: SocketAddr,
    #[source]
    source: std::io::Error,
}

/// A server that has its port and is not serving yet.
#[derive(Debug)]
pub(crate) struct Server(TcpListener);

impl Server {
    /// Takes the port; 0 lets the system choose.
    pub(crate) async fn bind(address: SocketAddr) -> Result<Self, ListenError> {
        TcpListener::bind(address)
            .await
            .map(Self)
            .map_err(|source| ListenError { address, source })
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.0.local_addr().ok()
    }

    /// Serves until `shutdown`.
    pub(crate) async fn serve(
        self,
        probe: Probe,
        files: Option<Files>,
        shutdown: CancellationToken,
    ) {
        let ready = move || {
            let probe = probe.clone();
            async move { probe.readiness().await }
        };
        let mut routes = router(ready);
        if let Some(files) = files {
            routes = routes.merge(files::router(files));
        }
        let served = axum::serve(self.0, routes)
            .with_graceful_shutdown(shutdown.cancelled_owned())
            .await;
        if let Err(error) = served {
            tracing::error!(error = &error as &dyn std::error::Error, "the server ended");
        }
    }
}

/// `/healthz`: the process lives. `/readyz`: it can do its work, or which part cannot.
fn router<F, R>(ready: F) -> Router
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Readiness> + Send + 'static,
{
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(readiness::<F, R>))
        .with_state(ready)
}

async fn readiness<F, R>(State(ready): State<F>) -> (StatusCode, Json<Readiness>)
where
    F: Fn() -> R + Clone + Send + Sync + 'static,
    R: Future<Output = Readiness> + Send + 'static,
{
    let readiness = ready().await;
    let status = if readiness.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(readiness))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kling_http::{Client, ClientOptions, Request, Url};

    use super::*;
    use crate::health::Parts;

    async fn served(platform: bool) -> Url {
        let server = Server::bind(([127, 0, 0, 1], 0).into())
            .await
            .expect("a port");
        let address = server.address().expect("an address");
        let parts = Parts {
            store: true,
            archive: true,
            platform,
        };
        let ready = move || async move {
            Readiness::new(
                parts,
                vec!["strict".to_owned()],
                BTreeMap::new(),
                BTreeMap::new(),
            )
        };
        tokio::spawn(async move { axum::serve(server.0, router(ready)).await });
        Url::parse(&format!("http://{address}/")).expect("a URL")
    }

    async fn get(base: &Url, path: &str) -> (u16, String) {
        let client = Client::new(ClientOptions::default()).expect("a client");
        let url = base.join(path).expect("a URL");
        let reply = client.exchange(Request::get(url)).await.expect("an answer");
        let body = String::from_utf8(reply.body.to_vec()).expect("text");
        (reply.status, body)
    }

    #[tokio::test]
    async fn health_is_told_and_says_which_part_is_not_well() {
        let well = served(true).await;
        let unwell = served(false).await;

        assert_eq!(get(&well, "healthz").await, (200, "ok".to_owned()));
        assert_eq!(get(&unwell, "healthz").await.0, 200);
        assert_eq!(get(&well, "readyz").await.0, 200);
        let (status, body) = get(&unwell, "readyz").await;
        assert_eq!(status, 503);
        assert!(body.contains(r#""platform":false"#), "{body}");
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_told_with_what_to_set() {
        let first = Server::bind(([127, 0, 0, 1], 0).into())
            .await
            .expect("a port");

        let error = Server::bind(first.address().expect("an address"))
            .await
            .expect_err("taken");

        assert!(error.to_string().contains("set server.listen"), "{error}");
    }
}
