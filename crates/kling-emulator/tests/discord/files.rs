//! Files of people and bots, and the links to them.

use kling_emulator::discord::{FileIn, Invocation};
use serde_json::json;

use crate::bot::Bot;

/// A picture of one pixel, as small as PNG gets.
fn picture() -> Vec<u8> {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(3, 2)
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    png.into_inner()
}

fn with(file: FileIn) -> Invocation {
    Invocation::new("imagine")
        .option("prompt", "a cat")
        .file("image1", file)
}

#[tokio::test]
async fn a_persons_file_is_served_behind_a_signed_link() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot
        .heard(&mut line, with(FileIn::new("my cat.png", picture())))
        .await;

    let option = &heard.event["data"]["options"][1];
    let id = option["value"].as_str().unwrap();
    let file = &heard.event["data"]["resolved"]["attachments"][id];
    let url = file["url"].as_str().unwrap();
    let served = bot.http.get(url).send().await.unwrap();

    assert_eq!(option["type"], 11);
    assert_eq!(file["filename"], "my_cat.png");
    assert_eq!((&file["width"], &file["height"]), (&json!(3), &json!(2)));
    assert_eq!(
        (&file["ephemeral"], &file["content_type"]),
        (&json!(true), &json!("image/png"))
    );
    assert!(
        url.contains("/cdn/ephemeral-attachments/") && url.contains("?ex="),
        "{url}"
    );
    assert_eq!(served.headers()["content-type"], "image/png");
    assert_eq!(served.bytes().await.unwrap(), picture());
    assert_eq!(heard.event["attachment_size_limit"], 10 * 1024 * 1024);
}

#[tokio::test]
async fn a_name_may_promise_what_the_bytes_do_not_keep() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let heard = bot
        .heard(&mut line, with(FileIn::new("notes.png", "plain words")))
        .await;

    let id = heard.event["data"]["options"][1]["value"].as_str().unwrap();
    let file = &heard.event["data"]["resolved"]["attachments"][id];

    assert_eq!(file["content_type"], "image/png");
    assert_eq!(file.get("width"), None);
}

#[tokio::test]
async fn links_expire_and_cannot_be_forged() {
    let bot = Bot::start().await;
    let channel = "/channels/1180000000000000101/messages";
    let posted = bot
        .upload("POST", channel, &json!({}), vec![("a.png", picture())])
        .await;
    let url = posted.body["attachments"][0]["url"]
        .as_str()
        .unwrap()
        .to_owned();
    let status = async |url: &str| bot.http.get(url).send().await.unwrap().status().as_u16();

    let fresh = status(&url).await;
    let forged = status(&url.replace("hm=", "hm=0")).await;
    let unsigned = status(url.split('?').next().unwrap()).await;
    bot.push_clock(24 * 60 * 60);
    let expired = status(&url).await;
    let again = bot.get(&format!("{channel}/{}", posted.id())).await;
    let renewed = status(again.body["attachments"][0]["url"].as_str().unwrap()).await;
    bot.discord().expire_links();
    let void = status(again.body["attachments"][0]["url"].as_str().unwrap()).await;

    assert_eq!(
        [fresh, forged, unsigned, expired, renewed, void],
        [200, 403, 404, 404, 200, 404]
    );
}

#[tokio::test]
async fn a_deleted_message_takes_its_files_along() {
    let bot = Bot::start().await;
    let channel = "/channels/1180000000000000101/messages";
    let posted = bot
        .upload("POST", channel, &json!({}), vec![("a.png", picture())])
        .await;
    let event = bot.discord().events(0).pop().unwrap();
    assert_eq!(
        bot.discord().file(event.attachments[0].id).unwrap(),
        picture()
    );

    assert!(bot.discord().delete_message(event.message_id.unwrap()));
    let gone = bot
        .http
        .get(&event.attachments[0].url)
        .send()
        .await
        .unwrap();

    assert_eq!(gone.status(), 404);
    assert_eq!(
        bot.get(&format!("{channel}/{}", posted.id())).await.code(),
        (404, 10008)
    );
}

#[tokio::test]
async fn an_answer_may_have_files_as_large_as_the_interaction_says() {
    let bot = Bot::start().await;
    let (mut line, _) = bot.connect().await;
    let mut invocation = Invocation::new("imagine").option("prompt", "a cat");
    invocation.attachment_size_limit = Some(100);
    let heard = bot.heard(&mut line, invocation).await;
    bot.defer(&heard, 0).await;
    let original = heard.webhook("/messages/@original");
    let alt = json!({"attachments": [{"id": 0, "description": "a cat"}]});

    let large = bot
        .upload(
            "PATCH",
            &original,
            &json!({}),
            vec![("a.png", vec![0; 101])],
        )
        .await;
    let right = bot
        .upload("PATCH", &original, &alt, vec![("a.png", vec![0; 100])])
        .await;

    assert_eq!(large.code(), (413, 40005));
    assert_eq!(right.body["attachments"][0]["description"], "a cat");
    assert_eq!(right.body["content"], "");
}
