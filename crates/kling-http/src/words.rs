//! Which of a vendor's words may be passed on, and what they are about.
//!
//! No vendor documents all it may say, so what words are about is read from signs: those that Kling, fal and their
//! resellers use.

use serde_json::Value;

/// The most characters of a vendor's sentence that are passed on.
const MAX_CHARS: usize = 200;

/// The most bytes of a code.
const MAX_CODE_BYTES: usize = 64;

/// Whether text is a code, such as `rate_limited`, and not a sentence, something a person typed, or something secret.
pub fn is_code(text: &str) -> bool {
    !text.contains(':') && is_name(text)
}

/// Whether text is the name of a setting, such as `KLING_KEY`, or of a permission, such as `drive:read`.
pub fn is_name(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    (1..=MAX_CODE_BYTES).contains(&text.len()) && text.bytes().all(token) && !has_token(text)
}

/// The text of a value that is text, or a list of texts; `None` when that is blank.
pub fn joined(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            texts.join("; ")
        }
        _ => String::new(),
    };
    (!text.trim().is_empty()).then_some(text)
}

/// Whether words, or a code, are about content rules.
pub fn about_moderation(text: &str) -> bool {
    const SIGNS: [&str; 11] = [
        "moderation",
        "moderated",
        "content policy",
        "contentpolicy",
        "policy violation",
        "nsfw",
        "safety",
        "sensitive content",
        "sensitive information",
        "sensitive word",
        "risk control",
    ];
    const RULES: [&str; 4] = ["polic", "guideline", "terms", "rules"];
    let text = text.to_lowercase().replace(['_', '-'], " ");
    has(&text, &SIGNS) || (text.contains("violat") && has(&text, &RULES))
}

/// Whether words are about something that the person could change: what was asked for, and what is wrong with it.
pub fn about_input(text: &str) -> bool {
    const SUBJECTS: [&str; 9] = [
        "prompt",
        "image",
        "picture",
        "video",
        "element",
        "parameter",
        "ratio",
        "resolution",
        "duration",
    ];
    const FAULTS: [&str; 11] = [
        "invalid",
        "unsupported",
        "not supported",
        "not allowed",
        "must ",
        "too ",
        "exceed",
        "at most",
        "cannot be",
        "could not be",
        "failed to download",
    ];
    let text = text.to_lowercase();
    has(&text, &SUBJECTS) && has(&text, &FAULTS)
}

/// The vendor's sentence, where it is about a picture or a clip and safe to show to whoever sent it.
///
/// `None` for anything technical, anything with an address, data or what may be a key in it, and
/// anything that repeats the prompt. A code in brackets in front is taken off.
pub fn for_people(message: &str, prompt: &str) -> Option<String> {
    const SUBJECTS: [&str; 8] = [
        "image", "picture", "photo", "pixel", "width", "height", "video", "frame",
    ];
    const TECHNICAL: [&str; 11] = [
        "/", "data:", "base64", "`", "'", "\"", "{", "[", "_", "=", "<",
    ];
    let message = message.trim();
    let bracketed = message
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'));
    let message = bracketed.map_or(message, |(_, rest)| rest);
    let sentence = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = sentence.to_lowercase();
    let suits = has(&lower, &SUBJECTS)
        && !has(&lower, &TECHNICAL)
        && !sentence.chars().any(char::is_control)
        && !has_token(&sentence)
        && !repeats(&lower, prompt);
    if !suits {
        return None;
    }
    if sentence.chars().count() <= MAX_CHARS {
        return Some(sentence);
    }
    let start: String = sentence.chars().take(MAX_CHARS).collect();
    Some(format!("{start}…"))
}

/// Whether text has three words of the prompt in a row, or all of a shorter one.
pub fn repeats(text: &str, prompt: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (said, typed) = (words(text), words(prompt));
    let run = typed.len().min(3);
    run > 0
        && said
            .windows(run)
            .any(|part| typed.windows(run).any(|typed| typed == part))
}

/// The text without the prompt, wherever that stands in it as whole words: what somebody asked for says nothing
/// about why it was declined.
pub(crate) fn without(text: &str, prompt: &str) -> String {
    if prompt.trim().is_empty() {
        return text.to_owned();
    }
    let mut parts = text.split(prompt);
    let mut left = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let goes_on = |a: Option<char>, b: Option<char>| {
            a.is_some_and(char::is_alphanumeric) && b.is_some_and(char::is_alphanumeric)
        };
        let inside_a_word = goes_on(left.chars().last(), prompt.chars().next())
            || goes_on(prompt.chars().last(), part.chars().next());
        left.push_str(if inside_a_word { prompt } else { " " });
        left.push_str(part);
    }
    left
}

fn has(text: &str, signs: &[&str]) -> bool {
    signs.iter().any(|sign| text.contains(sign))
}

/// Whether text has a long run of letters and digits, as keys, signatures and ids have.
fn has_token(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|run| run.chars().count() >= 12 && run.chars().any(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests;
