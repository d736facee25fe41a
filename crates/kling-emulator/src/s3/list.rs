//! `ListObjectsV2`: the keys of a bucket, page by page.

use std::collections::BTreeSet;

use axum::response::Response;

use super::{Asked, Refusal, answer, query};
use crate::clock::iso;

/// The most keys of a page.
const MOST_KEYS: usize = 1_000;

const NOT_THE_SECOND: Refusal = Refusal::new(
    501,
    "NotImplemented",
    "Only the second version of the list is played here: list-type=2",
);

pub(super) fn objects(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let value = |name: &str| asked.query.get(name).unwrap_or_default();
    if value("list-type") != "2" {
        return Err(NOT_THE_SECOND);
    }
    let (prefix, delimiter) = (value("prefix"), value("delimiter"));
    let after = [value("start-after"), value("continuation-token")];
    let most = value("max-keys")
        .parse()
        .unwrap_or(MOST_KEYS)
        .min(MOST_KEYS);
    let written = |key: &str| {
        if value("encoding-type") == "url" {
            query::encoded(key)
        } else {
            answer::escaped(key)
        }
    };
    let state = asked.world.s3.lock();
    let objects = state
        .buckets
        .get(asked.bucket)
        .into_iter()
        .flat_map(|bucket| &bucket.objects)
        .filter(|(key, _)| {
            key.starts_with(prefix) && after.iter().all(|after| key.as_str() > *after)
        });
    let mut contents = Vec::new();
    let mut folders = BTreeSet::new();
    let mut last = None;
    let mut is_cut = false;
    let mut count = 0;
    for (key, object) in objects {
        let rest = key.strip_prefix(prefix).unwrap_or_default();
        let folder = (!delimiter.is_empty())
            .then(|| rest.split_once(delimiter))
            .flatten()
            .map(|(name, _)| format!("{prefix}{name}{delimiter}"));
        let is_known = folder
            .as_ref()
            .is_some_and(|folder| folders.contains(folder));
        if count == most && !is_known {
            is_cut = true;
            break;
        }
        last = Some(key);
        if let Some(folder) = folder {
            count += usize::from(folders.insert(folder));
        } else {
            count += 1;
            contents.push(format!(
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
                written(key),
                iso(object.modified_ms),
                answer::escaped(&object.etag),
                object.bytes.len()
            ));
        }
    }
    let folders: Vec<String> = folders
        .iter()
        .map(|folder| {
            format!(
                "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>",
                written(folder)
            )
        })
        .collect();
    let (contents, folders) = (contents.concat(), folders.concat());
    let next = last.filter(|_| is_cut).map(|last| {
        let token = answer::escaped(last);
        format!("<NextContinuationToken>{token}</NextContinuationToken>")
    });
    Ok(answer::xml(
        200,
        &format!(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{}</Name><Prefix>{}</Prefix><KeyCount>{count}</KeyCount><MaxKeys>{most}</MaxKeys><IsTruncated>{is_cut}</IsTruncated>{contents}{folders}{}</ListBucketResult>",
            answer::escaped(asked.bucket),
            written(prefix),
            next.unwrap_or_default()
        ),
    ))
}
