//! A progress bar while a video is made of a picture:
//! `cargo run -p kling-aimlapi --example aimlapi_progress -- boat.png "the boat sails away"`.
//!
//! The vendor tells no percentage, so the bar shows the time against the model's usual one. The key comes from
//! `AIMLAPI_API_KEY`; with `--base-url http://127.0.0.1:4700/aimlapi` in front any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use bytes::Bytes;
use kling_aimlapi::{AimlApi, Config, DEFAULT_KEY_ENV};
use kling_core::{
    Asset, Clock as _, GenerationRequest, ModelId, Operation, Output, OutputSource, Pace, Prompt,
    Provider, Secret, Submission, SubmissionKey, SystemClock, TaskHandle, TaskStatus,
};
use kling_http::{Url, sniff};

const MODEL: ModelId = ModelId::literal("klingai/video-o1-image-to-video");
const WIDTH: u32 = 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut config = Config::default();
    let (path, prompt) = match words.as_slice() {
        [path, prompt] => (path, prompt),
        [option, base_url, path, prompt] if option == "--base-url" => {
            config.base_url = Url::parse(base_url)?;
            (path, prompt)
        }
        _ => return Err("usage: aimlapi_progress [--base-url URL] PICTURE PROMPT".into()),
    };
    let mut key = std::env::var(DEFAULT_KEY_ENV).unwrap_or_default();
    if key.is_empty() && config.is_loopback() {
        "any".clone_into(&mut key);
    }
    let key = Secret::new(key).ok_or("set AIMLAPI_API_KEY to your key")?;
    let provider = AimlApi::new(config, key)?;

    let mut request = GenerationRequest::new(MODEL, Operation::ImageToVideo, Prompt::new(prompt)?);
    request.first_frame = Some(picture(std::fs::read(path)?.into())?);
    let key = SubmissionKey::parse(format!("progress-{}", SystemClock.now().as_millis()))?;
    let output = match provider.submit(&request, &key).await? {
        Submission::Finished(output) => output,
        Submission::Started(task) => watch(&provider, &task).await?,
    };

    for asset in &output.assets {
        if let OutputSource::Url(url) = &asset.source {
            println!("{}", url.expose());
        }
    }
    Ok(())
}

/// Looks at the task at the model's pace, and redraws the bar more often.
async fn watch(provider: &dyn Provider, task: &TaskHandle) -> Result<Output, Box<dyn Error>> {
    let pace = pace(provider)?;
    let started = Instant::now();
    let mut next_look = started;
    let mut step = "queued";
    while started.elapsed() < pace.give_up_after {
        if Instant::now() >= next_look {
            next_look = Instant::now() + pace.poll_every;
            match provider.status(task).await {
                Ok(TaskStatus::Queued { .. }) => step = "queued",
                Ok(TaskStatus::Running { .. }) => step = "running",
                Ok(TaskStatus::Succeeded(output)) => {
                    draw("done", WIDTH)?;
                    println!();
                    return Ok(output);
                }
                Ok(TaskStatus::Failed(failure)) => return Err(format!("\n{failure:?}").into()),
                Ok(TaskStatus::Cancelled) => return Err("\nit was cancelled".into()),
                Err(error) if error.is_retryable() => step = "asking again",
                Err(error) => return Err(error.into()),
            }
        }
        let share = started.elapsed().as_secs_f64() / pace.typical.as_secs_f64();
        // It never claims to be done before it is.
        let filled = (0..WIDTH - 1)
            .filter(|cell| f64::from(*cell) < share * f64::from(WIDTH))
            .count();
        draw(step, u32::try_from(filled)?)?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Err(format!("\nnot done yet; resume it with {task}").into())
}

fn pace(provider: &dyn Provider) -> Result<Pace, Box<dyn Error>> {
    let entry = provider.models().iter().find(|entry| entry.id == MODEL);
    Ok(entry.ok_or("the model is in the catalogue")?.pace)
}

fn draw(step: &str, filled: u32) -> std::io::Result<()> {
    let bar: String = (0..WIDTH)
        .map(|cell| if cell < filled { '#' } else { '.' })
        .collect();
    print!("\r[{bar}] {step:<12}");
    std::io::stdout().flush()
}

fn picture(bytes: Bytes) -> Result<Asset, Box<dyn Error>> {
    let facts = sniff::inspect(&bytes).ok_or("not a picture that can be sent")?;
    let info = facts.info(bytes.len() as u64);
    Ok(Asset::from_bytes(info, bytes))
}
