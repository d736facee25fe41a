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
fn a_bare_number_is_no_length_of_time() {
    assert!(read(r#"{"request_timeout": "300"}"#).is_err());
    assert!(read(r#"{"request_timeout": 300}"#).is_err());
}

#[test]
fn plain_http_is_for_this_machine_unless_the_operator_insists() {
    for fine in [
        "https://gateway.example.com/v",
        "http://localhost:1",
        "http://127.8.0.1",
        "http://[::1]:8080/aimlapi/",
    ] {
        assert!(at(fine).validate().is_ok(), "{fine}");
    }

    let error = at("http://gateway.example.com")
        .validate()
        .expect_err("plain http");
    assert!(
        error.to_string().contains("`gateway.example.com`"),
        "{error}"
    );

    let insisted = Config {
        allow_insecure: true,
        ..at("http://gateway.example.com")
    };
    assert!(insisted.validate().is_ok());
}

#[test]
fn an_address_that_cannot_be_a_base_is_refused() {
    for wrong in [
        "ftp://api.aimlapi.com",
        "https://me:pw@api.aimlapi.com",
        "https://api.aimlapi.com/?key=1",
        "data:text/plain,x",
    ] {
        assert!(
            matches!(at(wrong).validate(), Err(ConfigError::BaseUrl)),
            "{wrong}"
        );
    }
}

#[test]
fn endpoints_lie_below_the_path_of_the_base() {
    for (base, expected) in [
        (
            "https://api.aimlapi.com",
            "https://api.aimlapi.com/v2/billing",
        ),
        (
            "http://[::1]:1/aimlapi/",
            "http://[::1]:1/aimlapi/v2/billing",
        ),
        (
            "http://[::1]:1/aimlapi",
            "http://[::1]:1/aimlapi/v2/billing",
        ),
    ] {
        assert_eq!(at(base).endpoint(&["v2", "billing"]).as_str(), expected);
    }
}

#[test]
fn what_a_second_of_video_costs_is_typed_as_dollars() {
    for typed in ["0.1176", "\"0.1176\"", "\"0.11760\""] {
        let config = read(&format!(r#"{{"video_second_usd": {typed}}}"#)).expect("an amount");
        assert_eq!(config.video_second_usd, Config::default().video_second_usd);
    }
    for wrong in ["\"cheap\"", "true", "\"$1\""] {
        assert!(
            read(&format!(r#"{{"video_second_usd": {wrong}}}"#)).is_err(),
            "{wrong}"
        );
    }
    for out_of_range in ["0", "-1.5", "100.01"] {
        let config = read(&format!(r#"{{"video_second_usd": {out_of_range}}}"#));
        let refused = config.expect("an amount").validate();
        assert!(matches!(refused, Err(ConfigError::VideoSecondUsd)));
    }
}

#[test]
fn the_grace_for_unknown_videos_has_an_end() {
    let with = |grace: &str| {
        let config = read(&format!(r#"{{"unknown_task_grace": "{grace}"}}"#)).expect("a grace");
        config.validate()
    };

    assert!(with("0s").is_ok() && with("1h").is_ok());
    assert!(matches!(with("61m"), Err(ConfigError::Grace)));
}
