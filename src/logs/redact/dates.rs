//! Dates in texts, and the same some days earlier. Whole weeks are taken, so that the time of day, the zone and the day
//! of the week stay what they are, and only dates have to be found.

use std::ops::Range;

use time::{Date, Duration, Month};

use super::detect::Span;
use super::formats::Kind;
use super::spelling::Spelled;

/// Years in which something may have been logged.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;
/// Months as logs write them, as they are compared.
const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/// Digits of a moment since 1970 in seconds, milliseconds, microseconds and nanoseconds.
const EPOCHS: [usize; 4] = [10, 13, 16, 19];
/// Seconds of a day.
const DAY: i128 = 86_400;

/// Looks for dates: `2026-11-16`, `16/Nov/2026`, `Nov 16, 2026`, `11/16/2026`, `16.11.2026`, and moments in numbers.
pub fn dates(spelled: &Spelled<'_>, spans: &mut Vec<Span>) {
    let text = spelled.text.as_str();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let begins = bytes[at].is_ascii_alphanumeric() && (at == 0 || !bytes[at - 1].is_ascii_alphanumeric());
        let end = if begins { epoch(text, at).or_else(|| Some(found(text, at)?.end())) } else { None };
        spans.extend(end.map(|end| Span { range: at..end, kind: Kind::Date }));
        at = end.unwrap_or(at + 1);
    }
}

/// A date that [`dates`] found, so many days earlier; as it is when it is none.
pub fn earlier(text: &str, days: u16) -> String {
    if let Some(thousands) = EPOCHS.iter().position(|digits| *digits == text.len())
        && let Ok(moment) = text.parse::<i128>()
    {
        let units = 1000_i128.pow(u32::try_from(thousands).unwrap_or_default());
        return (moment - DAY * i128::from(days) * units).to_string();
    }
    let found = found(&text.to_ascii_lowercase(), 0).filter(|found| found.end() == text.len());
    found.and_then(|found| found.earlier(text, days)).unwrap_or_else(|| text.to_owned())
}

/// Where the parts of a date stand.
struct Found {
    day: Range<usize>,
    month: Range<usize>,
    year: Range<usize>,
    date: Date,
}

impl Found {
    fn end(&self) -> usize {
        self.day.end.max(self.month.end).max(self.year.end)
    }

    fn earlier(&self, text: &str, days: u16) -> Option<String> {
        let date = self.date.checked_sub(Duration::days(days.into()))?;
        // As wide as before: zeros in front stay.
        let number = |number: i32, place: &Range<usize>| format!("{number:0width$}", width = place.len());
        let month = match &text[self.month.clone()] {
            digits if digits.starts_with(|first: char| first.is_ascii_digit()) => {
                number(u8::from(date.month()).into(), &self.month)
            }
            name => {
                let new = MONTHS[usize::from(u8::from(date.month())) - 1].chars();
                let in_case =
                    |(new, old): (char, char)| if old.is_uppercase() { new.to_ascii_uppercase() } else { new };
                new.zip(name.chars()).map(in_case).collect()
            }
        };
        let mut parts = [
            (&self.day, number(date.day().into(), &self.day)),
            (&self.month, month),
            (&self.year, number(date.year(), &self.year)),
        ];
        parts.sort_by_key(|(place, _)| place.start);
        let (mut out, mut done) = (String::new(), 0);
        for (place, new) in parts {
            out.push_str(&text[done..place.start]);
            out.push_str(&new);
            done = place.end;
        }
        Some(out)
    }
}

/// The date that begins there, in a text in small letters.
fn found(text: &str, start: usize) -> Option<Found> {
    let first = run(text, start)?;
    let (second, separator) = next(text, &first)?;
    let (third, last_separator) = next(text, &second)?;
    let rest = text[third.end..].strip_prefix(['.', '-', '/']).unwrap_or(&text[third.end..]);
    let is_ended = !rest.starts_with(|next: char| next.is_ascii_digit());
    let is_name = |place: &Range<usize>| MONTHS.contains(&&text[place.clone()]);
    let (day, month, year) = match (separator, last_separator) {
        ("-" | "/", _) if first.len() == 4 && separator == last_separator => (third, second, first),
        ("-" | "/" | " ", _) if is_name(&second) && separator == last_separator => (first, second, third),
        (" ", ", " | " ") if is_name(&first) => (second, first, third),
        // Where both ways to read it are possible, months come first, as in the US.
        ("/", "/") if text[first.clone()].parse::<u8>().is_ok_and(|number| number <= 12) => (second, first, third),
        ("/", "/") | (".", ".") => (first, second, third),
        _ => return None,
    };
    let number = |place: &Range<usize>| text[place.clone()].parse::<i32>().ok();
    let name = MONTHS.iter().position(|name| *name == &text[month.clone()]).and_then(|at| i32::try_from(at + 1).ok());
    let month_number = u8::try_from(name.or_else(|| number(&month))?).ok()?;
    let year_number = number(&year).filter(|number| YEARS.contains(number) && year.len() == 4)?;
    let day_number = u8::try_from(number(&day)?).ok().filter(|_| is_ended && day.len() <= 2)?;
    let date = Date::from_calendar_date(year_number, Month::try_from(month_number).ok()?, day_number).ok()?;
    Some(Found { day, month, year, date })
}

/// The digits or letters that begin there.
fn run(text: &str, start: usize) -> Option<Range<usize>> {
    let bytes = &text.as_bytes()[start..];
    let is_digit = bytes.first()?.is_ascii_digit();
    let is_like = |byte: &&u8| if is_digit { byte.is_ascii_digit() } else { byte.is_ascii_lowercase() };
    let length = bytes.iter().take(5).take_while(is_like).count();
    (1..=4).contains(&length).then(|| start..start + length)
}

/// The digits or letters behind others, and what stands in between.
fn next<'t>(text: &'t str, before: &Range<usize>) -> Option<(Range<usize>, &'t str)> {
    let rest = &text[before.end..];
    let separator = [", ", "-", "/", ".", " "].into_iter().find(|separator| rest.starts_with(separator))?;
    let run = run(text, before.end + separator.len())?;
    Some((run, &rest[..separator.len()]))
}

/// A moment in a number, which the name before it calls one: `"ts": 1763284325871`.
fn epoch(text: &str, start: usize) -> Option<usize> {
    let length = text.as_bytes()[start..].iter().take(20).take_while(|byte| byte.is_ascii_digit()).count();
    let end = start + length;
    let is_moment = text[start..].starts_with('1') && EPOCHS.contains(&length);
    if !is_moment || text[end..].starts_with(|next: char| next.is_ascii_alphanumeric()) {
        return None;
    }
    let before = text[..start].trim_end_matches(['"', ' ']).strip_suffix(':')?.trim_end_matches(['"', ' ']);
    let name = &before[before.rfind(['"', ',', '{', ' ']).map_or(0, |at| at + 1)..];
    let is_time =
        ["time", "date", "stamp", "epoch", "published", "started", "created"].iter().any(|word| name.contains(word));
    (is_time || matches!(name, "t" | "ts" | "at")).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_found_in_every_form_and_keep_it() {
        for (text, expected) in [
            ("2026-11-16T09:12:05.871Z", "2026-10-19T09:12:05.871Z"),
            ("[16/Nov/2026:09:12:05 +0000]", "[19/Oct/2026:09:12:05 +0000]"),
            ("Mon, 16 Nov 2026 09:12:05 GMT", "Mon, 19 Oct 2026 09:12:05 GMT"),
            ("NOV 5, 2026", "OCT 8, 2026"),
            ("11/16/2026 3:20:11 PM", "10/19/2026 3:20:11 PM"),
            ("1/5/2026", "12/8/2025"),
            ("25/01/2026", "28/12/2025"),
            ("16.11.2026", "19.10.2026"),
            ("2026-01-20", "2025-12-23"),
            (
                r#"{"ts": 1763284325871, "startTimeUnixNano":"1763284325871000000"}"#,
                r#"{"ts": 1760865125871, "startTimeUnixNano":"1760865125871000000"}"#,
            ),
            ("order 1763284325, version 1.2.2026.1, 2026-13-01, 99/99/2026, id-2026-11-161", ""),
        ] {
            let spelled = Spelled::new(text);
            let mut spans = Vec::new();
            dates(&spelled, &mut spans);
            let mut out = text.to_owned();
            for span in spans.iter().rev() {
                let place = spelled.place(span.range.clone());
                let new = earlier(&out[place.clone()], 28);
                out.replace_range(place, &new);
            }
            assert_eq!(out, if expected.is_empty() { text } else { expected });
        }
    }
}
