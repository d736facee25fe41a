//! The differences between what came and what was expected, in words; never a value that came, but for short words.

use std::collections::BTreeSet;

use kling_core::{AspectRatio, GenerationRequest, MediaKind, MediaType, Resolution};
use kling_emulator::media::video;
use kling_providers::GeneratedFile;
use serde_json::Value;

use crate::expect::{Field, Form, Kind, Need, Reply, Vendor};
use crate::recorder::Exchange;

/// How far the shape of a result may be off: sides are rounded to whole blocks of pixels.
const SHAPE_TOLERANCE: f64 = 0.04;

/// How far the length of a film may be off, in milliseconds.
const LENGTH_TOLERANCE_MS: u64 = 500;

/// How one exchange differs from what is known.
pub(crate) fn of_exchange(vendor: &Vendor, exchange: &Exchange) -> BTreeSet<String> {
    let mut drifts = BTreeSet::new();
    let Some(reply) = vendor.reply_to(&exchange.method, &exchange.path) else {
        drifts.insert("nothing is known of this call".to_owned());
        return drifts;
    };
    let Some(status) = exchange.status else {
        drifts.insert("no answer came".to_owned());
        return drifts;
    };
    if !reply.statuses.contains(&status) {
        let known: Vec<_> = reply.statuses.iter().map(u16::to_string).collect();
        drifts.insert(format!(
            "the status is {status}, known is {}",
            known.join(", ")
        ));
    }
    // Whoever reads a stream leaves when the task has ended.
    if !exchange.is_whole && reply.form != Form::Lines {
        drifts.insert("the body is not here to its end".to_owned());
        return drifts;
    }
    if status >= 400 {
        object(vendor.refusal, &exchange.body, &mut drifts);
        return drifts;
    }
    for header in reply.headers {
        if !exchange.headers.contains_key(*header) {
            drifts.insert(format!("there is no header {header}"));
        }
    }
    match reply.form {
        Form::Object => {
            if let Some(body) = object(reply.fields, &exchange.body, &mut drifts) {
                lacking(reply, &body, &mut drifts);
            }
        }
        Form::Lines => {
            let end = exchange.body.iter().rposition(|byte| *byte == b'\n');
            let ended = match end {
                Some(end) if !exchange.is_whole => exchange.body.get(..end),
                None if !exchange.is_whole => None,
                _ => Some(&*exchange.body),
            };
            lines(reply.fields, ended.unwrap_or_default(), &mut drifts);
        }
    }
    drifts
}

fn object(fields: &[Field], body: &[u8], drifts: &mut BTreeSet<String>) -> Option<Value> {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        drifts.insert("the body is no JSON".to_owned());
        return None;
    };
    whole(fields, &body, drifts);
    Some(body)
}

/// An object with all that it must have.
fn whole(fields: &[Field], body: &Value, drifts: &mut BTreeSet<String>) {
    if !body.is_object() {
        drifts.insert(format!("the body is {}, and no object", kind_of(body)));
        return;
    }
    walk(fields, body, "", drifts);
    for field in fields.iter().filter(|field| field.need == Need::Always) {
        absent(body, field.path, field.path, drifts);
    }
}

/// A stream of events, one on each line.
fn lines(fields: &[Field], body: &[u8], drifts: &mut BTreeSet<String>) {
    for line in String::from_utf8_lossy(body)
        .lines()
        .filter(|line| !line.trim().is_empty())
    {
        let Ok(event) = serde_json::from_str::<Value>(line) else {
            drifts.insert("a line of the stream is no JSON".to_owned());
            continue;
        };
        let named = |name: &str| event.get(name).and_then(Value::as_str);
        match (
            named("type"),
            named("event"),
            event.get("fields"),
            event.get("data"),
        ) {
            (Some("heartbeat"), ..) | (_, Some("delta"), ..) => {}
            (Some(name), ..) | (_, Some(name), ..) => {
                drifts.insert(format!("the stream tells `{}`", word(name)));
            }
            (_, _, Some(_), Some(part)) => walk(fields, part, "", drifts),
            _ => whole(fields, &event, drifts),
        }
    }
}

fn walk(fields: &[Field], value: &Value, at: &str, drifts: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (name, value) in map {
                let dot = if at.is_empty() { "" } else { "." };
                let at = format!("{at}{dot}{name}");
                one(fields, value, &at, drifts);
            }
        }
        Value::Array(items) => {
            for item in items {
                one(fields, item, &format!("{at}[]"), drifts);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn one(fields: &[Field], value: &Value, at: &str, drifts: &mut BTreeSet<String>) {
    let inside = |field: &Field| {
        let rest = field.path.strip_prefix(at);
        rest.is_some_and(|rest| rest.starts_with('.') || rest.starts_with("[]"))
    };
    let is_holder = fields.iter().any(inside);
    let known = fields.iter().find(|field| field.path == at);
    let kind = match known {
        Some(field) if value.is_null() => {
            if field.need == Need::Always {
                drifts.insert(format!("`{at}` is null"));
            }
            return;
        }
        Some(field) => field.kind,
        None if is_holder => Kind::Holder,
        None => {
            drifts.insert(format!("`{}` is not known ({})", word(at), kind_of(value)));
            return;
        }
    };
    let fits = match kind {
        Kind::Text => value.is_string(),
        Kind::Number => value.is_number(),
        Kind::Flag => value.is_boolean(),
        Kind::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Kind::Code(from, to) => value
            .as_u64()
            .is_some_and(|code| (from..=to).contains(&code)),
        Kind::Holder => {
            let is_list = fields
                .iter()
                .any(|field| field.path.starts_with(&format!("{at}[]")));
            value.is_null()
                || if is_list {
                    value.is_array()
                } else {
                    value.is_object()
                }
        }
        Kind::Anything => return,
    };
    if !fits {
        let told = match (kind, value) {
            (Kind::Word(_) | Kind::Code(..), Value::String(text)) => format!("`{}`", word(text)),
            (Kind::Word(_) | Kind::Code(..), Value::Number(number)) => number.to_string(),
            _ => kind_of(value).to_owned(),
        };
        drifts.insert(format!("`{at}` is {told}, known is {}", in_words(kind)));
        return;
    }
    walk(fields, value, at, drifts);
}

/// Tells a field that must be there, wherever the object is that it belongs to.
fn absent(value: &Value, path: &str, whole: &str, drifts: &mut BTreeSet<String>) {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let (name, is_list) = name
        .strip_suffix("[]")
        .map_or((name, false), |name| (name, true));
    let Some(object) = value.as_object() else {
        return;
    };
    let child = object.get(name);
    if rest.is_empty() {
        if child.is_none() {
            drifts.insert(format!("`{whole}` is not there"));
        }
    } else if is_list {
        for item in child.and_then(Value::as_array).into_iter().flatten() {
            absent(item, rest, whole, drifts);
        }
    } else if let Some(child) = child {
        absent(child, rest, whole, drifts);
    }
}

/// Tells the values that a reply should have somewhere, and has not.
fn lacking(reply: &Reply, body: &Value, drifts: &mut BTreeSet<String>) {
    for (path, wanted) in reply.has {
        let (list, name) = path.split_once("[].").unwrap_or(("", path));
        let items = body.get(list).and_then(Value::as_array);
        let mut values = items
            .into_iter()
            .flatten()
            .filter_map(|item| item.get(name));
        if !values.any(|value| value == wanted) {
            drifts.insert(format!("no `{path}` is `{wanted}`"));
        }
    }
}

fn in_words(kind: Kind) -> String {
    match kind {
        Kind::Text => "text".to_owned(),
        Kind::Number => "a number".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Word(words) => words.join(", "),
        Kind::Code(from, to) => format!("a whole number from {from} to {to}"),
        Kind::Holder => "an object or a list".to_owned(),
        Kind::Anything => "anything".to_owned(),
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What can be shown of a word that came: a short token, or nothing of it.
fn word(text: &str) -> &str {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:[]".contains(&byte);
    if text.len() <= 80 && text.bytes().all(plain) {
        text
    } else {
        "…"
    }
}

/// How a file differs from what was asked for.
pub(crate) fn of_file(
    file: &GeneratedFile,
    bytes: &[u8],
    request: &GenerationRequest,
) -> Vec<String> {
    let mut drifts = Vec::new();
    let film = match request.operation.output() {
        MediaKind::Image => None,
        MediaKind::Video => video::probe(bytes),
    };
    let expected = match request.operation.output() {
        MediaKind::Image => MediaType::Png,
        MediaKind::Video => MediaType::Mp4,
    };
    if file.media_type != expected {
        drifts.push(format!(
            "the file is {}, known is {}",
            file.media_type.name(),
            expected.name()
        ));
    }
    let pixels = match (&film, file.dimensions) {
        (Some(film), _) => Some((film.width, film.height)),
        (None, pixels) => pixels.map(|pixels| (pixels.width, pixels.height)),
    };
    let Some((width, height)) = pixels else {
        drifts.push("the file's width and height cannot be read".to_owned());
        return drifts;
    };
    if let Some(wanted) = request.aspect_ratio.and_then(AspectRatio::value) {
        let shape = f64::from(width) / f64::from(height.max(1));
        if (shape / wanted - 1.0).abs() > SHAPE_TOLERANCE {
            drifts.push(format!(
                "the file is {width}×{height}, and {wanted:.2}:1 was asked for"
            ));
        }
    }
    let smallest = match request.resolution {
        Some(Resolution::P720) => 700,
        Some(Resolution::P1080) => 1_000,
        Some(Resolution::K1 | Resolution::K2 | Resolution::K4) | None => 600,
    };
    if width.min(height) < smallest {
        drifts.push(format!(
            "the file is {width}×{height}, and {smallest} a side are the least known"
        ));
    }
    let clip = request.video.as_ref().and_then(|clip| clip.info().duration);
    let asked = request
        .duration
        .map(|seconds| u64::from(seconds.get()) * 1_000);
    let asked = asked.or(clip.and_then(|clip| u64::try_from(clip.as_millis()).ok()));
    if let (Some(film), Some(asked)) = (&film, asked)
        && film.duration_ms.abs_diff(asked) > LENGTH_TOLERANCE_MS
    {
        drifts.push(format!(
            "the film lasts {} ms, and {asked} ms were asked for",
            film.duration_ms
        ));
    }
    drifts
}

/// An error with all that lies below it; by the crates' promise no body, no key and no address is in it.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let below = std::iter::successors(error.source(), |error| error.source());
    below.fold(error.to_string(), |told, error| format!("{told}: {error}"))
}

#[cfg(test)]
mod tests;
