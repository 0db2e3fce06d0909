//! Personal data that only people and web servers write as they do: phone numbers as they are said, names below a
//! letter, the name with which somebody logged in.

use std::ops::Range;

/// Words before a phone number, as they are compared.
const BEFORE_NUMBERS: [&str; 16] = [
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
];
/// Bytes between such a word and its number.
const NEAR: usize = 16;
/// Digits of a number that nothing announces, and of one that is announced.
const DIGITS: (std::ops::RangeInclusive<usize>, std::ops::RangeInclusive<usize>) = (9..=14, 7..=15);
/// What ends a letter, before a name.
const CLOSINGS: [&str; 18] = [
    "regards",
    "best regards",
    "kind regards",
    "warm regards",
    "many thanks",
    "thanks",
    "thank you",
    "cheers",
    "best",
    "sincerely",
    "yours sincerely",
    "best wishes",
    "saludos",
    "un saludo",
    "saludos cordiales",
    "atentamente",
    "gracias",
    "muchas gracias",
];
/// What begins one.
const GREETINGS: [&str; 10] =
    ["hi", "hello", "dear", "hey", "good morning", "hola", "estimado", "estimada", "querido", "buenos días"];
/// Lines of a signature.
const SIGNATURE: usize = 8;
/// Letters of a line that may be a name, or a part of a signature.
const LINE: usize = 80;

/// A phone number without `+`, where one begins: `087 555 0142`, `(555) 555-0142`, `Tel.: 5550142`.
pub fn phone(text: &str, start: usize) -> Option<Range<usize>> {
    let is_of_number = |byte: &u8| byte.is_ascii_digit() || b" -().".contains(byte);
    let length = text.as_bytes()[start..].iter().take(32).take_while(|byte| is_of_number(byte)).count();
    let number = text[start..start + length].trim_end_matches([' ', '-', '(', '.']);
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
    let is_local = number.starts_with('0') && groups.len() >= 3 && groups[1..].iter().all(|group| group.len() >= 2);
    let is_american = lengths == [3, 3, 4] && !number.contains("..");
    let is_known =
        DIGITS.0.contains(&digits) && !number.contains('.') && (is_local || is_american && number.contains(['-', '(']));
    (is_known || DIGITS.1.contains(&digits) && is_announced(&text[..start])).then_some(start..end)
}

/// The word before says that a number follows.
fn is_announced(before: &str) -> bool {
    let from = (before.len().saturating_sub(NEAR)..=before.len()).find(|at| before.is_char_boundary(*at));
    let near = before[from.unwrap_or(before.len())..].trim_end_matches([' ', ':', '.', '"', '(', '#']);
    let word = &near[near.rfind(|character: char| !character.is_alphabetic()).map_or(0, |at| at + 1)..];
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

/// Names in a letter: whom it greets, who signs it, and what stands below the line of dashes (RFC 3676 §4.3).
pub fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut lines = text.lines().map(|line| line.trim_start_matches(['>', ' ']));
    let (mut after_closing, mut in_signature) = (0, 0);
    for line in &mut lines {
        if line.len() > LINE {
            (after_closing, in_signature) = (0, 0);
            continue;
        }
        let line_end = line.trim_end();
        if line == "--" || line == "-- " {
            in_signature = SIGNATURE;
            continue;
        }
        if line_end.is_empty() {
            in_signature = 0;
            after_closing = usize::from(after_closing > 1);
            continue;
        }
        let words = line_end.trim_end_matches([',', '.', '!', ':']);
        if in_signature > 0 {
            in_signature -= 1;
            names.extend(
                line_end.split([',', '|', '·']).map(str::trim).filter(|part| part.contains(char::is_alphabetic)),
            );
        } else if after_closing > 0 {
            after_closing = 0;
            names.extend(Some(words).filter(|words| is_name(words)));
        }
        let folded = words.to_lowercase();
        if CLOSINGS.contains(&folded.as_str()) {
            after_closing = 2;
        } else if let Some((closing, name)) = words.split_once(", ")
            && CLOSINGS.contains(&closing.to_lowercase().as_str())
        {
            names.extend(Some(name).filter(|name| is_name(name)));
        }
        names.extend(GREETINGS.iter().find_map(|greeting| greeted(line_end, &folded, greeting)));
    }
    names
}

/// `Hi Niamh,`.
fn greeted<'l>(line: &'l str, folded: &str, greeting: &str) -> Option<&'l str> {
    folded.strip_prefix(greeting)?.strip_prefix(' ')?;
    let name = line.get(greeting.len() + 1..)?;
    let name = name.split([',', '!', ':', '.']).next()?.trim();
    is_name(name).then_some(name)
}

/// One to four words, each with a capital.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=4).contains(&words.len())
        && words.iter().all(|word| word.starts_with(char::is_uppercase) && !word.contains(|c: char| c.is_ascii_digit()))
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

    #[test]
    fn a_letter_names_whom_it_greets_and_who_signs_it() {
        let letter = "Hi Niamh,\n> Hola María:\nthanks for the log. Best of all, it works.\n\nKind regards,\n\nInes Quinn\n-- \nInes Quinn\nHead of IT | Harbour Lane\n\nThe end";
        assert_eq!(names(letter), ["Niamh", "María", "Ines Quinn", "Ines Quinn", "Head of IT", "Harbour Lane"]);
        assert_eq!(names("Thanks, Zoë\nThanks,\nit works\nHi there,\nDear Sir or Madam,"), ["Zoë"]);
        assert_eq!(names("{\"a\": 1}\nBest\n{\"Name\": \"X\"}"), [""; 0]);
    }
}
