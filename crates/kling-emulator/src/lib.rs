//! The outside world on loopback: the vendors and the chat platforms, played faithfully, with a ledger, a journal and faults on request.
//!
//! Nothing here is shared with the clients it is meant to test: a document that both sides misread
//! in the same way would otherwise pass.

use std::{fmt, net::SocketAddr, sync::Arc};

use anyhow::Context as _;
use axum::Router;
use tokio::net::TcpListener;

pub mod world;

pub mod aimlapi;
pub mod apiin;
pub mod discord;
pub mod inferencesh;
pub mod slack;

pub mod clock;
pub mod ids;
pub mod journal;
pub mod keys;
pub mod ledger;
pub mod listener;
pub mod media;
pub mod moderation;
pub mod play;
pub mod s3;
pub mod script;

mod control;
mod reading;
mod references;
mod settings;
mod shelving;

pub use crate::world::World;

/// How an [`Emulator`] is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where everything listens. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// A listener of its own for Discord, for clients that take an origin and not a path.
    pub discord_listen: Option<SocketAddr>,
    /// Whether the AIML vendor accepts an image request without `image_urls`.
    pub aimlapi_lenient: bool,
    /// Seeds every id that is made, so that a run can be repeated.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        let free_port = SocketAddr::from(([127, 0, 0, 1], 0));
        Self {
            listen: free_port,
            discord_listen: None,
            aimlapi_lenient: false,
            seed: 1,
        }
    }
}

/// A running outside world. Dropping it closes every connection.
pub struct Emulator {
    world: Arc<World>,
    discord: discord::Discord,
    slack: slack::Slack,
    origin: String,
    discord_base: String,
}

impl Emulator {
    /// Binds the listeners and starts to serve.
    ///
    /// # Errors
    ///
    /// When an address cannot be bound.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        let world = World::new(options.seed);
        world
            .aimlapi
            .change(|settings| settings.lenient = options.aimlapi_lenient);
        let discord = discord::Discord::new(Arc::clone(&world));
        let slack = slack::Slack::new(Arc::clone(&world));

        let (listener, origin) = bind(options.listen).await?;
        world.set_origin(origin.clone());
        slack.set_origin(format!("{origin}/slack"));
        let mut router = Router::new()
            .nest("/slack", slack.rest_router())
            .nest("/_emulator/slack", slack.control_router())
            .nest("/aimlapi", aimlapi::router(&world))
            .nest("/apiin/api/v1", apiin::router(&world))
            .nest("/inferencesh", inferencesh::router(&world))
            .nest("/media", media::router(&world))
            .nest("/s3", s3::router(&world))
            .nest("/_emulator/discord", discord.control_router())
            .nest("/_emulator", control::router(&world));
        let discord_base = if let Some(address) = options.discord_listen {
            let (own_listener, own_origin) = bind(address).await?;
            discord.set_origin(own_origin.clone());
            listener::serve(&world, own_listener, discord.rest_router());
            own_origin
        } else {
            let base = format!("{origin}/discord");
            discord.set_origin(base.clone());
            router = router.nest("/discord", discord.rest_router());
            base
        };
        listener::serve(&world, listener, router);

        Ok(Self {
            world,
            discord,
            slack,
            origin,
            discord_base,
        })
    }

    /// Where everything listens, without a slash at the end: `http://127.0.0.1:4700`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The base address to give to a client of `vendor`: `aimlapi`, `apiin`, `inferencesh`,
    /// `discord`, `slack`, `s3`.
    pub fn base(&self, vendor: &str) -> String {
        match vendor {
            "discord" => self.discord_base.clone(),
            "apiin" => format!("{}/apiin/api/v1", self.origin),
            "slack" => format!("{}/slack/api", self.origin),
            _ => format!("{}/{vendor}", self.origin),
        }
    }

    /// What every vendor shares: clock, journal, faults, ledger, media.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// The chat platform: its people, channels and events.
    pub fn discord(&self) -> &discord::Discord {
        &self.discord
    }

    /// The other chat platform.
    pub fn slack(&self) -> &slack::Slack {
        &self.slack
    }

    /// Closes every connection and waits until all work has stopped.
    pub async fn shutdown(self) {
        self.world.closing.cancel();
        self.world.tasks.close();
        self.world.tasks.wait().await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.world.closing.cancel();
        self.world.tasks.close();
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// Binds `address`; answers the listener and its origin.
async fn bind(address: SocketAddr) -> anyhow::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on {address}"))?;
    let bound = listener
        .local_addr()
        .context("the listener has no address")?;
    Ok((listener, format!("http://{bound}")))
}
