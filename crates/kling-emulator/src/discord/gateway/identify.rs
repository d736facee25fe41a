//! How a connection becomes a session: IDENTIFY and RESUME.

use serde_json::{Value, json};

use super::{INTENTS, Line, Order, PRIVILEGED_INTENTS, Session};
use crate::discord::limits;
use crate::discord::state::State;

/// What a connection is answered that could not be let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// Closed with a code.
    Close(u16, &'static str),
    /// Opcode 9: start anew.
    Invalid,
}

impl State {
    /// Whether a gateway token is the bot's.
    fn knows(&self, token: &Value) -> bool {
        let token = token.as_str().unwrap_or_default();
        self.bot_tokens
            .contains(token.strip_prefix("Bot ").unwrap_or(token))
    }

    /// Opens a session: READY, then the guilds.
    pub(crate) fn identify(
        &mut self,
        now_ms: u64,
        session_id: String,
        line: &Line,
        data: &Value,
    ) -> Result<(), Rejection> {
        if !self.knows(&data["token"]) {
            return Err(Rejection::Close(4004, "Authentication failed."));
        }
        if !data["properties"].is_object() {
            return Err(Rejection::Close(4002, "Error while decoding payload."));
        }
        let shard = &data["shard"];
        let (number, count) = match (shard[0].as_u64(), shard[1].as_u64()) {
            (Some(number), Some(count)) => (number, count),
            _ => (0, 1),
        };
        if number >= count || !shard.is_null() && !shard.is_array() {
            return Err(Rejection::Close(4010, "Invalid shard."));
        }
        let Some(intents) = data["intents"].as_u64().filter(|bits| bits & !INTENTS == 0) else {
            return Err(Rejection::Close(4013, "Invalid intent(s)."));
        };
        if intents & PRIVILEGED_INTENTS != 0 {
            return Err(Rejection::Close(4014, "Disallowed intent(s)."));
        }
        if self.sessions.identifies(now_ms) >= limits::IDENTIFIES_PER_DAY {
            return Err(Rejection::Close(4004, "Authentication failed."));
        }
        let is_hasty = self.sessions.pace
            && self
                .sessions
                .identifies
                .back()
                .is_some_and(|last| last + 5_000 > now_ms);
        self.sessions.identifies.push_back(now_ms);
        if is_hasty {
            return Err(Rejection::Invalid);
        }

        let mut session = Session {
            id: session_id,
            shard: (number, count),
            intents,
            seq: 0,
            replay: std::collections::VecDeque::new(),
            line: Some(line.clone()),
        };
        let guilds: Vec<_> = self
            .guilds
            .values()
            .filter(|guild| guild.has_bot && session.hears(Some(guild.id), 0))
            .collect();
        let unavailable: Vec<_> = guilds
            .iter()
            .map(|guild| json!({"id": guild.id, "unavailable": true}))
            .collect();
        let ready = json!({
            "v": 10,
            "user": self.bot().map(crate::discord::people::User::own_json),
            "user_settings": {},
            "session_type": "normal",
            "session_id": session.id,
            "resume_gateway_url": self.gateway_url(),
            "relationships": [],
            "private_channels": [],
            "presences": [],
            "guilds": unavailable,
            "guild_join_requests": [],
            "geo_ordered_rtc_regions": [],
            "auth": {},
            "application": {"id": self.application, "flags": 1 << 23},
            "shard": [number, count],
            "_trace": ["[\"emulator\",{\"micros\":0}]"],
        });
        session.push("READY", &ready);
        if intents & 1 != 0 {
            for guild in &guilds {
                session.push("GUILD_CREATE", &self.guild_create(guild));
            }
        }
        self.sessions.open(session);
        Ok(())
    }

    /// Takes a session up again and sends what it missed.
    pub(crate) fn resume(&mut self, line: &Line, data: &Value) -> Result<(), Rejection> {
        if !self.knows(&data["token"]) {
            return Err(Rejection::Close(4004, "Authentication failed."));
        }
        let wanted = data["session_id"].as_str().unwrap_or_default();
        let session = self
            .sessions
            .list
            .iter_mut()
            .find(|session| session.id == wanted)
            .ok_or(Rejection::Invalid)?;
        let seen = data["seq"].as_u64().unwrap_or(0);
        if seen > session.seq {
            return Err(Rejection::Close(4007, "Invalid seq."));
        }
        let oldest = session
            .replay
            .front()
            .map_or(session.seq + 1, |(seq, _)| *seq);
        if seen + 1 < oldest {
            return Err(Rejection::Invalid);
        }
        if let Some(old) = session.line.replace(line.clone()) {
            old.give(Order::Close(4000, "The session was resumed elsewhere."));
        }
        for (_, text) in session.replay.iter().filter(|(seq, _)| *seq > seen) {
            line.give(Order::Send(text.clone()));
        }
        session.push("RESUMED", &json!({"_trace": []}));
        Ok(())
    }

    /// Where the gateway is reached.
    pub(crate) fn gateway_url(&self) -> String {
        format!("{}/gateway", self.signer.base.replacen("http", "ws", 1))
    }

    /// The complete guild that follows READY.
    fn guild_create(&self, guild: &crate::discord::people::Guild) -> Value {
        let mut json = guild.json();
        let members: Vec<Value> = self
            .users
            .values()
            .filter(|user| user.id == self.application)
            .map(|user| guild.member(user))
            .collect();
        let channels: Vec<Value> = self
            .channels
            .values()
            .filter(|channel| channel.guild == Some(guild.id))
            .map(|channel| channel.json(None))
            .collect();
        json["joined_at"] = json!("2023-11-14T22:13:20.000000+00:00");
        json["large"] = json!(false);
        json["unavailable"] = json!(false);
        json["member_count"] = json!(guild.members.len() + 1);
        json["members"] = json!(members);
        json["channels"] = json!(channels);
        for empty in [
            "threads",
            "presences",
            "voice_states",
            "stage_instances",
            "guild_scheduled_events",
            "soundboard_sounds",
        ] {
            json[empty] = json!([]);
        }
        json
    }
}
