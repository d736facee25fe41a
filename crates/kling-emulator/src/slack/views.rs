//! `views.open`, `views.push`, `views.update`, `views.publish`.

use serde_json::{Value, json};

use super::door::Call;
use super::event::ViewChange;
use super::files::Progress;
use super::refusal::{Outcome, Refusal};
use super::rules::Complaints;
use super::state::State;
use super::view_rules::{VIEW_BYTES, check_view};

/// The most modals on top of each other.
pub(crate) const STACK: usize = 3;

/// `views.open`.
pub(crate) fn open(state: &mut State, call: &Call) -> Outcome {
    stack(state, call, false)
}

/// `views.push`.
pub(crate) fn push(state: &mut State, call: &Call) -> Outcome {
    stack(state, call, true)
}

fn stack(state: &mut State, call: &Call, is_push: bool) -> Outcome {
    let id = trigger_id(call)?;
    let view = call
        .arguments
        .json("view")?
        .ok_or_else(|| Refusal::missing("view"))?;
    let trigger = state.good_trigger(call.now_ms, &id)?;
    if !state.reaches(&call.token, &trigger.team) {
        return Err(Refusal::new("invalid_trigger_id"));
    }
    let view = state.checked(call, view, false, None)?;
    let depth = state.stacks.get(&trigger.user).map_or(0, Vec::len);
    if is_push && trigger.view.is_none() {
        return Err(Refusal::new("invalid_trigger_id"));
    }
    if is_push && depth >= STACK {
        return Err(Refusal::new("push_limit_reached"));
    }
    state.exchange(&id);
    if !is_push {
        state.close_views(call.now_ms, &trigger.user, None);
    }
    let who = (trigger.team.as_str(), trigger.user.as_str());
    let id = state.stack_view(
        call.now_ms,
        who,
        view,
        trigger.channel.clone(),
        trigger.delivery,
    );
    shown(state, &id)
}

/// The trigger by either of its names.
fn trigger_id(call: &Call) -> Result<String, Refusal> {
    call.arguments
        .text("trigger_id")
        .or_else(|| call.arguments.text("interactivity_pointer"))
        .ok_or_else(|| Refusal::missing("trigger_id"))
}

/// `views.update`.
pub(crate) fn update(state: &mut State, call: &Call) -> Outcome {
    let sent = call
        .arguments
        .json("view")?
        .ok_or_else(|| Refusal::missing("view"))?;
    let named = |view: &&super::modal::View| {
        let external = call.arguments.text("external_id");
        call.arguments.text("view_id").map_or_else(
            || external.is_some_and(|external| view.sent["external_id"] == *external),
            |id| view.id == id,
        )
    };
    if call
        .arguments
        .text("view_id")
        .or_else(|| call.arguments.text("external_id"))
        .is_none()
    {
        return Err(Refusal::missing("view_id"));
    }
    let view = state
        .views
        .values()
        .filter(|view| state.reaches(&call.token, &view.team))
        .find(named)
        .filter(|view| view.open)
        .ok_or_else(|| Refusal::new("not_found"))?
        .clone();
    same_hash(call, &view.hash)?;
    let sent = state.checked(call, sent, view.is_home(), Some(&view.id))?;
    let hash = state.mint.hash(call.now_ms);
    if let Some(view) = state.views.get_mut(&view.id) {
        view.replace(sent, hash);
    }
    state.show_view(call.now_ms, &view.id, ViewChange::Updated, None);
    shown(state, &view.id)
}

/// `views.publish`.
pub(crate) fn publish(state: &mut State, call: &Call) -> Outcome {
    let user = call.arguments.required("user_id")?;
    let sent = call
        .arguments
        .json("view")?
        .ok_or_else(|| Refusal::missing("view"))?;
    let known = state
        .users
        .get(&user)
        .filter(|user| state.reaches(&call.token, &user.team));
    let team = known
        .ok_or_else(|| Refusal::new("user_not_found"))?
        .team
        .clone();
    if !state.app.home {
        return Err(Refusal::new("not_enabled"));
    }
    let before = state.homes.get(&user).cloned();
    if let Some(view) = before.as_ref().and_then(|id| state.views.get(id)) {
        same_hash(call, &view.hash)?;
    }
    let sent = state.checked(call, sent, true, before.as_deref())?;
    let hash = state.mint.hash(call.now_ms);
    let id = if let Some(id) = before {
        if let Some(view) = state.views.get_mut(&id) {
            view.replace(sent, hash);
        }
        id
    } else {
        let id = state.mint.id('V');
        let blocks = sent["blocks"].as_array().cloned().unwrap_or_default();
        let view = super::modal::View {
            id: id.clone(),
            team,
            user: user.clone(),
            values: super::modal::initial(&blocks, None),
            sent,
            hash,
            root: id.clone(),
            previous: None,
            channel: None,
            delivery: 0,
            open: true,
            loaded: std::collections::BTreeMap::new(),
        };
        state.views.insert(id.clone(), view);
        state.homes.insert(user, id.clone());
        id
    };
    state.show_view(call.now_ms, &id, ViewChange::Updated, None);
    shown(state, &id)
}

fn same_hash(call: &Call, hash: &str) -> Result<(), Refusal> {
    match call.arguments.text("hash") {
        Some(given) if given != hash => Err(Refusal::new("hash_conflict")),
        _ => Ok(()),
    }
}

fn shown(state: &State, id: &str) -> Outcome {
    let view = state
        .views
        .get(id)
        .ok_or_else(|| Refusal::new("not_found"))?;
    Ok(json!({"view": state.view_shown(view)}))
}

impl State {
    /// A view that keeps every rule, ids filled in. `own` is the one that it replaces.
    fn checked(
        &self,
        call: &Call,
        view: Value,
        is_home: bool,
        own: Option<&str>,
    ) -> Result<Value, Refusal> {
        self.good_view(view, is_home, own, &call.token.scopes)
    }

    /// The same for a view that comes in an acknowledgement.
    pub(crate) fn good_view(
        &self,
        mut view: Value,
        is_home: bool,
        own: Option<&str>,
        scopes: &std::collections::BTreeSet<String>,
    ) -> Result<Value, Refusal> {
        if view.to_string().len() > VIEW_BYTES {
            return Err(Refusal::new("view_too_large"));
        }
        let mut complaints = Complaints::default();
        let can_show = |named: &str| self.can_show(named);
        let domains: &[String] = if scopes.contains("links.embed:write") {
            &self.app.unfurl_domains
        } else {
            &[]
        };
        check_view(&mut complaints, &view, is_home, &can_show, domains);
        let has_file_input = view["blocks"]
            .as_array()
            .into_iter()
            .flatten()
            .any(|block| block["element"]["type"] == "file_input");
        if has_file_input && !scopes.contains("files:read") {
            return Err(Refusal::missing_scope("files:read", scopes.iter()));
        }
        if !complaints.list.is_empty() {
            return Err(Refusal::invalid_arguments(&complaints.list));
        }
        let external = view["external_id"].as_str().unwrap_or_default();
        let is_taken = |other: &super::modal::View| {
            other.open && Some(other.id.as_str()) != own && other.sent["external_id"] == external
        };
        if !external.is_empty() && self.views.values().any(is_taken) {
            return Err(Refusal::new("duplicate_external_id"));
        }
        self.fill_ids(&mut view["blocks"]);
        Ok(view)
    }

    /// Whether an image block can show an uploaded file, given by id or address.
    pub(crate) fn can_show(&self, named: &str) -> bool {
        let id = named
            .split('/')
            .find_map(|part| part.split_once('-'))
            .map_or(named, |(_, id)| id);
        let file = self.files.get(named).or_else(|| self.files.get(id));
        file.is_some_and(|file| {
            let shown = ["image/png", "image/jpeg", "image/gif"];
            file.progress == Progress::Ready && shown.contains(&file.kind().0)
        })
    }
}
