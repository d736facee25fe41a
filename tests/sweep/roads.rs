//! Which road through the stages passes a failpoint, and how a job that is killed there must end.

use std::time::Duration;

use kling_emulator::script::{Effect, Fault};
use kling_tests::{Ending, Order, ReplicaSettings};

use crate::channel::Behaviour;
use crate::kind::Kind;
use crate::life::Life;
use crate::world::{LEASE_MS, World};

/// Longer than any case: the work is done when the clock is pushed.
pub(crate) const FOR_EVER: Duration = Duration::from_mins(10);

/// Longer than three renewals of a lease.
const SLOW: Duration = Duration::from_millis(2 * LEASE_MS);

/// What happens around the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// Everything works.
    Straight,
    /// The provider's work does not begin.
    Queued,
    /// The provider's work begins, and does not end.
    Running,
    /// The provider asks to wait first.
    RateLimited,
    /// The provider charges and then answers 502.
    LostAnswer,
    /// The same, and somebody looks again.
    LookAgain,
    /// The same, and somebody tries again.
    TryAgain,
    /// The provider declines.
    Declined,
    /// The store answers an acceptance too late.
    TooSlow,
    /// Nobody can be told.
    Closed,
    /// The chat takes its time.
    SlowChat,
    /// Somebody cancels.
    Cancelled,
    /// Files are forgotten as soon as their job has ended.
    Forgetful,
}

/// The road that passes a point.
pub(crate) fn of(point: &str) -> Road {
    let boundary = point
        .rsplit_once('.')
        .map_or(point, |(boundary, _)| boundary);
    match boundary {
        "status" | "commit.status-message" | "commit.rested" => Road::Queued,
        "commit.progress" => Road::Running,
        "commit.not-sent" | "commit.put-off" => Road::RateLimited,
        "commit.lost" | "commit.notice" => Road::LostAnswer,
        "find" => Road::LookAgain,
        "commit.choice" | "commit.try-again" => Road::TryAgain,
        "commit.ended" => Road::Declined,
        "commit.withdrawn" | "note.withdrawal" => Road::TooSlow,
        "commit.undeliverable" => Road::Closed,
        "commit.renewed" => Road::SlowChat,
        "commit.cancel-wish" | "cancel" => Road::Cancelled,
        "commit.forgotten" => Road::Forgetful,
        _ => Road::Straight,
    }
}

/// What was done already on the way.
#[derive(Debug, Default)]
pub(crate) struct Done {
    /// The order that somebody gave, while it is not answered.
    asked: Option<u64>,
    /// Whether it was carried out, or the clock was pushed.
    over: bool,
}

impl Done {
    /// Whether all was done that somebody does on the way.
    pub(crate) const fn is_over(&self) -> bool {
        self.over
    }
}

impl Road {
    /// Sets the world up before the command.
    pub(crate) fn prepare(self, world: &World) {
        let kind = world.kind();
        world.script().clear();
        world.channel().behave(Behaviour::default());
        kind.takes(world.emulator(), 30);
        let answer = |status| Effect::Status {
            status,
            headers: [].into(),
            body: String::new(),
            content_type: String::new(),
        };
        let submission = |effect| {
            let fault = Fault::once(kind.provider(), kind.submission(), effect);
            world.script().push(fault);
        };
        match self {
            Self::Straight | Self::TooSlow | Self::Forgetful => {}
            Self::Queued | Self::Running | Self::Cancelled => {
                let millis = u64::try_from(FOR_EVER.as_millis()).unwrap();
                kind.takes(world.emulator(), millis);
            }
            Self::RateLimited => submission(answer(429)),
            Self::LostAnswer | Self::LookAgain | Self::TryAgain => {
                submission(Effect::BilledThen {
                    status: 502,
                    body: "<html>Bad Gateway</html>".to_owned(),
                });
            }
            Self::Declined => submission(answer(400)),
            Self::Closed => world.channel().behave(Behaviour {
                is_closed: true,
                ..Behaviour::default()
            }),
            Self::SlowChat => world.channel().behave(Behaviour {
                is_slow: true,
                ..Behaviour::default()
            }),
        }
    }

    /// What else is to be armed so that a point is passed.
    pub(crate) fn arms_also(self) -> &'static str {
        match self {
            Self::TooSlow => "commit.accepted.after=pause:2000,",
            _ => "",
        }
    }

    /// Makes the replica another one than usual: how long an acceptance may take, whether a lease has to be renewed, and
    /// whether files are forgotten.
    pub(crate) fn change(self, settings: &mut ReplicaSettings) {
        match self {
            Self::TooSlow => settings.accept_ms = 150,
            Self::SlowChat => settings.lease_ms = LEASE_MS,
            Self::Forgetful => {
                settings.retention_ms = 1;
                settings.clean_ms = 20;
            }
            _ => {}
        }
    }

    /// Does what somebody does on the way; called again and again.
    pub(crate) fn meanwhile(self, world: &World, life: &mut Life, who: &str, done: &mut Done) {
        if done.over {
            return;
        }
        if let Some(number) = done.asked {
            // Refused while somebody is at work on it: asked again.
            let answer = life.answer(number);
            done.over = answer.is_some_and(|answer| answer.get("error").is_none());
            done.asked = None;
            if done.over && self == Self::Cancelled {
                world.clock().advance(FOR_EVER);
            }
            return;
        }
        let who = who.to_owned();
        let order = match self {
            Self::Running => {
                if world.submissions() > 0 {
                    world.clock().advance(FOR_EVER * 2 / 3);
                    done.over = true;
                }
                return;
            }
            Self::SlowChat => {
                done.over = world.channel().has_kept_waiting() > SLOW;
                return;
            }
            Self::LookAgain => Order::Resolve { who, again: false },
            Self::TryAgain => Order::Resolve { who, again: true },
            Self::Cancelled => Order::Cancel { who },
            _ => return,
        };
        let (Order::Resolve { who, .. } | Order::Cancel { who }) = &order else {
            return;
        };
        let Some(record) = life.look(who) else {
            return;
        };
        let (stage, is_idle) = (record.stages.first().cloned(), record.working_on == 0);
        let stage = stage.unwrap_or_default();
        let is_time = match self {
            // What has no task yet is not cancelled at the provider.
            Self::Cancelled if world.kind() == Kind::AtOnce => stage == "submitting",
            Self::Cancelled => matches!(&*stage, "submitted" | "running"),
            _ => stage == "unconfirmed" && is_idle,
        };
        if is_time {
            done.asked = Some(life.send(&order));
        }
    }

    /// Changes the world once what was to happen has happened.
    pub(crate) fn afterwards(self, world: &World) {
        match self {
            Self::Queued | Self::Running | Self::Cancelled => {
                world.kind().takes(world.emulator(), 30);
                self.push(world);
            }
            Self::SlowChat => world.channel().behave(Behaviour::default()),
            _ => {}
        }
    }

    /// Ends work that would take for ever; again and again, since it may begin late.
    pub(crate) fn push(self, world: &World) {
        if matches!(self, Self::Queued | Self::Running | Self::Cancelled) {
            world.clock().advance(FOR_EVER);
        }
    }

    /// How many submissions somebody chose.
    pub(crate) fn submissions(self) -> usize {
        if self == Self::TryAgain { 2 } else { 1 }
    }

    /// How a job must end that was killed at a point; `None` where the order of things leaves a choice.
    pub(crate) fn ending(self, point: &str, kind: Kind) -> Option<Ending> {
        // The request may have left, and no answer is on record.
        const UNCLEAR: &[&str] = &[
            "commit.intent.after",
            "submit.before",
            "submit.after",
            "commit.started.before",
            "commit.not-sent.before",
            "commit.ended.before",
        ];
        let is_unclear =
            UNCLEAR.contains(&point) || (kind == Kind::AtOnce && point == "commit.finished.before");
        let proven = kind == Kind::Finds;
        match self {
            // Whose claim it was is not known.
            Self::Straight if point == "commit.claimed.before" => None,
            // What the provider declined is tried anew, where it is proven that nothing came of it.
            Self::Straight | Self::RateLimited | Self::Declined if is_unclear => Some(if proven {
                Ending::Result
            } else {
                Ending::Unconfirmed
            }),
            Self::Straight | Self::RateLimited | Self::SlowChat => Some(Ending::Result),
            Self::Declined => Some(Ending::Sentence),
            Self::LostAnswer if !proven => Some(Ending::Unconfirmed),
            Self::TryAgain if point == "commit.try-again.after" => Some(Ending::Result),
            Self::TryAgain if !proven => Some(Ending::Unconfirmed),
            Self::Queued
            | Self::Running
            | Self::LostAnswer
            | Self::LookAgain
            | Self::TryAgain
            | Self::TooSlow
            | Self::Closed
            | Self::Cancelled
            | Self::Forgetful => None,
        }
    }
}
