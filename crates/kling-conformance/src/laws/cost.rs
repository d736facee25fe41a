//! Money: what is said before and after is what the vendor's books say.

use kling_core::{Estimate, Money, TaskStatus};

use crate::Fate;
use crate::bench::Bench;
use crate::verdict::{Stop, Verdict, broken, cannot, require};

fn charged(bench: &Bench) -> Result<Money, Stop> {
    Ok(bench.vendor.charges()?.into_iter().sum())
}

pub(crate) async fn what_is_reported_is_what_was_charged(bench: &Bench) -> Verdict {
    let mut sum = Money::ZERO;
    let (mut reported, mut silent) = (false, false);
    for request in [bench.minimal()?, bench.several()?] {
        let output = bench.result_of(&request).await?;
        let now = charged(bench)?;
        let (this, before) = (now - sum, sum);
        sum = now;
        let Some(cost) = output.cost else {
            silent = true;
            continue;
        };
        reported = true;
        require(cost.amount == this, || {
            format!(
                "{} is reported, and {this} charged after {before}",
                cost.amount
            )
        })?;
    }
    match (reported, silent) {
        (_, false) => Ok(()),
        (true, true) => broken("a cost is reported with one result, and not with another"),
        (false, true) if bench.model.price.is_some() => {
            broken("the model has a price, and no cost is reported with its results")
        }
        (false, true) => cannot("nobody says what this model costs"),
    }
}

pub(crate) async fn an_exact_estimate_is_exact(bench: &Bench) -> Verdict {
    let mut sum = Money::ZERO;
    for request in [bench.minimal()?, bench.several()?] {
        let Estimate::Exact(amount) = bench.model.estimate(&request) else {
            return cannot("the price of this model is not stated as exact");
        };
        bench.result_of(&request).await?;
        let now = charged(bench)?;
        require(now - sum == amount, || {
            format!("{amount} was said before, and {} charged", now - sum)
        })?;
        sum = now;
    }
    Ok(())
}

pub(crate) async fn a_failed_task_reports_what_was_charged(bench: &Bench) -> Verdict {
    let task = bench.started_to(Fate::Fails).await?;
    let cost = match bench.ended(&task).await {
        Ok(TaskStatus::Failed(failure)) => failure.cost,
        other => return broken(format!("not a failed task but {other:?}")),
    };

    let charged = charged(bench)?;
    match cost {
        Some(cost) => require(cost.amount == charged, || {
            format!("{} is reported, and {charged} charged", cost.amount)
        }),
        None => cannot("no cost is reported with a failed task"),
    }
}
