//! What the targets share: each gives bytes to readers and holds what they promise.

use scimulator::logs::format::Format;
use scimulator::logs::input::LogFile;
use scimulator::logs::readers::{Options, read};

/// Reads bytes as every format whose id begins with one of these. They never panic, a file in memory never fails, and
/// what was delivered more than once is not counted more than once.
pub fn read_as(bytes: &[u8], families: &[&str]) {
    let Ok(file) = LogFile::in_memory("fuzz", bytes) else { return };
    for format in Format::ALL.into_iter().filter(|format| families.iter().any(|name| format.id().starts_with(name))) {
        for subject in [None, Some("a@b".to_owned())] {
            let options = Options { subject, ..Options::default() };
            if let Ok(summary) = read(&file, format, &options, &mut |_| {}) {
                assert!(summary.unique_records <= summary.records);
            }
        }
    }
}
