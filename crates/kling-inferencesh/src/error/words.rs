//! Which of the vendor's words may be passed on, and what they are about.

use serde_json::Value;

/// The most characters of a vendor's sentence that are passed on.
const MAX_CHARS: usize = 200;

/// Whether text is a code, and not a sentence, something a person typed, or something secret.
pub(crate) fn is_code(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(token) && !has_token(text)
}

/// Whether text is the name of a setting, such as `KLING_KEY`, or of a permission, such as `drive.readonly`.
pub(crate) fn is_name(text: &str) -> bool {
    let token =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':');
    (1..=64).contains(&text.len()) && text.bytes().all(token) && !has_token(text)
}

/// The text of a value that is text, or a list of texts.
pub(crate) fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            texts.join("; ")
        }
        _ => String::new(),
    }
}

/// The first number of three to five digits in square brackets: how the app passes on Kling's code.
pub(crate) fn bracketed_code(text: &str) -> Option<u16> {
    text.split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .filter(|(code, _)| (3..=5).contains(&code.len()))
        .find_map(|(code, _)| {
            let plain = code.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| code.parse().ok())?
        })
}

/// Whether words are about content rules. The vendor documents none; these are what Kling and its
/// resellers use.
pub(crate) fn about_moderation(text: &str) -> bool {
    const SIGNS: [&str; 10] = [
        "moderation",
        "moderated",
        "content policy",
        "content_policy",
        "policy violation",
        "nsfw",
        "content safety",
        "content_safety",
        "sensitive",
        "risk control",
    ];
    let text = text.to_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// The vendor's sentence, where it is about a picture or a clip and safe to show to whoever sent it.
///
/// `None` for anything technical, anything with an address, data or what may be a key in it, and
/// anything that repeats the prompt. A code in brackets in front is taken off.
pub(crate) fn for_people(message: &str, prompt: &str) -> Option<String> {
    const SUBJECTS: [&str; 8] = [
        "image", "picture", "photo", "pixel", "width", "height", "video", "frame",
    ];
    const TECHNICAL: [&str; 11] = [
        "/", "data:", "base64", "`", "'", "\"", "{", "[", "_", "=", "<",
    ];
    let message = message.trim();
    let message = match message
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((_, rest)) => rest,
        None => message,
    };
    let sentence = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = sentence.to_lowercase();
    let suits = SUBJECTS.iter().any(|subject| lower.contains(subject))
        && !TECHNICAL.iter().any(|sign| lower.contains(sign))
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

/// Whether text has a long run of letters and digits, as keys, signatures and ids have.
fn has_token(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric())
        .any(|run| run.chars().count() >= 12 && run.chars().any(|c| c.is_ascii_digit()))
}

/// Whether text has three words of the prompt in a row, or all of a shorter one.
fn repeats(text: &str, prompt: &str) -> bool {
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
