//! Which of a vendor's words may be passed on, and what they are about.

use serde_json::Value;

/// The most characters of a vendor's sentence that are passed on.
const MAX_CHARS: usize = 200;

/// Whether text is a code, and not a sentence, something a person typed, or something secret.
pub(super) fn is_code(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(token) && !has_token(text)
}

/// The text of a value that is text, or a list of texts.
pub(super) fn joined(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            texts.join("; ")
        }
        _ => String::new(),
    }
}

/// Whether words are about an account without money: its credits or funds, or, on older plans, its
/// "available … resource limit".
pub(super) fn about_funds(text: &str) -> bool {
    let text = text.to_lowercase();
    ["credits", "funds", "exhausted the available"]
        .iter()
        .any(|sign| text.contains(sign))
}

/// Whether words are about content rules. The vendor documents none; these are what it, fal and Kling use.
pub(super) fn about_moderation(text: &str) -> bool {
    const SIGNS: [&str; 12] = [
        "moderation",
        "moderated",
        "content policy",
        "content_policy",
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
    let text = text.to_lowercase();
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    has(&SIGNS) || (text.contains("violat") && has(&RULES))
}

/// Whether words are about a video that is not known: "Inference not found".
pub(super) fn about_not_found(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("not found") && (text.contains("inference") || text.contains("generation"))
}

/// Whether words are about something in the request: these are what Kling and fal use.
pub(super) fn about_input(text: &str) -> bool {
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
    let has = |signs: &[&str]| signs.iter().any(|sign| text.contains(sign));
    has(&SUBJECTS) && has(&FAULTS)
}

/// The vendor's sentence, where it is about a picture or a clip and safe to show to whoever sent it.
///
/// `None` for anything technical, anything with an address, data or what may be a key in it, and
/// anything that repeats the prompt.
pub(super) fn for_people(message: &str, prompt: &str) -> Option<String> {
    const SUBJECTS: [&str; 7] = [
        "image", "picture", "photo", "video", "pixel", "width", "height",
    ];
    const TECHNICAL: [&str; 11] = [
        "/", "://", "data:", "base64", "`", "'", "\"", "{", "[", "_", "=",
    ];
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
pub(super) fn repeats(text: &str, prompt: &str) -> bool {
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
