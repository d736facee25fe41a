//! A video from words, with a bar that follows the task's own stream:
//! `cargo run -p kling-inferencesh --example inferencesh_progress -- "a paper boat drifts out to sea"`.
//!
//! The key comes from `INFERENCE_API_KEY`. With `--base-url http://127.0.0.1:4700/inferencesh` in front it talks to
//! an emulator, where any key will do.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use std::error::Error;
use std::time::Instant;

use futures::StreamExt as _;
use kling_core::{
    Clock as _, GenerationRequest, ModelId, Operation, Output, OutputSource, Prompt, Provider as _,
    Secret, Submission, SubmissionKey, SystemClock, TaskEvent, TaskStatus,
};
use kling_http::Url;
use kling_inferencesh::{Config, DEFAULT_KEY_ENV, InferenceSh};

/// How many characters the bar has.
const WIDTH: usize = 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let provider = provider(&mut words)?;
    let [prompt] = words.as_slice() else {
        return Err("usage: inferencesh_progress [--base-url URL] PROMPT".into());
    };
    let model = ModelId::parse("klingai/video-o1")?;
    let request = GenerationRequest::new(model, Operation::TextToVideo, Prompt::new(prompt)?);
    let key = SubmissionKey::parse(format!("progress-{}", SystemClock.now().as_millis()))?;
    let typical = provider
        .models()
        .iter()
        .find(|info| info.id == request.model && info.operation() == request.operation)
        .map_or(180.0, |info| info.pace.typical.as_secs_f64());

    let task = match provider.submit(&request, &key).await? {
        Submission::Finished(output) => {
            show(&output);
            return Ok(());
        }
        Submission::Started(task) => task,
    };
    eprintln!("resume with: {task}");
    let started = Instant::now();
    let mut events = provider.watch(&task).ok_or("watching is off")?;
    let mut told = "queued";
    loop {
        // The vendor gives no percentage, so the bar is the time against the usual time.
        let share = (started.elapsed().as_secs_f64() / typical).min(0.99);
        bar(told, share);
        let second = std::time::Duration::from_secs(1);
        let Ok(event) = tokio::time::timeout(second, events.next()).await else {
            continue;
        };
        match event.ok_or("the stream ended too early")?? {
            TaskEvent::Status(TaskStatus::Queued { .. }) => told = "queued",
            TaskEvent::Status(TaskStatus::Running { .. }) => told = "running",
            TaskEvent::Status(TaskStatus::Succeeded(output)) => {
                bar("done", 1.0);
                eprintln!();
                show(&output);
                return Ok(());
            }
            TaskEvent::Status(TaskStatus::Failed(failure)) => {
                return Err(format!("{failure:?}").into());
            }
            TaskEvent::Status(TaskStatus::Cancelled) => return Err("it was cancelled".into()),
            TaskEvent::Partial(files) => eprintln!("\n{} ready before the rest", files.len()),
        }
    }
}

fn bar(told: &str, share: f64) {
    let full = (1..=WIDTH)
        .filter(|&cell| f64::from(u8::try_from(cell).unwrap_or(u8::MAX)) <= share * 30.0)
        .count();
    eprint!(
        "\r{told:>8} [{}{}]",
        "#".repeat(full),
        ".".repeat(WIDTH - full)
    );
}

fn show(output: &Output) {
    for asset in &output.assets {
        if let OutputSource::Url(url) = &asset.source {
            println!("{}", url.expose());
        }
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
