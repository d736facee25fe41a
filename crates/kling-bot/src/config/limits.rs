//! The table of limits, each key with its default and why.

use kling_core::Money;
use kling_engine::{Caps, Limits, UnknownPrice};
use serde::Deserialize;

use super::units;

/// `[limits]`: how much may be going on at once, and spent, where no rule in the store says otherwise. `none` is no
/// limit. What is said per requester, channel or workspace holds for each of them.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LimitSettings {
    /// Five let a person refine a prompt while others render; more mostly helps to hold the queue.
    #[serde(deserialize_with = "units::count")]
    open_jobs_per_requester: Option<u32>,
    #[serde(deserialize_with = "units::count")]
    jobs_per_requester_per_day: Option<u32>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_requester_per_day: Option<Money>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_requester_per_month: Option<Money>,
    #[serde(deserialize_with = "units::count")]
    open_jobs_per_channel: Option<u32>,
    #[serde(deserialize_with = "units::count")]
    jobs_per_channel_per_day: Option<u32>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_channel_per_day: Option<Money>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_channel_per_month: Option<Money>,
    #[serde(deserialize_with = "units::count")]
    open_jobs_per_workspace: Option<u32>,
    #[serde(deserialize_with = "units::count")]
    jobs_per_workspace_per_day: Option<u32>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_workspace_per_day: Option<Money>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_workspace_per_month: Option<Money>,
    #[serde(deserialize_with = "units::count")]
    open_jobs: Option<u32>,
    #[serde(deserialize_with = "units::count")]
    jobs_per_day: Option<u32>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_day: Option<Money>,
    #[serde(deserialize_with = "units::dollars")]
    spend_per_month: Option<Money>,
    /// A budget that jobs of unknown price may slip through is none, so they are refused where one applies.
    unknown_price: UnknownPriceSetting,
    /// A fifth is more than prices vary by themselves. `none` never tells.
    #[serde(deserialize_with = "units::count")]
    drift_alarm_percent: Option<u32>,
}

/// What becomes of a job whose price nobody knows, where a budget applies.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum UnknownPriceSetting {
    Refuse,
    Allow,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            open_jobs_per_requester: Some(5),
            jobs_per_requester_per_day: None,
            spend_per_requester_per_day: None,
            spend_per_requester_per_month: None,
            open_jobs_per_channel: None,
            jobs_per_channel_per_day: None,
            spend_per_channel_per_day: None,
            spend_per_channel_per_month: None,
            open_jobs_per_workspace: None,
            jobs_per_workspace_per_day: None,
            spend_per_workspace_per_day: None,
            spend_per_workspace_per_month: None,
            open_jobs: None,
            jobs_per_day: None,
            spend_per_day: None,
            spend_per_month: None,
            unknown_price: UnknownPriceSetting::Refuse,
            drift_alarm_percent: Some(20),
        }
    }
}

impl LimitSettings {
    /// By how many percent estimates may be off before the operator is told.
    pub(super) const fn drift_alarm_percent(&self) -> Option<u32> {
        self.drift_alarm_percent
    }
}

impl From<LimitSettings> for Limits {
    fn from(settings: LimitSettings) -> Self {
        let LimitSettings {
            open_jobs_per_requester,
            jobs_per_requester_per_day,
            spend_per_requester_per_day,
            spend_per_requester_per_month,
            open_jobs_per_channel,
            jobs_per_channel_per_day,
            spend_per_channel_per_day,
            spend_per_channel_per_month,
            open_jobs_per_workspace,
            jobs_per_workspace_per_day,
            spend_per_workspace_per_day,
            spend_per_workspace_per_month,
            open_jobs,
            jobs_per_day,
            spend_per_day,
            spend_per_month,
            unknown_price,
            drift_alarm_percent: _,
        } = settings;
        Self {
            requester: Caps {
                open_jobs: open_jobs_per_requester,
                jobs_per_day: jobs_per_requester_per_day,
                spend_per_day: spend_per_requester_per_day,
                spend_per_month: spend_per_requester_per_month,
            },
            channel: Caps {
                open_jobs: open_jobs_per_channel,
                jobs_per_day: jobs_per_channel_per_day,
                spend_per_day: spend_per_channel_per_day,
                spend_per_month: spend_per_channel_per_month,
            },
            workspace: Caps {
                open_jobs: open_jobs_per_workspace,
                jobs_per_day: jobs_per_workspace_per_day,
                spend_per_day: spend_per_workspace_per_day,
                spend_per_month: spend_per_workspace_per_month,
            },
            deployment: Caps {
                open_jobs,
                jobs_per_day,
                spend_per_day,
                spend_per_month,
            },
            unknown_price: match unknown_price {
                UnknownPriceSetting::Refuse => UnknownPrice::Refuse,
                UnknownPriceSetting::Allow => UnknownPrice::Allow,
            },
            ..Self::default()
        }
    }
}
