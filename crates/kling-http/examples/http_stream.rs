//! Server-sent events, resumed after the last one whenever the connection breaks off:
//! `cargo run -p kling-http --example http_stream -- URL` prints each until one is named `done`.
#![expect(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::time::Duration;

use kling_http::{Client, ClientOptions, SseDecoder, SseItem, StreamRequest, Url};

/// The longest event that is kept.
const MAX_EVENT_BYTES: usize = 64 * 1024;
/// The longest silence; servers send comments in between.
const IDLE: Duration = Duration::from_secs(30);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [url] = words.as_slice() else {
        return Err("usage: http_stream URL".into());
    };
    let url = Url::parse(url)?;
    let client = Client::new(ClientOptions::default())?;
    let mut last_id: Option<String> = None;
    let mut pause = Duration::from_secs(2);
    loop {
        let mut request = StreamRequest::get(url.clone()).header("accept", "text/event-stream");
        if let Some(id) = &last_id {
            request = request.header("last-event-id", id);
        }
        let mut reply = client.stream(request).await?;
        if !reply.is_success() {
            return Err(format!("the server answered {}", reply.status).into());
        }
        let mut events = SseDecoder::new(MAX_EVENT_BYTES);
        // An end, an error and a silence that is too long are one thing here: the connection is of no more use.
        while let Ok(Ok(Some(bytes))) = tokio::time::timeout(IDLE, reply.body.chunk()).await {
            events.push(&bytes);
            while let Some(item) = events.next_item() {
                match item {
                    SseItem::Event(event) => {
                        println!("{}: {}", event.name, event.data);
                        if event.name == "done" {
                            return Ok(());
                        }
                    }
                    SseItem::Comment => {}
                    SseItem::TooLong => println!("an event was too long"),
                }
            }
        }
        last_id = events.last_id().map(str::to_owned).or(last_id);
        pause = events.retry().unwrap_or(pause);
        println!("again after {}", last_id.as_deref().unwrap_or("nothing"));
        tokio::time::sleep(pause).await;
    }
}
