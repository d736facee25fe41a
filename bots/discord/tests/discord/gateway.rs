//! The connection: lost, found again, refused.

use kling_emulator::discord::GatewayAct;

use crate::bot::{Bot, LONG};

/// Does something to the connection, waits until the bot has come back as expected, and sees that it still works.
async fn survives(act: GatewayAct, comes_back_by: &str) {
    let bot = Bot::start().await;
    let before = bot.emulator.world().journal.last_seq();

    bot.discord().gateway(act);
    bot.told_gateway(comes_back_by, before).await;
    assert!(bot.discord().wait_for_bot(LONG).await);

    bot.imagine(|command| command);
    bot.marked("✅").await;
    assert_eq!((bot.public("pictures").len(), bot.charges()), (1, 1));
}

#[tokio::test]
async fn a_bot_that_is_asked_to_reconnect_resumes() {
    survives(GatewayAct::Reconnect, "resume").await;
}

#[tokio::test]
async fn a_closed_connection_is_resumed() {
    survives(GatewayAct::Close { code: 4000 }, "resume").await;
}

#[tokio::test]
async fn an_invalid_session_is_begun_anew() {
    survives(GatewayAct::InvalidSession { resumable: false }, "identify").await;
}

#[tokio::test]
async fn an_outage_is_waited_out() {
    let bot = Bot::start().await;
    bot.discord().gateway(GatewayAct::Outage { on: true });
    bot.disconnected().await;
    let before = bot.emulator.world().journal.last_seq();

    bot.discord().gateway(GatewayAct::Outage { on: false });
    bot.told_gateway("identify", before).await;
    assert!(bot.discord().wait_for_bot(LONG).await);

    bot.imagine(|command| command);
    bot.marked("✅").await;
}

#[tokio::test]
async fn a_connection_that_went_silent_is_replaced() {
    let mut bot = Bot::asleep().await;
    bot.discord()
        .gateway(GatewayAct::HeartbeatInterval { ms: 500 });
    bot.wake(&[]).await;
    let before = bot.emulator.world().journal.last_seq();

    bot.discord().gateway(GatewayAct::Zombie { on: true });
    bot.told_gateway("closed", before).await;
    bot.discord().gateway(GatewayAct::Zombie { on: false });
    bot.told_gateway("identify", before).await;
    assert!(bot.discord().wait_for_bot(LONG).await);

    bot.imagine(|command| command);
    bot.marked("✅").await;
}

#[tokio::test]
async fn what_only_people_can_mend_stops_the_bot_with_a_sentence() {
    for (code, sentence) in [
        (4004, "does not accept the bot's token"),
        (4014, "does not allow this bot's intents"),
    ] {
        let bot = Bot::asleep().await;
        let running = bot.run(&[], &[]);
        let refusing = async {
            assert!(bot.discord().wait_for_bot(LONG).await);
            bot.discord().gateway(GatewayAct::Close { code });
        };

        let ((exit_code, said), ()) = tokio::join!(running, refusing);

        assert_eq!(exit_code, 1, "{said}");
        assert!(said.contains(sentence), "{said}");
    }
}

#[tokio::test]
async fn a_bot_that_is_told_to_stop_finishes_what_is_paid_for_and_goes_on_later() {
    let mut bot = Bot::start().await;
    bot.slow_provider();
    bot.imagine(|command| command);
    bot.marked("⏳").await;
    bot.submitted().await;

    bot.terminate().await;
    bot.finish().await;
    assert_eq!(bot.ended().await, 0);
    bot.wake(&[]).await;
    bot.marked("✅").await;

    assert_eq!((bot.public("pictures").len(), bot.charges()), (1, 1));
}
