//! A chat platform that reads every result to its end and writes down when.

use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use futures::TryStreamExt as _;
use kling_core::AssetUrl;
use kling_engine::{
    Deliverer, Delivery, DeliveryContent, DeliveryError, InputError, Job, PlatformId, Receipt,
    StatusUpdate,
};
use tokio::io::AsyncWrite;
use tokio::sync::watch;

use crate::wish::PLATFORM;

/// Where everything goes.
#[derive(Debug)]
pub(crate) struct Sink {
    platform: PlatformId,
    seen: Mutex<Seen>,
    count: watch::Sender<usize>,
}

#[derive(Debug, Default)]
struct Seen {
    results: Vec<Instant>,
    others: usize,
}

impl Sink {
    pub(crate) fn new() -> Self {
        Self {
            platform: PlatformId::new(PLATFORM),
            seen: Mutex::default(),
            count: watch::Sender::new(0),
        }
    }

    /// Until so many last messages have come, whatever they say.
    pub(crate) async fn wait_for(&self, messages: usize) {
        let mut count = self.count.subscribe();
        // The sender is `self`, which is here for as long as this waits.
        drop(count.wait_for(|count| *count >= messages).await);
    }

    /// When the results came, and how many messages were none.
    pub(crate) fn seen(&self) -> (Vec<Instant>, usize) {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        (seen.results.clone(), seen.others)
    }

    fn note(&self, is_result: bool) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if is_result {
            seen.results.push(Instant::now());
        } else {
            seen.others += 1;
        }
        drop(seen);
        self.count.send_modify(|count| *count += 1);
    }
}

#[async_trait::async_trait]
impl Deliverer for Sink {
    fn platform(&self) -> &PlatformId {
        &self.platform
    }

    fn public_address(&self, _: &str) -> Option<AssetUrl> {
        None
    }

    async fn fetch_input(
        &self,
        _: &str,
        _: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<(), InputError> {
        Err(InputError::Gone)
    }

    async fn show_status(
        &self,
        _: &Job,
        _: &StatusUpdate,
    ) -> Result<Option<Receipt>, DeliveryError> {
        Ok(None)
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let unclear = |error| DeliveryError::Unknown(Box::new(error));
        let files = match &delivery.content {
            DeliveryContent::Result { files, .. } => files.as_slice(),
            _ => &[],
        };
        for file in files {
            let mut stream = file.content.open().await.map_err(unclear)?;
            while let Some(_bytes) = stream.try_next().await.map_err(unclear)? {}
        }
        self.note(!files.is_empty());
        Ok(Receipt::new(delivery.nonce.clone()))
    }
}
