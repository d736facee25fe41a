//! The rules of components, each broken once.

use serde_json::json;

use super::*;

#[track_caller]
fn broken(complaints: &Complaints, path: &str) {
    let errors = complaints.refusal().errors.unwrap();
    let pointer = format!("/{}/_errors", path.replace('.', "/"));
    assert!(
        errors.pointer(&pointer).is_some(),
        "{path} is not named in {errors}"
    );
}

fn row(buttons: &Value) -> Value {
    json!([{"type": 1, "components": buttons}])
}

#[test]
fn buttons_have_a_label_an_id_of_their_own_and_four_neighbours() {
    let good = json!({"type": 2, "style": 1, "label": "Again", "custom_id": "v1:again:7"});
    let long = json!({"type": 2, "style": 1, "label": "x".repeat(81), "custom_id": "a"});
    let nameless = json!({"type": 2, "style": 1, "label": "x"});

    assert!(of_message(&row(&json!([good])), false).is_empty());
    broken(
        &of_message(&row(&json!([long])), false),
        "0.components.0.label",
    );
    broken(
        &of_message(&row(&json!([nameless])), false),
        "0.components.0.custom_id",
    );
    broken(
        &of_message(&row(&json!([good, good])), false),
        "0.components.1.custom_id",
    );
    broken(
        &of_message(&row(&json!(vec![good; 6])), false),
        "0.components",
    );
}

#[test]
fn layouts_need_the_flag_and_have_forty_parts() {
    let gallery = json!([{"type": 12, "items": [{"media": {"url": "attachment://a.png"}}]}]);
    let nested = json!([{"type": 17, "components": vec![json!({"type": 14}); 40]}]);

    assert!(of_message(&gallery, true).is_empty());
    broken(&of_message(&gallery, false), "0.type");
    assert!(!of_message(&nested, true).is_empty());
}

#[test]
fn a_modal_has_a_title_and_up_to_five_fields() {
    let field = |id: &str| {
        json!({"type": 1, "components": [
            {"type": 4, "custom_id": id, "label": "Prompt", "style": 2},
        ]})
    };
    let modal = json!({"title": "Edit", "custom_id": "m", "components": [field("prompt")]});
    let six: Vec<_> = (0..6).map(|at| field(&at.to_string())).collect();

    assert!(of_modal(&modal).is_empty());
    broken(
        &of_modal(&json!({"title": "x".repeat(46), "custom_id": "m"})),
        "title",
    );
    broken(
        &of_modal(&json!({"title": "x", "custom_id": "m", "components": six})),
        "components",
    );
}
