//! Discord, played on loopback: REST, gateway, content network, and the people in its channels.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, Request, State as Shared};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::play::{self, Shown, Stage};
use crate::world::World;

pub mod permission;

pub use self::bucket::{RateLimits, RateRule};
pub use self::default_world::{ADA, APPLICATION, BOT_TOKEN, CHANNEL, GRACE, GUILD};
pub use self::event::{Author, Change, ChannelEvent, SeenFile};
pub use self::gateway::GatewayAct;
pub use self::message::FileIn;
pub use self::person::{Answered, Invocation, ModalSubmit, NotSent, Press};
pub use self::snowflake::Snowflake;

mod event;
mod history;
mod invoking;
mod option_checks;
mod person;
mod pressing;

mod bucket;
mod door;
mod form;
mod refusal;
mod reply;
mod route;

mod about;
mod callbacks;
mod channels;
mod command_rules;
mod commands;
mod component_rules;
mod interaction;
mod mention;
mod message_rules;
mod post;
mod webhooks;

mod cdn;
mod gateway;
mod link;
mod shelf;

mod default_world;
mod limits;
mod message;
mod people;
mod snowflake;
mod state;
mod view;

mod control;
mod moderation;

use self::state::State;

/// The chat platform. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Discord {
    world: Arc<World>,
    state: Arc<Mutex<State>>,
}

impl Discord {
    /// A Discord in `world`, with the people and channels of the default world.
    pub fn new(world: Arc<World>) -> Self {
        let mut key = [0; 32];
        for part in key.chunks_mut(8) {
            part.copy_from_slice(&world.ids.bits().to_be_bytes());
        }
        let state = Arc::new(Mutex::new(default_world::state(key)));
        Self { world, state }
    }

    /// What bots talk to: `/api/v10`, `/gateway` and `/cdn`.
    pub fn rest_router(&self) -> Router {
        let played = |place| {
            let stage = Stage {
                world: Arc::clone(&self.world),
                place,
            };
            middleware::from_fn_with_state(stage, play::through)
        };
        let cdn = Router::new()
            .route("/cdn/{shelf}/{owner}/{id}/{filename}", get(cdn::get))
            .layer(played("cdn"));
        Router::new()
            .route("/gateway", get(knock))
            .route("/gateway/", get(knock))
            .fallback(door::enter)
            .layer(played("discord"))
            .layer(middleware::from_fn(mask))
            .merge(cdn)
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone())
    }

    /// What people and tests talk to.
    pub fn control_router(&self) -> Router {
        control::router()
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone())
    }

    /// Says at which address bots reach [`Discord::rest_router`].
    pub fn set_origin(&self, base: String) {
        self.lock().signer.base = base;
    }

    /// Clock, journal and script.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now_ms(&self) -> u64 {
        self.world.clock.now_ms()
    }
}

/// What people do. Everything here must be called inside a tokio runtime.
impl Discord {
    /// A person uses a command. Answers the interaction's id; whether the bot heard of it is
    /// another matter.
    ///
    /// # Errors
    ///
    /// When a Discord client would not have sent it: unknown command or option, a required one
    /// left out, a value out of range, a file that is too large or of a refused type.
    pub fn invoke(&self, invocation: Invocation) -> Result<Snowflake, NotSent> {
        self.act(|state, now_ms| state.invoke(now_ms, invocation, None))
    }

    /// A person types into the option `focused` and waits for suggestions.
    ///
    /// # Errors
    ///
    /// As for [`Discord::invoke`]; and when the option is not autocompleted.
    pub fn autocomplete(&self, typing: Invocation, focused: &str) -> Result<Snowflake, NotSent> {
        self.act(|state, now_ms| state.invoke(now_ms, typing, Some(focused)))
    }

    /// A person presses a button, or chooses in a menu.
    ///
    /// # Errors
    ///
    /// When the person does not see the message, or the component is not there or disabled.
    pub fn press(&self, press: &Press) -> Result<Snowflake, NotSent> {
        self.act(|state, now_ms| state.press(now_ms, press))
    }

    /// A person fills a modal in and sends it.
    ///
    /// # Errors
    ///
    /// When there is no such modal or field, or a field's limits are not kept.
    pub fn submit_modal(&self, submit: &ModalSubmit) -> Result<Snowflake, NotSent> {
        self.act(|state, now_ms| state.submit(now_ms, submit))
    }

    fn act(
        &self,
        deed: impl FnOnce(&mut State, u64) -> Result<(Snowflake, usize), NotSent>,
    ) -> Result<Snowflake, NotSent> {
        let now_ms = self.now_ms();
        let (id, heard) = deed(&mut self.lock(), now_ms)?;
        self.note(
            "interaction",
            &json!({"interaction": id, "connections": heard}),
        );
        let discord = self.clone();
        self.world.tasks.spawn(async move {
            let closing = discord.world.closing.clone();
            tokio::select! {
                () = discord.watch(id, now_ms) => {}
                () = closing.cancelled() => {}
            }
        });
        Ok(id)
    }

    /// Shows the person a failure when the bot's time is over.
    async fn watch(&self, interaction: Snowflake, created_ms: u64) {
        self.world
            .clock
            .sleep_until(created_ms + limits::FIRST_ANSWER_MS)
            .await;
        let defers = {
            let mut state = self.lock();
            state.give_up_waiting(self.now_ms(), interaction);
            let answer = state
                .interactions
                .get(&interaction)
                .and_then(|known| known.answer);
            answer == Some(callbacks::kind::DEFERRED_MESSAGE)
        };
        if defers {
            self.world
                .clock
                .sleep_until(created_ms + limits::TOKEN_LIFE_MS)
                .await;
            self.lock().give_up_loading(self.now_ms(), interaction);
        }
    }

    /// What people saw after the event number `after`; 0 for everything.
    pub fn events(&self, after: u64) -> Vec<ChannelEvent> {
        self.lock().events.after(after).cloned().collect()
    }

    /// The first event that `wanted` accepts, past or future; `None` after `timeout` of real time.
    pub async fn wait_for_event(
        &self,
        wanted: impl Fn(&ChannelEvent) -> bool,
        timeout: Duration,
    ) -> Option<ChannelEvent> {
        self.wait(
            |state| state.events.after(0).find(|event| wanted(event)).cloned(),
            timeout,
        )
        .await
    }

    /// How far the answer to an interaction has come.
    pub fn answer(&self, interaction: Snowflake) -> Option<Answered> {
        self.lock().answered(interaction)
    }

    /// Waits until an interaction has its first answer, or the person sees a failure.
    pub async fn wait_for_answer(
        &self,
        interaction: Snowflake,
        timeout: Duration,
    ) -> Option<Answered> {
        let is_over = |known: &Answered| known.callback.is_some() || known.failed;
        self.wait(|state| state.answered(interaction).filter(is_over), timeout)
            .await
    }

    /// Waits until the bot has at least one gateway session with a connection.
    pub async fn wait_for_bot(&self, timeout: Duration) -> bool {
        let connected = |state: &State| (state.sessions.connected() > 0).then_some(());
        self.wait(connected, timeout).await.is_some()
    }

    /// Waits until at least one global or guild command is registered.
    pub async fn wait_for_commands(&self, timeout: Duration) -> bool {
        let registered = |state: &State| (!state.commands.is_empty()).then_some(());
        self.wait(registered, timeout).await.is_some()
    }

    async fn wait<T>(&self, look: impl Fn(&State) -> Option<T>, timeout: Duration) -> Option<T> {
        let mut changes = self.lock().changed.subscribe();
        let search = async {
            loop {
                changes.mark_unchanged();
                if let Some(found) = look(&self.lock()) {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        };
        tokio::time::timeout(timeout, search).await.ok().flatten()
    }

    /// The bytes of a file on a message or in a command, without a link.
    pub fn file(&self, attachment: Snowflake) -> Option<Bytes> {
        self.lock()
            .attachments
            .get(attachment)
            .map(|file| file.bytes.clone())
    }

    /// What a person is called.
    pub fn user_name(&self, user: Snowflake) -> Option<String> {
        self.lock().users.get(&user).map(|user| user.name.clone())
    }

    /// What a channel is called: `#pictures`, or `@ada` for a direct one.
    pub fn channel_name(&self, channel: Snowflake) -> Option<String> {
        let state = self.lock();
        let channel = state.channels.get(&channel)?;
        Some(match channel.guild {
            Some(_) => format!("#{}", channel.name),
            None => channel.name.clone(),
        })
    }

    /// The commands that are registered, global ones and those of guilds.
    pub fn commands(&self) -> Vec<Value> {
        self.lock().all_commands()
    }
}

/// Keeps interaction tokens out of the journal.
async fn mask(mut request: Request, next: Next) -> Response {
    let path = request
        .uri()
        .path_and_query()
        .map_or("/", |path| path.as_str());
    let shown = Shown(door::masked(path));
    request.extensions_mut().insert(shown);
    next.run(request).await
}

/// A client at the gateway.
async fn knock(Shared(discord): Shared<Discord>, upgrade: WebSocketUpgrade) -> Response {
    if discord.lock().sessions.outage {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    upgrade.on_upgrade(move |socket| gateway::socket::serve(discord, socket))
}
