//! Which road through the stages passes a failpoint, and how it must end.

use std::time::Duration;

use kling_emulator::discord::{Invocation, Snowflake};
use kling_emulator::script::{Effect, Fault};
use kling_tests::{Ending, House, Law, PATIENCE, imagine, picture};

/// How often a point is passed, at least, on the road that [`again`] names.
pub(crate) const AGAIN: u32 = 3;

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

/// Longer than any provider here takes.
const LONGEST: Duration = Duration::from_secs(30);

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
    /// Three pictures go in and three come out.
    Many,
    /// The provider takes so long that the status is shown again and again.
    Lengthy,
    /// The platform loses its answers to edits.
    DeafChat,
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
    } else if at("commit.started") || at("commit.progress") || at("look") {
        Road::Slow
    } else if at("input") || at("result") {
        Road::Many
    } else {
        Road::Straight
    }
}

/// Whether only the sweep has a road to a point: what takes a provider of another kind, a slow chat, or somebody's wish.
pub(crate) fn is_elsewhere(name: &str) -> bool {
    const ELSEWHERE: &[&str] = &[
        "commit.claimed",
        "commit.put-off",
        "commit.rested",
        "commit.renewed",
        "commit.cancel-wish",
        "commit.choice",
        "commit.forgotten",
        "commit.status-message",
        "note.withdrawal",
        "find",
        "cancel",
    ];
    ELSEWHERE.contains(&boundary(name))
}

fn boundary(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(boundary, _)| boundary)
}

/// Whether a point is passed only when an operator decides.
pub(crate) fn is_of_a_choice(name: &str) -> bool {
    name.starts_with("commit.try-again")
}

/// The road that certainly passes a point [`AGAIN`] times; `None` for what one job passes once.
pub(crate) fn again(name: &str) -> Option<Road> {
    let at = |start: &str| name.starts_with(start);
    if at("commit.intent") || at("commit.not-sent") || at("submit") {
        Some(Road::RateLimited)
    } else if at("input") || at("result") {
        Some(Road::Many)
    } else if at("status") {
        Some(Road::Lengthy)
    } else if at("delivery") {
        Some(Road::DeafChat)
    } else {
        None
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
            Self::Straight | Self::TooSlow | Self::Many => {}
            Self::Slow => {
                // Longer than the pause between two looks.
                house
                    .emulator()
                    .world()
                    .apiin
                    .change(|settings| settings.latency_ms = 8_000);
            }
            Self::Lengthy => {
                house
                    .emulator()
                    .world()
                    .aimlapi
                    .change(|settings| settings.latency_ms = 20_000);
            }
            Self::DeafChat => house.always("discord", "PATCH", Effect::ResetAfter),
            Self::RateLimited => {
                let fault = Fault {
                    times: AGAIN,
                    ..Fault::once("aimlapi", submission, answer(429))
                };
                house.emulator().world().script.push(fault);
            }
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
                // Long enough to take everything away before there is something to tell.
                house
                    .emulator()
                    .world()
                    .aimlapi
                    .change(|settings| settings.latency_ms = 5_000);
            }
        }
    }

    /// What the person types.
    pub(crate) fn command(self) -> Invocation {
        match self {
            Self::Slow => Invocation::new("imagine")
                .option("prompt", "a paper boat in the rain")
                .option("provider", "apiin"),
            Self::Many => imagine("three paper boats in the rain")
                .file("image2", picture("two.png", 500, 500))
                .file("image3", picture("three.png", 400, 400))
                .option("count", 3)
                .option("provider", "aimlapi"),
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

    /// Changes the world once the program is dead.
    pub(crate) fn afterwards(self, house: &House) {
        if self == Self::DeafChat {
            house.emulator().world().script.clear();
        }
        if matches!(self, Self::Slow | Self::Lengthy) {
            // Nobody waits for the rest of that time.
            house.emulator().world().clock.advance(LONGEST);
        }
        if self == Self::Lengthy {
            let aimlapi = &house.emulator().world().aimlapi;
            aimlapi.change(|settings| settings.latency_ms = 100);
        }
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
            Self::Many => Some(Ending::Result),
            Self::TooSlow | Self::NobodyToTell | Self::Lengthy | Self::DeafChat => None,
        }
    }
}

/// What a road expects where the order of things leaves no choice.
fn unless_unconfirmed(name: &str, otherwise: Ending) -> Option<Ending> {
    // The request may have left, and no answer is on record.
    const UNCLEAR: &[&str] = &[
        "commit.intent.after",
        "submit.before",
        "submit.after",
        "commit.finished.before",
        "commit.not-sent.before",
    ];
    if UNCLEAR.contains(&name) {
        Some(Ending::Unconfirmed)
    } else if boundary(name) == "status" {
        // The status is shown while other things go on, so the kill may meet any of them.
        None
    } else {
        Some(otherwise)
    }
}
