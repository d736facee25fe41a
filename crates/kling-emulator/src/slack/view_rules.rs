//! The published limits of modals and home tabs.

use serde_json::Value;

use super::block_rules::{Surface, Surroundings, check};
use super::rules::Complaints;

/// The largest view, in bytes of JSON.
pub(crate) const VIEW_BYTES: usize = 250_000;

/// Checks a view; `home` when it is to be published.
pub(crate) fn check_view(
    c: &mut Complaints,
    view: &Value,
    is_home: bool,
    can_show: &dyn Fn(&str) -> bool,
    video_domains: &[String],
) {
    const AT: &str = "/view";
    let kind = view["type"].as_str().unwrap_or_default();
    let wanted = if is_home { "home" } else { "modal" };
    if kind != wanted {
        c.add("/view/type", format!("must be {wanted}"));
        return;
    }
    let mut allowed = vec![
        "type",
        "blocks",
        "private_metadata",
        "callback_id",
        "external_id",
    ];
    if !is_home {
        allowed.extend([
            "title",
            "submit",
            "close",
            "clear_on_close",
            "notify_on_close",
            "submit_disabled",
        ]);
        c.text_object(AT, view, "title", true, 24);
        c.maybe_text_object(AT, view, "submit", 24);
        c.maybe_text_object(AT, view, "close", 24);
    }
    c.known(AT, view, &allowed);
    c.text(AT, view, "private_metadata", 0, 3000);
    c.text(AT, view, "callback_id", 0, 255);
    c.text(AT, view, "external_id", 0, 255);
    let Some(blocks) = view["blocks"].as_array() else {
        c.add(AT, "missing required field: blocks");
        return;
    };
    let surface = if is_home {
        Surface::Home
    } else {
        Surface::Modal
    };
    let around = Surroundings {
        surface,
        can_show,
        video_domains,
    };
    check(c, "/view/blocks", blocks, around);
    let has_input = blocks.iter().any(|block| block["type"] == "input");
    if has_input && !is_home && view.get("submit").is_none_or(Value::is_null) {
        c.add(AT, "missing required field: submit");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_modal_with_an_input_needs_a_submit_button_and_a_short_title() {
        let view = json!({
            "type": "modal",
            "title": {"type": "plain_text", "text": "A title of more than 24 characters"},
            "blocks": [{"type": "input", "label": {"type": "plain_text", "text": "Prompt"},
                "element": {"type": "plain_text_input", "max_length": 3001}}],
        });
        let mut c = Complaints::default();

        check_view(&mut c, &view, false, &|_| false, &[]);

        assert_eq!(
            c.list,
            [
                "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
                "[ERROR] must be between 1 and 3000 [json-pointer:/view/blocks/0/element/max_length]",
                "[ERROR] missing required field: submit [json-pointer:/view]",
            ]
        );
    }
}
