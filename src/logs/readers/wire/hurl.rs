//! Hurl files: requests, and what their author expects of the answers.

use std::io;

use super::curl_command::json_length;
use super::exchange::{self, Exchange, Fields};
use super::har::decoded;
use super::intake::{EXPECTED, Intake};
use super::runscope::note_variables;
use super::{form, records};
use crate::logs::input::LogFile;
use crate::logs::observation::Body;
use crate::logs::readers::Reading;

/// Reads a file. The number of an entry is the line of its request.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let text = records::text(file, reading)?;
    let mut intake = Intake::new(reading);
    let mut lines = Lines { lines: text.lines().collect(), at: 0 };
    while let Some((number, exchange)) = lines.entry(&mut intake) {
        intake.reading.count(number, None);
        note_variables(&mut intake, &exchange);
        intake.take(exchange);
    }
    intake.finish();
    Ok(())
}

/// What the lines under a heading are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    Headers,
    Query,
    Form,
    BasicAuth,
    AnswerHeaders,
    Asserts,
    Other,
}

impl Section {
    const fn is_of_request(self) -> bool {
        !matches!(self, Self::AnswerHeaders | Self::Asserts)
    }
}

struct Lines<'t> {
    lines: Vec<&'t str>,
    at: usize,
}

impl Lines<'_> {
    /// The next request with what follows it, up to the next.
    fn entry(&mut self, intake: &mut Intake<'_, '_>) -> Option<(u64, Exchange)> {
        let (method, target) = loop {
            let line = self.lines.get(self.at)?;
            self.at += 1;
            if let Some(request) = request_line(line) {
                break request;
            }
        };
        let number = self.at as u64;
        let mut exchange = Exchange::new(number, method, unescaped(target));
        exchange.answer = EXPECTED;
        let (mut section, mut query, mut fields, mut asserts) =
            (Section::Headers, Fields::new(), Fields::new(), Vec::new());
        while let Some(line) = self.lines.get(self.at).filter(|line| request_line(line).is_none()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                self.at += 1;
            } else if let Some(expected) = answer_line(line) {
                self.at += 1;
                exchange.status = match expected {
                    Expected::Any => None,
                    Expected::Status(status) => Some(status),
                };
                section = Section::AnswerHeaders;
            } else if let Some(heading) = heading(line) {
                self.at += 1;
                section = heading;
            } else if section == Section::AnswerHeaders && exchange.response_body.is_none() && begins_body(line) {
                exchange.response_body = self.body(intake);
            } else if section.is_of_request() && exchange.request_body.is_none() && begins_body(line) {
                exchange.request_body = self.body(intake);
            } else {
                self.at += 1;
                let field = line.split_once(':').map(|(name, value)| (name.trim().to_owned(), unescaped(value.trim())));
                match (section, field) {
                    (Section::Headers, Some(field)) => exchange.request_headers.push(field),
                    (Section::AnswerHeaders, Some(field)) => exchange.response_headers.push(field),
                    (Section::Query, Some(field)) => query.push(field),
                    (Section::Form, Some(field)) => fields.push(field),
                    (Section::BasicAuth, Some((user, password))) => {
                        exchange.request_headers.push((
                            "Authorization".to_owned(),
                            super::curl_command::basic(&format!("{user}:{password}")),
                        ));
                    }
                    (Section::Asserts, _) => asserts.push(line),
                    _ => {}
                }
            }
        }
        exchange.add_query(&form::encoded(&query));
        exchange.request_body = exchange.request_body.or_else(|| exchange::body(form::encoded(&fields)));
        let status = asserts.iter().find_map(|assert| assert.strip_prefix("status == ")?.trim().parse().ok());
        exchange.status = exchange.status.or(status);
        // The words that a test waits for are all that it says about the answer.
        exchange.remark = (!asserts.is_empty()).then(|| asserts.join("\n"));
        Some((number, exchange))
    }

    /// The body that begins here.
    fn body(&mut self, intake: &mut Intake<'_, '_>) -> Option<Body> {
        let first = self.lines.get(self.at)?.trim();
        if first.starts_with("```") && !first[3..].contains("```") {
            let from = self.at + 1;
            let length =
                self.lines[from..].iter().position(|line| line.trim() == "```").unwrap_or(self.lines.len() - from);
            self.at = (from + length + 1).min(self.lines.len());
            return exchange::body(self.lines[from..from + length].join("\n"));
        }
        self.at += 1;
        if let Some(text) = first.strip_prefix("base64,") {
            return decoded(text.trim_end_matches(';'));
        }
        if let Some(name) = first.strip_prefix("file,") {
            let name = name.trim_end_matches(';').trim();
            let given = intake.reading.options.given(name);
            if given.is_none() {
                intake.reading.warnings.with("file-not-given", name);
            }
            return exchange::body(given?);
        }
        if let Some(text) = first.strip_prefix('`') {
            return exchange::body(unescaped(text.strip_suffix('`').unwrap_or(text)));
        }
        // JSON goes on until it is whole, but not into the next request.
        let from = self.at - 1;
        let length = self.lines[from..].iter().position(|line| request_line(line).is_some());
        let rest = self.lines[from..length.map_or(self.lines.len(), |length| from + length)].join("\n");
        let text = &rest[..json_length(&rest)];
        self.at = from + 1 + text.trim_end().matches('\n').count();
        exchange::body(text.trim())
    }
}

fn request_line(line: &str) -> Option<(&str, &str)> {
    let (method, target) = line.split_once(' ')?;
    let target = target.split(" #").next()?.trim();
    let is_method = method.len() >= 3 && method.bytes().all(|byte| byte.is_ascii_uppercase());
    (is_method && !method.starts_with("HTTP") && (target.contains("{{") || target.contains("://")))
        .then_some((method, target))
}

/// The status that an answer is to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Any,
    Status(u16),
}

/// `HTTP 200`, `HTTP/1.1 200`, `HTTP *`.
fn answer_line(line: &str) -> Option<Expected> {
    let mut words = line.strip_prefix("HTTP")?.split_whitespace();
    let word = if line.starts_with("HTTP/") { words.nth(1) } else { words.next() }?;
    if word == "*" { Some(Expected::Any) } else { word.parse().ok().map(Expected::Status) }
}

/// Undoes the escapes that mean one character: `\n`, `\#`, `\u{7b}`. What is none stays.
fn unescaped(text: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let (found, length) = match after.chars().next() {
            Some('n') => (Some('\n'), 1),
            Some('r') => (Some('\r'), 1),
            Some('t') => (Some('\t'), 1),
            Some('u') => {
                let digits = after.strip_prefix("u{").and_then(|after| after.split_once('}')).map(|(digits, _)| digits);
                let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
                (code, digits.map_or(0, |digits| digits.len() + 3))
            }
            Some(other @ ('#' | '"' | '`' | '\\' | '/')) => (Some(other), 1),
            _ => (None, 0),
        };
        out.push(found.unwrap_or('\\'));
        rest = &after[if found.is_some() { length } else { 0 }..];
    }
    out + rest
}

fn heading(line: &str) -> Option<Section> {
    Some(match line.strip_prefix('[')?.strip_suffix(']')? {
        "Query" | "QueryStringParams" => Section::Query,
        "Form" | "FormParams" => Section::Form,
        "BasicAuth" => Section::BasicAuth,
        "Asserts" => Section::Asserts,
        name if name.bytes().all(|byte| byte.is_ascii_alphabetic()) && !name.is_empty() => Section::Other,
        _ => return None,
    })
}

fn begins_body(line: &str) -> bool {
    let is_variable = line.starts_with("{{");
    (line.starts_with(['{', '[', '`', '<']) && !is_variable) || line.starts_with("base64,") || line.starts_with("file,")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_told_apart() {
        assert_eq!(request_line("GET {{base}}/Users # find"), Some(("GET", "{{base}}/Users")));
        assert_eq!(request_line("HTTP 200"), None);
        assert_eq!(answer_line("HTTP/1.1 200"), Some(Expected::Status(200)));
        assert_eq!(answer_line("HTTP *"), Some(Expected::Any));
        assert!(heading("[Captures]") == Some(Section::Other) && heading("[1, 2]").is_none());
        assert_eq!(unescaped(r"a\#b\n\u{7b}{x}} \\ \q \u{zz} \"), "a#b\n{{x}} \\ \\q \\u{zz} \\");
        assert!(begins_body("[1]") && begins_body("```json") && !begins_body("{{name}}: 1"));
    }
}
