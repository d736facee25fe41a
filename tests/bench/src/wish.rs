//! The jobs that are asked for: words only, from fifty people.

use kling_core::{Estimate, ModelId, Money, Operation, Prompt, ProviderId};
use kling_engine::{JobRequest, NewJob, PlatformId, ReplyAddress, Requester};

/// The platform of every job here.
pub(crate) const PLATFORM: &str = "bench";

/// A job that no other call asks for.
pub(crate) fn wish(provider: ProviderId, model: ModelId, number: u64) -> anyhow::Result<NewJob> {
    let prompt = Prompt::new("a lighthouse in the evening, seen from the sea")?;
    Ok(NewJob {
        dedupe_key: format!("command-{number}"),
        requester: Requester {
            platform: PlatformId::new(PLATFORM),
            workspace: Some("house".to_owned()),
            channel: "pictures".to_owned(),
            user: format!("user-{}", number % 50),
        },
        reply_address: ReplyAddress::new("pictures"),
        locale: Some("en-GB".to_owned()),
        request: JobRequest::new(Operation::TextToImage, prompt),
        provider,
        model,
        estimate: Estimate::Approximate(Money::from_microdollars(60_000)),
    })
}
