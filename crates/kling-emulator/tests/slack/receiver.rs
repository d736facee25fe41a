//! A bot's own address, for requests of Slack.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::bot::LONG;

/// A request as it came.
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The JSON of an event, or of a form's `payload`.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| serde_json::from_str(&self.field("payload")).unwrap())
    }

    pub(crate) fn field(&self, name: &str) -> String {
        let mut pairs = url::form_urlencoded::parse(&self.body);
        pairs
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    }
}

/// How the next request is answered.
#[derive(Clone)]
pub(crate) enum Next {
    Say(u16, &'static str, String),
    NoRetry,
    Hang,
    Challenge,
}

#[derive(Clone)]
struct Shared {
    received: mpsc::UnboundedSender<Received>,
    next: Arc<Mutex<VecDeque<Next>>>,
}

pub(crate) struct Receiver {
    pub(crate) url: String,
    received: mpsc::UnboundedReceiver<Received>,
    next: Arc<Mutex<VecDeque<Next>>>,
}

impl Receiver {
    pub(crate) async fn start() -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let next = Arc::new(Mutex::new(VecDeque::new()));
        let shared = Shared {
            received: sender,
            next: Arc::clone(&next),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/slack/events", listener.local_addr().unwrap());
        let router = Router::new().fallback(receive).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            received,
            next,
        }
    }

    /// The next request is answered with this; those after the last with an empty 200.
    pub(crate) fn then(&self, next: Next) {
        self.next.lock().unwrap().push_back(next);
    }

    pub(crate) async fn take(&mut self) -> Received {
        tokio::time::timeout(LONG, self.received.recv())
            .await
            .unwrap()
            .unwrap()
    }
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let next = shared.next.lock().unwrap().pop_front();
    let received = Received { headers, body };
    let challenge = serde_json::from_slice::<Value>(&received.body)
        .ok()
        .and_then(|json| json["challenge"].as_str().map(str::to_owned));
    shared.received.send(received).unwrap();
    match next {
        None => StatusCode::OK.into_response(),
        Some(Next::Say(status, kind, body)) => {
            let status = StatusCode::from_u16(status).unwrap();
            (status, [("content-type", kind)], body).into_response()
        }
        Some(Next::NoRetry) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            [("x-slack-no-retry", "1")],
        )
            .into_response(),
        Some(Next::Challenge) => challenge.unwrap_or_default().into_response(),
        Some(Next::Hang) => std::future::pending().await,
    }
}
