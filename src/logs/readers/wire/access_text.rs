//! Access logs in lines: the combined format of web servers, and that of AWS load balancers.

use std::io;

use time::UtcOffset;

use super::exchange::Exchange;
use super::intake::Intake;
use crate::logs::input::{Lines, LogFile};
use crate::logs::observation::Body;
use crate::logs::readers::Reading;
use crate::logs::times;

/// What nginx writes down where a client no longer waited: no answer was sent.
const CLIENT_GONE: u16 = 499;

/// What people call the bodies in formats of their own: of the request, of the answer.
const BODIES: [[&str; 3]; 2] = [["req_body", "request_body", "reqbody"], ["resp_body", "response_body", "respbody"]];

/// Reads a combined access log.
pub fn combined(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut zones: Vec<UtcOffset> = Vec::new();
    let mut intake = Intake::new(reading);
    each_line(file, &mut intake, |intake, number, line| {
        let Some(line) = Combined::of(line) else { return false };
        intake.reading.count(number, None);
        let time = times::read(line.time, None);
        if let Some(zone) = time.map(|time| time.instant.offset()).filter(|zone| !zones.contains(zone)) {
            zones.push(zone);
        }
        let Some(mut exchange) = request_line(number, &line.request) else {
            // A handshake on the plain port, say.
            if line.is_binary {
                intake.reading.warnings.at("binary-line", number);
            } else {
                intake.pass_over(number);
            }
            return true;
        };
        exchange.time = time;
        exchange.status = line.status.filter(|status| *status != CLIENT_GONE);
        if exchange.status.is_none() {
            exchange.is_unanswered = true;
            exchange.remark = Some(format!("{CLIENT_GONE}: the client closed the connection before an answer"));
        }
        exchange.user_agent = line.agent.filter(|agent| agent != "-");
        [exchange.request_body, exchange.response_body] = line.bodies;
        intake.take(exchange);
        true
    })?;
    if zones.len() > 1 {
        intake.reading.warnings.once("mixed-time-zones");
    }
    intake.finish();
    Ok(())
}

/// Reads the access log of an application load balancer.
pub fn load_balancer(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    each_line(file, &mut intake, |intake, number, line| {
        let words = words(line);
        let (Some(time), Some(request)) = (words.get(1).and_then(|word| times::read(word, None)), words.get(12)) else {
            return false;
        };
        intake.reading.count(number, None);
        let Some(mut exchange) = request_line(number, request) else {
            intake.pass_over(number);
            return true;
        };
        exchange.time = Some(time);
        exchange.kind = words.get(22).filter(|action| *action != "-").cloned().unwrap_or(exchange.kind);
        exchange.status = words[8].parse().ok();
        exchange.user_agent = words.get(13).filter(|agent| *agent != "-").cloned();
        exchange.duration_ms = duration(&words[5..8]);
        if words[9] == "-" {
            exchange.remark = Some(format!("elb_status_code {}, target_status_code -", words[8]));
        }
        intake.take(exchange);
        true
    })?;
    intake.finish();
    Ok(())
}

/// Gives every line; `each` says whether it could read it.
fn each_line(
    file: &LogFile,
    intake: &mut Intake<'_, '_>,
    mut each: impl FnMut(&mut Intake<'_, '_>, u64, &str) -> bool,
) -> io::Result<()> {
    let mut lines = Lines::new(file.reader()?);
    while let Some(line) = lines.next_line()? {
        let text = String::from_utf8_lossy(line.bytes);
        if !each(intake, line.number, &text) {
            if line.is_cut {
                intake.reading.warnings.once("truncated-last-line");
            } else {
                intake.reading.warnings.at("unparsable-line", line.number);
            }
        }
    }
    if lines.has_crlf {
        intake.reading.warnings.once("crlf");
    }
    Ok(())
}

/// `METHOD target HTTP/version`.
fn request_line(number: u64, line: &str) -> Option<Exchange> {
    let (method, rest) = line.split_once(' ')?;
    let target = rest.rsplit_once(" HTTP/").map_or(rest, |(target, _)| target);
    let is_method = !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    is_method.then(|| Exchange::new(number, method, target))
}

/// Three parts of a duration, in seconds; -1 when there was none.
fn duration(parts: &[String]) -> Option<u64> {
    let seconds: Vec<f64> =
        parts.iter().filter_map(|part| part.parse().ok()).filter(|part| (0.0..1e6).contains(part)).collect();
    if seconds.len() < parts.len() {
        return None;
    }
    let milliseconds = (seconds.iter().sum::<f64>() * 1000.0).round();
    format!("{milliseconds:.0}").parse().ok()
}

/// The words of a line, those in quotes as one.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut rest) = (Vec::new(), line.trim());
    while !rest.is_empty() {
        let (word, after) = if let Some(quoted) = rest.strip_prefix('"') {
            let (word, length, _) = quoted_text(quoted);
            (word, &quoted[length..])
        } else {
            let end = rest.find(' ').unwrap_or(rest.len());
            (rest[..end].to_owned(), &rest[end..])
        };
        words.push(word);
        rest = after.trim_start_matches(' ');
    }
    words
}

/// A line of the combined format.
struct Combined<'l> {
    time: &'l str,
    request: String,
    is_binary: bool,
    status: Option<u16>,
    agent: Option<String>,
    /// Of request and answer, where the server was told to write them down.
    bodies: [Option<Body>; 2],
}

impl<'l> Combined<'l> {
    fn of(line: &'l str) -> Option<Self> {
        let (_, rest) = line.split_once(" [")?;
        let (time, rest) = rest.split_once("] \"")?;
        let (request, length, is_binary) = quoted_text(rest);
        let bodies = BODIES.map(|names| body(&rest[length..], &names));
        let mut rest = words(&rest[length..]).into_iter();
        let status = rest.next()?;
        let is_status = status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit());
        let agent = rest.nth(2); // behind the bytes and the referrer
        is_status.then(|| Self { time, request, is_binary, status: status.parse().ok(), agent, bodies })
    }
}

/// The body that stands behind one of these names.
fn body(line: &str, names: &[&str]) -> Option<Body> {
    let quoted = names.iter().find_map(|name| Some(line.split_once(&format!("{name}=\""))?.1))?;
    let (text, length, _) = quoted_text(quoted);
    let is_cut = !quoted[..length].ends_with('"');
    (!matches!(text.as_str(), "" | "-")).then_some(Body { text, is_cut })
}

/// The text up to the quote that ends it, its length with that quote, and whether it holds bytes that are no text.
fn quoted_text(text: &str) -> (String, usize, bool) {
    let (mut out, mut at, mut is_binary) = (Vec::new(), 0, false);
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', _) => {
                at += 1;
                break;
            }
            (b'\\', Some(b'x')) => {
                let code = text.get(at + 2..at + 4).and_then(|digits| u8::from_str_radix(digits, 16).ok());
                is_binary |= code.is_some_and(|code| code < b' ' || code == 0x7f);
                out.push(code.unwrap_or(b'\\'));
                at += if code.is_some() { 4 } else { 1 };
            }
            (b'\\', Some(&next)) if next == b'"' || next == b'\\' => {
                out.push(next);
                at += 2;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    is_binary |= std::str::from_utf8(&out).is_err();
    (String::from_utf8_lossy(&out).into_owned(), at, is_binary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_escapes_are_undone() {
        assert_eq!(words(r#"a "b \"c\" \\" "-" d"#), ["a", r#"b "c" \"#, "-", "d"]);
        let line = r#"1.2.3.4 - - [16/Nov/2026:09:12:05 +0000] "GET /\xc3\xa9 HTTP/1.1" 200 1 "-" "x""#;
        let line = Combined::of(line).unwrap();
        assert_eq!((line.request.as_str(), line.is_binary), ("GET /é HTTP/1.1", false));
        assert_eq!((line.status, line.agent.as_deref()), (Some(200), Some("x")));
        assert!(Combined::of(r#"1.2.3.4 - - [16/Nov/2026:09:12:05 +0000] "GET / HTTP/1.1" 20"#).is_none());
        assert!(quoted_text(r#"\x16\x03""#).2);
    }
}
