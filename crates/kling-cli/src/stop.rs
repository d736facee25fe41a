//! Being asked to stop: Ctrl-C or SIGTERM, heard from the first moment on.

use tokio_util::sync::CancellationToken;

use crate::exit::Ending;

/// Listens for the wish to stop.
#[derive(Debug)]
pub(crate) struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Stop {
    pub(crate) fn listen() -> Result<Self, Box<Ending>> {
        use tokio::signal::unix::{SignalKind, signal};

        let listen = |kind| {
            signal(kind).map_err(|error| {
                Ending::usage("signals", format!("cannot listen for signals: {error}"))
            })
        };
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
        })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
impl Stop {
    #[expect(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
    pub(crate) fn listen() -> Result<Self, Box<Ending>> {
        Ok(Self {})
    }

    async fn asked(&mut self) {
        // Where signals cannot be listened for, nobody can ask.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Stop {
    /// Runs `work`. The first wish to stop cancels `token`, after which the work ends in its own time; the
    /// second ends it at once, and the answer is none.
    pub(crate) async fn around<T>(
        mut self,
        token: &CancellationToken,
        on_first: impl FnOnce(),
        work: impl Future<Output = T>,
    ) -> Option<T> {
        let twice = async {
            self.asked().await;
            on_first();
            token.cancel();
            self.asked().await;
        };
        tokio::select! {
            biased;
            result = work => Some(result),
            () = twice => None,
        }
    }
}
