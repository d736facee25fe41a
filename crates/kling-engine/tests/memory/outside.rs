//! Both ends of the road in a few bytes: a place that has large films, and one that takes forms and forgets them.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What is sent at a time, made once.
static NOTHING: [u8; 16 * 1024] = [0; 16 * 1024];

/// A film of so many bytes: its type, and one box that has all the rest.
fn head_of(size: u64) -> Vec<u8> {
    let mut head = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2".to_vec();
    head.extend(1_u32.to_be_bytes());
    head.extend(b"mdat");
    head.extend((size - head.len() as u64 + 8).to_be_bytes());
    head
}

/// Serves until the test ends; answers its origin.
pub(crate) async fn serve() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(converse(stream));
        }
    });
    format!("http://{address}")
}

/// `GET /SIZE.mp4` gives a film, anything else takes a body.
async fn converse(mut stream: TcpStream) -> std::io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    let mut filled = 0;
    let end = loop {
        filled += stream.read(&mut buffer[filled..]).await?;
        let found = buffer[..filled]
            .windows(4)
            .position(|four| four == b"\r\n\r\n");
        if let Some(end) = found {
            break end + 4;
        }
    };
    let text = String::from_utf8_lossy(&buffer[..end]).to_ascii_lowercase();
    if let Some(rest) = text.strip_prefix("get /") {
        let size: u64 = rest.split_once('.').unwrap().0.parse().unwrap();
        let head = head_of(size);
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: video/mp4\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.write_all(&head).await?;
        let mut left = size - head.len() as u64;
        while left > 0 {
            let now = usize::try_from(left).unwrap().min(NOTHING.len());
            stream.write_all(&NOTHING[..now]).await?;
            left -= now as u64;
        }
        return stream.shutdown().await;
    }
    let (_, length) = text.split_once("content-length: ").unwrap();
    let length: u64 = length.split_once('\r').unwrap().0.parse().unwrap();
    let mut left = length - (filled - end) as u64;
    while left > 0 {
        left -= stream.read(&mut buffer).await? as u64;
    }
    let answer = format!(
        "HTTP/1.1 200 OK\r\nx-taken: {length}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(answer.as_bytes()).await?;
    stream.shutdown().await
}
