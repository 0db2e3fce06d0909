//! Text as characters, each with the way in which it is spelled: `ë`, `\u00eb`, `\\u00EB`, `%C3%AB`, `&#235;`, `=C3=AB`,
//! `\xC3\xAB`.

use std::fmt::Write as _;
use std::ops::Range;

use super::letters::{fold, is_mark};

/// Bytes between quotes that are looked at.
const MAX_QUOTED: usize = 16 << 10;

/// Text and what it says.
#[derive(Debug)]
pub struct Spelled<'t> {
    /// As it stands there.
    pub source: &'t str,
    /// What it says, as it is compared: see [`fold`]; without combining marks.
    pub text: String,
    /// Where spelling and meaning begin to differ, or stop to.
    pieces: Vec<Piece>,
}

/// A piece of a text.
#[derive(Clone, Copy, Debug)]
struct Piece {
    /// The one character that it is; `None` when it is ASCII that stands for itself, byte by byte.
    character: Option<char>,
    /// Where it is in `text`.
    at: usize,
    /// Where it is in `source`; it ends where the next begins.
    start: usize,
}

impl<'t> Spelled<'t> {
    /// Reads a text.
    pub fn new(source: &'t str) -> Self {
        let bytes = source.as_bytes();
        let mut spelled = Self { source, text: String::with_capacity(source.len()), pieces: Vec::new() };
        let (mut start, mut plain) = (0, 0);
        while let Some(length) = bytes[start..].iter().position(|byte| IS_SPECIAL[usize::from(*byte)]) {
            start += length;
            let Some((character, end)) = special(source, start) else {
                // It stands for itself, and so do all backslashes of a row that no escape ends.
                let row = bytes[start..].iter().take_while(|byte| **byte == b'\\').count();
                start += row.max(1);
                continue;
            };
            spelled.push_plain(plain..start);
            spelled.pieces.push(Piece { character: Some(character), at: spelled.text.len(), start });
            if !is_mark(character) {
                spelled.text.push(fold(character));
            }
            (start, plain) = (end, end);
        }
        spelled.push_plain(plain..bytes.len());
        spelled
    }

    fn push_plain(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            let at = self.text.len();
            self.pieces.push(Piece { character: None, at, start: range.start });
            self.text.push_str(&self.source[range]);
            self.text[at..].make_ascii_lowercase();
        }
    }

    /// The characters at a range of `text`.
    pub fn characters(&self, range: Range<usize>) -> impl Iterator<Item = char> + '_ {
        self.units(range).map(|(character, _)| character)
    }

    /// Where a range of `text` stands in the source.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        let (start, end) = (self.source_of(range.start), self.source_of(range.end));
        start.min(end)..end
    }

    /// Finds places of ranges that come from left to right.
    pub const fn places(&self) -> Places<'_, 't> {
        Places { spelled: self, first: 0 }
    }

    /// What stands there, without escapes.
    pub fn said(&self, range: Range<usize>) -> String {
        if let Some(plain) = self.plain(range.clone()) {
            return plain.to_owned();
        }
        let mut said = String::with_capacity(range.len() + range.len() / 2);
        said.extend(self.characters(range));
        said
    }

    /// What stands there, when all of it is ASCII that stands for itself; nearly all values are.
    fn plain(&self, range: Range<usize>) -> Option<&'t str> {
        let piece = self.piece(range.start);
        let Piece { character: None, at, start } = *self.pieces.get(piece)? else { return None };
        let place = start + (range.start - at)..start + (range.end - at);
        // At its end a mark may follow, which belongs to the last letter.
        (place.end < self.end(piece)).then(|| &self.source[place])
    }

    /// The spelling of the one character at this place in `text`.
    pub fn spelling(&self, at: usize) -> &'t str {
        let piece = self.piece(at);
        let Some(&Piece { character, at: begin, start }) = self.pieces.get(piece) else { return "" };
        match character {
            None => &self.source[start + at - begin..=start + at - begin],
            Some(_) => &self.source[start..self.end(piece)],
        }
    }

    /// Where the quotes that open at this place in `text` close: the next ones that are spelled alike.
    pub fn closing_quote(&self, opening: usize) -> Option<usize> {
        let spelling = self.spelling(opening);
        let near = &self.text.as_bytes()[opening + 1..];
        let near = &near[..near.len().min(MAX_QUOTED)];
        let quote = *self.text.as_bytes().get(opening)?;
        let mut quotes = memchr::memchr_iter(quote, near).map(|index| opening + 1 + index);
        quotes.find(|at| self.spelling(*at) == spelling)
    }

    /// Writes other characters in the spelling of those at a range of `text`.
    pub fn respell(&self, range: Range<usize>, characters: &[char], out: &mut String) {
        if self.plain(range.clone()).is_some_and(|plain| plain.len() == characters.len()) {
            return out.extend(characters);
        }
        for ((original, place), character) in self.units(range).zip(characters) {
            let spelling = &self.source[place];
            if original == *character {
                out.push_str(spelling);
            } else if spelling.len() == 1 {
                out.push(*character);
            } else {
                spell(*character, spelling, out);
            }
        }
    }

    /// Each character at a range of `text`, and where it stands in the source.
    fn units(&self, range: Range<usize>) -> impl Iterator<Item = (char, Range<usize>)> + '_ {
        let Range { mut start, end } = self.place(range.clone());
        let mut piece = self.piece_of_source(start);
        std::iter::from_fn(move || {
            if start >= end {
                return None;
            }
            let next = self.end(piece);
            let (character, length) = match self.pieces[piece].character {
                Some(character) => (character, next - start),
                None => (char::from(self.source.as_bytes()[start]), 1),
            };
            let place = start..start + length;
            start += length;
            piece += usize::from(start == next);
            Some((character, place))
        })
    }

    /// The piece in which this place of `text` is; of several that begin there the first.
    fn piece(&self, at: usize) -> usize {
        self.piece_before(self.first_from(at), at)
    }

    /// The first piece that begins there or behind.
    fn first_from(&self, at: usize) -> usize {
        self.pieces.partition_point(|piece| piece.at < at)
    }

    /// The piece in which a place is: the first that begins there, or the one before it, when that is longer.
    fn piece_before(&self, first: usize, at: usize) -> usize {
        let is_within = self.pieces.get(first).is_none_or(|piece| piece.at > at);
        let is_plain = first > 0 && self.pieces[first - 1].character.is_none();
        if is_within && is_plain { first - 1 } else { first }
    }

    fn piece_of_source(&self, start: usize) -> usize {
        self.pieces.partition_point(|piece| piece.start <= start).saturating_sub(1)
    }

    /// Where this place of `text` stands in the source. A mark is nothing in `text`: it belongs to the letter before it,
    /// so that a place is behind the marks that stand there.
    fn source_of(&self, at: usize) -> usize {
        self.source_from(self.first_from(at), at)
    }

    /// … by the first piece that begins there or behind.
    fn source_from(&self, first: usize, at: usize) -> usize {
        let mut index = self.piece_before(first, at);
        while self.pieces.get(index).is_some_and(|piece| piece.character.is_some_and(is_mark)) {
            index += 1;
        }
        match self.pieces.get(index) {
            Some(piece) if piece.at <= at => piece.start + (at - piece.at).min(self.end(index) - piece.start),
            Some(piece) => piece.start,
            None => self.source.len(),
        }
    }

    /// Where a piece ends in the source.
    fn end(&self, piece: usize) -> usize {
        self.pieces.get(piece + 1).map_or(self.source.len(), |next| next.start)
    }
}

/// Where ranges of a text stand in its source, one behind the other.
pub struct Places<'s, 't> {
    spelled: &'s Spelled<'t>,
    /// The first piece that begins at the last place or behind it.
    first: usize,
}

impl Places<'_, '_> {
    /// Where the next range stands; none before it is asked for again.
    pub fn of(&mut self, range: Range<usize>) -> Range<usize> {
        let start = self.source_of(range.start);
        let end = self.source_of(range.end);
        start.min(end)..end
    }

    fn source_of(&mut self, at: usize) -> usize {
        while self.spelled.pieces.get(self.first).is_some_and(|piece| piece.at < at) {
            self.first += 1;
        }
        self.spelled.source_from(self.first, at)
    }
}

/// Bytes that may stand for something else than themselves, or for something that is not compared as it is.
static IS_SPECIAL: [bool; 256] = {
    let mut special = [true; 256];
    let mut byte = 0;
    while byte < 0x80 {
        special[byte] = false;
        byte += 1;
    }
    let ascii = b"\\%=&'\n\r\t\x0C";
    let mut index = 0;
    while index < ascii.len() {
        special[ascii[index] as usize] = true;
        index += 1;
    }
    special
};

/// What a special byte begins: the character, and where its spelling ends. `None` when it stands for itself.
fn special(source: &str, start: usize) -> Option<(char, usize)> {
    let bytes = source.as_bytes();
    match bytes[start] {
        b'\\' => escape(source, start),
        b'%' => hexadecimal(source, start, "%"),
        b'=' => hexadecimal(source, start, "=").filter(|(character, _)| !character.is_ascii()),
        b'&' => entity(source, start),
        b'\'' => source[start..].starts_with(r"'\''").then_some(('\'', start + 4)),
        b'\n' | b'\r' => Some((' ', line_end(bytes, start))),
        b'\t' | 0x0C => Some((char::from(bytes[start]), start + 1)),
        _ => {
            let character = source[start..].chars().next()?;
            Some((character, start + character.len_utf8()))
        }
    }
}

/// A text as it is compared.
pub fn folded(text: &str) -> String {
    if text.is_ascii() && !text.contains(|character: char| character.is_ascii_whitespace()) {
        return text.to_ascii_lowercase();
    }
    text.chars().filter(|character| !is_mark(*character)).map(fold).collect()
}

/// `\u00eb`, `\"`, `\n`, with any number of backslashes: JSON is kept as text in JSON.
fn escape(source: &str, start: usize) -> Option<(char, usize)> {
    let bytes = source.as_bytes();
    let count = bytes[start..].iter().take_while(|byte| **byte == b'\\').count();
    let at = start + count;
    match *bytes.get(at)? {
        byte @ (b'"' | b'/' | b'\'') => Some((byte.into(), at + 1)),
        b'n' | b'r' | b't' => Some((' ', at + 1)),
        b'x' => hexadecimal(source, start, &source[start..=at]),
        b'u' => {
            let unit = |at: usize| u16::from_str_radix(source.get(at..at + 4)?, 16).ok();
            let first = unit(at + 1)?;
            let end = at + 5;
            if let Some(character) = char::from_u32(first.into()) {
                return Some((character, end));
            }
            let second = end + count + 1;
            if !source[end..].starts_with(&source[start..=at]) {
                return None;
            }
            let pair = char::decode_utf16([first, unit(second)?]).next()?.ok()?;
            Some((pair, second + 4))
        }
        _ => None,
    }
}

/// `%C3%AB`, `%25C3%25AB`, `=C3=AB`, `\xC3\xAB`.
fn hexadecimal(source: &str, start: usize, sign: &str) -> Option<(char, usize)> {
    let is_hex = |at: usize| source.as_bytes().get(at..at + 2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    let mut prefix = sign.len();
    while sign == "%" && source[start + prefix..].starts_with("25") && is_hex(start + prefix + 2) {
        prefix += 2;
    }
    let sign = &source[start..start + prefix];
    let byte = |at: usize| {
        let digits = at + prefix;
        (source.get(at..)?.starts_with(sign) && is_hex(digits))
            .then(|| u8::from_str_radix(&source[digits..digits + 2], 16).ok())?
    };
    let mut bytes = vec![byte(start)?];
    let length = match bytes[0] {
        0..0x80 => 1,
        0xC2..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0..0xF5 => 4,
        _ => return None,
    };
    let mut at = start + prefix + 2;
    while bytes.len() < length {
        bytes.push(byte(at)?);
        at += prefix + 2;
    }
    Some((std::str::from_utf8(&bytes).ok()?.chars().next()?, at))
}

/// `&#39;`, `&#x27;`, `&quot;`.
fn entity(source: &str, start: usize) -> Option<(char, usize)> {
    let length = source.as_bytes()[start..].iter().take(10).position(|byte| *byte == b';')?;
    let name = &source[start + 1..start + length];
    let character = match name {
        "amp" => '&',
        "apos" => '\'',
        "gt" => '>',
        "lt" => '<',
        "nbsp" => '\u{A0}',
        "quot" => '"',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = number
                .strip_prefix(['x', 'X'])
                .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok());
            char::from_u32(code?)?
        }
    };
    Some((character, start + length + 1))
}

/// Where the line end, and what quotes or indents the next line, is over.
fn line_end(bytes: &[u8], start: usize) -> usize {
    start + bytes[start..].iter().take_while(|byte| matches!(byte, b'\n' | b'\r' | b'>' | b' ' | b'\t')).count()
}

/// Writes a character as another one was spelled.
fn spell(character: char, like: &str, out: &mut String) {
    let is_lower = like.bytes().any(|byte| matches!(byte, b'a'..=b'f'));
    let hex = |number: u32, digits: usize| {
        if is_lower { format!("{number:0digits$x}") } else { format!("{number:0digits$X}") }
    };
    let mut buffer = [0; 4];
    if like.len() < 3 {
        out.push(character);
    } else if let Some(at) = like.find("\\u") {
        let slashes = &like[..=at];
        let mut units = [0; 2];
        let is_lower = is_lower || !like.bytes().any(|byte| matches!(byte, b'A'..=b'F'));
        for unit in character.encode_utf16(&mut units) {
            let digits = if is_lower { format!("{unit:04x}") } else { format!("{unit:04X}") };
            let _ = write!(out, "{slashes}u{digits}"); // writing to a String cannot fail
        }
    } else if like.starts_with(['%', '=', '\\']) {
        let per_byte = like.len() / character_length(like);
        for byte in character.encode_utf8(&mut buffer).bytes() {
            out.push_str(&like[..per_byte - 2]);
            out.push_str(&hex(byte.into(), 2));
        }
    } else if like.starts_with("&#x") || like.starts_with("&#X") {
        let _ = write!(out, "{}{};", &like[..3], hex(character.into(), 1));
    } else if like.starts_with('&') {
        let _ = write!(out, "&#{};", u32::from(character));
    } else {
        out.push(character);
    }
}

/// Bytes of the character that is spelled in hexadecimal digits.
fn character_length(spelling: &str) -> usize {
    let sign = if spelling.starts_with('\\') { "x" } else { &spelling[..1] };
    spelling.matches(sign).count().max(1)
}
