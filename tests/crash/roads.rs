//! Which road through the stages passes a failpoint, and how it must end.

use kling_emulator::discord::{Invocation, Snowflake};
use kling_emulator::script::Effect;
use kling_tests::{Ending, House, Law, PATIENCE, imagine};

use crate::unless_unconfirmed;

/// Points that nobody can lead the bot past yet: the choice to try again has no door in the channel. The
/// engine's own tests stop there.
pub(crate) const NOT_YET: &[&str] = &["commit.try-again.before", "commit.try-again.after"];

/// A point at which the first program is killed, and one at which the next one is, while it takes up the rest.
pub(crate) const TWICE: &[(&str, &str)] = &[
    ("commit.accepted.after", "commit.intent.after"),
    ("submit.after", "commit.lost.before"),
    ("submit.after", "commit.notice.before"),
    ("commit.finished.after", "result.after"),
    ("result.after", "commit.fetched.before"),
    ("commit.fetched.after", "delivery.after"),
    ("delivery.after", "commit.delivered.before"),
];

/// What happens around the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// Everything works.
    Straight,
    /// Everything works, at a provider that takes its time.
    Slow,
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
    NotYet,
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
        Road::Slow
    } else if at("commit.try-again") {
        Road::NotYet
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
            Self::Straight | Self::TooSlow | Self::NotYet => {}
            Self::Slow => {
                // Longer than the pause between two looks.
                house
                    .emulator()
                    .world()
                    .apiin
                    .change(|settings| settings.latency_ms = 8_000);
            }
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

    /// What the person types.
    pub(crate) fn command(self) -> Invocation {
        match self {
            Self::Slow => Invocation::new("imagine")
                .option("prompt", "a paper boat in the rain")
                .option("provider", "apiin"),
            _ => imagine("a paper boat in the rain"),
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
            Self::Slow if name == "commit.started.before" => Some(Ending::Unconfirmed),
            Self::Slow => Some(Ending::Result),
            Self::Straight | Self::RateLimited => unless_unconfirmed(name, Ending::Result),
            Self::LostAnswer => Some(Ending::Unconfirmed),
            Self::Declined if name == "commit.ended.before" => Some(Ending::Unconfirmed),
            Self::Declined => Some(Ending::Sentence),
            Self::TooSlow | Self::NobodyToTell | Self::NotYet => None,
        }
    }
}
