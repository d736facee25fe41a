//! A request that was split: one submission for each part, and what came of every one.

use futures::future;
use kling_core::{GenerationRequest, Provider, SubmissionKey};

use super::{GenerateError, GenerateOptions, Generated, Held, entry, finish, ready};

/// What came of one part of a request, for which at most one submission was sent.
#[derive(Debug)]
pub struct Part {
    /// What its submission was called.
    pub key: SubmissionKey,
    /// Its result; or why it has none, with whatever can still be had of it. A part that was not sent is
    /// [`GenerateError::HeldBack`], or [`GenerateError::Stopped`] without a handle.
    pub outcome: Result<Generated, GenerateError>,
}

pub(super) async fn generate(
    held: Held<'_, impl Provider + ?Sized>,
    request: &GenerationRequest,
    key: &SubmissionKey,
    options: &GenerateOptions,
) -> Result<Vec<Part>, GenerateError> {
    let provider = held.provider;
    let info = entry(provider, request)?;
    let requests = info.capability.check_split(request)?;
    let of = requests.len();
    let mut parts = Vec::with_capacity(of);
    for (number, request) in (1..).zip(&requests) {
        parts.push(if of == 1 {
            (request, key.clone(), options.clone())
        } else {
            let key = key.of_part(number)?;
            let options = options.of_part(&key, number, of);
            (request, key, options)
        });
    }
    ready(options, None).await?;

    let mut sent = Vec::with_capacity(of);
    let mut accepted = true;
    for (request, key, options) in parts {
        let submission = if !accepted {
            Err(GenerateError::HeldBack)
        } else if options.stop.is_cancelled() {
            Err(GenerateError::Stopped {
                handle: None,
                paid: None,
            })
        } else {
            held.submit(request, &key, &options).await
        };
        accepted &= !matches!(submission, Err(GenerateError::Submit(_)));
        sent.push((key, options, submission));
    }

    let pace = info.pace;
    let ends = sent
        .into_iter()
        .map(|(key, options, submission)| async move {
            let outcome = match submission {
                Ok(submission) => finish(provider, submission, &key, pace, &options).await,
                Err(error) => Err(error),
            };
            Part { key, outcome }
        });
    Ok(future::join_all(ends).await)
}
