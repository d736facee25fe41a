//! Tests of how a command ends.

use kling_core::{HandleError, ReplyNote};

use super::*;

#[test]
fn only_a_submission_without_a_clear_answer_is_unconfirmed() {
    let lost = ProviderError::Indeterminate("reset".into());
    let garbled = ProviderError::Protocol {
        path: "$".into(),
        source: "not JSON".into(),
    };

    for error in [&lost, &garbled] {
        assert_eq!(Ending::of_submission(error).exit(), Exit::Unconfirmed);
        assert_eq!(Ending::of_read(error).exit(), Exit::Failed);
        assert_eq!(Ending::of_watch(error).exit(), Exit::NotFinished);
    }
    let busy = ProviderError::RateLimited {
        note: ReplyNote::default(),
        retry_after: None,
    };
    assert_eq!(Ending::of_submission(&busy).exit(), Exit::Busy);
    assert_eq!(Ending::of_watch(&busy).exit(), Exit::NotFinished);
    let broke = ProviderError::OutOfFunds {
        note: ReplyNote::default(),
    };
    assert_eq!(Ending::of_submission(&broke).exit(), Exit::Account);
}

#[test]
fn the_readme_knows_every_name_of_a_handle_that_cannot_be_read() {
    let expected = "acme";
    let known = [
        HandleError::Foreign {
            expected,
            found: None,
        },
        HandleError::FromTheFuture {
            provider: expected,
            found: 2,
            known: 1,
        },
        HandleError::Damaged { expected },
    ];

    for error in known {
        let ending = Ending::of_read(&ProviderError::Handle(error));

        assert_eq!(ending.exit(), Exit::Usage);
        let code = format!("`{}`", ending.code);
        assert!(include_str!("../../README.md").contains(&code), "{code}");
    }
}

#[test]
fn every_exit_has_a_code_of_its_own() {
    let codes = Exit::ALL.map(Exit::code);

    assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 130]);
}

#[test]
fn the_readme_and_the_help_say_the_same_of_every_exit_code() {
    let readme = include_str!("../../README.md");
    let row = |line: &str| -> Option<(u8, String)> {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let code = cells.next()?.parse().ok()?;
        Some((code, cells.next()?.replace("**", "")))
    };

    let told: Vec<_> = readme.lines().filter_map(row).collect();

    let meant = Exit::ALL.map(|exit| (exit.code(), exit.meaning().to_owned()));
    assert_eq!(told, meant);
}
