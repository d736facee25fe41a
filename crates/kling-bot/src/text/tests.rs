//! All sentences, in one place to be read.

mod endings;
mod reasons;

use std::fmt::Write as _;
use std::time::Duration;

use kling_core::{Capability, Operation, Output, Timestamp};
use kling_engine::{CancelAnswer, Choice, Reason, Requester, Stage, StatusUpdate};

use super::*;
use crate::{Menu, fake};
use endings::every_ending;
use reasons::every_reason;

struct Plain;

impl Markup for Plain {
    fn escape(&self, text: &str) -> String {
        text.replace('*', "\\*")
    }

    fn mention(&self, requester: &Requester) -> String {
        format!("<@{}>", requester.user)
    }

    fn moment(&self, at: Timestamp) -> String {
        format!("<t:{}:R>", at.as_seconds())
    }

    fn max_chars(&self) -> usize {
        2000
    }
}

fn english() -> Text {
    Texts::builtin().expect("the files can be read").of(None)
}

fn updates(text: &Text) -> String {
    let update = |ahead, percent, typical: Option<u64>| StatusUpdate {
        ahead,
        percent,
        elapsed: Duration::from_secs(12),
        typical: typical.map(Duration::from_secs),
    };
    let mut all = String::new();
    let mut add = |job: &kling_engine::Job, update: &StatusUpdate| {
        let shown = text.status(job, update, &Plain);
        assert_eq!(Mark::of(&shown), Some(Mark::Progress));
        writeln!(all, "[{}]\n{shown}", job.stage).expect("written");
    };
    for stage in Stage::ALL {
        add(&fake::job(stage), &update(None, None, None));
    }
    add(
        &fake::job(Stage::Accepted),
        &update(Some(0), None, Some(75)),
    );
    for ahead in [0, 1, 7] {
        add(
            &fake::job(Stage::Collected),
            &update(Some(ahead), None, None),
        );
    }
    add(
        &fake::job(Stage::Running),
        &update(None, Some(47), Some(75)),
    );
    let mut answered = fake::job(Stage::Submitted);
    answered.output = Some(Output::default());
    add(&answered, &update(None, None, None));
    let accepted = text.accepted(&fake::job(Stage::Accepted), 2, &Plain);
    writeln!(all, "[accepted with two in front]\n{accepted}").expect("written");
    all
}

/// Every sentence there is.
fn every_sentence(text: &Text) -> String {
    let mut all = String::from("## Reasons\n\n");
    for reason in every_reason() {
        writeln!(all, "[{}]\n{}", reason.code, text.reason(&reason, &Plain)).expect("written");
    }
    let one = [Reason::new("provider-none")];
    let two = [Reason::new("provider-none"), Reason::new("archive-full")];
    let job = fake::job(Stage::Running);
    write!(
        all,
        "\n## Answers\n\n{}\n{}\n{}\n{}\n{}\n{}\n",
        text.refusal(&one, &Plain),
        text.refusal(&two, &Plain),
        text.not_accepted(),
        text.duplicate(&job),
        text.no_such_job(),
        text.not_yours()
    )
    .expect("written");
    for answer in [
        CancelAnswer::Cancelled {
            charged: Some(false),
        },
        CancelAnswer::Cancelled {
            charged: Some(true),
        },
        CancelAnswer::Cancelled { charged: None },
        CancelAnswer::Asked,
        CancelAnswer::GoesOn,
        CancelAnswer::TooLate,
    ] {
        writeln!(all, "{}", text.cancel_answer(&answer)).expect("written");
    }
    for choice in [Choice::LookAgain, Choice::TryAgain, Choice::GiveUp] {
        writeln!(
            all,
            "[{}] {}",
            text.choice(choice),
            text.choice_taken(choice)
        )
        .expect("written");
    }
    writeln!(
        all,
        "{}\n[{}]",
        text.choice_too_late(),
        text.cancel_button()
    )
    .expect("written");
    writeln!(all, "\n## Status\n\n{}", updates(text)).expect("written");
    all.push_str("## Endings\n\n");
    for (name, mark, delivery) in every_ending() {
        let shown = text.delivery(&delivery, &Plain);
        assert_eq!(Mark::of(&shown), Some(mark), "{name}");
        writeln!(all, "[{name}]\n{shown}").expect("written");
    }
    writeln!(all, "\n## Alternative texts\n").expect("written");
    writeln!(all, "{}", text.alt_text(&job, 0, 1, 1000)).expect("written");
    writeln!(all, "{}", text.alt_text(&job, 1, 3, 50)).expect("written");
    writeln!(all, "\n## Commands\n").expect("written");
    for command in &Menu::of(&fake::catalogue([fake::strict()])).commands {
        let (name, about) = (
            text.command_name(command.name),
            text.command_about(command.name),
        );
        writeln!(all, "/{name}: {about}").expect("written");
        for field in &command.fields {
            let (name, about) = (text.field_name(field), text.field_about(field));
            writeln!(all, "  {name}: {about}").expect("written");
        }
    }
    for operation in Operation::ALL {
        let reason = Reason::new("operation-missing")
            .with("operation", operation)
            .with("operations", operation);
        writeln!(all, "[{operation}] {}", text.reason(&reason, &Plain)).expect("written");
    }
    all
}

#[test]
fn these_are_all_the_sentences() {
    insta::assert_snapshot!(every_sentence(&english()));
}

#[test]
fn no_sentence_lacks_a_figure_or_is_missing() {
    let all = every_sentence(&english());

    for leftover in [
        "{",
        "}",
        "violation-",
        "offer-",
        "stage-",
        "none)",
        "subject-",
    ] {
        let lines: Vec<_> = all
            .lines()
            .filter(|line| !line.starts_with('[') && line.contains(leftover))
            .collect();
        assert!(lines.is_empty(), "`{leftover}` in {lines:?}");
    }
}

#[test]
fn every_code_of_the_engine_has_a_sentence_of_its_own() {
    let text = english();
    let general = text.reason(&Reason::new("unheard-of"), &Plain);

    assert!(general.contains("unheard-of"));
    for code in Reason::CODES {
        let name_is_known = text.try_say(code, None, &[]).is_some();
        assert!(name_is_known, "`{code}` has no sentence");
    }
}

#[test]
fn what_a_reason_carries_is_shown() {
    let text = english();
    for reason in every_reason() {
        let shown = text.reason(&reason, &Plain);
        for name in ["given", "allowed", "limit", "left", "estimate", "reason"] {
            let Some(value) = reason.args.get(name) else {
                continue;
            };
            if value.parse::<u64>().is_ok_and(|bytes| bytes > 1_000_000) {
                continue;
            }
            let exempt = matches!(
                &*reason.code,
                "quota-open-jobs" | "violation-too-few" | "violation-playing-time"
            );
            assert!(
                exempt || shown.contains(&Plain.escape(value)),
                "`{name}` of `{}` is not in: {shown}",
                reason.code
            );
        }
    }
}

#[test]
fn what_was_typed_is_escaped_wherever_it_is_shown() {
    let text = english();
    let done = text.delivery(&every_ending()[0].2, &Plain);
    let refused = text.reason(&Reason::new("field-unknown").with("given", "*x*"), &Plain);

    assert!(done.contains(r"a \*paper\* boat in the rain"), "{done}");
    assert!(refused.contains(r"\*x\*"), "{refused}");
}

#[test]
fn a_long_list_of_reasons_stays_within_one_message() {
    let many: Vec<_> = (0..40)
        .map(|_| Reason::new("field-unknown").with("given", "*".repeat(5000)))
        .collect();

    let shown = english().refusal(&many, &Plain);

    assert!(shown.chars().count() <= 2000, "{}", shown.chars().count());
    assert!(shown.contains(" more."), "{shown}");
}

#[test]
fn a_list_of_reasons_stays_within_one_message_where_an_emoji_counts_as_two() {
    let many: Vec<_> = (0..40)
        .map(|_| Reason::new("field-unknown").with("given", "😀".repeat(150)))
        .collect();

    let shown = english().refusal(&many, &Plain);

    assert!(shown.encode_utf16().count() <= 2000, "{shown}");
    assert!(shown.ends_with(" more."), "{shown}");
}

#[test]
fn a_job_whose_files_are_being_fetched_says_so() {
    let update = |ahead| StatusUpdate {
        ahead: Some(ahead),
        percent: None,
        elapsed: Duration::ZERO,
        typical: None,
    };
    let shown = |ahead| english().status(&fake::job(Stage::Accepted), &update(ahead), &Plain);

    assert!(shown(0).contains("Fetching your files"), "{}", shown(0));
    assert!(shown(3).contains("3 jobs are in front"), "{}", shown(3));
}

#[test]
fn a_provider_s_words_end_before_ours_go_on() {
    let declined = Reason::new("provider-declined").with("reason", "invalid image");

    let shown = english().refusal(&[declined], &Plain);

    assert!(
        shown.contains("invalid image. Nothing was started"),
        "{shown}"
    );
}

#[test]
fn a_mark_is_told_from_the_beginning_of_a_message() {
    for mark in Mark::ALL {
        assert_eq!(Mark::of(&mark.before("x")), Some(mark));
    }
    assert_eq!(Mark::of("a message of somebody else ✅"), None);
    assert!(!Mark::Progress.is_final() && Mark::Done.is_final());
}

#[test]
fn people_with_another_language_get_english_for_now() {
    let texts = Texts::builtin().expect("the files can be read");

    assert_eq!(texts.locales(), ["en-US"]);
    for locale in ["de", "en-GB", "pt-BR", "", "no language at all"] {
        let text = texts.of(Some(locale));
        assert_eq!(text.not_yours(), english().not_yours(), "{locale}");
    }
}

#[test]
fn the_capability_of_every_operation_has_words() {
    for operation in Operation::ALL {
        let name = format!("operation-{}", Capability::new(operation).operation);
        assert!(english().try_say(&name, None, &[]).is_some(), "{name}");
    }
}
