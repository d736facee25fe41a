//! A progress bar while a picture is made: `cargo run -p kling-apiin --example apiin_progress -- "a boat made of glass"`.
//!
//! The vendor tells no percentage, so the bar shows the time against the model's usual one. The key comes from
//! `APIIN_API_KEY`; with `--base-url http://127.0.0.1:4700/apiin/api/v1` in front any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use kling_apiin::{Apiin, Config, DEFAULT_KEY_ENV};
use kling_core::{
    Clock as _, GenerationRequest, ModelId, Operation, Output, OutputSource, Prompt, Provider,
    Secret, Submission, SubmissionKey, SystemClock, TaskHandle, TaskStatus,
};
use kling_http::Url;

const WIDTH: u32 = 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let mut config = Config::default();
    let prompt = match words.as_slice() {
        [prompt] => prompt,
        [option, base_url, prompt] if option == "--base-url" => {
            config.base_url = Url::parse(base_url)?;
            prompt
        }
        _ => return Err("usage: apiin_progress [--base-url URL] PROMPT".into()),
    };
    let mut key = std::env::var(DEFAULT_KEY_ENV).unwrap_or_default();
    if key.is_empty() && config.is_loopback() {
        "any".clone_into(&mut key);
    }
    let key = Secret::new(key).ok_or("set APIIN_API_KEY to your key")?;
    let provider = Apiin::new(config, key)?;

    let model = ModelId::parse("kling-image-o1")?;
    let request = GenerationRequest::new(model, Operation::TextToImage, Prompt::new(prompt)?);
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
    let pace = provider.models()[0].pace;
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

fn draw(step: &str, filled: u32) -> std::io::Result<()> {
    let bar: String = (0..WIDTH)
        .map(|cell| if cell < filled { '#' } else { '.' })
        .collect();
    print!("\r[{bar}] {step:<12}");
    std::io::stdout().flush()
}
