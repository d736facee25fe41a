//! Forms with files (`multipart/form-data`), streamed with an exact length.

use std::fmt::Write as _;
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use bytes::Bytes;
use kling_core::{Asset, AssetContent};
use serde::Serialize;

use crate::body::Piece;

/// A form whose files are read while it is sent, so that memory stays constant and `Content-Length` is exact.
///
/// A file that turns out shorter or longer than it was said to be cuts the request short
/// ([`TransportError::Input`](crate::TransportError::Input)); the server never gets a whole form with half a file.
pub struct Multipart {
    boundary: String,
    pieces: Vec<Piece>,
}

impl Multipart {
    /// A form without parts.
    pub fn new() -> Self {
        let random = || RandomState::new().hash_one(0_u8);
        Self {
            boundary: format!("kling-{:016x}{:016x}", random(), random()),
            pieces: Vec::new(),
        }
    }

    /// Adds a field of text.
    #[must_use]
    pub fn text(self, name: &str, value: impl Into<String>) -> Self {
        self.part(name, None, None, Piece::Bytes(value.into().into()))
    }

    /// Adds a field of JSON, such as Discord's `payload_json`.
    ///
    /// # Errors
    ///
    /// When the value has no JSON form, such as a map whose keys are not text.
    pub fn json(self, name: &str, value: &impl Serialize) -> Result<Self, serde_json::Error> {
        let bytes = Bytes::from(serde_json::to_vec(value)?);
        let piece = Piece::Bytes(bytes);
        Ok(self.part(name, None, Some("application/json"), piece))
    }

    /// Adds a file, for Discord under the name `files[n]`. It must have content
    /// ([`Asset::can_travel`] by upload), else sending fails with [`TransportError::Input`](crate::TransportError::Input).
    #[must_use]
    pub fn asset(self, name: &str, file_name: &str, asset: &Asset) -> Self {
        let content_type = asset.info().media_type.mime();
        let piece = Piece::asset(asset);
        self.part(name, Some(file_name), Some(content_type), piece)
    }

    /// Adds a file that something else holds, of a size known beforehand.
    #[must_use]
    pub fn file(
        self,
        name: &str,
        file_name: &str,
        content_type: &str,
        size_bytes: u64,
        content: Arc<dyn AssetContent>,
    ) -> Self {
        let piece = Piece::Content {
            content,
            size_bytes,
        };
        self.part(name, Some(file_name), Some(content_type), piece)
    }

    /// The value of `Content-Type` for this form.
    pub(crate) fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    pub(crate) fn into_pieces(mut self) -> Vec<Piece> {
        let end = format!("--{}--\r\n", self.boundary);
        self.pieces.push(Piece::Bytes(end.into()));
        self.pieces
    }

    fn part(
        mut self,
        name: &str,
        file_name: Option<&str>,
        content_type: Option<&str>,
        piece: Piece,
    ) -> Self {
        let mut head = format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{}\"",
            self.boundary,
            quoted(name)
        );
        if let Some(file_name) = file_name {
            let _ = write!(head, "; filename=\"{}\"", quoted(file_name));
        }
        if let Some(content_type) = content_type {
            let _ = write!(head, "\r\nContent-Type: {}", quoted(content_type));
        }
        head.push_str("\r\n\r\n");
        self.pieces.push(Piece::Bytes(head.into()));
        self.pieces.push(piece);
        self.pieces.push(Piece::Bytes(Bytes::from_static(b"\r\n")));
        self
    }
}

impl Default for Multipart {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Multipart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Multipart").finish_non_exhaustive()
    }
}

/// Escapes what would end a quoted value, the way browsers do (the HTML standard, "multipart form data").
fn quoted(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '"' => safe.push_str("%22"),
            '\r' => safe.push_str("%0D"),
            '\n' => safe.push_str("%0A"),
            other if other.is_control() => safe.push('_'),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_cannot_end_its_own_quotes() {
        assert_eq!(
            quoted("a\"; name=\"x\r\nB: c.png\0"),
            "a%22; name=%22x%0D%0AB: c.png_"
        );
        assert_eq!(quoted("Käse 猫.png"), "Käse 猫.png");
    }

    #[test]
    fn two_forms_have_two_boundaries() {
        assert_ne!(
            Multipart::new().content_type(),
            Multipart::new().content_type()
        );
    }
}
