//! A picture or a video that somebody else named, with a bar:
//! `cargo run -p kling-http --example http_download -- https://example.com/boat.png boat.png`.
//!
//! What is on this machine is fetched only where `--local` stands in front, because an address may come from anybody.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for the terminal"
)]

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use kling_core::AssetUrl;
use kling_http::{Client, ClientOptions, DownloadOptions, Downloader, Guard, Method, Request, Url};
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

/// How many characters the bar has.
const WIDTH: usize = 30;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (url, path, guard) = match words.as_slice() {
        [url, path] => (url, path, Guard::public_only()),
        [local, url, path] if local == "--local" => (url, path, Guard::for_base(&Url::parse(url)?)),
        _ => return Err("usage: http_download [--local] URL FILE".into()),
    };
    let downloader = Downloader::new(DownloadOptions::default(), guard)?;
    let address = AssetUrl::parse(url)?;
    // Before anything is asked of that address.
    downloader.guard().check_url(address.expose())?;

    // Until it is whole and known for what it is, it has another name.
    let part = format!("{path}.part");
    let mut sink = Bar {
        file: tokio::fs::File::create(&part).await?,
        written: 0,
        whole: length(address.expose()).await?,
    };
    let fetched = downloader.fetch(&address, &mut sink).await;
    eprintln!();
    match fetched {
        Ok(file) => {
            sink.shutdown().await?;
            tokio::fs::rename(&part, path).await?;
            let kind = file.media_type.name();
            println!("{path}: {kind} of {} bytes", file.size_bytes);
            Ok(())
        }
        Err(error) => {
            tokio::fs::remove_file(&part).await?;
            Err(error.into())
        }
    }
}

/// How long the file will be, where the server tells.
async fn length(url: &Url) -> Result<Option<u64>, Box<dyn Error>> {
    let client = Client::new(ClientOptions::default())?;
    let asked = client
        .exchange(Request::new(Method::HEAD, url.clone()))
        .await;
    let told = asked.ok().filter(kling_http::Reply::is_success);
    Ok(told.and_then(|reply| reply.header("content-length")?.parse().ok()))
}

/// A file that draws how much of it there is.
struct Bar {
    file: tokio::fs::File,
    written: u64,
    whole: Option<u64>,
}

impl Bar {
    fn draw(&self) {
        let Some(whole) = self.whole.filter(|whole| *whole > 0) else {
            eprint!("\r{} bytes", self.written);
            return;
        };
        let cells = self.written.saturating_mul(WIDTH as u64) / whole;
        let full = usize::try_from(cells).unwrap_or(WIDTH).min(WIDTH);
        let bar = "#".repeat(full) + &".".repeat(WIDTH - full);
        eprint!("\r[{bar}] {} of {whole} bytes", self.written);
    }
}

impl AsyncWrite for Bar {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let bar = self.get_mut();
        let written = std::task::ready!(Pin::new(&mut bar.file).poll_write(context, bytes))?;
        bar.written += written as u64;
        bar.draw();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().file).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().file).poll_shutdown(context)
    }
}
