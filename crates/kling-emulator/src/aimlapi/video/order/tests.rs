//! What each model's schema takes, and what it says of the rest.

use serde_json::{Value, json};

use super::{Model, Order};

fn body(model: Model, changes: &Value) -> Value {
    let mut body = json!({ "model": model.id(), "prompt": "a jeep" });
    match model {
        Model::Image => body["image_url"] = json!("https://example.org/a.png"),
        Model::Edit | Model::ClipReference => {
            body["video_url"] = json!("https://example.org/a.mp4");
        }
        Model::Reference => {}
    }
    for (name, value) in changes.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

fn read(model: Model, changes: &Value) -> Order {
    Order::read(body(model, changes).to_string().as_bytes()).unwrap()
}

#[track_caller]
fn complaint(model: Model, changes: &Value) -> String {
    let issues = Order::read(body(model, changes).to_string().as_bytes()).unwrap_err();
    let lines: Vec<String> = issues.iter().map(super::Issue::sentence).collect();
    lines.join("\n")
}

#[test]
fn every_model_has_its_own_defaults() {
    let shape = |model| {
        let order = read(model, &json!({}));
        (order.aspect_ratio, order.seconds, order.pictures.len())
    };
    let wide = Some("16:9".to_owned());

    assert_eq!(shape(Model::Reference), (wide.clone(), Some(5), 0));
    assert_eq!(shape(Model::Image), (None, Some(5), 1));
    assert_eq!(shape(Model::Edit), (None, None, 0));
    assert_eq!(shape(Model::ClipReference), (wide, Some(5), 0));
}

#[test]
fn durations_are_five_or_ten_as_numbers_or_texts() {
    for (given, seconds) in [(json!(5), 5), (json!(10.0), 10), (json!("10"), 10)] {
        let order = read(Model::Reference, &json!({ "duration": given }));
        assert_eq!(order.seconds, Some(seconds));
    }
    for given in [json!(7), json!("7"), json!("5.0"), json!(null)] {
        let said = complaint(Model::Image, &json!({ "duration": given }));
        assert!(said.starts_with("duration: "), "{said}");
    }
    // The schema of this model has no such field.
    assert_eq!(read(Model::Edit, &json!({ "duration": 7 })).seconds, None);
}

#[test]
fn what_a_model_needs_is_named() {
    let nothing = json!({});
    let bare = |model: Model| {
        let body = json!({ "model": model.id() }).to_string();
        let issues = Order::read(body.as_bytes()).unwrap_err();
        issues
            .into_iter()
            .map(|issue| issue.path)
            .collect::<Vec<_>>()
    };

    assert_eq!(bare(Model::Reference), ["prompt"]);
    assert_eq!(bare(Model::Image), ["prompt", "image_url"]);
    assert_eq!(bare(Model::Edit), ["prompt", "video_url"]);
    assert_eq!(bare(Model::ClipReference), ["prompt", "video_url"]);
    let unknown = Order::read(nothing.to_string().as_bytes()).unwrap_err();
    assert_eq!(unknown[0].path, "model");
}

#[test]
fn lists_have_the_lengths_of_the_table() {
    let urls = |count| json!({ "image_list": vec!["https://example.org/a.png"; count] });
    let too_many = "Array must contain at most";

    assert_eq!(read(Model::Reference, &urls(7)).pictures.len(), 7);
    assert!(complaint(Model::Reference, &urls(8)).contains(too_many));
    assert!(complaint(Model::Reference, &urls(0)).contains("at least 1"));
    assert_eq!(read(Model::ClipReference, &urls(4)).pictures.len(), 4);
    assert!(complaint(Model::ClipReference, &urls(5)).contains(too_many));
    assert!(complaint(Model::Edit, &urls(8)).contains(too_many));
}

#[test]
fn what_the_schema_passes_the_upstream_may_refuse() {
    let urls = |count| json!({ "image_list": vec!["https://example.org/a.png"; count] });

    assert_eq!(read(Model::Edit, &urls(4)).refusal, None);
    assert!(read(Model::Edit, &urls(5)).refusal.is_some());
    assert_eq!(read(Model::Reference, &urls(7)).refusal, None);
}

#[test]
fn elements_are_checked_one_by_one() {
    let picture = "https://example.org/a.png";
    let good = json!({ "frontal_image_url": picture, "reference_image_urls": [picture, picture] });
    let elements = |items: Value| json!({ "elements": items });

    let order = read(Model::Reference, &elements(json!([good, good])));
    assert_eq!(order.pictures.len(), 6);
    assert_eq!(order.pictures[4].path, "elements.1.reference_image_urls.0");
    let said = complaint(
        Model::Edit,
        &elements(
            json!([good, {}, 7, { "frontal_image_url": picture, "reference_image_urls": [] }]),
        ),
    );
    insta::assert_snapshot!(said, @r"
    elements.1.frontal_image_url: Required
    elements.1.reference_image_urls: Required
    elements.2: Expected object, received number
    elements.3.reference_image_urls: Array must contain at least 1 element(s)
    ");
    let many = complaint(
        Model::Edit,
        &elements(json!([good, good, good, good, good])),
    );
    assert_eq!(many, "elements: Array must contain at most 4 element(s)");
}
