//! The gateway connection, by serenity, supervised by us.
//!
//! What serenity would do wrong is taken out of its hands: it is told where the gateway is (its own look-up falls
//! back to the real Discord when it fails), it never sends a REST call of ours, and a session that does not come
//! about is given up and begun anew, more and more slowly, before the day's allowance of sessions is used up.

mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use kling_core::Secret;
use kling_http::is_loopback;
use serenity::Client;
use serenity::all::{
    ConnectionStage, Context, EventHandler, GatewayIntents, Interaction, Ready, ResumedEvent,
    ShardStageUpdateEvent,
};
use serenity::client::ClientBuilder;
use serenity::gateway::GatewayError;
use serenity::http::HttpBuilder;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::Config;
use crate::inbound::Inbound;
use crate::rest::{Gateway, Rest, RestError};
pub(crate) use session::Sessions;

/// The shortest and the longest pause before a new session.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// The longest pause where session after session was ended before it began: a few tries each time must stay far
/// below the thousand sessions of a day, after which Discord resets the token.
const LONGEST_PAUSE_IN_VAIN: Duration = Duration::from_mins(15);
/// How long Discord may take to see our goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// Why a connection ended.
#[derive(Debug)]
enum End {
    /// We were asked to stop.
    Asked,
    /// It may work the next time.
    Broken(String),
    /// Discord ended every session before it began.
    InVain,
}

/// What the connection needs.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) rest: Rest,
    pub(crate) token: Secret,
    pub(crate) config: Config,
    pub(crate) sessions: Arc<Sessions>,
}

impl Connection {
    /// Stays connected until `shutdown`.
    ///
    /// # Errors
    ///
    /// For what waiting cannot mend: the token is not accepted, or the gateway is nowhere it may be.
    pub(crate) async fn keep(
        &self,
        inbound: &Inbound,
        shutdown: &CancellationToken,
    ) -> anyhow::Result<()> {
        let mut pause = PAUSE;
        loop {
            let ready_before = self.sessions.begun();
            let end = tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                place = self.look_up() => match place? {
                    Ok((url, gateway)) => self.connect(inbound, &url, &gateway, shutdown).await?,
                    Err(why) => End::Broken(why),
                },
            };
            let (why, longest) = match end {
                End::Asked => return Ok(()),
                End::Broken(why) => (why, LONGEST_PAUSE),
                End::InVain => (IN_VAIN.to_owned(), LONGEST_PAUSE_IN_VAIN),
            };
            if self.sessions.begun() > ready_before {
                pause = PAUSE;
            }
            tracing::warn!(
                wait_ms = pause.as_millis(),
                "not connected to Discord: {why}; trying again"
            );
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(pause) => {}
            }
            pause = (pause * 2).min(longest);
        }
    }

    /// Where to connect: never anywhere but where the API we were given says, and never to the real Discord from
    /// a stand-in. `Ok(Err(..))` when waiting may help.
    async fn look_up(&self) -> anyhow::Result<Result<(Url, Gateway), String>> {
        let gateway = match self.rest.gateway().await {
            Ok(gateway) => gateway,
            Err(error @ RestError::Refused { status: 401, .. }) => {
                return Err(error).context(WRONG_TOKEN);
            }
            Err(error) if error.is_final() => {
                let base = self.config.base_url.host_str().unwrap_or_default();
                return Err(error).with_context(|| {
                    format!(
                        "Discord's gateway cannot be looked up at {base}; nothing is connected to. Look at \
                         discord.base_url"
                    )
                });
            }
            Err(error) => return Ok(Err(error.to_string())),
        };
        let url = permitted(&gateway.url, &self.config)?;
        let limit = &gateway.session_start_limit;
        if limit.remaining < gateway.shards.max(1) {
            let wait = Duration::from_millis(limit.reset_after);
            return Ok(Err(format!(
                "today's sessions are used up, and there are new ones in {} min",
                wait.as_secs() / 60
            )));
        }
        Ok(Ok((url, gateway)))
    }

    async fn connect(
        &self,
        inbound: &Inbound,
        url: &Url,
        gateway: &Gateway,
        shutdown: &CancellationToken,
    ) -> anyhow::Result<End> {
        let shards = gateway.shards.max(1);
        let left = gateway.session_start_limit.remaining;
        let handler = Handler {
            inbound: inbound.clone(),
            sessions: Arc::clone(&self.sessions),
            vain: Arc::new(AtomicU32::new(0)),
            hopeless: CancellationToken::new(),
            // A few tries each, at least five seconds apart, and never the last one of the day.
            patience: shards
                .saturating_mul(4)
                .min(left.saturating_sub(1))
                .max(shards),
        };
        let hopeless = handler.hopeless.clone();
        let mut client = tokio::select! {
            biased;
            () = shutdown.cancelled() => return Ok(End::Asked),
            client = self.client(handler) => client?,
        };
        // serenity has looked it up itself by now, and would have taken the real gateway had that failed.
        url.as_str().clone_into(&mut *client.ws_url.lock().await);
        let manager = Arc::clone(&client.shard_manager);
        let end = tokio::select! {
            biased;
            () = shutdown.cancelled() => End::Asked,
            () = hopeless.cancelled() => End::InVain,
            ended = client.start_shards(shards) => match ended {
                Ok(()) => End::Broken("the connection ended".to_owned()),
                Err(error) => fatal(error)?,
            },
        };
        self.sessions.clear();
        // Bounded: serenity waits for an answer to its goodbye that may never come.
        if tokio::time::timeout(GOODBYE, manager.shutdown_all())
            .await
            .is_err()
        {
            tracing::debug!("Discord did not answer our goodbye");
        }
        Ok(end)
    }

    async fn client(&self, handler: Handler) -> anyhow::Result<Client> {
        let base = self
            .config
            .base_url
            .as_str()
            .trim_end_matches('/')
            .to_owned();
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(20))
            .tls_backend_native()
            .build()
            .context("the HTTP client for the gateway cannot be set up")?;
        // Its limiter would send the call to the real Discord, whatever the proxy says.
        let http = HttpBuilder::new(self.token.expose())
            .client(client)
            .proxy(base)
            .ratelimiter_disabled(true)
            .build();
        ClientBuilder::new_with_http(http, GatewayIntents::empty())
            .event_handler(handler)
            .await
            .context("the gateway client cannot be set up")
    }
}

/// What to do about a 401, or close code 4004.
pub(crate) const WRONG_TOKEN: &str = "Discord does not accept the bot's token: take it from \
     https://discord.com/developers/applications, page Bot, and put it into DISCORD_TOKEN";

/// What close codes 4010 to 4012 look like from here, among others.
const IN_VAIN: &str = "Discord ended every session before it began. If this goes on, it wants another number of \
     connections or another version of its API than this bot has";

/// Where the gateway may be.
fn permitted(address: &str, config: &Config) -> anyhow::Result<Url> {
    let url = Url::parse(address).context("the address of Discord's gateway is no address")?;
    let here = is_loopback(&config.base_url);
    let allowed = match url.scheme() {
        "wss" => true,
        "ws" => here || config.allow_insecure,
        _ => false,
    };
    anyhow::ensure!(
        allowed,
        "the address of Discord's gateway is neither wss nor on this machine"
    );
    let host = url.host_str().unwrap_or_default();
    let is_discords = ["discord.gg", "discord.com"]
        .iter()
        .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")));
    anyhow::ensure!(
        config.is_real() || !is_discords,
        "a stand-in for Discord named the real gateway; nothing is connected to"
    );
    anyhow::ensure!(
        !here || is_loopback(&url),
        "a Discord on this machine named a gateway on another one; nothing is connected to"
    );
    Ok(url)
}

/// Close codes 4004, 4013 and 4014 are for people to mend; all else is worth another try.
fn fatal(error: serenity::Error) -> anyhow::Result<End> {
    match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => anyhow::bail!(WRONG_TOKEN),
        serenity::Error::Gateway(
            GatewayError::InvalidGatewayIntents | GatewayError::DisallowedGatewayIntents,
        ) => anyhow::bail!(
            "Discord does not allow this bot's intents, though it asks for none: look at \
             https://discord.com/developers/applications, page Bot"
        ),
        other => Ok(End::Broken(other.to_string())),
    }
}

struct Handler {
    inbound: Inbound,
    sessions: Arc<Sessions>,
    /// Sessions asked for since the last one that came about.
    vain: Arc<AtomicU32>,
    hopeless: CancellationToken,
    patience: u32,
}

#[serenity::async_trait]
impl EventHandler for Handler {
    async fn ready(&self, context: Context, _: Ready) {
        self.vain.store(0, Ordering::Relaxed);
        self.sessions.ready(context.shard_id.0);
        tracing::info!(shard = context.shard_id.0, "connected to Discord");
    }

    async fn resume(&self, context: Context, _: ResumedEvent) {
        self.sessions.ready(context.shard_id.0);
        tracing::info!(shard = context.shard_id.0, "connected to Discord again");
    }

    async fn shard_stage_update(&self, _: Context, event: ShardStageUpdateEvent) {
        if event.new == ConnectionStage::Connected {
            self.sessions.ready(event.shard_id.0);
            return;
        }
        self.sessions.lost(event.shard_id.0);
        if event.old == ConnectionStage::Connected {
            tracing::warn!(
                shard = event.shard_id.0,
                "the connection to Discord was lost; connecting again"
            );
        }
        // serenity keeps 4010, 4011 and 4012 to itself and asks for session after session; Discord resets the
        // token of a bot that asks for more than a thousand a day.
        if event.new == ConnectionStage::Identifying
            && self.vain.fetch_add(1, Ordering::Relaxed) >= self.patience
        {
            self.hopeless.cancel();
        }
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        // serenity runs this in a task of its own, so the connection's reader is never held up; ours is tracked,
        // so that a shutdown waits for the answer.
        match interaction {
            Interaction::Command(command) => {
                let inbound = self.inbound.clone();
                let tasks = inbound.tasks.clone();
                tasks.spawn(async move { inbound.handle(command).await });
            }
            other => {
                tracing::debug!(kind = ?other.kind(), "an interaction of a kind we never asked for");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(base: &str) -> Config {
        Config {
            base_url: Url::parse(base).expect("a URL"),
            ..Config::default()
        }
    }

    #[test]
    fn a_stand_in_never_leads_to_the_real_discord() {
        let emulated = config("http://127.0.0.1:4700/discord");

        assert!(permitted("ws://127.0.0.1:4700/gateway", &emulated).is_ok());
        for elsewhere in [
            "wss://gateway.discord.gg",
            "wss://example.com",
            "ws://10.0.0.8",
            "x",
        ] {
            assert!(permitted(elsewhere, &emulated).is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn the_real_gateway_is_never_talked_to_in_the_clear() {
        let real = Config::default();

        assert!(permitted("wss://gateway.discord.gg", &real).is_ok());
        assert!(permitted("ws://gateway.discord.gg", &real).is_err());
    }

    #[test]
    fn only_what_people_must_mend_ends_the_bot() {
        let ended = |error| fatal(serenity::Error::Gateway(error));

        assert!(ended(GatewayError::InvalidAuthentication).is_err());
        assert!(ended(GatewayError::DisallowedGatewayIntents).is_err());
        assert!(ended(GatewayError::HeartbeatFailed).is_ok());
    }
}
