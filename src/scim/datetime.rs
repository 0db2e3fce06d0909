//! Moments as SCIM writes them: xsd:dateTime (RFC 7643 §2.3.5).

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

const WHOLE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
const MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// Writes a moment in UTC, to the millisecond: `2026-01-05T12:00:00Z`, `2026-01-05T12:00:00.250Z`.
pub fn format(moment: OffsetDateTime) -> String {
    let moment = moment.checked_to_offset(UtcOffset::UTC).unwrap_or(moment);
    let form = if moment.millisecond() == 0 { WHOLE } else { MILLIS };
    moment.format(form).expect("a moment has every part of the form")
}

/// Reads an xsd:dateTime (RFC 7643 §2.3.5): `YYYY-MM-DDThh:mm:ss(.f+)?(Z|±hh:mm)?`.
///
/// Any number of fraction digits, `24:00:00` and a missing zone (taken as UTC) are legal.
pub fn parse(text: &str) -> Option<OffsetDateTime> {
    let (date, rest) = text.split_once('T')?;
    let (clock, zone) = split_zone(rest)?;
    let (year, month_day) = date.split_at_checked(date.len().checked_sub(6)?)?;
    let year = number(year, 4)?;
    let (month, day) = month_day.strip_prefix('-')?.split_once('-')?;
    let month = Month::try_from(u8::try_from(number(month, 2)?).ok()?).ok()?;
    let day = Date::from_calendar_date(year, month, u8::try_from(number(day, 2)?).ok()?).ok()?;
    let (whole, fraction) = clock.split_once('.').map_or((clock, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut parts = whole.split(':').map(|part| number(part, 2));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let nanos = fraction.map_or(Some(0), nanoseconds)?;
    if parts.next().is_some() {
        return None;
    }
    let is_midnight = (hour, minute, second, nanos) == (24, 0, 0, 0);
    let time = Time::from_hms_nano(
        if is_midnight { 0 } else { u8::try_from(hour).ok()? },
        u8::try_from(minute).ok()?,
        u8::try_from(second).ok()?,
        nanos,
    );
    let moment = PrimitiveDateTime::new(day, time.ok()?).assume_offset(zone);
    if is_midnight { moment.checked_add(Duration::days(1)) } else { Some(moment) }
}

fn split_zone(rest: &str) -> Option<(&str, UtcOffset)> {
    if let Some(clock) = rest.strip_suffix('Z') {
        return Some((clock, UtcOffset::UTC));
    }
    let Some(at) = rest.find(['+', '-']) else { return Some((rest, UtcOffset::UTC)) };
    let (clock, zone) = rest.split_at(at);
    let (hours, minutes) = zone[1..].split_once(':')?;
    let (hours, minutes) = (i8::try_from(number(hours, 2)?).ok()?, i8::try_from(number(minutes, 2)?).ok()?);
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let in_range = hours <= 14 && minutes <= 59;
    Some((clock, UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok().filter(|_| in_range)?))
}

/// Exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i32> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// Fraction digits, as many as there are; those beyond nanoseconds are cut off.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{fraction:0<9}").get(..9)?.parse().ok()
}

/// How exact a moment is, by its last digit that is no zero: whole seconds, tenths, …
pub fn resolution(moment: OffsetDateTime) -> Duration {
    let nanoseconds = i64::from(moment.nanosecond());
    let steps = (0..9).rev().map(|zeros| 10_i64.pow(zeros));
    let fits = |step: &i64| nanoseconds != 0 && nanoseconds % step == 0;
    steps.into_iter().find(fits).map_or(Duration::SECOND, Duration::nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn every_legal_form_is_read() {
        let noon = datetime!(2026-01-05 12:00 UTC);
        for text in
            ["2026-01-05T12:00:00Z", "2026-01-05T12:00:00", "2026-01-05T14:00:00+02:00", "2026-01-05T12:00:00.000Z"]
        {
            assert_eq!(parse(text), Some(noon), "{text}");
        }
        assert_eq!(parse("2026-01-04T24:00:00Z"), Some(datetime!(2026-01-05 00:00 UTC)));
        assert!(parse("2026-01-05T12:00:00.1234567890123-14:00").is_some());
    }

    #[test]
    fn everything_else_is_not() {
        let wrong = [
            "2026-01-05 12:00:00Z",
            "2026-13-05T12:00:00Z",
            "2026-02-30T12:00:00Z",
            "2026-01-05",
            "2026-01-05T12:00Z",
            "2026-01-05T25:00:00Z",
            "2026-01-05T12:00:00.Z",
            "2026-01-05T12:00:00+0200",
            "1690000000",
            "",
            "T",
            "é-01-05T",
        ];
        for text in wrong {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_to_the_millisecond() {
        let moment = datetime!(2026-01-05 14:00:00.250_9 +2);
        assert_eq!(format(moment), "2026-01-05T12:00:00.250Z");
        assert_eq!(parse(&format(moment)), Some(datetime!(2026-01-05 12:00:00.250 UTC)));
        assert_eq!(format(datetime!(2026-01-05 12:00 UTC)), "2026-01-05T12:00:00Z");
    }
}
