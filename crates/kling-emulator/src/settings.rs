//! Settings that can be changed while requests run.

use std::sync::{PoisonError, RwLock};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The settings in force.
#[derive(Debug, Default)]
pub(crate) struct Live<S> {
    settings: RwLock<S>,
}

impl<S: Clone> Live<S> {
    /// The settings as they are now.
    pub(crate) fn get(&self) -> S {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the settings for requests that come from now on.
    pub(crate) fn change(&self, change: impl FnOnce(&mut S)) {
        change(
            &mut self
                .settings
                .write()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

/// `settings` with some fields changed; the reason when a field is not known or does not fit.
pub(crate) fn changed<S: Serialize + DeserializeOwned>(
    settings: &S,
    changes: Map<String, Value>,
) -> Result<S, String> {
    let mut fields = match serde_json::to_value(settings) {
        Ok(Value::Object(fields)) => fields,
        Ok(_) | Err(_) => Map::new(),
    };
    fields.extend(changes);
    serde_json::from_value(Value::Object(fields)).map_err(|error| error.to_string())
}
