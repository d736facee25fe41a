//! The doors for whoever governs: the rules, who changed them, and where the money went.

use std::sync::Arc;

use crate::books::{AccountBalance, Drift, Span, SpendBy, SpendLine};
use crate::clean::DRIFT_OVER;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::policy::{Edit, Policy, PolicyChange, Rules};

impl Engine {
    /// The rules as they were read last, for asking what holds somewhere. They are read anew when a job is
    /// accepted by others than there are, so they may be one job old; [`Engine::policy`] never is.
    ///
    /// # Errors
    ///
    /// What the store reports, the first time.
    pub async fn rules(&self) -> Result<Arc<Rules>, EngineError> {
        self.context().rules.rules(self.store()).await
    }

    /// Every setting there is.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn policy(&self) -> Result<Policy, EngineError> {
        self.store().policy().await
    }

    /// Changes settings, all of them or none, and writes down who did it; the version of the rules afterwards.
    /// It holds for every job that is accepted after this returns, by any process on the store. Whether `actor`
    /// may do that is for the caller to find out ([`Rules::administers`]).
    ///
    /// # Errors
    ///
    /// [`EngineError::Policy`] for an edit that cannot be, and what the store reports.
    pub async fn change_policy(&self, actor: &str, edits: &[Edit]) -> Result<i64, EngineError> {
        for edit in edits {
            edit.check()?;
        }
        let version = self.store().change_policy(actor, edits).await?;
        self.context().rules.read_again(self.store()).await?;
        Ok(version)
    }

    /// Changes to the settings before a version (all of them for `None`), newest first.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn policy_changes(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyChange>, EngineError> {
        self.store().policy_changes(before, limit).await
    }

    /// What was spent in a stretch of time, by whom.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn spend(&self, by: SpendBy, span: Span) -> Result<Vec<SpendLine>, EngineError> {
        self.store().spend(by, span).await
    }

    /// What stands on each account of the ledger; together it is nothing.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn balances(&self) -> Result<Vec<AccountBalance>, EngineError> {
        self.store().balances().await
    }

    /// How far estimates were off lately, for each model.
    ///
    /// # Errors
    ///
    /// What the store reports.
    pub async fn drift(&self) -> Result<Vec<Drift>, EngineError> {
        self.store().drift(DRIFT_OVER).await
    }
}
