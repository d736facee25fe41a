//! What people may write, and what they are told when they may not.

use super::*;

#[derive(Debug, Deserialize)]
struct Table {
    #[serde(default, deserialize_with = "optional_address")]
    address: Option<Url>,
    #[serde(default, deserialize_with = "humane")]
    time: Duration,
    #[serde(default = "none", deserialize_with = "dollars")]
    price: Money,
}

const fn none() -> Money {
    Money::ZERO
}

fn read(json: &str) -> Result<Table, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

fn url(text: &str) -> Url {
    Url::parse(text).expect("a URL")
}

fn base(text: &str, policy: BasePolicy) -> Option<String> {
    let checked = check_base("base_url", &url(text), policy);
    checked.err().map(|error| error.to_string())
}

#[test]
fn lengths_of_time_have_units_and_amounts_may_be_quoted() {
    let table = read(r#"{"time": "1m 30s", "price": 0.1176}"#).expect("a table");
    let quoted = read(r#"{"price": "0.11760"}"#).expect("a table");

    assert_eq!(table.time, Duration::from_secs(90));
    assert_eq!(table.price, Money::from_nanodollars(117_600_000));
    assert_eq!(quoted.price, table.price);
    for wrong in [
        r#"{"time": "300"}"#,
        r#"{"time": 300}"#,
        r#"{"price": "cheap"}"#,
        r#"{"price": true}"#,
        r#"{"price": "$1"}"#,
        r#"{"address": 7}"#,
        r#"{"address": "api.example.com"}"#,
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
    let told = read(r#"{"time": "300"}"#).expect_err("no unit");
    assert!(told.contains("such as 90s or 5m"), "{told}");
    for (wrong, example) in [
        (r#"{"time": 300}"#, "in quotes, such as \"90s\""),
        (r#"{"address": 7}"#, "such as \"https://api.example.com\""),
        (
            r#"{"address": "nonsense"}"#,
            "such as https://api.example.com",
        ),
        (r#"{"price": true}"#, "such as 0.05"),
    ] {
        let told = read(wrong).expect_err("wrong");
        assert!(told.contains(example), "{told}");
    }
    let secret = read(r#"{"address": "https://me:pw@"}"#).expect_err("no host");
    assert!(!secret.contains("pw"), "{secret}");
    let address = read(r#"{"address": "https://example.com"}"#).expect("an address");
    assert_eq!(address.address, Some(url("https://example.com")));
}

#[test]
fn plain_http_is_for_this_machine_unless_the_operator_insists() {
    for fine in [
        "https://gateway.example.com/v",
        "http://localhost:1",
        "http://127.8.0.1",
        "http://[::1]:8080/aimlapi/",
    ] {
        assert_eq!(base(fine, BasePolicy::of(false)), None, "{fine}");
    }
    let told = base("http://gateway.example.com", BasePolicy::of(false)).expect("plain http");
    assert!(
        told.starts_with("base_url leads to `gateway.example.com`"),
        "{told}"
    );
    assert!(told.contains("allow_insecure = true"), "{told}");
    assert_eq!(
        base("http://gateway.example.com", BasePolicy::of(true)),
        None
    );
}

#[test]
fn an_address_that_nothing_can_lie_below_is_refused() {
    for wrong in [
        "ftp://api.example.com",
        "https://me:pw@api.example.com",
        "https://api.example.com/?key=1",
        "https://api.example.com/#a",
        "data:text/plain,x",
    ] {
        let told = base(wrong, BasePolicy::of(true)).expect("refused");
        assert!(
            told.contains("without user name, query or fragment"),
            "{told}"
        );
        assert!(!told.contains("pw"), "{told}");
    }
}

#[test]
fn what_is_out_of_range_is_told_the_range() {
    let told = |checked: Result<(), SettingError>| checked.expect_err("out of range").to_string();
    let times = (Duration::from_millis(100), Duration::from_hours(1));

    assert!(check_time("t", Duration::from_hours(1), times).is_ok());
    assert_eq!(
        told(check_time("t", Duration::ZERO, times)),
        "t is out of range: it takes 100ms to 1h"
    );
    assert!(check_number("n", 10, (1, 10)).is_ok());
    assert_eq!(
        told(check_number("n", 11, (1, 10))),
        "n is out of range: it takes 1 to 10"
    );
    assert!(check_price("p", Money::from_microdollars(1)).is_ok());
    for wrong in [Money::ZERO, Money::from_nanodollars(100_000_000_001)] {
        assert!(told(check_price("p", wrong)).contains("at most 100 dollars"));
    }
    let key = |text| check_key(&Secret::new(text).expect("not empty"));
    assert!(key("sk-1").is_ok());
    assert!(key("sk 1").is_err() && key("sk\u{e9}").is_err());
}

#[test]
fn endpoints_lie_below_the_path_of_the_base() {
    for (base, expected) in [
        (
            "https://api.example.com",
            "https://api.example.com/v2/a%2Fb",
        ),
        ("http://[::1]:1/base/", "http://[::1]:1/base/v2/a%2Fb"),
        ("http://[::1]:1/base", "http://[::1]:1/base/v2/a%2Fb"),
    ] {
        assert_eq!(endpoint(&url(base), &["v2", "a/b"]).as_str(), expected);
    }
}
