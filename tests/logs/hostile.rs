//! Files that want to hurt: whatever is in one, reading and redacting end, in bounded memory and without a panic.

use std::io::Write as _;
use std::path::Path;

use scimulator::logs::detect::detect;
use scimulator::logs::format::Format;
use scimulator::logs::input::{LogFile, OpenError, open};
use scimulator::logs::readers::{self, Options, Summary};
use scimulator::logs::redact::{Key, Mode, Pseudonyms, Wishes, redact, vocabulary};

fn read_as(bytes: &[u8], format: Format) -> Summary {
    let file = LogFile::in_memory("hostile", bytes).unwrap();
    readers::read(&file, format, &Options::default(), &mut |_| {}).unwrap()
}

fn redacted(bytes: &[u8]) -> Vec<u8> {
    let files = [LogFile::in_memory("hostile", bytes).unwrap()].map(|file| (detect(&file), file));
    let files = files.map(|(format, file)| (file, format));
    let pseudonyms = Pseudonyms::new(
        Key::from_bytes(&[7; 32]),
        Mode::Consistent,
        vocabulary(&files, &Options::default(), Wishes::default()).unwrap(),
    );
    let mut out = Vec::new();
    redact(&files[0].0, &pseudonyms, &mut out).unwrap();
    out
}

/// Logs that no honest program wrote.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let event = br#"{"uuid":"1","published":"2026-11-16T09:12:05Z","eventType":"app.x","outcome":{"result":"#;
    let many = |text: &str, count: usize| text.repeat(count).into_bytes();
    vec![
        ("brackets", many("[", 100_000)),
        ("braces", many("{\"a\":", 100_000)),
        ("a deep event", [&event[..], &many("[", 100_000)].concat()),
        ("a long string", [&event[..], b"\"", &many("x", 1 << 20), b"\"}}"].concat()),
        ("backslashes", [&event[..], b"\"", &many("\\", 1 << 18)].concat()),
        ("quotes", many("\"", 1 << 15)),
        ("quotes and colons", many("\":\"", 1 << 15)),
        ("at-signs", many("a@", 1 << 15)),
        ("dots", many("a.", 1 << 15)),
        ("base64", many("QUFB", 1 << 15)),
        ("escapes", many("\\u00e", 1 << 15)),
        ("percent", many("%25", 1 << 15)),
        ("empty lines", many("\n", 1 << 16)),
        ("commas", many(",", 1 << 16)),
        ("curl", [b"curl ".to_vec(), many("'\\''", 1 << 13)].concat()),
        ("binary", (0..1_u32 << 16).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect()),
        ("zeros", vec![0; 1 << 16]),
    ]
}

#[test]
fn no_reader_is_hurt() {
    for (name, bytes) in hostile() {
        for format in Format::ALL {
            let summary = read_as(&bytes, format);
            assert!(summary.records <= 1 << 20, "{name} as {}", format.id());
        }
    }
}

#[test]
fn redaction_is_not_hurt() {
    for (name, bytes) in hostile() {
        let out = redacted(&bytes);
        let is_padding = bytes.iter().all(|byte| *byte == 0);
        assert!((is_padding || !out.is_empty()) && out.len() < bytes.len() * 4, "{name}: {} bytes", out.len());
    }
}

#[test]
fn no_mark_of_another_script_before_a_word_hurts() {
    for mark in ['：', '·', '…', '„', '\u{feff}', '\u{a0}'] {
        for text in [format!("{mark}tel 5550142"), format!("{mark}edge/198.51.100.211:443")] {
            let out = String::from_utf8(redacted(text.as_bytes())).unwrap();
            assert!(!out.contains("5550142") && !out.contains("198.51.100.211"), "{text}: {out}");
        }
    }
}

#[test]
fn an_event_after_a_hostile_one_is_read() {
    let good = r#"{"uuid":"2","published":"2026-11-16T09:12:05Z","eventType":"app.x","outcome":{"result":"SUCCESS"}}"#;
    // A long string is a record too, and what is binary may hold line ends.
    let is_one_line = |name: &&str| !["a long string", "empty lines", "binary"].contains(name);
    for (name, bytes) in hostile().into_iter().filter(|(name, _)| is_one_line(name)) {
        let log = [good.as_bytes(), b"\n", &bytes, b"\n", good.as_bytes(), b"\n"].concat();
        assert_eq!(read_as(&log, Format::OktaSyslogNdjson).records, 2, "{name}");
    }
}

#[test]
fn an_archive_that_grows_without_end_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bomb.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
    archive.start_file("a.json", zip::write::SimpleFileOptions::default()).unwrap();
    for _ in 0..32 {
        archive.write_all(&vec![b'['; 1 << 20]).unwrap();
    }
    archive.finish().unwrap();
    assert!(matches!(open(&path), Err(OpenError::Archive { .. })));
    assert!(open(Path::new(&folder.path().join("none"))).is_err());
}
