//! Which road through the stages passes a failpoint, and how it must end.

use kling_emulator::discord::Snowflake;
use kling_emulator::script::Effect;
use kling_tests::{Ending, House, Law, PATIENCE};

use crate::unless_unconfirmed;

/// Points that the Discord bot with its present provider cannot pass. The engine's own tests stop at each
/// of them with providers and choices that can.
pub(crate) const NOT_YET: &[&str] = &[
    "commit.started.before",
    "commit.started.after",
    "commit.try-again.before",
    "commit.try-again.after",
    "commit.progress.before",
    "commit.progress.after",
];

/// What happens around the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// Everything works.
    Straight,
    /// The provider asks to wait first.
    RateLimited,
    /// The provider charges and then answers 502.
    LostAnswer,
    /// The provider declines.
    Declined,
    /// The store answers an acceptance too late: the person is told that nothing happened.
    TooSlow,
    /// Nobody can be told: no right to post, a dead token, no direct messages.
    NobodyToTell,
    /// No road here passes it.
    NotYet(&'static str),
}

/// The road that passes a point.
pub(crate) fn of(name: &str) -> Road {
    let at = |start: &str| name.starts_with(start);
    if at("commit.not-sent") {
        Road::RateLimited
    } else if at("commit.lost") || at("commit.notice") {
        Road::LostAnswer
    } else if at("commit.ended") {
        Road::Declined
    } else if at("commit.withdrawn") {
        Road::TooSlow
    } else if at("commit.undeliverable") {
        Road::NobodyToTell
    } else if at("commit.started") || at("commit.progress") {
        Road::NotYet("the provider's one model answers at once")
    } else if at("commit.try-again") {
        Road::NotYet("nobody can choose to try again in the channel yet")
    } else {
        Road::Straight
    }
}

impl Road {
    /// Sets the world up before the command.
    pub(crate) fn prepare(self, house: &House) {
        let submission = "POST /v1/images/generations";
        let answer = |status| Effect::Status {
            status,
            headers: [].into(),
            body: String::new(),
            content_type: String::new(),
        };
        match self {
            Self::Straight | Self::TooSlow | Self::NotYet(_) => {}
            Self::RateLimited => house.fault("aimlapi", submission, answer(429)),
            Self::LostAnswer => house.fault(
                "aimlapi",
                submission,
                Effect::BilledThen {
                    status: 502,
                    body: "<html>Bad Gateway</html>".to_owned(),
                },
            ),
            Self::Declined => house.fault("aimlapi", submission, answer(400)),
            Self::NobodyToTell => {
                house
                    .emulator()
                    .world()
                    .aimlapi
                    .change(|settings| settings.latency_ms = 1_000);
            }
        }
    }

    /// Changes the world while the command runs.
    pub(crate) async fn meanwhile(self, house: &House, command: Snowflake) {
        if self != Self::NobodyToTell {
            return;
        }
        let discord = house.discord();
        discord.wait_for_answer(command, PATIENCE).await.unwrap();
        let journal = &house.emulator().world().journal;
        let submitted = |entry: &kling_emulator::journal::Entry| entry.event() == "accepted";
        journal.wait_for(submitted, PATIENCE).await.unwrap();
        assert!(discord.expire_token(command));
        assert!(discord.set_bot_permissions("pictures", 0));
        assert!(discord.set_takes_messages("ada", false));
    }

    /// What to arm so that the program is killed at the given pass of `name`.
    pub(crate) fn arm(self, name: &str, hit: u32) -> String {
        match self {
            // Longer than an acceptance may take.
            Self::TooSlow => format!("commit.accepted.after=pause:2500,{name}=kill@{hit}"),
            _ => format!("{name}=kill@{hit}"),
        }
    }

    /// What is wrong with how it ended.
    pub(crate) fn breaches(self, law: &Law) -> Vec<String> {
        match self {
            Self::NobodyToTell => law.breaches_unseen(),
            Self::TooSlow => law.breaches_of_nothing(),
            _ => law.breaches(),
        }
    }

    /// How it must end when it was killed at the first pass of `name`.
    pub(crate) fn ending(self, name: &str) -> Option<Ending> {
        match self {
            Self::Straight if name == "commit.accepted.before" => Some(Ending::Nothing),
            Self::Straight | Self::RateLimited => unless_unconfirmed(name, Ending::Result),
            Self::LostAnswer => Some(Ending::Unconfirmed),
            Self::Declined if name == "commit.ended.before" => Some(Ending::Unconfirmed),
            Self::Declined => Some(Ending::Sentence),
            Self::TooSlow | Self::NobodyToTell | Self::NotYet(_) => None,
        }
    }
}
