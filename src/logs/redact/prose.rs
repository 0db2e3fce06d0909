//! Personal data that only people and web servers write as they do: phone numbers as they are said, the name with which
//! somebody logged in.

use std::ops::Range;

/// Words before a phone number, as they are compared.
const BEFORE_NUMBERS: [&str; 21] = [
    "phone",
    "tel",
    "telephone",
    "mobile",
    "cell",
    "fax",
    "call",
    "ring",
    "whatsapp",
    "direct",
    "office",
    "móvil",
    "movil",
    "teléfono",
    "telefono",
    "handy",
    "mob",
    "telefon",
    "celular",
    "tlf",
    "gsm",
];
/// Words between such a word and its number, from the last to the first.
const BETWEEN: [&str; 8] = [" el", " es", " is", " ist", " number", " nummer", " no", " nr"];
/// Bytes between such a word and its number.
const NEAR: usize = 16;
/// Digits of a number that nothing announces, and of one that is announced.
const DIGITS: (std::ops::RangeInclusive<usize>, std::ops::RangeInclusive<usize>) = (9..=14, 7..=15);
/// A phone number without `+`, where one begins: `087 555 0142`, `(555) 555-0142`, `Tel.: 5550142`.
pub fn phone(text: &str, start: usize) -> Option<Range<usize>> {
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || b" -()./".contains(byte);
    let length = text.as_bytes()[start..].iter().take(32).take_while(|byte| is_of_number(byte)).count();
    let number = text[start..start + length].trim_end_matches([' ', '-', '(', '.', '/']);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    if !DIGITS.1.contains(&digits) {
        return None;
    }
    let end = start + number.len();
    let is_joined = |character: char| character.is_alphanumeric() || "/:_-+@".contains(character);
    if text[..start].ends_with(is_joined) || text[end..].starts_with(is_joined) {
        return None;
    }
    let groups: Vec<&str> =
        number.split(|character: char| !character.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let is_local = number.starts_with('0')
        && !number.contains('/')
        && groups.len() >= 3
        && groups[1..].iter().all(|group| group.len() >= 2);
    // `030/5550123`: a prefix and the rest.
    let is_parted = number.starts_with('0')
        && matches!(*lengths, [3..=5, 6..=8])
        && matches!(number.as_bytes().get(lengths[0]), Some(b'/' | b'-'));
    let is_american = lengths == [3, 3, 4] && !number.contains("..");
    // Spain has nine digits, in threes or with pairs behind the first three.
    let is_spanish = number.starts_with(['6', '7', '8', '9'])
        && (lengths == [3, 3, 3] || lengths == [3, 2, 2, 2])
        && number.bytes().all(|byte| byte == b' ' || byte.is_ascii_digit());
    let is_known = DIGITS.0.contains(&digits)
        && !number.contains('.')
        && (is_local || is_parted || is_spanish || is_american && number.contains(['-', '(']));
    (is_known || DIGITS.1.contains(&digits) && is_announced(&text[..start])).then_some(start..end)
}

/// The word before says that a number follows.
fn is_announced(before: &str) -> bool {
    let from = (before.len().saturating_sub(NEAR)..=before.len()).find(|at| before.is_char_boundary(*at));
    let mut near = before[from.unwrap_or(before.len())..].trim_end_matches([' ', ':', '.', '"', '(', '#']);
    // `my phone is 555 0142`.
    for between in BETWEEN {
        near = near.strip_suffix(between).map_or(near, str::trim_end);
    }
    let word = near.rsplit(|character: char| !character.is_alphabetic()).next().unwrap_or_default();
    near.len() < before.len() && BEFORE_NUMBERS.contains(&word)
}

/// Who logged in, before the time in brackets of an access log: `10.0.0.1 - niamh [16/Nov/2026:…`.
pub fn remote_user(text: &str, bracket: usize) -> Option<Range<usize>> {
    let time = text.as_bytes().get(bracket + 1..bracket + 13)?;
    let is_time = time[2] == b'/' && time[6] == b'/' && time[11] == b':' && time[..2].iter().all(u8::is_ascii_digit);
    let before = text[..bracket].strip_suffix(' ')?;
    let start = before.rfind(' ')? + 1;
    let is_user = is_time && text[..start].ends_with("- ") && !matches!(&before[start..], "-" | "");
    is_user.then_some(start..before.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_as_people_write_them() {
        for (text, expected) in [
            ("ring 087 555 0142 today", Some("087 555 0142")),
            ("(555) 555-0142", Some("(555) 555-0142")),
            ("555-555-0142.", Some("555-555-0142")),
            ("0049 151 5550142", Some("0049 151 5550142")),
            ("tel.: 5550142", Some("5550142")),
            ("phone 555 0142", Some("555 0142")),
            ("my phone is 555 0142", Some("555 0142")),
            ("el teléfono es el 555 0142", Some("555 0142")),
            ("944 555 017", Some("944 555 017")),
            ("030/5550123", Some("030/5550123")),
            ("0151-5550123 ist neu", Some("0151-5550123")),
            ("mob: 0871550199", Some("0871550199")),
            ("05/11/2026 09:12", None),
            ("200 157 301", None),
            ("2026-11-16 09:12", None),
            ("198.51.100.142", None),
            ("order 5550142", None),
            ("555 0142", None),
            ("id 087-555-0142-7", None),
            ("port 0142 of 087", None),
        ] {
            let starts = text.match_indices(|character: char| character.is_ascii_digit() || character == '(');
            let mut found = starts.map(|(at, _)| at).filter(|at| *at == 0 || !text.as_bytes()[at - 1].is_ascii_digit());
            let found = found.find_map(|at| phone(text, at));
            assert_eq!(found.map(|range| &text[range]), expected, "{text}");
        }
    }

    #[test]
    fn who_logged_in_stands_before_the_time() {
        let user = |line: &str| remote_user(line, line.find('[').unwrap()).map(|range| line[range].to_owned());
        assert_eq!(user("10.0.0.1 - niamh [16/nov/2026:09:12:05 +0000] \"get"), Some("niamh".to_owned()));
        assert_eq!(user("10.0.0.1 - - [16/nov/2026:09:12:05 +0000] \"get"), None);
        assert_eq!(user("the first - element [of/a/list]"), None);
    }
}
