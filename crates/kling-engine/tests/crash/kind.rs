//! The kinds of provider there are, each with a road of its own after a crash.

use std::time::Duration;

use kling_core::TaskStatus;
use kling_engine::failpoint;

use crate::acme::{Acme, Act};
use crate::world::{World, picture};

/// The kinds of provider there are, each with a road of its own after a crash.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// Begins tasks, and finds them by our key.
    Finds,
    /// Begins tasks, and cannot look for them.
    Forgets,
    /// Answers at once.
    AtOnce,
    /// Answers once that it is busy.
    Busy,
    /// Loses its answer.
    Loses,
    /// Will not do it.
    Declines,
}

/// What the loops pass on the way of a job that nobody does anything about. The sweep of the whole house, with real
/// processes, has all points.
pub(crate) fn points() -> impl Iterator<Item = &'static str> {
    const ELSEWHERE: &[&str] = &[
        "commit.claimed",
        "commit.put-off",
        "commit.rested",
        "commit.renewed",
        "commit.cancel-wish",
        "commit.choice",
        "commit.forgotten",
        "note.",
        "look",
        "find",
        "cancel",
    ];
    let all = failpoint::NAMES.iter().copied();
    all.filter(|name| !ELSEWHERE.iter().any(|start| name.starts_with(start)))
}

/// Whether a point is on the way of a status message.
pub(crate) fn is_status(point: &str) -> bool {
    point.starts_with("status.") || point.starts_with("commit.status-message.")
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::Finds,
        Self::Forgets,
        Self::AtOnce,
        Self::Busy,
        Self::Loses,
        Self::Declines,
    ];

    /// The points worth stopping at: a job that is declined adds only its end.
    pub(crate) fn points(self) -> impl Iterator<Item = &'static str> {
        points().filter(move |point| {
            !matches!(self, Self::Declines) || point.starts_with("commit.ended")
        })
    }

    /// Whether a job of this kind passes a point by itself.
    pub(crate) fn passes(self, point: &str) -> bool {
        let boundary = point.rsplit_once('.').map_or(point, |(first, _)| first);
        match boundary {
            "commit.withdrawn" | "commit.try-again" | "commit.undeliverable" => false,
            "commit.not-sent" => matches!(self, Self::Busy),
            "commit.lost" | "commit.notice" => matches!(self, Self::Loses),
            "commit.ended" => matches!(self, Self::Declines),
            "commit.started" | "commit.progress" => matches!(self, Self::Finds | Self::Forgets),
            "commit.fetched" | "commit.finished" | "commit.delivering" | "commit.delivered"
            | "result" => !matches!(self, Self::Loses),
            _ => true,
        }
    }

    pub(crate) fn world(self) -> World {
        self.world_within(Duration::from_secs(2))
    }

    /// A world whose provider promises to answer by then.
    pub(crate) fn world_within(self, limit: Duration) -> World {
        let running = || Ok(TaskStatus::Running { percent: Some(50) });
        let acme = Acme::new()
            .that_answers_within(limit)
            .telling(std::iter::repeat_with(running).take(2));
        let busy = kling_core::ProviderError::Unreachable("refused".into());
        let acme = match self {
            Self::Finds => acme.that_finds().acting([Act::Start]),
            Self::Forgets => acme.acting([Act::Start]),
            Self::AtOnce => acme,
            Self::Busy => acme.acting([Act::Fail(busy)]),
            Self::Loses => acme.acting([Act::Lose]),
            Self::Declines => acme.acting([Act::Fail(kling_core::ProviderError::OutOfFunds {
                note: kling_core::ReplyNote::default(),
            })]),
        };
        let world = World::of(acme);
        world.chat.holds("cat", picture(400));
        world
    }
}
