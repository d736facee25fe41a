//! JSON as text: trees of anything, an ordinary reply with wrong things in it, deep nests, and what is no JSON any more.
//!
//! Text and not values, because a number may be larger than any type that it could be read into.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

/// Names that vendors give to fields, besides those of the sample.
const NAMES: [&str; 24] = [
    "data",
    "status",
    "state",
    "id",
    "task_id",
    "error",
    "message",
    "detail",
    "title",
    "code",
    "type",
    "name",
    "output",
    "image",
    "images",
    "video",
    "url",
    "uri",
    "meta",
    "usage",
    "credits_used",
    "usd_spent",
    "items",
    "success",
];

/// Values that are often read wrongly. Some are beyond every number type, some beyond every string.
const ODD: [&str; 22] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "1.5",
    "10",
    "429",
    "1e308",
    "1e999",
    "-0.0",
    "18446744073709551616",
    "99999999999999999999999999999999999999999999999999999999999999999999999999999999",
    r#""""#,
    r#"" ""#,
    r#""NaN""#,
    r#""\u0000""#,
    r#""\ud800""#,
    r#""failed""#,
    r#""completed""#,
    "[]",
    "{}",
];

/// JSON, mostly, made around `sample`, an ordinary reply; every text in it is one of `words`, or a short odd one.
pub fn json(sample: &str, words: &[String]) -> impl Strategy<Value = String> + use<> {
    let sample: Value = serde_json::from_str(sample).unwrap_or_default();
    let mut names: BTreeSet<String> = NAMES.iter().map(|&name| name.to_owned()).collect();
    collect_names(&sample, &mut names);
    let names: Vec<String> = names.into_iter().collect();
    let nodes = count(&sample);

    let tree = tree(&names, words).boxed();
    let wrong =
        vec((any::<Index>(), proptest::option::of(tree.clone())), 1..4).prop_map(move |changes| {
            let changes = changes
                .into_iter()
                .map(|(place, change)| (place.index(nodes), change));
            let mut text = String::new();
            render(&sample, &mut 0, &changes.collect(), &mut text);
            text
        });
    let deep = (1..3_000_usize, any::<bool>()).prop_map(|(depth, is_list)| {
        let (open, shut) = if is_list {
            ("[", "]")
        } else {
            (r#"{"data":"#, "}")
        };
        format!("{}1{}", open.repeat(depth), shut.repeat(depth))
    });
    let cut = (tree.clone(), any::<Index>()).prop_map(|(text, end)| {
        let chars = text.chars().count();
        text.chars().take(end.index(chars.max(1))).collect()
    });
    prop_oneof![6 => wrong, 4 => tree, 1 => deep, 1 => cut]
}

/// Trees of anything, some levels deep.
fn tree(names: &[String], words: &[String]) -> impl Strategy<Value = String> + use<> {
    let odd = select(ODD.to_vec()).prop_map(str::to_owned);
    let texts: Vec<String> = words
        .iter()
        .map(|word| Value::from(word.as_str()).to_string())
        .collect();
    let leaf = if texts.is_empty() {
        odd.boxed()
    } else {
        prop_oneof![odd, select(texts)].boxed()
    };
    let names = names.to_vec();
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let list = vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(",")));
        let object = btree_map(select(names.clone()), inner, 0..5).prop_map(|fields| {
            let fields: Vec<String> = fields
                .into_iter()
                .map(|(name, value)| format!("{}:{value}", Value::from(name)))
                .collect();
            format!("{{{}}}", fields.join(","))
        });
        prop_oneof![list, object]
    })
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                names.insert(name.clone());
                collect_names(value, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_names(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// How many values there are in a value, itself included.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Object(fields) => fields.values().map(count).sum(),
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// Writes a value down. Those whose number (the whole is 0, then in order) is among the changes are replaced, or left
/// out with their name.
fn render(
    value: &Value,
    number: &mut usize,
    changes: &BTreeMap<usize, Option<String>>,
    text: &mut String,
) -> bool {
    let this = *number;
    *number += 1;
    match changes.get(&this) {
        None => {}
        Some(change) => {
            // What lies below is passed over, and keeps its numbers.
            *number += count(value) - 1;
            text.push_str(change.as_deref().unwrap_or_default());
            return change.is_some();
        }
    }
    match value {
        Value::Object(fields) => {
            let parts = fields.iter().filter_map(|(name, value)| {
                let mut part = format!("{}:", Value::from(name.as_str()));
                render(value, number, changes, &mut part).then_some(part)
            });
            let parts: Vec<String> = parts.collect();
            text.extend(["{", &parts.join(","), "}"]);
        }
        Value::Array(items) => {
            let parts = items.iter().filter_map(|item| {
                let mut part = String::new();
                render(item, number, changes, &mut part).then_some(part)
            });
            let parts: Vec<String> = parts.collect();
            text.extend(["[", &parts.join(","), "]"]);
        }
        plain => text.push_str(&plain.to_string()),
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arbitrary::some;

    #[test]
    fn any_value_of_a_sample_is_replaced_or_left_out() {
        let sample: Value = serde_json::from_str(r#"{"a":[1,{"b":2}],"c":3}"#).unwrap();
        let changed = |changes: &[(usize, Option<&str>)]| {
            let changes = changes
                .iter()
                .map(|(place, change)| (*place, change.map(str::to_owned)));
            let mut text = String::new();
            render(&sample, &mut 0, &changes.collect(), &mut text);
            text
        };

        assert_eq!(count(&sample), 6);
        assert_eq!(changed(&[(4, Some("[]"))]), r#"{"a":[1,{"b":[]}],"c":3}"#);
        assert_eq!(changed(&[(1, None), (5, Some("null"))]), r#"{"c":null}"#);
        assert_eq!(changed(&[(2, None)]), r#"{"a":[{"b":2}],"c":3}"#);
        assert_eq!(changed(&[(0, Some("7"))]), "7");
    }

    #[test]
    fn there_is_json_of_all_sorts_and_some_that_is_none() {
        let words = ["a word".to_owned()];
        let made = some(&json(r#"{"id":"x","status":1}"#, &words), 300).unwrap();

        let read = |text: &String| serde_json::from_str::<Value>(text).is_ok();
        let good = made.iter().filter(|text| read(text)).count();
        assert!((100..300).contains(&good), "{good}");
        assert!(made.iter().any(|text| text.contains("a word")));
        assert!(made.iter().any(|text| text.starts_with("[[[[[[[[")));
        assert!(made.iter().any(|text| text.contains(r#""id""#)));
    }
}
