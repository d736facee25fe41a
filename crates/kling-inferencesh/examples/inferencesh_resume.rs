//! A result after a restart, as a file: a run that is stopped loses nothing, for another one takes its task up again.
//!
//! `cargo run -p kling-inferencesh --example inferencesh_resume -- "a paper boat" boat.png` prints the task's handle and
//! waits. Stop it (Ctrl-C, or harder), then
//! `cargo run -p kling-inferencesh --example inferencesh_resume -- inferencesh.2.… boat.png`.
//!
//! The key comes from `INFERENCE_API_KEY`. With `--base-url http://127.0.0.1:4700/inferencesh` in front it talks to
//! an emulator, where any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use futures::StreamExt as _;
use kling_core::{
    Clock as _, GenerationRequest, ModelId, Operation, OutputSource, Prompt, Provider as _, Secret,
    Submission, SubmissionKey, SystemClock, TaskEvent, TaskHandle, TaskStatus,
};
use kling_http::{DownloadOptions, Downloader, Guard, Url};
use kling_inferencesh::{Config, DEFAULT_KEY_ENV, InferenceSh};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let provider = provider(&mut words)?;
    let [wish, path] = words.as_slice() else {
        return Err("usage: inferencesh_resume [--base-url URL] PROMPT|HANDLE FILE".into());
    };
    let task = if wish.starts_with("inferencesh.") {
        TaskHandle::parse(wish)?
    } else {
        start(&provider, wish).await?
    };
    // A real program stores this before it does anything else.
    println!("{task}");

    // A handle that is not ours is refused here, before anything waits.
    provider.status(&task).await?;
    let mut events = provider.watch(&task).ok_or("watching is off")?;
    let output = loop {
        match events.next().await.ok_or("the stream ended too early")?? {
            TaskEvent::Status(TaskStatus::Succeeded(output)) => break output,
            TaskEvent::Status(TaskStatus::Failed(failure)) => {
                return Err(format!("{failure:?}").into());
            }
            TaskEvent::Status(TaskStatus::Cancelled) => return Err("it was cancelled".into()),
            TaskEvent::Status(status) => println!("{status:?}"),
            TaskEvent::Partial(_) => {}
        }
    };

    let Some(OutputSource::Url(url)) = output.assets.first().map(|asset| &asset.source) else {
        return Err("there is no address to fetch from".into());
    };
    let guard = Guard::for_base(&provider.config().base_url);
    let downloader = Downloader::new(DownloadOptions::default(), guard)?;
    let mut bytes = Vec::new();
    let file = downloader.fetch(url, &mut bytes).await?;
    std::fs::write(path, &bytes)?;
    println!(
        "{path}: {} of {} bytes",
        file.media_type.name(),
        bytes.len()
    );
    Ok(())
}

/// Starts a task. This costs money, and is sent once.
async fn start(provider: &InferenceSh, prompt: &str) -> Result<TaskHandle, Box<dyn Error>> {
    let model = ModelId::parse("klingai/image-o1")?;
    let request = GenerationRequest::new(model, Operation::TextToImage, Prompt::new(prompt)?);
    let key = SubmissionKey::parse(format!("resume-{}", SystemClock.now().as_millis()))?;
    match provider.submit(&request, &key).await? {
        Submission::Started(task) => Ok(task),
        Submission::Finished(_) => Err("it was done at once".into()),
    }
}

/// The provider, with the base address and the key that the caller gave.
fn provider(words: &mut Vec<String>) -> Result<InferenceSh, Box<dyn Error>> {
    let mut config = Config::default();
    let mut key = std::env::var(DEFAULT_KEY_ENV).unwrap_or_default();
    if words.first().is_some_and(|word| word == "--base-url") && words.len() > 1 {
        config.base_url = Url::parse(&words.remove(1))?;
        words.remove(0);
        if config.is_loopback() && key.is_empty() {
            "any".clone_into(&mut key);
        }
    }
    let key = Secret::new(key).ok_or("set INFERENCE_API_KEY to your key")?;
    Ok(InferenceSh::new(config, key)?)
}
