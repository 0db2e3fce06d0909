//! What `curl -v` prints: `>` what was sent, `<` what came, `*` what happened, and in between the body.

use std::collections::VecDeque;
use std::io;

use super::exchange::{self, Exchange};
use super::intake::Intake;
use super::{curl_command, records};
use crate::logs::input::LogFile;
use crate::logs::observation::Body;
use crate::logs::readers::Reading;
use crate::logs::silence::says_no_answer;

/// Remarks that curl prints behind a body that ends without a line end.
const GLUED: [&str; 6] = [
    "* Connection #",
    "* Closing connection",
    "* Ignoring the response-body",
    "* Issue another request",
    "* transfer closed",
    "* Curl_http_done",
];

/// Reads a transcript. The number of an exchange is the line of its request.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let text = records::text(file, reading)?;
    let mut intake = Intake::new(reading);
    let bodies = sent_bodies(&mut intake, &text);
    let (mut transcript, mut number) = (Transcript { bodies, ..Transcript::default() }, 0);
    for line in text.lines() {
        number += 1;
        transcript.line(&mut intake, number, line);
    }
    transcript.give(&mut intake);
    if text.contains("\r\n") {
        intake.reading.warnings.once("crlf");
    }
    intake.finish();
    Ok(())
}

/// The bodies that the commands send, by the line of each: curl does not print them.
fn sent_bodies(intake: &mut Intake<'_, '_>, text: &str) -> VecDeque<(u64, Body)> {
    let commands = curl_command::commands(text);
    let exchanges = commands.iter().flat_map(|command| command.exchanges(intake));
    exchanges.filter_map(|exchange| Some((exchange.number, exchange.request_body?))).collect()
}

#[derive(Default)]
struct Transcript {
    exchange: Option<Exchange>,
    /// The answer's head has begun.
    is_answered: bool,
    /// The answer's head is over.
    is_in_body: bool,
    body: String,
    /// Bodies of the commands whose requests have not come yet.
    bodies: VecDeque<(u64, Body)>,
}

impl Transcript {
    fn line(&mut self, intake: &mut Intake<'_, '_>, number: u64, line: &str) {
        let (mark, rest) = match line.split_at_checked(2) {
            Some((mark @ ("> " | "< " | "* "), rest)) => (mark.as_bytes()[0], rest),
            _ if line == ">" || line == "<" => (line.as_bytes()[0], ""),
            _ => (0, line),
        };
        match mark {
            b'>' => self.sent(intake, number, rest),
            b'<' => self.came(rest),
            b'*' => self.happened(rest),
            _ if is_data_note(line) => {}
            _ if line.starts_with("curl: (") => self.happened(line),
            _ if self.is_in_body => self.add(line),
            _ => {}
        }
    }

    fn sent(&mut self, intake: &mut Intake<'_, '_>, number: u64, line: &str) {
        let request = line.rsplit_once(" HTTP/").and_then(|(request, _)| request.split_once(' '));
        if let Some((method, target)) =
            request.filter(|(method, _)| method.bytes().all(|byte| byte.is_ascii_uppercase()))
        {
            self.give(intake);
            let mut exchange = Exchange::new(number, method, target);
            let is_sent = !["GET", "HEAD"].contains(&method) && self.bodies.front().is_some_and(|(at, _)| *at < number);
            exchange.request_body = if is_sent { self.bodies.pop_front().map(|(_, body)| body) } else { None };
            self.exchange = Some(exchange);
        } else if let (Some(exchange), Some((name, value))) = (&mut self.exchange, line.split_once(':')) {
            exchange.request_headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
    }

    fn came(&mut self, line: &str) {
        let Some(exchange) = &mut self.exchange else { return };
        if let Some(rest) = line.strip_prefix("HTTP/") {
            exchange.status = rest.split(' ').nth(1).and_then(|status| status.parse().ok());
            exchange.response_headers.clear(); // those of an interim answer
            (self.is_answered, self.is_in_body) = (true, false);
        } else if let Some((name, value)) = line.split_once(':') {
            exchange.response_headers.push((name.trim().to_owned(), value.trim().to_owned()));
        } else if line.trim().is_empty() {
            self.is_in_body = self.is_answered;
        }
    }

    /// What curl says when no answer came.
    fn happened(&mut self, words: &str) {
        if let Some(exchange) = self.exchange.as_mut().filter(|_| !self.is_answered && says_no_answer(words)) {
            exchange.is_unanswered = true;
            exchange.remark.get_or_insert_with(|| words.to_owned());
        }
    }

    fn add(&mut self, line: &str) {
        let end = GLUED.iter().filter_map(|remark| line.find(remark)).min();
        if !self.body.is_empty() {
            self.body.push('\n');
        }
        self.body.push_str(&line[..end.unwrap_or(line.len())]);
        self.is_in_body = end.is_none();
    }

    /// Gives the exchange that is over.
    fn give(&mut self, intake: &mut Intake<'_, '_>) {
        let body = std::mem::take(&mut self.body);
        (self.is_answered, self.is_in_body) = (false, false);
        if let Some(mut exchange) = self.exchange.take() {
            exchange.response_body = exchange::body(body.trim_end());
            intake.reading.count(exchange.number, None);
            intake.take(exchange);
        }
    }
}

/// `{ [123 bytes data]`.
fn is_data_note(line: &str) -> bool {
    (line.starts_with("{ [") || line.starts_with("} [")) && line.trim_end().ends_with(" bytes data]")
}
