//! How the vendors with settings of one kind behave: apiin.one and inference.sh.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{apiin, inferencesh, keys::Keys, settings, world::World};

type Here = State<Arc<World>>;

/// The routes, below `/_emulator`.
pub(super) fn router(world: &Arc<World>) -> Router {
    Router::new()
        .route("/apiin", get(apiin_settings).post(change_apiin))
        .route(
            "/inferencesh",
            get(inferencesh_settings).post(change_inferencesh),
        )
        .with_state(Arc::clone(world))
}

/// A change; what is absent stays as it is.
#[derive(Deserialize)]
struct Change {
    /// The only keys that are good from now on.
    keys: Option<Vec<String>>,
    /// What is left, for `account` or else for every account.
    balance_nanodollars: Option<i64>,
    account: Option<String>,
    /// Fields of the vendor's settings.
    #[serde(flatten)]
    settings: Map<String, Value>,
}

impl Change {
    fn keys(&self) -> Option<Keys> {
        let keys = self.keys.as_ref()?;
        Some(Keys::Only(keys.iter().cloned().collect()))
    }

    fn pay(&self, world: &World, vendor: &str) {
        match (self.balance_nanodollars, &self.account) {
            (Some(balance), Some(account)) => world.ledger.set_balance(vendor, account, balance),
            (Some(balance), None) => world.ledger.set_every_balance(vendor, balance),
            (None, _) => {}
        }
    }
}

/// The settings, and what the accounts have.
fn told<S: Serialize>(world: &World, vendor: &str, settings: &S) -> Response {
    let mut told = json!(settings);
    told["accounts"] = json!(world.ledger.accounts(vendor));
    told["billed_nanodollars"] = json!(world.ledger.total(vendor));
    Json(told).into_response()
}

fn refused(why: String) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, why).into_response()
}

async fn apiin_settings(State(world): Here) -> Response {
    told(&world, apiin::VENDOR, &world.apiin.settings())
}

async fn change_apiin(state: Here, Json(change): Json<Change>) -> Response {
    let vendor = &state.0.apiin;
    let now = vendor.settings();
    let keys = change.keys().unwrap_or_else(|| now.keys.clone());
    match settings::changed(&now, change.settings.clone()) {
        Ok(changed) => vendor.change(|settings| *settings = apiin::Settings { keys, ..changed }),
        Err(why) => return refused(why),
    }
    change.pay(&state.0, apiin::VENDOR);
    apiin_settings(state).await
}

async fn inferencesh_settings(State(world): Here) -> Response {
    told(&world, inferencesh::VENDOR, &world.inferencesh.settings())
}

async fn change_inferencesh(state: Here, Json(change): Json<Change>) -> Response {
    let vendor = &state.0.inferencesh;
    let now = vendor.settings();
    let keys = change.keys().unwrap_or_else(|| now.keys.clone());
    match settings::changed(&now, change.settings.clone()) {
        Ok(changed) => {
            vendor.change(|settings| *settings = inferencesh::Settings { keys, ..changed });
        }
        Err(why) => return refused(why),
    }
    change.pay(&state.0, inferencesh::VENDOR);
    inferencesh_settings(state).await
}
