//! What stands in the JSON columns: private, only ever added to, with a revision number.
//!
//! Fields are added with `#[serde(default)]` and never renamed, so that every version reads what an
//! earlier one wrote, and an older one reads past what it does not know.

mod ending;
mod output;
mod request;

pub(super) use ending::{read_ending, write_ending};
pub(super) use output::{InlineBytes, read_output, write_output};
pub(super) use request::{Sources, read_request, write_request};

/// What could not be read, for [`EngineError::Corrupt`](crate::EngineError::Corrupt).
pub(super) type Corrupt = &'static str;

/// The revision that is written.
const REVISION: u32 = 1;

fn decode<'a, T: serde::Deserialize<'a>>(text: &'a str, what: Corrupt) -> Result<T, Corrupt> {
    serde_json::from_str(text).map_err(|_| what)
}

/// These structs hold text, numbers and maps with text keys, which always become JSON.
#[expect(
    clippy::expect_used,
    reason = "no stored struct has a key that is not text or an implementation that can fail"
)]
fn encode<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("text, numbers and maps with text keys")
}

#[cfg(test)]
mod tests;
