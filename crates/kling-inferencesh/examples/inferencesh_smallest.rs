//! One picture from words: `cargo run -p kling-inferencesh --example inferencesh_smallest -- "a paper boat"`.
//!
//! The key comes from `INFERENCE_API_KEY`. With `--base-url http://127.0.0.1:4700/inferencesh` in front it talks to
//! an emulator, where any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::time::Duration;

use kling_core::{
    Clock as _, GenerationRequest, ModelId, Operation, OutputSource, Prompt, Provider as _, Secret,
    Submission, SubmissionKey, SystemClock, TaskStatus,
};
use kling_http::Url;
use kling_inferencesh::{Config, DEFAULT_KEY_ENV, InferenceSh};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let provider = provider(&mut words)?;
    let [prompt] = words.as_slice() else {
        return Err("usage: inferencesh_smallest [--base-url URL] PROMPT".into());
    };

    let model = ModelId::parse("klingai/image-o1")?;
    let request = GenerationRequest::new(model, Operation::TextToImage, Prompt::new(prompt)?);
    let key = SubmissionKey::parse(format!("smallest-{}", SystemClock.now().as_millis()))?;

    let output = match provider.submit(&request, &key).await? {
        Submission::Finished(output) => output,
        Submission::Started(task) => loop {
            match provider.status(&task).await? {
                TaskStatus::Succeeded(output) => break output,
                TaskStatus::Failed(failure) => return Err(format!("{failure:?}").into()),
                TaskStatus::Cancelled => return Err("the task was cancelled".into()),
                TaskStatus::Queued { .. } | TaskStatus::Running { .. } => {
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        },
    };
    for asset in &output.assets {
        if let OutputSource::Url(url) = &asset.source {
            println!("{}", url.expose());
        }
    }
    if let Some(cost) = output.cost {
        println!("about {}", cost.amount);
    }
    Ok(())
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
