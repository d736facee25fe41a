//! One picture from words, and perhaps from pictures at public addresses:
//! `cargo run -p kling-apiin --example apiin_smallest -- "a boat made of glass" https://example.com/boat.png`.
//!
//! The key comes from `APIIN_API_KEY`. With `--base-url http://127.0.0.1:4700/apiin/api/v1` in front it talks to an
//! emulator, where any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_apiin::{Apiin, Config, DEFAULT_KEY_ENV};
use kling_core::{
    Asset, AssetInfo, AssetUrl, Clock as _, GenerationRequest, ModelId, Operation, Output,
    OutputSource, Prompt, Provider as _, Secret, Submission, SubmissionKey, SystemClock,
    TaskStatus,
};
use kling_http::{DownloadOptions, Downloader, Guard, Url};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let mut config = Config::default();
    let mut key = std::env::var(DEFAULT_KEY_ENV).unwrap_or_default();
    if words.first().is_some_and(|word| word == "--base-url") && words.len() > 1 {
        config.base_url = Url::parse(&words.remove(1))?;
        words.remove(0);
        if config.is_loopback() && key.is_empty() {
            "any".clone_into(&mut key);
        }
    }
    let Some((prompt, addresses)) = words.split_first() else {
        return Err("usage: apiin_smallest [--base-url URL] PROMPT [PICTURE_URL]...".into());
    };
    let key = Secret::new(key).ok_or("set APIIN_API_KEY to your key")?;
    let provider = Apiin::new(config, key)?;

    let operation = match addresses {
        [] => Operation::TextToImage,
        _ => Operation::ImageToImage,
    };
    let model = ModelId::parse("kling-image-o1")?;
    let mut request = GenerationRequest::new(model, operation, Prompt::new(prompt)?);
    for address in addresses {
        let picture = picture(address, &provider.config().base_url).await?;
        request.images.push(picture);
    }

    let key = SubmissionKey::parse(format!("smallest-{}", SystemClock.now().as_millis()))?;
    // This costs money, and is sent once.
    let output = match provider.submit(&request, &key).await? {
        Submission::Finished(output) => output,
        Submission::Started(task) => loop {
            let pace = provider.models()[0].pace;
            match provider.status(&task).await? {
                TaskStatus::Succeeded(output) => break output,
                TaskStatus::Queued { .. } | TaskStatus::Running { .. } => {
                    tokio::time::sleep(pace.poll_every).await;
                }
                TaskStatus::Failed(failure) => return Err(format!("it failed: {failure:?}").into()),
                TaskStatus::Cancelled => return Err("it was cancelled".into()),
            }
        },
    };
    show(&output);
    Ok(())
}

/// Looks at the picture before a cent is spent. Only its address is sent.
async fn picture(address: &str, base: &Url) -> Result<Asset, Box<dyn Error>> {
    let url = AssetUrl::parse(address)?;
    let downloader = Downloader::new(DownloadOptions::default(), Guard::for_base(base))?;
    let file = downloader.fetch(&url, &mut tokio::io::sink()).await?;
    let info = AssetInfo {
        media_type: file.media_type,
        size_bytes: file.size_bytes,
        dimensions: file.dimensions,
        duration: None,
        frame_rate: None,
    };
    Ok(Asset::from_url(info, url))
}

fn show(output: &Output) {
    for asset in &output.assets {
        match &asset.source {
            OutputSource::Url(url) => println!("{}", url.expose()),
            OutputSource::Inline(bytes) => println!("a picture of {} bytes", bytes.len()),
        }
    }
    if let Some(cost) = output.cost {
        println!("charged about {}", cost.amount);
    }
}
