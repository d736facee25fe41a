//! Named points at which a test can stop, fail or kill the program. Compiled in always: an unarmed one
//! costs one atomic load.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::Notify;

use crate::error::EngineError;

mod boundary;
mod doors;

pub(crate) use boundary::Boundary;
pub use boundary::NAMES;
pub(crate) use doors::{ProviderDoor, StoreDoor};

/// What stands, after a `>`, for the first commit of any kind but a claim.
const ANY_COMMIT: &str = "any-commit";

/// The environment variable that [`arm_from_env`] reads.
pub const VARIABLE: &str = "KLING_FAILPOINT";

static ARMED: AtomicBool = AtomicBool::new(false);
static PLAN: Mutex<Vec<Armed>> = Mutex::new(Vec::new());
static TRIPPED: Notify = Notify::const_new();

#[derive(Debug)]
struct Armed {
    /// The point that has to be passed first.
    waits_for: Option<&'static str>,
    name: Target,
    action: Action,
    /// The hit it waits for, counted down.
    hits_left: u32,
}

/// Where something goes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Point(&'static str),
    AnyCommit,
}

impl Target {
    fn read(text: &str) -> Option<Self> {
        if text == ANY_COMMIT {
            return Some(Self::AnyCommit);
        }
        known(text).map(Self::Point)
    }

    fn is(self, name: &str) -> bool {
        match self {
            Self::Point(point) => point == name,
            Self::AnyCommit => {
                name.starts_with("commit.")
                    && name.ends_with(".before")
                    && !name.starts_with("commit.claimed")
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Kill,
    /// The whole process stands still until somebody lets it go on.
    Stop,
    Pause(Duration),
    Error,
    /// The disk is full.
    Full,
}

/// A text that arms nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` arms no failpoint: it takes <name>=kill, <name>=stop, <name>=pause, <name>=pause:<milliseconds>, \
     <name>=error or <name>=full, each with @<n> for the n-th hit, and a name of the list; <first>><name>=... waits \
     until <first> was passed, and takes `any-commit` too"
)]
pub struct InvalidFailpoint {
    text: String,
}

/// Arms what [`VARIABLE`] says; nothing where it is not set. Binaries call this once, before they start.
///
/// # Errors
///
/// When the variable is set to something else than [`arm`] takes.
pub fn arm_from_env() -> Result<(), InvalidFailpoint> {
    match std::env::var(VARIABLE) {
        Ok(text) if !text.is_empty() => arm(&text),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Arms points, in place of those armed before: `submit.after=kill`, `commit.started.before=error@2`,
/// `delivery.after=pause:3000`; several with commas. Each goes off once. `kill` and `stop` are SIGKILL and SIGSTOP for the
/// whole process, `error` is a failure of the engine's own machinery, and `full` is one for want of room on the disk.
/// `submit.after>archive.before=full` counts its hits from when `submit.after` was passed; behind the `>`, `any-commit`
/// stands for the next commit of any kind but a claim.
///
/// # Errors
///
/// When the text is not of that form or names no point of [`NAMES`].
pub fn arm(text: &str) -> Result<(), InvalidFailpoint> {
    let plan: Option<Vec<Armed>> = text.split(',').map(|one| read(one.trim())).collect();
    let plan = plan.ok_or_else(|| InvalidFailpoint {
        text: text.to_owned(),
    })?;
    *plan_lock() = plan;
    // What went off before is none of the next listener's business.
    let _ = TRIPPED.notified().now_or_never();
    ARMED.store(true, Ordering::SeqCst);
    Ok(())
}

/// Disarms every point.
pub fn disarm() {
    ARMED.store(false, Ordering::SeqCst);
    plan_lock().clear();
}

/// Waits until an armed point has gone off. Each is reported once.
pub async fn tripped() {
    TRIPPED.notified().await;
}

/// Passes a point: [`EngineError::Failpoint`] when it was armed to fail, [`EngineError::ArchiveFull`] when it was armed to
/// find no room.
async fn hit(name: &'static str) -> Result<(), EngineError> {
    if ARMED.load(Ordering::Relaxed) {
        go_off(name).await
    } else {
        Ok(())
    }
}

async fn go_off(name: &'static str) -> Result<(), EngineError> {
    let Some(action) = due(name) else {
        return Ok(());
    };
    let signalled = |signal| {
        // Nothing to do when it fails: the test that armed it will see that we live.
        let _ = rustix::process::kill_process(rustix::process::getpid(), signal);
        Ok(())
    };
    tracing::warn!("failpoint `{name}` goes off");
    TRIPPED.notify_one();
    match action {
        Action::Kill => signalled(rustix::process::Signal::KILL),
        Action::Stop => signalled(rustix::process::Signal::STOP),
        Action::Pause(how_long) => {
            tokio::time::sleep(how_long).await;
            Ok(())
        }
        Action::Error => Err(EngineError::Failpoint { name }),
        Action::Full => Err(EngineError::ArchiveFull),
    }
}

/// What to do at this hit, if anything; a point that goes off is disarmed.
fn due(name: &str) -> Option<Action> {
    let mut plan = plan_lock();
    let place = plan
        .iter()
        .position(|armed| armed.waits_for.is_none() && armed.name.is(name));
    for armed in plan.iter_mut() {
        armed.waits_for.take_if(|first| *first == name);
    }
    let place = place?;
    let armed = plan.get_mut(place)?;
    armed.hits_left = armed.hits_left.saturating_sub(1);
    if armed.hits_left > 0 {
        return None;
    }
    Some(plan.swap_remove(place).action)
}

fn plan_lock() -> std::sync::MutexGuard<'static, Vec<Armed>> {
    PLAN.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn known(text: &str) -> Option<&'static str> {
    NAMES.iter().copied().find(|known| *known == text)
}

fn read(text: &str) -> Option<Armed> {
    let (name, rest) = text.split_once('=')?;
    let (first, name) = match name.split_once('>') {
        Some((first, name)) => (Some(known(first)?), name),
        None => (None, name),
    };
    let (action, nth) = rest.split_once('@').unwrap_or((rest, "1"));
    let action = match action {
        "kill" => Action::Kill,
        "stop" => Action::Stop,
        "full" => Action::Full,
        "pause" => Action::Pause(Duration::from_hours(1)),
        "error" => Action::Error,
        other => Action::Pause(Duration::from_millis(
            other.strip_prefix("pause:")?.parse().ok()?,
        )),
    };
    Some(Armed {
        waits_for: first,
        name: Target::read(name)
            .filter(|target| first.is_some() || *target != Target::AnyCommit)?,
        action,
        hits_left: nth.parse().ok().filter(|n| *n > 0)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_armed_by_its_name_its_action_and_the_hit_it_waits_for() {
        let armed = read("submit.after=kill@3").expect("it is of the form");

        assert_eq!(
            (armed.name, armed.action, armed.hits_left),
            (Target::Point("submit.after"), Action::Kill, 3)
        );
    }

    #[test]
    fn what_names_no_point_or_no_action_is_refused() {
        for text in [
            "submit.after",
            "submit.after=burn",
            "submit.after=kill@0",
            "submit.never=kill",
            "submit.after=pause:soon",
            "any-commit=error",
            "submit.never>submit.after=error",
            "",
        ] {
            assert!(arm(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_point_can_wait_for_another_one() {
        let armed = read("submit.after>any-commit=error").expect("it is of the form");

        assert_eq!(armed.waits_for, Some("submit.after"));
        assert!(armed.name.is("commit.started.before"));
        for other in [
            "commit.started.after",
            "commit.claimed.before",
            "look.before",
        ] {
            assert!(!armed.name.is(other), "{other}");
        }
    }
}
