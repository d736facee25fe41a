//! A plain client of one vendor.

use std::time::Duration;

use kling_emulator::{
    Emulator, Options,
    journal::Entry,
    script::{Effect, Fault},
};
use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::json::{ReadJson as _, WithJson as _};

/// Generous: it is only waited for when something is broken.
pub(crate) const LONG: Duration = Duration::from_mins(1);

/// An emulator, and a client of one of its vendors.
pub(crate) struct Caller {
    pub(crate) emulator: Emulator,
    pub(crate) http: reqwest::Client,
    vendor: &'static str,
}

impl Caller {
    pub(crate) async fn of(vendor: &'static str) -> Self {
        // Another test of this process may have been first.
        drop(rustls::crypto::ring::default_provider().install_default());
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(LONG)
            .build()
            .unwrap();
        Self {
            emulator: Emulator::start(Options::default()).await.unwrap(),
            http,
            vendor,
        }
    }

    /// A request with a good key, not sent yet.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let address = format!("{}{path}", self.emulator.base(self.vendor));
        self.http.request(method, address).bearer_auth("test-key")
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        answer(self.request(Method::POST, path).with_json(body)).await
    }

    pub(crate) fn fault(&self, route: &str, effect: Effect) {
        let fault = Fault::once(self.vendor, route, effect);
        self.emulator.world().script.push(fault);
    }

    pub(crate) fn billed(&self) -> i64 {
        self.emulator.world().ledger.total(self.vendor)
    }

    /// What all accounts have left together, holds taken off.
    pub(crate) fn left(&self) -> i64 {
        let accounts = self.emulator.world().ledger.accounts(self.vendor);
        accounts
            .values()
            .map(|account| account.balance_nanodollars)
            .sum()
    }

    pub(crate) fn push(&self, by: Duration) {
        self.emulator.world().clock.advance(by);
    }

    /// Waits until the journal says that `event` happened at the vendor.
    pub(crate) async fn event(&self, event: &str) -> Entry {
        let journal = &self.emulator.world().journal;
        let wanted = |entry: &Entry| entry.place == self.vendor && entry.event() == event;
        journal.wait_for(wanted, LONG).await.unwrap()
    }

    /// What is behind a link.
    pub(crate) async fn bytes(&self, link: &str) -> Vec<u8> {
        let response = self.http.get(link).send().await.unwrap();
        assert_eq!(response.status(), 200, "{link}");
        response.bytes().await.unwrap().to_vec()
    }
}

/// The status and the body of an answer in JSON.
pub(crate) async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.read_json().await)
}
