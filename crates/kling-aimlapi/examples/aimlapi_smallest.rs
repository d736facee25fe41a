//! One picture from one picture: `cargo run -p kling-aimlapi --example aimlapi_smallest -- boat.png "made of glass"`.
//!
//! The key comes from `AIMLAPI_API_KEY`. With `--base-url http://127.0.0.1:4700/aimlapi` in front it talks to an
//! emulator, where any key will do.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use bytes::Bytes;
use kling_aimlapi::{AimlApi, Config, DEFAULT_KEY_ENV};
use kling_core::{
    Asset, Clock as _, GenerationRequest, ModelId, Operation, OutputSource, Prompt, Provider as _,
    Secret, Submission, SubmissionKey, SystemClock,
};
use kling_http::{Url, sniff};

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
    let [path, prompt] = words.as_slice() else {
        return Err("usage: aimlapi_smallest [--base-url URL] PICTURE PROMPT".into());
    };
    let key = Secret::new(key).ok_or("set AIMLAPI_API_KEY to your key")?;
    let provider = AimlApi::new(config, key)?;

    let model = ModelId::parse("klingai/image-o1")?;
    let prompt = Prompt::new(prompt)?;
    let mut request = GenerationRequest::new(model, Operation::ImageToImage, prompt);
    request.images.push(picture(std::fs::read(path)?.into())?);

    let key = SubmissionKey::parse(format!("smallest-{}", SystemClock.now().as_millis()))?;
    let Submission::Finished(output) = provider.submit(&request, &key).await? else {
        return Err("this model answers at once".into());
    };
    for asset in &output.assets {
        match &asset.source {
            OutputSource::Url(url) => println!("{}", url.expose()),
            OutputSource::Inline(bytes) => println!("a picture of {} bytes", bytes.len()),
        }
    }
    if let Some(cost) = output.cost {
        println!("charged {}", cost.amount);
    }
    Ok(())
}

fn picture(bytes: Bytes) -> Result<Asset, Box<dyn Error>> {
    let facts = sniff::inspect(&bytes).ok_or("not a picture that can be sent")?;
    let info = facts.info(bytes.len() as u64);
    Ok(Asset::from_bytes(info, bytes))
}
