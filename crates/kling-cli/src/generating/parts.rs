//! The end of a request that was split: each part is told, then what they come to together.

use kling_providers::{Choice, GenerateOptions, Part};

use super::{done, settled};
use crate::event::{Charged, Event, Saved};
use crate::exit::{Ending, Exit};
use crate::output::Output;

pub(super) async fn end(
    choice: &Choice,
    parts: Vec<Part>,
    options_of: impl Fn(Option<usize>) -> GenerateOptions,
    output: &Output,
) -> Result<Event, Box<Ending>> {
    let of = parts.len();
    let (mut costs, mut files, mut links) = (Vec::new(), Vec::new(), Vec::new());
    let mut exits = Vec::new();
    for (number, part) in (1..).zip(parts) {
        let mut options = options_of((of > 1).then_some(number));
        if of > 1 {
            let stem = options.stem.map(|stem| format!("{stem}-{number}"));
            options.stem = stem.or_else(|| Some(part.key.to_string()));
        }
        let settled = settled(choice, &part.key, part.outcome, &options).await;
        if of == 1 {
            return settled.map(|generated| done(&generated));
        }
        let (handle, cost, saved, error) = match settled {
            Ok(generated) => (
                generated.handle.as_ref().map(ToString::to_string),
                generated.cost.map(Charged::of),
                generated.files.iter().map(Saved::of).collect(),
                None,
            ),
            Err(ending) => {
                exits.push(ending.exit());
                links.extend(ending.links.iter().cloned());
                let (cost, files) = (ending.cost.clone(), ending.files.clone());
                (ending.handle.clone(), cost, files, Some(ending))
            }
        };
        costs.extend(cost.clone());
        files.extend(saved.iter().cloned());
        output.tell(&Event::Part {
            part: number,
            of,
            submission_key: part.key.to_string(),
            handle,
            cost,
            files: saved,
            error,
        });
    }
    for (number, file) in (1..).zip(&mut files) {
        file.number = number;
    }
    let cost = Charged::sum(costs.iter());
    let Some(exit) = gravest(&exits, of) else {
        return Ok(Event::Done {
            handle: None,
            cost,
            files,
        });
    };
    let mut ending = Ending::of_parts(exit, exits.len(), of);
    (ending.cost, ending.files, ending.links) = (cost, files, links);
    Err(ending)
}

/// What the whole ends with: what most needs to be looked after. `None` when every part is done.
fn gravest(failed: &[Exit], of: usize) -> Option<Exit> {
    let gravest = failed.iter().copied().max_by_key(|exit| match exit {
        Exit::Unconfirmed => 8,
        Exit::NotStored => 7,
        Exit::NotFinished => 6,
        Exit::Account => 5,
        Exit::Failed => 4,
        Exit::Usage => 3,
        Exit::Busy => 2,
        Exit::Interrupted => 1,
        Exit::Done => 0,
    })?;
    // Interrupted means that nothing was sent, and busy that nothing was started: here some was.
    match gravest {
        Exit::Interrupted | Exit::Busy if failed.len() < of => Some(Exit::NotFinished),
        gravest => Some(gravest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_been_charged_weighs_most() {
        let failed = [Exit::Busy, Exit::Unconfirmed, Exit::NotFinished];

        assert_eq!(gravest(&failed, 4), Some(Exit::Unconfirmed));
        assert_eq!(gravest(&[], 4), None);
    }

    #[test]
    fn nothing_was_sent_or_started_is_said_only_where_that_is_true_of_all() {
        let stopped = [Exit::Interrupted, Exit::Interrupted];
        let busy = [Exit::Busy, Exit::Busy];

        assert_eq!(gravest(&stopped, 2), Some(Exit::Interrupted));
        assert_eq!(gravest(&stopped, 3), Some(Exit::NotFinished));
        assert_eq!(gravest(&busy, 2), Some(Exit::Busy));
        assert_eq!(gravest(&busy, 3), Some(Exit::NotFinished));
    }
}
