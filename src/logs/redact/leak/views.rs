//! What stands in a text in forms that programs print: hexadecimal digits, numbers of bytes, base64 over several lines,
//! entities. It is read for the check alone: these forms are not written again, but covered where a value is in one.

use std::fmt;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Bytes that are looked for: shorter values stand by chance in any text.
const SHORTEST: usize = 4;
/// Digits of a run of hexadecimal ones; what is shorter is an id, or a part of one.
const HEX_RUN: usize = 16;
/// Characters of a line of base64 of which more follow (RFC 2045 §6.8 has 76, PEM 64).
const BASE64_LINES: std::ops::RangeInclusive<usize> = 60..=80;
/// Names of the entities of U+00C0 to U+00FF, in their order (HTML 4 §24.2.1).
const LATIN: &str = "Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc \
Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute \
acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc \
otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// In which form something stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// In letters, as they are or with escapes, or in base64.
    #[default]
    Letters,
    /// In hexadecimal digits.
    Hexadecimal,
    /// As numbers of bytes.
    Numbers,
    /// In base64 over several lines.
    Base64Lines,
    /// With entities of HTML.
    Entities,
}

impl Form {
    /// What stands in it is covered as a whole.
    pub const fn is_covered(self) -> bool {
        matches!(self, Self::Hexadecimal | Self::Numbers | Self::Base64Lines)
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Letters => "",
            Self::Hexadecimal => ", in hexadecimal digits",
            Self::Numbers => ", as numbers of bytes",
            Self::Base64Lines => ", in base64 over several lines",
            Self::Entities => ", with entities of HTML",
        })
    }
}

/// What something says in such a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) form: Form,
    /// Where it stands.
    pub(super) place: Range<usize>,
    pub(super) text: Vec<u8>,
}

/// Everything in a text that stands in such a form and can be read.
pub(super) fn views(text: &[u8]) -> Vec<View> {
    let mut views = Vec::new();
    runs(text, &mut views);
    lines(text, &mut views);
    numbers(text, &mut views);
    entities(text, &mut views);
    views
}

/// Notes what is a text for the better part; what else a program sent stands around it.
fn push(form: Form, place: Range<usize>, mut text: Vec<u8>, views: &mut Vec<View>) {
    let is_letter =
        |letter: &char| (!letter.is_control() || letter.is_whitespace()) && *letter != char::REPLACEMENT_CHARACTER;
    let said = String::from_utf8_lossy(&text);
    let (letters, all) = (said.chars().filter(is_letter).count(), said.chars().count());
    if letters >= SHORTEST && letters * 2 >= all {
        for byte in text.iter_mut().filter(|byte| byte.is_ascii_control()) {
            *byte = b' ';
        }
        views.push(View { form, place, text });
    }
}

/// `7a6f6540612e646576`, one byte behind the other.
fn runs(text: &[u8], views: &mut Vec<View>) {
    let mut at = 0;
    while at + HEX_RUN <= text.len() {
        // A run that is long enough has a digit at its last place from here, or it begins behind that.
        let last = at + HEX_RUN - 1;
        if !text[last].is_ascii_hexdigit() {
            at = last + 1;
            continue;
        }
        let before = text[..last].iter().rev().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let start = last - before;
        let end = last + text[last..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        if end - start >= HEX_RUN {
            push(Form::Hexadecimal, start..end, bytes_of_hex(&text[start..end]), views);
        }
        at = end;
    }
}

/// Lines of a dump, which begin with an offset; and lines of base64 of which the last may be shorter.
fn lines(text: &[u8], views: &mut Vec<View>) {
    let (mut dump, mut base64) = (None::<Found>, None::<Found>);
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
        let line = text[start..end].trim_ascii();
        match bytes_of_dump(line) {
            Some(bytes) => add(&mut dump, start..end, &bytes),
            None => push_some(Form::Hexadecimal, dump.take(), views),
        }
        let is_long = BASE64_LINES.contains(&line.len());
        let goes_on = base64.is_some() && line.len() <= *BASE64_LINES.end() && !line.is_empty();
        if (is_long || goes_on) && line.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte)) {
            add(&mut base64, start..end, line);
        } else {
            push_some(Form::Base64Lines, base64.take().and_then(unpacked), views);
        }
        start = end + 1;
    }
    push_some(Form::Hexadecimal, dump, views);
    push_some(Form::Base64Lines, base64.and_then(unpacked), views);
}

/// Where something stands, and its bytes.
type Found = (Range<usize>, Vec<u8>);

/// Another line of it.
fn add(found: &mut Option<Found>, place: Range<usize>, bytes: &[u8]) {
    let (whole, all) = found.get_or_insert_with(|| (place.clone(), Vec::new()));
    whole.end = place.end;
    all.extend_from_slice(bytes);
}

fn push_some(form: Form, found: Option<Found>, views: &mut Vec<View>) {
    if let Some((place, text)) = found {
        push(form, place, text, views);
    }
}

/// A piece of a file may begin within the lines: at their first digit or one of the next three.
fn unpacked((place, digits): Found) -> Option<Found> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
    let whole = digits.len() - digits.len() % 4;
    let bytes = STANDARD.decode(&digits).or_else(|_| engine.decode(&digits[..whole])).ok()?;
    Some((place, bytes))
}

/// The bytes of `00000000: 7a6f 6540  zoe@` (xxd) and of `00000000  7a 6f 65 40  |zoe@|` (hexdump -C).
fn bytes_of_dump(line: &[u8]) -> Option<Vec<u8>> {
    let offset = line.iter().take(9).take_while(|byte| byte.is_ascii_hexdigit()).count();
    let rest = line.get(offset..)?;
    let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"  "))?;
    if !(4..=8).contains(&offset) {
        return None;
    }
    // Behind two spaces, or behind a sign, the same stands in letters.
    let mut bytes = Vec::new();
    for (at, group) in rest.trim_ascii_start().split(|byte| *byte == b' ').enumerate() {
        let is_hex = matches!(group.len(), 2 | 4 | 8) && group.iter().all(u8::is_ascii_hexdigit);
        let is_gap = group.is_empty() && at == 8;
        if is_gap {
            continue; // hexdump -C parts its sixteen bytes
        }
        if !is_hex {
            break;
        }
        bytes.extend(bytes_of_hex(group));
    }
    (!bytes.is_empty()).then_some(bytes)
}

fn bytes_of_hex(digits: &[u8]) -> Vec<u8> {
    let value =
        |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok()).unwrap_or_default();
    digits.as_chunks().0.iter().map(|[high, low]| value(*high) << 4 | value(*low)).collect()
}

/// `[122, 111, 101]`, `{0x7a, 0x6f, 0x65}`.
fn numbers(text: &[u8], views: &mut Vec<View>) {
    for open in memchr::memchr3_iter(b'[', b'{', b'(', text) {
        if !text.get(open + 1).is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let is_of_list = |byte: &&u8| byte.is_ascii_hexdigit() || matches!(**byte, b',' | b' ' | b'x' | b'\n' | b'\r');
        let length = text[open + 1..].iter().take_while(is_of_list).count();
        let list = String::from_utf8_lossy(&text[open + 1..open + 1 + length]);
        let byte = |number: &str| {
            let number = number.trim();
            number.strip_prefix("0x").map_or_else(|| number.parse().ok(), |hex| u8::from_str_radix(hex, 16).ok())
        };
        let bytes: Option<Vec<u8>> = list.trim_end_matches([',', ' ', '\n', '\r']).split(',').map(byte).collect();
        push_some(Form::Numbers, bytes.map(|bytes| (open..open + 1 + length, bytes)), views);
    }
}

/// The whole text with its entities read, also those of entities: `&#64;`, `&euml;`, `&amp;#64;`.
fn entities(text: &[u8], views: &mut Vec<View>) {
    let Some(first) = memchr::memchr_iter(b'&', text).find(|at| entity(&text[*at..]).is_some()) else { return };
    // A value may have letters before its first entity.
    let start = memchr::memrchr(b'\n', &text[..first]).map_or(0, |end| end + 1);
    let mut read = text[start..].to_vec();
    for _ in 0..2 {
        let (mut next, mut done) = (Vec::with_capacity(read.len()), 0);
        for at in memchr::memchr_iter(b'&', &read) {
            if let Some((character, length)) = (at >= done).then(|| entity(&read[at..])).flatten() {
                next.extend(&read[done..at]);
                next.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
                done = at + length;
            }
        }
        next.extend(&read[done..]);
        read = next;
    }
    views.push(View { form: Form::Entities, place: start..text.len(), text: read });
}

/// The character that an entity is, and its length.
fn entity(text: &[u8]) -> Option<(char, usize)> {
    let length = text.iter().take(10).position(|byte| *byte == b';')?;
    let name = std::str::from_utf8(text.get(1..length)?).ok()?;
    let latin = || (0xC0..).zip(LATIN.split(' ')).find(|(_, known)| *known == name).map(|(code, _)| code);
    let code = match name {
        "amp" => u32::from('&'),
        "apos" => u32::from('\''),
        "quot" => u32::from('"'),
        "commat" => u32::from('@'),
        "period" => u32::from('.'),
        _ => match name.strip_prefix('#') {
            Some(number) => number
                .strip_prefix(['x', 'X'])
                .map_or_else(|| number.parse().ok(), |hex| u32::from_str_radix(hex, 16).ok())?,
            None => latin()?,
        },
    };
    Some((char::from_u32(code)?, length + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Form, String)> {
        let views = views(text.as_bytes()).into_iter();
        views.map(|view| (view.form, String::from_utf8_lossy(&view.text).into_owned())).collect()
    }

    #[test]
    fn every_form_is_read() {
        let xxd = "00000000: 7a6f 6540 612e 6465 763b 206e 6961 6d68  zoe@a.dev; niamh\n00000010: 4062                                     @b\n";
        let hexdump =
            "00000000  7a 6f 65 40 61 2e 64 65  76 3b 20 6e 69 61 6d 68  |zoe@a.dev; niamh|\n00000010  40 62  |@b|\n";
        for dump in [xxd, hexdump] {
            assert_eq!(read(dump), [(Form::Hexadecimal, "zoe@a.dev; niamh@b".to_owned())]);
        }
        assert_eq!(read("id=7a6f6540612e646576"), [(Form::Hexadecimal, "zoe@a.dev".to_owned())]);
        for list in ["body: [122, 111, 101, 64]", "{0x7a, 0x6f, 0x65, 0x40}"] {
            assert_eq!(read(list), [(Form::Numbers, "zoe@".to_owned())], "{list}");
        }
        assert_eq!(read("to zoe&#64;a.dev"), [(Form::Entities, "to zoe@a.dev".to_owned())]);
        assert_eq!(read("Zo&amp;euml;"), [(Form::Entities, "Zoë".to_owned())]);
        let lines = format!("{}\n{}\n", STANDARD.encode("a".repeat(45)), STANDARD.encode("zoe@a.dev"));
        assert_eq!(read(&lines), [(Form::Base64Lines, "a".repeat(45) + "zoe@a.dev")]);
    }

    #[test]
    fn what_is_no_text_is_none() {
        assert_eq!(read("[0, 1, 2, 122, 111, 101, 64]"), [(Form::Numbers, "   zoe@".to_owned())]);
        for text in ["deadbeefdeadbeefdeadbeef", "[1, 2, 3, 4]", "a & b; c", "[200, 201, 404]", "5f3c9a10-1111-4222"] {
            assert_eq!(read(text), [], "{text}");
        }
    }
}
