//! Collects what is wrong with blocks and views, in the words of Slack.

use serde_json::Value;

/// What was found wrong, each with a pointer to it.
#[derive(Debug, Default)]
pub(crate) struct Complaints {
    pub(crate) list: Vec<String>,
}

impl Complaints {
    /// Notes one thing.
    pub(crate) fn add(&mut self, path: &str, what: impl AsRef<str>) {
        let what = what.as_ref();
        self.list
            .push(format!("[ERROR] {what} [json-pointer:{path}]"));
    }

    /// Only these fields may be there.
    pub(crate) fn known(&mut self, path: &str, value: &Value, allowed: &[&str]) {
        let Some(fields) = value.as_object() else {
            self.add(path, "must be an object");
            return;
        };
        for name in fields
            .keys()
            .filter(|name| !allowed.contains(&name.as_str()))
        {
            self.add(path, format!("invalid additional property: {name}"));
        }
    }

    /// A text with a number of characters in a range. Answers it when it is there.
    pub(crate) fn text<'a>(
        &mut self,
        path: &str,
        value: &'a Value,
        name: &str,
        least: usize,
        most: usize,
    ) -> Option<&'a str> {
        let at = format!("{path}/{name}");
        match value.get(name) {
            None | Some(Value::Null) => {
                if least > 0 {
                    self.add(path, format!("missing required field: {name}"));
                }
                None
            }
            Some(Value::String(text)) => {
                self.length(&at, text.chars().count(), least, most);
                Some(text)
            }
            Some(_) => {
                self.add(&at, "must provide a string");
                None
            }
        }
    }

    /// A text that need not be there, but has characters if it is.
    pub(crate) fn maybe(&mut self, path: &str, value: &Value, name: &str, most: usize) {
        if value.get(name).is_some() {
            self.text(path, value, name, 1, most);
        }
    }

    /// A count of characters.
    pub(crate) fn length(&mut self, at: &str, count: usize, least: usize, most: usize) {
        if count < least {
            self.add(at, format!("must be more than {} characters", least - 1));
        } else if count > most {
            self.add(at, format!("must be less than {} characters", most + 1));
        }
    }

    /// A count of things in a list.
    pub(crate) fn count(&mut self, at: &str, count: usize, least: usize, most: usize) {
        if count < least {
            self.add(at, format!("no fewer than {least} items are required"));
        } else if count > most {
            self.add(at, format!("no more than {most} items allowed"));
        }
    }

    /// A text object; `plain` when nothing else is allowed.
    pub(crate) fn text_object(
        &mut self,
        path: &str,
        value: &Value,
        name: &str,
        plain: bool,
        most: usize,
    ) {
        let at = format!("{path}/{name}");
        match value.get(name) {
            None | Some(Value::Null) => {
                self.add(path, format!("missing required field: {name}"));
            }
            Some(object) => self.text_at(&at, object, plain, most),
        }
    }

    /// A text object that need not be there.
    pub(crate) fn maybe_text_object(&mut self, path: &str, value: &Value, name: &str, most: usize) {
        if value.get(name).is_some_and(|object| !object.is_null()) {
            self.text_object(path, value, name, true, most);
        }
    }

    /// A text object at a place.
    pub(crate) fn text_at(&mut self, at: &str, object: &Value, plain: bool, most: usize) {
        self.known(at, object, &["type", "text", "emoji", "verbatim"]);
        match object["type"].as_str() {
            Some("plain_text") => {}
            Some("mrkdwn") if !plain => {}
            _ if plain => self.add(&format!("{at}/type"), "must be plain_text"),
            _ => self.add(&format!("{at}/type"), "must be plain_text or mrkdwn"),
        }
        self.text(at, object, "text", 1, most);
    }

    /// Values that must be different from each other.
    pub(crate) fn distinct(&mut self, path: &str, name: &str, values: &[String]) {
        for (index, value) in values.iter().enumerate() {
            if values.iter().take(index).any(|earlier| earlier == value) {
                self.add(path, format!("`{name}` {value} is used more than once"));
            }
        }
    }
}
