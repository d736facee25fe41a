//! A video after a restart: a run that is stopped loses nothing, for another one takes its task up again.
//!
//! `cargo run -p kling-aimlapi --example aimlapi_resume -- boat.png "the boat sails away"` prints the task's handle
//! and waits. Stop it (Ctrl-C, or harder), then `cargo run -p kling-aimlapi --example aimlapi_resume -- aimlapi.1.…`.
//!
//! The key comes from `AIMLAPI_API_KEY`; with `--base-url http://127.0.0.1:4700/aimlapi` in front any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use bytes::Bytes;
use kling_aimlapi::{AimlApi, Config, DEFAULT_KEY_ENV};
use kling_core::{
    Asset, Clock as _, GenerationRequest, ModelId, Operation, Output, OutputSource, Prompt,
    Provider as _, Secret, Submission, SubmissionKey, SystemClock, TaskHandle, TaskStatus,
};
use kling_http::{Url, sniff};

const MODEL: ModelId = ModelId::literal("klingai/video-o1-image-to-video");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut config = Config::default();
    if words.first().is_some_and(|word| word == "--base-url") && words.len() > 1 {
        config.base_url = Url::parse(&words.remove(1))?;
        words.remove(0);
    }
    let mut key = std::env::var(DEFAULT_KEY_ENV).unwrap_or_default();
    if key.is_empty() && config.is_loopback() {
        "any".clone_into(&mut key);
    }
    let key = Secret::new(key).ok_or("set AIMLAPI_API_KEY to your key")?;
    let provider = AimlApi::new(config, key)?;

    let (path, prompt) = match words.as_slice() {
        [handle] => return finish(&provider, &TaskHandle::parse(handle)?).await,
        [path, prompt] => (path, prompt),
        _ => return Err("usage: aimlapi_resume [--base-url URL] PICTURE PROMPT | HANDLE".into()),
    };
    let mut request = GenerationRequest::new(MODEL, Operation::ImageToVideo, Prompt::new(prompt)?);
    request.first_frame = Some(picture(std::fs::read(path)?.into())?);
    let key = SubmissionKey::parse(format!("resume-{}", SystemClock.now().as_millis()))?;
    match provider.submit(&request, &key).await? {
        Submission::Started(task) => {
            // A real program stores this before it does anything else.
            println!("{task}");
            finish(&provider, &task).await
        }
        Submission::Finished(output) => {
            show(&output);
            Ok(())
        }
    }
}

/// Waits for a task that this process started, or another one.
async fn finish(provider: &AimlApi, task: &TaskHandle) -> Result<(), Box<dyn Error>> {
    let entry = provider.models().iter().find(|entry| entry.id == MODEL);
    let pace = entry.ok_or("the model is in the catalogue")?.pace;
    loop {
        match provider.status(task).await {
            Ok(TaskStatus::Succeeded(output)) => {
                show(&output);
                return Ok(());
            }
            Ok(TaskStatus::Failed(failure)) => return Err(format!("it failed: {failure:?}").into()),
            Ok(TaskStatus::Cancelled) => return Err("it was cancelled".into()),
            Ok(TaskStatus::Queued { .. } | TaskStatus::Running { .. }) => {}
            // Looking is free, so what passes is waited out.
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error.into()),
        }
        tokio::time::sleep(pace.poll_every).await;
    }
}

fn show(output: &Output) {
    for asset in &output.assets {
        if let OutputSource::Url(url) = &asset.source {
            println!("{}", url.expose());
        }
    }
    if let Some(cost) = output.cost {
        println!("charged {}", cost.amount);
    }
}

fn picture(bytes: Bytes) -> Result<Asset, Box<dyn Error>> {
    let facts = sniff::inspect(&bytes).ok_or("not a picture that can be sent")?;
    let info = facts.info(bytes.len() as u64);
    Ok(Asset::from_bytes(info, bytes))
}
