//! Rate limits: a bucket per route and resource, the global limit, and the ban for invalid requests.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::limits;
use super::link::hex;

/// The limits in force. Discord publishes none of these numbers but the global one and the
/// invalid-request rule; the rest are what clients observe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimits {
    /// Whether limits are enforced at all.
    pub enabled: bool,
    /// Requests per second over all routes that take the bot's token.
    pub global_per_second: u32,
    /// Requests per window, by group. A group without a rule has `fallback`.
    pub rules: Vec<RateRule>,
    /// 401, 403 and 429 answers within ten minutes that get the caller banned.
    pub invalid_requests: usize,
}

/// One limit: so many requests of a group, per channel, guild or token, in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateRule {
    /// `messages-create`, `messages-edit`, `messages-delete`, `messages-read`, `webhook`,
    /// `commands-read`, `commands-write`, `commands-overwrite`, `gateway`, `users`,
    /// `applications`, `direct`, `guilds` or `typing`.
    pub group: String,
    /// Requests in the window.
    pub limit: u32,
    /// The window in milliseconds.
    pub window_ms: u64,
}

impl Default for RateLimits {
    fn default() -> Self {
        let rule = |group: &str, limit, window_ms| RateRule {
            group: group.to_owned(),
            limit,
            window_ms,
        };
        Self {
            enabled: true,
            global_per_second: 50,
            rules: vec![
                rule("messages-create", 5, 5_000),
                rule("messages-edit", 5, 5_000),
                rule("messages-delete", 5, 1_000),
                rule("webhook", 5, 2_000),
                rule("commands-write", 20, 20_000),
                rule("commands-overwrite", 5, 20_000),
                rule("direct", 10, 10_000),
            ],
            invalid_requests: limits::INVALID_REQUESTS,
        }
    }
}

impl RateLimits {
    fn rule(&self, group: &str) -> (u32, u64) {
        self.rules
            .iter()
            .find(|rule| rule.group == group)
            .map_or((50, 1_000), |rule| (rule.limit, rule.window_ms))
    }
}

/// What a bucket says about one request.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    /// Whether the request may go on.
    pub(crate) allowed: bool,
    /// Whether the global limit, not the bucket's, refused it.
    pub(crate) global: bool,
    limit: u32,
    remaining: u32,
    reset_ms: u64,
    /// Milliseconds until the window ends.
    pub(crate) wait_ms: u64,
    name: String,
}

impl Standing {
    /// The headers that go with the answer.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if self.global {
            headers.push(("x-ratelimit-global", "true".to_owned()));
            headers.push(("x-ratelimit-scope", "global".to_owned()));
        } else {
            headers.push(("x-ratelimit-limit", self.limit.to_string()));
            headers.push(("x-ratelimit-remaining", self.remaining.to_string()));
            headers.push(("x-ratelimit-reset", seconds(self.reset_ms)));
            headers.push(("x-ratelimit-reset-after", seconds(self.wait_ms)));
            headers.push(("x-ratelimit-bucket", self.name.clone()));
            if !self.allowed {
                headers.push(("x-ratelimit-scope", "user".to_owned()));
            }
        }
        if !self.allowed {
            headers.push((
                "retry-after",
                self.wait_ms.div_ceil(1000).max(1).to_string(),
            ));
        }
        headers
    }

    /// The body of a 429.
    pub(crate) fn body(&self) -> serde_json::Value {
        let millis = u32::try_from(self.wait_ms).unwrap_or(u32::MAX);
        serde_json::json!({
            "message": "You are being rate limited.",
            "retry_after": f64::from(millis) / 1000.0,
            "global": self.global,
        })
    }
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

#[derive(Debug)]
struct Window {
    ends_ms: u64,
    used: u32,
}

/// All buckets of one bot.
#[derive(Debug, Default)]
pub(crate) struct Buckets {
    /// The limits in force.
    pub(crate) limits: RateLimits,
    windows: HashMap<(&'static str, String), Window>,
    global: Option<Window>,
    invalid: VecDeque<u64>,
    banned_until_ms: u64,
}

impl Buckets {
    /// Counts one request. `None` when limits are off or the route has no bucket.
    pub(crate) fn take(
        &mut self,
        now_ms: u64,
        bucket: Option<(&'static str, String)>,
        spared_by_global: bool,
    ) -> Option<Standing> {
        if !self.limits.enabled {
            return None;
        }
        if !spared_by_global {
            let per_second = self.limits.global_per_second;
            let window = self.global.get_or_insert(Window {
                ends_ms: 0,
                used: 0,
            });
            refresh(window, now_ms, 1_000);
            if window.used >= per_second {
                return Some(Standing {
                    allowed: false,
                    global: true,
                    limit: per_second,
                    remaining: 0,
                    reset_ms: window.ends_ms,
                    wait_ms: window.ends_ms - now_ms,
                    name: "global".to_owned(),
                });
            }
            window.used += 1;
        }
        let (group, resource) = bucket?;
        let (limit, window_ms) = self.limits.rule(group);
        if self.windows.len() > 4096 {
            self.windows.retain(|_, window| window.ends_ms > now_ms);
        }
        let window = self.windows.entry((group, resource)).or_insert(Window {
            ends_ms: 0,
            used: 0,
        });
        refresh(window, now_ms, window_ms);
        let allowed = window.used < limit;
        if allowed {
            window.used += 1;
        }
        Some(Standing {
            allowed,
            global: false,
            limit,
            remaining: limit.saturating_sub(window.used),
            reset_ms: window.ends_ms,
            wait_ms: window.ends_ms - now_ms,
            name: name(group),
        })
    }

    /// Whether the caller is shut out.
    pub(crate) fn is_banned(&self, now_ms: u64) -> bool {
        now_ms < self.banned_until_ms
    }

    /// Counts an answer; true when this one brought the ban.
    pub(crate) fn answered(&mut self, now_ms: u64, status: u16) -> bool {
        if !matches!(status, 401 | 403 | 429) || self.is_banned(now_ms) {
            return false;
        }
        self.invalid.push_back(now_ms);
        while self
            .invalid
            .front()
            .is_some_and(|at| at + limits::INVALID_WINDOW_MS < now_ms)
        {
            self.invalid.pop_front();
        }
        if self.invalid.len() < self.limits.invalid_requests {
            return false;
        }
        self.invalid.clear();
        self.banned_until_ms = now_ms + limits::BAN_MS;
        true
    }

    /// How many invalid requests count at this moment.
    pub(crate) fn invalid_count(&self) -> usize {
        self.invalid.len()
    }

    /// Replaces the limits and forgets what was used.
    pub(crate) fn set(&mut self, limits: RateLimits) {
        *self = Self {
            limits,
            ..Self::default()
        };
    }
}

fn refresh(window: &mut Window, now_ms: u64, length_ms: u64) {
    if now_ms >= window.ends_ms {
        *window = Window {
            ends_ms: now_ms + length_ms,
            used: 0,
        };
    }
}

/// Discord names buckets by an opaque hash that several routes may share.
fn name(group: &str) -> String {
    let digest: [u8; 32] = Sha256::digest(group.as_bytes()).into();
    hex(digest.first_chunk::<16>().unwrap_or(&[0; 16]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(buckets: &mut Buckets, now: u64, resource: &str) -> Standing {
        let bucket = Some(("messages-create", resource.to_owned()));
        buckets.take(now, bucket, false).unwrap()
    }

    #[test]
    fn a_full_bucket_refuses_until_its_window_ends() {
        let mut buckets = Buckets::default();

        for _ in 0..5 {
            assert!(take(&mut buckets, 10_000, "1").allowed);
        }
        let refused = take(&mut buckets, 12_500, "1");

        assert!(!refused.allowed && !refused.global);
        assert_eq!(refused.wait_ms, 2_500);
        assert!(refused.headers().contains(&("retry-after", "3".to_owned())));
        assert!(take(&mut buckets, 12_500, "2").allowed);
        assert!(take(&mut buckets, 15_000, "1").allowed);
    }

    #[test]
    fn the_global_limit_spares_interactions() {
        let mut buckets = Buckets::default();

        for channel in 0..50 {
            assert!(take(&mut buckets, 0, &channel.to_string()).allowed);
        }
        let refused = take(&mut buckets, 0, "other");
        let webhook = buckets
            .take(0, Some(("webhook", "t".to_owned())), true)
            .unwrap();

        assert!(!refused.allowed && refused.global);
        assert_eq!(refused.body()["global"], true);
        assert!(webhook.allowed);
    }

    #[test]
    fn too_many_invalid_requests_bring_a_ban() {
        let mut buckets = Buckets::default();
        buckets.limits.invalid_requests = 3;

        assert!(!buckets.answered(0, 401));
        assert!(!buckets.answered(1, 404));
        assert!(!buckets.answered(limits::INVALID_WINDOW_MS, 403));
        assert!(!buckets.answered(limits::INVALID_WINDOW_MS + 1, 429));
        assert!(buckets.answered(limits::INVALID_WINDOW_MS + 2, 429));

        assert!(buckets.is_banned(limits::INVALID_WINDOW_MS + 3));
        assert!(!buckets.is_banned(limits::INVALID_WINDOW_MS + 2 + limits::BAN_MS));
    }
}
