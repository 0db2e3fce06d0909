//! Whatever a customer sends, all the way: recognised, read, diagnosed, told, redacted, and looked through for what is
//! left. That something is left is no finding: nothing is kept then.
#![no_main]

use scimulator::logs::detect::detect;
use scimulator::logs::diagnosis::Language;
use scimulator::logs::input::{LogFile, open};
use scimulator::logs::readers::Options;
use scimulator::logs::redact::{Key, Mode, Pseudonyms, Wishes, redact, vocabulary};
use scimulator::logs::report::{View, json, markdown, why};
use scimulator::logs::ticket::Ticket;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("scimulator-fuzz-{}", std::process::id()));
    std::fs::write(&path, bytes).expect("the folder for temporary files");
    let Ok(ticket) = Ticket::read(&[&path], None, &Options::default(), |_| {}) else { return };
    let view = View::of(&ticket, Language::Spanish);
    assert!(!markdown(&view).is_empty() && json(&view).is_object());
    for finding in &ticket.findings {
        let _ = why(&finding.incident, Language::English);
    }
    let with_format = |file: LogFile| {
        let format = detect(&file);
        (file, format)
    };
    let files: Vec<_> = open(&path).expect("it was read").into_iter().map(with_format).collect();
    let Ok(values) = vocabulary(&files, &Options::default(), Wishes::default()) else { return };
    let pseudonyms = Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, values);
    for (file, _) in &files {
        let mut out = Vec::new();
        if redact(file, &pseudonyms, &mut out).is_ok() {
            let _ = pseudonyms.originals().check(&out);
        }
    }
});
