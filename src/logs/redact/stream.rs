//! Whole files: what stands in them, and the same files without it, in pieces that end with a line.

use std::io::{self, BufRead, Write};
use std::sync::mpsc::sync_channel;
use std::thread;

use super::leak::{Leak, Originals};
use super::pseudonyms::Pseudonyms;
use super::remembered::Remembered;
use super::spelling::Spelled;
use super::vocabulary::Vocabulary;
use super::wishes::Wishes;
use crate::logs::format::Format;
use crate::logs::input::{Encoding, LogFile};
use crate::logs::readers::{Options, Table, each_user, read_all};

/// Bytes from which on a piece may end, with a line; it stays in the processor's cache while it is worked on.
const PIECE: usize = 64 << 10;
/// … and without a line's end, in a file that is one long line.
const LONG_PIECE: usize = 256 << 10;

/// More threads than this would wait for the one that reads.
const MOST_THREADS: usize = 8;
/// So many pieces wait for each thread, so that none waits for the one that reads and writes.
const WAITING: usize = 3;

/// What stands for people, firms and machines in the files of a case, and of which values the user wants something.
///
/// # Errors
/// When a file cannot be read, or when the files name too many of them.
pub fn vocabulary(files: &[(LogFile, Option<Format>)], options: &Options, wishes: Wishes) -> io::Result<Vocabulary> {
    let mut vocabulary = Vocabulary::with(wishes);
    learn(&mut vocabulary, files, options)?;
    Ok(vocabulary)
}

/// Takes in what stands for people, firms and machines in more files. Of the options the names count that the user gave
/// for parts of records.
///
/// # Errors
/// When a file cannot be read, or when the files name too many of them.
pub fn learn(vocabulary: &mut Vocabulary, files: &[(LogFile, Option<Format>)], options: &Options) -> io::Result<()> {
    let known: Vec<(LogFile, Format)> =
        files.iter().filter_map(|(file, format)| Some((file.clone(), (*format)?))).collect();
    let beside = files.iter().map(|(file, _)| file.clone()).collect();
    let options = Options { beside, map: options.map.clone(), ..Options::default() };
    let wishes = vocabulary.wishes().clone();
    // The records and the cells are read beside the text.
    let (records, texts, cells) = thread::scope(|scope| {
        let records = scope.spawn(|| of_records(&known, &options, &wishes));
        let cells = scope.spawn(|| of_cells(&known, &wishes));
        let texts = of_texts(files, &wishes);
        let (records, cells) = (records.join().map_err(|_| ended())?, cells.join().map_err(|_| ended())?);
        Ok::<_, io::Error>((records?, texts?, cells?))
    })?;
    // What a record says that a value is counts more than where it stands in the text.
    [records].into_iter().chain(texts).chain([cells]).for_each(|own| vocabulary.join(own));
    vocabulary.check()
}

fn of_records(files: &[(LogFile, Format)], options: &Options, wishes: &Wishes) -> io::Result<Vocabulary> {
    let mut vocabulary = Vocabulary::with(wishes.clone());
    for read in read_all(files, options, &mut |observation| vocabulary.observation(&observation)) {
        read?;
    }
    Ok(vocabulary)
}

fn of_texts(files: &[(LogFile, Option<Format>)], wishes: &Wishes) -> io::Result<Vec<Vocabulary>> {
    let mut vocabularies = vec![Vocabulary::with(wishes.clone()); threads()];
    for (file, _) in files {
        let mut workers: Vec<_> = vocabularies.iter_mut().map(|own| |piece: &[u8]| own.bytes(piece)).collect();
        let named = |error: io::Error| io::Error::new(error.kind(), format!("`{}`: {error}", file.name));
        in_order(file, &mut workers, |()| Ok(())).map_err(named)?;
    }
    Ok(vocabularies)
}

fn of_cells(files: &[(LogFile, Format)], wishes: &Wishes) -> io::Result<Vocabulary> {
    let mut vocabulary = Vocabulary::with(wishes.clone());
    for (file, format) in files {
        if is_table(*format) {
            Table::open(file)?.each_cell(|column, value| vocabulary.cell(column, value))?;
        } else if *format == Format::AccessW3c {
            // `DOMAIN\robert` is looked for as it is read elsewhere: with what may be an escape in it.
            each_user(file, |user| {
                let spelled = Spelled::new(user);
                vocabulary.cell("cs-username", &spelled.said(0..spelled.text.len()));
            })?;
        }
    }
    Ok(vocabulary)
}

/// Writes a file without personal data and secrets, in the encoding that it has.
///
/// # Errors
/// When it cannot be read or written.
pub fn redact(file: &LogFile, pseudonyms: &Pseudonyms, out: &mut impl Write) -> io::Result<()> {
    out.write_all(mark_of(file.encoding))?;
    let worker = || {
        let mut remembered = Remembered::default();
        move |piece: &[u8]| redacted(piece, file.encoding, pseudonyms, &mut remembered)
    };
    let mut workers: Vec<_> = (0..threads()).map(|_| worker()).collect();
    in_order(file, &mut workers, |bytes| out.write_all(&bytes))?;
    out.flush()
}

/// Writes a redacted file again, with all covered that a program printed of a value which stands in it still.
///
/// # Errors
/// When it cannot be read or written.
pub fn cover(file: &LogFile, originals: &Originals, out: &mut impl Write) -> io::Result<()> {
    out.write_all(mark_of(file.encoding))?;
    let covered = |piece: &[u8]| {
        let covered = originals.covered(piece);
        match String::from_utf8(covered) {
            Ok(text) => encoded(text, file.encoding),
            Err(error) => error.into_bytes(),
        }
    };
    in_order(file, &mut vec![covered; threads()], |bytes| out.write_all(&bytes))?;
    out.flush()
}

const fn mark_of(encoding: Encoding) -> &'static [u8] {
    match encoding {
        Encoding::Utf8Bom => b"\xEF\xBB\xBF",
        Encoding::Utf16Le => b"\xFF\xFE",
        Encoding::Utf16Be => b"\xFE\xFF",
        Encoding::Utf8 | Encoding::Windows1252 => b"",
    }
}

/// A piece of a file without personal data and secrets. Bytes that are no text stay.
fn redacted(piece: &[u8], encoding: Encoding, pseudonyms: &Pseudonyms, remembered: &mut Remembered) -> Vec<u8> {
    let mut redacted = |text: &str| encoded(pseudonyms.text_with(text, remembered), encoding);
    if let Ok(text) = std::str::from_utf8(piece) {
        return redacted(text);
    }
    let chunks = piece.utf8_chunks();
    chunks.flat_map(|chunk| [&*redacted(chunk.valid()), chunk.invalid()].concat()).collect()
}

/// The first value that still stands in a file.
///
/// # Errors
/// When it cannot be read.
pub fn find_leak(file: &LogFile, originals: &Originals) -> io::Result<Option<Leak>> {
    let checked = |piece: &[u8]| (originals.check(piece), memchr::memchr_iter(b'\n', piece).count());
    let (mut first, mut before) = (None, 0);
    in_order(file, &mut vec![checked; threads()], |(leak, lines)| {
        first = first.or(leak.map(|leak| Leak { line: before + leak.line, ..leak }));
        before += lines;
        Ok(())
    })?;
    Ok(first)
}

fn encoded(text: String, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => text.into_bytes(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(),
    }
}

const fn is_table(format: Format) -> bool {
    matches!(
        format,
        Format::OktaSyslogCsv | Format::EntraLogAnalyticsCsv | Format::EntraPortalCsv3 | Format::EntraPortalGridCsv
    )
}

/// As many as the machine runs at the same time.
pub(super) fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS)
}

/// Gives each piece of a file to one of the workers, each in a thread of its own, in turns; takes what they make of the
/// pieces in the order of the file.
fn in_order<T: Send>(
    file: &LogFile,
    workers: &mut [impl FnMut(&[u8]) -> T + Send],
    mut take: impl FnMut(T) -> io::Result<()>,
) -> io::Result<()> {
    thread::scope(|scope| {
        let lanes: Vec<_> = workers
            .iter_mut()
            .map(|work| {
                let (give, pieces) = sync_channel::<Vec<u8>>(WAITING);
                let (done, results) = sync_channel(WAITING);
                scope.spawn(move || pieces.iter().try_for_each(|piece| done.send(work(&piece))));
                (give, results)
            })
            .collect();
        let mut count = 0;
        each_piece(file, |piece| {
            let (give, results) = &lanes[count % lanes.len()];
            if count >= lanes.len() * WAITING {
                take(results.recv().map_err(|_| ended())?)?;
            }
            count += 1;
            give.send(piece).map_err(|_| ended())
        })?;
        for (_, results) in (count.saturating_sub(lanes.len() * WAITING)..count).map(|at| &lanes[at % lanes.len()]) {
            take(results.recv().map_err(|_| ended())?)?;
        }
        Ok(())
    })
}

fn ended() -> io::Error {
    io::Error::other("a thread ended before its work was done")
}

fn each_piece(file: &LogFile, mut take: impl FnMut(Vec<u8>) -> io::Result<()>) -> io::Result<()> {
    let (mut reader, mut piece) = (file.reader()?, Vec::new());
    loop {
        let block = reader.fill_buf()?;
        let length = block.len().min(PIECE);
        if length == 0 {
            return if piece.is_empty() { Ok(()) } else { take(piece) };
        }
        piece.extend_from_slice(&block[..length]);
        reader.consume(length);
        if let Some(end) = (piece.len() >= PIECE).then(|| end_of_piece(&piece)).flatten() {
            let rest = piece.split_off(end);
            take(std::mem::replace(&mut piece, rest))?;
        }
    }
}

/// Where a piece can end so that nothing that belongs together comes apart: with the line that ends an object, with
/// any line; in a line that is too long with an object, between words, anywhere.
fn end_of_piece(piece: &[u8]) -> Option<usize> {
    let ends_object = |at: &usize| {
        let line = piece[..*at].strip_suffix(b"\r").unwrap_or(&piece[..*at]);
        line.strip_suffix(b",").unwrap_or(line).ends_with(b"}")
    };
    let lines = || memchr::memrchr_iter(b'\n', piece);
    if let Some(line_end) = lines().find(ends_object).or_else(|| lines().next()) {
        return Some(line_end + 1);
    }
    if piece.len() < LONG_PIECE {
        return None;
    }
    let objects = || memchr::memrchr_iter(b'}', piece);
    let object = objects().find(|at| piece[at + 1..].starts_with(b",{")).or_else(|| objects().next());
    let word = || memchr::memrchr2(b' ', b',', piece);
    let character = || (0..piece.len()).rev().find(|at| piece[*at] & 0xC0 != 0x80);
    object.or_else(word).map(|at| at + 1).or_else(character).filter(|end| *end > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<usize> {
        let file = LogFile::in_memory("a", text.as_bytes()).expect("memory");
        let (mut lengths, mut whole) = (Vec::new(), Vec::new());
        each_piece(&file, |piece| {
            lengths.push(piece.len());
            whole.extend(piece);
            Ok(())
        })
        .expect("memory");
        assert!(whole == text.as_bytes());
        lengths
    }

    #[test]
    fn a_piece_ends_where_something_ends() {
        let object =
            |line_end: &str| format!("{{\"name\": \"Cookie\",{line_end}\"value\": \"abcdefghij\"}},{line_end}");
        for (text, unit) in [
            (object("\n").repeat(20_000), object("\n").len()),
            (object("").repeat(20_000), object("").len()),
            ("Zoë Quinn\n".repeat(60_000), "Zoë Quinn\n".len()),
            ("Zoë,".repeat(200_000), "Zoë,".len()),
            ("ë".repeat(300_000), "ë".len()),
        ] {
            let lengths = pieces(&text);
            assert!(lengths.len() > 2 && lengths.iter().all(|length| *length <= 2 * LONG_PIECE), "{lengths:?}");
            let ends = lengths.iter().scan(0, |end, length| {
                *end += length;
                Some(*end)
            });
            // Of objects in a row the comma may come after.
            assert!(ends.into_iter().all(|end| (end + 1) % unit <= 1), "{text:.40}: {lengths:?}");
        }
    }
}
