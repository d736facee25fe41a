//! The rules in memory, as of some version; whoever finds that they are stale has them read again.

use std::sync::{Arc, PoisonError, RwLock};

use super::Rules;
use crate::error::EngineError;
use crate::store::Store;

/// The rules in memory.
#[derive(Debug, Default)]
pub(crate) struct Keeper(RwLock<Option<Arc<Rules>>>);

impl Keeper {
    /// The rules as they were read last; reads them when they never were.
    pub(crate) async fn rules(&self, store: &dyn Store) -> Result<Arc<Rules>, EngineError> {
        let kept = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match kept {
            Some(rules) => Ok(rules),
            None => self.read_again(store).await,
        }
    }

    /// Reads the rules.
    pub(crate) async fn read_again(&self, store: &dyn Store) -> Result<Arc<Rules>, EngineError> {
        let rules = Arc::new(Rules::read(&store.policy().await?));
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have read newer ones meanwhile.
        match &*kept {
            Some(newer) if newer.version() > rules.version() => Ok(Arc::clone(newer)),
            _ => {
                *kept = Some(Arc::clone(&rules));
                Ok(rules)
            }
        }
    }
}
