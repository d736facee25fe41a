//! Each sentence of the configuration contract.

mod buckets;
mod files;
mod secrets;

use std::time::Duration;

use kling_core::Money;
use serde::Deserialize;

use super::*;

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Chat {
    base_url: Option<String>,
    allow_insecure: bool,
    application_id: Option<String>,
    shards: u32,
    rooms: Vec<String>,
}

const PART: PlatformPart = PlatformPart {
    name: "chat",
    default_listen: "127.0.0.1:8080",
    secrets: &[
        SecretKey {
            key: "token",
            env: "CHAT_TOKEN",
            required: true,
            from: "the chat's developer page",
        },
        SecretKey {
            key: "public_key",
            env: "CHAT_PUBLIC_KEY",
            required: false,
            from: "the chat's developer page",
        },
    ],
};

fn load(file: &str, environment: &[(&str, &str)]) -> Result<Config<Chat>, Vec<String>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("kling.toml");
    std::fs::write(&path, file).expect("written");
    load_at(Some(&path), environment).map_err(|errors| {
        let folder = folder.path().display().to_string();
        let lines = errors.0.iter().map(ToString::to_string);
        lines.map(|line| line.replace(&folder, "")).collect()
    })
}

fn load_at(
    file: Option<&Path>,
    environment: &[(&str, &str)],
) -> Result<Config<Chat>, ConfigErrors> {
    let environment: Environment = environment.iter().copied().collect();
    Config::load(PART, &Registry::builtin(), file, &environment)
}

fn fine(file: &str, environment: &[(&str, &str)]) -> Config<Chat> {
    load(file, environment).expect("a configuration")
}

fn wrong(file: &str, environment: &[(&str, &str)]) -> Vec<String> {
    load(file, environment).expect_err("a wrong configuration")
}

fn enabled(config: &Config<Chat>) -> Vec<&str> {
    let on = config.providers.iter();
    let on = on.filter(|settings| settings.provider.is_some());
    on.map(|settings| settings.id.as_str()).collect()
}

#[test]
fn without_a_file_the_defaults_and_the_environment_are_enough() {
    let config = load_at(None, &[("CHAT_TOKEN", "t-1"), ("AIMLAPI_API_KEY", "sk-1")])
        .expect("a configuration");

    assert_eq!(config.platform, Chat::default());
    assert_eq!(
        config.secrets.get("token").expect("a token").expose(),
        "t-1"
    );
    assert_eq!(enabled(&config), ["aimlapi"]);
    assert_eq!(config.store.url, "sqlite://kling-chat.db");
    assert_eq!(config.store.folder_beside(), "kling-chat-files");
    assert_eq!(
        config.server.listen,
        Listen::At(([127, 0, 0, 1], 8080).into())
    );
    assert_eq!(config.limits.requester.open_jobs, Some(5));
    assert!(config.missing.is_empty());
}

#[test]
fn the_environment_overrides_the_file_and_the_file_the_defaults() {
    let file = "
        [server]
        listen = 'none'
        [jobs]
        status_every = '7s'
        retention = '2 days'
    ";
    let config = fine(file, &[("KLING__JOBS__STATUS_EVERY", "9s")]);

    assert_eq!(config.server.listen, Listen::None);
    assert_eq!(config.jobs.status_every, Duration::from_secs(9));
    assert_eq!(config.jobs.retention, Duration::from_hours(48));
    assert_eq!(config.jobs.expire_after, Duration::from_hours(1));
}

#[test]
fn a_lease_is_as_short_or_long_as_works() {
    assert_eq!(fine("", &[]).jobs.lease, Duration::from_mins(1));
    assert_eq!(
        fine("jobs.lease = '500ms'", &[]).jobs.lease,
        Duration::from_millis(500)
    );
    for beyond in ["199ms", "61m"] {
        let said = wrong(&format!("jobs.lease = '{beyond}'"), &[]);
        assert!(
            said.iter().any(|line| line.contains("200 ms to 1 h")),
            "{said:?}"
        );
    }
}

#[test]
fn the_variable_database_url_overrides_the_store() {
    let file = "store.url = 'sqlite://a.db'";
    let config = fine(file, &[("DATABASE_URL", "sqlite://b.db")]);

    assert_eq!(config.store.url, "sqlite://b.db");
    assert_eq!(
        wrong(file, &[("DATABASE_URL", "mysql://me:pw@db/kling")]),
        [
            "variable DATABASE_URL: `store.url`: it is not the address of a store; write sqlite:// and a \
          file, such as sqlite://kling.db, or postgres://user@host/database"
        ]
    );
    let shared = fine(
        file,
        &[(
            "DATABASE_URL",
            "postgres://me:pw@db:5433/kling?sslmode=require",
        )],
    );
    assert_eq!(shared.store.shown(), "postgres://db:5433/kling");
    assert_eq!(shared.store.folder_beside(), "kling-files");
    assert!(!format!("{:?}", shared.store).contains("pw"));
}

#[test]
fn links_to_files_need_the_server_they_lead_to() {
    let archive = "[archive]\npublic_base_url = 'https://files.example'\n";

    assert_eq!(
        wrong(&format!("{archive}[server]\nlisten = 'none'"), &[]),
        [
            "/kling.toml:2: `archive.public_base_url`: links to files lead to the bot's own server, which is off; \
             set server.listen to an address that is reached from there"
        ]
    );
    assert!(fine(archive, &[]).archive.public_base_url.is_some());
}

#[test]
fn an_unknown_key_is_told_where_it_is_and_which_keys_are_valid() {
    let file = "[chat]\napplication_id = '1'\ntokn = 'x'\n\n[servr]\nlisten = 'none'\n\n[log]\n\
                levle = 'info'\n\n[providers.aimlapi]\nbase-url = 'x'\n\n[providers.acme]\n";

    assert_eq!(
        wrong(file, &[("KLING__STORE__URI", "x")]),
        [
            "/kling.toml:3: `chat.tokn`: unknown key; the valid keys here are base_url, \
             allow_insecure, application_id, shards, rooms, token, public_key",
            "/kling.toml:5: `servr`: unknown key; the tables are providers, chat, store, archive, \
             server, limits, jobs, log",
            "/kling.toml:9: `log.levle`: unknown key; the valid keys here are level, format",
            "/kling.toml:12: `providers.aimlapi.base-url`: unknown key; the valid keys here are \
             base_url, request_timeout, image_urls_required, allow_insecure, provider, \
             data_uris, image_usd, video_second_usd, unknown_task_grace, api_key, accounts",
            "/kling.toml:14: `providers.acme`: there is no such provider; the providers of this build \
             are aimlapi, apiin, inferencesh",
            "variable KLING__STORE__URI: `store.uri`: unknown key; the valid keys here are url, \
             state_folder",
        ]
    );
}

#[test]
fn the_table_of_another_platform_is_left_to_its_bot() {
    let config = fine("[slack]\nanything = 1\n[discord]\nbase_url = 1", &[]);

    assert_eq!(config.platform, Chat::default());
}

#[test]
fn a_wrong_variable_is_named() {
    let variables = [
        ("KLING__SERVER__LISTEN", "8080"),
        ("KLING__PROVIDERS__AIMLAPI__REQUEST_TIMEOUT", "soon"),
        ("KLING__", "x"),
    ];

    assert_eq!(
        wrong("", &variables),
        [
            "variable KLING__: it names no setting; write KLING__ and then the key with __ for each \
             dot, such as KLING__SERVER__LISTEN",
            "variable KLING__PROVIDERS__AIMLAPI__REQUEST_TIMEOUT: \
             `providers.aimlapi.request_timeout`: not a length of time: it takes numbers with units, \
             such as 90s or 5m",
            "variable KLING__SERVER__LISTEN: `server.listen`: not a place to listen: it takes an \
             address and a port, such as \"127.0.0.1:8080\", or \"none\"",
        ]
    );
}

#[test]
fn a_variable_is_taken_as_what_the_setting_needs() {
    let config = fine(
        "",
        &[
            ("KLING__CHAT__APPLICATION_ID", "123"),
            ("KLING__CHAT__SHARDS", "4"),
            ("KLING__CHAT__ROOMS", "['1', '2']"),
            ("KLING__CHAT__ALLOW_INSECURE", "true"),
            ("KLING__LIMITS__SPEND_PER_DAY", "20"),
            ("KLING__LIMITS__OPEN_JOBS_PER_REQUESTER", "none"),
            ("KLING__PROVIDERS__AIMLAPI__IMAGE_URLS_REQUIRED", "false"),
            ("AIMLAPI_API_KEY", "sk-1"),
        ],
    );

    assert_eq!(config.platform.application_id.as_deref(), Some("123"));
    assert_eq!(config.platform.shards, 4);
    assert_eq!(config.platform.rooms, ["1", "2"]);
    assert!(config.platform.allow_insecure);
    assert_eq!(config.limits.requester.open_jobs, None);
    assert_eq!(
        config.limits.deployment.spend_per_day,
        Some(Money::from_microdollars(20_000_000))
    );
    let models = config.providers[0]
        .provider
        .as_ref()
        .expect("it is on")
        .models();
    let from_words =
        |model: &kling_core::ModelInfo| model.operation() == kling_core::Operation::TextToImage;
    assert!(models.iter().any(from_words), "text-to-image is on");
}

#[test]
fn plain_http_is_for_this_machine_or_for_those_who_insist() {
    let plain = "[chat]\nbase_url = 'http://chat.example.com'";
    let local = "[chat]\nbase_url = 'http://127.0.0.1:4700/chat'";
    let insisted = format!("{plain}\nallow_insecure = true");
    let provider = "[providers.aimlapi]\nbase_url = 'http://api.example.com'";

    assert_eq!(
        wrong(plain, &[]),
        [
            "/kling.toml:2: `chat.base_url`: plain http to another machine would show the key: use https \
          or allow it explicitly; use https, a loopback address, or allow_insecure = true beside it"
        ]
    );
    assert_eq!(
        fine(local, &[]).platform_policy,
        BasePolicy::HttpsOrLoopback
    );
    assert_eq!(
        fine(&insisted, &[]).platform_policy,
        BasePolicy::AllowInsecure
    );
    let told = wrong(provider, &[]);
    assert!(
        told[0].starts_with("/kling.toml:2: `providers.aimlapi.base_url`: ")
            && told[0].contains("allow_insecure = true"),
        "{told:?}"
    );
}

#[test]
fn bare_numbers_are_neither_lengths_of_time_nor_sizes_nor_money() {
    let file =
        "[jobs]\nstatus_every = 5\n[archive]\nmax_input_size = 5\n[limits]\nspend_per_day = 5.0";

    let told = wrong(file, &[]);

    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(|line| line.contains(".toml:")), "{told:?}");
    assert!(told[2].ends_with("it takes dollars as text, such as \"2.50\", or \"none\""));
}

#[test]
fn a_file_that_is_not_toml_is_told_its_line() {
    let told = wrong("[chat]\nbase_url = \n", &[]);

    assert!(
        told[0].starts_with("/kling.toml:2: this is not TOML: "),
        "{told:?}"
    );
}

#[test]
fn a_named_file_that_is_not_there_is_an_error() {
    let errors = load_at(Some(Path::new("/nowhere/kling.toml")), &[]).expect_err("no file");

    assert_eq!(
        errors.to_string(),
        "/nowhere/kling.toml: the file cannot be read (entity not found); check the path and its \
         permissions"
    );
}

#[test]
fn a_value_of_a_wrong_kind_is_told_in_plain_words() {
    let file = "[chat]\nbase_url = 5\nallow_insecure = 'yes'\nshards = -1\nrooms = '1'\n";

    assert_eq!(
        wrong(file, &[]),
        [
            "/kling.toml:2: `chat.base_url`: it cannot be the number 5; write text in quotes",
            "/kling.toml:3: `chat.allow_insecure`: it cannot be the text \"yes\"; write true or false",
            "/kling.toml:4: `chat.shards`: it cannot be the number -1; write a whole number that is not \
             negative",
            "/kling.toml:5: `chat.rooms`: it cannot be the text \"1\"; write a list, such as [\"…\", \"…\"]",
        ]
    );
}

#[test]
fn a_number_that_is_too_large_is_told_its_line_and_nothing_is_made_up_besides() {
    let told = wrong("[chat]\nshards = 12345678901234567890123\n", &[]);

    assert_eq!(
        told,
        [
            "/kling.toml:2: the value cannot be read; it may be a number that is too large; write it in \
             quotes"
        ]
    );
}

#[test]
fn a_base_url_is_a_place_and_nothing_more_and_is_told_once() {
    for wrong_one in [
        "",
        "https://me:pw@chat.example.com",
        "https://chat.example.com/?x=1",
    ] {
        let told = wrong(&format!("[chat]\nbase_url = '{wrong_one}'"), &[]);

        assert_eq!(told.len(), 1, "{told:?}");
        assert!(
            told[0].starts_with("/kling.toml:2: `chat.base_url`: "),
            "{told:?}"
        );
        assert!(!told[0].contains("pw"), "{told:?}");
    }
}

#[test]
fn a_table_that_is_none_is_told_once() {
    assert_eq!(
        wrong("store = 'x'", &[]),
        ["/kling.toml:1: `store`: it is not a table; write its keys below [store]"]
    );
}

#[test]
fn a_misspelt_log_level_is_told_where_it_is() {
    assert_eq!(
        wrong("[log]\nlevel = 'inof'", &[]),
        [
            "/kling.toml:2: `log.level`: `inof` is no log level; use error, warn, info, debug or trace, or a \
             filter such as \"info,kling_engine=debug\""
        ]
    );
}
