//! Our own rate limiter: bounded, first in first out in each bucket, results before the rest.
//!
//! serenity's own limiter leaks a bucket per interaction, lets one interaction's edits wait for another's,
//! and wakes everybody at once after a 429; so it is off, and every call of ours passes here.

mod book;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use kling_http::Reply;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::limits;
use book::{Book, Ticket, Told, Turn};
pub(crate) use book::{Key, Priority};

/// Lets requests through when their turn has come.
#[derive(Clone, Debug)]
pub(crate) struct Limiter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    book: Mutex<Book>,
    stirred: Notify,
    started: Instant,
}

/// A request that may not be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Discord's limits leave no room for this request")]
pub(crate) struct NoRoom {
    /// When there may be room, where known.
    pub(crate) retry_after: Option<Duration>,
}

impl Limiter {
    /// A limiter that knows nothing yet.
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner {
            book: Mutex::new(Book::default()),
            stirred: Notify::new(),
            started: Instant::now(),
        }))
    }

    /// Waits for a turn, at most `patience`. Progress does not wait at all.
    pub(crate) async fn turn(
        &self,
        key: &Key,
        priority: Priority,
        patience: Duration,
    ) -> Result<Pass, NoRoom> {
        let now = self.now();
        let ticket = self
            .book()
            .enter(now, key, priority)
            .ok_or(NoRoom { retry_after: None })?;
        let pass = Pass {
            limiter: self.clone(),
            key: key.clone(),
            ticket,
        };
        let deadline = Instant::now() + patience;
        loop {
            let stirred = self.0.stirred.notified();
            tokio::pin!(stirred);
            // Registered before asking, so that a stir in between is not missed.
            stirred.as_mut().enable();
            let now = self.now();
            let turn = self.book().ask(now, ticket);
            let until = match turn {
                Turn::Go => return Ok(pass),
                Turn::At(at) => self.0.started + Duration::from_millis(at),
                Turn::Behind => deadline,
            };
            let impatient = priority == Priority::Progress || until > deadline;
            if impatient && turn != Turn::Behind {
                let retry_after = Some(until.saturating_duration_since(Instant::now()));
                return Err(NoRoom { retry_after });
            }
            tokio::select! {
                () = &mut stirred => {}
                () = tokio::time::sleep_until(until.min(deadline)) => {
                    if Instant::now() >= deadline {
                        return Err(NoRoom { retry_after: None });
                    }
                }
            }
        }
    }

    /// Answers within ten minutes that count towards a ban.
    pub(crate) fn invalid(&self) -> u32 {
        self.book().invalid()
    }

    fn now(&self) -> u64 {
        u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to send one request. Dropped without an answer, it gives its place up.
#[derive(Debug)]
pub(crate) struct Pass {
    limiter: Limiter,
    key: Key,
    ticket: Ticket,
}

impl Pass {
    /// Learns from the answer.
    pub(crate) fn answered(self, reply: &Reply) {
        let now = self.limiter.now();
        self.limiter
            .book()
            .told(now, &self.key, self.ticket, &read(reply));
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.limiter.book().leave(self.ticket);
        self.limiter.0.stirred.notify_waiters();
    }
}

/// What a reply's headers, and the body of a 429, say.
fn read(reply: &Reply) -> Told {
    let number = |name: &str| reply.header(name)?.parse().ok();
    let millis = |name: &str| reply.header(name).and_then(seconds_to_millis);
    let scope = reply.header("x-ratelimit-scope");
    let bucket = reply.header("x-ratelimit-bucket");
    let is_global = scope == Some("global") || reply.header("x-ratelimit-global") == Some("true");
    Told {
        status: reply.status,
        bucket: bucket.map(str::to_owned),
        limit: number("x-ratelimit-limit"),
        remaining: number("x-ratelimit-remaining"),
        reset_after_ms: millis("x-ratelimit-reset-after"),
        retry_after_ms: (reply.status == 429).then(|| wait_of_429(reply)).flatten(),
        is_global,
        is_wall: reply.status == 429 && !is_global && scope.is_none() && bucket.is_none(),
        is_shared: scope == Some("shared"),
    }
}

/// The body's `retry_after` is finer than the header's whole seconds; Cloudflare sends the header alone.
fn wait_of_429(reply: &Reply) -> Option<u64> {
    #[derive(serde::Deserialize)]
    struct Body {
        retry_after: f64,
    }
    let from_body = serde_json::from_slice::<Body>(&reply.body)
        .ok()
        .and_then(|body| Duration::try_from_secs_f64(body.retry_after).ok());
    let wait = from_body.or_else(|| reply.retry_after())?;
    Some(in_millis(wait))
}

fn seconds_to_millis(text: &str) -> Option<u64> {
    let wait = Duration::try_from_secs_f64(text.parse().ok()?).ok()?;
    Some(in_millis(wait))
}

/// Rounded up: a request that arrives a moment too early is one more 429.
fn in_millis(wait: Duration) -> u64 {
    let wait = wait.min(limits::LONGEST_WAIT);
    u64::try_from(wait.as_millis()).map_or(u64::MAX, |wait| wait.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use kling_core::Timestamp;
    use kling_http::header::{HeaderMap, HeaderName, HeaderValue};

    fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Reply {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect();
        Reply {
            status,
            headers,
            body: body.into(),
            received_at: Timestamp::from_millis(0),
        }
    }

    fn key() -> Key {
        Key {
            route: "PATCH message",
            major: "1".to_owned(),
            counts_globally: true,
        }
    }

    #[test]
    fn the_body_of_a_429_is_finer_than_its_header() {
        let limited = reply(
            429,
            &[("retry-after", "2"), ("x-ratelimit-scope", "shared")],
            r#"{"message":"…","retry_after":1.337,"global":false}"#,
        );
        let by_cloudflare = reply(429, &[("retry-after", "3")], "<html>");

        assert_eq!(read(&limited).retry_after_ms, Some(1_338));
        assert!(read(&limited).is_shared && !read(&limited).is_global);
        assert_eq!(read(&by_cloudflare).retry_after_ms, Some(3_001));
    }

    #[test]
    fn a_wait_of_years_is_not_believed() {
        let forever = reply(429, &[], r#"{"retry_after": 1e19}"#);
        let reset = reply(200, &[("x-ratelimit-reset-after", "1e15")], "");

        let longest = u64::try_from(limits::LONGEST_WAIT.as_millis()).expect("it fits");
        assert_eq!(read(&forever).retry_after_ms, Some(longest + 1));
        assert_eq!(read(&reset).reset_after_ms, Some(longest + 1));
    }

    #[test]
    fn a_429_that_is_not_discords_is_told_from_its_own() {
        let own = reply(
            429,
            &[("x-ratelimit-scope", "user")],
            r#"{"retry_after":1}"#,
        );
        let by_cloudflare = reply(429, &[("retry-after", "3")], "<html>");

        assert!(!read(&own).is_wall);
        assert!(read(&by_cloudflare).is_wall);
    }

    fn empty(reset_after: &'static str) -> Reply {
        let headers = [
            ("x-ratelimit-limit", "5"),
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset-after", reset_after),
            ("x-ratelimit-bucket", "abc"),
        ];
        reply(200, &headers, "")
    }

    const PATIENCE: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn a_waiting_result_goes_when_its_bucket_opens() {
        let limiter = Limiter::new();
        let pass = limiter
            .turn(&key(), Priority::Result, PATIENCE)
            .await
            .expect("a turn");
        let before = Instant::now();
        pass.answered(&empty("0.2"));

        let progress = limiter.turn(&key(), Priority::Progress, PATIENCE).await;
        let result = limiter.turn(&key(), Priority::Result, PATIENCE).await;

        assert!(progress.is_err());
        assert!(result.is_ok());
        assert!(before.elapsed() >= Duration::from_millis(200));
    }

    #[tokio::test]
    async fn who_cannot_wait_is_told_at_once_for_how_long() {
        let limiter = Limiter::new();
        let pass = limiter
            .turn(&key(), Priority::Result, PATIENCE)
            .await
            .expect("a turn");
        pass.answered(&empty("60.0"));

        let hurried = limiter.turn(&key(), Priority::Result, PATIENCE).await;

        let retry_after = hurried.expect_err("no room").retry_after.expect("a time");
        assert!(retry_after > PATIENCE);
    }

    #[tokio::test]
    async fn a_pass_that_is_dropped_lets_the_next_one_through() {
        let limiter = Limiter::new();
        let first = limiter
            .turn(&key(), Priority::Result, PATIENCE)
            .await
            .expect("a turn");
        let waiting = tokio::spawn({
            let limiter = limiter.clone();
            async move {
                limiter
                    .turn(&key(), Priority::Result, PATIENCE)
                    .await
                    .is_ok()
            }
        });
        tokio::task::yield_now().await;

        drop(first);

        assert!(waiting.await.expect("no panic"));
    }
}
