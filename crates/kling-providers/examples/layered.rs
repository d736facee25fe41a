//! Five pictures at once from words, with limits around the provider:
//! `cargo run -p kling-providers --example layered -- "a paper boat"`.
//!
//! The key comes from `INFERENCE_API_KEY`. With `--base-url http://127.0.0.1:4700/inferencesh` in front it talks to
//! an emulator, where any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

use kling_core::{
    Clock as _, GenerationRequest, Operation, Prompt, Provider, Secret, SubmissionKey, SystemClock,
};
use kling_http::{DownloadOptions, Downloader, Guard};
use kling_providers::layers::{Concurrency, Layers as _, RateLimit, Timeout, Traced};
use kling_providers::{
    Catalogue, Destination, GenerateOptions, ProviderExt as _, Registry, is_local, toml,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut settings = toml::Table::new();
    let mut guard = Guard::public_only();
    if words.first().is_some_and(|word| word == "--base-url") && words.len() > 1 {
        let base_url = words.remove(1);
        words.remove(0);
        guard = Guard::for_base(&base_url.parse()?);
        settings.insert("base_url".to_owned(), base_url.into());
    }
    let [prompt] = words.as_slice() else {
        return Err("usage: layered [--base-url URL] PROMPT".into());
    };
    let registry = Registry::builtin();
    let mut key = std::env::var(registry.plugin("inferencesh")?.key_env()).unwrap_or_default();
    if key.is_empty() && is_local(&settings) {
        "any".clone_into(&mut key);
    }
    let key = Secret::new(key).ok_or("set INFERENCE_API_KEY to your key")?;

    let provider: Arc<dyn Provider> = registry
        .build("inferencesh", settings, key)?
        .with(Concurrency::of(2))
        .with(RateLimit::per_second(5).burst(2))
        .with(Timeout::of_looks(Duration::from_secs(20)))
        .with(Traced);

    let catalogue = Catalogue::new([provider]);
    let prompt = Prompt::new(prompt)?;
    let wish = GenerationRequest::new(Catalogue::UNCHOSEN, Operation::TextToImage, prompt);
    let choice = catalogue.choose(&wish, None)?;
    let downloader = Downloader::new(DownloadOptions::default(), guard)?;
    let options = GenerateOptions::new(downloader, Destination::Memory);

    let started = Instant::now();
    let generations = (1..=5).map(async |number| {
        let key = SubmissionKey::parse(format!(
            "layered-{}-{number}",
            SystemClock.now().as_millis()
        ))?;
        let provider = &choice.entry.provider;
        let generated = provider.generate(&choice.request, &key, &options).await?;
        let bytes: u64 = generated.files.iter().map(|file| file.size_bytes).sum();
        println!("{number}: {bytes} bytes after {:.1?}", started.elapsed());
        Ok::<_, Box<dyn Error>>(())
    });
    futures::future::try_join_all(generations).await?;
    Ok(())
}
