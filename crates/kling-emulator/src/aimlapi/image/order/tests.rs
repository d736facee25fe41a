//! What the validator takes, and what it says of the rest.

use serde_json::{Value, json};

use super::Order;

fn with(changes: &Value) -> Value {
    let mut body = json!({
        "model": "klingai/image-o1",
        "prompt": "a cat",
        "image_urls": ["https://example.org/cat.png"],
    });
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

#[track_caller]
fn complaint(changes: &Value) -> String {
    let issues = Order::read(with(changes).to_string().as_bytes(), false).unwrap_err();
    let lines: Vec<String> = issues
        .iter()
        .map(|issue| format!("{}: {}", issue.path, issue.message))
        .collect();
    lines.join("\n")
}

#[test]
fn defaults_are_the_documented_ones() {
    let order = Order::read(with(&json!({})).to_string().as_bytes(), false).unwrap();

    let described = serde_json::to_string_pretty(&order.describe()).unwrap();
    insta::assert_snapshot!(described, @r#"
    {
      "aspect_ratio": "16:9",
      "model": "klingai/image-o1",
      "num_images": 1,
      "output_format": "png",
      "prompt": "a cat",
      "provider": "auto",
      "resolution": "1K"
    }
    "#);
    assert_eq!(order.pixels, (1360, 768));
    assert_eq!(order.credits(), 58_800);
}

#[test]
fn limits_are_inclusive() {
    let urls = vec!["https://example.org/cat.png"; 10];
    let body = with(&json!({
        "prompt": "é".repeat(4000), "image_urls": urls, "num_images": 9, "provider": "KlingAI",
    }));

    let order = Order::read(body.to_string().as_bytes(), false).unwrap();

    assert_eq!((order.sources.len(), order.count), (10, 9));
    assert_eq!(order.credits(), 529_200);
}

#[test]
fn complaints_are_worded_as_the_validator_words_them() {
    let urls = vec!["https://example.org/cat.png"; 11];

    let all = [
        json!({ "model": "klingai/image-o2" }),
        json!({ "prompt": "x".repeat(4001) }),
        json!({ "prompt": null }),
        json!({ "image_urls": [] }),
        json!({ "image_urls": urls }),
        json!({ "image_urls": "https://example.org/cat.png" }),
        json!({ "image_urls": ["ftp://example.org/cat.png", 3, "data:image/png,x"] }),
        json!({ "aspect_ratio": "auto" }),
        json!({ "resolution": "1k", "output_format": "gif" }),
        json!({ "num_images": 0 }),
        json!({ "num_images": 10 }),
        json!({ "num_images": 1.5 }),
        json!({ "num_images": "2" }),
        json!({ "provider": "runway" }),
    ]
    .map(|changes| complaint(&changes));

    insta::assert_snapshot!(all.join("\n"), @r"
    model: Invalid enum value. Expected 'klingai/image-o1', received 'klingai/image-o2'
    prompt: String must contain at most 4000 character(s)
    prompt: Expected string, received null
    image_urls: Array must contain at least 1 element(s)
    image_urls: Array must contain at most 10 element(s)
    image_urls: Expected array, received string
    image_urls.0: Invalid url
    image_urls.1: Expected string, received number
    image_urls.2: Invalid url
    aspect_ratio: Invalid enum value. Expected '21:9' | '16:9' | '4:3' | '3:2' | '1:1' | '2:3' | '3:4' | '9:16', received 'auto'
    resolution: Invalid enum value. Expected '1K' | '2K', received '1k'
    output_format: Invalid enum value. Expected 'jpeg' | 'png' | 'webp', received 'gif'
    num_images: Number must be greater than or equal to 1
    num_images: Number must be less than or equal to 9
    num_images: Expected integer, received float
    num_images: Expected number, received string
    provider: Invalid enum value. Expected 'kling' | 'klingai' | 'fal' | 'auto', received 'runway'
    ");
}

#[test]
fn all_complaints_come_at_once_and_only_pictures_may_be_left_out() {
    let nothing = Order::read(b"{}", false).unwrap_err();
    let lenient = Order::read(b"{}", true).unwrap_err();
    let not_json = Order::read(b"model=klingai", true).unwrap_err();

    let paths = |issues: Vec<super::Issue>| -> Vec<String> {
        issues.into_iter().map(|issue| issue.path).collect()
    };
    assert_eq!(paths(nothing), ["model", "prompt", "image_urls"]);
    assert_eq!(paths(lenient), ["model", "prompt"]);
    assert_eq!(paths(not_json), ["body"]);
}
