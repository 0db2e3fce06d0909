//! HTTP/1.1 messages in bytes: one after the other, as far as they are there.

use super::exchange::{Fields, field};
use super::json::of_lines;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it begins with.
    pub start: Start,
    /// Header fields.
    pub headers: Fields,
    /// Body, without its transfer coding.
    pub body: Vec<u8>,
    /// The body came in chunks.
    pub is_chunked: bool,
    /// Less of the body is there than was announced.
    pub is_cut: bool,
}

/// First line of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// Method and target.
    Request(String, String),
    /// Status.
    Answer(u16),
}

/// What stands at the beginning of some bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A message of so many bytes.
    Message(Message, usize),
    /// A line of so many bytes that belongs to no message.
    Other(usize),
    /// More bytes are needed, or all were read.
    More,
}

/// Reads what stands at the beginning. `is_all`: no bytes follow, so what is there is all of it.
pub fn step(bytes: &[u8], is_all: bool) -> Step {
    let Some((line, mut at)) = line(bytes, 0, is_all) else { return Step::More };
    let Some(start) = start(line) else { return Step::Other(at) };
    let head = at;
    loop {
        match self::line(bytes, at, is_all) {
            Some((line, end)) => {
                at = end;
                if line.is_empty() {
                    break;
                }
            }
            None if is_all => break,
            None => return Step::More,
        }
    }
    let headers = of_lines(&String::from_utf8_lossy(&bytes[head..at]));
    let mut message = Message { start, headers, body: Vec::new(), is_chunked: false, is_cut: false };
    let rest = &bytes[at..];
    let is_chunked = field(&message.headers, "transfer-encoding")
        .is_some_and(|coding| coding.to_ascii_lowercase().contains("chunked"));
    if is_chunked {
        match chunks(rest, is_all) {
            Chunks::Whole(body, used, is_cut) => {
                (message.body, message.is_chunked, message.is_cut) = (body, true, is_cut);
                return Step::Message(message, at + used);
            }
            Chunks::More => return Step::More,
            Chunks::None => {} // whoever wrote it down had decoded it already
        }
    } else if let Some(length) =
        field(&message.headers, "content-length").and_then(|length| length.parse::<usize>().ok())
    {
        if rest.len() < length && !is_all {
            return Step::More;
        }
        let used = length.min(rest.len());
        message.body = rest[..used].to_vec();
        message.is_cut = used < length;
        return Step::Message(message, at + used);
    }
    match until_next(rest, is_all) {
        Some(used) => {
            message.body = rest[..used].trim_ascii_end().to_vec();
            Step::Message(message, at + used)
        }
        None => Step::More,
    }
}

/// A first line.
fn start(line: &[u8]) -> Option<Start> {
    let line = std::str::from_utf8(line).ok()?.trim();
    if let Some(rest) = line.strip_prefix("HTTP/") {
        let status = rest.split(' ').nth(1)?;
        return (status.len() == 3).then(|| status.parse().ok().map(Start::Answer)).flatten();
    }
    let (request, version) = line.rsplit_once(" HTTP/")?;
    let (method, target) = request.split_once(' ')?;
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_version = version.starts_with(|first: char| first.is_ascii_digit()) && version.len() <= 3;
    (is_method && is_version).then(|| Start::Request(method.to_owned(), target.to_owned()))
}

/// The line at a place without its end, and where the next begins.
fn line(bytes: &[u8], at: usize, is_all: bool) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..).filter(|rest| !rest.is_empty())?;
    let (line, end) = match memchr::memchr(b'\n', rest) {
        Some(end) => (&rest[..end], at + end + 1),
        None if is_all => (rest, bytes.len()),
        None => return None,
    };
    Some((line.strip_suffix(b"\r").unwrap_or(line), end))
}

/// Bytes of a body whose length nobody said: up to the next first line.
fn until_next(bytes: &[u8], is_all: bool) -> Option<usize> {
    let mut at = 0;
    while let Some((line, end)) = line(bytes, at, is_all) {
        if start(line).is_some() {
            return Some(at);
        }
        at = end;
    }
    is_all.then_some(bytes.len())
}

enum Chunks {
    /// Body, bytes used, and whether the end was missing.
    Whole(Vec<u8>, usize, bool),
    More,
    /// These are no chunks.
    None,
}

/// Puts chunks together (RFC 9112 §7.1).
fn chunks(bytes: &[u8], is_all: bool) -> Chunks {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let Some((size, next)) = line(bytes, at, is_all) else {
            return if is_all { Chunks::Whole(body, at, true) } else { Chunks::More };
        };
        let digits = std::str::from_utf8(size).ok().and_then(|size| size.split(';').next()).map(str::trim);
        let Some(size) = digits.and_then(|digits| usize::from_str_radix(digits, 16).ok()) else {
            return if at == 0 { Chunks::None } else { Chunks::Whole(body, at, true) };
        };
        if size == 0 {
            return trailer(bytes, next, is_all).map_or(Chunks::More, |used| Chunks::Whole(body, used, false));
        }
        let end = next.saturating_add(size);
        if end > bytes.len() {
            if !is_all {
                return Chunks::More;
            }
            body.extend_from_slice(&bytes[next..]);
            return Chunks::Whole(body, bytes.len(), true);
        }
        body.extend_from_slice(&bytes[next..end]);
        let rest = &bytes[end..];
        at = end + if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
    }
}

/// Where the trailer ends: at an empty line, or where another message begins.
fn trailer(bytes: &[u8], mut at: usize, is_all: bool) -> Option<usize> {
    loop {
        let Some((line, next)) = line(bytes, at, is_all) else { return is_all.then_some(bytes.len()) };
        if line.is_empty() {
            return Some(next);
        }
        if start(line).is_some() {
            return Some(at);
        }
        at = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8]) -> Vec<Message> {
        let (mut at, mut messages) = (0, Vec::new());
        loop {
            match step(&text[at..], true) {
                Step::Message(message, used) => {
                    messages.push(message);
                    at += used;
                }
                Step::Other(used) => at += used,
                Step::More => return messages,
            }
        }
    }

    #[test]
    fn lengths_and_chunks_are_obeyed() {
        let text =
            b"POST /Users HTTP/1.1\nContent-Length: 2\n\nab\n\nHTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n\
                     2\r\nGE\r\n3;x=1\r\nT\n\n\r\n0\r\n\r\nGET /a HTTP/1.1\r\n\r\nHTTP/1.1 200 OK\r\n\r\nbody\r\n";
        let messages = all(text);
        let bodies: Vec<&[u8]> = messages.iter().map(|message| &*message.body).collect();
        assert_eq!(bodies, [&b"ab"[..], b"GET\n\n", b"", b"body"]);
        assert_eq!(messages[1].start, Start::Answer(500));
        assert!(messages[1].is_chunked && messages.iter().all(|message| !message.is_cut));
    }

    #[test]
    fn a_cut_body_is_marked_and_nothing_is_read_before_it_is_there() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc";
        assert_eq!(step(text, false), Step::More);
        assert!(all(text)[0].is_cut);
        let chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc";
        assert_eq!(step(chunked, false), Step::More);
        assert!(all(chunked)[0].is_cut);
        assert_eq!(all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{}")[0].body, b"{}");
    }
}
