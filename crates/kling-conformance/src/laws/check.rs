//! What the capability does not take is refused on our side.

use kling_core::ErrorKind;

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
