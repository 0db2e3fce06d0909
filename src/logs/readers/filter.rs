//! What is passed over: decided on the raw bytes of a record where that is possible, before it is parsed.

use time::OffsetDateTime;

use super::Options;

/// What is asked of records.
pub struct Filter {
    subject: Option<Needle>,
    app: Option<(String, Needle)>,
    since: Option<OffsetDateTime>,
    until: Option<OffsetDateTime>,
}

impl Filter {
    /// What these options ask.
    pub fn of(options: &Options) -> Self {
        let subject = options.subject.as_deref().filter(|text| !text.is_empty()).map(Needle::new);
        let app = options.app.clone().map(|app| (app.clone(), Needle::new(&app)));
        Self { subject, app, since: options.since, until: options.until }
    }

    /// Whether the bytes of a record, with or without the escapes of JSON, hold the subject.
    pub fn holds_subject(&self, record: &[u8]) -> bool {
        self.subject.as_ref().is_none_or(|needle| needle.is_in(record))
    }

    /// Whether applications count at all.
    pub const fn asks_for_app(&self) -> bool {
        self.app.is_some()
    }

    /// Whether the bytes of a record hold the application's name.
    pub fn holds_app(&self, record: &[u8]) -> bool {
        self.app.as_ref().is_none_or(|(_, needle)| needle.is_in(record))
    }

    /// Whether times count at all.
    pub const fn asks_for_time(&self) -> bool {
        self.since.is_some() || self.until.is_some()
    }

    /// Whether a record of this time is asked for; one without a time always is.
    pub fn admits(&self, instant: Option<OffsetDateTime>) -> bool {
        let Some(instant) = instant else { return true };
        self.since.is_none_or(|since| since <= instant) && self.until.is_none_or(|until| instant <= until)
    }

    /// Whether a record of an application with these names is asked for; one that names none always is.
    pub fn admits_app(&self, names: [Option<&str>; 2]) -> bool {
        let Some((app, _)) = &self.app else { return true };
        let mut known = names.into_iter().flatten().peekable();
        known.peek().is_none() || known.any(|name| name.eq_ignore_ascii_case(app))
    }
}

/// A text that is looked for, whatever the case of its ASCII letters.
struct Needle {
    text: Vec<u8>,
    /// The longest part of it that JSON writes in one way only, and where its rarest byte is.
    sure: Vec<u8>,
    rarest: usize,
}

impl Needle {
    fn new(text: &str) -> Self {
        let text = text.to_ascii_lowercase().into_bytes();
        // Some writers escape quotes, `&`, `<`, `/` and all that is not ASCII; none these.
        let is_sure = |byte: &u8| byte.is_ascii_alphanumeric() || b"@.-_: ".contains(byte);
        let sure = text.split(|byte| !is_sure(byte)).max_by_key(|part| part.len()).unwrap_or_default().to_vec();
        // Rarest first, as letters and digits come in names, words and ids.
        let rank = |byte: u8| b"zqxjkwvybgpfhm@u7l3859c4d6r2nsiot1ae0_:-. ".iter().position(|known| *known == byte);
        let rarest = (0..sure.len()).min_by_key(|at| rank(sure[*at])).unwrap_or_default();
        Self { text, sure, rarest }
    }

    fn is_in(&self, record: &[u8]) -> bool {
        if !self.has_sure_part(record) {
            return false;
        }
        if self.sure.len() == self.text.len() || find(record, &self.text) {
            return true;
        }
        // JSON in JSON is escaped twice.
        let once = unescaped(record);
        find(&once, &self.text) || find(&unescaped(&once), &self.text)
    }

    fn has_sure_part(&self, record: &[u8]) -> bool {
        let Some(&rarest) = self.sure.get(self.rarest) else { return true };
        memchr::memchr2_iter(rarest, rarest.to_ascii_uppercase(), record).any(|at| {
            let start = at.checked_sub(self.rarest);
            let part = start.and_then(|start| record.get(start..start + self.sure.len()));
            part.is_some_and(|part| part.eq_ignore_ascii_case(&self.sure))
        })
    }
}

/// Whether a text in lower case is in another, whatever the case of ASCII there.
fn find(record: &[u8], text: &[u8]) -> bool {
    record.windows(text.len()).any(|part| part.eq_ignore_ascii_case(text))
}

/// A text with the escapes of JSON undone, wherever they stand.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..at]);
        let (character, length) = escape(&rest[at..]);
        match character {
            Some(character) => plain.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
            None => plain.extend_from_slice(&rest[at..at + length]),
        }
        rest = &rest[at + length..];
    }
    plain.extend_from_slice(rest);
    plain
}

/// The character of the escape that a text begins with, and how long the escape is.
fn escape(text: &[u8]) -> (Option<char>, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6).filter(|escape| escape.starts_with(b"\\u"))?;
        u32::from_str_radix(std::str::from_utf8(&digits[2..]).ok()?, 16).ok()
    };
    match text.get(1) {
        Some(b'n') => (Some('\n'), 2),
        Some(b'r') => (Some('\r'), 2),
        Some(b't') => (Some('\t'), 2),
        Some(b'u') => match (unit(0), unit(6)) {
            (Some(high @ 0xD800..0xDC00), Some(low @ 0xDC00..0xE000)) => {
                (char::from_u32(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)), 12)
            }
            (Some(unit), _) => (char::from_u32(unit), 6),
            (None, _) => (None, 2),
        },
        Some(byte) if byte.is_ascii() => (Some(char::from(*byte)), 2),
        None | Some(_) => (None, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(record: &str, subject: &str) -> bool {
        Filter::of(&Options { subject: Some(subject.to_owned()), ..Options::default() })
            .holds_subject(record.as_bytes())
    }

    #[test]
    fn a_subject_is_found_however_it_is_escaped() {
        assert!(holds(r#"{"a":"Niamh.O'Connor@x.example"}"#, "niamh.o'connor@x.example"));
        assert!(holds(r#"{"a":"niamh.o\u0027connor@x.example"}"#, "niamh.o'connor@x.example"));
        assert!(holds(r#"{"a":"{\"b\":\"Zo\\u00eb\"}"}"#, "Zoë"));
        assert!(holds(r#"{"a":"\ud83d\ude00"}"#, "😀"));
        assert!(holds(r#"{"a":"\"q\" x"}"#, "\"q\" x"));
        assert!(!holds(r#"{"a":"niamh.o'connor@y.example"}"#, "niamh.o'connor@x.example"));
        assert!(!holds(r#"{"a":"\"#, "ë") && !holds("", "x") && holds("{}", ""));
    }

    #[test]
    fn a_record_without_time_or_application_is_not_passed_over() {
        let filter = Filter::of(&Options {
            app: Some("Acme".into()),
            since: Some(OffsetDateTime::UNIX_EPOCH),
            ..Options::default()
        });
        assert!(filter.admits(None) && !filter.admits(Some(time::macros::datetime!(1960-01-01 0:00 UTC))));
        assert!(filter.admits_app([None, None]) && filter.admits_app([Some("x"), Some("acme")]));
        assert!(!filter.admits_app([Some("x"), None]));
    }
}
