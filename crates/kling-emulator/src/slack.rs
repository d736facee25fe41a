//! Slack, played on loopback: Web API, socket mode, requests to the bot, files, and the people in its channels.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, Query, Request, State as Shared};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use futures::future::join_all;
use serde::Deserialize;

use crate::play::{self, Shown, Stage};
use crate::world::World;

pub use self::app::Door;
pub use self::default_world::{
    ADA, APP, APP_TOKEN, ATTIC, BOT_ID, BOT_TOKEN, BOT_USER, CLIENT_ID, CLIENT_SECRET, DIRECT,
    ENTERPRISE, GRACE, GROUP, GUS, LINUS, PICTURES, SECOND_TEAM, SECRETS, SIGNING_SECRET, TEAM,
    VIDEOS,
};
pub use self::delivery::request::{Forgery, signature};
pub use self::delivery::{Answered, DeliveryKind};
pub use self::event::{Author, Change, SeenEvent, SeenFile, ViewChange};
pub use self::moderation::{NewChannel, UserChange};
pub use self::oauth::Consent;
pub use self::person::{Command, FileIn, NotSent, On, Press, Say, Shortcut, Submit};
pub use self::places::{Kind, Role};
pub use self::socket::SocketAct;
pub use self::state::Settings;
pub use self::tiers::RateLimits;

mod event;
mod person;

mod acting;
mod forms;
mod outcome;
mod payload;
mod submitting;

mod delivery;
mod socket;
mod trigger;

mod arguments;
mod door;
mod methods;
mod refusal;
mod tiers;

mod chat;
mod conversations;
mod directory;
mod downloads;
mod hooks;
mod oauth;
mod uploads;
mod views;

mod block_rules;
mod element_rules;
mod rules;
mod view_rules;

mod app;
mod default_world;
mod files;
mod message;
mod mint;
mod modal;
mod places;
mod state;

mod control;
mod installing;
mod moderation;

use self::state::{Chore, State};

/// The chat platform. Cheap to clone; all clones are one.
#[derive(Clone, Debug)]
pub struct Slack {
    world: Arc<World>,
    state: Arc<Mutex<State>>,
}

impl Slack {
    /// A Slack in `world`, with the people and channels of the default world.
    pub fn new(world: Arc<World>) -> Self {
        let state = default_world::state(world.ids.bits());
        Self {
            world,
            state: Arc::new(Mutex::new(state)),
        }
    }

    /// What bots talk to: `/api/{method}`, sockets, uploads, response URLs, files and OAuth.
    pub fn rest_router(&self) -> Router {
        let played = |place| {
            let stage = Stage {
                world: Arc::clone(&self.world),
                place,
            };
            middleware::from_fn_with_state(stage, play::through)
        };
        let files = Router::new()
            .route("/files-pri/{place}/{name}", get(downloads::get))
            .route(
                "/files-pri/{place}/download/{name}",
                get(downloads::download),
            )
            .route("/signin", get(downloads::sign_in))
            .layer(played("slack-files"));
        Router::new()
            .route("/api/{method}", any(door::enter))
            .route("/upload/v1/{secret}", post(uploads::upload))
            .route("/hooks/{team}/{number}/{secret}", post(hooks::use_hook))
            .route("/oauth/v2/authorize", get(oauth::authorize))
            .route("/link/", get(knock))
            .layer(played("slack"))
            .layer(middleware::from_fn(mask))
            .merge(files)
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone())
    }

    /// What people and tests talk to.
    pub fn control_router(&self) -> Router {
        control::router()
            .layer(DefaultBodyLimit::disable())
            .with_state(self.clone())
    }

    /// Says at which address bots reach [`Slack::rest_router`].
    pub fn set_origin(&self, base: String) {
        self.lock().base = base;
    }

    /// Where bots reach this Slack, without a slash at the end; the API is at `/api` below.
    pub fn base(&self) -> String {
        self.lock().base.clone()
    }

    /// Clock, journal and script.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.world.clock.now_ms()
    }

    /// Does something under the lock, then sees to what follows from it.
    pub(crate) fn act<T>(&self, deed: impl FnOnce(&mut State, u64) -> T) -> T {
        let now_ms = self.now_ms();
        let (result, chores) = {
            let mut state = self.lock();
            let result = deed(&mut state, now_ms);
            (result, std::mem::take(&mut state.chores))
        };
        if !chores.is_empty() {
            let slack = self.clone();
            // Together, so that they begin in their order.
            self.world.tasks.spawn(async move {
                let closing = slack.world.closing.clone();
                tokio::select! {
                    _ = join_all(chores.into_iter().map(|chore| slack.see_to(chore))) => {}
                    () = closing.cancelled() => {}
                }
            });
        }
        result
    }

    async fn see_to(&self, chore: Chore) {
        match chore {
            Chore::Deliver(id) => self.deliver(id).await,
            Chore::Process {
                files,
                at_ms,
                share,
            } => {
                self.world.clock.sleep_until(at_ms).await;
                self.act(|state, now_ms| state.processed(now_ms, &files, share));
            }
        }
    }
}

/// What people do. Everything here must be called inside a tokio runtime.
impl Slack {
    /// Somebody uses a slash command. Answers the delivery; whether the bot heard of it is another matter.
    ///
    /// # Errors
    ///
    /// When a Slack client would not have sent it: an unknown command, a thread, a channel one is not in.
    pub fn command(&self, command: &Command) -> Result<u64, NotSent> {
        self.act(|state, now_ms| state.command(now_ms, command))
    }

    /// Somebody uses a shortcut.
    ///
    /// # Errors
    ///
    /// When there is no such shortcut or message.
    pub fn shortcut(&self, shortcut: &Shortcut) -> Result<u64, NotSent> {
        self.act(|state, now_ms| state.shortcut(now_ms, shortcut))
    }

    /// Somebody writes a message; answers its `ts`.
    ///
    /// # Errors
    ///
    /// When it is empty or too long, or the person is not in the channel.
    pub fn say(&self, say: Say) -> Result<String, NotSent> {
        self.act(|state, now_ms| state.say(now_ms, say))
    }

    /// Somebody presses a button, chooses in a menu, or types into a field. Answers the delivery, unless the field
    /// waits for the submission.
    ///
    /// # Errors
    ///
    /// When the person does not see it, or it does not take that value.
    pub fn press(&self, press: &Press) -> Result<Option<u64>, NotSent> {
        self.act(|state, now_ms| state.press(now_ms, press))
    }

    /// Somebody types into an external select; the options are in [`Answered::options`].
    ///
    /// # Errors
    ///
    /// When there is no such select, or more characters are needed.
    pub fn suggest(&self, typing: &Press) -> Result<u64, NotSent> {
        self.act(|state, _| state.suggest(typing))
    }

    /// Somebody fills a modal in and sends it.
    ///
    /// # Errors
    ///
    /// When a field is missing, or its limits are not kept.
    pub fn submit(&self, submit: Submit) -> Result<u64, NotSent> {
        self.act(|state, now_ms| state.submit(now_ms, submit))
    }

    /// Somebody closes a modal. Answers the delivery, if the bot wants to know.
    ///
    /// # Errors
    ///
    /// When it is not open.
    pub fn close(&self, view: &str) -> Result<Option<u64>, NotSent> {
        self.act(|state, now_ms| state.dismiss(now_ms, view))
    }

    /// Somebody opens the app's home tab.
    ///
    /// # Errors
    ///
    /// When the app has none, or is not installed.
    pub fn open_home(&self, user: &str) -> Result<(), NotSent> {
        self.act(|state, now_ms| state.open_home(now_ms, user))
    }

    /// What people saw after the event number `after`; 0 for everything.
    pub fn events(&self, after: u64) -> Vec<SeenEvent> {
        self.lock().events.after(after).cloned().collect()
    }

    /// The first event that `wanted` accepts, past or future; `None` after `timeout` of real time.
    pub async fn wait_for_event(
        &self,
        wanted: impl Fn(&SeenEvent) -> bool,
        timeout: Duration,
    ) -> Option<SeenEvent> {
        self.wait(
            |state| state.events.after(0).find(|event| wanted(event)).cloned(),
            timeout,
        )
        .await
    }

    /// How far a delivery has come.
    pub fn answer(&self, delivery: u64) -> Option<Answered> {
        self.lock().answered(delivery)
    }

    /// Waits until a delivery is acknowledged, or given up.
    pub async fn wait_for_answer(&self, delivery: u64, timeout: Duration) -> Option<Answered> {
        self.wait(
            |state| state.answered(delivery).filter(|known| known.over),
            timeout,
        )
        .await
    }

    /// Every delivery after a number, events included; 0 for all.
    pub fn deliveries(&self, after: u64) -> Vec<Answered> {
        let state = self.lock();
        let ids = state.deliveries.range(after + 1..).map(|(id, _)| *id);
        ids.filter_map(|id| state.answered(id)).collect()
    }

    /// The first delivery that `wanted` accepts, past or future.
    pub async fn wait_for_delivery(
        &self,
        wanted: impl Fn(&Answered) -> bool,
        timeout: Duration,
    ) -> Option<Answered> {
        self.wait(
            |state| {
                let mut ids = state.deliveries.keys();
                ids.find_map(|id| state.answered(*id).filter(|known| wanted(known)))
            },
            timeout,
        )
        .await
    }

    /// Waits until the bot has at least one socket.
    pub async fn wait_for_bot(&self, timeout: Duration) -> bool {
        let connected = |state: &State| (state.sockets.connected() > 0).then_some(());
        self.wait(connected, timeout).await.is_some()
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

    /// The bytes of a file, without a token.
    pub fn file(&self, id: &str) -> Option<Bytes> {
        self.lock()
            .files
            .get(id)
            .and_then(|file| file.bytes.clone())
    }
}

/// Keeps the secrets of addresses out of the journal.
async fn mask(mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let mut parts = path.split('/').skip(1);
    let first = parts.next().unwrap_or_default();
    let shown = match first {
        "hooks" => {
            let team = parts.next().unwrap_or_default();
            format!("/hooks/{team}/…")
        }
        "upload" => "/upload/v1/…".to_owned(),
        _ => path.to_owned(),
    };
    request.extensions_mut().insert(Shown(shown));
    next.run(request).await
}

#[derive(Debug, Deserialize)]
struct Ticket {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    debug_reconnects: bool,
}

/// A client with a ticket for a socket.
async fn knock(
    Shared(slack): Shared<Slack>,
    Query(given): Query<Ticket>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let is_admitted = {
        let mut state = slack.lock();
        if state.sockets.outage {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        state.sockets.admit(slack.now_ms(), &given.ticket)
    };
    if !is_admitted {
        return StatusCode::FORBIDDEN.into_response();
    }
    upgrade.on_upgrade(move |socket| socket::line::serve(slack, socket, given.debug_reconnects))
}
