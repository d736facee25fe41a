//! What an account has and what it spent, read from the ledger.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, Uri},
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::{
    VENDOR,
    auth::account,
    error::{Asked, Failure},
    image::{NANODOLLARS_PER_CREDIT, dollars},
};
use crate::{clock::iso, ledger::Account, world::World};

mod query;

use self::query::{Direction, Kind, Wanted};

/// Below this the legacy endpoint calls a balance low: 5 dollars.
const LOW_CREDITS: i64 = 10_000_000;

/// `GET /v2/billing`.
pub(super) async fn balance(
    State(world): State<Arc<World>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    answer(&world, &uri, &headers, |_, account| {
        Ok(json!({ "current_balance": dollars(account.balance_nanodollars), "currency": "USD" }))
    })
}

/// `GET /v2/billing/detail`.
pub(super) async fn detail(
    State(world): State<Arc<World>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    answer(&world, &uri, &headers, |name, account| {
        Ok(json!({
            "current_balance": dollars(account.balance_nanodollars),
            "currency": "USD",
            "user_id": name,
            "email": format!("{name}@emulator.invalid"),
            "autotopup_settings":
                { "is_enabled": false, "threshold": 0, "amount": 0, "currency": "USD" },
        }))
    })
}

/// `GET /v1/billing/balance`, the older form, in credits.
pub(super) async fn legacy_balance(
    State(world): State<Arc<World>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    answer(&world, &uri, &headers, |_, account| {
        let credits = account.balance_nanodollars / NANODOLLARS_PER_CREDIT;
        Ok(json!({
            "balance": credits,
            "lowBalance": credits < LOW_CREDITS,
            "lowBalanceThreshold": LOW_CREDITS,
            "lastUpdated": world.clock.iso(),
            "autoDebitStatus": "disabled",
            "status": "current",
            "statusExplanation": "Balance is current and up to date",
        }))
    })
}

/// `GET /v2/billing/transactions`, newest first.
pub(super) async fn transactions(
    State(world): State<Arc<World>>,
    RawQuery(query): RawQuery,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    answer(&world, &uri, &headers, |name, account| {
        let wanted =
            Wanted::read(query.as_deref().unwrap_or_default()).map_err(Failure::Invalid)?;
        let mut page = matching(&world, name, account, &wanted);
        let has_more = page.len() > wanted.limit;
        page.truncate(wanted.limit);
        let next_cursor = page
            .last()
            .filter(|_| has_more)
            .map(|last| query::cursor(last.number));
        let data: Vec<Value> = page
            .into_iter()
            .map(|transaction| transaction.body)
            .collect();
        Ok(json!({
            "data": data,
            "pagination": { "next_cursor": next_cursor, "has_more": has_more },
        }))
    })
}

/// Answers for the account behind the key, or says why not.
fn answer(
    world: &World,
    uri: &Uri,
    headers: &HeaderMap,
    body: impl FnOnce(&str, &Account) -> Result<Value, Failure>,
) -> Response {
    let asked = Asked::new(world, uri, headers);
    let body =
        account(world, headers).and_then(|name| body(&name, &world.ledger.account(VENDOR, &name)));
    match body {
        Ok(body) => asked.sign(Json(body).into_response()),
        Err(failure) => failure.respond(world, &asked),
    }
}

struct Transaction {
    /// 0 for the opening, then the ledger's numbers.
    number: u64,
    at_ms: u64,
    direction: Direction,
    kind: Kind,
    body: Value,
}

fn matching(world: &World, name: &str, account: &Account, wanted: &Wanted) -> Vec<Transaction> {
    let opening = Transaction {
        number: 0,
        at_ms: account.opened_at_ms,
        direction: Direction::Topup,
        kind: Kind::Init,
        body: json!({
            "created_at": iso(account.opened_at_ms),
            "direction": "TOPUP",
            "type": "INIT",
            "amount": amount(account.opening_nanodollars),
            "model": null,
            "reference_id": null,
        }),
    };
    let charges = world
        .ledger
        .list()
        .into_iter()
        .filter(|charge| charge.billed && charge.vendor == VENDOR && charge.account == name);
    let charges = charges.map(|charge| Transaction {
        number: charge.seq,
        at_ms: charge.at_ms,
        direction: Direction::Charge,
        kind: Kind::ModelUsage,
        body: json!({
            "created_at": iso(charge.at_ms),
            "direction": "CHARGE",
            "type": "MODEL_USAGE",
            "amount": amount(charge.amount_nanodollars),
            "model": charge.model,
            "reference_id": charge.reference,
        }),
    });
    let mut found: Vec<Transaction> = [opening]
        .into_iter()
        .chain(charges)
        .filter(|transaction| {
            wanted
                .direction
                .is_none_or(|direction| direction == transaction.direction)
                && wanted.kind.is_none_or(|kind| kind == transaction.kind)
                && wanted.from_ms.is_none_or(|from| from <= transaction.at_ms)
                && wanted.to_ms.is_none_or(|to| transaction.at_ms <= to)
                && wanted
                    .before
                    .is_none_or(|before| transaction.number < before)
        })
        .collect();
    found.reverse();
    found
}

fn amount(nanodollars: i64) -> Value {
    json!({ "usd": dollars(nanodollars), "credits": nanodollars / NANODOLLARS_PER_CREDIT })
}
