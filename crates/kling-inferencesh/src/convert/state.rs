//! The states of a task, from numbers of two incompatible tables, or from names.

use serde::Deserialize;
use serde_json::Value;

/// Which meaning the vendor's status numbers have. From 8 on its two tables differ: 9 is "completed" in the
/// older one, and "uploading" in the newer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusTable {
    /// What the service and its clients have used since version 0.6.1 of the Python client.
    #[default]
    Current,
    /// What came before, and some of the documentation still shows.
    Legacy,
}

/// How far a task is, in the vendor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Received,
    Queued,
    Dispatched,
    Preparing,
    Serving,
    SettingUp,
    Running,
    Cancelling,
    Uploading,
    Completed,
    Failed,
    Cancelled,
    /// Not admitted: no balance, or no way to pay.
    Rejected,
    /// 0, and whatever was added later.
    Unknown,
}

const NAMES: [(&str, State); 17] = [
    ("received", State::Received),
    ("queued", State::Queued),
    ("dispatched", State::Dispatched),
    ("scheduled", State::Dispatched),
    ("preparing", State::Preparing),
    ("serving", State::Serving),
    ("setting_up", State::SettingUp),
    ("running", State::Running),
    ("cancelling", State::Cancelling),
    ("canceling", State::Cancelling),
    ("uploading", State::Uploading),
    ("completed", State::Completed),
    ("failed", State::Failed),
    ("cancelled", State::Cancelled),
    ("canceled", State::Cancelled),
    ("rejected", State::Rejected),
    ("unknown", State::Unknown),
];

const CURRENT: [State; 14] = [
    State::Unknown,
    State::Received,
    State::Queued,
    State::Dispatched,
    State::Preparing,
    State::Serving,
    State::SettingUp,
    State::Running,
    State::Cancelling,
    State::Uploading,
    State::Completed,
    State::Failed,
    State::Cancelled,
    State::Rejected,
];

const LEGACY: [State; 12] = [
    State::Unknown,
    State::Received,
    State::Queued,
    State::Dispatched,
    State::Preparing,
    State::Serving,
    State::SettingUp,
    State::Running,
    State::Uploading,
    State::Completed,
    State::Failed,
    State::Cancelled,
];

impl State {
    /// Reads a number, a number in quotes, or a name in any case. `None` when it is none of them.
    pub(crate) fn read(status: &Value, table: StatusTable) -> Option<Self> {
        match status {
            Value::Number(number) => {
                let whole = number.as_u64().unwrap_or(u64::MAX);
                Some(Self::numbered(whole, table))
            }
            Value::String(text) => {
                let text = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
                if text.is_empty() {
                    return None;
                }
                let named = NAMES.iter().find(|(name, _)| *name == text);
                Some(match (named, text.parse()) {
                    (Some((_, state)), _) => *state,
                    (None, Ok(number)) => Self::numbered(number, table),
                    (None, Err(_)) => Self::Unknown,
                })
            }
            _ => None,
        }
    }

    fn numbered(number: u64, table: StatusTable) -> Self {
        let states = match table {
            StatusTable::Current => CURRENT.as_slice(),
            StatusTable::Legacy => LEGACY.as_slice(),
        };
        usize::try_from(number)
            .ok()
            .and_then(|index| states.get(index))
            .copied()
            .unwrap_or(Self::Unknown)
    }

    /// Whether it will not change again.
    pub(crate) const fn is_terminal(self) -> bool {
        match self {
            Self::Completed | Self::Failed | Self::Cancelled | Self::Rejected => true,
            Self::Received
            | Self::Queued
            | Self::Dispatched
            | Self::Preparing
            | Self::Serving
            | Self::SettingUp
            | Self::Running
            | Self::Cancelling
            | Self::Uploading
            | Self::Unknown => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(table: StatusTable, states: &[State]) {
        for (number, state) in states.iter().enumerate() {
            assert_eq!(
                State::read(&Value::from(number), table),
                Some(*state),
                "{number}"
            );
            let quoted = Value::from(number.to_string());
            assert_eq!(State::read(&quoted, table), Some(*state), "\"{number}\"");
        }
    }

    #[test]
    fn the_numbers_mean_what_the_table_in_use_says() {
        check(StatusTable::Current, &CURRENT);
        check(StatusTable::Legacy, &LEGACY);
        assert_eq!(CURRENT[10], State::Completed);
        assert_eq!(LEGACY[9], State::Completed);
    }

    #[test]
    fn a_name_means_the_same_in_both_tables_and_in_any_case() {
        for table in [StatusTable::Current, StatusTable::Legacy] {
            for (text, state) in [
                ("Completed", State::Completed),
                ("setting-up", State::SettingUp),
                ("scheduled", State::Dispatched),
                (" CANCELED ", State::Cancelled),
                ("rejected", State::Rejected),
            ] {
                assert_eq!(
                    State::read(&Value::from(text), table),
                    Some(state),
                    "{text}"
                );
            }
        }
    }

    #[test]
    fn what_nobody_has_heard_of_is_unknown_and_never_terminal() {
        for status in [
            Value::from(0),
            Value::from(14),
            Value::from(-1),
            Value::from(10.5),
            Value::from("sleeping"),
            Value::from("99999999999999999999999"),
        ] {
            let state = State::read(&status, StatusTable::Current).expect("a state");
            assert_eq!(state, State::Unknown, "{status}");
            assert!(!state.is_terminal());
        }
        for status in [
            Value::Null,
            Value::from(true),
            Value::from(""),
            Value::from(vec![1]),
        ] {
            assert_eq!(State::read(&status, StatusTable::Current), None, "{status}");
        }
    }
}
