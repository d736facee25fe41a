//! Reads a request's body: JSON, or a form with `payload_json` and `files[n]`.

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request};
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

use super::limits;
use super::message::FileIn;
use super::refusal::Refusal;

/// The largest JSON that the journal repeats, in bytes: every body that Discord takes is smaller.
const SUMMARY_BYTES: usize = 64 * 1024;

/// A file of a form, with the number in its field's name.
#[derive(Clone, Debug)]
pub(crate) struct Upload {
    pub(crate) index: u64,
    pub(crate) file: FileIn,
}

/// A body that was read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    /// The JSON part; null when there is none.
    pub(crate) json: Value,
    pub(crate) uploads: Vec<Upload>,
}

impl Form {
    /// The body in few words, for the journal: files by name and size.
    pub(crate) fn summary(&self) -> Value {
        let files: Vec<_> = self
            .uploads
            .iter()
            .map(|upload| json!({"name": upload.file.filename, "size": upload.file.bytes.len()}))
            .collect();
        let length = self.json.to_string().len();
        if length > SUMMARY_BYTES {
            return json!({"json_bytes": length, "files": files});
        }
        json!({"json": self.json, "files": files})
    }
}

/// Takes a bot's body apart; it may have 25 MiB.
pub(crate) async fn read(headers: &HeaderMap, bytes: Bytes) -> Result<Form, Refusal> {
    if bytes.len() > limits::REQUEST_BYTES {
        return Err(Refusal::too_large());
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    let is_known = |known: &str| {
        kind.split(';')
            .next()
            .is_some_and(|kind| kind.trim() == known)
    };
    if !bytes.is_empty() && !is_known("application/json") && !is_known("multipart/form-data") {
        return Err(Refusal::field(
            "",
            "CONTENT_TYPE_INVALID",
            "Expected \"Content-Type\" header to be one of {'application/json', 'multipart/form-data'}.",
        ));
    }
    let (json, files) = read_named(headers, bytes).await?;
    let uploads = (0..)
        .zip(files)
        .map(|(at, (name, file))| Upload {
            index: index(&name).unwrap_or(at),
            file,
        })
        .collect();
    Ok(Form { json, uploads })
}

/// Takes a body apart into its JSON and its files, each with the name of its field.
pub(crate) async fn read_named(
    headers: &HeaderMap,
    bytes: Bytes,
) -> Result<(Value, Vec<(String, FileIn)>), Refusal> {
    let mut json = Value::Null;
    let mut files = Vec::new();
    if bytes.is_empty() {
        return Ok((json, files));
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or("");
    if !kind.starts_with("multipart/form-data") {
        let json = serde_json::from_slice(&bytes).map_err(|_| Refusal::invalid_json())?;
        return Ok((json, files));
    }
    let mut request = Request::builder()
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(bytes))
        .map_err(|_| broken())?;
    // Our own limit was checked when the bytes were read; axum's is lower.
    DefaultBodyLimit::disable().apply(&mut request);
    let mut parts = Multipart::from_request(request, &())
        .await
        .map_err(|_| broken())?;
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        if name == "payload_json" {
            let text = part.bytes().await.map_err(|_| broken())?;
            json = serde_json::from_slice(&text).map_err(|_| Refusal::invalid_json())?;
            continue;
        }
        let Some(filename) = part.file_name().map(str::to_owned) else {
            continue;
        };
        let bytes = part.bytes().await.map_err(|_| broken())?;
        files.push((
            name,
            FileIn {
                filename,
                content_type: None,
                bytes,
            },
        ));
    }
    Ok((json, files))
}

/// The number in `files[3]`.
fn index(name: &str) -> Option<u64> {
    name.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
}

fn broken() -> Refusal {
    Refusal::field(
        "",
        "INVALID_FORM_BODY",
        "The multipart form could not be read.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_form_has_a_payload_and_numbered_files() {
        let body = "--x\r\ncontent-disposition: form-data; name=\"payload_json\"\r\n\r\n\
            {\"content\":\"hi\"}\r\n--x\r\ncontent-disposition: form-data; name=\"files[4]\"; \
            filename=\"a.png\"\r\ncontent-type: image/png\r\n\r\nabc\r\n--x--\r\n";
        let mut headers = HeaderMap::new();
        headers.insert(
            header::CONTENT_TYPE,
            "multipart/form-data; boundary=x".parse().unwrap(),
        );

        let form = read(&headers, Bytes::from(body)).await.unwrap();

        assert_eq!(form.json["content"], "hi");
        assert_eq!(form.uploads[0].index, 4);
        assert_eq!(
            form.summary()["files"][0],
            json!({"name": "a.png", "size": 3})
        );
    }

    #[tokio::test]
    async fn json_must_call_itself_json() {
        let body = || Bytes::from_static(b"{}");
        let with = |kind: &'static str| {
            let kind = kind.parse().unwrap();
            HeaderMap::from_iter([(header::CONTENT_TYPE, kind)])
        };

        let unnamed = read(&HeaderMap::new(), body()).await.unwrap_err();
        let text = read(&with("text/plain"), body()).await.unwrap_err();
        let json = read(&with("application/json; charset=utf-8"), body()).await;
        let nothing = read(&HeaderMap::new(), Bytes::new()).await;

        assert_eq!((unnamed.code, text.code), (50035, 50035));
        assert!(json.is_ok() && nothing.is_ok());
    }

    #[tokio::test]
    async fn the_journal_does_not_repeat_what_is_huge() {
        let json = json!({"content": "x".repeat(SUMMARY_BYTES)});
        let form = Form {
            json,
            uploads: Vec::new(),
        };

        assert!(form.summary().to_string().len() < 100);
    }

    #[tokio::test]
    async fn a_body_above_the_limit_is_refused() {
        let body = Bytes::from(vec![b' '; limits::REQUEST_BYTES + 1]);

        let refusal = read(&HeaderMap::new(), body).await.unwrap_err();

        assert_eq!((refusal.status, refusal.code), (413, 40005));
    }
}
