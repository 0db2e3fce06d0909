//! Whole files: what stands in them, and the same files without it, in pieces that end with a line.

use std::io::{self, BufRead, Write};

use super::leak::{Leak, Originals};
use super::pseudonyms::Pseudonyms;
use super::vocabulary::Vocabulary;
use crate::logs::format::Format;
use crate::logs::input::{Encoding, LogFile};
use crate::logs::readers::{Options, Table, read_all};

/// Bytes of a piece; it ends with the line.
const PIECE: usize = 256 << 10;
/// Bytes after which a piece may end with an object, in a file that is one long line.
const LONG_PIECE: usize = 4 << 20;

/// What stands for people, firms and machines in the files of a case.
///
/// # Errors
/// When a file cannot be read.
pub fn vocabulary(files: &[(LogFile, Option<Format>)]) -> io::Result<Vocabulary> {
    let mut vocabulary = Vocabulary::default();
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
        each_piece(file, |piece| {
            vocabulary.text(&String::from_utf8_lossy(piece));
            Ok(())
        })?;
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
    each_piece(file, |piece| {
        for chunk in piece.utf8_chunks() {
            out.write_all(&encoded(&pseudonyms.text(chunk.valid()), file.encoding))?;
            out.write_all(chunk.invalid())?;
        }
        Ok(())
    })?;
    out.flush()
}

/// The first value that still stands in a file.
///
/// # Errors
/// When it cannot be read.
pub fn find_leak(file: &LogFile, originals: &Originals) -> io::Result<Option<Leak>> {
    let (mut found, mut lines) = (None, 0);
    each_piece(file, |piece| {
        if found.is_none() {
            found = originals.check(piece).map(|leak| Leak { line: lines + leak.line, ..leak });
            lines += memchr::memchr_iter(b'\n', piece).count();
        }
        Ok(())
    })?;
    Ok(found)
}

fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        Encoding::Utf8 | Encoding::Utf8Bom => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
    }
}

const fn is_table(format: Format) -> bool {
    matches!(
        format,
        Format::OktaSyslogCsv | Format::EntraLogAnalyticsCsv | Format::EntraPortalCsv3 | Format::EntraPortalGridCsv
    )
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
