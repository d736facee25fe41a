//! `Retry-After` in both its forms: seconds, and a date.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use kling_core::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// The longest wait we take seriously: a day. A longer one is cut to this. RFC 9110 states no bound; this one is the
/// house's own, so that a wrong clock or a slip of a vendor's cannot stop a caller for ever.
pub const MAX_WAIT: Duration = Duration::from_hours(24);

/// Reads the wait from a reply's headers. A date is taken relative to the server's own `Date`, or to
/// `received_at` where it sent none, so that a wrong clock on either side does not matter.
pub fn from_headers(headers: &HeaderMap, received_at: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let server_now = headers
        .get(DATE)
        .and_then(|date| date.to_str().ok())
        .and_then(http_date);
    parse(value, server_now.unwrap_or(received_at))
}

/// Reads one value: whole or decimal seconds, or an HTTP date relative to `now`.
///
/// A date that has passed is no wait at all; text of neither form, and a negative number, are `None`.
/// The wait is never longer than [`MAX_WAIT`].
pub fn parse(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let wait = if value.starts_with(|first: char| first.is_ascii_digit()) {
        seconds(value)?
    } else {
        http_date(value)?.since(now)
    };
    Some(wait.min(MAX_WAIT))
}

fn seconds(value: &str) -> Option<Duration> {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    if !number(whole) || !number(fraction) {
        return None;
    }
    // A number too large for the type is a number too large to wait.
    let whole = whole.parse().unwrap_or(u64::MAX);
    let millis: u64 = format!("{fraction:0<3.3}").parse().ok()?;
    Duration::from_secs(whole).checked_add(Duration::from_millis(millis))
}

fn http_date(value: &str) -> Option<Timestamp> {
    let at: SystemTime = httpdate::parse_http_date(value).ok()?;
    let since = at.duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_millis())
        .ok()
        .map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    #[test]
    fn both_forms_are_read() {
        let later = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(1_800_000_090));

        assert_eq!(parse("90", NOW), Some(Duration::from_secs(90)));
        assert_eq!(parse(" 1.5 ", NOW), Some(Duration::from_millis(1_500)));
        assert_eq!(parse(&later, NOW), Some(Duration::from_secs(90)));
    }

    #[test]
    fn what_is_neither_form_is_no_wait() {
        for text in [
            "", "-1", "soon", "1.", "1.x", ".5", "1e9", "NaN", "inf", "+3", "1 second",
        ] {
            assert_eq!(parse(text, NOW), None, "{text:?}");
        }
    }

    #[test]
    fn a_date_in_the_past_is_no_wait_and_a_far_one_is_cut() {
        assert_eq!(
            parse("Sun, 06 Nov 1994 08:49:37 GMT", NOW),
            Some(Duration::ZERO)
        );
        assert_eq!(parse("Fri, 31 Dec 9999 23:59:59 GMT", NOW), Some(MAX_WAIT));
        assert_eq!(parse("99999999999999999999999999", NOW), Some(MAX_WAIT));
    }

    #[test]
    fn a_date_is_relative_to_the_servers_clock_not_ours() {
        let mut headers = HeaderMap::new();
        let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
        let after = HeaderValue::from_static("Sun, 06 Nov 1994 08:50:07 GMT");
        headers.insert(DATE, date);
        headers.insert(RETRY_AFTER, after);

        assert_eq!(from_headers(&headers, NOW), Some(Duration::from_secs(30)));
    }

    proptest! {
        #[test]
        fn no_text_panics_or_waits_longer_than_a_day(text in ".*", now: i64) {
            let wait = parse(&text, Timestamp::from_millis(now));

            prop_assert!(wait.is_none_or(|wait| wait <= MAX_WAIT));
        }

        #[test]
        fn seconds_are_read_as_they_are(seconds in 0..86_400_u64, millis in 0..1000_u64) {
            let exact = Duration::from_secs(seconds) + Duration::from_millis(millis);

            prop_assert_eq!(
                parse(&format!("{seconds}.{millis:03}"), NOW),
                Some(exact)
            );
        }

        #[test]
        fn a_date_is_as_far_away_as_it_says(seconds in 0..86_400_u64) {
            let date = UNIX_EPOCH + Duration::from_secs(1_800_000_000 + seconds);

            prop_assert_eq!(
                parse(&httpdate::fmt_http_date(date), NOW),
                Some(Duration::from_secs(seconds))
            );
        }
    }
}
