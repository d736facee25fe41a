//! What the capability does not take is refused on our side.

use kling_core::{ErrorKind, ProviderError};

use crate::Fate;
use crate::arbitrary::{requests, some};
use crate::bench::Bench;
use crate::outside;
use crate::verdict::{Verdict, broken, require};

pub(crate) async fn nothing_outside_the_capability_reaches_the_wire(bench: &Bench) -> Verdict {
    let fitting = bench.minimal()?;
    let catalogue = bench.provider.models();
    let wrong = outside::all(&fitting, &bench.model, catalogue, &bench.files)?;
    let before = bench.vendor.requests()?;

    for (name, request) in wrong {
        match bench.submit(&request).await? {
            Err(error) if error.kind() == ErrorKind::Request => {}
            other => return broken(format!("{name}: not refused as a request: {other:?}")),
        }
        let seen = bench.vendor.requests()?.saturating_sub(before);
        require(seen == 0, || {
            format!("{name}: the vendor saw {seen} requests")
        })?;
    }
    bench.nothing_charged()
}

/// How many of the requests that fit are sent.
const FITTING: usize = 12;

pub(crate) async fn whatever_fits_is_taken(bench: &Bench) -> Verdict {
    let requests = some(&requests(&bench.model, &bench.files.pool()), 8 * FITTING)?;
    let fitting = requests
        .into_iter()
        .filter(|request| bench.model.capability.check(request).is_ok());

    for (number, request) in fitting.take(FITTING).enumerate() {
        // There is no result, which is quickly made; the door is what this is about.
        bench.vendor.destine(Fate::Empty)?;
        match bench.submit(&request).await? {
            Ok(_) | Err(ProviderError::NoResult { .. } | ProviderError::Protocol { .. }) => {}
            Err(error) => return broken(format!("{request:#?} fits and is not taken: {error:?}")),
        }
        bench.submissions_are(number + 1)?;
    }
    Ok(())
}
