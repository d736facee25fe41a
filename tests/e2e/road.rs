//! The whole road, when nothing goes wrong.

use kling_emulator::discord::{Change, FileIn, Invocation};
use kling_engine::Stage;
use kling_tests::{House, PATIENCE, is_an_end, picture};

const TWO_PICTURES: i64 = 2 * 29_400_000;

#[tokio::test]
async fn a_command_with_two_pictures_becomes_two_pictures_in_the_channel() {
    let mut house = House::start().await;

    house.send(
        Invocation::new("imagine")
            .option("prompt", "a paper boat crosses a mug")
            .option("aspect_ratio", "1:1")
            .option("count", 2)
            .option("format", "jpeg")
            .file("image1", picture("boat.png", 640, 480))
            .file("image2", picture("mug.png", 500, 500)),
    );
    let end = house.end().await;

    assert_eq!(end.attachments.len(), 2);
    for file in &end.attachments {
        let bytes = house.discord().file(file.id).unwrap();
        let decoded =
            image::load_from_memory_with_format(&bytes, image::ImageFormat::Jpeg).unwrap();
        assert_eq!(decoded.width(), decoded.height());
        assert!(
            file.description
                .as_ref()
                .unwrap()
                .contains("a paper boat crosses a mug")
        );
    }
    assert!(
        end.content.contains("$0.0588"),
        "the cost is shown: {}",
        end.content
    );
    assert!(
        end.content.contains("1:1"),
        "the parameters are shown: {}",
        end.content
    );
    assert_eq!(end.mentions.len(), 1, "the requester is mentioned");
    assert!(!end.ephemeral);
    let job = house.the_job().await;
    assert_eq!(job.stage, Stage::Delivered);
    assert_eq!(job.cost.unwrap().as_nanodollars(), TWO_PICTURES);
    let line = house.the_line();
    assert!(
        line.contains("is delivered") && line.contains("$0.0588"),
        "{line}"
    );
    assert_eq!(house.charged(), TWO_PICTURES);
}

#[tokio::test]
async fn the_command_is_deferred_at_once_and_one_message_moves_to_the_result() {
    let house = House::with(|emulator, _| {
        emulator
            .world()
            .aimlapi
            .change(|settings| settings.latency_ms = 3_000);
    })
    .await;

    let command = house.imagine();
    house.end().await;

    let events = house.discord().events(0);
    let events: Vec<_> = events.iter().filter(|event| event.author.bot).collect();
    assert!(
        events[0].loading && events[0].event == Change::Message,
        "first it is thinking"
    );
    assert_eq!(events[0].interaction_id, Some(command));
    let status: Vec<_> = events[1..events.len() - 1].iter().collect();
    assert!(!status.is_empty(), "then it shows how far it is");
    assert!(
        status
            .iter()
            .all(|event| event.event == Change::Edit && event.attachments.is_empty())
    );
    assert!(
        status.iter().all(|event| event.mentions.is_empty()),
        "nobody is called for progress"
    );
    assert!(is_an_end(events[events.len() - 1]));
    let messages = house.shown();
    assert_eq!(messages.len(), 1, "one message, edited");
}

#[tokio::test]
async fn two_prompts_and_two_references_give_different_pictures() {
    let mut pictures = Vec::new();
    for (prompt, reference) in [
        ("a boat", "one.png"),
        ("a lamp", "one.png"),
        ("a boat", "two.png"),
    ] {
        let house = House::start().await;
        house.send(
            Invocation::new("imagine")
                .option("prompt", prompt)
                .file("image1", picture(reference, 400, 400)),
        );
        let end = house.end().await;
        let bytes = house.discord().file(end.attachments[0].id).unwrap();
        pictures.push(image::load_from_memory(&bytes).unwrap().to_rgb8());
    }

    assert!(pictures[0] != pictures[1], "the prompt shows");
    assert!(pictures[0] != pictures[2], "the reference shows");
}

#[tokio::test]
async fn a_command_that_the_gateway_repeats_is_one_job() {
    let mut house = House::start().await;

    let command = house.imagine();
    assert_eq!(house.discord().redeliver(command), 1);
    house.end().await;

    house.until_settled().await;
    house.the_job().await;
    assert_eq!(house.charged(), 29_400_000);
}

#[tokio::test]
async fn commands_are_registered_once_and_only_written_when_they_change() {
    let mut house = House::start().await;
    house.stop_bot().await;
    let writes = |house: &House| {
        let entries = house.emulator().world().journal.entries(0);
        entries
            .iter()
            .filter(|entry| entry.place == "discord" && entry.path.contains("/commands"))
            .filter(|entry| entry.method != "GET" && entry.event() == "answered")
            .count()
    };
    let first = writes(&house);

    house.start_bot().await;
    house.imagine();
    house.end().await;

    assert_eq!(first, 1, "written at the first start");
    assert_eq!(writes(&house), first, "and left alone at the second");
}

#[tokio::test]
async fn the_provider_hears_our_name_for_the_submission_and_sees_the_files_themselves() {
    /// What `sha256sum` says of the picture.
    const SHA256: &str = "cf89698c93cad00ed74078511a0b82ea9319252633940fad876c31f4b6238815";
    let boat = include_bytes!("../../bots/demo/pictures/boat.png");
    let mut house = House::start().await;
    house.send(
        Invocation::new("imagine")
            .option("prompt", "a paper boat")
            .file("image1", FileIn::new("boat.png", boat.as_slice())),
    );
    house.end().await;

    let job = house.the_job().await;

    let entries = house.emulator().world().journal.entries(0);
    let accepted = entries.iter().find(|entry| entry.event() == "accepted");
    let images = accepted.unwrap().detail["images"].as_array().unwrap();
    assert_eq!(images.len(), 1, "{images:?}");
    assert_eq!(images[0]["sha256"], SHA256, "byte for byte");
    assert_eq!(images[0]["source"], "base64", "in the request itself");
    let ledger = house.emulator().world().ledger.list();
    let key = job.submission_key.unwrap();
    assert_eq!(ledger.len(), 1);
    assert_eq!(ledger[0].client_request_id.as_deref(), Some(key.as_str()));
}

#[tokio::test]
async fn a_bot_that_loses_its_connection_comes_back_and_hears_the_next_command() {
    use kling_emulator::discord::GatewayAct;
    let house = House::start().await;

    house.discord().gateway(GatewayAct::Reconnect);
    house.until_heard().await;
    house.end().await;

    assert!(house.discord().wait_for_bot(PATIENCE).await);
}
