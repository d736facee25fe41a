//! Named points at which a test can stop, fail or kill the program. Compiled in always: an unarmed one
//! costs one atomic load.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::FutureExt as _;
use tokio::sync::Notify;

use crate::error::EngineError;

/// The environment variable that [`arm_from_env`] reads.
pub const VARIABLE: &str = "KLING_FAILPOINT";

/// Every point there is: before and after each commit, call, download, edit and post.
pub const NAMES: &[&str] = &[
    "commit.accepted.before",
    "commit.accepted.after",
    "commit.withdrawn.before",
    "commit.withdrawn.after",
    "commit.collected.before",
    "commit.collected.after",
    "commit.intent.before",
    "commit.intent.after",
    "commit.not-sent.before",
    "commit.not-sent.after",
    "commit.started.before",
    "commit.started.after",
    "commit.finished.before",
    "commit.finished.after",
    "commit.lost.before",
    "commit.lost.after",
    "commit.notice.before",
    "commit.notice.after",
    "commit.try-again.before",
    "commit.try-again.after",
    "commit.progress.before",
    "commit.progress.after",
    "commit.fetched.before",
    "commit.fetched.after",
    "commit.delivering.before",
    "commit.delivering.after",
    "commit.ended.before",
    "commit.ended.after",
    "commit.delivered.before",
    "commit.delivered.after",
    "commit.undeliverable.before",
    "commit.undeliverable.after",
    "submit.before",
    "submit.after",
    "input.before",
    "input.after",
    "result.before",
    "result.after",
    "status.before",
    "status.after",
    "delivery.before",
    "delivery.after",
];

static ARMED: AtomicBool = AtomicBool::new(false);
static PLAN: Mutex<Vec<Armed>> = Mutex::new(Vec::new());
static TRIPPED: Notify = Notify::const_new();

#[derive(Debug)]
struct Armed {
    name: &'static str,
    action: Action,
    /// The hit it waits for, counted down.
    hits_left: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Kill,
    Pause(Duration),
    Error,
}

/// A text that arms nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` arms no failpoint: it takes <name>=kill, <name>=pause, <name>=pause:<milliseconds> or <name>=error, \
     each with @<n> for the n-th hit, and a name of the list"
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
/// `delivery.after=pause:3000`; several with commas. Each goes off once.
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

/// Passes a point.
///
/// # Errors
///
/// [`EngineError::Failpoint`] when it was armed to fail.
pub async fn hit(name: &'static str) -> Result<(), EngineError> {
    debug_assert!(NAMES.contains(&name), "`{name}` is not in failpoint::NAMES");
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
    tracing::warn!("failpoint `{name}` goes off");
    TRIPPED.notify_one();
    match action {
        Action::Kill => {
            // Nothing to do when it fails: the test that armed it will see that we live.
            let _ = rustix::process::kill_process(
                rustix::process::getpid(),
                rustix::process::Signal::KILL,
            );
            Ok(())
        }
        Action::Pause(how_long) => {
            tokio::time::sleep(how_long).await;
            Ok(())
        }
        Action::Error => Err(EngineError::Failpoint { name }),
    }
}

/// What to do at this hit, if anything; a point that goes off is disarmed.
fn due(name: &str) -> Option<Action> {
    let mut plan = plan_lock();
    let place = plan.iter().position(|armed| armed.name == name)?;
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

fn read(text: &str) -> Option<Armed> {
    let (name, rest) = text.split_once('=')?;
    let (action, nth) = rest.split_once('@').unwrap_or((rest, "1"));
    let action = match action {
        "kill" => Action::Kill,
        "pause" => Action::Pause(Duration::from_hours(1)),
        "error" => Action::Error,
        other => Action::Pause(Duration::from_millis(
            other.strip_prefix("pause:")?.parse().ok()?,
        )),
    };
    Some(Armed {
        name: NAMES.iter().find(|known| **known == name)?,
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
            ("submit.after", Action::Kill, 3)
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
            "",
        ] {
            assert!(arm(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_point_is_listed_twice() {
        let mut names = NAMES.to_vec();
        names.sort_unstable();
        names.dedup();

        assert_eq!(names.len(), NAMES.len());
    }
}
