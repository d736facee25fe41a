//! Every failpoint, every kind of store and every kind of provider: a replica is killed there, or worse, and what is left is
//! held against the law.
//!
//! Every run kills at every point. `tests/run --full` lets every other fault happen at every point as well. Each trial prints
//! how many cases there were.
#![expect(
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    reason = "a trial stops where it cannot go on"
)]

mod case;
mod channel;
mod kind;
mod lane;
mod life;
mod place;
mod roads;
mod world;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use libtest_mimic::{Arguments, Failed, Trial};

use case::{Case, Fault};
use kind::Kind;
use lane::Lane;
use place::Place;
use world::World;

/// How many worlds of a trial run side by side.
const LANES: usize = 3;

/// The same where most of the time each of them waits for a lease to run out.
const WAITING_LANES: usize = 6;

/// For looking at some cases closely: a part of `<point>-<fault>`, as in `commit.try-again.after-Lost`. Others are left
/// out.
const ONLY: &str = "KLING_SWEEP_ONLY";

fn main() -> std::process::ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    for place in Place::ALL {
        for kind in Kind::ALL {
            let name = format!("killed_everywhere_on_{}_{}", place.name(), kind.name());
            let cases = move || Case::all(kind, Fault::Kill);
            trials.push(Trial::test(name, move || sweep(place, kind, cases())));
            if is_full() {
                trials.extend(Fault::OTHERS.map(|fault| {
                    let by = format!("{fault:?}").to_lowercase();
                    let name = format!("struck_by_{by}_on_{}_{}", place.name(), kind.name());
                    Trial::test(name, move || sweep(place, kind, Case::all(kind, fault)))
                }));
            }
        }
    }
    let conclusion = libtest_mimic::run(&arguments, trials);
    place::stop_own();
    conclusion.exit_code()
}

fn is_full() -> bool {
    std::env::var_os("KLING_TESTS_FULL").is_some()
}

/// Those that [`ONLY`] names, where it does.
fn wanted(mut cases: Vec<Case>) -> Vec<Case> {
    if let Ok(only) = std::env::var(ONLY) {
        cases.retain(|case| case.who().contains(&only));
    }
    cases
}

/// Goes over some cases, in a few worlds side by side.
fn sweep(place: Place, kind: Kind, cases: Vec<Case>) -> Result<(), Failed> {
    let cases = &wanted(cases);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let started = Instant::now();
    let (total, next) = (cases.len(), AtomicUsize::new(0));
    let lanes = if cases.iter().any(Case::waits_for_leases) {
        WAITING_LANES
    } else {
        LANES
    };
    let (wrong, lives) = (Mutex::new(Vec::new()), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..lanes.min(total) {
            let (handle, cases, next) = (runtime.handle(), cases, &next);
            let (wrong, lives) = (&wrong, &lives);
            scope.spawn(move || {
                let mut lane = Lane::new(World::new(handle, kind, place));
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(breach) = lane.run(case) {
                        // At once: the others may take their time.
                        eprintln!("{breach}");
                        wrong.lock().unwrap().push(case.who());
                    }
                }
                match lane.finish() {
                    Ok(count) => drop(lives.fetch_add(count, Ordering::Relaxed)),
                    Err(breach) => wrong.lock().unwrap().push(breach),
                }
            });
        }
    });
    let lives = lives.into_inner();
    let seconds = started.elapsed().as_secs_f32();
    let faults: BTreeSet<String> = cases
        .iter()
        .map(|case| format!("{:?}", case.fault))
        .collect();
    eprintln!("{place:?}, {kind:?}, {faults:?}: {total} cases, {lives} lives, {seconds:.1} s");
    let wrong = wrong.into_inner()?;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n\n").into())
    }
}
