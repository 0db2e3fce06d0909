//! Redaction: no panic, and no name that is known is left.
#![no_main]

use scimulator::logs::redact::{Key, Kind, Mode, Pseudonyms, Vocabulary};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut vocabulary = Vocabulary::default();
    vocabulary.add(Kind::Word, "Zoë O’Brien");
    vocabulary.text(text);
    let pseudonyms = Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, vocabulary);
    let redacted = pseudonyms.text(&format!("{text}\n\"Zoë O’Brien\" "));
    assert!(!redacted.contains("\"Zoë O’Brien\""));
});
