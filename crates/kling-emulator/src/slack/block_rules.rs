//! The published limits of blocks, on each of the three surfaces.

use serde_json::Value;

use super::element_rules::{self, ACTIVE, is_input};
use super::rules::Complaints;

/// What blocks are shown on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surface {
    Message,
    Modal,
    Home,
}

/// What a check has to know of the world.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) surface: Surface,
    /// Whether an uploaded file can be shown in an image, by id or address.
    pub(crate) can_show: &'a dyn Fn(&str) -> bool,
    /// The domains from which videos may come; none without the scope for it.
    pub(crate) video_domains: &'a [String],
}

/// The most text in all markdown blocks of a message.
const MARKDOWN: usize = 12_000;

/// Checks all blocks of a message or a view; `at` leads to the list.
pub(crate) fn check(c: &mut Complaints, at: &str, blocks: &[Value], around: Surroundings<'_>) {
    let most = if around.surface == Surface::Message {
        50
    } else {
        100
    };
    c.count(at, blocks.len(), 0, most);
    for (index, block) in blocks.iter().enumerate() {
        check_one(c, &format!("{at}/{index}"), block, around);
    }
    let ids: Vec<String> = blocks
        .iter()
        .filter_map(|block| block["block_id"].as_str().map(str::to_owned))
        .collect();
    c.distinct(at, "block_id", &ids);
    let markdown = blocks.iter().filter(|block| block["type"] == "markdown");
    let total: usize = markdown
        .filter_map(|block| block["text"].as_str())
        .map(|text| text.chars().count())
        .sum();
    c.length(at, total, 0, MARKDOWN);
    let focused = elements(blocks).filter(|(_, element)| element["focus_on_load"] == true);
    if focused.count() > 1 {
        c.add(at, "only one element can have focus_on_load");
    }
}

/// Every element of blocks, with its block.
pub(crate) fn elements(blocks: &[Value]) -> impl Iterator<Item = (&Value, &Value)> {
    blocks.iter().flat_map(|block| {
        let single = match block["type"].as_str() {
            Some("input") => block.get("element"),
            Some("section") => block.get("accessory"),
            _ => None,
        };
        let many = match block["type"].as_str() {
            Some("actions") => block["elements"].as_array(),
            _ => None,
        };
        let all = single.into_iter().chain(many.into_iter().flatten());
        all.map(move |element| (block, element))
    })
}

fn check_one(c: &mut Complaints, at: &str, block: &Value, around: Surroundings<'_>) {
    let kind = block["type"].as_str().unwrap_or_default();
    let known = |c: &mut Complaints, own: &[&str]| {
        let mut allowed = vec!["type", "block_id"];
        allowed.extend(own);
        c.known(at, block, &allowed);
    };
    c.maybe(at, block, "block_id", 255);
    match kind {
        "section" => {
            known(c, &["text", "fields", "accessory", "expand"]);
            section(c, at, block, around);
        }
        "divider" => known(c, &[]),
        "header" => {
            known(c, &["text", "level"]);
            c.text_object(at, block, "text", true, 150);
        }
        "image" => {
            known(c, &["image_url", "slack_file", "alt_text", "title"]);
            image(c, at, block, around);
            c.maybe_text_object(at, block, "title", 2000);
        }
        "context" => {
            known(c, &["elements"]);
            let list = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
            c.count(&format!("{at}/elements"), list.len(), 1, 10);
            for (index, element) in list.iter().enumerate() {
                let at = format!("{at}/elements/{index}");
                if element["type"] == "image" {
                    c.known(
                        &at,
                        element,
                        &["type", "image_url", "slack_file", "alt_text"],
                    );
                    image(c, &at, element, around);
                } else {
                    c.text_at(&at, element, false, 3000);
                }
            }
        }
        "actions" => {
            known(c, &["elements"]);
            actions(c, at, block);
        }
        "input" => {
            known(
                c,
                &["label", "element", "hint", "optional", "dispatch_action"],
            );
            input(c, at, block, around);
        }
        "video" => {
            known(
                c,
                &[
                    "alt_text",
                    "title",
                    "title_url",
                    "thumbnail_url",
                    "video_url",
                    "author_name",
                    "description",
                    "provider_name",
                    "provider_icon_url",
                ],
            );
            video(c, at, block, around);
        }
        "markdown" if around.surface == Surface::Message => {
            known(c, &["text"]);
            c.text(at, block, "text", 1, MARKDOWN);
        }
        "rich_text" => {
            known(c, &["elements"]);
            if !block["elements"].is_array() {
                c.add(at, "missing required field: elements");
            }
        }
        // Newer blocks whose insides are not checked here.
        "table" | "task_card" | "plan" | "context_actions"
            if around.surface == Surface::Message => {}
        other => c.add(&format!("{at}/type"), format!("unsupported type: {other}")),
    }
}

fn section(c: &mut Complaints, at: &str, block: &Value, around: Surroundings<'_>) {
    match (block.get("text"), block.get("fields")) {
        (None | Some(Value::Null), None | Some(Value::Null)) => {
            c.add(at, "missing required field: text");
        }
        (text, fields) => {
            if text.is_some_and(|text| !text.is_null()) {
                c.text_object(at, block, "text", false, 3000);
            }
            if let Some(Value::Array(fields)) = fields {
                c.count(&format!("{at}/fields"), fields.len(), 1, 10);
                for (index, field) in fields.iter().enumerate() {
                    c.text_at(&format!("{at}/fields/{index}"), field, false, 2000);
                }
            }
        }
    }
    if let Some(accessory) = block
        .get("accessory")
        .filter(|accessory| !accessory.is_null())
    {
        let at = format!("{at}/accessory");
        match accessory["type"].as_str() {
            Some("image") => image(c, &at, accessory, around),
            Some(kind) if ACTIVE.contains(&kind) => element_rules::check(c, &at, accessory),
            _ => c.add(&format!("{at}/type"), "unsupported type for an accessory"),
        }
    }
}

fn actions(c: &mut Complaints, at: &str, block: &Value) {
    let list = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
    c.count(&format!("{at}/elements"), list.len(), 1, 25);
    for (index, element) in list.iter().enumerate() {
        let at = format!("{at}/elements/{index}");
        match element["type"].as_str() {
            Some(kind) if ACTIVE.contains(&kind) => element_rules::check(c, &at, element),
            other => {
                let other = other.unwrap_or_default();
                c.add(&format!("{at}/type"), format!("unsupported type: {other}"));
            }
        }
    }
    let ids: Vec<String> = list
        .iter()
        .filter_map(|element| element["action_id"].as_str().map(str::to_owned))
        .collect();
    c.distinct(at, "action_id", &ids);
}

fn input(c: &mut Complaints, at: &str, block: &Value, around: Surroundings<'_>) {
    c.text_object(at, block, "label", true, 2000);
    c.maybe_text_object(at, block, "hint", 2000);
    let element = &block["element"];
    let at = format!("{at}/element");
    match element["type"].as_str() {
        Some("file_input") if around.surface != Surface::Modal => {
            c.add(&format!("{at}/type"), "file_input is for modals only");
        }
        Some("file_input") if block["dispatch_action"] == true => {
            c.add(&at, "file_input cannot dispatch actions");
        }
        Some(kind) if is_input(kind) => element_rules::check(c, &at, element),
        Some(other) => c.add(&format!("{at}/type"), format!("unsupported type: {other}")),
        None => c.add(&at, "missing required field: element"),
    }
}

fn image(c: &mut Complaints, at: &str, image: &Value, around: Surroundings<'_>) {
    c.text(at, image, "alt_text", 1, 2000);
    match (image.get("image_url"), image.get("slack_file")) {
        (Some(_), None) => {
            let url = c.text(at, image, "image_url", 1, 3000).unwrap_or_default();
            if !url.starts_with("http://") && !url.starts_with("https://") {
                c.add(&format!("{at}/image_url"), "invalid image url");
            }
        }
        (None, Some(file)) => {
            let at = format!("{at}/slack_file");
            let named = match (file["id"].as_str(), file["url"].as_str()) {
                (Some(id), None) => Some(id),
                (None, Some(url)) => Some(url),
                _ => None,
            };
            match named {
                None => c.add(&at, "must have either id or url"),
                Some(named) if !(around.can_show)(named) => c.add(&at, "invalid slack file"),
                Some(_) => {}
            }
        }
        _ => c.add(at, "must have either image_url or slack_file"),
    }
}

fn video(c: &mut Complaints, at: &str, block: &Value, around: Surroundings<'_>) {
    c.text(at, block, "alt_text", 1, 2000);
    c.text_object(at, block, "title", true, 199);
    c.text(at, block, "thumbnail_url", 1, 3000);
    c.maybe(at, block, "author_name", 49);
    let url = c.text(at, block, "video_url", 1, 3000).unwrap_or_default();
    let host = url::Url::parse(url)
        .ok()
        .filter(|url| url.scheme() == "https");
    let host = host.and_then(|url| url.host_str().map(str::to_owned));
    let is_allowed = host.is_some_and(|host| {
        let domains = around.video_domains.iter();
        domains
            .into_iter()
            .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")))
    });
    if !is_allowed {
        c.add(
            &format!("{at}/video_url"),
            "must be an https address of an unfurl domain",
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn complaints(surface: Surface, blocks: &Value) -> Vec<String> {
        let mut c = Complaints::default();
        let around = Surroundings {
            surface,
            can_show: &|id| id == "F1",
            video_domains: &[],
        };
        check(&mut c, "/blocks", blocks.as_array().unwrap(), around);
        c.list
    }

    #[test]
    fn good_blocks_pass_on_their_surface() {
        let blocks = json!([
            {"type": "section", "text": {"type": "mrkdwn", "text": "*hi*"}},
            {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "a cat"},
            {"type": "actions", "block_id": "b", "elements": [
                {"type": "button", "action_id": "again", "text": {"type": "plain_text", "text": "Again"}, "value": "1"},
            ]},
        ]);
        let file = json!([{"type": "input", "label": {"type": "plain_text", "text": "Files"},
            "element": {"type": "file_input", "action_id": "files", "max_files": 10}}]);

        assert_eq!(complaints(Surface::Message, &blocks), [""; 0]);
        assert_eq!(complaints(Surface::Modal, &file), [""; 0]);
        assert_eq!(
            complaints(Surface::Message, &file),
            ["[ERROR] file_input is for modals only [json-pointer:/blocks/0/element/type]"]
        );
    }

    #[test]
    fn every_broken_limit_is_named_with_its_place() {
        let long = "x".repeat(3001);
        let blocks = json!([
            {"type": "section", "block_id": "a", "text": {"type": "mrkdwn", "text": long}, "colour": 1},
            {"type": "header", "block_id": "a", "text": {"type": "mrkdwn", "text": "hi"}},
            {"type": "image", "slack_file": {"id": "F9"}, "alt_text": "a cat"},
            {"type": "file"},
        ]);

        let found = complaints(Surface::Message, &blocks);

        assert_eq!(
            found,
            [
                "[ERROR] invalid additional property: colour [json-pointer:/blocks/0]",
                "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
                "[ERROR] must be plain_text [json-pointer:/blocks/1/text/type]",
                "[ERROR] invalid slack file [json-pointer:/blocks/2/slack_file]",
                "[ERROR] unsupported type: file [json-pointer:/blocks/3/type]",
                "[ERROR] `block_id` a is used more than once [json-pointer:/blocks]",
            ]
        );
    }
}
