//! `conversations.*` and `reactions.*`.

use serde_json::{Value, json};

use super::door::Call;
use super::message::Message;
use super::places::{Channel, Kind};
use super::refusal::{Outcome, Refusal};
use super::state::State;

/// The scope `{kind}:{what}` that a conversation's kind asks for.
fn scoped(call: &Call, channel: &Channel, what: &str) -> Result<(), Refusal> {
    let needed = format!("{}:{what}", channel.kind.word());
    if call.token.scopes.contains(&needed) {
        Ok(())
    } else {
        Err(Refusal::missing_scope(&needed, call.token.scopes.iter()))
    }
}

fn named<'a>(state: &'a State, call: &Call) -> Result<&'a Channel, Refusal> {
    let id = call.arguments.required("channel")?;
    state.visible(&call.token, &id)
}

/// `conversations.info`.
pub(crate) fn info(state: &mut State, call: &Call) -> Outcome {
    let channel = named(state, call)?;
    scoped(call, channel, "read")?;
    let mut shown = channel.shown(state.bot_user(&channel.team));
    if !call.arguments.flag("include_num_members")
        && let Some(fields) = shown.as_object_mut()
    {
        fields.remove("num_members");
    }
    Ok(json!({"channel": shown}))
}

/// `conversations.list`.
pub(crate) fn list(state: &mut State, call: &Call) -> Outcome {
    if call.token.team.is_none() && call.arguments.text("team_id").is_none() {
        return Err(Refusal::new("missing_argument"));
    }
    let types = call
        .arguments
        .text("types")
        .unwrap_or_else(|| "public_channel".to_owned());
    let wanted = |channel: &Channel| {
        let word = match channel.kind {
            Kind::Public => "public_channel",
            Kind::Private => "private_channel",
            Kind::Direct => "im",
            Kind::Group => "mpim",
        };
        types.split(',').any(|kind| kind.trim() == word)
    };
    let without_archived = call.arguments.flag("exclude_archived");
    let shown: Vec<Value> = state
        .channels
        .values()
        .filter(|channel| wanted(channel) && !(without_archived && channel.archived))
        .filter(|channel| state.visible(&call.token, &channel.id).is_ok())
        .map(|channel| channel.shown(state.bot_user(&channel.team)))
        .collect();
    Ok(json!({"channels": shown, "response_metadata": {"next_cursor": ""}}))
}

/// `conversations.members`.
pub(crate) fn members(state: &mut State, call: &Call) -> Outcome {
    let channel = named(state, call)?;
    scoped(call, channel, "read")?;
    Ok(json!({"members": channel.members, "response_metadata": {"next_cursor": ""}}))
}

/// `conversations.join`.
pub(crate) fn join(state: &mut State, call: &Call) -> Outcome {
    let channel = named(state, call)?.clone();
    if channel.kind != Kind::Public {
        return Err(Refusal::new("method_not_supported_for_channel_type"));
    }
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    let bot = state.bot_user(&channel.team).to_owned();
    let mut answer = json!({});
    if channel.members.contains(&bot) {
        answer["warning"] = json!("already_in_channel");
        answer["response_metadata"] = json!({"warnings": ["already_in_channel"]});
    }
    if let Some(channel) = state.channels.get_mut(&channel.id) {
        channel.members.insert(bot.clone());
        answer["channel"] = channel.shown(&bot);
    }
    let joined = json!({
        "type": "member_joined_channel",
        "user": bot,
        "channel": channel.id,
        "channel_type": "C",
        "team": channel.team,
    });
    state.tell(call.now_ms, &channel.team, "member_joined_channel", &joined);
    Ok(answer)
}

/// `conversations.open`.
pub(crate) fn open(state: &mut State, call: &Call) -> Outcome {
    if let Some(id) = call.arguments.text("channel") {
        let channel = state.visible(&call.token, &id)?;
        return Ok(json!({"channel": {"id": channel.id}}));
    }
    let users = call.arguments.text("users").or_else(|| {
        let list = call.arguments.fields.get("users")?.as_array()?;
        let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
        Some(texts.join(","))
    });
    let users = users.ok_or_else(|| Refusal::new("users_list_not_supplied"))?;
    let users: Vec<&str> = users.split(',').map(str::trim).collect();
    let scope = if users.len() == 1 {
        "im:write"
    } else {
        "mpim:write"
    };
    if !call.token.scopes.contains(scope) {
        return Err(Refusal::missing_scope(scope, call.token.scopes.iter()));
    }
    for user in &users {
        let known = state.users.get(*user);
        let known = known.filter(|user| state.reaches(&call.token, &user.team));
        let known = known.ok_or_else(|| Refusal::new("user_not_found"))?;
        if known.deleted {
            return Err(Refusal::new("user_disabled"));
        }
        if known.bot {
            return Err(Refusal::new("cannot_dm_bot"));
        }
    }
    if let [user] = users[..] {
        let before = state.channels.len();
        let id = state
            .direct_with(user)
            .ok_or_else(|| Refusal::new("user_not_found"))?;
        let was_there = before == state.channels.len();
        return Ok(json!({"no_op": was_there, "already_open": was_there, "channel": {"id": id}}));
    }
    let team = state
        .users
        .get(users[0])
        .map(|user| user.team.clone())
        .unwrap_or_default();
    let mut members: std::collections::BTreeSet<String> =
        users.iter().map(|user| (*user).to_owned()).collect();
    members.insert(state.bot_user(&team).to_owned());
    let known = state
        .channels
        .values()
        .find(|channel| channel.kind == Kind::Group && channel.members == members);
    let id = known.map(|channel| channel.id.clone());
    let id = id.unwrap_or_else(|| {
        let id = state.mint.id('G');
        let name = format!("mpdm-{id}");
        let group = super::state::channel(&id, &team, &name, Kind::Group, members);
        state.channels.insert(id.clone(), group);
        id
    });
    Ok(json!({"channel": {"id": id}}))
}

/// Messages of a conversation that everyone sees, newest first.
fn said<'a>(state: &'a State, call: &Call, channel: &Channel) -> Vec<&'a Message> {
    let oldest = call.arguments.text("oldest").unwrap_or_default();
    let latest = call.arguments.text("latest");
    let is_inclusive = call.arguments.flag("inclusive");
    let within = |ts: &str| {
        let after = ts > oldest.as_str() || (is_inclusive && ts == oldest);
        let before = latest
            .as_deref()
            .is_none_or(|latest| ts < latest || (is_inclusive && ts == latest));
        (oldest.is_empty() || after) && before
    };
    let mut found: Vec<&Message> = state
        .messages
        .values()
        .filter(|message| message.channel == channel.id && message.only_for.is_none())
        .filter(|message| within(&message.ts))
        .collect();
    found.sort_by(|a, b| b.ts.cmp(&a.ts));
    found
}

/// Whether the bot may read what was said, and how much of it at once.
fn readable<'a>(state: &'a State, call: &Call) -> Result<(&'a Channel, usize), Refusal> {
    let channel = named(state, call)?;
    scoped(call, channel, "history")?;
    if !state.bot_is_in(channel) {
        return Err(Refusal::new("not_in_channel"));
    }
    let most = if state.tiers.limits.history_per_minute.is_some() {
        15
    } else {
        1000
    };
    let limit = call.arguments.whole("limit")?.unwrap_or(100);
    Ok((channel, usize::try_from(limit).unwrap_or(most).min(most)))
}

fn page(state: &State, found: &[&Message], limit: usize) -> Value {
    let shown: Vec<Value> = found
        .iter()
        .take(limit)
        .map(|message| state.message_shown(message))
        .collect();
    json!({"messages": shown, "has_more": found.len() > limit, "pin_count": 0})
}

/// `conversations.history`.
pub(crate) fn history(state: &mut State, call: &Call) -> Outcome {
    let (channel, limit) = readable(state, call)?;
    let mut found = said(state, call, channel);
    found.retain(|message| message.thread_ts.is_none() || message.broadcast);
    Ok(page(state, &found, limit))
}

/// `conversations.replies`.
pub(crate) fn replies(state: &mut State, call: &Call) -> Outcome {
    let (channel, limit) = readable(state, call)?;
    let ts = call.arguments.required("ts")?;
    let mut found = said(state, call, channel);
    found.retain(|message| message.ts == ts || message.thread_ts.as_ref() == Some(&ts));
    if found.is_empty() {
        return Err(Refusal::new("thread_not_found"));
    }
    found.reverse();
    Ok(page(state, &found, limit))
}

/// `reactions.add`.
pub(crate) fn react(state: &mut State, call: &Call) -> Outcome {
    changed_reaction(state, call, true)
}

/// `reactions.remove`.
pub(crate) fn unreact(state: &mut State, call: &Call) -> Outcome {
    changed_reaction(state, call, false)
}

fn changed_reaction(state: &mut State, call: &Call, adds: bool) -> Outcome {
    let channel = named(state, call)?.clone();
    if channel.archived {
        return Err(Refusal::new("is_archived"));
    }
    let name = call.arguments.required("name")?;
    if name.contains(':') || name.chars().count() > 100 {
        return Err(Refusal::new("invalid_name"));
    }
    let ts = call.arguments.required("timestamp")?;
    let bot = state.bot_user(&channel.team).to_owned();
    let message = state.messages.get(&(channel.id.clone(), ts)).cloned();
    let mut message = message.ok_or_else(Refusal::message_not_found)?;
    let users = message.reactions.entry(name.clone()).or_default();
    if adds && !users.insert(bot.clone()) {
        return Err(Refusal::new("already_reacted"));
    }
    if !adds && !users.remove(&bot) {
        return Err(Refusal::new("no_reaction"));
    }
    message.reactions.retain(|_, users| !users.is_empty());
    state.messages.insert(message.key(), message);
    state.stir();
    Ok(json!({}))
}
