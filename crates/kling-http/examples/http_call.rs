//! One call, and which road is left when it does not go well: `cargo run -p kling-http --example http_call -- URL`.
//!
//! Plain http goes to this machine only, for example to an emulator: `http://127.0.0.1:4700/_emulator/clock`.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;

use kling_http::{Call, Client, ClientOptions, Request, Url, classify};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url] = words.as_slice() else {
        return Err("usage: http_call URL".into());
    };
    let client = Client::new(ClientOptions::default())?;

    // What costs money would be `Request::post(…).bearer(&key).json(&…)` and `Call::Submission`.
    let request = Request::get(Url::parse(url)?);
    let answer = client.send(request, Call::Read).await;
    let error = match answer {
        Ok(reply) if reply.is_success() => {
            let what = reply.content_type().unwrap_or("of no type");
            println!("{}: {} bytes, {what}", reply.status, reply.body.len());
            return Ok(());
        }
        Ok(reply) => classify::refusal(&reply, Call::Read),
        Err(error) => error,
    };
    println!("{:?}, again: {}", error.kind(), error.is_retryable());
    Err(error.into())
}
