//! The store, the archive and the engine as the configuration has them; who delivers is added by the caller.

use std::sync::Arc;

use anyhow::Context as _;
use kling_core::{Clock, SystemClock};
use kling_engine::{Archive, ArchiveLimits, BucketOptions, Engine, EngineBuilder, Options, Store};

use super::store;
use crate::config::Config;
use crate::server::files::Files;

/// An engine to be, and what is served beside it.
pub(super) struct Assembled {
    pub(super) store: Arc<dyn Store>,
    pub(super) builder: EngineBuilder,
    /// The archive's files, where they have public addresses.
    pub(super) files: Option<Files>,
}

/// Opens the store and the archive, and begins an engine on them with every provider that has a key.
///
/// # Errors
///
/// When one of them cannot be opened; another process may hold the store.
pub(super) async fn assemble<C>(config: &Config<C>) -> anyhow::Result<Assembled> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = store::open(&config.store).await?;
    let archive = open_archive(config).await?;
    let mut builder = Engine::builder(Arc::clone(&store), archive.clone())
        .clock(Arc::clone(&clock))
        .options(options(config));
    let mut files = None;
    if let Some(base) = &config.archive.public_base_url {
        let links = archive.links(base.clone()).await?;
        builder = builder.links(links.clone());
        files = Some(Files {
            archive,
            links,
            clock,
        });
    }
    for settings in &config.providers {
        if let Some(provider) = &settings.provider {
            builder = builder.provider_with(Arc::clone(provider), settings.downloader()?);
        }
    }
    Ok(Assembled {
        store,
        builder,
        files,
    })
}

async fn open_archive<C>(config: &Config<C>) -> anyhow::Result<Archive> {
    let settings = &config.archive;
    let limits = ArchiveLimits {
        total_bytes: settings.max_size,
        free_bytes: settings.min_free,
    };
    if let Some(bucket) = &config.bucket {
        let options = BucketOptions {
            bucket: bucket.bucket.clone(),
            prefix: bucket.prefix.clone(),
            endpoint: settings.endpoint.clone(),
            region: settings.region.clone(),
            path_style: settings.is_path_style(),
            access_key_id: bucket.access_key_id.clone(),
            secret_access_key: bucket.secret_access_key.clone(),
            session_token: bucket.session_token.clone(),
            policy: bucket.policy,
            work_folder: config.store.state_folder.join("files"),
        };
        let (name, host) = (&bucket.bucket, settings.host());
        return Archive::open_bucket(&options, limits)
            .await
            .with_context(|| format!("the bucket {name} at {host} cannot be opened"));
    }
    let folder = settings.url.clone();
    let folder = folder.unwrap_or_else(|| config.store.folder_beside());
    Archive::open(&folder, limits)
        .await
        .with_context(|| format!("the files' folder {folder} cannot be opened"))
}

fn options<C>(config: &Config<C>) -> Options {
    let jobs = &config.jobs;
    Options {
        limits: config.limits.clone(),
        drift_alarm_percent: config.drift_alarm_percent,
        submissions_per_provider: jobs.submissions_per_provider as usize,
        status_every: jobs.status_every,
        input_max_bytes: config.archive.max_input_size,
        expire_after: jobs.expire_after,
        retention: jobs.retention,
        input_retention: jobs.input_retention,
        drain_timeout: jobs.drain_timeout,
        lease: jobs.lease,
        ..Options::default()
    }
}
