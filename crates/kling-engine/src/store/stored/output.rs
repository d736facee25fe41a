//! What came out of a task, as JSON; bytes that came inline stand in rows of their own.

use bytes::Bytes;
use kling_core::{AssetUrl, Cost, CostSource, MediaType, Money, Output, OutputAsset, OutputSource};
use serde::{Deserialize, Serialize};

use super::{Corrupt, REVISION, decode, encode};

#[derive(Serialize, Deserialize)]
struct StoredOutput {
    revision: u32,
    assets: Vec<StoredAsset>,
    #[serde(default)]
    cost: Option<StoredCost>,
}

/// An asset without an address came inline.
#[derive(Serialize, Deserialize)]
struct StoredAsset {
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    media_type: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct StoredCost {
    amount: i64,
    source: String,
}

/// Bytes that came inline, by the asset's place.
pub(in crate::store) type InlineBytes = Vec<(usize, Bytes)>;

/// An output as text, and its bytes apart.
pub(in crate::store) fn write_output(output: &Output) -> (String, InlineBytes) {
    let mut inline = InlineBytes::new();
    let mut assets = Vec::with_capacity(output.assets.len());
    for (place, asset) in output.assets.iter().enumerate() {
        let url = match &asset.source {
            OutputSource::Url(url) => Some(url.expose().as_str().to_owned()),
            OutputSource::Inline(bytes) => {
                inline.push((place, bytes.clone()));
                None
            }
        };
        assets.push(StoredAsset {
            url,
            media_type: asset.media_type.map(|kind| kind.mime().to_owned()),
        });
    }
    let stored = StoredOutput {
        revision: REVISION,
        assets,
        cost: output.cost.map(|cost| StoredCost {
            amount: cost.amount.as_nanodollars(),
            source: match cost.source {
                CostSource::Reported => "reported",
                CostSource::Computed => "computed",
            }
            .to_owned(),
        }),
    };
    (encode(&stored), inline)
}

/// The output in a text that [`write_output`] wrote. Inline assets are empty until
/// their bytes are put back.
pub(in crate::store) fn read_output(text: &str) -> Result<Output, Corrupt> {
    let stored: StoredOutput = decode(text, "output")?;
    let cost = stored.cost.map(|cost| {
        let source = match cost.source.as_str() {
            "reported" => CostSource::Reported,
            "computed" => CostSource::Computed,
            _ => return Err("cost source"),
        };
        Ok(Cost {
            amount: Money::from_nanodollars(cost.amount),
            source,
        })
    });
    Ok(Output {
        assets: stored
            .assets
            .into_iter()
            .map(read_asset)
            .collect::<Result<_, _>>()?,
        cost: cost.transpose()?,
    })
}

fn read_asset(stored: StoredAsset) -> Result<OutputAsset, Corrupt> {
    let source = match stored.url {
        Some(url) => OutputSource::Url(AssetUrl::parse(&url).map_err(|_| "output address")?),
        None => OutputSource::Inline(Bytes::new()),
    };
    let media_type = stored
        .media_type
        .map(|mime| MediaType::from_mime(&mime).ok_or("output media type"))
        .transpose()?;
    Ok(OutputAsset { source, media_type })
}
