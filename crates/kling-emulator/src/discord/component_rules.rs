//! The rules of buttons, menus, layouts and modal fields.

use std::collections::HashSet;

use serde_json::Value;

use super::limits;
use super::message_rules::text;
use super::refusal::Complaints;

/// Component types, as Discord numbers them.
pub(crate) mod kind {
    pub(crate) const ROW: u64 = 1;
    pub(crate) const BUTTON: u64 = 2;
    pub(crate) const STRING_SELECT: u64 = 3;
    pub(crate) const TEXT_INPUT: u64 = 4;
    pub(crate) const CHANNEL_SELECT: u64 = 8;
    pub(crate) const SECTION: u64 = 9;
    pub(crate) const TEXT: u64 = 10;
    pub(crate) const THUMBNAIL: u64 = 11;
    pub(crate) const GALLERY: u64 = 12;
    pub(crate) const FILE: u64 = 13;
    pub(crate) const SEPARATOR: u64 = 14;
    pub(crate) const CONTAINER: u64 = 17;
    pub(crate) const LABEL: u64 = 18;
    pub(crate) const FILE_UPLOAD: u64 = 19;
    pub(crate) const RADIO_GROUP: u64 = 21;
    pub(crate) const CHECKBOX: u64 = 23;
}

/// Where a component stands, which decides what may stand there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Classic,
    Layout,
    Container,
    Row,
    Accessory,
    SectionText,
    Modal,
    ModalRow,
    Label,
}

impl Place {
    fn takes(self, kind: u64) -> bool {
        let is_select = (kind::STRING_SELECT..=kind::CHANNEL_SELECT).contains(&kind)
            && kind != kind::TEXT_INPUT;
        let is_layout = matches!(
            kind,
            kind::ROW | kind::SECTION | kind::TEXT | kind::GALLERY | kind::FILE | kind::SEPARATOR
        );
        match self {
            Self::Classic => kind == kind::ROW,
            Self::Layout => is_layout || kind == kind::CONTAINER,
            Self::Container => is_layout,
            Self::Row => kind == kind::BUTTON || is_select,
            Self::Accessory => matches!(kind, kind::BUTTON | kind::THUMBNAIL),
            Self::SectionText => kind == kind::TEXT,
            Self::Modal => matches!(kind, kind::ROW | kind::TEXT | kind::LABEL),
            Self::ModalRow => kind == kind::TEXT_INPUT,
            Self::Label => {
                kind == kind::TEXT_INPUT
                    || is_select
                    || (kind::FILE_UPLOAD..=kind::CHECKBOX).contains(&kind)
            }
        }
    }
}

/// The components of a message; `v2` when its flag is set.
pub(crate) fn of_message(components: &Value, v2: bool) -> Complaints {
    let mut walk = Walk::default();
    let most = if v2 { limits::COMPONENTS } else { limits::ROWS };
    let place = if v2 { Place::Layout } else { Place::Classic };
    walk.list(components, "", place, 0, most);
    if v2 && walk.count > limits::COMPONENTS {
        let message = format!("Must be {} or fewer in length.", limits::COMPONENTS);
        walk.wrong
            .add("", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message);
    }
    walk.wrong
}

/// A modal: its title, its id and its fields.
pub(crate) fn of_modal(modal: &Value) -> Complaints {
    let mut walk = Walk::default();
    walk.required_text(modal, "", "title", limits::MODAL_TITLE);
    walk.custom_id(modal, "");
    walk.list(
        &modal["components"],
        "components",
        Place::Modal,
        1,
        limits::ROWS,
    );
    walk.wrong
}

#[derive(Default)]
struct Walk {
    wrong: Complaints,
    seen: HashSet<String>,
    count: usize,
}

impl Walk {
    fn list(&mut self, list: &Value, path: &str, place: Place, least: usize, most: usize) {
        let parts = match list {
            Value::Null => &[][..],
            Value::Array(parts) => parts.as_slice(),
            _ => {
                self.wrong.add(
                    path,
                    "LIST_TYPE_CONVERT",
                    "Only iterables may be used in a ListType",
                );
                return;
            }
        };
        self.wrong.length(path, parts.len(), least, most);
        for (at, part) in parts.iter().enumerate() {
            self.one(part, &super::refusal::join(path, &at.to_string()), place);
        }
    }

    fn one(&mut self, part: &Value, path: &str, place: Place) {
        self.count += 1;
        let Some(kind) = part["type"].as_u64() else {
            self.wrong.required(&format!("{path}.type"));
            return;
        };
        if !place.takes(kind) {
            self.wrong.add(
                &format!("{path}.type"),
                "UNION_TYPE_CHOICES",
                format!("Component type {kind} is not allowed here."),
            );
            return;
        }
        let inner = format!("{path}.components");
        match kind {
            kind::ROW if place == Place::Modal => {
                self.list(&part["components"], &inner, Place::ModalRow, 1, 1);
            }
            kind::ROW => {
                self.list(&part["components"], &inner, Place::Row, 1, 5);
                let parts = part["components"].as_array().map_or(&[][..], Vec::as_slice);
                if parts.len() > 1 && parts.iter().any(|part| part["type"] != kind::BUTTON) {
                    let message = "A row holds one menu or up to five buttons.";
                    self.wrong
                        .add(&inner, "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message);
                }
            }
            kind::BUTTON => self.button(part, path),
            kind::STRING_SELECT => {
                self.custom_id(part, path);
                self.select(part, path);
            }
            kind::TEXT_INPUT => self.text_input(part, path, place),
            kind::SECTION => {
                self.list(&part["components"], &inner, Place::SectionText, 1, 3);
                self.one(
                    &part["accessory"],
                    &format!("{path}.accessory"),
                    Place::Accessory,
                );
            }
            kind::TEXT => self.required_text(part, path, "content", 4000),
            kind::THUMBNAIL => self.media(part, path, "media"),
            kind::GALLERY => {
                let items = part["items"].as_array().map_or(&[][..], Vec::as_slice);
                self.wrong
                    .length(&format!("{path}.items"), items.len(), 1, 10);
                for (at, item) in items.iter().enumerate() {
                    self.media(item, &format!("{path}.items.{at}"), "media");
                }
            }
            kind::FILE => {
                self.media(part, path, "file");
                let url = part["file"]["url"].as_str().unwrap_or_default();
                if !url.is_empty() && !url.starts_with("attachment://") {
                    let message = "Only attachment:// references are supported.";
                    self.wrong.add(
                        &format!("{path}.file.url"),
                        "INVALID_ATTACHMENT_REFERENCE",
                        message,
                    );
                }
            }
            kind::CONTAINER => {
                self.list(
                    &part["components"],
                    &inner,
                    Place::Container,
                    1,
                    limits::COMPONENTS,
                );
            }
            kind::LABEL => {
                self.required_text(part, path, "label", limits::MODAL_TITLE);
                text(
                    &part["description"],
                    &format!("{path}.description"),
                    100,
                    &mut self.wrong,
                );
                self.one(
                    &part["component"],
                    &format!("{path}.component"),
                    Place::Label,
                );
            }
            kind::FILE_UPLOAD => {
                self.custom_id(part, path);
                let most = part["max_values"].as_u64().unwrap_or(1);
                if !(1..=10).contains(&most) {
                    let message = "int value should be between 1 and 10.";
                    self.wrong
                        .add(&format!("{path}.max_values"), "NUMBER_TYPE_MAX", message);
                }
            }
            kind::SEPARATOR => {}
            kind::RADIO_GROUP..=kind::CHECKBOX => self.custom_id(part, path),
            _ => self.custom_id(part, path),
        }
    }

    fn button(&mut self, part: &Value, path: &str) {
        text(
            &part["label"],
            &format!("{path}.label"),
            80,
            &mut self.wrong,
        );
        if part["label"].as_str().is_none_or(str::is_empty) && part["emoji"].is_null() {
            let message = "A button must have a label or an emoji";
            self.wrong
                .add(path, "BUTTON_COMPONENT_INVALID_LABEL", message);
        }
        match part["style"].as_u64() {
            Some(1..=4) => self.custom_id(part, path),
            Some(5) => {
                self.required_text(part, path, "url", 512);
                if !part["custom_id"].is_null() {
                    let message = "A custom id and url cannot both be specified";
                    self.wrong.add(
                        path,
                        "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                        message,
                    );
                }
            }
            Some(6) => {}
            Some(_) => self
                .wrong
                .choice(&format!("{path}.style"), "1, 2, 3, 4, 5, 6"),
            None => self.wrong.required(&format!("{path}.style")),
        }
    }

    fn select(&mut self, part: &Value, path: &str) {
        let options = part["options"].as_array().map_or(&[][..], Vec::as_slice);
        self.wrong
            .length(&format!("{path}.options"), options.len(), 1, 25);
        text(
            &part["placeholder"],
            &format!("{path}.placeholder"),
            150,
            &mut self.wrong,
        );
        let mut values = HashSet::new();
        for (at, option) in options.iter().enumerate() {
            let path = format!("{path}.options.{at}");
            self.required_text(option, &path, "label", 100);
            self.required_text(option, &path, "value", 100);
            text(
                &option["description"],
                &format!("{path}.description"),
                100,
                &mut self.wrong,
            );
            if !values.insert(option["value"].as_str().unwrap_or_default()) {
                let message = "The specified option value is already used";
                self.wrong.add(
                    &format!("{path}.value"),
                    "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                    message,
                );
            }
        }
    }

    fn text_input(&mut self, part: &Value, path: &str, place: Place) {
        self.custom_id(part, path);
        if place == Place::ModalRow {
            self.required_text(part, path, "label", limits::MODAL_TITLE);
        }
        if !matches!(part["style"].as_u64(), Some(1 | 2)) {
            self.wrong.choice(&format!("{path}.style"), "1, 2");
        }
        text(
            &part["value"],
            &format!("{path}.value"),
            4000,
            &mut self.wrong,
        );
        text(
            &part["placeholder"],
            &format!("{path}.placeholder"),
            100,
            &mut self.wrong,
        );
    }

    fn media(&mut self, part: &Value, path: &str, field: &str) {
        if part[field]["url"].as_str().is_none_or(str::is_empty) {
            self.wrong.required(&format!("{path}.{field}.url"));
        }
        text(
            &part["description"],
            &format!("{path}.description"),
            limits::ALT_TEXT,
            &mut self.wrong,
        );
    }

    fn custom_id(&mut self, part: &Value, path: &str) {
        self.required_text(part, path, "custom_id", limits::CUSTOM_ID);
        if let Some(id) = part["custom_id"].as_str()
            && !self.seen.insert(id.to_owned())
        {
            let path = super::refusal::join(path, "custom_id");
            let message = "Component custom id cannot be duplicated";
            self.wrong
                .add(&path, "COMPONENT_CUSTOM_ID_DUPLICATED", message);
        }
    }

    fn required_text(&mut self, part: &Value, path: &str, field: &str, most: usize) {
        let path = super::refusal::join(path, field);
        match part[field].as_str() {
            Some(text) => self.wrong.length(&path, text.chars().count(), 1, most),
            None => self.wrong.required(&path),
        }
    }
}

#[cfg(test)]
mod tests;
