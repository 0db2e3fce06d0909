//! Files as they arrive: packed in archives, padded, or written by systems with other habits. All say the same.

use std::path::Path;

use scimulator::logs::detect::detect;
use scimulator::logs::input::{LogFile, OpenError, open};
use scimulator::logs::readers::{Options, read};
use scimulator::logs::ticket::Ticket;

const LOG: &str = r#"203.0.113.77 - - [16/Nov/2026:09:12:05 +0000] "GET /scim/v2/Users?filter=userName%20eq%20%22tuva%40polarglass.example%22 HTTP/1.1" 200 106 "-" "Okta SCIM Client 1.0.0"
203.0.113.77 - - [16/Nov/2026:09:12:06 +0000] "POST /scim/v2/Users HTTP/1.1" 409 157 "-" "Okta SCIM Client 1.0.0"
"#;

/// Records of a file, and what is odd about it.
fn said(bytes: Vec<u8>) -> (u64, Vec<String>) {
    let file = LogFile::in_memory("a.log", bytes).unwrap();
    assert_eq!(file.obstacle, None);
    let format = detect(&file).expect("an access log");
    let summary = read(&file, format, &Options::default(), &mut |_| {}).unwrap();
    (summary.records, summary.warnings.iter().map(ToString::to_string).collect())
}

#[test]
fn a_log_is_read_however_it_was_written() {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| LOG.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let zeros = [0; 5000];
    for (name, bytes, odd) in [
        ("as it is", LOG.into(), ""),
        ("lone CR", LOG.replace('\n', "\r").into(), "lone-cr"),
        ("UTF-16, little-endian", utf16(u16::to_le_bytes), "encoding:utf-16le"),
        ("UTF-16, big-endian", utf16(u16::to_be_bytes), "encoding:utf-16be"),
        ("zeros before it", [&zeros[..], LOG.as_bytes()].concat(), "zero-bytes"),
        ("many zeros before it", [&vec![0; 1 << 20], LOG.as_bytes()].concat(), "zero-bytes"),
        ("zeros behind it", [LOG.as_bytes(), &zeros].concat(), "zero-bytes"),
        ("zeros within it", LOG.replace(" 409", "\0\0 409").into(), "zero-bytes"),
    ] {
        let expected: Vec<String> = [odd.to_owned()].into_iter().filter(|odd| !odd.is_empty()).collect();
        assert_eq!(said(bytes), (2, expected), "{name}");
    }
}

#[test]
fn zeros_behind_a_long_log_are_no_record() {
    let long = LOG.repeat(1000);
    // Each time the log begins again.
    assert_eq!(said([long.as_bytes(), &[0; 5000]].concat()), (2000, vec!["out-of-order".to_owned()]));
}

/// A tar archive of these files.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        // By hand, for a path that leads out is refused here too.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append(&header, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// The names of what is in a file, and why each cannot be read.
fn members(bytes: &[u8]) -> Result<Vec<(String, bool)>, OpenError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a");
    std::fs::write(&path, bytes).unwrap();
    let named = |file: LogFile| {
        let name = Path::new(&*file.name).strip_prefix(folder.path()).unwrap();
        (name.display().to_string(), file.obstacle.is_none())
    };
    Ok(open(&path)?.into_iter().map(named).collect())
}

#[test]
fn the_files_in_a_tar_archive_are_read() {
    let inner = gzip(LOG.as_bytes());
    let apple: &[u8] = b"\0\x05\x16\x07\0\x02\0\0Mac OS X";
    let plain = tar(&[("./logs/one.log", LOG.as_bytes()), ("logs/._one.log", apple), ("logs/two.log.gz", &inner)]);
    let expected = ["a/logs/one.log", "a/logs/two.log.gz"].map(|name| (name.to_owned(), true));
    for bytes in [&plain[..], &gzip(&plain)] {
        assert_eq!(members(bytes).unwrap(), expected);
    }
    // What is packed in it would be the third time.
    assert_eq!(members(&gzip(&gzip(&plain))).unwrap()[0], expected[0]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("logs.tgz");
    std::fs::write(&path, gzip(&plain)).unwrap();
    let ticket = Ticket::read(&[path], None, &Options::default(), |_| {}).unwrap();
    assert_eq!(ticket.files.iter().map(|file| file.records).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn of_a_tar_archive_that_is_cut_there_is_what_came_before() {
    let whole = tar(&[("one.log", LOG.as_bytes()), ("two.log", LOG.as_bytes())]);
    for at in (512..whole.len()).step_by(97) {
        let files = members(&whole[..at]).unwrap();
        assert!(files.len() <= 3 && files[0].0.starts_with("a/"), "{at}: {files:?}");
    }
    let files = members(&whole[..1400]).unwrap();
    assert_eq!(files[0], ("a/one.log".to_owned(), true));
    assert!(files.len() > 1 && !files.last().unwrap().1, "{files:?}");
}

#[test]
fn a_tar_archive_that_means_harm_is_refused() {
    for name in ["../../etc/cron.d/x", "/etc/cron.d/x"] {
        assert!(matches!(members(&tar(&[(name, b"x")])), Err(OpenError::Archive { .. })), "{name}");
    }
    let bomb = tar(&[("a.json", &vec![b'['; 66 << 20])]);
    let refused = members(&gzip(&bomb));
    assert!(matches!(refused, Err(OpenError::Io(..) | OpenError::Archive { .. })), "{refused:?}");
}
