//! Who is asking the AIML vendor.

use axum::http::HeaderMap;

use super::error::Failure;
use crate::world::World;

/// The account that a request is made for.
pub(super) fn account(world: &World, headers: &HeaderMap) -> Result<String, Failure> {
    let keys = world.aimlapi.settings().keys;
    keys.account(headers).ok_or(Failure::Unauthorized)
}
