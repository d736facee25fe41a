//! Keys and tokens: where they are, and that they are nowhere else.

use super::*;

#[test]
fn a_secret_names_exactly_one_place() {
    let told = |value: &str| wrong(&format!("[chat]\ntoken = {value}"), &[]);
    let fix = "write { env = \"CHAT_TOKEN\" } or { file = \"PATH\" }";

    assert_eq!(
        told("{ env = 'A', file = 'b' }"),
        [format!(
            "/kling.toml:2: `chat.token`: it names both `env` and `file`; {fix}, not both"
        )]
    );
    assert_eq!(
        told("{}"),
        [format!(
            "/kling.toml:2: `chat.token`: it names neither `env` nor `file`; {fix}"
        )]
    );
    assert_eq!(
        told("{ var = 'A' }"),
        [format!(
            "/kling.toml:2: `chat.token`: unknown key `var`; {fix}"
        )]
    );
    assert_eq!(
        told("{ file = '/nowhere/token' }"),
        [
            "/kling.toml:2: `chat.token`: the file `/nowhere/token` cannot be read (entity not found); \
          write the secret into it, and let this user read it"
        ]
    );
}

#[test]
fn a_secret_in_the_file_itself_is_refused_and_not_repeated() {
    let file = "[providers.aimlapi]\napi_key = 'sk-very-private'";

    let told = wrong(file, &[("KLING__CHAT__TOKEN", "t-very-private")]);

    assert_eq!(
        told,
        [
            "/kling.toml:2: `providers.aimlapi.api_key`: a secret must not be written into the \
             configuration; put it into the environment variable AIMLAPI_API_KEY and write { env = \
             \"AIMLAPI_API_KEY\" } or { file = \"PATH\" }",
            "variable KLING__CHAT__TOKEN: `chat.token`: a secret is named here, not given; set \
             CHAT_TOKEN to the secret instead",
        ]
    );
}

#[test]
fn secrets_come_from_other_variables_and_files_where_the_file_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let key = folder.path().join("key");
    std::fs::write(&key, "sk-file\n").expect("written");
    let file = format!(
        "chat.token.env = 'OTHER'\n[providers.aimlapi]\napi_key = {{ file = '{}' }}",
        key.display()
    );

    let config = fine(&file, &[("OTHER", "t-other"), ("CHAT_TOKEN", "t-usual")]);

    assert_eq!(
        config.secrets.get("token").expect("a token").expose(),
        "t-other"
    );
    assert_eq!(enabled(&config), ["aimlapi"]);
    let replaced = [
        ("KLING__PROVIDERS__AIMLAPI__API_KEY__ENV", "ABSENT"),
        ("CHAT_TOKEN", "t-usual"),
    ];
    assert_eq!(enabled(&fine(&file, &replaced)), [""; 0]);
}

#[test]
fn a_provider_is_on_when_its_key_is_there_and_off_otherwise() {
    assert_eq!(
        enabled(&fine("", &[("AIMLAPI_API_KEY", "sk-1")])),
        ["aimlapi"]
    );
    assert_eq!(enabled(&fine("[providers.aimlapi]", &[])), [""; 0]);
}

#[test]
fn a_missing_secret_is_told_with_where_to_get_it_and_where_to_put_it() {
    let config = fine("chat.token = { env = 'MY_TOKEN' }", &[]);

    let missing: Vec<_> = config.missing.iter().map(ToString::to_string).collect();
    assert_eq!(
        missing,
        [
            "the chat token is missing: get it from the chat's developer page, and put it into the \
          environment variable MY_TOKEN"
        ]
    );
}

#[test]
fn accounts_have_a_label_and_a_key_and_the_plain_key_is_the_default_one() {
    let file = "
        [providers.aimlapi.accounts.default]
        api_key = { env = 'FIRST' }
        [providers.aimlapi.accounts.art]
        api_key = { env = 'SECOND' }
    ";
    let config = fine(file, &[("FIRST", "sk-1"), ("SECOND", "sk-2")]);

    assert_eq!(enabled(&config), ["aimlapi"]);
    assert_eq!(config.providers[0].other_accounts, ["art"]);
    assert_eq!(
        wrong(
            "providers.aimlapi.accounts.'My Team'.api_key.env = 'A'",
            &[]
        ),
        [
            "/kling.toml:1: `providers.aimlapi.accounts.My Team`: it is not an account; write \
          [….accounts.LABEL] with an api_key; labels take lower-case letters, digits and hyphens"
        ]
    );
    assert_eq!(
        wrong("[providers.aimlapi.accounts.art]\nkey = 1", &[]).len(),
        2,
        "the key is missing, and an unknown one is there"
    );
}
