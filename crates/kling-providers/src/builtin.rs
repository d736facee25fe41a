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
    ]
}
