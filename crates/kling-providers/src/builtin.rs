//! The providers of this house, one line each.

use crate::Plugin;

/// Every plugin that this build has.
pub(crate) fn plugins() -> Vec<Plugin> {
    vec![
        #[cfg(feature = "aimlapi")]
        Plugin::new(
            kling_aimlapi::ID,
            kling_aimlapi::DEFAULT_KEY_ENV,
            kling_aimlapi::AimlApi::new,
        ),
        #[cfg(feature = "apiin")]
        Plugin::new(
            kling_apiin::ID,
            kling_apiin::DEFAULT_KEY_ENV,
            kling_apiin::Apiin::new,
        ),
        #[cfg(feature = "inferencesh")]
        Plugin::new(
            kling_inferencesh::ID,
            kling_inferencesh::DEFAULT_KEY_ENV,
            kling_inferencesh::InferenceSh::new,
        ),
    ]
}
