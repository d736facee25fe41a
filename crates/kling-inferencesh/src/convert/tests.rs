//! Every request shape as JSON, every documented answer as what it means, and any JSON at all.

mod agreement;
mod answers;
mod requests;

use kling_core::TaskStatus;
use proptest::prelude::*;
use serde_json::Value;

use super::envelope::{self, Opened};
use super::handle::LONG_AGO;
use super::state::StatusTable;
use super::task;
use crate::Config;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (0..15_u8).prop_map(Value::from),
        "\\PC{0,24}".prop_map(Value::from),
        Just(Value::from("https://cloud.inference.sh/a.png")),
    ];
    let names = [
        "data",
        "success",
        "id",
        "status",
        "output",
        "image",
        "video",
        "uri",
        "error",
        "input",
        "output_meta",
        "outputs",
        "type",
        "count",
        "seconds",
        "n",
        "duration",
    ];
    let name = prop_oneof![
        "[a-z]{1,8}",
        prop::sample::select(names.to_vec()).prop_map(str::to_owned)
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(name.clone(), inner, 0..7)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// The settings of a vendor that numbers its states by this table.
fn numbered(status_table: StatusTable) -> Config {
    Config {
        status_table,
        ..Config::default()
    }
}

proptest! {
    #[test]
    fn arbitrary_json_is_a_status_or_a_classified_error(body in any_json(), legacy: bool) {
        let config = numbered(if legacy { StatusTable::Legacy } else { StatusTable::Current });
        if let Opened::Content(content) = envelope::open(body)
            && let Ok(told) = task::read(content)
        {
            match task::status(&told, &config, None) {
                Ok(TaskStatus::Succeeded(output)) => prop_assert!(!output.assets.is_empty()),
                Ok(_) => {}
                Err(error) => prop_assert!(["protocol", "no-result"].contains(&error.name())),
            }
            if let Err(error) = task::submission(&told, &config, None, LONG_AGO) {
                prop_assert!(["protocol", "out-of-funds"].contains(&error.name()));
            }
        }
    }
}
