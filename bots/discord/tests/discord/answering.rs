//! The first answer: in time, once, and nobody pays for what they were not told of.

use std::collections::BTreeMap;

use kling_emulator::discord::Invocation;
use kling_emulator::journal::Entry;
use kling_emulator::script::Effect;

use crate::bot::{Bot, LONG, picture};

fn refused_with(status: u16, code: u32) -> Effect {
    Effect::Status {
        status,
        headers: BTreeMap::new(),
        body: format!(r#"{{"message": "No.", "code": {code}}}"#),
        content_type: String::new(),
    }
}

#[tokio::test]
async fn a_store_that_is_slow_is_told_in_time_and_costs_nothing() {
    for point in [
        "commit.accepted.before=pause:2500",
        "commit.accepted.after=pause:2500",
    ] {
        let mut bot = Bot::asleep().await;
        bot.wake(&[("KLING_FAILPOINT", point)]).await;

        let slow = bot.imagine(|command| command);
        let answer = bot.discord().wait_for_answer(slow, LONG).await.unwrap();
        bot.settled().await;

        assert_eq!(
            (answer.callback, answer.ephemeral),
            (Some(4), true),
            "{point}"
        );
        let told = bot.marked("🚫").await;
        assert!(
            told.content.contains("nothing was charged"),
            "{}",
            told.content
        );
        // One for the job that shows that nothing is left to do.
        assert_eq!(
            (bot.public("pictures").len(), bot.charges()),
            (0, 1),
            "{point}"
        );
    }
}

#[tokio::test]
async fn a_command_that_another_program_answered_is_not_paid_for_twice() {
    let bot = Bot::start().await;
    // The file does not come for a while, so that nothing can have been submitted.
    bot.fault("cdn", "", 20, Effect::Hang);
    bot.fault("discord", "/callback", 1, refused_with(400, 40_060));

    bot.imagine(|command| command);
    let cancelled = bot.marked("🛑").await;

    assert!(
        cancelled.content.contains("Nothing was charged"),
        "{}",
        cancelled.content
    );
    assert_eq!(bot.charges(), 0);
}

#[tokio::test]
async fn an_answer_that_was_lost_on_the_way_is_not_given_twice() {
    let bot = Bot::start().await;
    bot.fault("discord", "/callback", 1, Effect::ResetAfter);

    let id = bot.imagine(|command| command);
    let result = bot.marked("✅").await;

    let answer = bot.discord().answer(id).unwrap();
    assert_eq!((answer.callback, answer.failed), (Some(5), false));
    assert_eq!(result.message_id, answer.message_id);
    assert_eq!((bot.public("pictures").len(), bot.charges()), (1, 1));
}

#[tokio::test]
async fn the_same_event_at_the_same_moment_is_one_job_with_one_answer() {
    let bot = Bot::start().await;

    let id = bot.imagine(|command| command);
    for _ in 0..5 {
        bot.discord().redeliver(id);
    }
    bot.marked("✅").await;
    bot.settled().await;

    assert_eq!((bot.charges(), bot.public("pictures").len()), (2, 1));
}

#[tokio::test]
async fn a_burst_of_commands_leaves_nobody_without_an_answer() {
    const COMMANDS: usize = 200;
    let mut bot = Bot::asleep().await;
    bot.wake(&[("KLING__LIMITS__OPEN_JOBS_PER_REQUESTER", "none")])
        .await;
    bot.slow_provider();

    let command = Invocation::new("imagine")
        .option("prompt", "a paper boat in the rain")
        .file("image1", picture());
    let ids: Vec<_> = (0..COMMANDS)
        .map(|_| bot.discord().invoke(command.clone()).unwrap())
        .collect();

    for id in ids {
        let answer = bot.discord().wait_for_answer(id, LONG).await.unwrap();
        assert!(answer.callback.is_some() && !answer.failed, "{answer:#?}");
    }
}

#[tokio::test]
async fn whoever_is_heard_while_the_bot_stops_is_answered() {
    let mut bot = Bot::asleep().await;
    bot.wake(&[("KLING__LIMITS__OPEN_JOBS_PER_REQUESTER", "none")])
        .await;

    let ids: Vec<_> = (0..20).map(|_| bot.imagine(|command| command)).collect();
    let answered = |entry: &Entry| entry.path.contains("/callback") && entry.status.is_some();
    let journal = &bot.emulator.world().journal;
    journal.wait_for(answered, LONG).await.unwrap();
    bot.terminate().await;
    assert_eq!(bot.ended().await, 0);

    for id in &ids {
        let answer = bot.discord().wait_for_answer(*id, LONG).await.unwrap();
        assert!(answer.callback.is_some() && !answer.failed, "{answer:#?}");
    }
    let accepted = ids
        .iter()
        .filter(|id| bot.discord().answer(**id).unwrap().callback == Some(5))
        .count();
    bot.wake(&[]).await;
    bot.until_marked("✅", accepted).await;
    assert_eq!(bot.charges(), accepted);
}
