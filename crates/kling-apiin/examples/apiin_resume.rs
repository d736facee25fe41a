//! A result after a restart: a run that is stopped loses nothing, for another one takes its task up again.
//!
//! `cargo run -p kling-apiin --example apiin_resume -- "a boat made of glass"` prints the task's handle and waits.
//! Stop it (Ctrl-C, or harder), then `cargo run -p kling-apiin --example apiin_resume -- apiin.1.…`.
//!
//! The key comes from `APIIN_API_KEY`; with `--base-url http://127.0.0.1:4700/apiin/api/v1` in front any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_apiin::{Apiin, Config, DEFAULT_KEY_ENV};
use kling_core::{
    Clock as _, GenerationRequest, ModelId, Operation, Output, OutputSource, Prompt, Provider as _,
    Secret, Submission, SubmissionKey, SystemClock, TaskHandle, TaskStatus,
};
use kling_http::Url;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut config = Config::default();
    let argument = match words.as_slice() {
        [argument] => argument,
        [option, base_url, argument] if option == "--base-url" => {
            config.base_url = Url::parse(base_url)?;
            argument
        }
        _ => return Err("usage: apiin_resume [--base-url URL] PROMPT|HANDLE".into()),
    };
    let mut key = std::env::var(DEFAULT_KEY_ENV).unwrap_or_default();
    if key.is_empty() && config.is_loopback() {
        "any".clone_into(&mut key);
    }
    let key = Secret::new(key).ok_or("set APIIN_API_KEY to your key")?;
    let provider = Apiin::new(config, key)?;

    if argument.starts_with("apiin.") {
        return finish(&provider, &TaskHandle::parse(argument)?).await;
    }

    let model = ModelId::parse("kling-image-o1")?;
    let request = GenerationRequest::new(model, Operation::TextToImage, Prompt::new(argument)?);
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
async fn finish(provider: &Apiin, task: &TaskHandle) -> Result<(), Box<dyn Error>> {
    let pace = provider.models()[0].pace;
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
}
