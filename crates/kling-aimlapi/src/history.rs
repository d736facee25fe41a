//! What the vendor charged, from its billing history: evidence for an operator who looks for a lost answer.

use std::time::{Duration, UNIX_EPOCH};

use kling_core::{Money, TaskHandle, Timestamp};
use serde_json::Value;

use crate::convert::cost;
use crate::convert::handle::FORMAT;
use crate::wire::{Amount, Transaction, Transactions};

/// The last moment that can be written as a date with a year of four digits.
const LAST_MILLIS: i64 = 253_402_300_799_999;

/// Some charges, the latest first.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Charges {
    /// In the vendor's order.
    pub charges: Vec<Charge>,
    /// What to ask with for those that come after, where there are any.
    pub next: Option<String>,
}

/// One charge. Whatever the vendor does not say, or says in a way that cannot be read, is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Charge {
    /// When it was made.
    pub at: Option<Timestamp>,
    /// The model that worked.
    pub model: Option<String>,
    /// How much.
    pub amount: Option<Money>,
    /// The vendor's `reference_id`. Its documents only name the field; that for a video it is the generation's id is an
    /// assumption.
    pub reference: Option<String>,
}

impl Charge {
    /// Whether it names this task, of this provider.
    ///
    /// It does where the vendor's `reference_id` is the generation's id, which is an assumption: a charge that names the task
    /// is good evidence that it was charged. That none does proves nothing: the vendor charges when the result is there.
    pub fn is_for(&self, task: &TaskHandle) -> bool {
        FORMAT
            .read_task(task)
            .is_ok_and(|task| self.reference.as_deref() == Some(&task.id))
    }

    fn read(entry: &str) -> Option<Self> {
        let entry: Transaction = serde_json::from_str(entry).ok()?;
        let text = |value: &Value| value.as_str().map(str::to_owned);
        if entry.direction.as_str().is_some_and(|way| way != "CHARGE") {
            return None;
        }
        let amount = entry
            .amount
            .as_deref()
            .map(serde_json::value::RawValue::get);
        let amount: Amount = amount
            .and_then(|amount| serde_json::from_str(amount).ok())
            .unwrap_or_default();
        Some(Self {
            at: entry.created_at.as_str().and_then(moment),
            model: text(&entry.model),
            amount: cost::stated(amount.credits.as_deref(), amount.usd.as_deref()),
            reference: text(&entry.reference_id),
        })
    }
}

impl Charges {
    pub(crate) fn read(page: &Transactions) -> Self {
        let entries = page.data.iter();
        // A cursor behind the last page would lead round in circles.
        let goes_on = page.pagination["has_more"].as_bool() != Some(false);
        let next = page.pagination["next_cursor"].as_str();
        Self {
            charges: entries
                .filter_map(|entry| Charge::read(entry.get()))
                .collect(),
            next: next
                .filter(|cursor| goes_on && !cursor.is_empty())
                .map(str::to_owned),
        }
    }
}

/// A moment as the vendor takes it.
pub(crate) fn iso(at: Timestamp) -> String {
    let millis = at.as_millis().clamp(0, LAST_MILLIS).unsigned_abs();
    humantime::format_rfc3339_millis(UNIX_EPOCH + Duration::from_millis(millis)).to_string()
}

fn moment(text: &str) -> Option<Timestamp> {
    let at = humantime::parse_rfc3339_weak(text).ok()?;
    let millis = at.duration_since(UNIX_EPOCH).ok()?.as_millis();
    i64::try_from(millis).ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(page: &str) -> Charges {
        let page: Transactions = serde_json::from_str(page).expect("a page");
        Charges::read(&page)
    }

    #[test]
    fn a_page_is_read_as_far_as_it_goes() {
        let page = read(
            r#"{"data": [
                {"created_at": "2026-11-20T09:30:00.042Z", "direction": "CHARGE", "type": "MODEL_USAGE",
                 "amount": {"usd": 0.588, "credits": 1176000}, "model": "klingai/video-o1-image-to-video",
                 "reference_id": "V1StGXR8"},
                {"direction": "TOPUP", "amount": {"usd": 5}},
                {"created_at": "soon", "amount": {"usd": "0.05"}, "model": null, "reference_id": 7},
                null, "x", 7
            ], "pagination": {"next_cursor": "abc", "has_more": true}}"#,
        );

        assert_eq!(page.next.as_deref(), Some("abc"));
        assert_eq!(
            page.charges,
            [
                Charge {
                    at: Some(Timestamp::from_millis(1_795_167_000_042)),
                    model: Some("klingai/video-o1-image-to-video".to_owned()),
                    amount: Some(Money::from_microdollars(588_000)),
                    reference: Some("V1StGXR8".to_owned()),
                },
                Charge {
                    at: None,
                    model: None,
                    amount: Some(Money::from_microdollars(50_000)),
                    reference: None,
                },
            ]
        );
    }

    #[test]
    fn there_is_more_only_where_the_vendor_says_so() {
        let next =
            |pagination: &str| read(&format!(r#"{{"data": [], "pagination": {pagination}}}"#)).next;
        let some = Some("abc".to_owned());

        assert_eq!(next(r#"{"next_cursor": "abc", "has_more": false}"#), None);
        assert_eq!(next(r#"{"next_cursor": "", "has_more": true}"#), None);
        assert_eq!(next(r#"{"next_cursor": "abc", "has_more": true}"#), some);
        assert_eq!(next(r#"{"next_cursor": "abc"}"#), some);
    }

    #[test]
    fn a_charge_is_for_the_task_whose_id_it_names_and_for_no_other() {
        let page = read(r#"{"data": [{"reference_id": "a/b:c"}, {"reference_id": null}]}"#);

        let is_for = |handle| {
            let task = TaskHandle::literal(handle);
            page.charges
                .iter()
                .map(|charge| charge.is_for(&task))
                .collect::<Vec<_>>()
        };

        assert_eq!(is_for("aimlapi.1.5.6.a%2Fb%3Ac"), [true, false]);
        assert_eq!(is_for("aimlapi.1.5.6.other"), [false, false]);
        assert_eq!(is_for("apiin.1.5.6.a%2Fb%3Ac"), [false, false]);
        assert_eq!(page.next, None);
    }

    proptest! {
        #[test]
        fn any_moment_can_be_asked_for(millis: i64) {
            let text = iso(Timestamp::from_millis(millis));
            let expected = millis.clamp(0, LAST_MILLIS);
            prop_assert_eq!(moment(&text), Some(Timestamp::from_millis(expected)));
        }

        #[test]
        fn no_entry_makes_a_panic(entry in "\\PC{0,60}|[\\[{\":,\\]}a-z0-9\\\\]{0,60}") {
            drop(Charge::read(&entry));
        }
    }
}
