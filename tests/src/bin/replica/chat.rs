//! A chat that outlives the replica: it is played by the test, at the other end of a connection.

use std::path::PathBuf;
use std::sync::OnceLock;

use futures::StreamExt as _;
use kling_core::AssetUrl;
use kling_engine::{
    Deliverer, Delivery, DeliveryContent, DeliveryError, InputError, Job, PlatformId, Receipt,
    StatusUpdate,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

type Unclear = Box<dyn std::error::Error + Send + Sync>;

/// This end of the chat.
#[derive(Debug)]
pub(crate) struct Chat {
    address: String,
    input: PathBuf,
    input_address: String,
}

impl Chat {
    pub(crate) fn new(address: String, input: PathBuf, input_address: String) -> Self {
        Self {
            address,
            input,
            input_address,
        }
    }

    pub(crate) fn platform_id() -> PlatformId {
        PlatformId::new("chat")
    }

    /// One call: a line there and a line back.
    async fn call(&self, call: Value) -> Result<Value, Unclear> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(format!("{call}\n").as_bytes()).await?;
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).await?;
        Ok(serde_json::from_str(&answer)?)
    }
}

fn receipt_of(answer: &Value) -> Option<Receipt> {
    answer["receipt"].as_str().map(Receipt::new)
}

#[async_trait::async_trait]
impl Deliverer for Chat {
    fn platform(&self) -> &PlatformId {
        static PLATFORM: OnceLock<PlatformId> = OnceLock::new();
        PLATFORM.get_or_init(Self::platform_id)
    }

    async fn fetch_input(
        &self,
        _: &str,
        sink: &mut (dyn AsyncWrite + Send + Unpin),
    ) -> Result<(), InputError> {
        let copied = async {
            self.call(json!({ "call": "input" })).await?;
            let bytes = tokio::fs::read(&self.input).await?;
            sink.write_all(&bytes).await?;
            Ok(())
        };
        copied.await.map_err(InputError::Unavailable)
    }

    fn public_address(&self, _: &str) -> Option<AssetUrl> {
        AssetUrl::parse(&self.input_address).ok()
    }

    async fn show_status(
        &self,
        job: &Job,
        _: &StatusUpdate,
    ) -> Result<Option<Receipt>, DeliveryError> {
        let call = json!({
            "call": "status",
            "who": job.requester.user,
            "receipt": job.status_message.as_ref().map(Receipt::as_str),
        });
        let answer = self.call(call).await.map_err(DeliveryError::Unknown)?;
        Ok(receipt_of(&answer))
    }

    async fn deliver(&self, delivery: &Delivery) -> Result<Receipt, DeliveryError> {
        let shown = match &delivery.content {
            DeliveryContent::Result { files, .. } => {
                for file in files {
                    let mut bytes = 0;
                    let opened = file.content.open().await;
                    let mut stream =
                        opened.map_err(|error| DeliveryError::Unknown(error.into()))?;
                    while let Some(chunk) = stream.next().await {
                        let chunk = chunk.map_err(|error| DeliveryError::Unknown(error.into()))?;
                        bytes += chunk.len() as u64;
                    }
                    if bytes != file.size_bytes {
                        return Err(DeliveryError::Unknown("a file is not whole".into()));
                    }
                }
                if files.is_empty() {
                    "nothing"
                } else {
                    "result"
                }
            }
            DeliveryContent::Unconfirmed { .. } => "unconfirmed",
            DeliveryContent::Refused { .. }
            | DeliveryContent::Failed { .. }
            | DeliveryContent::Cancelled { .. }
            | DeliveryContent::Expired => "sentence",
        };
        let call = json!({
            "call": "deliver",
            "who": delivery.job.requester.user,
            "receipt": delivery.job.status_message.as_ref().map(Receipt::as_str),
            "nonce": delivery.nonce,
            "shown": shown,
        });
        let answer = self.call(call).await.map_err(DeliveryError::Unknown)?;
        match receipt_of(&answer) {
            Some(receipt) => Ok(receipt),
            None => Err(DeliveryError::Gone {
                code: "closed".to_owned(),
            }),
        }
    }
}
