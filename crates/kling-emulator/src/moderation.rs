//! Moderation on request: a word in a prompt that every vendor refuses.

/// A prompt with this word in it, in any case, is refused by the vendors that work in the background:
/// the work is accepted, ends as failed, and costs nothing.
pub const MAGIC_WORD: &str = "moderate-me";

/// Whether a prompt is refused.
pub(crate) fn is_refused(prompt: &str) -> bool {
    prompt.to_lowercase().contains(MAGIC_WORD)
}
