//! Deliveries as signed HTTP requests, and requests that Slack would never send.

use axum::body::Bytes;
use hmac::{Hmac, Mac};
use hyper::header;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::Sha256;
use url::form_urlencoded;

use super::client::{Reply, exchange};
use super::{Delivery, DeliveryKind, Failure, LIMIT_MS};
use crate::slack::app::Door;
use crate::slack::mint::hex;
use crate::slack::{NotSent, Slack};

/// A request as it went out.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    url: String,
    headers: Vec<(String, String)>,
    body: Bytes,
}

/// What is wrong with a request that somebody else might send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Forgery {
    /// Nothing: it is Slack's own.
    #[default]
    None,
    /// Signed with another secret.
    WrongSecret,
    /// Signed five minutes and a second ago.
    Stale,
    /// Signed five minutes and a second from now.
    Future,
    /// Without a signature.
    Unsigned,
    /// Changed after it was signed.
    Altered,
}

/// The signature of a body: `v0=` and the HMAC of `v0:{timestamp}:{body}`.
pub fn signature(secret: &str, timestamp: u64, body: &[u8]) -> String {
    // A key of any length is a key; the arm for a wrong one is never taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex(&mac.finalize().into_bytes()))
}

/// The body of a delivery and its type.
fn body(delivery: &Delivery) -> (Bytes, &'static str) {
    const FORM: &str = "application/x-www-form-urlencoded";
    let mut form = form_urlencoded::Serializer::new(String::new());
    match delivery.kind {
        DeliveryKind::Event => {
            return (delivery.payload.to_string().into(), "application/json");
        }
        DeliveryKind::Command => {
            for (name, value) in delivery.payload.as_object().into_iter().flatten() {
                form.append_pair(name, &plain(value));
            }
        }
        DeliveryKind::Shortcut
        | DeliveryKind::MessageAction
        | DeliveryKind::BlockActions
        | DeliveryKind::ViewSubmission
        | DeliveryKind::ViewClosed
        | DeliveryKind::BlockSuggestion => {
            form.append_pair("payload", &delivery.payload.to_string());
        }
    }
    (form.finish().into(), FORM)
}

/// A value as forms carry it.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

impl Slack {
    /// One attempt over HTTP.
    pub(crate) async fn by_request(
        &self,
        delivery: &Delivery,
        attempt: usize,
        reason: &str,
    ) -> Result<Option<Value>, Failure> {
        let door = delivery.kind.door();
        let (body, content_type) = body(delivery);
        let Some(mut sent) = self.prepared(door, body, content_type, Forgery::None) else {
            return Err(Failure {
                is_final: true,
                ..Failure::of("app_missing_action_url", "no_request_url")
            });
        };
        if attempt > 0 {
            let number = ("X-Slack-Retry-Num".to_owned(), attempt.to_string());
            let why = ("X-Slack-Retry-Reason".to_owned(), reason.to_owned());
            sent.headers.extend([number, why]);
        }
        if let Some(known) = self.lock().deliveries.get_mut(&delivery.id) {
            known.sent = Some(sent.clone());
        }
        let deadline = self.now_ms() + LIMIT_MS;
        let reply = tokio::select! {
            reply = self.post(&sent) => reply,
            () = self.world.clock.sleep_until(deadline) => {
                return Err(Failure::of("operation_timeout", "http_timeout"));
            }
        };
        let reply = reply.ok_or(Failure::of("dispatch_failed", "connection_failed"))?;
        let stops = reply
            .headers
            .get("x-slack-no-retry")
            .is_some_and(|value| value == "1");
        if !(200..300).contains(&reply.status) {
            let reason = match reply.status {
                300..400 => "too_many_redirects",
                _ => "http_error",
            };
            return Err(Failure {
                is_final: stops,
                ..Failure::of("dispatch_failed", reason)
            });
        }
        read(delivery.kind, &reply)
    }

    /// A request to a door of the bot; none when that has no address.
    fn prepared(
        &self,
        door: Door,
        body: Bytes,
        content_type: &str,
        forgery: Forgery,
    ) -> Option<Sent> {
        let state = self.lock();
        let url = state.app.urls.get(&door).or_else(|| {
            let fallback = (door == Door::Options).then_some(Door::Interactivity)?;
            state.app.urls.get(&fallback)
        })?;
        let now = self.now_ms() / 1000;
        let timestamp = match forgery {
            Forgery::Stale => now - 301,
            Forgery::Future => now + 301,
            _ => now,
        };
        let secret = match forgery {
            Forgery::WrongSecret => "somebody-elses-secret",
            _ => &state.app.signing_secret,
        };
        let signed = signature(secret, timestamp, &body);
        let mut headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
        if forgery != Forgery::Unsigned {
            headers.push((
                "X-Slack-Request-Timestamp".to_owned(),
                timestamp.to_string(),
            ));
            headers.push(("X-Slack-Signature".to_owned(), signed));
        }
        let body = match forgery {
            Forgery::Altered => [body.as_ref(), b" "].concat().into(),
            _ => body,
        };
        Some(Sent {
            url: url.clone(),
            headers,
            body,
        })
    }

    async fn post(&self, sent: &Sent) -> Option<Reply> {
        let reply = exchange("POST", &sent.url, &sent.headers, sent.body.clone()).await;
        let status = reply.as_ref().map(|reply| reply.status);
        self.note(
            "requested",
            &json!({"status": status, "bytes": sent.body.len()}),
        );
        reply
    }

    /// Sends a delivery's payload once more, forged or not, and takes no notice of the answer beyond its status.
    ///
    /// # Errors
    ///
    /// When there is no such delivery, or no address to send it to.
    pub async fn forge(&self, id: u64, forgery: Forgery) -> Result<Option<u16>, NotSent> {
        let delivery = self.lock().deliveries.get(&id).cloned();
        let delivery = delivery.ok_or_else(|| NotSent("there is no such delivery".to_owned()))?;
        let (body, content_type) = body(&delivery);
        self.send_body(delivery.kind.door(), body, content_type, forgery)
            .await
    }

    /// Sends any body to a door of the bot, signed or forged; answers the status, if there was an answer.
    ///
    /// # Errors
    ///
    /// When that door has no address.
    pub async fn send_body(
        &self,
        door: Door,
        body: impl Into<Bytes>,
        content_type: &str,
        forgery: Forgery,
    ) -> Result<Option<u16>, NotSent> {
        let sent = self.prepared(door, body.into(), content_type, forgery);
        let sent = sent.ok_or_else(|| NotSent("that door has no address".to_owned()))?;
        Ok(self.post(&sent).await.map(|reply| reply.status))
    }

    /// Sends the last request of a delivery again, byte for byte.
    ///
    /// # Errors
    ///
    /// When it was never sent as a request.
    pub async fn replay(&self, id: u64) -> Result<Option<u16>, NotSent> {
        let sent = self
            .lock()
            .deliveries
            .get(&id)
            .and_then(|known| known.sent.clone());
        let sent = sent.ok_or_else(|| NotSent("it was never sent as a request".to_owned()))?;
        Ok(self.post(&sent).await.map(|reply| reply.status))
    }

    /// Asks the events' address for its challenge, as when it is entered; whether it gave it back.
    pub async fn verify_url(&self) -> bool {
        let (challenge, token) = {
            let state = self.lock();
            (state.mint.secret(), state.app.verification.clone())
        };
        let asked = json!({"type": "url_verification", "token": token, "challenge": challenge});
        let body = asked.to_string().into();
        let Some(sent) = self.prepared(Door::Events, body, "application/json", Forgery::None)
        else {
            return false;
        };
        let Some(reply) = self.post(&sent).await.filter(|reply| reply.status == 200) else {
            return false;
        };
        let json: Option<Value> = serde_json::from_slice(&reply.body).ok();
        let given = json.and_then(|json| json["challenge"].as_str().map(str::to_owned));
        given.is_some_and(|given| given == challenge) || reply.body == challenge.as_bytes()
    }

    /// Probes the commands' address as Slack does for its certificate; the status, if there was an answer.
    pub async fn ssl_check(&self, method: &str) -> Option<u16> {
        let (url, token) = {
            let state = self.lock();
            let url = state.app.urls.get(&Door::Commands)?.clone();
            (url, state.app.verification.clone())
        };
        if method == "GET" {
            let url = format!("{url}?ssl_check=1&token={token}");
            return Some(exchange("GET", &url, &[], Bytes::new()).await?.status);
        }
        let body = Bytes::from(format!("ssl_check=1&token={token}"));
        let form = "application/x-www-form-urlencoded";
        let sent = self.prepared(Door::Commands, body, form, Forgery::None)?;
        Some(self.post(&sent).await?.status)
    }
}

/// What a good answer says.
fn read(kind: DeliveryKind, reply: &Reply) -> Result<Option<Value>, Failure> {
    let text = String::from_utf8_lossy(&reply.body);
    if text.trim().is_empty() || kind == DeliveryKind::Event {
        return Ok(None);
    }
    let content_type = reply
        .headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let is_json = content_type.starts_with("application/json");
    if is_json && let Ok(json) = serde_json::from_slice(&reply.body) {
        return Ok(kind.takes_payload().then_some(json));
    }
    match kind {
        DeliveryKind::Command if !is_json => Ok(Some(json!({"text": text}))),
        DeliveryKind::Command => Err(Failure::of("invalid_command_response", "http_error")),
        DeliveryKind::ViewSubmission | DeliveryKind::BlockSuggestion => {
            Err(Failure::of("invalid_response", "http_error"))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_documentation() {
        let body = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow\
            &channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner\
            &command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands\
            %2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015\
            .47445629121.803a0bc887a14d10d2c447fce8b6703c";

        let signed = signature("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body);

        let expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
        assert_eq!(signed, expected);
    }
}
