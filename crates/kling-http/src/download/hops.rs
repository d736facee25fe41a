//! From an address to the reply that has the file, redirect by redirect, each one guarded.

use std::error::Error;

use kling_core::{AssetUrl, Clock, SystemClock};
use reqwest::Method;
use reqwest::header::LOCATION;
use url::Url;

use super::{DownloadAuth, DownloadError, Downloader};
use crate::classify::UnexpectedStatus;
use crate::guard::{Blocked, LookupError};
use crate::retry_after;

/// The most redirects of one download.
const MAX_REDIRECTS: usize = 5;

pub(super) async fn open(
    downloader: &Downloader,
    url: &AssetUrl,
    auth: Option<&DownloadAuth>,
) -> Result<reqwest::Response, DownloadError> {
    let mut url = url.expose().clone();
    for _ in 0..=MAX_REDIRECTS {
        downloader
            .guard
            .check_url(&url)
            .map_err(|why| DownloadError::Blocked { why })?;
        let mut request = reqwest::Request::new(Method::GET, url.clone());
        if let Some(auth) = auth {
            auth.apply(&mut request);
        }
        let answer = tokio::time::timeout(
            downloader.options.idle_timeout,
            downloader.client.execute(request),
        );
        let response = answer
            .await
            .map_err(|_| DownloadError::Timeout)?
            .map_err(unreached)?;
        let status = response.status().as_u16();
        match status {
            200 => return Ok(response),
            301 | 302 | 303 | 307 | 308 => url = next(&response, &url)?,
            408 | 425 | 429 | 500..=599 => {
                return Err(DownloadError::Unavailable {
                    retry_after: retry_after::from_headers(response.headers(), SystemClock.now()),
                    source: Box::new(UnexpectedStatus(status)),
                });
            }
            400..=499 => return Err(DownloadError::Gone { status }),
            _ => return Err(DownloadError::unavailable(UnexpectedStatus(status))),
        }
    }
    Err(DownloadError::BadRedirect)
}

fn next(response: &reqwest::Response, here: &Url) -> Result<Url, DownloadError> {
    response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|location| here.join(location).ok())
        .ok_or(DownloadError::BadRedirect)
}

/// A failure to connect, where the guard may be the reason.
fn unreached(error: reqwest::Error) -> DownloadError {
    if let Some(why) = blocked(&error) {
        return DownloadError::Blocked { why };
    }
    DownloadError::unavailable(error.without_url())
}

fn blocked(error: &reqwest::Error) -> Option<Blocked> {
    let mut below = error.source();
    while let Some(cause) = below {
        if let Some(LookupError::Blocked(why)) = cause.downcast_ref() {
            return Some(*why);
        }
        below = cause.source();
    }
    None
}
