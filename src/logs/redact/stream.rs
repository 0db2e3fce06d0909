//! Whole files: what stands in them, and the same files without it, in pieces that end with a line.

use std::io::{self, BufRead, Write};
use std::sync::mpsc::sync_channel;
use std::thread;

use super::leak::{Leak, Originals};
use super::pseudonyms::Pseudonyms;
use super::vocabulary::Vocabulary;
use super::wishes::Wishes;
use crate::logs::format::Format;
use crate::logs::input::{Encoding, LogFile};
use crate::logs::readers::{Options, Table, read_all};

/// Bytes of a piece; it ends with the line.
const PIECE: usize = 256 << 10;
/// Bytes after which a piece may end with an object, in a file that is one long line.
const LONG_PIECE: usize = 4 << 20;

/// More threads than this would wait for the one that reads.
const MOST_THREADS: usize = 8;

/// What stands for people, firms and machines in the files of a case, and of which values the user wants something.
///
/// # Errors
/// When a file cannot be read.
pub fn vocabulary(files: &[(LogFile, Option<Format>)], wishes: Wishes) -> io::Result<Vocabulary> {
    let mut vocabulary = Vocabulary::with(wishes);
    learn(&mut vocabulary, files)?;
    Ok(vocabulary)
}

/// Takes in what stands for people, firms and machines in more files.
///
/// # Errors
/// When a file cannot be read.
pub fn learn(vocabulary: &mut Vocabulary, files: &[(LogFile, Option<Format>)]) -> io::Result<()> {
    let known: Vec<(LogFile, Format)> =
        files.iter().filter_map(|(file, format)| Some((file.clone(), (*format)?))).collect();
    let beside = files.iter().map(|(file, _)| file.clone()).collect();
    let options = Options { beside, ..Options::default() };
    for read in read_all(&known, &options, &mut |observation| vocabulary.observation(&observation)) {
        read?;
    }
    for (file, format) in files {
        let mut others = vec![Vocabulary::with(vocabulary.wishes().clone()); threads()];
        let mut workers: Vec<_> =
            others.iter_mut().map(|own| |piece: &[u8]| own.text(&String::from_utf8_lossy(piece))).collect();
        in_order(file, &mut workers, |()| Ok(()))?;
        for own in others {
            vocabulary.join(own);
        }
        if format.is_some_and(is_table) {
            Table::open(file)?.each_cell(|column, value| vocabulary.cell(column, value))?;
        }
    }
    Ok(())
}

/// Writes a file without personal data and secrets, in the encoding that it has.
///
/// # Errors
/// When it cannot be read or written.
pub fn redact(file: &LogFile, pseudonyms: &Pseudonyms, out: &mut impl Write) -> io::Result<()> {
    out.write_all(match file.encoding {
        Encoding::Utf8Bom => b"\xEF\xBB\xBF",
        Encoding::Utf16Le => b"\xFF\xFE",
        Encoding::Utf16Be => b"\xFE\xFF",
        Encoding::Utf8 | Encoding::Windows1252 => b"",
    })?;
    let redacted = |piece: &[u8]| {
        let mut bytes = Vec::with_capacity(piece.len());
        for chunk in piece.utf8_chunks() {
            bytes.extend_from_slice(&encoded(pseudonyms.text(chunk.valid()), file.encoding));
            bytes.extend_from_slice(chunk.invalid());
        }
        bytes
    };
    in_order(file, &mut vec![redacted; threads()], |bytes| out.write_all(&bytes))?;
    out.flush()
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
fn threads() -> usize {
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
                let (give, pieces) = sync_channel::<Vec<u8>>(1);
                let (done, results) = sync_channel(1);
                scope.spawn(move || pieces.iter().try_for_each(|piece| done.send(work(&piece))));
                (give, results)
            })
            .collect();
        let ended = || io::Error::other("a thread ended before its work was done");
        let mut count = 0;
        each_piece(file, |piece| {
            let (give, results) = &lanes[count % lanes.len()];
            if count >= lanes.len() {
                take(results.recv().map_err(|_| ended())?)?;
            }
            count += 1;
            give.send(piece.to_vec()).map_err(|_| ended())
        })?;
        for (_, results) in (count.saturating_sub(lanes.len())..count).map(|at| &lanes[at % lanes.len()]) {
            take(results.recv().map_err(|_| ended())?)?;
        }
        Ok(())
    })
}

fn each_piece(file: &LogFile, mut take: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let (mut reader, mut piece, mut seen) = (file.reader()?, Vec::new(), 0);
    loop {
        let block = reader.fill_buf()?;
        let length = block.len();
        if length == 0 {
            return if piece.is_empty() { Ok(()) } else { take(&piece) };
        }
        piece.extend_from_slice(block);
        reader.consume(length);
        // Only what is new is searched: a file may be one long line.
        let end = memchr::memrchr(b'\n', &piece[seen..]);
        let end = end.or_else(|| (piece.len() > LONG_PIECE).then(|| memchr::memrchr(b'}', &piece[seen..])).flatten());
        match end.map(|end| seen + end + 1) {
            Some(end) if piece.len() >= PIECE => {
                take(&piece[..end])?;
                piece.drain(..end);
                seen = 0;
            }
            Some(_) => {}
            None => seen = piece.len(),
        }
    }
}
