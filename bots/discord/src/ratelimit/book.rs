//! What is known about Discord's limits at a moment, and who goes next. Pure: time is handed in, in milliseconds.

use std::collections::{BTreeSet, HashMap, VecDeque};

use crate::limits;

/// What a request is for, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Priority {
    /// A result, or whatever else ends a job for a person.
    Result,
    /// The first sign that a job was taken on, and what the bot needs for itself.
    Acknowledgement,
    /// How far a job is: dropped, never queued, when a bucket is low.
    Progress,
}

/// Which bucket a request falls into, as far as we can know before Discord says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    /// The method and the path, without ids.
    pub(crate) route: &'static str,
    /// The channel, or the webhook and its token: what Discord counts apart.
    pub(crate) major: String,
    /// Whether it counts against the bot's requests per second.
    pub(crate) counts_globally: bool,
}

/// A place in a queue.
pub(crate) type Ticket = u64;

/// What a waiting request is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Send it now.
    Go,
    /// Ask again at this moment, or when the bucket stirs.
    At(u64),
    /// Ask again when the bucket stirs.
    Behind,
}

/// What an answer says about its bucket.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// The HTTP status.
    pub(crate) status: u16,
    /// `X-RateLimit-Bucket`: routes with the same value share their limits.
    pub(crate) bucket: Option<String>,
    /// `X-RateLimit-Limit`.
    pub(crate) limit: Option<u32>,
    /// `X-RateLimit-Remaining`.
    pub(crate) remaining: Option<u32>,
    /// `X-RateLimit-Reset-After`, in milliseconds.
    pub(crate) reset_after_ms: Option<u64>,
    /// How long a 429 asks to wait, in milliseconds.
    pub(crate) retry_after_ms: Option<u64>,
    /// Whether a 429 speaks for the whole bot.
    pub(crate) is_global: bool,
    /// Whether a 429 comes from what stands in front of Discord: it shuts out this address, whatever is asked.
    pub(crate) is_wall: bool,
    /// Whether a 429 is about a resource that others wear out too; it does not count as invalid.
    pub(crate) is_shared: bool,
}

#[derive(Debug, Default)]
struct Bucket {
    /// Nothing is known before the first answer: then one request goes at a time.
    limit: Option<u32>,
    remaining: u32,
    resets_at: u64,
    blocked_until: u64,
    in_flight: u32,
    waiting: BTreeSet<(Priority, Ticket)>,
    used_at: u64,
}

impl Bucket {
    fn is_idle(&self) -> bool {
        self.in_flight == 0 && self.waiting.is_empty()
    }

    /// Whether it may be forgotten without breaking a limit.
    fn is_over(&self, now: u64) -> bool {
        let window_is_open = self.resets_at > now && self.resets_at != UNTOLD;
        self.is_idle() && !window_is_open && self.blocked_until <= now
    }

    /// When one more request fits; `None` when only an answer in flight can tell.
    fn opens_at(&mut self, now: u64) -> Option<u64> {
        if self.blocked_until > now {
            return Some(self.blocked_until);
        }
        let Some(limit) = self.limit else {
            return (self.in_flight == 0).then_some(now);
        };
        if self.resets_at <= now {
            self.remaining = limit.saturating_sub(self.in_flight);
            self.resets_at = UNTOLD;
        }
        match (self.remaining, self.resets_at) {
            (1.., _) => Some(now),
            // The window has not been told since it was refilled: an answer will.
            (0, UNTOLD) if self.in_flight > 0 => None,
            (0, UNTOLD) => {
                self.remaining = limit.max(1);
                Some(now)
            }
            (0, resets_at) => Some(resets_at),
        }
    }
}

/// All limits at once; memory is bounded.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// The bucket of each route, once told. Routes are few and static.
    names: HashMap<&'static str, String>,
    buckets: HashMap<(String, String), Bucket>,
    tickets: HashMap<Ticket, ((String, String), Priority, bool)>,
    next: Ticket,
    /// When the latest requests left, for the limit per second.
    sent: VecDeque<u64>,
    global_until: u64,
    /// Until when nothing is let through to Discord at all.
    shut_until: u64,
    /// Invalid answers by slot of ten seconds.
    invalid: VecDeque<(u64, u32)>,
}

/// The end of a window that no answer has told of yet.
const UNTOLD: u64 = u64::MAX;
const INVALID_SLOT_MS: u64 = 10_000;
const SECOND_MS: u64 = 1_000;
/// Of the requests per second, how many progress must leave to the others.
const GLOBAL_RESERVE: usize = limits::GLOBAL_PER_SECOND / 4;
/// Of a bucket, how many requests progress must leave to the others.
const BUCKET_RESERVE: u32 = 2;

impl Book {
    /// Takes a place in the queue; `None` when progress is not worth waiting for, or the queue is full.
    pub(crate) fn enter(&mut self, now: u64, key: &Key, priority: Priority) -> Option<Ticket> {
        if priority == Priority::Progress && !self.has_room_to_spare(now, key) {
            return None;
        }
        let place = self.place(key);
        self.evict(now, &place);
        let bucket = self.buckets.entry(place.clone()).or_default();
        if bucket.waiting.len() >= limits::WAITING_PER_BUCKET {
            return None;
        }
        self.next += 1;
        bucket.used_at = now;
        bucket.waiting.insert((priority, self.next));
        self.tickets
            .insert(self.next, (place, priority, key.counts_globally));
        Some(self.next)
    }

    /// Whether a request's turn has come; when it has, it counts as sent.
    pub(crate) fn ask(&mut self, now: u64, ticket: Ticket) -> Turn {
        if let Some(until) = self.invalid_stop(now) {
            return Turn::At(until);
        }
        if self.shut_until > now {
            return Turn::At(self.shut_until);
        }
        let Some((place, priority, counts_globally)) = self.tickets.get(&ticket) else {
            return Turn::Behind;
        };
        let (counts_globally, priority) = (*counts_globally, *priority);
        let global = if counts_globally {
            self.global_opens_at(now, priority)
        } else {
            now
        };
        let Some(bucket) = self.buckets.get_mut(place) else {
            return Turn::Behind;
        };
        if bucket.waiting.first() != Some(&(priority, ticket)) {
            return Turn::Behind;
        }
        match bucket.opens_at(now).map(|opens| opens.max(global)) {
            None => Turn::Behind,
            Some(opens) if opens > now => Turn::At(opens),
            Some(_) => {
                bucket.waiting.remove(&(priority, ticket));
                bucket.remaining = bucket.remaining.saturating_sub(1);
                bucket.in_flight += 1;
                if counts_globally {
                    self.sent.push_back(now);
                    if self.sent.len() > limits::GLOBAL_PER_SECOND {
                        self.sent.pop_front();
                    }
                }
                Turn::Go
            }
        }
    }

    /// Gives a place up: the request was not sent, or its answer will never be known.
    pub(crate) fn leave(&mut self, ticket: Ticket) {
        let Some((place, priority, _)) = self.tickets.remove(&ticket) else {
            return;
        };
        let Some(bucket) = self.buckets.get_mut(&place) else {
            return;
        };
        if !bucket.waiting.remove(&(priority, ticket)) {
            bucket.in_flight = bucket.in_flight.saturating_sub(1);
        }
    }

    /// Learns from an answer, and gives the place up.
    pub(crate) fn told(&mut self, now: u64, key: &Key, ticket: Ticket, told: &Told) {
        self.leave(ticket);
        if matches!(told.status, 401 | 403) || (told.status == 429 && !told.is_shared) {
            self.count_invalid(now);
        }
        if let Some(name) = &told.bucket
            && self.names.get(key.route) != Some(name)
        {
            self.names.insert(key.route, name.clone());
        }
        let until = now.saturating_add(told.retry_after_ms.unwrap_or(SECOND_MS));
        if told.status == 429 && told.is_global {
            self.global_until = self.global_until.max(until);
            return;
        }
        if told.status == 429 && told.is_wall {
            self.shut_until = self.shut_until.max(until);
            return;
        }
        let place = self.place(key);
        self.evict(now, &place);
        let bucket = self.buckets.entry(place).or_default();
        bucket.used_at = now;
        if told.status == 429 {
            bucket.blocked_until = bucket.blocked_until.max(until);
        }
        if let (Some(limit), Some(remaining), Some(reset)) =
            (told.limit, told.remaining, told.reset_after_ms)
        {
            bucket.limit = Some(limit);
            bucket.remaining = remaining.saturating_sub(bucket.in_flight);
            bucket.resets_at = now.saturating_add(reset);
        } else if bucket.limit.is_none() && told.status != 429 {
            // A route without limits of its own: only the global one holds.
            bucket.limit = Some(u32::MAX);
            bucket.remaining = u32::MAX;
            bucket.resets_at = UNTOLD;
        }
    }

    /// How many buckets are remembered.
    #[cfg(test)]
    pub(crate) fn buckets(&self) -> usize {
        self.buckets.len()
    }

    /// Answers within ten minutes that count towards a ban.
    pub(crate) fn invalid(&self) -> u32 {
        self.invalid.iter().map(|(_, count)| count).sum()
    }

    fn place(&self, key: &Key) -> (String, String) {
        let name = self.names.get(key.route).map_or(key.route, String::as_str);
        (name.to_owned(), key.major.clone())
    }

    fn has_room_to_spare(&mut self, now: u64, key: &Key) -> bool {
        self.forget_invalid(now);
        if self.invalid() >= limits::INVALID_CALM || self.shut_until > now {
            return false;
        }
        if key.counts_globally && self.global_opens_at(now, Priority::Progress) > now {
            return false;
        }
        let place = self.place(key);
        let Some(bucket) = self.buckets.get_mut(&place) else {
            return true;
        };
        if !bucket.waiting.is_empty() || bucket.opens_at(now) != Some(now) {
            return false;
        }
        // A bucket of few requests has no more than one to spare.
        let reserve = bucket
            .limit
            .map_or(0, |limit| BUCKET_RESERVE.min(limit / 2));
        bucket.limit.is_none() || bucket.remaining > reserve
    }

    fn global_opens_at(&self, now: u64, priority: Priority) -> u64 {
        let allowed = match priority {
            Priority::Result | Priority::Acknowledgement => limits::GLOBAL_PER_SECOND,
            Priority::Progress => limits::GLOBAL_PER_SECOND - GLOBAL_RESERVE,
        };
        let opens = match self.sent.len().checked_sub(allowed) {
            Some(index) => self.sent.get(index).map_or(now, |sent| sent + SECOND_MS),
            None => now,
        };
        opens.max(self.global_until)
    }

    fn count_invalid(&mut self, now: u64) {
        self.forget_invalid(now);
        let slot = now / INVALID_SLOT_MS;
        match self.invalid.back_mut() {
            Some((latest, count)) if *latest == slot => *count += 1,
            _ => self.invalid.push_back((slot, 1)),
        }
    }

    fn forget_invalid(&mut self, now: u64) {
        while self
            .invalid
            .front()
            .is_some_and(|(slot, _)| slot_ends(*slot) <= now)
        {
            self.invalid.pop_front();
        }
    }

    /// Until when everything must rest so that the ban does not come.
    fn invalid_stop(&mut self, now: u64) -> Option<u64> {
        self.forget_invalid(now);
        if self.invalid() < limits::INVALID_STOP {
            return None;
        }
        self.invalid.front().map(|(slot, _)| slot_ends(*slot))
    }

    /// Makes room when it is full: first those that are over go, then the longest unused.
    fn evict(&mut self, now: u64, coming: &(String, String)) {
        if self.buckets.len() < limits::BUCKETS || self.buckets.contains_key(coming) {
            return;
        }
        self.buckets.retain(|_, bucket| !bucket.is_over(now));
        if self.buckets.len() < limits::BUCKETS {
            return;
        }
        let mut idle: Vec<_> = self
            .buckets
            .iter()
            .filter(|(_, bucket)| bucket.is_idle())
            .map(|(place, bucket)| (bucket.used_at, place.clone()))
            .collect();
        idle.sort_unstable();
        for (_, place) in idle.iter().take(limits::BUCKETS / 4) {
            self.buckets.remove(place);
        }
    }
}

fn slot_ends(slot: u64) -> u64 {
    let window = u64::try_from(limits::INVALID_WINDOW.as_millis()).unwrap_or(u64::MAX);
    (slot + 1) * INVALID_SLOT_MS + window
}

#[cfg(test)]
mod tests;
