//! Settings that cannot work are told before anything starts, with the fix.

use kling_tests::{House, Port};

#[tokio::test]
async fn a_missing_token_is_told_with_where_to_get_one() {
    let mut house = House::without_bot(|_, settings| settings.unset("DISCORD_TOKEN")).await;

    house.launch_bot();
    let status = house.bot_ends().await;

    assert!(!status.success());
    assert!(house.log().contains("DISCORD_TOKEN"), "{}", house.log());
}

#[tokio::test]
async fn a_bot_without_any_provider_says_which_key_would_give_it_one() {
    let mut house = House::without_bot(|_, settings| settings.unset("AIMLAPI_API_KEY")).await;

    house.launch_bot();
    let status = house.bot_ends().await;

    assert!(!status.success());
    assert!(house.log().contains("AIMLAPI_API_KEY"), "{}", house.log());
}

#[tokio::test]
async fn a_wrong_token_stops_the_bot_with_a_sentence() {
    let mut house =
        House::without_bot(|_, settings| settings.set("DISCORD_TOKEN", "not-the-token")).await;

    house.launch_bot();
    let status = house.bot_ends().await;

    assert!(!status.success());
    let log = house.log();
    assert!(log.contains("token"), "{log}");
    assert!(
        !log.contains("not-the-token"),
        "and the token is not shown: {log}"
    );
}

#[tokio::test]
async fn an_unknown_setting_is_told_with_its_place_and_the_valid_ones() {
    let house = House::without_bot(|_, _| {}).await;
    let file = house.folder().join("kling.toml");
    std::fs::write(
        &file,
        "[store]\nurl = \"sqlite://x.db\"\n\n[discord]\ntokn = { env = \"X\" }\n",
    )
    .unwrap();

    let (code, said) = house
        .run(&["check", "--config", file.to_str().unwrap()])
        .await;

    assert_ne!(code, 0);
    assert!(said.contains("kling.toml:5"), "file and line: {said}");
    assert!(said.contains("tokn") && said.contains("token"), "{said}");
}

#[tokio::test]
async fn an_unknown_variable_is_told_by_its_name() {
    let house =
        House::without_bot(|_, settings| settings.set("KLING__DISCORD__COLOUR", "blue")).await;

    let (code, said) = house.run(&["check"]).await;

    assert_ne!(code, 0);
    assert!(said.contains("KLING__DISCORD__COLOUR"), "{said}");
}

#[tokio::test]
async fn check_tells_what_is_configured_and_the_invite_link() {
    let house = House::without_bot(|_, _| {}).await;

    let (code, said) = house.run(&["check"]).await;

    assert_eq!(code, 0, "{said}");
    assert!(said.contains("aimlapi"), "which providers answer: {said}");
    assert!(
        said.contains("oauth2/authorize?client_id="),
        "the invite link: {said}"
    );
    assert!(
        !said.contains("emulated-key") && !said.contains("emulated-discord-token"),
        "{said}"
    );
}

#[tokio::test]
async fn check_tells_which_key_a_provider_does_not_accept() {
    let house = House::without_bot(|_, settings| settings.set("AIMLAPI_API_KEY", "bad-key")).await;

    let (code, said) = house.run(&["check"]).await;

    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("AIMLAPI_API_KEY") || said.contains("API key"),
        "{said}"
    );
}

#[tokio::test]
async fn check_tells_which_provider_does_not_answer() {
    let nobody = Port::new();
    let house = House::without_bot(|_, settings| {
        settings.set(
            "KLING__PROVIDERS__AIMLAPI__BASE_URL",
            format!("http://{}", nobody.address()),
        );
    })
    .await;

    let (code, said) = house.run(&["check"]).await;

    assert_eq!(code, 1, "{said}");
    assert!(said.contains("provider aimlapi does not answer"), "{said}");
    assert!(said.contains("is not ready: 1 thing is missing"), "{said}");
}

#[tokio::test]
async fn check_tells_everything_that_is_missing_at_once() {
    let house = House::without_bot(|_, settings| {
        settings.unset("DISCORD_TOKEN");
        settings.unset("AIMLAPI_API_KEY");
    })
    .await;

    let (code, said) = house.run(&["check"]).await;

    assert_eq!(code, 1, "{said}");
    for missing in ["DISCORD_TOKEN", "AIMLAPI_API_KEY", "2 things are missing"] {
        assert!(said.contains(missing), "`{missing}` is not in: {said}");
    }
}

#[tokio::test]
async fn check_looks_at_the_database_where_there_is_one() {
    let mut house = House::start().await;

    let (running, while_running) = house.run(&["check"]).await;
    house.stop_bot().await;
    let (stopped, while_stopped) = house.run(&["check"]).await;
    let words = "this is no database, whatever its name says\n".repeat(200);
    std::fs::write(house.folder().join("kling-discord.db"), words).unwrap();
    let (broken, while_broken) = house.run(&["check"]).await;

    assert_eq!((running, stopped, broken), (0, 0, 1), "{while_broken}");
    assert!(while_running.contains("is in use"), "{while_running}");
    assert!(
        while_stopped.contains("the store answers"),
        "{while_stopped}"
    );
    assert!(
        while_broken.contains("the store does not answer"),
        "{while_broken}"
    );
}

#[tokio::test]
async fn check_tells_what_would_keep_the_bot_from_starting() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let house = House::without_bot(|_, settings| {
        settings.set("KLING__SERVER__LISTEN", address.to_string());
        settings.set("KLING__ARCHIVE__URL", "plain-file/inside");
    })
    .await;
    std::fs::write(house.folder().join("plain-file"), "no folder").unwrap();

    // What listens there never says how it is.
    let deaf = std::thread::spawn(move || {
        let (there, _) = taken.accept().unwrap();
        drop(there);
        taken
    });
    let (checked, said) = house.run(&["check"]).await;
    let _still_there = deaf.join().unwrap();

    assert_eq!(checked, 1, "{said}");
    assert!(
        said.contains(&format!("nothing can listen at {address}")),
        "{said}"
    );
    assert!(said.contains("plain-file is a file"), "{said}");
    assert!(said.contains("2 things are missing"), "{said}");
}

#[tokio::test]
async fn check_beside_a_bot_that_runs_finds_it_well() {
    let port = Port::new();
    let address = port.address().to_string();
    let house = House::with(|_, settings| settings.set("KLING__SERVER__LISTEN", &address)).await;

    let (code, said) = house.run(&["check"]).await;

    assert_eq!(code, 0, "{said}");
    assert!(
        said.contains(&format!("a bot runs already at {address}")),
        "{said}"
    );
}

#[tokio::test]
async fn a_key_that_no_header_can_carry_is_blamed_on_its_own_variable() {
    let house = House::without_bot(|_, settings| settings.set("AIMLAPI_API_KEY", "a\u{7f}b")).await;

    let (code, said) = house.run(&["check"]).await;

    assert_ne!(code, 0);
    assert!(said.contains("variable AIMLAPI_API_KEY"), "{said}");
    assert!(!said.contains("BASE_URL"), "{said}");
}

#[tokio::test]
async fn the_password_of_a_database_is_not_shown() {
    let store = "postgres://bot:hunter2@127.0.0.1:1/kling";
    let house = House::without_bot(|_, settings| settings.set("KLING__STORE__URL", store)).await;
    let job = "01arz3ndektsv4rrffq69g5fav";

    for arguments in [
        &["run"][..],
        &["check"],
        &["unconfirmed"],
        &["resolve", job, "give-up"],
        &["store", "check"],
    ] {
        let (code, said) = house.run(arguments).await;

        assert_eq!(code, 1, "{arguments:?}: {said}");
        assert!(!said.contains("hunter2"), "{arguments:?}: {said}");
    }
}

#[tokio::test]
async fn a_second_bot_on_the_same_database_is_refused() {
    let mut house = House::start().await;

    let (code, said) = house.run(&[]).await;

    assert_ne!(code, 0);
    assert!(said.contains("PostgreSQL"), "{said}");
    house.stop_bot().await;
}
