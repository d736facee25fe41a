//! A row of `files` as a file in the archive, and back.

use std::time::Duration;

use kling_core::{Dimensions, MediaType};

use crate::store::fault::Fault;
use crate::store::{ArchivedFile, FileRole};

/// A row of `files`.
#[derive(sqlx::FromRow)]
pub(in crate::store) struct FileRow {
    role: String,
    place: i64,
    key: String,
    sha256: String,
    size_bytes: i64,
    media_type: String,
    width: Option<i64>,
    height: Option<i64>,
    duration_ms: Option<i64>,
}

impl FileRow {
    pub(in crate::store) fn into_file(self) -> Result<ArchivedFile, Fault> {
        let side = |side: i64| u32::try_from(side).map_err(|_| Fault::Corrupt("file dimensions"));
        let dimensions = match (self.width, self.height) {
            (Some(width), Some(height)) => Some(Dimensions {
                width: side(width)?,
                height: side(height)?,
            }),
            _ => None,
        };
        Ok(ArchivedFile {
            role: match self.role.as_str() {
                "input" => FileRole::Input,
                "output" => FileRole::Output,
                _ => return Err(Fault::Corrupt("file role")),
            },
            index: u32::try_from(self.place).map_err(|_| Fault::Corrupt("file place"))?,
            key: self.key,
            sha256: self.sha256,
            size_bytes: u64::try_from(self.size_bytes).map_err(|_| Fault::Corrupt("file size"))?,
            media_type: MediaType::from_mime(&self.media_type)
                .ok_or(Fault::Corrupt("file media type"))?,
            dimensions,
            duration: self
                .duration_ms
                .map(u64::try_from)
                .transpose()
                .map_err(|_| Fault::Corrupt("file playing time"))?
                .map(Duration::from_millis),
        })
    }
}

/// The column of a role.
pub(in crate::store) const fn role_column(role: FileRole) -> &'static str {
    match role {
        FileRole::Input => "input",
        FileRole::Output => "output",
    }
}

/// The column of a playing time.
pub(in crate::store) fn duration_column(duration: Option<Duration>) -> Option<i64> {
    duration.map(|time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX))
}

/// The column of a size.
pub(in crate::store) fn size_column(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}
