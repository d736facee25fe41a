//! Accepts connections and serves them, each with a handle that can really cut it.

use std::{
    convert::Infallible,
    future::pending,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::{Extension, Router, body::Body};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::world::World;

/// How long to wait after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// The connection that a request came on. Handlers find it among the request's extensions.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    cut: CancellationToken,
}

/// The extractor for the connection that a request came on.
pub type OnConnection = Extension<Connection>;

impl Connection {
    /// Drops the connection with a TCP reset. After an upgrade it is reset once the socket is dropped.
    pub fn cut(&self) {
        self.cut.cancel();
    }

    /// Cuts the connection without a word more. Never returns: the caller is dropped with it.
    pub async fn reset(&self) -> Infallible {
        self.cut();
        pending().await
    }
}

/// Serves `router` on `listener` until the world closes.
pub fn serve(world: &Arc<World>, listener: TcpListener, router: Router) {
    let tasks = world.tasks.clone();
    let closing = world.closing.clone();
    world.tasks.spawn(async move {
        loop {
            let accepted = tokio::select! {
                () = closing.cancelled() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => {
                    drop(tasks.spawn(converse(stream, router.clone(), closing.clone())));
                }
                // It died before it was accepted, or there are no descriptors left for now.
                Err(error) => {
                    tracing::debug!(error = &error as &dyn std::error::Error, "nothing accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    });
}

/// Serves one connection until it ends, is cut, or the world closes.
async fn converse(stream: TcpStream, router: Router, closing: CancellationToken) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "a connection was gone at once"
        );
        return;
    }
    let connection = Connection::default();
    let cut = connection.cut.clone();
    let socket = Socket {
        stream,
        cut: cut.clone(),
    };
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(connection.clone());
        router.clone().oneshot(request)
    });
    let served = http1::Builder::new()
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(socket), service)
        .with_upgrades();
    tokio::select! {
        () = cut.cancelled() => {}
        () = closing.cancelled() => {}
        // How a connection ended is the client's business.
        _ = served => {}
    }
}

/// A stream that is reset, and not merely closed, when it is dropped after a cut.
#[derive(Debug)]
struct Socket {
    stream: TcpStream,
    cut: CancellationToken,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.cut.is_cancelled()
            && let Err(error) = self.stream.set_zero_linger()
        {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a cut became a plain close"
            );
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
