//! How a job ends, as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Corrupt, REVISION, decode, encode};
use crate::event::Ending;
use crate::reason::Reason;

#[derive(Serialize, Deserialize)]
struct StoredEnding {
    revision: u32,
    kind: String,
    #[serde(default)]
    reasons: Vec<StoredReason>,
    #[serde(default)]
    charged: Option<bool>,
}

#[derive(Serialize, Deserialize)]
struct StoredReason {
    code: String,
    #[serde(default)]
    args: BTreeMap<String, String>,
}

/// An ending as text.
pub(in crate::store) fn write_ending(ending: &Ending) -> String {
    let (kind, reasons, charged) = match ending {
        Ending::Result => ("result", Vec::new(), None),
        Ending::Refused { reasons } => ("refused", reasons.iter().map(stored).collect(), None),
        Ending::Failed { reason } => ("failed", vec![stored(reason)], None),
        Ending::Cancelled { charged } => ("cancelled", Vec::new(), *charged),
        Ending::Expired => ("expired", Vec::new(), None),
    };
    encode(&StoredEnding {
        revision: REVISION,
        kind: kind.to_owned(),
        reasons,
        charged,
    })
}

/// The ending in a text that [`write_ending`] wrote, in this version or an earlier one.
pub(in crate::store) fn read_ending(text: &str) -> Result<Ending, Corrupt> {
    let stored: StoredEnding = decode(text, "ending")?;
    let mut reasons = stored.reasons.into_iter().map(read_reason);
    match stored.kind.as_str() {
        "result" => Ok(Ending::Result),
        "refused" => Ok(Ending::Refused {
            reasons: reasons.collect(),
        }),
        "failed" => Ok(Ending::Failed {
            reason: reasons.next().ok_or("reason")?,
        }),
        "cancelled" => Ok(Ending::Cancelled {
            charged: stored.charged,
        }),
        "expired" => Ok(Ending::Expired),
        _ => Err("ending"),
    }
}

fn stored(reason: &Reason) -> StoredReason {
    StoredReason {
        code: reason.code.clone().into_owned(),
        args: reason
            .args
            .iter()
            .map(|(name, value)| (name.clone().into_owned(), value.clone()))
            .collect(),
    }
}

fn read_reason(stored: StoredReason) -> Reason {
    stored
        .args
        .into_iter()
        .fold(Reason::new(stored.code), |reason, (name, value)| {
            reason.with(name, value)
        })
}
