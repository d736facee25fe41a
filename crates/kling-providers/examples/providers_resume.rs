//! A result after a restart: a run that is stopped loses nothing, for another one takes its task up again.
//!
//! `cargo run -p kling-providers --example providers_resume -- "a paper boat" out` prints the task's handle and waits.
//! Stop it (Ctrl-C, or harder), then
//! `cargo run -p kling-providers --example providers_resume -- inferencesh.2.… out`.
//!
//! The key comes from `INFERENCE_API_KEY`. With `--base-url http://127.0.0.1:4700/inferencesh` in front it talks to
//! an emulator, where any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_core::{
    Clock as _, GenerationRequest, Operation, Prompt, Secret, SubmissionKey, SystemClock,
    TaskHandle,
};
use kling_http::{DownloadOptions, Downloader, Guard};
use kling_providers::{
    Catalogue, Destination, GenerateOptions, Place, Progress, ProviderExt as _, Registry, is_local,
    toml,
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
    let [wish, folder] = words.as_slice() else {
        return Err("usage: providers_resume [--base-url URL] PROMPT|HANDLE FOLDER".into());
    };
    let registry = Registry::builtin();
    let variable = registry.plugin("inferencesh")?.key_env();
    let mut key = std::env::var(variable).unwrap_or_default();
    if key.is_empty() && is_local(&settings) {
        "any".clone_into(&mut key);
    }
    let key = Secret::new(key).ok_or("set INFERENCE_API_KEY to your key")?;
    let provider = registry.build("inferencesh", settings, key)?;

    let downloader = Downloader::new(DownloadOptions::default(), guard)?;
    let options = GenerateOptions::new(downloader, Destination::Directory(folder.into()))
        .observed_by(|progress| {
            // A real program stores this before it does anything else.
            if let Progress::Submitted(handle) = progress {
                println!("{handle}");
            }
        });

    let generated = if wish.starts_with("inferencesh.") {
        let handle = TaskHandle::parse(wish)?;
        provider.resume(&handle, &options).await?
    } else {
        let catalogue = Catalogue::new([provider]);
        let prompt = Prompt::new(wish)?;
        let wish = GenerationRequest::new(Catalogue::UNCHOSEN, Operation::TextToImage, prompt);
        let choice = catalogue.choose(&wish, None)?;
        let key = SubmissionKey::parse(format!("resume-{}", SystemClock.now().as_millis()))?;
        let provider = &choice.entry.provider;
        provider.generate(&choice.request, &key, &options).await?
    };
    for file in &generated.files {
        if let Place::File(path) = &file.place {
            println!("{}", path.display());
        }
    }
    Ok(())
}
