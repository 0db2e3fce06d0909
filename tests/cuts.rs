//! Every sample of a log cut at every byte: no reader panics, and none loses what came before the cut.
//!
//! Some billions of bytes are read, so it is run by itself: `cargo test --release --test cuts`.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use scimulator::logs::detect::detect;
use scimulator::logs::format::Format;
use scimulator::logs::input::{LogFile, open};
use scimulator::logs::readers::{Options, read};

/// Bytes of one piece of work: the cuts of a sample whose ends are in it.
const STRIDE: usize = 512;

/// So many records fewer may be seen with one byte more. A sentence or a command that ends sooner says something else;
/// a line of a server counts for itself until enough of it is there to join its request.
fn may_be_lost(format: Format) -> u64 {
    match format {
        Format::MixedText | Format::EntraPaneText => u64::MAX,
        Format::AppText => 1,
        _ => 0,
    }
}

#[test]
fn every_sample_cut_at_every_byte_gives_what_came_before() {
    let work = work();
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((path, bytes, format, start)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    cut(path, bytes, *format, *start);
                }
            });
        }
    });
}

/// What the samples say: no sample itself.
const MANIFEST: &str = "manifest.json";

/// The samples that one reader reads by itself, in pieces, those that take longest first.
fn work() -> Vec<(PathBuf, Vec<u8>, Format, usize)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs");
    let samples = open(&folder).unwrap().into_iter().filter(|file| !file.name.ends_with(MANIFEST));
    let files = samples.filter_map(|file| Some((detect(&file)?, file)));
    let mut work: Vec<_> = files
        .flat_map(|(format, file)| {
            let path = PathBuf::from(&*file.name);
            let bytes = std::fs::read(&path).unwrap();
            (0..=bytes.len()).step_by(STRIDE).map(move |start| (path.clone(), bytes.clone(), format, start))
        })
        .collect();
    let samples = work.iter().filter(|(.., start)| *start == 0).count();
    assert!(samples > 40, "{samples} samples are there");
    work.sort_by_key(|(.., start)| std::cmp::Reverse(*start));
    work
}

fn cut(path: &Path, bytes: &[u8], format: Format, start: usize) {
    let mut before = 0;
    for end in start..=bytes.len().min(start + STRIDE) {
        let Ok(file) = LogFile::in_memory("cut", &bytes[..end]) else { continue };
        // Whatever is recognised in what is left is read, too.
        if let Some(other) = detect(&file).filter(|other| *other != format) {
            read(&file, other, &Options::default(), &mut |_| {}).unwrap();
        }
        let records = read(&file, format, &Options::default(), &mut |_| {}).unwrap().records;
        let lost = u64::saturating_sub(before, records);
        assert!(lost <= may_be_lost(format), "{}: {records} of {before} at {end}", path.display());
        before = records;
    }
}
