//! Times as logs write them: RFC 3339 and what is near it, US and European dates, epochs, access logs.
//!
//! The one reader of times for all formats.

use std::sync::LazyLock;

use regex_lite::Regex;
use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use super::observation::{Moment, Precision};

/// Which part of `01/02/2026` is the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DateOrder {
    /// The first, as in the US and in what Microsoft's cloud writes.
    #[default]
    MonthFirst,
    /// The second.
    DayFirst,
}

/// A time that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub moment: Moment,
    /// The date was written with slashes, so that its order had to be known.
    pub is_slashed: bool,
}

/// The years in which logs are written. Near the ends of the calendar a time has no counterpart in UTC.
const YEARS: std::ops::Range<i32> = 1600..9000;

/// Reads a count since 1970 or a time in any form but one whose date has to be guessed; without a zone it is in `zone`,
/// or in UTC.
pub fn read(text: &str, zone: Option<UtcOffset>) -> Option<Moment> {
    epoch(text.trim()).or_else(|| parse(text, zone, DateOrder::MonthFirst).map(|stamp| stamp.moment))
}

/// Reads a time. Where it names no zone, `zone` is taken, else UTC; where its date has slashes, `order` counts.
///
/// Read are: `2026-11-16T09:12:05.8712345Z` with any part of its fraction, seconds and zone missing, a space for the `T`
/// or ` UTC` for the `Z`; `11/19/2026, 6:00:01.123 AM +01:00` and shorter; `19.11.2026 06:00`;
/// `16/Nov/2026:09:12:05 +0100`.
pub fn parse(text: &str, zone: Option<UtcOffset>, order: DateOrder) -> Option<Stamp> {
    let mut cursor = Cursor { rest: text.trim().as_bytes() };
    let (first, digits) = cursor.number(4)?;
    let separator = cursor.next()?;
    let (year, month, day) = if digits == 4 && separator == b'-' {
        let month = cursor.number(2)?.0;
        cursor.expect(b'-')?;
        (first, month, cursor.number(2)?.0)
    } else if separator == b'/' && cursor.rest.first()?.is_ascii_alphabetic() {
        let month = cursor.month_name()?;
        cursor.expect(b'/')?;
        (cursor.number(4)?.0, month, first)
    } else if separator == b'/' || separator == b'.' {
        let second = cursor.number(2)?.0;
        cursor.expect(separator)?;
        let (year, digits) = cursor.number(4)?;
        let year = if digits == 2 { 2000 + year } else { year };
        if separator == b'.' || order == DateOrder::DayFirst { (year, second, first) } else { (year, first, second) }
    } else {
        return None;
    };
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let year = i32::try_from(year).ok().filter(|year| YEARS.contains(year))?;
    let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
    let (time, precision) = cursor.time_of_day()?;
    let named = cursor.zone().ok()?;
    let offset = named.or(zone).unwrap_or(UtcOffset::UTC);
    let instant = PrimitiveDateTime::new(date, time).assume_offset(offset);
    let moment = Moment { instant, precision, has_zone: named.is_some() };
    Some(Stamp { moment, is_slashed: separator == b'/' && digits < 4 })
}

/// A count since 1970: seconds, also with a fraction, milli-, micro- or nanoseconds, by its size.
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

/// The digits of a fraction as nanoseconds; more than nine are cut.
fn nanoseconds(digits: &str) -> Option<u32> {
    let digits = digits.get(..9).unwrap_or(digits);
    let missing = u32::try_from(9 - digits.len()).ok()?;
    digits.parse::<u32>().ok()?.checked_mul(10_u32.pow(missing))
}

/// What the dates of a whole column say about their order.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderEvidence {
    /// A date with slashes was seen.
    pub is_needed: bool,
    day_first: bool,
    month_first: bool,
}

impl OrderEvidence {
    /// Takes a cell into account: only a day is above 12.
    pub fn see(&mut self, text: &str) {
        static SLASHED: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"^\s*(\d{1,2})/(\d{1,2})/\d").expect("the pattern is constant"));
        let Some(parts) = SLASHED.captures(text) else { return };
        let is_day = |index: usize| parts[index].parse::<u8>().is_ok_and(|number| number > 12);
        self.is_needed = true;
        self.day_first |= is_day(1);
        self.month_first |= is_day(2);
    }

    /// The order; `None` when the dates do not tell, or contradict each other.
    pub const fn order(self) -> Option<DateOrder> {
        match (self.month_first, self.day_first) {
            (true, false) => Some(DateOrder::MonthFirst),
            (false, true) => Some(DateOrder::DayFirst),
            _ => None,
        }
    }
}

/// A place in the text of a time.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl Cursor<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.rest.first() == Some(&byte);
        if is_there {
            self.rest = &self.rest[1..];
        }
        is_there
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.eat(byte).then_some(())
    }

    /// A number of at most so many digits, and how many there were.
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let digits = self.rest.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        Some((number.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')), digits))
    }

    fn month_name(&mut self) -> Option<u32> {
        const NAMES: &[u8] = b"janfebmaraprmayjunjulaugsepoctnovdec";
        let (name, rest) = self.rest.split_at_checked(3)?;
        let index = NAMES.chunks(3).position(|known| known.eq_ignore_ascii_case(name))?;
        self.rest = rest;
        u32::try_from(index + 1).ok()
    }

    /// Spaces of all kinds: some locales put a narrow one before `AM`.
    fn skip_spaces(&mut self) {
        loop {
            self.rest = match self.rest {
                [b' ' | b'\t' | b',', rest @ ..] | [0xC2, 0xA0, rest @ ..] | [0xE2, 0x80, 0xAF, rest @ ..] => rest,
                _ => return,
            };
        }
    }

    /// A point, or the comma that ISO 8601 allows as well; a comma before anything but digits separates.
    fn eat_fraction_mark(&mut self) -> bool {
        self.eat(b'.') || matches!(self.rest, [b',', b'0'..=b'9', ..]) && self.eat(b',')
    }

    fn time_of_day(&mut self) -> Option<(Time, Precision)> {
        if !(self.eat(b'T') || self.eat(b't') || self.eat(b':')) {
            self.skip_spaces();
        }
        let hour = self.number(2)?.0;
        self.expect(b':')?;
        let minute = self.number(2)?.0;
        let (mut second, mut nanos, mut precision) = (0, 0, Precision::Minute);
        if self.eat(b':') {
            (second, precision) = (self.number(2)?.0.min(59), Precision::Second);
            if self.eat_fraction_mark() {
                let (fraction, digits) = self.number(9)?;
                nanos = fraction * 10_u32.pow(9 - u32::try_from(digits).ok()?);
                precision = Precision::Fraction;
                while self.rest.first().is_some_and(u8::is_ascii_digit) {
                    self.next();
                }
            }
        }
        self.skip_spaces();
        let hour = match self.rest {
            [half @ (b'A' | b'a' | b'P' | b'p'), b'M' | b'm', rest @ ..] => {
                self.rest = rest;
                let noon = if half.eq_ignore_ascii_case(&b'p') { 12 } else { 0 };
                hour % 12 + noon
            }
            _ => hour,
        };
        let part = |number: u32| u8::try_from(number).ok();
        Some((Time::from_hms_nano(part(hour)?, part(minute)?, part(second)?, nanos).ok()?, precision))
    }

    /// The zone at the end, when there is one; an error when something else follows.
    fn zone(&mut self) -> Result<Option<UtcOffset>, NoZone> {
        self.skip_spaces();
        match self.rest {
            [] => Ok(None),
            [b'Z' | b'z'] | b"UTC" | b"GMT" => Ok(Some(UtcOffset::UTC)),
            [sign @ (b'+' | b'-'), rest @ ..] => {
                let is_west = *sign == b'-';
                self.rest = rest;
                self.offset(is_west).map(Some).ok_or(NoZone)
            }
            _ => Err(NoZone),
        }
    }

    /// `hh`, `hhmm` or `hh:mm`, and nothing behind it.
    fn offset(&mut self, is_west: bool) -> Option<UtcOffset> {
        let hours = i8::try_from(self.number(2)?.0).ok()?;
        self.eat(b':');
        let minutes = if self.rest.is_empty() { 0 } else { i8::try_from(self.number(2)?.0).ok()? };
        let (hours, minutes) = if is_west { (-hours, -minutes) } else { (hours, minutes) };
        self.rest.is_empty().then(|| UtcOffset::from_hms(hours, minutes, 0).ok()).flatten()
    }
}

/// What stands where a zone should is none.
struct NoZone;

#[cfg(test)]
mod tests {
    use time::macros::{datetime, offset};

    use super::*;

    fn utc(text: &str) -> Option<(OffsetDateTime, Precision, bool)> {
        let stamp = parse(text, None, DateOrder::MonthFirst)?;
        Some((stamp.moment.instant, stamp.moment.precision, stamp.moment.has_zone))
    }

    #[test]
    fn times_of_idps_are_read() {
        use Precision::{Fraction, Minute, Second};
        for (text, instant, precision, has_zone) in [
            ("2026-11-16T09:12:05.871Z", datetime!(2026-11-16 09:12:05.871 UTC), Fraction, true),
            ("2026-11-19T06:00:01.1234567Z", datetime!(2026-11-19 06:00:01.1234567 UTC), Fraction, true),
            ("2007-01-09T09:41:00.123456789+02:00", datetime!(2007-01-09 07:41:00.123456789 UTC), Fraction, true),
            ("2007-01-09T09:41:00", datetime!(2007-01-09 09:41 UTC), Second, false),
            ("2026-11-13T03:14:00-05:00", datetime!(2026-11-13 08:14 UTC), Second, true),
            ("2026-11-13 08:12:00 UTC", datetime!(2026-11-13 08:12 UTC), Second, true),
            ("2026-11-13 08:12", datetime!(2026-11-13 08:12 UTC), Minute, false),
            ("01/09/2007 09:41:00", datetime!(2007-01-09 09:41 UTC), Second, false),
            ("1/9/2007 9:41:00 AM", datetime!(2007-01-09 09:41 UTC), Second, false),
            ("1/9/2007 12:41:00 AM +01:00", datetime!(2007-01-08 23:41 UTC), Second, true),
            ("11/19/2026, 6:00:01.123\u{202f}PM", datetime!(2026-11-19 18:00:01.123 UTC), Fraction, false),
            ("11/20/2026 5:41", datetime!(2026-11-20 05:41 UTC), Minute, false),
            ("11/20/26 5:41", datetime!(2026-11-20 05:41 UTC), Minute, false),
            ("20.11.2026 05:41", datetime!(2026-11-20 05:41 UTC), Minute, false),
            ("16/Nov/2026:10:12:05 +0100", datetime!(2026-11-16 09:12:05 UTC), Second, true),
        ] {
            assert_eq!(utc(text), Some((instant, precision, has_zone)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "2026", "2026-13-01T00:00:00Z", "11/31/2026 1:00", "2026-11-16T09:12:05 CEST", "x", "é", "1/é"]
        {
            assert_eq!(utc(text), None, "{text}");
        }
        for text in ["-", "12", "2026-11-19T06:00:01 o'clock", "31/Feb/2026:00:00:00 +0000", "é2026-11-1"] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn a_given_zone_and_order_count_where_the_text_has_none() {
        let stamp = parse("02/03/2026 10:00", Some(offset!(+1)), DateOrder::DayFirst).unwrap();
        assert_eq!((stamp.moment.instant, stamp.is_slashed), (datetime!(2026-03-02 09:00 UTC), true));
        let named = parse("2026-03-02T10:00:00Z", Some(offset!(+1)), DateOrder::DayFirst).unwrap();
        assert_eq!((named.moment.instant, named.is_slashed), (datetime!(2026-03-02 10:00 UTC), false));
    }

    #[test]
    fn a_column_tells_its_order_by_a_day_above_twelve() {
        let order = |cells: &[&str]| {
            let mut evidence = OrderEvidence::default();
            for cell in cells {
                evidence.see(cell);
            }
            (evidence.is_needed, evidence.order())
        };
        assert_eq!(order(&["1/2/2026 1:00", "13/2/2026 1:00"]), (true, Some(DateOrder::DayFirst)));
        assert_eq!(order(&["1/13/2026 1:00"]), (true, Some(DateOrder::MonthFirst)));
        assert_eq!(order(&["1/2/2026 1:00"]), (true, None));
        assert_eq!(order(&["2026-01-13T01:00:00Z"]), (false, None));
    }

    #[test]
    fn epochs_are_told_apart_by_their_size() {
        let instant = datetime!(2026-11-16 09:12:05 UTC);
        let seconds = i128::from(instant.unix_timestamp());
        for factor in [1, 1_000, 1_000_000, 1_000_000_000] {
            assert_eq!(epoch(&(seconds * factor).to_string()).unwrap().instant, instant, "{factor}");
        }
        assert_eq!(epoch(&i128::MAX.to_string()), None);
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
            assert_eq!(read(text, None).map(|moment| moment.instant), Some(expected), "{text}");
        }
        let common = read("19/Nov/2026:07:00:01 +0100", None).map(|moment| moment.instant);
        assert_eq!(common, Some(datetime!(2026-11-19 06:00:01 UTC)));
    }

    #[test]
    fn what_is_not_said_shows() {
        let moment = read("2026-11-19T06:00", UtcOffset::from_hms(1, 0, 0).ok()).unwrap();
        assert_eq!(moment.instant, datetime!(2026-11-19 05:00 UTC));
        assert_eq!((moment.precision, moment.has_zone), (Precision::Minute, false));
    }

    #[test]
    fn what_has_no_counterpart_in_utc_is_no_time() {
        for text in ["9999-12-31T23:59:59-05:00", "0000-01-01T00:00:00+05:00", "12/31/9999 11:59 PM -05:00"] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }
}
