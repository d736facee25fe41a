//! Clear refusals: each has its variant, and none is charged.

use std::time::Duration;

use kling_core::ProviderError;

use crate::bench::Bench;
use crate::verdict::{Stop, Verdict, require};
use crate::{Call, Refusal, Trouble};

async fn refused(bench: &Bench, refusal: Refusal) -> Result<ProviderError, Stop> {
    bench
        .vendor
        .play(Call::Submission, Trouble::Refuse(refusal))?;
    let error = bench.refused().await?;
    bench.nothing_charged()?;
    Ok(error)
}

pub(crate) async fn a_rate_limit_carries_its_wait(bench: &Bench) -> Verdict {
    let wait = Duration::from_secs(17);

    let error = refused(bench, Refusal::RateLimited { retry_after: wait }).await?;

    require(
        error.is_retryable() && error.retry_after() == Some(wait),
        || format!("not a wait of {wait:?} but {error:?}"),
    )
}

pub(crate) async fn a_refused_key_is_unauthorized(bench: &Bench) -> Verdict {
    let error = refused(bench, Refusal::Unauthorized).await?;
    require(matches!(error, ProviderError::Unauthorized { .. }), || {
        format!("not unauthorized but {error:?}")
    })
}

pub(crate) async fn an_empty_account_is_out_of_funds(bench: &Bench) -> Verdict {
    let error = refused(bench, Refusal::OutOfFunds).await?;
    require(matches!(error, ProviderError::OutOfFunds { .. }), || {
        format!("not out of funds but {error:?}")
    })
}

pub(crate) async fn a_bad_request_is_declined(bench: &Bench) -> Verdict {
    let error = refused(bench, Refusal::BadRequest).await?;
    require(matches!(error, ProviderError::Declined { .. }), || {
        format!("not declined but {error:?}")
    })
}
