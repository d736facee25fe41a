//! `POST /tasks/list`: the tasks of an account, filtered, sorted, page by page.

use std::{cmp::Ordering, sync::Arc};

use axum::{extract::State, http::HeaderMap, response::Response};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Settings, envelope::Failure};
use crate::world::World;

/// How many tasks a page has unless told otherwise, and the most it may have.
const LIMIT: (usize, usize) = (20, 100);

/// What can be sorted by.
const SORTABLE: [&str; 4] = ["created_at", "updated_at", "status", "id"];

/// The body of a list call. Unknown fields are ignored.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    cursor: Option<String>,
    limit: Option<usize>,
    filters: Option<Vec<Filter>>,
    sort: Option<Vec<Sort>>,
}

/// One condition. `field` may go down with dots: `metadata.nonce`.
#[derive(Debug, Deserialize)]
struct Filter {
    field: String,
    operator: Operator,
    #[serde(default)]
    value: Value,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Operator {
    Eq,
    Neq,
    In,
    NotIn,
    Gt,
    Gte,
    Lt,
    Lte,
    Like,
    Ilike,
    Contains,
    NotContains,
    IsNull,
    IsNotNull,
    IsEmpty,
    IsNotEmpty,
}

#[derive(Debug, Deserialize)]
struct Sort {
    field: String,
    #[serde(default)]
    dir: Direction,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Direction {
    #[default]
    Asc,
    Desc,
}

pub(super) async fn list(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let settings = world.inferencesh.settings();
    let envelope = settings.envelope.asked_for(&headers);
    match page(&world, &settings, &headers, &body) {
        Ok(page) => envelope.wrap(&page),
        Err(failure) => failure.respond(envelope),
    }
}

fn page(
    world: &World,
    settings: &Settings,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Value, Failure> {
    let account = settings
        .keys
        .account(headers)
        .ok_or(Failure::Unauthorized)?;
    let wanted = if body.is_empty() {
        Wanted::default()
    } else {
        serde_json::from_slice(body)
            .map_err(|error| Failure::invalid("body", &error.to_string()))?
    };
    let sort = wanted.sort.unwrap_or_default();
    if let Some(unknown) = sort
        .iter()
        .find(|sort| !SORTABLE.contains(&sort.field.as_str()))
    {
        return Err(Failure::invalid(
            "sort.field",
            &format!("cannot sort by {}", unknown.field),
        ));
    }
    let filters = wanted.filters.unwrap_or_default();
    let tasks = world.inferencesh.tasks.of(&account, world.clock.now_ms());
    let mut found: Vec<(u64, Value)> = tasks
        .iter()
        .map(|task| (task.number, task.told(settings.status_table)))
        .filter(|(_, told)| filters.iter().all(|filter| filter.holds(told)))
        .collect();
    found.sort_by(|one, other| compare(&sort, one, other));

    let start = match wanted.cursor.filter(|cursor| !cursor.is_empty()) {
        None => 0,
        Some(cursor) => {
            // The page begins behind this one, whatever has come before it since.
            let last: Option<u64> = cursor.strip_prefix('t').and_then(|text| text.parse().ok());
            let place = found.iter().position(|(number, _)| Some(*number) == last);
            place.ok_or_else(|| Failure::invalid("cursor", "Invalid cursor"))? + 1
        }
    };
    let limit = wanted.limit.unwrap_or(LIMIT.0).clamp(1, LIMIT.1);
    let rest = found.len().saturating_sub(start);
    let items: Vec<(u64, Value)> = found.into_iter().skip(start).take(limit).collect();
    let cursor = |item: Option<&(u64, Value)>| {
        item.map_or_else(String::new, |(number, _)| format!("t{number}"))
    };
    let has_next = rest > items.len();
    let next = if has_next {
        cursor(items.last())
    } else {
        String::new()
    };
    let previous = if start > 0 {
        cursor(items.first())
    } else {
        String::new()
    };
    let items: Vec<Value> = items
        .into_iter()
        .map(|(_, mut told)| {
            if settings.list_without_webhook
                && let Some(told) = told.as_object_mut()
            {
                told.remove("webhook");
            }
            told
        })
        .collect();
    Ok(json!({
        "items": items,
        "next_cursor": next,
        "prev_cursor": previous,
        "has_next": has_next,
        "has_previous": start > 0,
        "items_per_page": limit,
    }))
}

/// The newest first, unless told otherwise.
fn compare(sort: &[Sort], one: &(u64, Value), other: &(u64, Value)) -> Ordering {
    let newest = other.0.cmp(&one.0);
    for Sort { field, dir } in sort {
        let field = field.as_str();
        let by_field = match order(&one.1[field], &other.1[field]) {
            // Made in the same millisecond, they still came one after another.
            Ordering::Equal if field == "created_at" => one.0.cmp(&other.0),
            unequal => unequal,
        };
        let by_field = match dir {
            Direction::Asc => by_field,
            Direction::Desc => by_field.reverse(),
        };
        if by_field.is_ne() {
            return by_field;
        }
    }
    newest
}

fn order(one: &Value, other: &Value) -> Ordering {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64(), other.as_f64());
            one.partial_cmp(&other).unwrap_or(Ordering::Equal)
        }
        (Value::String(one), Value::String(other)) => one.cmp(other),
        _ => Ordering::Equal,
    }
}

/// Numbers are equal however they are written.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
        _ => one == other,
    }
}

impl Filter {
    fn holds(&self, told: &Value) -> bool {
        let path = self.field.split('.');
        let is = path.fold(told, |at, name| &at[name]);
        let is_empty = match is {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty(),
            Value::Object(fields) => fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => false,
        };
        // Comparing what has no order never holds.
        let comparable =
            is.is_number() && self.value.is_number() || is.is_string() && self.value.is_string();
        let order = order(is, &self.value);
        match self.operator {
            Operator::Eq => same(is, &self.value),
            Operator::Neq => !same(is, &self.value),
            Operator::In => self.is_among(is),
            Operator::NotIn => !self.is_among(is),
            Operator::Gt => comparable && order.is_gt(),
            Operator::Gte => comparable && order.is_ge(),
            Operator::Lt => comparable && order.is_lt(),
            Operator::Lte => comparable && order.is_le(),
            Operator::Like => self.is_like(is, str::to_owned),
            Operator::Ilike => self.is_like(is, str::to_lowercase),
            Operator::Contains => self.is_in(is),
            Operator::NotContains => !self.is_in(is),
            Operator::IsNull => is.is_null(),
            Operator::IsNotNull => !is.is_null(),
            Operator::IsEmpty => is_empty,
            Operator::IsNotEmpty => !is_empty,
        }
    }

    fn is_among(&self, is: &Value) -> bool {
        let values = self.value.as_array();
        values.is_some_and(|values| values.iter().any(|value| same(is, value)))
    }

    /// Whether the value stands in the text or the list.
    fn is_in(&self, is: &Value) -> bool {
        match (is, &self.value) {
            (Value::String(text), Value::String(part)) => text.contains(part),
            (Value::Array(items), value) => items.contains(value),
            _ => false,
        }
    }

    /// Whether the text is of the form of the value, in which `%` stands for anything.
    fn is_like(&self, is: &Value, normal: impl Fn(&str) -> String) -> bool {
        let (Some(text), Some(form)) = (is.as_str(), self.value.as_str()) else {
            return false;
        };
        let (text, form) = (normal(text), normal(form));
        let mut parts = form.split('%');
        let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
            return false;
        };
        let mut parts: Vec<&str> = parts.collect();
        let Some(last) = parts.pop() else {
            return rest.is_empty();
        };
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last)
    }
}
