//! What an operator may write, and what they are told when they may not.

use super::*;

fn read(json: &str) -> Result<Config, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

#[track_caller]
fn refused(json: &str) -> String {
    let config = read(json).expect("a table");
    config.validate().expect_err("it cannot work").to_string()
}

#[test]
fn the_defaults_are_valid_and_are_what_an_empty_table_means() {
    let config = read("{}").expect("an empty table");

    assert_eq!(config, Config::default());
    assert!(config.validate().is_ok());
    assert_eq!(config.webhook_base_url, None);
    // What the vendor's own client waits, and for how long it bears silence.
    assert_eq!(config.stream_reconnect_after, Duration::from_secs(1));
    assert_eq!(config.stream_idle_timeout, Duration::from_secs(30));
}

#[test]
fn a_table_is_read_in_humane_spelling() {
    let config = read(
        r#"{"base_url": "http://127.0.0.1:4700/inferencesh", "request_timeout": "1m 30s",
            "status_table": "legacy", "stream": "sse", "infra": "private_first",
            "workers": ["w1"], "image_app": "klingai/image-o1@0pbaxv40",
            "image_usd": "0.03", "video_second_usd": 0.2, "video_second_720p_usd": "0.1",
            "setup": {"warm": true}, "metadata": {"team": "art"},
            "session": "new", "session_timeout": "10m", "unknown_task_grace": "0s",
            "webhook_base_url": "http://127.0.0.1:9/hook"}"#,
    )
    .expect("a table");

    assert_eq!(config.request_timeout, Duration::from_secs(90));
    assert_eq!(config.status_table, StatusTable::Legacy);
    assert_eq!(config.session_timeout, Some(Duration::from_mins(10)));
    assert_eq!(config.unknown_task_grace, Duration::ZERO);
    assert_eq!(config.image_usd, Money::from_microdollars(30_000));
    assert_eq!(config.video_second_usd, Money::from_microdollars(200_000));
    assert_eq!(
        config.video_second_720p_usd,
        Money::from_microdollars(100_000)
    );
    assert_eq!(config.metadata["team"], "art");
    assert_eq!(config.infra.map(Infra::as_str), Some("private_first"));
    assert!(config.is_loopback() && config.validate().is_ok());
}

#[test]
fn an_unknown_key_is_told_the_valid_ones() {
    let error = read(r#"{"api_key": "inf_1"}"#).expect_err("an unknown key");

    assert!(error.contains("unknown field `api_key`"), "{error}");
    assert!(error.contains("`base_url`, `request_timeout`"), "{error}");
}

#[test]
fn plain_http_is_for_this_machine_unless_the_operator_insists() {
    for key in ["base_url", "webhook_base_url"] {
        let error = refused(&format!(r#"{{"{key}": "http://gateway.example.com"}}"#));
        assert!(
            error.starts_with(key) && error.contains("`gateway.example.com`"),
            "{error}"
        );
    }
    let insisted = r#"{"base_url": "http://gateway.example.com", "allow_insecure": true}"#;
    assert!(read(insisted).expect("a table").validate().is_ok());
}

#[test]
fn a_webhook_to_this_machine_is_for_a_vendor_on_this_machine() {
    let error = refused(r#"{"webhook_base_url": "http://127.0.0.1:8080/hook"}"#);

    assert!(error.contains("public address"), "{error}");
}

#[test]
fn what_cannot_work_is_told_with_what_would() {
    for (json, expected) in [
        (r#"{"base_url": "ftp://api.inference.sh"}"#, "https://"),
        (
            r#"{"base_url": "https://me:pw@api.inference.sh"}"#,
            "without user name",
        ),
        (
            r#"{"webhook_base_url": "https://bot.example.com/?a=1"}"#,
            "query",
        ),
        (
            r#"{"upload_timeout": "2h"}"#,
            "upload_timeout is out of range",
        ),
        (
            r#"{"stream_reconnect_after": "2h"}"#,
            "stream_reconnect_after is out of range",
        ),
        (
            r#"{"unknown_task_grace": "61m"}"#,
            "unknown_task_grace is out of range: it takes 0s to 1h",
        ),
        (r#"{"image_app": "image-o1"}"#, "namespace/name"),
        (r#"{"video_app": "klingai/../x"}"#, "namespace/name"),
        (r#"{"prompt_chars": 0}"#, "1 to 6000"),
        (r#"{"image_usd": 0}"#, "image_usd"),
        (r#"{"video_second_usd": -1}"#, "video_second_usd"),
        (r#"{"video_second_720p_usd": 0}"#, "video_second_720p_usd"),
        (r#"{"workers": ["w1"]}"#, "private"),
        (r#"{"session": ""}"#, "\"new\""),
        (r#"{"session": "two words"}"#, "\"new\""),
        (
            r#"{"session": "new", "session_timeout": "2h"}"#,
            "session_timeout is out of range: it takes 1s to 1h",
        ),
        (r#"{"session": "s1", "session_timeout": "1m"}"#, "new"),
    ] {
        let error = refused(json);
        assert!(error.contains(expected), "{json}: {error}");
    }
    for json in [
        r#"{"request_timeout": "300"}"#,
        r#"{"infra": "moon"}"#,
        r#"{"stream": "carrier-pigeon"}"#,
        r#"{"status_table": "newest"}"#,
        r#"{"webhook_base_url": 7}"#,
    ] {
        assert!(read(json).is_err(), "{json}");
    }
}

#[test]
fn endpoints_lie_below_the_path_of_the_base() {
    for base in ["http://[::1]:1/inferencesh/", "http://[::1]:1/inferencesh"] {
        let config = Config {
            base_url: Url::parse(base).expect("a URL"),
            ..Config::default()
        };
        assert_eq!(
            config.endpoint(&["tasks", "a/b", "stream"]).as_str(),
            "http://[::1]:1/inferencesh/tasks/a%2Fb/stream"
        );
    }
}
