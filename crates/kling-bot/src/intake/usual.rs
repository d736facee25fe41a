//! What is usual where somebody asks: taken for what their command leaves out, before what the menu would take.

use kling_core::ProviderId;
use kling_engine::{NewJob, Refusal, Rules, Usual};
use kling_providers::Catalogue;

use super::Command;

/// What the place says for the fields that a command leaves out, the one that narrows most first.
fn usual(command: &Command, rules: &Rules) -> Vec<(Usual, String)> {
    let is_given = |field: Usual| {
        let typed = command.fields.get(field.field());
        typed.is_some_and(|text| !text.trim().is_empty())
    };
    Usual::ALL
        .into_iter()
        .filter(|field| !is_given(*field))
        .filter_map(|field| {
            let value = rules.usual(&command.requester, field)?;
            Some((field, value.to_owned()))
        })
        .collect()
}

/// Reads a command with as much of what is usual as goes with what was typed: what does not is left out, from
/// the end. A refusal is about what was typed alone.
pub(super) fn read(
    command: &Command,
    rules: &Rules,
    read: impl Fn(&Command, Option<&str>) -> Result<NewJob, Refusal>,
) -> Result<NewJob, Refusal> {
    let usual = usual(command, rules);
    for count in (1..=usual.len()).rev() {
        let mut filled = command.clone();
        let mut model = None;
        for (field, value) in usual.iter().take(count) {
            if *field == Usual::Model {
                model = Some(value.as_str());
            } else {
                filled
                    .fields
                    .insert(field.field().to_owned(), value.clone());
            }
        }
        if let Ok(job) = read(&filled, model) {
            return Ok(job);
        }
    }
    read(command, None)
}

/// The providers that somebody may use, where that is not all of them. A provider that is named stays, so that
/// the refusal says what it is for; and when none would be left, all do.
pub(super) fn permitted(
    command: &Command,
    rules: &Rules,
    catalogue: &Catalogue,
) -> Option<Catalogue> {
    let named = command.fields.get("provider").map(|name| name.trim());
    let stays = |id: &ProviderId| {
        named.is_some_and(|name| name.eq_ignore_ascii_case(id.as_str()))
            || rules.lets(id, &command.requester, &command.standing)
    };
    let all = catalogue.providers();
    let some: Vec<_> = all.iter().filter(|one| stays(one.id())).cloned().collect();
    let is_narrower = !some.is_empty() && some.len() < all.len();
    is_narrower.then(|| Catalogue::new(some))
}
