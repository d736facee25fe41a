//! A last message for every way a job can end.

use std::sync::Arc;
use std::time::Duration;

use kling_core::{Estimate, MediaType, Money};
use kling_engine::{Delivery, DeliveryContent, DeliveryFile, Reason, Stage};

use crate::fake;
use crate::text::Mark;

fn delivery(content: DeliveryContent) -> Delivery {
    Delivery {
        job: fake::job(Stage::Delivering),
        nonce: "nonce".to_owned(),
        elapsed: Duration::from_secs(65),
        content,
    }
}

#[derive(Debug)]
struct NoBytes;

#[async_trait::async_trait]
impl kling_core::AssetContent for NoBytes {
    async fn open(&self) -> Result<kling_core::ByteStream, kling_core::AssetReadError> {
        Err(kling_core::AssetReadError::NoContent)
    }
}

fn file() -> DeliveryFile {
    DeliveryFile {
        name: "1.png".to_owned(),
        media_type: MediaType::Png,
        size_bytes: 1_000,
        dimensions: None,
        content: Arc::new(NoBytes),
    }
}

pub(super) fn every_ending() -> Vec<(&'static str, Mark, Delivery)> {
    let result = |count, missing| DeliveryContent::Result {
        files: vec![file(); count],
        missing,
    };
    let costing = |content, microdollars| {
        let mut delivery = delivery(content);
        delivery.job.cost = Some(Money::from_microdollars(microdollars));
        delivery
    };
    let failed = || DeliveryContent::Failed {
        reason: Reason::new("provider-failed"),
    };
    let refused = |number: usize| DeliveryContent::Refused {
        reasons: vec![Reason::new("input-not-media").with("file", 1); number],
    };
    let cancelled = |charged| delivery(DeliveryContent::Cancelled { charged });
    let unconfirmed = |may_have_cost| delivery(DeliveryContent::Unconfirmed { may_have_cost });
    let mut never_sent = delivery(failed());
    never_sent.job.attempt = 0;
    let mut doubtful = costing(failed(), 0);
    doubtful.job.in_doubt = true;
    let mut rich = costing(result(2, 1), 58_800);
    rich.job.request.count = kling_core::ImageCount::new(3).expect("a count");
    rich.job.request.format = Some(kling_core::ImageFormat::Jpeg);
    let options = &mut rich.job.request.provider_options;
    options.insert("route".to_owned(), "fast".to_owned());
    let mut unpriced = delivery(result(1, 0));
    unpriced.job.estimate = Estimate::Unknown;
    let cents = Money::from_microdollars(29_400);
    vec![
        ("one picture", Mark::Done, costing(result(1, 0), 29_400)),
        ("two of three pictures", Mark::Done, rich),
        ("nobody tells the cost", Mark::Done, unpriced),
        (
            "unconfirmed",
            Mark::Unconfirmed,
            unconfirmed(Estimate::Exact(cents)),
        ),
        (
            "unconfirmed, price unsure",
            Mark::Unconfirmed,
            unconfirmed(Estimate::Approximate(cents)),
        ),
        (
            "unconfirmed, price unknown",
            Mark::Unconfirmed,
            unconfirmed(Estimate::Unknown),
        ),
        ("refused", Mark::Refused, delivery(refused(1))),
        (
            "refused for two reasons",
            Mark::Refused,
            delivery(refused(2)),
        ),
        ("failed", Mark::Failed, costing(failed(), 0)),
        (
            "failed and charged",
            Mark::Failed,
            costing(failed(), 29_400),
        ),
        ("failed, charge unknown", Mark::Failed, delivery(failed())),
        ("failed, never sent", Mark::Failed, never_sent),
        (
            "failed, an earlier submission in doubt",
            Mark::Failed,
            doubtful,
        ),
        ("cancelled", Mark::Cancelled, cancelled(Some(false))),
        (
            "cancelled and charged",
            Mark::Cancelled,
            cancelled(Some(true)),
        ),
        (
            "cancelled, charge unknown",
            Mark::Cancelled,
            cancelled(None),
        ),
        (
            "expired",
            Mark::Failed,
            costing(DeliveryContent::Expired, 0),
        ),
    ]
}
