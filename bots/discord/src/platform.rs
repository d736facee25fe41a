//! Discord as a chat platform: set up, checked, and listened to.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use kling_bot::{
    ChatPlatform, CheckLine, Intake, Menu, PlatformContext, PlatformPlugin, SecretKey, Secrets,
    Texts,
};
use kling_core::{AssetUrl, Clock};
use kling_engine::{
    Deliverer, Delivery, DeliveryError, InputError, Job, PlatformId, Receipt, StatusUpdate,
};
use kling_http::{DownloadOptions, Downloader, Guard};
use tokio::io::AsyncWrite;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::acknowledging::Acknowledging;
use crate::config::Config;
use crate::gateway::{Connection, Sessions, WRONG_TOKEN};
use crate::inbound::Inbound;
use crate::outbound::Outbound;
use crate::rest::{Application, Gateway, Rest, RestError};
use crate::{PLATFORM, limits, menu};

/// How long answers that are on their way may take when the bot stops: the three seconds that Discord gives.
const LAST_ANSWERS: Duration = limits::FIRST_ANSWER;
/// How often what Discord did not take at the start is tried again.
const AGAIN: Duration = Duration::from_secs(30);

/// What the rest of the house starts this bot by.
#[derive(Clone, Copy, Debug)]
pub struct DiscordPlugin;

/// A Discord bot that is set up.
#[derive(Debug)]
pub struct Discord {
    config: Config,
    rest: Rest,
    outbound: Outbound,
    connection: Connection,
    sessions: Arc<Sessions>,
    acknowledging: Acknowledging,
    menu: Menu,
    texts: Texts,
    clock: Arc<dyn Clock>,
}

#[async_trait]
impl PlatformPlugin for DiscordPlugin {
    const NAME: &'static str = PLATFORM;
    const BINARY: &'static str = "kling-discord";
    const DEFAULT_LISTEN: &'static str = "127.0.0.1:8080";
    const SECRETS: &'static [SecretKey] = &[
        SecretKey {
            key: "token",
            env: "DISCORD_TOKEN",
            required: true,
            from: "https://discord.com/developers/applications, your application, page Bot",
        },
        SecretKey {
            key: "public_key",
            env: "DISCORD_PUBLIC_KEY",
            required: false,
            from: "https://discord.com/developers/applications, your application, page General Information",
        },
    ];

    const UNLOGGED: &'static [&'static str] = &[
        // Prints whole events, prompts and tokens included, when it cannot read one.
        "serenity::gateway::ws",
        // Warns at every goodbye; what matters of the connection is told by this bot.
        "serenity::gateway::bridge::shard_runner",
    ];

    type Config = Config;
    type Platform = Discord;

    async fn connect(
        &self,
        config: Config,
        secrets: Secrets,
        context: PlatformContext,
    ) -> anyhow::Result<Discord> {
        let token = secrets
            .get("token")
            .cloned()
            .context("discord.token is not set: put the bot's token into DISCORD_TOKEN")?;
        anyhow::ensure!(
            token.expose().bytes().all(|byte| byte.is_ascii_graphic()),
            "discord.token holds something that no token has, such as a space or a line break: copy it again, \
             from https://discord.com/developers/applications, page Bot"
        );
        let options = DownloadOptions {
            max_bytes: context.max_input_bytes.min(limits::INPUT_BYTES),
            ..DownloadOptions::default()
        };
        let downloader = Downloader::new(options, Guard::for_base(&config.base_url))
            .context("the client for attachments cannot be set up")?;
        let rest = Rest::new(context.client, &config.base_url, token.clone());
        let sessions = Arc::new(Sessions::default());
        let acknowledging = Acknowledging::default();
        Ok(Discord {
            outbound: Outbound::new(
                PlatformId::new(PLATFORM),
                rest.clone(),
                context.texts.clone(),
                downloader,
                config.base_url.clone(),
                Arc::clone(&context.clock),
                acknowledging.clone(),
            ),
            acknowledging,
            connection: Connection {
                rest: rest.clone(),
                token,
                config: config.clone(),
                sessions: Arc::clone(&sessions),
            },
            config,
            rest,
            sessions,
            menu: context.menu,
            texts: context.texts,
            clock: context.clock,
        })
    }
}

impl Discord {
    /// Which application this is, and its commands registered, however long Discord takes.
    async fn register(&self, shutdown: &CancellationToken) -> anyhow::Result<()> {
        loop {
            let error = match self.try_register().await? {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                wait_ms = AGAIN.as_millis(),
                "the commands are not registered yet"
            );
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(AGAIN) => {}
            }
        }
    }

    /// `Ok(Err(..))` when waiting may help.
    async fn try_register(&self) -> anyhow::Result<Result<(), RestError>> {
        let application = match self.rest.application().await {
            Ok(application) => application,
            Err(error @ RestError::Refused { status: 401, .. }) => {
                return Err(error).context(WRONG_TOKEN);
            }
            Err(error) if error.is_final() => {
                return Err(error).context(
                    "Discord does not say which application this is: look at discord.base_url",
                );
            }
            Err(error) => return Ok(Err(error)),
        };
        let commands = menu::commands(&self.menu, &self.texts, &application)?;
        let id = self.application_id(&application)?;
        let guilds = &self.config.guild_ids;
        match menu::register(&self.rest, id, guilds, &commands).await {
            Ok(()) => Ok(Ok(())),
            Err(error) if error.is_final() => {
                Err(error).context("Discord does not take the commands")
            }
            Err(error) => Ok(Err(error)),
        }
    }

    fn application_id<'a>(&self, application: &'a Application) -> anyhow::Result<&'a str> {
        match &self.config.application_id {
            Some(id) if *id != application.id => anyhow::bail!(
                "discord.application_id is {id}, and the token is of the application {}: one of them is wrong",
                application.id
            ),
            Some(_) | None => Ok(&application.id),
        }
    }

    fn invite(&self, application: &str) -> String {
        let mut url = self.config.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["oauth2", "authorize"]);
        }
        format!(
            "{url}?client_id={application}&scope=bot+applications.commands&permissions={}",
            limits::PERMISSIONS
        )
    }

    /// What is registered, against what should be.
    async fn check_commands(&self, application: &Application) -> CheckLine {
        let wanted = match menu::commands(&self.menu, &self.texts, application) {
            Ok(wanted) if wanted.is_empty() => {
                return CheckLine::missing("there is no command to offer: no provider is set up");
            }
            Ok(wanted) => wanted,
            Err(error) => return CheckLine::missing(error.to_string()),
        };
        let guild = self.config.guild_ids.first().map(String::as_str);
        match self.rest.commands(&application.id, guild).await {
            Err(error) => no_answer("which commands are registered", error),
            Ok(registered) => match menu::changes(&registered, &wanted).as_slice() {
                [] => CheckLine::good("the commands are registered as they should be"),
                changes => {
                    let changes: Vec<_> = changes.iter().map(ToString::to_string).collect();
                    CheckLine::note(format!(
                        "the next start will register: {}",
                        changes.join("; ")
                    ))
                }
            },
        }
    }
}

/// Discord does not say what was asked.
fn no_answer(what: &str, error: RestError) -> CheckLine {
    let error = anyhow::Error::from(error);
    CheckLine::missing(format!(
        "Discord does not say {what}: {error:#}; check discord.base_url and the network"
    ))
}

fn of_gateway(gateway: &Gateway) -> CheckLine {
    let left = gateway.session_start_limit.remaining;
    let wanted = match gateway.shards {
        0 | 1 => "one connection".to_owned(),
        shards => format!("{shards} connections"),
    };
    let told = format!("the gateway wants {wanted}; {left} sessions can still be started today");
    if left == 0 {
        CheckLine::missing(format!("{told}, so the bot would wait until tomorrow"))
    } else {
        CheckLine::good(told)
    }
}

#[async_trait]
impl ChatPlatform for Discord {
    async fn listen(
        self: Arc<Self>,
        intake: Intake,
        shutdown: CancellationToken,
    ) -> anyhow::Result<()> {
        self.register(&shutdown).await?;
        let tasks = TaskTracker::new();
        let inbound = Inbound {
            rest: self.rest.clone(),
            intake,
            texts: self.texts.clone(),
            clock: Arc::clone(&self.clock),
            acknowledging: self.acknowledging.clone(),
            ages: Arc::default(),
            tasks: tasks.clone(),
        };
        let ended = self.connection.keep(&inbound, &shutdown).await;
        tasks.close();
        if tokio::time::timeout(LAST_ANSWERS, tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some answers were still on their way when the bot stopped");
        }
        ended
    }

    async fn check(&self) -> Vec<CheckLine> {
        let mut lines = Vec::new();
        if !self.config.is_real() {
            let host = self.config.base_url.host_str().unwrap_or_default();
            lines.push(CheckLine::note(format!(
                "discord.base_url leads to {host}, not to the real Discord"
            )));
        }
        let application = match self.rest.application().await {
            Ok(application) => application,
            Err(RestError::Refused { status: 401, .. }) => {
                lines.push(CheckLine::missing(WRONG_TOKEN));
                return lines;
            }
            Err(error) => {
                lines.push(no_answer("which application this is", error));
                return lines;
            }
        };
        match self.application_id(&application) {
            Ok(id) => lines.push(CheckLine::good(format!(
                "Discord knows this bot as {} ({id})",
                application.name
            ))),
            Err(error) => lines.push(CheckLine::missing(error.to_string())),
        }
        match self.rest.gateway().await {
            Ok(gateway) => lines.push(of_gateway(&gateway)),
            Err(error) => lines.push(no_answer("where its gateway is", error)),
        }
        lines.push(self.check_commands(&application).await);
        let invite = self.invite(&application.id);
        lines.push(CheckLine::note(format!("invite the bot with {invite}")));
        lines
    }

    fn is_ready(&self) -> bool {
        self.sessions.is_ready()
    }
}

#[async_trait]
impl Deliverer for Discord {
    fn platform(&self) -> &PlatformId {
        self.outbound.platform()
    }

    fn public_address(&self, source: &str) -> Option<AssetUrl> {
        self.outbound.public_address(source)
    }

    async fn fetch_input(
        &self,
        source: &str,
        sink: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<(), InputError> {
        self.outbound.fetch_input(source, sink).await
    }

    async fn show_status(
        &self,
        job: &Job,
        update: &StatusUpdate,
    ) -> Result<Option<Receipt>, DeliveryError> {
        self.outbound.show_status(job, update).await
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        self.outbound.deliver(delivery).await
    }
}
