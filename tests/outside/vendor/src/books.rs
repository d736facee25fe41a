//! Acme's books: orders, drawings, charges.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use crate::{Ending, Mishap, PICTURE_MILLS, Route};

/// What an order may have, and nothing else.
const FIELDS: [&str; 6] = ["model", "text", "shape", "pieces", "references", "memo"];

#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) mishaps: Vec<(Route, Mishap)>,
    pub(crate) ending: Option<Ending>,
    pub(crate) calls: usize,
    pub(crate) orders: usize,
    pub(crate) charges: Vec<u32>,
    drawings: Vec<Drawing>,
}

#[derive(Debug)]
struct Drawing {
    memo: String,
    shape: String,
    pieces: u32,
    ending: Option<Ending>,
    looks: u32,
    stopped: bool,
}

/// What stopping came to.
pub(crate) enum Step {
    Stopped,
    Over,
}

impl Books {
    /// Counts a call, and gives the mishap that waits for it; each happens once.
    pub(crate) fn called(&mut self, route: Route) -> Option<Mishap> {
        self.calls += 1;
        if route == Route::Order {
            self.orders += 1;
        }
        let waiting = self.mishaps.iter().position(|(wanted, _)| *wanted == route);
        waiting.map(|at| self.mishaps.remove(at).1)
    }

    /// Takes an order that is right in every field, or says what is not.
    pub(crate) fn accept(&mut self, order: &Value) -> Result<Value, &'static str> {
        let fields = order.as_object().ok_or("no-order")?;
        if fields.keys().any(|name| !FIELDS.contains(&name.as_str())) {
            return Err("no-such-field");
        }
        let text = |name: &str| order.get(name).and_then(Value::as_str);
        if text("model") != Some("acme-sketch-2") {
            return Err("no-such-model");
        }
        let words = text("text").unwrap_or_default().chars().count();
        if !(1..=1200).contains(&words) {
            return Err("bad-text");
        }
        let shape = text("shape").unwrap_or("square");
        if !["square", "wide", "tall"].contains(&shape) {
            return Err("bad-shape");
        }
        let pieces = order.get("pieces").and_then(Value::as_u64).unwrap_or(1);
        let pieces = u32::try_from(pieces).unwrap_or(0);
        if !(1..=4).contains(&pieces) {
            return Err("bad-pieces");
        }
        let none = Vec::new();
        let references = order.get("references").and_then(Value::as_array);
        let references = references.unwrap_or(&none);
        if references.len() > 3 || !references.iter().all(is_a_picture) {
            return Err("bad-references");
        }
        let drawing = Drawing {
            memo: text("memo").unwrap_or_default().to_owned(),
            shape: shape.to_owned(),
            pieces,
            ending: self.ending.take(),
            looks: 0,
            stopped: false,
        };
        self.drawings.push(drawing);
        let ticket = format!("T-{}", self.drawings.len());
        Ok(json!({"ticket": ticket, "state": "waiting", "ahead": 2}))
    }

    /// Looks at a drawing, which brings it on. It is charged when it is first seen to be ready.
    pub(crate) fn look(&mut self, ticket: &str, origin: &str) -> Option<Value> {
        let drawing = at(&mut self.drawings, ticket)?;
        drawing.looks = drawing.looks.saturating_add(1);
        let free = |state: &str, code: &str| json!({"ticket": ticket, "state": state, "charged_mills": 0, "problem": {"code": code}});
        Some(match (drawing.stopped, drawing.looks, drawing.ending) {
            (true, ..) => json!({"ticket": ticket, "state": "stopped", "charged_mills": 0}),
            (_, 1, _) => json!({"ticket": ticket, "state": "waiting", "ahead": 1}),
            (_, 2, _) | (_, _, Some(Ending::Never)) => {
                json!({"ticket": ticket, "state": "drawing", "percent": 50})
            }
            (_, _, Some(Ending::Broken)) => free("broken", "pencil-broke"),
            (_, _, Some(Ending::NotAllowed)) => free("not-allowed", "not-allowed"),
            (_, _, Some(Ending::Empty)) => json!({"ticket": ticket, "state": "ready"}),
            (_, looks, None) => {
                let charged = drawing.pieces * PICTURE_MILLS;
                if looks == 3 {
                    self.charges.push(charged);
                }
                let shape = &drawing.shape;
                let picture = |piece| json!({"href": format!("{origin}/pictures/{ticket}_{piece}_{shape}.png"), "media": "image/png"});
                let pictures: Vec<_> = (1..=drawing.pieces).map(picture).collect();
                json!({"ticket": ticket, "state": "ready", "pictures": pictures, "charged_mills": charged})
            }
        })
    }

    /// Stops a drawing that is not over.
    pub(crate) fn stop(&mut self, ticket: &str) -> Option<Step> {
        let drawing = at(&mut self.drawings, ticket)?;
        let over = drawing.looks > 2 && drawing.ending != Some(Ending::Never);
        if over || drawing.stopped {
            return Some(Step::Over);
        }
        drawing.stopped = true;
        Some(Step::Stopped)
    }

    /// The drawings that were ordered with this memo.
    pub(crate) fn with_memo(&self, memo: &str) -> Vec<Value> {
        let numbered = self.drawings.iter().zip(1..);
        numbered
            .filter(|(drawing, _): &(&Drawing, usize)| drawing.memo == memo)
            .map(|(_, number)| json!({"ticket": format!("T-{number}"), "state": "drawing"}))
            .collect()
    }
}

fn at<'a>(drawings: &'a mut [Drawing], ticket: &str) -> Option<&'a mut Drawing> {
    let number: usize = ticket.strip_prefix("T-")?.parse().ok()?;
    drawings.get_mut(number.checked_sub(1)?)
}

fn is_a_picture(reference: &Value) -> bool {
    let text = |name: &str| reference.get(name).and_then(Value::as_str);
    let bytes = text("base64").and_then(|text| BASE64_STANDARD.decode(text).ok());
    let start: &[u8] = match text("media") {
        Some("image/png") => b"\x89PNG",
        Some("image/jpeg") => b"\xff\xd8\xff",
        _ => return false,
    };
    bytes.is_some_and(|bytes| bytes.starts_with(start))
}
