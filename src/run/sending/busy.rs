//! How long a busy target wants to be left alone.

use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::http::Response;

/// How often a request is sent again when the target says it is busy.
const MAX_TIMES: u32 = 5;

/// The form of a date in HTTP (RFC 9110 §5.6.7).
const IMF_FIXDATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// The pause before the same request may be sent again; `None` when the answer is none that asks for one.
///
/// A 503 without a time is an outage, not a limit.
pub(in crate::run) fn pause(response: &Response, already: u32) -> Option<Duration> {
    if already >= MAX_TIMES || !matches!(response.status, 429 | 503) {
        return None;
    }
    let named = response.headers.get("retry-after").and_then(|value| retry_after(value, response));
    match response.status {
        429 => Some(named.unwrap_or_else(|| Duration::from_secs(1 << already))),
        _ => named,
    }
}

/// Seconds, or a date seen from the answer's own, or from ours: a 5xx need not have one (RFC 9110 §6.6.1, §10.2.3).
fn retry_after(value: &str, response: &Response) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = date(value)?;
    let from = response.headers.get("date").and_then(date).unwrap_or_else(OffsetDateTime::now_utc);
    Some(Duration::try_from(until - from).unwrap_or(Duration::ZERO))
}

fn date(text: &str) -> Option<OffsetDateTime> {
    time::PrimitiveDateTime::parse(text.trim(), IMF_FIXDATE).ok().map(time::PrimitiveDateTime::assume_utc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Headers;

    fn answer(status: u16, headers: &[(&str, &str)]) -> Response {
        Response::new(status, headers.iter().copied().collect::<Headers>(), "")
    }

    #[test]
    fn a_limit_names_seconds_or_a_date_or_nothing() {
        let seconds = answer(429, &[("Retry-After", "7")]);
        assert_eq!(pause(&seconds, 0), Some(Duration::from_secs(7)));
        let dated =
            answer(503, &[("Date", "Mon, 05 Jan 2026 10:00:00 GMT"), ("Retry-After", "Mon, 05 Jan 2026 10:00:09 GMT")]);
        assert_eq!(pause(&dated, 0), Some(Duration::from_secs(9)));
        let undated = answer(503, &[("Retry-After", "Mon, 05 Jan 2026 10:00:09 GMT")]);
        assert_eq!(pause(&undated, 0), Some(Duration::ZERO), "that moment is over by any clock");
        assert_eq!(pause(&answer(429, &[]), 2), Some(Duration::from_secs(4)));
    }

    #[test]
    fn an_outage_is_no_limit_and_patience_ends() {
        assert_eq!(pause(&answer(503, &[]), 0), None);
        assert_eq!(pause(&answer(500, &[("Retry-After", "1")]), 0), None);
        assert_eq!(pause(&answer(429, &[("Retry-After", "1")]), MAX_TIMES), None);
    }
}
