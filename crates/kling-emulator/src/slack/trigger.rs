//! Triggers, good once and for three seconds, and response URLs, good five times and for half an hour.

use super::refusal::Refusal;
use super::state::State;

/// How long a trigger can open a modal.
const TRIGGER_MS: u64 = 3_000;

/// How long a response URL is good.
const HOOK_MS: u64 = 30 * 60 * 1000;

/// How often a response URL is good.
const HOOK_USES: u32 = 5;

/// What somebody did that allows the bot to open a modal.
#[derive(Clone, Debug)]
pub(crate) struct Trigger {
    pub(crate) number: u64,
    pub(crate) delivery: u64,
    pub(crate) user: String,
    pub(crate) team: String,
    /// Where it was done.
    pub(crate) channel: Option<String>,
    /// The modal in which it was done.
    pub(crate) view: Option<String>,
    made_ms: u64,
    used: bool,
}

/// A response URL.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) number: u64,
    pub(crate) delivery: u64,
    pub(crate) team: String,
    pub(crate) channel: String,
    pub(crate) user: String,
    /// The message with the button, or the first answer.
    pub(crate) original: Option<String>,
    made_ms: u64,
    uses: u32,
}

impl State {
    /// A fresh trigger.
    pub(crate) fn new_trigger(
        &mut self,
        now_ms: u64,
        delivery: u64,
        who: (&str, &str),
        channel: Option<&str>,
        view: Option<&str>,
    ) -> String {
        let number = self.mint.number();
        let id = format!("{number}.{}.{}", now_ms / 1000, self.mint.secret());
        let trigger = Trigger {
            number,
            delivery,
            user: who.1.to_owned(),
            team: who.0.to_owned(),
            channel: channel.map(str::to_owned),
            view: view.map(str::to_owned),
            made_ms: now_ms,
            used: false,
        };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// Looks at a trigger without using it up.
    pub(crate) fn good_trigger(&self, now_ms: u64, id: &str) -> Result<Trigger, Refusal> {
        let trigger = self
            .triggers
            .get(id)
            .ok_or_else(|| Refusal::new("invalid_trigger_id"))?;
        if trigger.used {
            return Err(Refusal::new("exchanged_trigger_id"));
        }
        if now_ms > trigger.made_ms + TRIGGER_MS {
            return Err(Refusal::new("expired_trigger_id"));
        }
        Ok(trigger.clone())
    }

    /// Uses a trigger up.
    pub(crate) fn exchange(&mut self, id: &str) {
        if let Some(trigger) = self.triggers.get_mut(id) {
            trigger.used = true;
        }
    }

    /// A fresh response URL: its secret and its address.
    pub(crate) fn new_hook(
        &mut self,
        now_ms: u64,
        delivery: u64,
        who: (&str, &str),
        channel: &str,
        original: Option<String>,
    ) -> (String, String) {
        let number = self.mint.number();
        let secret = self.mint.secret();
        let hook = Hook {
            number,
            delivery,
            team: who.0.to_owned(),
            channel: channel.to_owned(),
            user: who.1.to_owned(),
            original,
            made_ms: now_ms,
            uses: 0,
        };
        let url = format!("{}/hooks/{}/{number}/{secret}", self.base, who.0);
        self.hooks.insert(secret.clone(), hook);
        (secret, url)
    }

    /// Counts a use of a response URL; the word of a refusal when it is used up, too old or unknown.
    pub(crate) fn use_hook(&mut self, now_ms: u64, secret: &str) -> Result<Hook, &'static str> {
        let hook = self.hooks.get_mut(secret).ok_or("invalid_token")?;
        if now_ms > hook.made_ms + HOOK_MS {
            return Err("expired_url");
        }
        if hook.uses >= HOOK_USES {
            return Err("used_url");
        }
        hook.uses += 1;
        Ok(hook.clone())
    }
}
