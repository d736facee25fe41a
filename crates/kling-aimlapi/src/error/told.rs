//! What the body of a declined call says, whichever generation it is of.

use kling_core::Secret;
use serde_json::Value;

use super::words;
use crate::wire::ErrorBody;

/// The most bytes of a body that are read: an explanation is short.
const MAX_BYTES: usize = 64 * 1024;

/// What a body says; nothing for HTML and other noise.
#[derive(Default)]
pub(super) struct Told<'a> {
    /// Whether it is an answer of the vendor's at all, and not somebody's web page.
    pub(super) is_json: bool,
    /// `error.data.kind`, then `error.name`, where they look like codes.
    codes: Vec<String>,
    /// `message`, `error.message`, `error` and `title`, where they are text; else a body of plain words.
    messages: Vec<String>,
    /// The request's own words, which say nothing about why it was declined.
    prompt: Option<&'a str>,
}

impl<'a> Told<'a> {
    /// Reads a body, without whatever it repeats of the key.
    pub(super) fn read(body: &[u8], key: &Secret, prompt: Option<&'a str>) -> Self {
        if body.len() > MAX_BYTES {
            return Self::default();
        }
        let text = String::from_utf8_lossy(body).replace(key.expose(), "");
        let (is_json, codes, messages) = match serde_json::from_str::<ErrorBody>(&text) {
            Ok(body) => (true, codes(&body), messages(&body)),
            Err(_) if text.trim_start().starts_with(['<', '{', '[']) => (false, vec![], vec![]),
            Err(_) => (false, vec![], vec![text]),
        };
        Self {
            is_json,
            codes,
            messages,
            prompt,
        }
    }

    /// The first code that is not taken from the prompt.
    pub(super) fn code(&self) -> Option<String> {
        let repeats = |code: &&String| {
            self.prompt
                .is_some_and(|prompt| words::repeats(code, prompt))
        };
        self.codes.iter().find(|code| !repeats(code)).cloned()
    }

    /// The first message, where it may be shown to the person whose prompt it was.
    pub(super) fn reason(&self) -> Option<String> {
        words::for_people(self.messages.first()?, self.prompt?)
    }

    /// The kind starts with `err_insuff` (the vendor misspells the rest), or the name is
    /// `OutOfFundsException`, or the words are about credits or funds.
    pub(super) fn is_out_of_funds(&self) -> bool {
        self.codes
            .iter()
            .any(|code| code.starts_with("err_insuff") || code == "OutOfFundsException")
            || self.says(words::about_funds)
    }

    /// Whether code or words are about content rules.
    pub(super) fn is_moderation(&self) -> bool {
        let code_says = self.codes.iter().any(|code| words::about_moderation(code));
        code_says || self.says(words::about_moderation)
    }

    /// Whether words are about a video that the vendor does not know.
    pub(super) fn is_not_found(&self) -> bool {
        self.says(words::about_not_found)
    }

    /// Whether code or words are about something that the person could change.
    pub(super) fn is_about_input(&self) -> bool {
        let code_says = |code: &String| code.starts_with("BadRequest") || code == "err_validation";
        self.codes.iter().any(code_says) || self.says(words::about_input)
    }

    /// Whether the vendor's own words, not those of the prompt in them, are about something.
    fn says(&self, about: fn(&str) -> bool) -> bool {
        let prompt = self.prompt.filter(|prompt| !prompt.is_empty());
        self.messages.iter().any(|message| match prompt {
            Some(prompt) => about(&message.replace(prompt, " ")),
            None => about(message),
        })
    }
}

fn codes(body: &ErrorBody) -> Vec<String> {
    [&body.error["data"]["kind"], &body.error["name"]]
        .into_iter()
        .filter_map(Value::as_str)
        .filter(|code| words::is_code(code))
        .map(str::to_owned)
        .collect()
}

fn messages(body: &ErrorBody) -> Vec<String> {
    let inner = &body.error;
    [&body.message, &inner["message"], inner, &body.title]
        .into_iter()
        .map(words::joined)
        .filter(|message| !message.is_empty())
        .collect()
}
