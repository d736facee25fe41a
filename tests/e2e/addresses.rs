//! Providers that take no bytes and fetch every file from an address.

use kling_demo::BotSettings;
use kling_emulator::Emulator;
use kling_emulator::discord::Invocation;
use kling_emulator::script::{Effect, Fault};
use kling_engine::Stage;
use kling_tests::{House, Port, picture};

/// The provider that takes addresses only.
const BY_ADDRESS: &str = "apiin";

fn asked() -> Invocation {
    Invocation::new("imagine")
        .option("prompt", "a paper boat in the rain")
        .option("provider", BY_ADDRESS)
        .file("image1", picture("boat.png", 640, 480))
}

/// Sets the provider up, beside the one that every house has.
fn set_up(emulator: &Emulator, settings: &mut BotSettings) {
    settings.set("KLING__PROVIDERS__APIIN__BASE_URL", emulator.base("apiin"));
    settings.set("APIIN_API_KEY", "emulated-key");
}

#[tokio::test]
async fn a_file_of_the_chat_is_fetched_where_the_chat_keeps_it() {
    let mut house = House::with(set_up).await;

    house.send(asked());
    house.end().await;

    assert_eq!(house.the_job().await.stage, Stage::Delivered);
}

#[tokio::test]
async fn a_file_is_fetched_from_the_bot_where_it_has_a_public_address() {
    let port = Port::new();
    let mut house = House::with(|emulator, settings| {
        set_up(emulator, settings);
        let here = port.address().to_string();
        settings.set("KLING__SERVER__LISTEN", &here);
        settings.set("KLING__ARCHIVE__PUBLIC_BASE_URL", format!("http://{here}"));
    })
    .await;
    // The bot gets its copy; nobody else gets anything from the chat.
    house.emulator().world().script.push(Fault {
        times: u32::MAX,
        after: 1,
        ..Fault::once(
            "cdn",
            "GET",
            Effect::Status {
                status: 404,
                headers: [].into(),
                body: String::new(),
                content_type: String::new(),
            },
        )
    });

    house.send(asked());
    house.end().await;

    assert_eq!(house.the_job().await.stage, Stage::Delivered);
    assert!(!house.log().contains("sign="), "no signature is logged");
}
