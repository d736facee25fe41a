//! Rate limits: a tier for every method, and one for posting into a channel.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

/// The window that tiers count in.
const MINUTE_MS: u64 = 60_000;

/// How strict this Slack is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimits {
    /// Whether anything is limited.
    pub enabled: bool,
    /// Calls a minute, for each method, workspace and tier.
    pub per_minute: [usize; 4],
    /// How long a channel recovers from one post.
    pub post_every_ms: u64,
    /// How many posts a channel takes at once.
    pub post_burst: usize,
    /// Posts a minute in the whole workspace.
    pub posts_per_minute: usize,
    /// `conversations.history` and `.replies` a minute; the tier's number when absent.
    pub history_per_minute: Option<usize>,
    /// How long a response URL recovers from one use.
    pub hook_every_ms: u64,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            enabled: true,
            per_minute: [1, 20, 50, 100],
            post_every_ms: 1000,
            post_burst: 1,
            posts_per_minute: 300,
            history_per_minute: None,
            hook_every_ms: 0,
        }
    }
}

/// What a call counts against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tier {
    /// The first to the fourth.
    Of(usize),
    /// `chat.postMessage`: by channel and workspace.
    Post,
    /// Reading what was said.
    History,
    /// Nothing.
    Free,
}

/// When what was called.
#[derive(Debug, Default)]
pub(crate) struct Tiers {
    pub(crate) limits: RateLimits,
    calls: HashMap<String, VecDeque<u64>>,
}

impl Tiers {
    /// Counts a call; the seconds to wait when there were too many.
    pub(crate) fn count(
        &mut self,
        now_ms: u64,
        team: &str,
        method: &str,
        tier: Tier,
    ) -> Result<(), u64> {
        let limits = &self.limits;
        let most = match tier {
            Tier::Of(tier) => limits.per_minute.get(tier - 1).copied(),
            Tier::Post => Some(limits.posts_per_minute),
            Tier::History => Some(limits.history_per_minute.unwrap_or(limits.per_minute[2])),
            Tier::Free => None,
        };
        match most {
            Some(most) => self.take(now_ms, format!("{team} {method}"), most, MINUTE_MS),
            None => Ok(()),
        }
    }

    /// Counts a post into a channel.
    pub(crate) fn post(&mut self, now_ms: u64, channel: &str) -> Result<(), u64> {
        let burst = self.limits.post_burst.max(1);
        let window = self.limits.post_every_ms * burst as u64;
        self.take(now_ms, format!("post {channel}"), burst, window)
    }

    /// Counts a use of a response URL.
    pub(crate) fn hook(&mut self, now_ms: u64, secret: &str) -> Result<(), u64> {
        self.take(
            now_ms,
            format!("hook {secret}"),
            1,
            self.limits.hook_every_ms,
        )
    }

    fn take(&mut self, now_ms: u64, key: String, most: usize, window_ms: u64) -> Result<(), u64> {
        if !self.limits.enabled {
            return Ok(());
        }
        let calls = self.calls.entry(key).or_default();
        calls.retain(|at| at + window_ms > now_ms);
        if calls.len() >= most {
            let free_ms = calls.front().map_or(now_ms, |at| at + window_ms);
            return Err(free_ms.saturating_sub(now_ms).div_ceil(1000).max(1));
        }
        calls.push_back(now_ms);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_takes_one_post_a_second_and_a_method_its_tier() {
        let mut tiers = Tiers::default();

        assert_eq!(tiers.post(1_000, "C1"), Ok(()));
        assert_eq!(tiers.post(1_400, "C1"), Err(1));
        assert_eq!(tiers.post(1_400, "C2"), Ok(()));
        assert_eq!(tiers.post(2_000, "C1"), Ok(()));
        for _ in 0..20 {
            assert_eq!(tiers.count(5_000, "T1", "m", Tier::Of(2)), Ok(()));
        }
        assert_eq!(tiers.count(15_000, "T1", "m", Tier::Of(2)), Err(50));
        assert_eq!(tiers.count(15_000, "T2", "m", Tier::Of(2)), Ok(()));
        assert_eq!(tiers.count(65_001, "T1", "m", Tier::Of(2)), Ok(()));
    }
}
