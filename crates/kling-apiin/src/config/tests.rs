//! What an operator may write, and what each mistake is told.

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
    assert_eq!(
        config.credit_usd,
        Money::parse_dollars("0.01").expect("a cent")
    );
}

#[test]
fn a_table_is_read_in_humane_spelling() {
    let config = read(
        r#"{"base_url": "http://127.0.0.1:4700/apiin/api/v1", "request_timeout": "1m 30s",
            "credit_usd": 0.002, "prompt_chars": 2500, "multi_shot_images": 4,
            "unknown_task_grace": "0s"}"#,
    )
    .expect("a table");

    assert_eq!(config.request_timeout, Duration::from_secs(90));
    assert_eq!(config.credit_usd, Money::from_microdollars(2_000));
    assert_eq!((config.prompt_chars, config.multi_shot_images), (2500, 4));
    assert_eq!(config.unknown_task_grace, Duration::ZERO);
    assert!(config.is_loopback() && config.validate().is_ok());
}

#[test]
fn a_price_is_read_to_the_last_digit_in_every_spelling() {
    for (written, nanodollars) in [
        ("0.01", 10_000_000),
        ("\"0.01\"", 10_000_000),
        ("0.0021", 2_100_000),
        ("1e-3", 1_000_000),
        ("2", 2_000_000_000),
        ("0.000000001", 1),
    ] {
        let config = read(&format!(r#"{{"credit_usd": {written}}}"#)).expect(written);
        assert_eq!(config.credit_usd.as_nanodollars(), nanodollars, "{written}");
    }
    for wrong in ["\"cheap\"", "true", "0.0000000001", "[1]", "\"\""] {
        assert!(
            read(&format!(r#"{{"credit_usd": {wrong}}}"#)).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn an_unknown_key_is_told_the_valid_ones() {
    let error = read(r#"{"api_key": "aio_1"}"#).expect_err("an unknown key");

    assert!(error.contains("unknown field `api_key`"), "{error}");
    assert!(error.contains("`base_url`, `request_timeout`"), "{error}");
}

#[test]
fn what_is_out_of_range_is_told_the_range() {
    for (json, range) in [
        (
            r#"{"base_url": "http://gateway.example.com"}"#,
            "leads to `gateway.example.com`",
        ),
        (r#"{"base_url": "ftp://apiin.one"}"#, "without user name"),
        (r#"{"request_timeout": "1ms"}"#, "100ms to 1h"),
        (r#"{"credit_usd": 0}"#, "more than 0"),
        (r#"{"credit_usd": "-0.01"}"#, "more than 0"),
        (r#"{"credit_usd": 101}"#, "at most 100 dollars"),
        (r#"{"prompt_chars": 0}"#, "1 to 6000"),
        (r#"{"prompt_chars": 6001}"#, "1 to 6000"),
        (r#"{"multi_shot_images": 0}"#, "1 to 10"),
        (r#"{"multi_shot_images": 11}"#, "1 to 10"),
        (r#"{"unknown_task_grace": "2h"}"#, "0s to 1h"),
    ] {
        let error = read(json).expect(json).validate().expect_err(json);
        assert!(error.to_string().contains(range), "{json}: {error}");
    }
}

#[test]
fn endpoints_lie_below_the_path_of_the_base_and_ids_cannot_leave_it() {
    for (base, id, expected) in [
        (
            "https://apiin.one/api/v1",
            "n1_kio1",
            "https://apiin.one/api/v1/tasks/n1_kio1",
        ),
        (
            "http://[::1]:1/apiin/api/v1/",
            "a b",
            "http://[::1]:1/apiin/api/v1/tasks/a%20b",
        ),
        (
            "http://[::1]:1/v1",
            "../x?y#z",
            "http://[::1]:1/v1/tasks/..%2Fx%3Fy%23z",
        ),
    ] {
        assert_eq!(at(base).endpoint(&["tasks", id]).as_str(), expected);
    }
}
