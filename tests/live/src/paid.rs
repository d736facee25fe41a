//! One call that costs money: allowed, written down, made once, compared, settled.

use std::io::Write;
use std::sync::Arc;
use std::time::Instant;

use kling_core::{
    Clock as _, Cost, CostSource, ErrorKind, Estimate, Money, Output, OutputAsset, OutputSource,
    SubmissionKey, SystemClock,
};
use kling_providers::{
    Destination, GenerateError, GenerateOptions, Generated, Place, Progress, ProviderExt as _,
};

use crate::account::Account;
use crate::archive::{Archive, Entry, Step};
use crate::budget::{Budget, Charge};
use crate::plan::Planned;
use crate::{Live, Outcome, drift};

/// Makes the call, unless the budget forbids it.
pub(crate) async fn make(
    account: &Account,
    call: &Planned,
    live: &Live,
    budget: &mut Budget,
    archive: &Arc<Archive>,
    outcome: &mut Outcome,
    out: &mut (dyn Write + Send),
) -> anyhow::Result<()> {
    let (title, worst, left) = (call.title(), call.worst(), budget.left());
    let at_most = worst.map_or("nobody knows what".to_owned(), |worst| worst.to_string());
    if !budget.allows(worst, live.arguments.allow_unknown) {
        outcome.left_out += 1;
        writeln!(
            out,
            "== {title}: not started, it costs at most {at_most} and {left} is left"
        )?;
        return Ok(());
    }
    writeln!(out, "== {title}: at most {at_most}, of {left}")?;
    let key = new_key()?;
    let entry = Entry {
        step: Step::Intent,
        key: key.to_string(),
        provider: call.provider.to_owned(),
        model: call.request.model.to_string(),
        operation: call.request.operation.to_string(),
        handle: None,
        addresses: Vec::new(),
    };
    let before = account.balance().await;
    account.told(outcome, out)?;
    archive.write(&entry)?;

    let started = Instant::now();
    let options = options(account, live, archive, &entry)?;
    let generated = account
        .provider()
        .generate(&call.request, &key, &options)
        .await;
    let seconds = started.elapsed().as_secs_f64();

    account.told(outcome, out)?;
    let charge = match &generated {
        Ok(generated) => {
            writeln!(out, "  done in {seconds:.1} s")?;
            results(generated, call, outcome, out)?;
            charged(generated.cost)
        }
        Err(error) => {
            outcome.failures += 1;
            writeln!(
                out,
                "  no result after {seconds:.1} s: {}",
                drift::chain(error)
            )?;
            charge_of(error)
        }
    };
    match &generated {
        Err(error) if may_come(error) => {
            if let Some(paid) = error.paid().filter(|paid| paid.handle.is_none()) {
                archive.write(&answered(&entry, &paid.output))?;
            }
            let file = archive.path().display();
            writeln!(out, "  it was paid for: fetch it with --resume {file}")?;
        }
        _ => {
            let step = Step::Done;
            archive.write(&Entry { step, ..entry })?;
        }
    }
    money(call, charge, before, account.balance().await, outcome, out)?;
    // The look at the balance.
    account.told(outcome, out)?;
    budget.settle(title, worst, charge.0);
    Ok(())
}

/// Whether the result may still be had.
pub(crate) fn may_come(error: &GenerateError) -> bool {
    matches!(
        error,
        GenerateError::Watch { .. }
            | GenerateError::TimedOut { .. }
            | GenerateError::Incomplete { .. }
    )
}

/// A result that came without a task, and is not here: only its addresses lead to it.
fn answered(entry: &Entry, output: &Output) -> Entry {
    let address = |asset: &OutputAsset| match &asset.source {
        OutputSource::Url(url) => Some(url.expose().to_string()),
        OutputSource::Inline(_) => None,
    };
    Entry {
        step: Step::Started,
        addresses: output.assets.iter().filter_map(address).collect(),
        ..entry.clone()
    }
}

/// How results come here, with the handle written down before anything else happens.
pub(crate) fn options(
    account: &Account,
    live: &Live,
    archive: &Arc<Archive>,
    entry: &Entry,
) -> anyhow::Result<GenerateOptions> {
    let results = Destination::Directory(archive.results());
    let mut options = GenerateOptions::new(account.downloader()?, results);
    options.sleeper = Arc::clone(&live.sleeper);
    options.timeout = live.arguments.timeout();
    let (archive, entry) = (Arc::clone(archive), entry.clone());
    Ok(options.observed_by(move |progress| {
        if let Progress::Submitted(handle) = progress {
            let started = Entry {
                step: Step::Started,
                handle: Some(handle.to_string()),
                ..entry.clone()
            };
            // The disk took the intent a moment ago; without this line the task is still in the account.
            drop(archive.write(&started));
        }
    }))
}

/// A name that no submission has had.
fn new_key() -> anyhow::Result<SubmissionKey> {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NUMBER: AtomicU32 = AtomicU32::new(1);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let now = SystemClock.now().as_millis();
    Ok(SubmissionKey::parse(format!("kling-live:{now}:{number}"))?)
}

/// Tells each file, and how it differs from what was asked for.
pub(crate) fn results(
    generated: &Generated,
    call: &Planned,
    outcome: &mut Outcome,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    for file in &generated.files {
        let bytes = match &file.place {
            Place::Memory(bytes) => bytes.to_vec(),
            Place::File(path) => {
                writeln!(out, "  result: {}", path.display())?;
                std::fs::read(path)?
            }
        };
        for drift in drift::of_file(file, &bytes, &call.request) {
            outcome.drifts += 1;
            writeln!(out, "    drift: {drift}")?;
        }
    }
    Ok(())
}

/// What was charged, and who says so.
type Charged = (Charge, Option<CostSource>);

fn charged(cost: Option<Cost>) -> Charged {
    cost.map_or((Charge::Open, None), |cost| {
        (Charge::Known(cost.amount), Some(cost.source))
    })
}

fn charge_of(error: &GenerateError) -> Charged {
    match error {
        GenerateError::NoSuchModel { .. }
        | GenerateError::Unfit(_)
        | GenerateError::Destination(_) => (Charge::Known(Money::ZERO), None),
        GenerateError::Submit(error) => match error.kind() {
            ErrorKind::Unknown => (Charge::Open, None),
            ErrorKind::Request | ErrorKind::Busy | ErrorKind::Broken => {
                (Charge::Known(Money::ZERO), None)
            }
        },
        GenerateError::Failed { failure, .. } => charged(failure.cost),
        other => charged(other.paid().and_then(|paid| paid.output.cost)),
    }
}

/// Compares what was listed, what was reported, and what is gone from the account.
fn money(
    call: &Planned,
    charge: Charged,
    before: Option<Money>,
    after: Option<Money>,
    outcome: &mut Outcome,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let (charge, source) = charge;
    let mut drift = |text: String| {
        outcome.drifts += 1;
        writeln!(out, "    drift: {text}")
    };
    if let (Charge::Known(amount), Some(CostSource::Reported)) = (charge, source) {
        let listed = match call.estimate {
            Estimate::Exact(listed) | Estimate::Approximate(listed) => Some(listed),
            Estimate::Unknown => None,
        };
        if listed.is_some_and(|listed| listed != amount) {
            let listed = listed.unwrap_or_default();
            drift(format!("{amount} was charged, and the list says {listed}"))?;
        }
    }
    let gone = before.zip(after).map(|(before, after)| before - after);
    match (charge, gone) {
        (Charge::Known(amount), Some(gone)) if gone != amount => drift(format!(
            "{gone} is gone from the account, and {amount} was to be"
        ))?,
        (Charge::Open, Some(gone)) => writeln!(out, "  {gone} is gone from the account")?,
        _ => {}
    }
    if let Charge::Known(amount) = charge {
        let who = match source {
            Some(CostSource::Reported) => "reported",
            Some(CostSource::Computed) => "computed, the service does not say",
            None => "nothing was started",
        };
        writeln!(out, "  charged {amount} ({who})")?;
    }
    Ok(())
}
