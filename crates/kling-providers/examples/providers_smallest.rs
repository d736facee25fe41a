//! One picture from words, as a file: `cargo run -p kling-providers --example providers_smallest -- "a paper boat"`.
//!
//! The key comes from `INFERENCE_API_KEY`. With `--base-url http://127.0.0.1:4700/inferencesh` in front it talks to
//! an emulator, where any key will do. A folder may follow the words.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_core::{
    Clock as _, GenerationRequest, Operation, Prompt, Secret, SubmissionKey, SystemClock,
};
use kling_http::{DownloadOptions, Downloader, Guard};
use kling_providers::{
    Catalogue, Destination, GenerateOptions, Place, ProviderExt as _, Registry, is_local, toml,
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
    let (prompt, folder) = match words.as_slice() {
        [prompt] => (prompt, "."),
        [prompt, folder] => (prompt, folder.as_str()),
        _ => return Err("usage: providers_smallest [--base-url URL] PROMPT [FOLDER]".into()),
    };
    let registry = Registry::builtin();
    let variable = registry.plugin("inferencesh")?.key_env();
    let mut key = std::env::var(variable).unwrap_or_default();
    if key.is_empty() && is_local(&settings) {
        "any".clone_into(&mut key);
    }
    let key = Secret::new(key).ok_or("set INFERENCE_API_KEY to your key")?;
    let catalogue = Catalogue::new([registry.build("inferencesh", settings, key)?]);

    let prompt = Prompt::new(prompt)?;
    let wish = GenerationRequest::new(Catalogue::UNCHOSEN, Operation::TextToImage, prompt);
    let choice = catalogue.choose(&wish, None)?;
    let downloader = Downloader::new(DownloadOptions::default(), guard)?;
    let options = GenerateOptions::new(downloader, Destination::Directory(folder.into()));
    // A service has an id of its own for what it was asked; every submission has another.
    let key = SubmissionKey::parse(format!("smallest-{}", SystemClock.now().as_millis()))?;

    // This costs money, and is sent once.
    let provider = &choice.entry.provider;
    let generated = provider.generate(&choice.request, &key, &options).await?;
    for file in &generated.files {
        if let Place::File(path) = &file.place {
            println!("{}", path.display());
        }
    }
    if let Some(cost) = generated.cost {
        println!("about {}", cost.amount);
    }
    Ok(())
}
