//! The script: faults that are to be played, and when.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

/// A fault to be played at one place, for requests that match.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Whose requests: `aimlapi`, `media`, `discord`, `cdn`, …
    pub place: String,
    /// A part of `METHOD /path`; the empty text matches every request.
    #[serde(default)]
    pub route: String,
    /// How many requests it hits.
    #[serde(default = "once")]
    pub times: u32,
    /// How many matching requests are left alone first.
    #[serde(default)]
    pub after: u32,
    /// What happens to the request.
    pub effect: Effect,
}

impl Fault {
    /// A fault that hits the next matching request, once.
    pub fn once(place: &str, route: &str, effect: Effect) -> Self {
        Self {
            place: place.to_owned(),
            route: route.to_owned(),
            times: 1,
            after: 0,
            effect,
        }
    }
}

/// Who can be told to fail.
const PLACES: [&str; 9] = [
    "aimlapi",
    "apiin",
    "inferencesh",
    "media",
    "discord",
    "cdn",
    "slack",
    "slack-files",
    "s3",
];

impl Fault {
    /// Why this fault would never be played as it is meant, if so.
    pub fn problem(&self) -> Option<String> {
        if !PLACES.contains(&self.place.as_str()) {
            return Some(format!(
                "there is no place {}; there is {}",
                self.place,
                PLACES.join(", ")
            ));
        }
        match self.effect {
            Effect::Status { status, .. } | Effect::BilledThen { status, .. }
                if !(200..=599).contains(&status) =>
            {
                Some(format!(
                    "a status lies between 200 and 599, and {status} does not"
                ))
            }
            _ if self.times == 0 => Some("a fault that hits 0 times does nothing".to_owned()),
            _ => self.misplaced(),
        }
    }

    /// Why no request that this fault can meet would show its effect, if so.
    fn misplaced(&self) -> Option<String> {
        let (place, route) = (&self.place, &self.route);
        let is_vendors = ["aimlapi", "apiin", "inferencesh"].contains(&place.as_str());
        let creates_nothing = route.starts_with("GET ") || route.contains("/stream");
        if self.effect.is_on_work() && is_vendors && creates_nothing {
            return Some(format!(
                "this effect is for the request that creates the work, a POST, and {route} creates none"
            ));
        }
        let opens_none = place != "inferencesh" || route.starts_with("POST ");
        if self.effect.is_on_streams() && opens_none {
            return Some(format!(
                "this effect is for the request that opens a stream, such as GET /tasks/…/stream at inferencesh, and \
                 {route} at {place} opens none"
            ));
        }
        None
    }
}

fn once() -> u32 {
    1
}

/// What a fault does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// This answer, instead of any work.
    Status {
        /// The HTTP status.
        status: u16,
        /// Headers to add.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body as it is sent.
        #[serde(default)]
        body: String,
        /// The body's type; guessed from the body's first character when empty.
        #[serde(default)]
        content_type: String,
    },
    /// No work and no answer, until the client goes away.
    Hang,
    /// The ordinary answer, later.
    Delay {
        /// How much later, in the world's time.
        ms: u64,
    },
    /// The ordinary answer, its body in small pieces.
    Drip {
        /// The pace, in the world's time.
        bytes_per_second: u64,
    },
    /// The connection is reset before any work is accepted.
    ResetBefore,
    /// The work is done and billed, then the connection is reset without an answer.
    ResetAfter,
    /// The work is done and billed, but this is the answer.
    BilledThen {
        /// The HTTP status.
        status: u16,
        /// The body as it is sent.
        #[serde(default)]
        body: String,
    },
    /// The work is done and billed; half of the answer's body, then the connection breaks.
    Truncate,
    /// The work is done and billed; the body is not what its type says.
    Garbage,
    /// Success without a result: `data` is null. Nothing is billed.
    NullData,
    /// Success without a result: `data` is empty. Nothing is billed.
    EmptyData,
    /// The result's link answers 404.
    DeadLink,
    /// The result's link serves a web page that calls itself a picture.
    NotAPicture,
    /// The result's link serves a picture of another format than it says.
    Mislabelled,
    /// An answer whose body goes on for this many bytes.
    Huge {
        /// How many.
        bytes: u64,
    },
    /// The work is accepted and fails later; nothing is billed. For vendors that work in the background.
    Fail {
        /// What the vendor says of it.
        message: String,
    },
    /// The work is accepted, but cannot be found at first. For vendors that work in the background.
    Hidden {
        /// For how long, in the world's time.
        ms: u64,
    },
    /// A stream of events ends cleanly after so many of them, whatever the task does.
    CutStream {
        /// After how many.
        events: u32,
    },
    /// A stream of events has a line that is no JSON before its second event.
    MalformedLine,
    /// No webhook is sent for the work.
    NoWebhook,
    /// The webhook is sent twice.
    DuplicateWebhook,
    /// Long before the true webhook somebody else sends one that says the work is done.
    ForgedWebhook,
    /// A redirect, method kept.
    Redirect {
        /// Where to.
        location: String,
    },
}

impl Effect {
    /// Whether it is for the request that creates work.
    const fn is_on_work(&self) -> bool {
        matches!(
            self,
            Self::NullData
                | Self::EmptyData
                | Self::DeadLink
                | Self::NotAPicture
                | Self::Mislabelled
                | Self::Fail { .. }
                | Self::Hidden { .. }
                | Self::NoWebhook
                | Self::DuplicateWebhook
                | Self::ForgedWebhook
        )
    }

    /// Whether it is for the request that opens a stream of events.
    const fn is_on_streams(&self) -> bool {
        matches!(self, Self::CutStream { .. } | Self::MalformedLine)
    }
}

/// The faults that are still to be played, first come, first served.
#[derive(Debug, Default)]
pub struct Script {
    faults: Mutex<Vec<Fault>>,
}

impl Script {
    /// Adds a fault behind those already there.
    pub fn push(&self, fault: Fault) {
        self.lock().push(fault);
    }

    /// The effect for a request to `place`, where `route` is `METHOD /path`. It is used up by this.
    ///
    /// The first fault that matches and has nothing to skip is taken; those that still skip count
    /// the request.
    pub fn take(&self, place: &str, route: &str) -> Option<Effect> {
        let mut faults = self.lock();
        let mut taken = None;
        for fault in faults.iter_mut() {
            if fault.place != place || !route.contains(&fault.route) || fault.times == 0 {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
                continue;
            }
            fault.times -= 1;
            taken = Some(fault.effect.clone());
            break;
        }
        faults.retain(|fault| fault.times > 0);
        taken
    }

    /// The faults still to be played.
    pub fn list(&self) -> Vec<Fault> {
        self.lock().clone()
    }

    /// Forgets every fault.
    pub fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, Fault, Script};

    #[test]
    fn a_fault_skips_hits_and_is_gone() {
        let script = Script::default();
        let route = "POST /v1/images/generations";
        script.push(Fault {
            times: 2,
            after: 1,
            ..Fault::once("aimlapi", "/v1/images", Effect::Hang)
        });

        let effects: Vec<bool> = (0..4)
            .map(|_| script.take("aimlapi", route).is_some())
            .collect();

        assert_eq!(effects, [false, true, true, false]);
        assert_eq!(script.list(), []);
    }

    #[test]
    fn a_fault_leaves_other_places_and_routes_alone() {
        let script = Script::default();
        script.push(Fault::once("aimlapi", "GET /v2/billing", Effect::Hang));

        assert_eq!(script.take("media", "GET /v2/billing"), None);
        assert_eq!(script.take("aimlapi", "POST /v2/billing"), None);
        assert_eq!(
            script.take("aimlapi", "GET /v2/billing/detail"),
            Some(Effect::Hang)
        );
    }

    #[test]
    fn a_fault_is_written_with_few_words() {
        let json = r#"{"place":"aimlapi","effect":{"kind":"delay","ms":5}}"#;

        let fault: Fault = serde_json::from_str(json).unwrap();

        assert_eq!(fault, Fault::once("aimlapi", "", Effect::Delay { ms: 5 }));
    }
}
