//! Decode errors: where, and never what.

use std::collections::HashMap;
use std::error::Error as _;

use kling_core::ProviderError;
use proptest::prelude::*;
use serde::Deserialize;

use super::{bytes, unexpected};

#[derive(Debug, Deserialize)]
struct Answer {
    #[expect(dead_code, reason = "only read by serde")]
    data: Vec<Item>,
}

#[derive(Debug, Deserialize)]
struct Item {
    #[expect(dead_code, reason = "only read by serde")]
    url: String,
    #[expect(dead_code, reason = "only read by serde")]
    kind: Kind,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Image,
}

#[track_caller]
fn check(body: &str, path: &str, source: &str) {
    let error = bytes::<Answer>(body.as_bytes()).expect_err("a misfit");

    assert_eq!(
        error.to_string(),
        format!("unexpected answer from the provider at `{path}`")
    );
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some(source)
    );
}

#[test]
fn a_misfit_is_named_by_its_place() {
    check(
        r#"{"data":[{"kind":"image"}]}"#,
        "$.data[0]",
        "a field is missing: url",
    );
    check(
        r#"{"data":[{"url":7,"kind":"image"}]}"#,
        "$.data[0].url",
        "a value of another type: integer",
    );
    check(
        r#"{"data":null}"#,
        "$.data",
        "a value of another type: null",
    );
    check(
        r#"{"data":"a secret"}"#,
        "$.data",
        "a value of another type: string",
    );
    check(
        r#"{"data":[{"url":"u","kind":"my private words"}]}"#,
        "$.data[0].kind",
        "a word is not known",
    );
}

#[test]
fn what_is_not_json_at_all_is_said_so() {
    check("", "$", "an empty body");
    check(
        "\n <html><body>502</body></html>",
        "$",
        "a web page instead of JSON",
    );
    check("oh no", "$", "not JSON");
    check(r#"{"data":[]} and more"#, "$", "more after the JSON");
    check(
        r#"{"data":[{"url":"https://signed"#,
        "$",
        "JSON that breaks off",
    );
}

#[test]
fn a_key_that_is_no_field_name_is_not_shown() {
    let body = r#"{"a cat with, my secret": 1}"#;

    let error = bytes::<HashMap<String, String>>(body.as_bytes()).expect_err("a misfit");

    assert!(matches!(error, ProviderError::Protocol { ref path, .. } if path == "$.*"));
}

#[test]
fn a_vendor_can_say_itself_what_it_misses() {
    let error = unexpected("$.data", "an empty list");

    assert!(matches!(error, ProviderError::Protocol { ref path, .. } if path == "$.data"));
    assert_eq!(
        error.source().map(ToString::to_string).as_deref(),
        Some("an empty list")
    );
}

proptest! {
    #[test]
    fn no_value_is_ever_quoted(words in "[a-z`\", :]{0,30}") {
        let secret = format!("zq9{words}zq9");
        let quoted = serde_json::to_string(&secret).expect("a string");
        for body in [
            quoted.clone(),
            format!(r#"{{"data":{quoted}}}"#),
            format!(r#"{{"data":[{{"url":"u","kind":{quoted}}}]}}"#),
            format!(r#"{{"data":[{quoted}]}}"#),
            format!(r#"{{"data":{{{quoted}:1}}}}"#),
            secret.clone(),
        ] {
            let error = bytes::<Answer>(body.as_bytes()).expect_err("a misfit");
            let shown = format!("{error} {:?} {error:?}", error.source().map(ToString::to_string));

            prop_assert!(!shown.contains("zq9"), "{shown}");
        }
    }
}
