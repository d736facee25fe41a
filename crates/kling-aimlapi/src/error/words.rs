//! Which of a vendor's words may be passed on, and what they are about.

use serde_json::Value;

/// The most characters of a vendor's sentence that are passed on.
const MAX_CHARS: usize = 200;

/// Whether text is a code, and not a sentence or something a person typed.
pub(super) fn is_code(text: &str) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(token)
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

/// Whether words are about content rules. The vendor documents none; these are what it, fal and Kling use.
pub(super) fn about_moderation(text: &str) -> bool {
    const SIGNS: [&str; 11] = [
        "moderation",
        "moderated",
        "content policy",
        "content_policy",
        "contentpolicy",
        "policy violation",
        "violates",
        "nsfw",
        "safety",
        "sensitive",
        "risk control",
    ];
    let text = text.to_lowercase();
    SIGNS.iter().any(|sign| text.contains(sign))
}

/// The vendor's sentence, where it is about a picture and safe to show to whoever sent it.
///
/// `None` for anything technical, anything with an address or data in it, and anything that
/// repeats the prompt.
pub(super) fn for_people(message: &str, prompt: &str) -> Option<String> {
    const SUBJECTS: [&str; 6] = ["image", "picture", "photo", "pixel", "width", "height"];
    const TECHNICAL: [&str; 10] = ["/", "://", "data:", "base64", "`", "'", "\"", "{", "[", "_"];
    let sentence = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = sentence.to_lowercase();
    let suits = SUBJECTS.iter().any(|subject| lower.contains(subject))
        && !TECHNICAL.iter().any(|sign| lower.contains(sign))
        && !sentence.chars().any(char::is_control)
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

/// Whether a sentence has three words of the prompt in a row, or all of a shorter one.
fn repeats(lower: &str, prompt: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        text.to_lowercase()
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let (said, typed) = (words(lower), words(prompt));
    let run = typed.len().min(3);
    run > 0
        && said
            .windows(run)
            .any(|part| typed.windows(run).any(|typed| typed == part))
}
