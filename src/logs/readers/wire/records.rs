//! The records of a JSON file, one after the other, with what is odd about them said.

use std::io::{self, Read as _};

use super::app_line::has_time;
use super::exchange::Exchange;
use super::intake::Intake;
use super::json::Object;
use crate::logs::input::{Elements, Lines, LogFile, MAX_RECORD};
use crate::logs::readers::Reading;

/// Bytes of the longest time before a line, with what stands behind it.
const LONGEST_TIME: usize = 64;

/// Gives every exchange that the objects in an array show, each with the object's own `id`: what was delivered twice is
/// given once.
pub fn exchanges(
    file: &LogFile,
    intake: &mut Intake<'_, '_>,
    path: &'static [&'static str],
    mut shown: impl FnMut(&mut Intake<'_, '_>, u64, &Object<'_>) -> Option<Exchange>,
) -> io::Result<()> {
    elements(file, intake, path, |intake, number, object| {
        let id = object.text("id");
        let Some(mut exchange) = shown(intake, number, object) else {
            intake.reading.warnings.at("unparsable-record", number);
            return;
        };
        if intake.reading.count(number, id.as_deref()) {
            exchange.native_id = id;
            intake.take(exchange);
        }
    })
}

/// Gives every object in the array that a path leads to; with an empty path every document.
pub fn elements(
    file: &LogFile,
    intake: &mut Intake<'_, '_>,
    path: &'static [&'static str],
    mut each: impl FnMut(&mut Intake<'_, '_>, u64, &Object<'_>),
) -> io::Result<()> {
    let mut elements = Elements::new(file.reader()?, path);
    while let Some(record) = elements.next_element()? {
        if record.is_cut {
            break;
        }
        if record.is_oversized {
            intake.reading.warnings.at("oversized-record", record.number);
            continue;
        }
        let text = String::from_utf8_lossy(record.bytes);
        match Object::of(&text) {
            Some(object) => each(intake, record.number, &object),
            None => intake.reading.warnings.at("unparsable-record", record.number),
        }
    }
    if elements.is_truncated() {
        intake.reading.warnings.once("truncated-at-end");
    }
    Ok(())
}

/// Gives the object on every line; a file that is not one object a line is read as documents.
pub fn lines(
    file: &LogFile,
    intake: &mut Intake<'_, '_>,
    mut each: impl FnMut(&mut Intake<'_, '_>, u64, &Object<'_>),
) -> io::Result<()> {
    let mut heads = file.head.lines().filter(|line| !line.trim().is_empty());
    let first = heads.next().unwrap_or_default();
    let is_array = first.trim_start().starts_with('[');
    if is_array || (object_of(first).is_none() && heads.next().is_some()) {
        return elements(file, intake, &[], each);
    }
    let mut lines = Lines::new(file.reader()?);
    while let Some(line) = lines.next_line()? {
        let text = String::from_utf8_lossy(line.bytes);
        match object_of(&text) {
            Some(object) => each(intake, line.number, &object),
            None if line.is_cut => intake.reading.warnings.once("truncated-at-end"),
            None => intake.reading.warnings.at("unparsable-line", line.number),
        }
    }
    if lines.has_crlf {
        intake.reading.warnings.once("crlf");
    }
    Ok(())
}

/// The object that a line is, or ends with behind a time.
fn object_of(line: &str) -> Option<Object<'_>> {
    Object::of(line).or_else(|| Object::of(behind_time(line)?))
}

/// What stands behind the time that a collector puts before a line: `2026-11-23T08:14:22Z {…}` of CloudWatch,
/// `2026-11-23T08:14:22Z stdout F {…}` of Kubernetes.
pub fn behind_time(line: &str) -> Option<&str> {
    let at = line.bytes().take(LONGEST_TIME).position(|byte| byte == b'{')?;
    has_time(&line[..at]).then(|| &line[at..])
}

/// The whole file as text, for formats that people write by hand; of a longer one the beginning.
pub fn text(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.reader()?.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_RECORD {
        bytes.truncate(MAX_RECORD);
        reading.warnings.once("oversized-file");
    }
    Ok(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
