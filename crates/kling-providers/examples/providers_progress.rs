//! A bar while a video is made and fetched, drawn from what the observer is told:
//! `cargo run -p kling-providers --example providers_progress -- "a paper boat drifts out to sea"`.
//!
//! The key comes from `INFERENCE_API_KEY`. With `--base-url http://127.0.0.1:4700/inferencesh` in front it talks to
//! an emulator, where any key will do.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use std::error::Error;
use std::time::{Duration, Instant};

use kling_core::{
    Clock as _, GenerationRequest, Operation, Prompt, Secret, SubmissionKey, SystemClock,
    TaskEvent, TaskStatus,
};
use kling_http::{DownloadOptions, Downloader, Guard};
use kling_providers::{
    Catalogue, Destination, GenerateOptions, Progress, ProviderExt as _, Registry, is_local, toml,
};
use tokio::sync::watch;

/// How many characters the bar has.
const WIDTH: usize = 30;

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
        return Err("usage: providers_progress [--base-url URL] PROMPT".into());
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
    let wish = GenerationRequest::new(Catalogue::UNCHOSEN, Operation::TextToVideo, prompt);
    let choice = catalogue.choose(&wish, None)?;
    let typical = choice.entry.info.pace.typical.as_secs_f64();

    // The observer only writes down how far it is; what draws looks there.
    let (step, seen) = watch::channel("submitting");
    let downloader = Downloader::new(DownloadOptions::default(), guard)?;
    let options =
        GenerateOptions::new(downloader, Destination::Memory).observed_by(move |progress| {
            step.send_replace(name(progress));
        });
    let key = SubmissionKey::parse(format!("progress-{}", SystemClock.now().as_millis()))?;

    let started = Instant::now();
    let mut redraw = tokio::time::interval(Duration::from_millis(200));
    let provider = &choice.entry.provider;
    let mut generation = provider.generate(&choice.request, &key, &options);
    let generated = loop {
        tokio::select! {
            ended = &mut generation => break ended?,
            _ = redraw.tick() => {
                // Most vendors give no percentage, so the bar is the time against the usual time.
                let share = started.elapsed().as_secs_f64() / typical;
                draw(*seen.borrow(), share.min(0.99));
            }
        }
    };
    draw("done", 1.0);
    eprintln!();
    for file in &generated.files {
        println!("{} of {} bytes", file.media_type.name(), file.size_bytes);
    }
    Ok(())
}

fn name(progress: Progress<'_>) -> &'static str {
    match progress {
        Progress::Submitted(handle) => {
            eprintln!("resume with: {handle}");
            "submitted"
        }
        Progress::Event(TaskEvent::Status(TaskStatus::Queued { .. })) => "queued",
        Progress::NotSubmitted(_) => "not accepted",
        Progress::Event(_) => "running",
        Progress::Fetching { .. } => "fetching",
        Progress::Part { step, .. } => name(*step),
    }
}

fn draw(step: &str, share: f64) {
    let full = (1..=WIDTH)
        .filter(|&cell| f64::from(u8::try_from(cell).unwrap_or(u8::MAX)) <= share * 30.0)
        .count();
    let bar = "#".repeat(full) + &".".repeat(WIDTH - full);
    eprint!("\r{step:>10} [{bar}]");
}
