//! What a vendor's reply says went wrong, wherever in it that stands, without what must not come back.

use kling_core::{ReplyNote, Secret};
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{Reply, words};

/// The most bytes of a body that are read: an explanation is short.
const MAX_BYTES: usize = 64 * 1024;

/// The most characters of a message that are read.
const MAX_CHARS: usize = 2_000;

/// Where one vendor's replies may have what, the likeliest first. Places in the body are JSON pointers.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    /// What went wrong, as a name or a number. Of an address the last part counts, as problem details have it.
    pub codes: &'static [&'static str],
    /// What went wrong, in words: text, or a list of texts.
    pub messages: &'static [&'static str],
    /// What the vendor's support knows the request by, in the body.
    pub request_ids: &'static [&'static str],
    /// The same, as headers.
    pub request_id_headers: &'static [&'static str],
}

/// What a reply says went wrong; nothing for HTML and other noise.
///
/// Whatever repeats the key is taken out before anything is read, and a code that repeats the prompt is none.
#[derive(Clone, Default)]
pub struct Told<'a> {
    is_answer: bool,
    codes: Vec<String>,
    messages: Vec<String>,
    request_id: Option<String>,
    prompt: Option<&'a str>,
}

impl<'a> Told<'a> {
    /// Reads a reply. `prompt` is what the person typed, where that is known here.
    pub fn read(reply: &Reply, places: &Places, key: &Secret, prompt: Option<&'a str>) -> Self {
        let told = Self::of_body(&reply.body, places, key, prompt);
        let in_header = from_headers(&reply.headers, places, key);
        Self {
            request_id: in_header.or(told.request_id),
            ..told
        }
    }

    /// Reads an answer that has been taken for JSON already.
    pub fn of(answer: &Value, places: &Places, key: &Secret, prompt: Option<&'a str>) -> Self {
        let at = |place: &&str| answer.pointer(place);
        let repeats = |text: &str| prompt.is_some_and(|prompt| words::repeats(text, prompt));
        let is_clean = |code: &String| !code.contains(key.expose()) && !repeats(code);
        let succeeds = |text: &String| text.trim().eq_ignore_ascii_case("success");
        Self {
            is_answer: answer.is_object(),
            codes: places
                .codes
                .iter()
                .filter_map(at)
                .filter_map(code)
                .filter(is_clean)
                .collect(),
            messages: places
                .messages
                .iter()
                .filter_map(at)
                .filter_map(words::joined)
                .filter(|text| !succeeds(text))
                .map(|text| readable(&text, key))
                .collect(),
            request_id: places
                .request_ids
                .iter()
                .filter_map(at)
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .find(is_clean),
            prompt,
        }
    }

    fn of_body(body: &[u8], places: &Places, key: &Secret, prompt: Option<&'a str>) -> Self {
        let nothing = Self {
            prompt,
            ..Self::default()
        };
        if body.len() > MAX_BYTES {
            return nothing;
        }
        if let Ok(answer) = serde_json::from_slice::<Value>(body) {
            return match answer {
                Value::String(text) => Self {
                    messages: vec![readable(&text, key)],
                    ..nothing
                },
                answer => Self::of(&answer, places, key, prompt),
            };
        }
        let text = String::from_utf8_lossy(body);
        if text.trim_start().starts_with(['<', '{', '[']) {
            return nothing;
        }
        Self {
            messages: vec![readable(&text, key)],
            ..nothing
        }
    }

    /// Whether it is an answer of the vendor's at all, and not somebody's web page.
    pub const fn is_answer(&self) -> bool {
        self.is_answer
    }

    /// The vendor's code, where there is one that looks like it.
    pub fn code(&self) -> Option<&str> {
        self.codes.first().map(String::as_str)
    }

    /// What is noted of the reply: the vendor's code, else this status, and the request's id.
    pub fn note(&self, status: u16) -> ReplyNote {
        match self.code() {
            Some(code) => self.note_as(code),
            None => self.note_as(&status.to_string()),
        }
    }

    /// The same with a code that is known otherwise.
    pub fn note_as(&self, code: &str) -> ReplyNote {
        let note = ReplyNote::of_code(code);
        match &self.request_id {
            Some(id) => note.with_request_id(id),
            None => note,
        }
    }

    /// The first message, where it may be shown to the person whose prompt it was. `None` where the prompt is
    /// not known, since it may be repeated.
    pub fn reason(&self) -> Option<String> {
        words::for_people(self.messages.first()?, self.prompt?)
    }

    /// Whether a code is such.
    pub fn has_code(&self, is_such: impl Fn(&str) -> bool) -> bool {
        self.codes.iter().any(|code| is_such(code))
    }

    /// Whether the vendor's own words, not those of the prompt in them, are about something.
    pub fn says(&self, about: impl Fn(&str) -> bool) -> bool {
        self.messages.iter().any(|message| match self.prompt {
            Some(prompt) => about(&words::without(message, prompt)),
            None => about(message),
        })
    }

    /// Whether code or words are about content rules.
    pub fn is_moderation(&self) -> bool {
        self.has_code(words::about_moderation) || self.says(words::about_moderation)
    }

    /// Whether the words are about something that the person could change.
    pub fn is_about_input(&self) -> bool {
        self.says(words::about_input)
    }
}

/// It shows no words: they may be the prompt's.
impl std::fmt::Debug for Told<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Told")
            .field("is_answer", &self.is_answer)
            .field("codes", &self.codes)
            .finish_non_exhaustive()
    }
}

/// What is noted of a success: its request's id, from the headers alone.
pub fn note_of_success(reply: &Reply, places: &Places, key: &Secret) -> ReplyNote {
    from_headers(&reply.headers, places, key).map_or_else(ReplyNote::default, |id| {
        ReplyNote::default().with_request_id(&id)
    })
}

fn from_headers(headers: &HeaderMap, places: &Places, key: &Secret) -> Option<String> {
    places
        .request_id_headers
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok())
        .find(|id| !id.is_empty() && !id.contains(key.expose()))
        .map(str::to_owned)
}

fn code(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let last = match text.rsplit_once('/') {
                Some((start, last)) if start.starts_with("http") => last,
                _ => text,
            };
            words::is_code(last).then(|| last.to_owned())
        }
        Value::Number(number) => Some(number.to_string()).filter(|code| words::is_code(code)),
        _ => None,
    }
}

fn readable(text: &str, key: &Secret) -> String {
    let text = text.replace(key.expose(), "");
    text.chars().take(MAX_CHARS).collect()
}

#[cfg(test)]
mod tests;
