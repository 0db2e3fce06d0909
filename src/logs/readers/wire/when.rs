//! Times as the wire formats write them: ISO 8601, the common log format, seconds and their parts since 1970.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::logs::observation::{Moment, Precision};

/// A time in any of these forms; one without a zone is in `zone`, or in UTC.
pub fn read(text: &str, zone: Option<UtcOffset>) -> Option<Moment> {
    let text = text.trim();
    epoch(text).or_else(|| iso(text, zone)).or_else(|| common(text))
}

/// A count since 1970: seconds, milli-, micro- or nanoseconds, by its size.
pub fn epoch(text: &str) -> Option<Moment> {
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(whole) || !(9..=19).contains(&whole.len()) || !fraction.is_none_or(is_digits) {
        return None;
    }
    // Until the year 2286 seconds have ten digits at most.
    let (unit, precision) = match whole.len() {
        9 | 10 => (1_000_000_000, if fraction.is_some() { Precision::Fraction } else { Precision::Second }),
        11..=13 => (1_000_000, Precision::Fraction),
        14..=16 => (1_000, Precision::Fraction),
        _ => (1, Precision::Fraction),
    };
    let below =
        fraction.map_or(Some(0), |digits| nanoseconds(digits).map(|part| i128::from(part) * unit / 1_000_000_000));
    let count = whole.parse::<i128>().ok()? * unit + below?;
    let instant = OffsetDateTime::from_unix_timestamp_nanos(count).ok()?;
    Some(Moment { instant, precision, has_zone: true })
}

/// `2026-11-16T09:12:05.402+01:00`, also with a blank for the `T` and without a zone.
fn iso(text: &str, zone: Option<UtcOffset>) -> Option<Moment> {
    let (day, rest) = (text.get(..10)?, text.get(10..)?.strip_prefix(['T', 't', ' '])?);
    let mut parts = day.split('-');
    let (year, month, date) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let date =
        Date::from_calendar_date(year, Month::try_from(u8::try_from(month).ok()?).ok()?, u8::try_from(date).ok()?);
    let end = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(rest.len());
    let (clock, precision) = clock(&rest[..end])?;
    let written = offset(rest[end..].trim());
    if written.is_none() && !rest[end..].trim().is_empty() {
        return None;
    }
    let offset = written.or(zone).unwrap_or(UtcOffset::UTC);
    Some(Moment { instant: at(date.ok()?, clock, offset)?, precision, has_zone: written.is_some() })
}

/// `16/Nov/2026:09:12:05 +0000`.
fn common(text: &str) -> Option<Moment> {
    let (day, rest) = text.split_once(':')?;
    let mut parts = day.split('/');
    let (date, name, year) = (number(parts.next()?)?, parts.next()?, number(parts.next()?)?);
    let month = MONTHS.iter().position(|month| month.eq_ignore_ascii_case(name))? + 1;
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let (time, zone) = rest.split_once(' ')?;
    let (time, precision) = clock(time)?;
    let day = Date::from_calendar_date(year, month, u8::try_from(date).ok()?).ok()?;
    Some(Moment { instant: at(day, time, offset(zone)?)?, precision, has_zone: true })
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `09:12`, `09:12:05`, `09:12:05.402`.
fn clock(text: &str) -> Option<(Time, Precision)> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let Some(seconds) = parts.next() else {
        return Some((Time::from_hms(hour, minute, 0).ok()?, Precision::Minute));
    };
    let (second, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    // A leap second has no place in this calendar: it is the end of the second before.
    let second = second.parse::<u8>().ok()?.min(59);
    let time = Time::from_hms_nano(hour, minute, second, nanoseconds(fraction)?).ok()?;
    Some((time, if fraction.is_empty() { Precision::Second } else { Precision::Fraction }))
}

/// The digits of a fraction as nanoseconds; more than nine are cut.
fn nanoseconds(digits: &str) -> Option<u32> {
    let digits = digits.get(..9).unwrap_or(digits);
    if digits.is_empty() {
        return Some(0);
    }
    let missing = u32::try_from(9 - digits.len()).ok()?;
    digits.parse::<u32>().ok()?.checked_mul(10_u32.pow(missing))
}

/// `Z`, `UTC`, `+0100`, `+01:00`, `-08`.
fn offset(text: &str) -> Option<UtcOffset> {
    if ["Z", "UTC", "GMT"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(UtcOffset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = text[1..].replace(':', "");
    let (hours, minutes): (i8, i8) = match digits.len() {
        2 => (digits.parse().ok()?, 0),
        4 => (digits.get(..2)?.parse().ok()?, digits.get(2..)?.parse().ok()?),
        _ => return None,
    };
    UtcOffset::from_hms(sign * hours, sign * minutes, 0).ok()
}

fn at(date: Date, time: Time, offset: UtcOffset) -> Option<OffsetDateTime> {
    // The last days of the calendar have no counterpart in UTC; nothing is logged there.
    (1600..9000).contains(&date.year()).then(|| PrimitiveDateTime::new(date, time).assume_offset(offset))
}

fn number(text: &str) -> Option<i32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn instant(text: &str) -> Option<OffsetDateTime> {
        read(text, None).map(|moment| moment.instant)
    }

    #[test]
    fn one_instant_in_its_spellings() {
        let expected = datetime!(2026-11-19 06:00:01.301 UTC);
        for text in [
            "2026-11-19T06:00:01.301Z",
            "2026-11-19 07:00:01,301+01:00",
            "2026-11-19T06:00:01.301000000",
            "1795068001301",
            "1795068001.301",
            "1795068001301000",
            "1795068001301000000",
        ] {
            assert_eq!(instant(text), Some(expected), "{text}");
        }
        assert_eq!(instant("19/Nov/2026:07:00:01 +0100"), Some(datetime!(2026-11-19 06:00:01 UTC)));
    }

    #[test]
    fn what_is_not_said_shows() {
        let moment = read("2026-11-19T06:00", UtcOffset::from_hms(1, 0, 0).ok()).unwrap();
        assert_eq!(moment.instant, datetime!(2026-11-19 05:00 UTC));
        assert_eq!((moment.precision, moment.has_zone), (Precision::Minute, false));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "-",
            "12",
            "2026-13-01T00:00:00Z",
            "2026-11-19T06:00:01 o'clock",
            "31/Feb/2026:00:00:00 +0000",
            "é2026-11-1",
        ] {
            assert_eq!(instant(text), None, "{text}");
        }
    }
}
