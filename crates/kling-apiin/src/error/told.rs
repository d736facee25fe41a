//! What the vendor's words say went wrong.

use kling_core::Secret;
use serde_json::Value;

use super::words;
use crate::wire::{Answer, place};

/// The most bytes of a body that are read when it is no answer: an explanation is short.
const MAX_BYTES: usize = 64 * 1024;

/// The most characters of a message that are read.
const MAX_CHARS: usize = 2_000;

/// The fewest characters of a prompt that are looked for in a message; shorter ones are in everything.
const MIN_PROMPT_CHARS: usize = 8;

/// What an answer says went wrong; nothing for HTML and other noise.
#[derive(Default)]
pub(super) struct Told<'a> {
    /// Whether the body is an answer of the vendor's at all.
    pub(super) is_an_answer: bool,
    /// The error's type or number, where it looks like one.
    name: Option<String>,
    /// The first place that has words; else a body of plain words.
    message: String,
    /// The request's own words, which say nothing about why it was declined.
    prompt: Option<&'a str>,
}

impl<'a> Told<'a> {
    /// Reads a body, without whatever it repeats of the key.
    pub(super) fn of_body(body: &[u8], key: &Secret, prompt: Option<&'a str>) -> Self {
        if body.len() > MAX_BYTES {
            return Self::default();
        }
        match serde_json::from_slice::<Answer>(body) {
            Ok(answer) if answer.is_object() => Self::of(&answer, key, prompt),
            Ok(_) => Self::default(),
            Err(_) => {
                let text = String::from_utf8_lossy(body);
                let is_noise = text.trim_start().starts_with(['<', '{', '[']);
                Self {
                    message: readable(if is_noise { "" } else { &text }, key),
                    prompt,
                    ..Self::default()
                }
            }
        }
    }

    /// Reads an answer, without whatever it repeats of the key.
    pub(super) fn of(answer: &Answer, key: &Secret, prompt: Option<&'a str>) -> Self {
        let repeats = |text: &str| prompt.is_some_and(|prompt| words::repeats(text, prompt));
        let message = answer
            .first(&place::ERROR, words::joined)
            .or_else(|| answer.first(&place::MESSAGE, words::joined))
            .filter(|text| !text.trim().eq_ignore_ascii_case("success"));
        Self {
            is_an_answer: true,
            name: answer.first(&place::ERROR_NAME, |value| {
                name(value).filter(|name| !name.contains(key.expose()) && !repeats(name))
            }),
            message: readable(message.as_deref().unwrap_or_default(), key),
            prompt,
        }
    }

    /// The vendor's name for what went wrong, where it looks like one.
    pub(super) fn name(&self) -> Option<String> {
        self.name.clone()
    }

    /// The message, where it may be shown to the person whose prompt it was.
    pub(super) fn reason(&self) -> Option<String> {
        words::for_people(&self.message, self.prompt?)
    }

    /// Whether the account has no money.
    pub(super) fn is_out_of_funds(&self) -> bool {
        self.says(words::about_funds)
    }

    /// Whether it is about content rules.
    pub(super) fn is_moderation(&self) -> bool {
        self.says(words::about_moderation)
    }

    /// Whether it is about something that the person could change.
    pub(super) fn is_about_input(&self) -> bool {
        self.says(words::about_input)
    }

    /// Whether the vendor's own words, not those of the prompt in them, are about something.
    fn says(&self, about: fn(&str) -> bool) -> bool {
        let long = |prompt: &&str| prompt.chars().count() >= MIN_PROMPT_CHARS;
        self.name.as_deref().is_some_and(about)
            || match self.prompt.filter(long) {
                Some(prompt) => about(&self.message.replace(prompt, " ")),
                None => about(&self.message),
            }
    }
}

fn name(value: &Value) -> Option<String> {
    match value {
        Value::String(name) if words::is_code(name) => Some(name.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn readable(text: &str, key: &Secret) -> String {
    let text = text.replace(key.expose(), "");
    text.chars().take(MAX_CHARS).collect()
}
