//! Interactions whose first answer is on its way: nothing may be edited before it has landed.
//!
//! A job runs from the moment it is committed, and the commit comes before the answer. An edit that overtook the
//! answer would find nothing to edit, and look as if the message had been deleted.

use std::sync::Arc;
use std::time::Duration;

use dashmap::{DashMap, Entry};
use kling_core::Secret;
use tokio_util::sync::CancellationToken;

use crate::limits;

/// Which interactions are being answered. Clones are one.
#[derive(Clone, Default)]
pub(crate) struct Acknowledging(Arc<DashMap<String, CancellationToken>>);

impl Acknowledging {
    /// Holds edits back until the answer is dropped. `None` when another copy of the same event is being
    /// answered already.
    pub(crate) fn begin(&self, token: &Secret) -> Option<Answering> {
        let token = token.expose().to_owned();
        match self.0.entry(token.clone()) {
            Entry::Occupied(_) => return None,
            Entry::Vacant(place) => drop(place.insert(CancellationToken::new())),
        }
        Some(Answering {
            all: self.clone(),
            token,
        })
    }

    /// Waits until the first answer has landed, or cannot any more.
    pub(crate) async fn landed(&self, token: &Secret) {
        // Cloned, so that no part of the map stays locked while we wait.
        let Some(landed) = self.0.get(token.expose()).map(|landed| landed.clone()) else {
            return;
        };
        let longest: Duration = limits::FIRST_ANSWER * 2;
        // Either way the answer is as good as it will get.
        let _ = tokio::time::timeout(longest, landed.cancelled()).await;
    }
}

impl std::fmt::Debug for Acknowledging {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Acknowledging({})", self.0.len())
    }
}

/// An answer on its way.
#[derive(Debug)]
pub(crate) struct Answering {
    all: Acknowledging,
    token: String,
}

impl Drop for Answering {
    fn drop(&mut self) {
        if let Some((_, landed)) = self.all.0.remove(&self.token) {
            landed.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_edit_waits_for_the_first_answer() {
        let acknowledging = Acknowledging::default();
        let token = Secret::new("t").expect("a token");
        let answering = acknowledging.begin(&token).expect("the first");
        assert!(acknowledging.begin(&token).is_none(), "the second");
        let edit = acknowledging.landed(&token);
        tokio::pin!(edit);

        assert!(futures_poll(edit.as_mut()).await.is_pending());
        drop(answering);
        edit.await;
        acknowledging.landed(&token).await;
    }

    async fn futures_poll<F: Future + Unpin>(mut future: F) -> std::task::Poll<F::Output> {
        std::future::poll_fn(|context| {
            std::task::Poll::Ready(std::pin::Pin::new(&mut future).poll(context))
        })
        .await
    }
}
