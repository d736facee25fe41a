//! Every setting, read and checked.

use super::*;

fn at(base_url: &str) -> Config {
    Config {
        base_url: Url::parse(base_url).expect("a URL"),
        ..Config::default()
    }
}

fn read(json: &str) -> Result<Config, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[test]
fn the_defaults_are_valid_and_are_what_an_empty_table_means() {
    let config = read("{}").expect("an empty table");

    assert_eq!(config, Config::default());
    assert!(config.validate().is_ok());
    assert_eq!(config.request_timeout, Duration::from_mins(5));
}

#[test]
fn a_table_is_read_in_humane_spelling() {
    let config = read(
        r#"{"base_url": "http://127.0.0.1:4700/aimlapi", "request_timeout": "1m 30s",
            "image_urls_required": false, "provider": "fal"}"#,
    )
    .expect("a table");

    assert_eq!(config.request_timeout, Duration::from_secs(90));
    assert_eq!(config.provider, Some(Route::Fal));
    assert!(!config.image_urls_required);
    assert!(config.is_loopback() && config.validate().is_ok());
}

#[test]
fn an_unknown_key_is_told_the_valid_ones() {
    let error = read(r#"{"api_key": "sk-1"}"#).expect_err("an unknown key");

    assert!(error.contains("unknown field `api_key`"), "{error}");
    assert!(error.contains("`base_url`, `request_timeout`"), "{error}");
}

#[test]
fn what_cannot_work_is_told_by_its_name_with_what_would() {
    for (json, expected) in [
        (
            r#"{"base_url": "http://gateway.example.com"}"#,
            "base_url leads to `gateway.example.com`",
        ),
        (
            r#"{"base_url": "https://api.aimlapi.com/?key=1"}"#,
            "base_url is not usable",
        ),
        (
            r#"{"request_timeout": "1ms"}"#,
            "request_timeout is out of range: it takes 100ms to 1h",
        ),
        (r#"{"image_usd": 0}"#, "image_usd is out of range"),
        (
            r#"{"video_second_usd": 100.01}"#,
            "video_second_usd is out of range",
        ),
        (
            r#"{"unknown_task_grace": "61m"}"#,
            "unknown_task_grace is out of range: it takes 0s to 1h",
        ),
    ] {
        let refused = read(json).expect(json).validate().expect_err(json);
        assert!(refused.to_string().starts_with(expected), "{refused}");
    }
}

#[test]
fn the_default_prices_can_be_typed() {
    let config = read(r#"{"image_usd": 0.0294, "video_second_usd": "0.1176"}"#).expect("a table");

    assert_eq!(config, Config::default());
}

#[test]
fn endpoints_lie_below_the_path_of_the_base() {
    assert_eq!(
        at("http://[::1]:1/aimlapi/")
            .endpoint(&["v2", "billing"])
            .as_str(),
        "http://[::1]:1/aimlapi/v2/billing"
    );
}
