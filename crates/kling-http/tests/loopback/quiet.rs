//! Errors, `Debug` and logs keep keys, paths, queries and bodies to themselves.

use std::io::Write;
use std::sync::{Arc, Mutex};

use kling_core::Secret;
use kling_http::{Call, DownloadOptions, Downloader, Guard, Request, classify};
use tracing_subscriber::fmt::format::FmtSpan;

use crate::server::{Raw, client, reply};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_private_reaches_a_log_or_an_error() {
    let logs = Captured::default();
    let writer = logs.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::CLOSE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let key = Secret::new("key-words").unwrap();
    let answering = Raw::answering(reply("500 Oops", "", "body-words")).await;
    let closing = Raw::answering("").await;
    let guard = Guard::for_base(&answering.url());
    let downloader = Downloader::new(DownloadOptions::default(), guard).unwrap();
    let mut shown = Vec::new();

    for server in [&answering, &closing] {
        for call in [Call::Submission, Call::Read] {
            let request = Request::post(server.url())
                .bearer(&key)
                .json(&"prompt-words");
            shown.push(format!("{request:?}"));
            let error = match client().send(request, call).await {
                Ok(answer) => {
                    shown.push(format!("{answer:?}"));
                    classify::refusal(&answer, call)
                }
                Err(error) => error,
            };
            shown.push(format!("{error} {error:?}"));
        }
        let error = downloader
            .fetch(&server.asset(), &mut Vec::new())
            .await
            .unwrap_err();
        shown.push(format!("{error} {error:?} {downloader:?}"));
    }

    let shown = shown.join(" ");
    let logged = String::from_utf8(logs.0.lock().unwrap().clone()).unwrap();
    for expected in [
        "method=POST",
        "host=\"127.0.0.1\"",
        "status=500",
        "duration_ms=",
    ] {
        assert!(logged.contains(expected), "{expected} in {logged}");
    }
    for private in [
        "key-words",
        "path-words",
        "query-words",
        "prompt-words",
        "body-words",
    ] {
        assert!(!logged.contains(private), "{private} in {logged}");
        assert!(!shown.contains(private), "{private} in {shown}");
    }
}
