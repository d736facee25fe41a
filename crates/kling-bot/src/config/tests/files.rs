//! The files of the `config` folder say what is true.

use super::*;

const EXAMPLE: &str = include_str!("../../../../../config/kling.example.toml");
const DEMO: &str = include_str!("../../../../../config/kling.demo.toml");

/// The example with every setting taken out of its comment; of the two ways to name a key, the first.
fn uncommented() -> String {
    let setting = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        let is_key = line.contains(" = ")
            && name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        (is_key && !line.contains("{ file =")) || line.starts_with("[providers.")
    };
    EXAMPLE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(rest) if setting(rest) => format!("{rest}\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}

#[test]
fn the_example_has_every_key_with_its_default() {
    let file = uncommented();
    let example = fine(
        &file,
        &[(
            "KLING__ARCHIVE__PUBLIC_BASE_URL",
            "https://files.example.com/",
        )],
    );
    let default = fine("", &[]);

    let shown = |config: &Config<Chat>| {
        format!(
            "{:?} {:?} {:?} {:?}",
            config.limits, config.jobs, config.log, config.server
        )
    };
    assert_eq!(shown(&example), shown(&default));
    assert_eq!(
        example.archive.max_input_size,
        default.archive.max_input_size
    );
    assert_eq!(example.archive.max_size, default.archive.max_size);
    assert_eq!(example.archive.min_free, default.archive.min_free);
    assert_eq!(example.archive.region, default.archive.region);
    let keys = |table: &str| {
        let all = file.parse::<toml::Table>().expect("TOML");
        let table = all[table].as_table().expect("a table");
        table.keys().cloned().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(keys("store"), "state_folder url");
    assert_eq!(
        keys("archive"),
        "access_key_id allow_insecure endpoint max_input_size max_size min_free path_style \
         public_base_url region secret_access_key session_token url"
    );
    assert_eq!(keys("server"), "listen");
    assert_eq!(
        keys("limits"),
        "drift_alarm_percent jobs_per_channel_per_day jobs_per_day jobs_per_requester_per_day \
         jobs_per_workspace_per_day open_jobs open_jobs_per_channel open_jobs_per_requester \
         open_jobs_per_workspace spend_per_channel_per_day spend_per_channel_per_month spend_per_day \
         spend_per_month spend_per_requester_per_day spend_per_requester_per_month \
         spend_per_workspace_per_day spend_per_workspace_per_month unknown_price"
    );
    assert_eq!(
        keys("jobs"),
        "drain_timeout expire_after input_retention lease retention status_every submissions_per_provider"
    );
    assert_eq!(keys("log"), "format level");
}

#[test]
fn the_example_as_it_stands_changes_nothing() {
    assert!(fine(EXAMPLE, &[]).platform == Chat::default());
}

#[test]
fn the_demo_stays_on_this_machine() {
    let config = fine(DEMO, &[("AIMLAPI_API_KEY", "demo")]);

    let base_url = config.providers[0].base_url.as_ref().expect("an address");
    assert!(kling_http::is_loopback(base_url));
    assert_eq!(config.limits.requester.open_jobs, None);
}
