//! What is passed on, what is not, and what words are about.

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[test]
fn a_code_is_short_and_plain_and_looks_like_no_key() {
    for code in [
        "rate_limited",
        "KLING_KEY",
        "drive.readonly",
        "err-1",
        "1301",
    ] {
        assert!(is_code(code), "{code}");
    }
    for other in [
        "",
        "no sentence",
        "about:blank",
        "https://example.com/a?b=c",
        "inf_0123456789abcdef",
        "größe",
        "x".repeat(65).as_str(),
    ] {
        assert!(!is_code(other), "{other}");
    }
}

#[test]
fn the_name_of_a_permission_may_have_a_colon() {
    assert!(is_name("drive:read") && is_name("KLING_KEY"));
    assert!(!is_name("https://example.com/a") && !is_name("inf_0123456789abcdef"));
}

#[test]
fn texts_and_lists_of_texts_are_words_and_nothing_else_is() {
    assert_eq!(joined(&json!("a")), Some("a".to_owned()));
    assert_eq!(joined(&json!(["a", 7, "b"])), Some("a; b".to_owned()));
    for other in [
        json!(null),
        json!(7),
        json!(" "),
        json!([]),
        json!({"a": 1}),
    ] {
        assert_eq!(joined(&other), None, "{other}");
    }
}

#[test]
fn words_about_content_rules_are_told_from_technical_ones() {
    for moderated in [
        "Your prompt violates our usage policies",
        "Failure to pass the risk control system",
        "The input may contain sensitive information",
        "Blocked by the safety system",
        "content_policy_violation",
        "ContentPolicyException",
        "flagged as NSFW",
        "[1301] content safety",
    ] {
        assert!(about_moderation(moderated), "{moderated}");
    }
    for technical in [
        "Body validation error!",
        "Constraint violation: aspect_ratio",
        "Header names are case-sensitive",
        "Terms of service were updated",
    ] {
        assert!(!about_moderation(technical), "{technical}");
    }
}

#[test]
fn what_the_person_could_change_is_told_from_what_broke() {
    assert!(about_input("The image is too small"));
    assert!(about_input("duration must be 5 or 10"));
    assert!(!about_input("The image service is down"));
    assert!(!about_input("Too many requests"));
}

#[test]
fn a_sentence_about_a_picture_is_passed_on_when_it_is_clean() {
    let prompt = "a red kite over the sea";
    assert_eq!(
        for_people("  The image must be\n at least 300 pixels a side ", prompt).as_deref(),
        Some("The image must be at least 300 pixels a side")
    );
    assert_eq!(
        for_people("[1201] The frame is too small", prompt).as_deref(),
        Some("The frame is too small")
    );
    for dirty in [
        "Could not load the image https://cdn.example.com/a?sig=1",
        "The image data:image/png;base64,AAAA is broken",
        "An image of a RED kite, over the moon is too small",
        "Property 'image_urls' is wrong",
        "The image 0123456789abcdef is broken",
        "Something else",
        "",
    ] {
        assert_eq!(for_people(dirty, prompt), None, "{dirty}");
    }
}

#[test]
fn a_long_sentence_is_cut_between_characters() {
    let told = for_people(&format!("The image is ñ{}", "ñ".repeat(500)), "a boat");

    assert_eq!(told.map(|told| told.chars().count()), Some(201));
}

#[test]
fn a_prompt_is_taken_out_as_words_and_not_out_of_words() {
    assert_eq!(without("no nsfw here", "nsfw"), "no   here");
    assert_eq!(without("'nsfw'", "nsfw"), "' '");
    assert_eq!(without("a moderated cat", "a"), "  moderated cat");
    assert_eq!(without("anything", ""), "anything");
}

proptest! {
    #[test]
    fn no_words_make_a_panic_and_no_prompt_is_passed_on(message in ".{0,300}", prompt in "[a-z]{3,9} [a-z]{3,9} [a-z]{3,9}") {
        let echo = format!("The image of {prompt} is too small {message}");

        prop_assert_eq!(for_people(&echo, &prompt), None);
        drop((is_code(&message), about_moderation(&message), about_input(&message), without(&message, &prompt)));
        if let Some(told) = for_people(&message, &prompt) {
            prop_assert!(told.chars().count() <= MAX_CHARS + 1);
        }
    }
}
