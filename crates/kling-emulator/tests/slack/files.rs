//! Files out and in.

use kling_emulator::script::{Effect, Fault};
use kling_emulator::slack::{Change, FileIn, PICTURES, SECOND_TEAM, Say, TEAM, VIDEOS};
use serde_json::json;

use crate::bot::{Bot, png};

#[tokio::test]
async fn an_upload_is_shared_after_a_while() {
    let bot = Bot::start().await;
    bot.slack()
        .change(|settings| settings.processing_ms = 60_000);
    let first = bot.post(PICTURES, "status").await.text("/ts");
    let more = json!({"channel_id": PICTURES, "thread_ts": first, "initial_comment": "a cat"});

    let (id, done) = bot.upload("cat.png", png(), more).await;
    let early = bot.form("files.info", &[("file", &id)]).await;
    bot.push_clock(60);
    let seen = bot
        .seen(|event| event.event == Change::Message && !event.files.is_empty())
        .await;
    let late = bot.form("files.info", &[("file", &id)]).await;

    assert_eq!(done.body["files"][0]["mimetype"], "");
    assert_eq!(early.body["file"]["shares"], json!({}));
    assert_eq!(seen.thread_ts, Some(first));
    assert_eq!(
        (seen.text.as_str(), seen.files[0].mimetype.as_str()),
        ("a cat", "image/png")
    );
    let share = &late.body["file"]["shares"]["public"][PICTURES][0];
    assert_eq!(share["ts"], seen.ts.unwrap());
    assert_eq!(
        (
            &late.body["file"]["original_w"],
            &late.body["file"]["filetype"]
        ),
        (&json!(2), &json!("png"))
    );
    assert_eq!(bot.slack().file(&id).unwrap(), png());
}

#[tokio::test]
async fn an_upload_can_be_accepted_and_never_shared() {
    let bot = Bot::start().await;
    bot.fault("completeUploadExternal", Effect::EmptyData);

    let (id, done) = bot
        .upload("cat.png", png(), json!({"channel_id": PICTURES}))
        .await;
    bot.push_clock(600);
    let info = bot.form("files.info", &[("file", &id)]).await;
    let again = json!({"files": [{"id": id}], "channel_id": PICTURES});
    let again = bot.call("files.completeUploadExternal", again).await;
    let seen = bot.seen(|event| !event.files.is_empty()).await;

    assert_eq!((done.error(), again.error()), ("", ""));
    assert_eq!(info.body["file"]["shares"], json!({}));
    assert_eq!(seen.files[0].id, id);
    assert_eq!(bot.slack().messages("pictures", None).len(), 1);
}

#[tokio::test]
async fn what_a_workspace_forbids_is_refused_before_the_upload() {
    let bot = Bot::start().await;
    let word = async |name: &str, length: &str| {
        let fields = [("filename", name), ("length", length)];
        bot.form("files.getUploadURLExternal", &fields)
            .await
            .error()
            .to_owned()
    };

    assert_eq!(word("a.mp4", "0").await, "missing_argument");
    bot.slack().change(|settings| {
        settings.images_only = true;
        settings.file_bytes = 1000;
        settings.blocked_types = vec!["webp".to_owned()];
    });
    assert_eq!(
        word("a.mp4", "10").await,
        "file_uploads_except_images_disabled"
    );
    assert_eq!(word("a.png", "1001").await, "file_upload_size_restricted");
    assert_eq!(word("a.webp", "10").await, "file_type_not_allowed");
    assert_eq!(word("a.png", "10").await, "");
    bot.slack()
        .change(|settings| settings.uploads_disabled = true);
    assert_eq!(word("a.png", "10").await, "file_uploads_disabled");
    let json = bot
        .call(
            "files.getUploadURLExternal",
            json!({"filename": "a.png", "length": 1}),
        )
        .await;
    assert_eq!(json.error(), "invalid_arguments");
}

#[tokio::test]
async fn an_upload_takes_exactly_its_bytes_by_post() {
    let bot = Bot::start().await;
    let fields = [("filename", "a.png"), ("length", "3")];
    let announced = bot.form("files.getUploadURLExternal", &fields).await;
    let (url, id) = (announced.text("/upload_url"), announced.text("/file_id"));
    let complete = json!({"files": [{"id": id}]});

    let put = bot.http.put(&url).body("abc").send().await.unwrap();
    let short = bot.http.post(&url).body("ab").send().await.unwrap();
    let early = bot
        .call("files.completeUploadExternal", complete.clone())
        .await;
    let part = reqwest::multipart::Part::bytes(b"abc".to_vec()).file_name("a.png");
    let form = reqwest::multipart::Form::new().part("filename", part);
    let right = bot.http.post(&url).multipart(form).send().await.unwrap();
    let done = bot.call("files.completeUploadExternal", complete).await;

    assert_eq!((put.status().as_u16(), short.status().as_u16()), (405, 400));
    assert_eq!(early.error(), "file_not_found");
    assert_eq!(right.text().await.unwrap(), "OK - 3");
    assert_eq!(done.error(), "");
}

#[tokio::test]
async fn an_upload_needs_membership_whatever_the_scopes_are() {
    let bot = Bot::start().await;
    bot.slack()
        .set_scopes(TEAM, ["chat:write", "chat:write.public", "files:write"]);

    let (_, outside) = bot
        .upload("a.png", png(), json!({"channel_id": VIDEOS}))
        .await;
    let (_, person) = bot
        .upload("a.png", png(), json!({"channel_id": "U0ADA00001"}))
        .await;
    let markdown = json!({"channel_id": PICTURES, "blocks": [{"type": "markdown", "text": "hi"}]});
    let (_, markdown) = bot.upload("a.png", png(), markdown).await;
    let both = json!({"channel_id": PICTURES, "initial_comment": "hi", "blocks": [crate::bot::section("x")]});
    let (_, both) = bot.upload("a.png", png(), both).await;

    assert_eq!(outside.error(), "not_in_channel");
    assert!(
        person.messages()[0].contains("must match pattern"),
        "{}",
        person.body
    );
    assert_eq!(
        (markdown.error(), both.error()),
        ("internal_error", "invalid_arguments")
    );
}

#[tokio::test]
async fn a_private_file_is_for_the_bot_and_a_web_page_for_everybody_else() {
    let bot = Bot::start().await;
    let say = Say::new("look").file(FileIn::new("cat.png", png()));
    bot.slack().say(say).unwrap();
    let seen = bot.seen(|event| !event.files.is_empty()).await;
    let url = &seen.files[0].url;
    let kind = |response: &reqwest::Response| {
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .to_owned()
    };

    let good = bot
        .http
        .get(url)
        .bearer_auth(&bot.token)
        .send()
        .await
        .unwrap();
    let nobody = bot.http.get(url).send().await.unwrap();
    bot.slack()
        .add_bot_token(SECOND_TEAM, "xoxb-second")
        .unwrap();
    let stranger = bot
        .http
        .get(url)
        .bearer_auth("xoxb-second")
        .send()
        .await
        .unwrap();
    let fault = Fault::once("slack-files", "", Effect::NotAPicture);
    bot.emulator.world().script.push(fault);
    let page = bot
        .http
        .get(url)
        .bearer_auth(&bot.token)
        .send()
        .await
        .unwrap();

    assert_eq!(kind(&good), "image/png");
    assert_eq!(
        (nobody.status().as_u16(), kind(&nobody)),
        (200, "text/html; charset=utf-8".to_owned())
    );
    assert!(nobody.url().path().ends_with("/signin"));
    assert_eq!(kind(&stranger), kind(&nobody));
    assert_eq!((page.status().as_u16(), kind(&page)), (200, kind(&nobody)));
}

#[tokio::test]
async fn a_file_of_another_organisation_has_to_be_asked_for() {
    let bot = Bot::start().await;
    let mut line = bot.connect().await;
    let file = FileIn::new("cat.png", png()).foreign();
    bot.slack()
        .say(Say::new("@kling animate").file(file))
        .unwrap();

    let event = line.event("app_mention").await;
    let file = &event["event"]["files"][0];
    let id = file["id"].as_str().unwrap();
    let info = bot.form("files.info", &[("file", id)]).await;

    assert_eq!(file, &json!({"id": id, "file_access": "check_file_info"}));
    assert_eq!(info.body["file"]["mimetype"], "image/png");
    assert!(info.text("/file/url_private").contains(id));
}

#[tokio::test]
async fn an_image_block_shows_only_files_that_are_ready() {
    let bot = Bot::start().await;
    bot.slack()
        .change(|settings| settings.processing_ms = 60_000);
    let (id, _) = bot.upload("cat.png", png(), json!({})).await;
    let body = json!({"channel": PICTURES, "text": "x",
        "blocks": [{"type": "image", "slack_file": {"id": id}, "alt_text": "a cat"}]});

    let early = bot.call("chat.postMessage", body.clone()).await;
    bot.push_clock(61);
    while bot.form("files.info", &[("file", &id)]).await.body["file"]["mimetype"] == "" {
        tokio::task::yield_now().await;
    }
    let late = bot.call("chat.postMessage", body).await;

    assert_eq!(
        early.messages(),
        ["[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"]
    );
    assert_eq!(late.error(), "");
}

#[tokio::test]
async fn only_own_files_can_be_deleted() {
    let bot = Bot::start().await;
    let (own, _) = bot
        .upload("cat.png", png(), json!({"channel_id": PICTURES}))
        .await;
    bot.seen(|event| !event.files.is_empty()).await;
    bot.slack()
        .say(Say::new("").file(FileIn::new("dog.png", png())))
        .unwrap();
    let theirs = bot
        .seen(|event| event.files.iter().any(|file| file.name == "dog.png"))
        .await;
    let theirs = theirs.files[0].id.clone();
    let word =
        async |method: &str, id: &str| bot.form(method, &[("file", id)]).await.error().to_owned();

    assert_eq!(word("files.delete", &theirs).await, "cant_delete_file");
    assert_eq!(word("files.delete", &own).await, "");
    assert_eq!(word("files.delete", &own).await, "file_deleted");
    assert_eq!(word("files.info", &own).await, "file_deleted");
    bot.seen(|event| event.event == Change::Edit && event.files.is_empty())
        .await;
}
