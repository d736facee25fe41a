//! What would fit now, when a request is more than what may still be spent.

use kling_core::{GenerationRequest, ImageCount, ModelInfo, Money};
use kling_engine::{InputFile, NewJob, Reason, Refusal};
use kling_providers::Catalogue;

/// How much may be spent at most, when nothing but money is in the way.
fn left(refusal: &Refusal) -> Option<Money> {
    let amounts = refusal.reasons.iter().map(|reason| {
        let left = reason.args.get("left")?;
        let is_budget = reason.code.starts_with("budget-");
        is_budget.then(|| Money::parse_dollars(left.strip_prefix('$')?).ok())?
    });
    amounts.min().flatten().filter(|left| *left > Money::ZERO)
}

/// Adds to a refusal what the person could have at once instead: fewer pictures, a lower resolution, a shorter
/// video, or another provider.
pub(super) fn add(
    refusal: &mut Refusal,
    job: &NewJob,
    catalogue: &Catalogue,
    is_public: impl Fn(&InputFile) -> bool,
) {
    let Some(left) = left(refusal) else {
        return;
    };
    let request = job.request.announced(job.model.clone(), is_public);
    let entry = catalogue.find(&job.provider, &job.model, job.request.operation);
    if let Some(entry) = entry {
        refusal.reasons.extend(cheaper(&entry.info, &request, left));
    }
    if let Ok(choice) = catalogue.choose(&request, None)
        && choice.entry.provider.id() != &job.provider
        && let Some(amount) = choice.estimate.amount()
        && amount <= left
    {
        let reason = Reason::new("fits-provider")
            .with("provider", choice.entry.provider.id())
            .with("estimate", amount);
        refusal.reasons.push(reason);
    }
}

/// The most of each kind that fits, one thing changed at a time.
fn cheaper(info: &ModelInfo, request: &GenerationRequest, left: Money) -> Vec<Reason> {
    let fits = |change: &dyn Fn(&mut GenerationRequest)| {
        let mut other = request.clone();
        change(&mut other);
        let amount = info.estimate(&other).amount()?;
        (amount <= left && info.capability.check(&other).is_ok()).then_some(amount)
    };
    let mut reasons = Vec::new();
    let fewer = (1..request.count.get()).rev().find_map(|count| {
        let amount = fits(&|other| {
            if let Ok(count) = ImageCount::new(count) {
                other.count = count;
            }
        })?;
        Some((count, amount))
    });
    if let Some((count, amount)) = fewer {
        reasons.push(
            Reason::new("fits-count")
                .with("count", count)
                .with("estimate", amount),
        );
    }
    let resolutions = info.capability.resolutions.values.iter();
    let lower = resolutions
        .filter_map(|one| Some((fits(&|other| other.resolution = Some(*one))?, one)))
        .max_by_key(|(amount, _)| *amount);
    if let Some((amount, one)) = lower {
        reasons.push(
            Reason::new("fits-resolution")
                .with("value", one)
                .with("estimate", amount),
        );
    }
    let durations = info.capability.durations.values.iter();
    let shorter = durations
        .filter_map(|one| Some((fits(&|other| other.duration = Some(*one))?, one)))
        .max_by_key(|(amount, _)| *amount);
    if let Some((amount, one)) = shorter {
        reasons.push(
            Reason::new("fits-duration")
                .with("value", one.get())
                .with("estimate", amount),
        );
    }
    reasons
}
