//! What a finished task cost, as far as that can be told.
//!
//! The vendor sends no price with a task. What the app says it used counts first; then what went in, which
//! the vendor sends back; then what was expected when it was submitted, which the handle remembers. Either way the
//! figure is made from the configured prices.

use kling_core::{Cost, CostSource, Money};
use serde_json::Value;

use crate::Config;
use crate::models::DEFAULT_SECONDS;
use crate::wire::Task;

/// The most units that are believed: no app makes more images, or seconds, in one task.
const MAX_UNITS: u32 = 60;

/// What a completed task cost; `None` when nothing tells. `expected` is what the handle remembers.
pub(crate) fn of(task: &Task, config: &Config, expected: Option<Money>) -> Option<Cost> {
    let known = used(&task.output, config).or_else(|| asked(task, config));
    let amount = known.or(expected)?;
    Some(Cost {
        amount,
        source: CostSource::Computed,
    })
}

/// From `output_meta`: what the app reported as used. The documentation says that it is taken out of
/// answers, so it is rarely there.
fn used(output: &Value, config: &Config) -> Option<Money> {
    let outputs = output.get("output_meta")?.get("outputs")?.as_array()?;
    let amounts: Option<Vec<Money>> = outputs.iter().map(|item| one(item, config)).collect();
    amounts
        .filter(|amounts| !amounts.is_empty())
        .map(|amounts| amounts.into_iter().sum())
}

fn one(item: &Value, config: &Config) -> Option<Money> {
    match item.get("type")?.as_str()? {
        "image" => Some(
            config
                .image_usd
                .times(units(item.get("count")).unwrap_or(1)),
        ),
        "video" => Some(second(item.get("resolution"), config).times(units(item.get("seconds"))?)),
        _ => None,
    }
}

/// From what was asked for. An edited video is as long as its clip, which the vendor does not tell.
fn asked(task: &Task, config: &Config) -> Option<Money> {
    if task.output.get("image").is_some() {
        let count = units(task.input.get("n")).unwrap_or(1);
        return Some(config.image_usd.times(count));
    }
    let input = task.input.as_object()?;
    task.output.get("video")?;
    if input.get("reference_video_type").and_then(Value::as_str) == Some("base") {
        return None;
    }
    let seconds = units(input.get("duration")).unwrap_or(u32::from(DEFAULT_SECONDS));
    Some(second(input.get("resolution"), config).times(seconds))
}

/// What a second costs at this resolution; the app's own choice is the finer one.
fn second(resolution: Option<&Value>, config: &Config) -> Money {
    match resolution.and_then(Value::as_str) {
        Some("720p") => config.video_second_720p_usd,
        _ => config.video_second_usd,
    }
}

/// A positive number of units, a part of one counting whole.
fn units(value: Option<&Value>) -> Option<u32> {
    let number = value?.as_f64()?.ceil();
    (1..=MAX_UNITS).find(|units| f64::from(*units) >= number && number >= 1.0)
}
