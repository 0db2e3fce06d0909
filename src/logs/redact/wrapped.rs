//! Text in base64 over several lines, as mail programs (RFC 2045 §6.8) and `base64` write it. A value may begin in one line
//! and end in the next, so the lines are read as one.

use std::ops::Range;

use super::packed::{packed_like, unpacked};

/// Digits of a line of which more follow.
const LINE: std::ops::RangeInclusive<usize> = 60..=80;

/// Lines that are one text.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrapped {
    /// Where they stand, without the end of the last one.
    pub range: Range<usize>,
    /// What they say.
    pub text: String,
}

/// Every such text within another.
pub fn wrapped(text: &str) -> Vec<Wrapped> {
    let mut found = Vec::new();
    let (mut open, mut start) = (None::<Lines>, 0);
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        let line = text[start..end].trim();
        let range = digits_of(&text[start..end], start);
        match &mut open {
            Some(lines) if line.len() == lines.length && is_base64(line) => lines.add(line, range),
            _ => {
                // A shorter line ends it.
                if let Some(mut lines) = open.take() {
                    let is_last = line.len() < lines.length && !line.is_empty() && is_base64(line);
                    found.extend(is_last.then(|| lines.with(line, range.clone())).flatten().or_else(|| lines.text()));
                }
                let begins = LINE.contains(&line.len()) && is_base64(line);
                open = begins.then(|| Lines { length: line.len(), count: 1, digits: line.to_owned(), range });
            }
        }
        start = end + 1;
    }
    found.extend(open.and_then(|mut lines| lines.text()));
    found
}

/// A text in lines as long as those are in which another one stands.
pub fn wrapped_like(source: &str, text: &str) -> String {
    let first = source.lines().next().unwrap_or_default().trim_end();
    let rest = &source[first.len()..];
    // What stands between two lines: an end, and what the next one is moved in by.
    let between = &rest[..rest.len() - rest.trim_start().len()];
    let digits: String = source.split_whitespace().collect();
    let packed = packed_like(&digits, text);
    let mut lines = Vec::new();
    let mut left = packed.as_str();
    while !left.is_empty() {
        let (line, behind) = left.split_at(first.len().min(left.len()));
        lines.push(line);
        left = behind;
    }
    lines.join(between)
}

/// Lines of one length.
struct Lines {
    length: usize,
    count: usize,
    digits: String,
    range: Range<usize>,
}

impl Lines {
    fn add(&mut self, line: &str, range: Range<usize>) {
        self.digits.push_str(line);
        self.range.end = range.end;
        self.count += 1;
    }

    /// What they say with a shorter line behind them.
    fn with(&mut self, line: &str, range: Range<usize>) -> Option<Wrapped> {
        let (digits, end, count) = (self.digits.len(), self.range.end, self.count);
        self.add(line, range);
        let text = self.text();
        if text.is_none() {
            self.digits.truncate(digits);
            (self.range.end, self.count) = (end, count);
        }
        text
    }

    /// What they say; one line is read where all others are.
    fn text(&mut self) -> Option<Wrapped> {
        let text = (self.count > 1).then(|| unpacked(&self.digits)).flatten()?;
        Some(Wrapped { range: self.range.clone(), text })
    }
}

/// Where the digits of a line stand that begins there.
fn digits_of(line: &str, start: usize) -> Range<usize> {
    let indent = line.len() - line.trim_start().len();
    start + indent..start + line.trim_end().len().max(indent)
}

fn is_base64(line: &str) -> bool {
    line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    fn lines(text: &str, end: &str) -> String {
        let packed = STANDARD.encode(text);
        packed
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect::<Vec<_>>()
            .join(end)
    }

    #[test]
    fn lines_are_one_text_and_are_written_again_as_they_were() {
        let said = "{\"userName\": \"tuva.berglund@polarglass.example\", \"active\": true, \"title\": \"Glazier\"}\n"
            .repeat(3);
        for end in ["\n", "\r\n", "\n  "] {
            let packed = lines(&said, end);
            let text = format!("body:{end}{packed}{end}that was all\n");
            let found = wrapped(&text);
            assert_eq!(found.len(), 1, "{text}");
            assert_eq!((&text[found[0].range.clone()], &found[0].text), (packed.as_str(), &said));
            assert_eq!(wrapped_like(&packed, &said), packed);
        }
    }

    #[test]
    fn what_is_no_text_or_in_one_line_is_none() {
        let random: Vec<u8> = (0..300_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13).to_le_bytes()[0]).collect();
        let packed = STANDARD.encode(random);
        let pem = packed.as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned() + "\n");
        assert_eq!(wrapped(&pem.collect::<String>()), []);
        assert_eq!(wrapped(&lines("only a few words", "\n")), []);
        assert_eq!(wrapped(&"=\n".repeat(100)), []);
        assert_eq!(wrapped(&format!("{}\n", "=".repeat(64)).repeat(3)), []);
    }
}
