//! A chat platform that reads every result to its end and counts them.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::TryStreamExt as _;
use kling_engine::{Deliverer, Delivery, DeliveryContent, DeliveryError, PlatformId, Receipt};
use tokio::sync::{Semaphore, watch};

use crate::wish::PLATFORM;

/// Where everything goes.
#[derive(Debug)]
pub(crate) struct Sink {
    platform: PlatformId,
    others: AtomicUsize,
    count: watch::Sender<usize>,
    places: Semaphore,
}

impl Sink {
    /// Where so many jobs may be on their way at a time.
    pub(crate) fn new(places: usize) -> Self {
        Self {
            places: Semaphore::new(places),
            platform: PlatformId::new(PLATFORM),
            others: AtomicUsize::new(0),
            count: watch::Sender::new(0),
        }
    }

    /// Until there is a place for one more job; it is free again when the job's last message has come.
    pub(crate) async fn place(&self) {
        if let Ok(place) = self.places.acquire().await {
            place.forget();
        }
    }

    /// Until so many last messages have come, whatever they say.
    pub(crate) async fn wait_for(&self, messages: usize) {
        let mut count = self.count.subscribe();
        // The sender is `self`, which is here for as long as this waits.
        drop(count.wait_for(|count| *count >= messages).await);
    }

    /// How many messages were no results.
    pub(crate) fn others(&self) -> usize {
        self.others.load(Ordering::Relaxed)
    }

    fn note(&self, is_result: bool) {
        if !is_result {
            self.others.fetch_add(1, Ordering::Relaxed);
        }
        self.places.add_permits(1);
        self.count.send_modify(|count| *count += 1);
    }
}

#[async_trait::async_trait]
impl Deliverer for Sink {
    fn platform(&self) -> &PlatformId {
        &self.platform
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
