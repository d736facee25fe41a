//! A running bot: everything set up, started, and stopped again.

use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail};
use kling_core::SystemClock;
use kling_engine::{Deliverer, Engine};
use kling_http::{Client, ClientOptions};
use kling_providers::Catalogue;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::assemble::{Assembled, assemble};
use super::check::no_provider;
use super::{DONE, FAILED, HURRIED};
use crate::config::{Config, Listen};
use crate::health::Probe;
use crate::platform::{ChatPlatform, PlatformContext, PlatformPlugin};
use crate::server::Server;
use crate::server::files::Files;
use crate::{Intake, Menu, Texts};

/// Runs until a signal, or until it cannot go on; gives the exit code.
pub(super) async fn serve<P: PlatformPlugin>(
    name: &'static str,
    plugin: P,
    config: Config<P::Config>,
) -> anyhow::Result<u8> {
    serve_until(Signals::listen()?, name, plugin, config).await
}

/// As [`serve`], with somebody else's signals.
pub(super) async fn serve_until<P: PlatformPlugin>(
    mut signals: Signals,
    name: &'static str,
    plugin: P,
    config: Config<P::Config>,
) -> anyhow::Result<u8> {
    let lacking: Vec<String> = config
        .missing
        .iter()
        .map(ToString::to_string)
        .chain(no_provider(&config.providers).map(|line| line.text))
        .collect();
    if !lacking.is_empty() {
        bail!("{}", lacking.join("\n  "));
    }
    let bot = tokio::select! {
        bot = Bot::set_up(name, plugin, config) => bot?,
        () = signals.next() => return Ok(DONE),
    };
    Ok(bot.run(signals).await)
}

/// What a platform is given, for a bot with these settings.
pub(super) fn context_of<C>(
    config: &Config<C>,
    catalogue: &Arc<Catalogue>,
) -> anyhow::Result<PlatformContext> {
    Ok(PlatformContext {
        menu: Menu::of(catalogue),
        texts: Texts::builtin()?,
        client: Client::new(ClientOptions {
            base_policy: config.platform_policy,
            ..ClientOptions::default()
        })?,
        catalogue: Arc::clone(catalogue),
        clock: Arc::new(SystemClock),
        max_input_bytes: config.archive.max_input_size,
    })
}

struct Bot {
    engine: Engine,
    platform: Arc<dyn ChatPlatform>,
    intake: Intake,
    server: Option<(Server, Probe, Option<Files>)>,
    stop: CancellationToken,
}

impl Bot {
    async fn set_up<P: PlatformPlugin>(
        name: &'static str,
        plugin: P,
        config: Config<P::Config>,
    ) -> anyhow::Result<Self> {
        let Assembled { builder, files, .. } = assemble(&config).await?;
        let catalogue = Arc::new(Catalogue::new(
            config
                .providers
                .iter()
                .filter_map(|settings| settings.provider.clone()),
        ));
        let server = match config.server.listen {
            Listen::None => None,
            Listen::At(address) => Some(Server::bind(address).await?),
        };
        let context = context_of(&config, &catalogue)?;
        let max_input_bytes = config.archive.max_input_size;
        let platform = plugin
            .connect(config.platform, config.secrets, context)
            .await?;
        let platform = Arc::new(platform);
        let deliverer: Arc<dyn Deliverer> = Arc::clone(&platform) as _;
        let engine = builder.deliverer(deliverer).build()?;
        let stop = CancellationToken::new();
        let probe = Probe {
            engine: engine.clone(),
            platform: Arc::clone(&platform) as _,
            providers: catalogue
                .providers()
                .iter()
                .map(|provider| provider.id().to_string())
                .collect(),
        };
        tracing::info!(
            platform = P::NAME,
            providers = probe.providers.join(","),
            store = config.store.shown(),
            "set up {name} {}",
            env!("CARGO_PKG_VERSION")
        );
        Ok(Self {
            intake: Intake::new(engine.clone(), catalogue, max_input_bytes, stop.clone()),
            engine,
            platform,
            server: server.map(|server| (server, probe, files)),
            stop,
        })
    }

    async fn run(self, mut signals: Signals) -> u8 {
        let Self {
            engine,
            platform,
            intake,
            server,
            stop,
        } = self;
        let serving = server.map(|(server, probe, files)| {
            if let Some(address) = server.address() {
                tracing::info!(%address, "serving health at http://{address}/");
            }
            tokio::spawn(server.serve(probe, files, stop.clone()))
        });
        let working = tokio::spawn({
            let stop = stop.clone();
            async move { engine.run(stop).await }
        });
        let listening = tokio::spawn({
            let stop = stop.clone();
            async move {
                let heard = platform.listen(intake, stop.clone()).await;
                let early = !stop.is_cancelled();
                // Without anybody to listen to, there is nothing to run for.
                stop.cancel();
                match heard {
                    Err(error) => Err(error),
                    Ok(()) if early => Err(anyhow!("the platform stopped listening")),
                    Ok(()) => Ok(()),
                }
            }
        });
        tokio::select! {
            () = signals.next() => tracing::info!("stopping: what is on its way is finished first"),
            () = stop.cancelled() => {}
        }
        stop.cancel();
        let drained = async {
            let listened = listening.await;
            let worked = working.await;
            if let Some(serving) = serving {
                drop(serving.await);
            }
            (listened, worked)
        };
        tokio::select! {
            (listened, worked) = drained => {
                let listened = listened.map_err(anyhow::Error::from).flatten();
                if let Err(error) = &listened {
                    tracing::error!("the bot cannot go on: {error:#}");
                }
                if let Err(error) = &worked {
                    tracing::error!(error = error as &dyn std::error::Error, "the engine broke");
                }
                if listened.is_ok() && worked.is_ok() {
                    tracing::info!("stopped");
                    DONE
                } else {
                    FAILED
                }
            }
            () = signals.next() => {
                tracing::warn!("stopping at once: what was on its way is taken up at the next start");
                HURRIED
            }
        }
    }
}

/// SIGTERM and SIGINT, from the moment they are listened to; whoever sends stands for them.
pub(super) struct Signals(pub(super) mpsc::Receiver<()>);

impl Signals {
    fn listen() -> anyhow::Result<Self> {
        let (tell, heard) = mpsc::channel(2);
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            let mut signal = signal(kind).context("signals cannot be listened to")?;
            let tell = tell.clone();
            tokio::spawn(async move {
                while signal.recv().await.is_some() {
                    // More than two that nobody has heeded yet say nothing new.
                    let _unheeded = tell.try_send(());
                }
            });
        }
        Ok(Self(heard))
    }

    async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
