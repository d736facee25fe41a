//! A place on loopback from which a vendor can fetch input files.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use kling_core::{AssetUrl, MediaType};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Part of every address on the shelf, as a signature would be; it must never be shown.
pub(crate) const SIGNATURE: &str = "signed-0815-conformance";

/// The most bytes of a request that are read before it is answered.
const MAX_HEAD: usize = 16 * 1024;

type Files = Arc<Mutex<BTreeMap<String, (MediaType, Bytes)>>>;

/// Files behind addresses. They are served until the runtime ends.
pub(crate) struct Shelf {
    files: Files,
    origin: String,
}

impl Shelf {
    pub(crate) async fn open() -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let files = Files::default();
        let served = Arc::clone(&files);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let files = Arc::clone(&served);
                // A vendor that goes away before the end misses its file; the law will tell.
                tokio::spawn(async move { serve(stream, &files).await.ok() });
            }
        });
        Ok(Self { files, origin })
    }

    /// Puts a file up; `None` only if the address were none.
    pub(crate) fn put(&self, name: &str, media_type: MediaType, bytes: Bytes) -> Option<AssetUrl> {
        let path = format!("/{name}.{}", media_type.extension());
        let url = format!("{}{path}?sig={SIGNATURE}", self.origin);
        self.files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path, (media_type, bytes));
        AssetUrl::parse(&url).ok()
    }
}

async fn serve(mut stream: TcpStream, files: &Files) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_HEAD {
        let byte = stream.read_u8().await?;
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    let found = files
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .get(path)
        .cloned();
    let Some((media_type, bytes)) = found else {
        let none = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        return stream.write_all(none.as_bytes()).await;
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        media_type.mime(),
        bytes.len()
    );
    stream.write_all(answer.as_bytes()).await?;
    if !head.starts_with("HEAD ") {
        stream.write_all(&bytes).await?;
    }
    stream.shutdown().await
}
