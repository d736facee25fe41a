//! Why something was refused or failed, as sentences that say what would work.

use kling_core::Timestamp;
use kling_engine::Reason;

use super::figures::{length, shorten};
use super::{Mark, Markup, Text};

/// The most characters of something that was typed, or said by a provider, that a sentence repeats.
const QUOTED_CHARS: usize = 200;

/// Figures that a sentence may ask about and that are not always known.
const OPTIONAL: [&str; 8] = [
    "max", "until", "reason", "given", "provider", "of", "scope", "window",
];

impl Text {
    /// Why, and what would work, in one or two sentences.
    pub fn reason(&self, reason: &Reason, markup: &dyn Markup) -> String {
        let figures = self.figures_of(reason, markup);
        let mut figures: Vec<_> = figures
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        for name in OPTIONAL {
            if !figures.iter().any(|(known, _)| *known == name) {
                figures.push((name, "none"));
            }
        }
        let sentence = self
            .try_say(&reason.code, None, &figures)
            .unwrap_or_else(|| self.say("reason-other", &[("code", &markup.escape(&reason.code))]));
        let offer = reason
            .args
            .get("offer")
            .and_then(|offer| self.try_say(&format!("offer-{offer}"), None, &figures));
        match offer {
            Some(offer) => self.say(
                "reason-with-offer",
                &[("reason", &sentence), ("offer", &offer)],
            ),
            None => sentence,
        }
    }

    /// A polite no, with everything that stands in the way, for the asker only.
    pub fn refusal(&self, reasons: &[Reason], markup: &dyn Markup) -> String {
        let text = match reasons {
            [one] => self.say("refusal-one", &[("reason", &self.reason(one, markup))]),
            many => self.list(self.say("refusal-many", &[]), many, markup),
        };
        Mark::Refused.before(&text)
    }

    /// A head and a line for each reason, as many as one message holds.
    pub(super) fn list(&self, head: String, reasons: &[Reason], markup: &dyn Markup) -> String {
        // Room for the mark in front and for the line that says how many more there are.
        let room = markup.max_chars().saturating_sub(60);
        let mut text = head;
        for (index, reason) in reasons.iter().enumerate() {
            let line = self.say("list-line", &[("line", &self.reason(reason, markup))]);
            if length(&text) + length(&line) > room {
                let count = (reasons.len() - index).to_string();
                text.push('\n');
                text.push_str(&self.say("list-more", &[("count", &count)]));
                break;
            }
            text.push('\n');
            text.push_str(&line);
        }
        text
    }

    fn figures_of(&self, reason: &Reason, markup: &dyn Markup) -> Vec<(&'static str, String)> {
        let args = &reason.args;
        let given = |name: &str| args.get(name).map(String::as_str);
        let sizes = matches!(
            &*reason.code,
            "violation-file-too-large" | "input-too-large"
        );
        let shrinks = given("offer") == Some("shrink");
        let mut figures = Vec::new();
        for name in [
            "given", "max", "min", "allowed", "value", "limit", "used", "left", "estimate",
            "reason", "code", "provider", "scope", "window", "count",
        ] {
            let Some(value) = given(name) else { continue };
            let is_size =
                (sizes && matches!(name, "given" | "max")) || (shrinks && name == "value");
            let text = match value.parse() {
                Ok(bytes) if is_size => self.size(bytes),
                _ if name == "reason" => sentence(&markup.escape(&shorten(value, QUOTED_CHARS))),
                _ => markup.escape(&shorten(value, QUOTED_CHARS)),
            };
            figures.push((name, text));
        }
        if let Some(operation) = given("operation") {
            figures.push(("operation", self.operation(operation, markup)));
        }
        if let Some(operations) = given("operations") {
            let all: Vec<_> = operations
                .split(", ")
                .map(|operation| self.operation(operation, markup))
                .collect();
            figures.push(("allowed", all.join(", ")));
        }
        if given("estimate").is_none() {
            figures.push(("estimate", self.say("price-unknown", &[])));
        }
        if let Some(until) = given("until").and_then(|until| until.parse::<i64>().ok()) {
            let at = Timestamp::from_millis(until.saturating_mul(1000));
            figures.push(("until", markup.moment(at)));
        }
        if reason.code.starts_with("budget-") {
            let window = given("window").unwrap_or("none");
            figures.push(("within", self.say("within", &[("window", window)])));
            let until = figures.iter().find(|(name, _)| *name == "until");
            let until = until.map_or("none", |(_, until)| until.as_str()).to_owned();
            figures.push(("room", self.say("room-again", &[("until", &until)])));
        }
        if let Some(field) = given("field") {
            figures.push(("of", field.to_owned()));
            figures.push(("Field", self.noun(field, Some("start"), markup)));
        }
        if let Some(other) = given("other") {
            figures.push(("other", self.noun(other, None, markup)));
        }
        figures.push(("Subject", self.subject(reason, markup)));
        figures
    }

    fn operation(&self, name: &str, markup: &dyn Markup) -> String {
        self.try_say(&format!("operation-{name}"), None, &[])
            .unwrap_or_else(|| markup.escape(name))
    }

    /// What people call a field of a command.
    fn noun(&self, field: &str, attribute: Option<&str>, markup: &dyn Markup) -> String {
        self.try_say(&format!("noun-{field}"), attribute, &[])
            .or_else(|| {
                let name = markup.escape(field);
                self.try_say("noun-option", attribute, &[("name", &name)])
            })
            .unwrap_or_else(|| field.to_owned())
    }

    /// Which file a sentence is about.
    fn subject(&self, reason: &Reason, markup: &dyn Markup) -> String {
        let file = reason.args.get("file").map_or("", String::as_str);
        let name = match reason.args.get("field").map(String::as_str) {
            Some("first_frame") => "subject-first-frame",
            Some("last_frame") => "subject-last-frame",
            Some("video") => "subject-video",
            Some("elements") => "subject-element",
            _ if file.is_empty() => "subject-file",
            _ if file.bytes().all(|byte| byte.is_ascii_digit()) => "subject-picture",
            _ => "subject-named",
        };
        let file = markup.escape(&shorten(file, 80));
        self.say(name, &[("file", &file)])
    }
}

/// Other people's words as a sentence, so that the next one can follow.
fn sentence(words: &str) -> String {
    if words.ends_with(['.', '!', '?', '…', '。', '！', '？']) {
        words.to_owned()
    } else {
        format!("{words}.")
    }
}
