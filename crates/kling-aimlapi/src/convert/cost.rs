//! What a call cost, from the four places that may say so, without losing a digit.

use kling_core::{Cost, CostSource, Money};
use serde_json::value::RawValue;

use crate::models::CREDIT_NANODOLLARS;
use crate::wire::Meta;

const DOLLAR_NANODOLLARS: i64 = 1_000_000_000;

/// The two cost headers of a reply, where they are.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CostHeaders<'a> {
    /// `x-aimlapi-credits-used`
    pub(crate) credits: Option<&'a str>,
    /// `x-aimlapi-usd-spent`
    pub(crate) dollars: Option<&'a str>,
}

/// What the provider says a call cost: in the body first, in credits first.
///
/// `None` when it says nothing that can be read.
pub(crate) fn reported(meta: Option<&RawValue>, headers: CostHeaders<'_>) -> Option<Cost> {
    let usage = meta
        .and_then(|meta| serde_json::from_str::<Meta>(meta.get()).ok())
        .and_then(|meta| meta.usage)
        .unwrap_or_default();
    let places = [
        (
            usage.credits_used.as_deref().map(RawValue::get),
            CREDIT_NANODOLLARS,
        ),
        (
            usage.usd_spent.as_deref().map(RawValue::get),
            DOLLAR_NANODOLLARS,
        ),
        (headers.credits, CREDIT_NANODOLLARS),
        (headers.dollars, DOLLAR_NANODOLLARS),
    ];
    let amount = places
        .into_iter()
        .filter_map(|(text, unit)| amount(text?, unit))
        .find(|amount| *amount >= Money::ZERO)?;
    Some(Cost {
        amount,
        source: CostSource::Reported,
    })
}

/// An amount that is stated in credits, else in dollars.
pub(crate) fn stated(credits: Option<&RawValue>, dollars: Option<&RawValue>) -> Option<Money> {
    credits
        .and_then(|credits| amount(credits.get(), CREDIT_NANODOLLARS))
        .or_else(|| dollars.and_then(|dollars| amount(dollars.get(), DOLLAR_NANODOLLARS)))
}

/// Reads a JSON number, or one in quotes, as dollars.
pub(crate) fn dollars(text: &str) -> Option<Money> {
    amount(text, DOLLAR_NANODOLLARS)
}

/// Reads a decimal number, in any spelling JSON allows, of units that are worth that many
/// nano-dollars. What is finer than a nano-dollar, such as the tail of a binary fraction written
/// out, is rounded to the nearest.
fn amount(text: &str, unit: i64) -> Option<Money> {
    let text = text.trim();
    let text = text
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(text);
    let (number, exponent) = match text.split_once(['e', 'E']) {
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    // 32 digits are more than any double has, and still fit.
    if whole.is_empty() || !plain(whole) || !plain(fraction) || digits.len() > 32 {
        return None;
    }
    let mantissa: i128 = format!("{whole}{fraction}").parse().ok()?;
    let shift = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    let scaled = mantissa.checked_mul(i128::from(unit))?;
    let power = 10_i128.checked_pow(shift.unsigned_abs());
    let nanodollars = match (shift < 0, power) {
        (false, Some(power)) => scaled.checked_mul(power)?,
        (false, None) if scaled == 0 => 0,
        (false, None) => return None,
        (true, Some(power)) => {
            let (whole, rest) = (scaled / power, scaled % power);
            // Compared so that nothing is added to what may be near the largest number there is.
            if rest >= power - rest {
                whole + 1
            } else {
                whole
            }
        }
        (true, None) => 0,
    };
    let nanodollars = i64::try_from(nanodollars).ok()?;
    Some(Money::from_nanodollars(if negative {
        -nanodollars
    } else {
        nanodollars
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).expect("JSON")
    }

    #[track_caller]
    fn check(
        meta: Option<&str>,
        credits: Option<&str>,
        dollars: Option<&str>,
        expected: Option<i64>,
    ) {
        let meta = meta.map(raw);

        let cost = reported(meta.as_deref(), CostHeaders { credits, dollars });

        assert_eq!(cost.map(|cost| cost.amount.as_nanodollars()), expected);
    }

    #[test]
    fn credits_in_the_body_win_and_each_is_half_a_microdollar() {
        let both = r#"{"usage": {"credits_used": 58800, "usd_spent": 9}}"#;

        check(Some(both), Some("1"), Some("2"), Some(29_400_000));
    }

    #[test]
    fn without_credits_the_dollars_of_the_body_count_and_then_the_headers() {
        let dollars = r#"{"usage": {"credits_used": null, "usd_spent": 0.0294}}"#;

        check(Some(dollars), Some("1"), Some("2"), Some(29_400_000));
        check(
            Some(r#"{"usage": null}"#),
            Some("117600"),
            Some("2"),
            Some(58_800_000),
        );
        check(None, None, Some("0.52"), Some(520_000_000));
        check(None, None, None, None);
    }

    #[test]
    fn a_surprise_reads_as_nothing_said() {
        for meta in [
            "[]",
            "7",
            r#"{"usage": "free"}"#,
            r#"{"usage": {"credits_used": {}}}"#,
        ] {
            check(Some(meta), None, None, None);
        }
        check(None, Some("many"), Some("-1"), None);
        check(None, Some(""), Some("1e999"), None);
    }

    #[test]
    fn every_spelling_of_a_number_is_read_to_the_last_digit() {
        for (text, expected) in [
            ("12.345678901", Some(12_345_678_901)),
            ("-0.05", Some(-50_000_000)),
            ("\"3.5\"", Some(3_500_000_000)),
            ("5e-7", Some(500)),
            ("2.94E-2", Some(29_400_000)),
            ("0.029400000000000002", Some(29_400_000)),
            ("0e99", Some(0)),
            ("1e-99", Some(0)),
            ("0.0000000005", Some(1)),
            ("0.00000000049999", Some(0)),
            ("5.88e4", Some(58_800_000_000_000)),
            ("160000000000000000000000000000e-38", Some(2)),
            ("9223372036.854775807", Some(i64::MAX)),
            ("9223372036.854775808", None),
            ("1e12", None),
            ("1e2147483648", None),
            ("1e", None),
            ("--1", None),
            ("0x10", None),
            ("NaN", None),
            (".5", None),
            ("true", None),
        ] {
            assert_eq!(dollars(text).map(Money::as_nanodollars), expected, "{text}");
        }
    }

    #[test]
    fn a_negative_or_unreadable_amount_gives_way_to_the_next_place() {
        for odd in ["-58800", "\"many\"", "1e99", "[58800]"] {
            let meta = format!(r#"{{"usage": {{"credits_used": {odd}, "usd_spent": 0.0294}}}}"#);
            check(Some(&meta), None, None, Some(29_400_000));
        }
    }

    proptest! {
        #[test]
        fn no_number_makes_a_panic(text in "-?[0-9]{1,33}(\\.[0-9]{0,33})?([eE][+-]?[0-9]{1,11})?", unit in 1..=DOLLAR_NANODOLLARS) {
            let read = amount(&text, unit);

            prop_assert!(read.is_none_or(|money| text.starts_with('-') || money >= Money::ZERO));
        }

        #[test]
        fn a_number_of_credits_is_the_same_however_it_is_written(credits in 0..1_000_000_000_000_i64, places in 0..12_u32) {
            let (whole, rest) = (credits / 10_i64.pow(places), credits % 10_i64.pow(places));
            let width = places as usize;
            let fraction = if places == 0 { String::new() } else { format!(".{rest:0width$}") };

            for spelling in [
                format!("{credits}"),
                format!("{credits}.0"),
                format!("\"{credits}\""),
                format!("{whole}{fraction}e{places}"),
                format!("{credits}00E-2"),
            ] {
                let read = amount(&spelling, CREDIT_NANODOLLARS).map(Money::as_nanodollars);
                prop_assert_eq!(read, Some(credits * CREDIT_NANODOLLARS), "{}", spelling);
            }
        }
    }
}
