//! Media types: what a client takes, and what it may send (RFC 7644 §3.8, §8.1; RFC 9110 §12.5.1).

use crate::http::Headers;
use crate::server::reply::MEDIA_TYPE;

const JSON: &str = "application/json";

/// The media type to answer with: SCIM's unless the client takes plain JSON only; `None` when it takes neither.
pub fn acceptable(headers: &Headers) -> Option<&'static str> {
    let ranges: Vec<Range<'_>> =
        headers.all("accept").flat_map(|value| value.split(',')).filter_map(Range::parse).collect();
    if ranges.is_empty() {
        return Some(MEDIA_TYPE);
    }
    let (scim, json) = (quality(&ranges, MEDIA_TYPE), quality(&ranges, JSON));
    match (scim > 0, json > scim) {
        (_, true) => Some(JSON),
        (true, false) => Some(MEDIA_TYPE),
        (false, false) => None,
    }
}

/// Whether a body of this `Content-Type` is read: JSON in UTF-8. Without the field the body itself decides.
pub fn readable(headers: &Headers) -> bool {
    let Some(value) = headers.get("content-type") else { return true };
    let mut parts = value.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    let utf8 = |charset: &str| charset.trim_matches('"').eq_ignore_ascii_case("utf-8");
    [MEDIA_TYPE, JSON].iter().any(|known| known.eq_ignore_ascii_case(media_type))
        && parts
            .filter_map(|part| part.split_once('='))
            .all(|(name, value)| !name.trim().eq_ignore_ascii_case("charset") || utf8(value.trim()))
}

/// One media range of an Accept field. Parameters other than the quality say nothing about JSON.
struct Range<'h> {
    pattern: &'h str,
    /// In thousandths.
    quality: u32,
}

impl<'h> Range<'h> {
    fn parse(text: &'h str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let pattern = parts.next().filter(|pattern| !pattern.is_empty())?;
        let quality = parts
            .filter_map(|part| part.split_once('='))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
            .and_then(|(_, value)| thousandths(value.trim()));
        Some(Self { pattern, quality: quality.unwrap_or(1000) })
    }

    /// How exactly the range names a type: 3 the type itself, 1 `*/*`, 0 not at all.
    fn precision(&self, media_type: &str) -> u8 {
        match self.pattern {
            "*/*" | "*" => 1,
            range if range.eq_ignore_ascii_case("application/*") => 2,
            range if range.eq_ignore_ascii_case(media_type) => 3,
            _ => 0,
        }
    }
}

/// The quality of the range that names a type most exactly; 0 when none does.
fn quality(ranges: &[Range<'_>], media_type: &str) -> u32 {
    let named = ranges.iter().map(|range| (range.precision(media_type), range.quality));
    named.filter(|(precision, _)| *precision > 0).max().map_or(0, |(_, quality)| quality)
}

/// `0.5` is 500 (RFC 9110 §12.4.2: three digits at most).
fn thousandths(text: &str) -> Option<u32> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    Some((whole * 1000).saturating_add(fraction).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> Option<&'static str> {
        acceptable(&[("Accept", value)].into_iter().collect())
    }

    #[test]
    fn scim_is_answered_wherever_it_may_be() {
        for value in [
            "application/scim+json",
            "application/scim+json; charset=utf-8",
            "application/scim+json, application/json;q=0.9",
            "application/json, application/scim+json",
            "APPLICATION/SCIM+JSON",
            "application/*",
            "*/*",
            "text/html, */*;q=0.1",
            "",
        ] {
            assert_eq!(accept(value), Some(MEDIA_TYPE), "{value}");
        }
        assert_eq!(acceptable(&Headers::new()), Some(MEDIA_TYPE));
    }

    #[test]
    fn plain_json_is_answered_where_it_alone_or_rather_is_wanted() {
        for value in ["application/json", "application/json; charset=utf-8", "application/json, */*;q=0.5"] {
            assert_eq!(accept(value), Some(JSON), "{value}");
        }
    }

    #[test]
    fn nothing_is_answered_to_who_takes_no_json() {
        for value in ["text/html", "application/xml", "application/scim+json;q=0", "*/*;q=0"] {
            assert_eq!(accept(value), None, "{value}");
        }
    }

    #[test]
    fn the_more_exact_range_decides() {
        assert_eq!(accept("application/scim+json;q=0, */*"), Some(JSON));
        assert_eq!(accept("application/json;q=0.4, application/scim+json;q=0.5"), Some(MEDIA_TYPE));
    }

    #[test]
    fn json_in_utf8_is_read_and_nothing_else() {
        let read = |value: &str| readable(&[("Content-Type", value)].into_iter().collect());
        for value in [
            "application/scim+json",
            "application/json",
            "Application/SCIM+JSON; charset=UTF-8",
            "application/json;charset=\"utf-8\"",
            "application/json; profile=x",
        ] {
            assert!(read(value), "{value}");
        }
        for value in ["text/plain", "application/xml", "application/json; charset=iso-8859-1", ""] {
            assert!(!read(value), "{value}");
        }
        assert!(readable(&Headers::new()));
    }
}
