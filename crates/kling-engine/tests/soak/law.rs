//! The law, for every job of a soak: the books of the world outside against our rows and our ledger.

use std::collections::BTreeMap;
use std::path::Path;

use kling_core::Money;
use kling_engine::{Job, JobId, LedgerEntry, LedgerKind, Stage, check_store};

use crate::outside::{PRICE, book};
use crate::replica::open;

/// What was found.
pub(crate) struct Found {
    pub(crate) breaches: Vec<String>,
    pub(crate) summary: String,
}

/// What the world outside knows of one job.
#[derive(Debug, Default)]
struct Seen {
    bills: usize,
    refunds: usize,
    results: usize,
    notices: usize,
    ends: usize,
}

/// Weighs everything; nobody may be at work any more.
pub(crate) async fn weigh(address: &str, folder: &Path, jobs: usize) -> Found {
    let mut breaches = Vec::new();
    let mut seen: BTreeMap<String, Seen> = BTreeMap::new();
    let of_job = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    for (name, _) in book(folder, "bills") {
        seen.entry(of_job(&name)).or_default().bills += 1;
    }
    for (name, _) in book(folder, "refunds") {
        seen.entry(of_job(&name)).or_default().refunds += 1;
    }
    for (name, _) in book(folder, "posts") {
        let seen = seen.entry(of_job(&name)).or_default();
        match name.split('.').nth(1) {
            Some("result") => seen.results += 1,
            Some("notice") => seen.notices += 1,
            _ => seen.ends += 1,
        }
    }
    for (name, _) in book(folder, "twice") {
        breaches.push(format!("submission {name} was sent twice"));
    }
    let promises = book(folder, "promises");
    if promises.len() != jobs {
        breaches.push(format!(
            "{} of {jobs} commands were answered",
            promises.len()
        ));
    }
    let store = open(address, folder).await;
    let mut stages: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (command, id) in promises {
        let id = JobId::parse(&id).unwrap();
        let Some(job) = store.job(&id).await.unwrap() else {
            breaches.push(format!("{command} is lost"));
            continue;
        };
        *stages.entry(job.stage.as_str()).or_default() += 1;
        let ledger = store.ledger(&id).await.unwrap();
        let seen = seen.remove(id.as_str()).unwrap_or_default();
        let broken = broken(&job, &ledger, &seen);
        breaches.extend(broken.map(|law| format!("{id} {}: {law}: {seen:?}", job.stage)));
    }
    for (id, seen) in seen {
        breaches.push(format!("{id} was never promised: {seen:?}"));
    }
    store.close().await;
    let checked = check_store(address).await.unwrap();
    if !checked.is_fine() {
        breaches.push(format!("{checked:?}"));
    }
    Found {
        breaches,
        summary: format!("{stages:?}"),
    }
}

/// What is wrong with one job, if anything.
fn broken(job: &Job, ledger: &[LedgerEntry], seen: &Seen) -> Option<&'static str> {
    let sum = |kind| {
        let lines = ledger.iter().filter(|line| line.kind == kind);
        let amounts = lines.filter_map(|line| line.amount);
        amounts.map(Money::as_nanodollars).sum::<i64>()
    };
    let price = PRICE.as_nanodollars();
    let charged = if seen.bills > seen.refunds { price } else { 0 };
    let (settled, doubted) = (sum(LedgerKind::Settlement), sum(LedgerKind::Unconfirmed));
    let is_held = sum(LedgerKind::Reservation) != sum(LedgerKind::Release);
    if seen.bills > 1 {
        return Some("paid for more than once");
    }
    match job.stage {
        Stage::Delivered if (seen.results, seen.ends) != (1, 0) => Some("not one result"),
        Stage::Delivered if settled != price || charged != price || doubted != 0 => {
            Some("the ledgers differ")
        }
        Stage::Unconfirmed if (seen.notices, seen.results, seen.ends) != (1, 0, 0) => {
            Some("not one notice")
        }
        Stage::Unconfirmed if settled != 0 => Some("settled, though nobody knows"),
        Stage::Failed | Stage::Cancelled | Stage::Expired
            if (seen.results, seen.ends) != (0, 1) =>
        {
            Some("not one last message")
        }
        Stage::Failed | Stage::Cancelled | Stage::Expired
            if settled != charged && doubted != price =>
        {
            Some("the ledgers differ")
        }
        stage if stage.is_terminal() && is_held => Some("money is held for ever"),
        stage if !stage.is_terminal() && stage != Stage::Unconfirmed => Some("it is stuck"),
        _ => None,
    }
}
