//! What is read of a reply, and what never is.

use kling_core::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::*;

const KEY: &str = "sk-5f0e1d2c3b4a";
const PROMPT: &str = "a red kite over the sea";

const PLACES: Places = Places {
    codes: &["/error/kind", "/type", "/code"],
    messages: &["/message", "/error/message", "/error"],
    request_ids: &["/requestId"],
    request_id_headers: &["x-inference-id"],
};

fn key() -> Secret {
    Secret::new(KEY).expect("a key")
}

fn reply(body: &str) -> Reply {
    Reply {
        status: 400,
        headers: HeaderMap::new(),
        body: body.to_owned().into(),
        received_at: Timestamp::from_millis(0),
    }
}

fn told(body: &str) -> Told<'static> {
    Told::read(&reply(body), &PLACES, &key(), Some(PROMPT))
}

#[test]
fn codes_words_and_ids_are_found_in_their_places() {
    let body = json!({
        "error": {"kind": "bad_image", "message": "second"},
        "message": ["The image is too small", 7],
        "requestId": "V1StGXR8_Z5jdHi6B-myT",
    });

    let told = told(&body.to_string());

    assert!(told.is_answer());
    assert_eq!(told.reason().as_deref(), Some("The image is too small"));
    assert!(told.says(|words| words == "second"));
    assert!(told.is_about_input() && !told.is_moderation());
    assert_eq!(
        told.note(400).to_string(),
        " (bad_image, request V1StGXR8_Z5jdHi6B-myT)"
    );
}

#[test]
fn without_a_code_the_status_is_the_code_and_a_header_is_before_the_body() {
    let mut reply = reply(r#"{"requestId": "in-body"}"#);
    reply
        .headers
        .insert("x-inference-id", "gen:klingai/x".parse().expect("a value"));

    let told = Told::read(&reply, &PLACES, &key(), None);

    assert_eq!(told.note(429).code(), Some("429"));
    assert_eq!(told.note(429).request_id(), Some("gen:klingai/x"));
    assert_eq!(
        note_of_success(&reply, &PLACES, &key()).request_id(),
        Some("gen:klingai/x")
    );
}

#[test]
fn of_an_address_the_last_part_is_the_code_and_a_number_is_one_too() {
    let code = |body: &str| told(body).code().map(str::to_owned);

    assert_eq!(
        code(r#"{"type": "https://api.example.com/errors/not_found"}"#).as_deref(),
        Some("not_found")
    );
    assert_eq!(code(r#"{"code": 1301}"#).as_deref(), Some("1301"));
    assert_eq!(code(r#"{"type": "no sentence", "code": true}"#), None);
}

#[test]
fn noise_says_nothing_and_plain_words_are_words() {
    for noise in ["", "<html>nsfw</html>", "{\"message\": \"nsfw", "[1, 2"] {
        let told = told(noise);
        assert!(!told.is_answer() && !told.is_moderation(), "{noise}");
    }
    for plain in ["flagged as NSFW", "\"flagged as NSFW\""] {
        let told = told(plain);
        assert!(!told.is_answer() && told.is_moderation(), "{plain}");
    }
    let huge = format!(r#"{{"message": "nsfw{}"}}"#, " ".repeat(MAX_BYTES));
    assert!(!told(&huge).is_moderation());
}

#[test]
fn the_persons_own_words_are_no_reason() {
    let echo = json!({"message": format!("Cannot draw \"{PROMPT}, nsfw\"")}).to_string();

    assert!(told(&echo).is_moderation());
    assert!(
        !Told::read(
            &reply(&echo),
            &PLACES,
            &key(),
            Some("a red kite over the sea, nsfw")
        )
        .is_moderation()
    );
    // Where nobody knows the prompt nothing is passed on.
    let clean = r#"{"message": "The image is too small"}"#;
    assert_eq!(
        Told::read(&reply(clean), &PLACES, &key(), None).reason(),
        None
    );
}

proptest! {
    #[test]
    fn neither_key_nor_prompt_comes_back_wherever_they_are_repeated(
        before in "[a-z ]{0,9}",
        place in 0_usize..6,
        secret: bool,
    ) {
        let word = if secret { KEY } else { PROMPT };
        let text = format!("{before}{word} image");
        let mut body = json!({"error": {"kind": "k", "message": "m"}, "message": "image m", "requestId": "r"});
        for (at, pointer) in ["/error/kind", "/error/message", "/message", "/requestId"].iter().enumerate() {
            if let Some(value) = body.pointer_mut(pointer).filter(|_| at == place % 4) {
                *value = json!(if place < 4 { text.clone() } else { word.to_owned() });
            }
        }
        let mut reply = reply(&body.to_string());
        if let Ok(value) = word.parse() {
            reply.headers.insert("x-inference-id", value);
        }

        let told = Told::read(&reply, &PLACES, &key(), Some(PROMPT));
        let shown = format!("{}{told:?}{}", told.note(400), told.reason().unwrap_or_default());

        prop_assert!(!shown.contains(KEY), "{}", shown);
        prop_assert!(!shown.contains(PROMPT), "{}", shown);
    }

    #[test]
    fn no_body_makes_a_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let reply = Reply { body: body.into(), ..reply("") };
        let told = Told::read(&reply, &PLACES, &key(), Some(PROMPT));
        drop((told.note(500), told.reason(), told.is_moderation(), told.is_about_input()));
    }
}
