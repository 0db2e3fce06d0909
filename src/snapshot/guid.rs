//! Shapes that are volatile wherever they stand: GUIDs and RFC 3339 times.

/// Length of a GUID in its usual form.
const LENGTH: usize = 36;

/// Replaces every GUID in `text` by what `name` gives for it.
pub(super) fn replace(text: &str, mut name: impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = 0;
    let mut at = 0;
    while at + LENGTH <= text.len() {
        if !is_guid(&text.as_bytes()[at..at + LENGTH]) || !stands_alone(text, at) {
            at += 1;
            continue;
        }
        out.push_str(&text[rest..at]);
        out.push_str(&name(&text[at..at + LENGTH]));
        at += LENGTH;
        rest = at;
    }
    out.push_str(&text[rest..]);
    out
}

fn is_guid(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().all(|(at, byte)| match at {
        8 | 13 | 18 | 23 => *byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// No letter or digit touches it, except the `22` of an encoded quotation mark.
fn stands_alone(text: &str, at: usize) -> bool {
    let before = &text.as_bytes()[..at];
    let after = text.as_bytes().get(at + LENGTH);
    let encoded = before.len() >= 3 && before[before.len() - 3] == b'%';
    (encoded || before.last().is_none_or(|byte| !byte.is_ascii_alphanumeric()))
        && after.is_none_or(|byte| !byte.is_ascii_alphanumeric())
}

/// Whether the text has the shape of a `dateTime` (RFC 7643 §2.3.5): `2026-01-05T10:00:00…`.
pub(super) fn is_date_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    (19..=40).contains(&bytes.len())
        && bytes.iter().take(19).enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            10 => matches!(byte, b'T' | b't' | b' '),
            13 | 16 => *byte == b':',
            _ => byte.is_ascii_digit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guids_are_found_inside_an_encoded_filter() {
        let filter = "filter=userName+eq+%222f1c8a30-9d1e-4a67-8b53-0f6c7f0f1a2b%22";
        assert_eq!(replace(filter, |_| "<guid>".to_owned()), "filter=userName+eq+%22<guid>%22");
    }

    #[test]
    fn longer_hex_words_and_other_scripts_are_left_alone() {
        for text in ["a2f1c8a30-9d1e-4a67-8b53-0f6c7f0f1a2b", "ünïcödé ünïcödé ünïcödé ünïcödé", ""] {
            assert_eq!(replace(text, |_| "<guid>".to_owned()), text);
        }
    }

    #[test]
    fn times_with_milliseconds_and_offsets_are_times() {
        for text in ["2026-01-05T10:00:00Z", "2026-01-05T10:00:00.123Z", "2026-01-05T10:00:00+00:00"] {
            assert!(is_date_time(text), "{text}");
        }
        assert!(!is_date_time("2026-01-05"));
    }
}
