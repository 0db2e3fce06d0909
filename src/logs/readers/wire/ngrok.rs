//! What an ngrok agent's API lists: requests through a tunnel, with the bytes of both messages.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::exchange::Exchange;
use super::http_message::{Message, Start, Step, step};
use super::http_raw::{answer, body_of};
use super::intake::Intake;
use super::json::{self, Object};
use super::order::Delivery;
use super::records;
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;
use crate::logs::times;

/// Reads a list of requests.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    intake.order.delivery = Delivery::NewestFirst;
    records::exchanges(file, &mut intake, &["requests"], |_, number, request| exchange(number, request))?;
    intake.finish();
    Ok(())
}

fn exchange(number: u64, record: &Object<'_>) -> Option<Exchange> {
    // The bytes say more than what was made of them.
    let mut exchange = if let Some(message) = raw(record, "request.raw") {
        let Start::Request(method, target) = &message.start else { return None };
        let mut exchange = Exchange::new(number, method, target);
        exchange.request_body = body_of(&message);
        exchange.request_headers = message.headers;
        exchange
    } else {
        let target = record.first(&["request.uri", "uri"]).and_then(json::scalar)?;
        let mut exchange = Exchange::new(number, record.text("request.method")?, target);
        exchange.request_headers = record.headers("request.headers");
        exchange
    };
    exchange.time = record.text("start").and_then(|text| times::read(&text, None));
    exchange.duration_ms = record.number("duration").map(|nanoseconds| nanoseconds / 1_000_000);
    match raw(record, "response.raw") {
        Some(message) if matches!(message.start, Start::Answer(_)) => {
            if let Start::Answer(status) = message.start {
                answer(&mut exchange, status, message);
            }
        }
        _ => {
            exchange.status = record.raw("response.status_code").and_then(json::status);
            exchange.response_headers = record.headers("response.headers");
        }
    }
    exchange.is_unanswered = exchange.status.is_none();
    Some(exchange)
}

/// A message whose bytes are written down in base64.
fn raw(record: &Object<'_>, path: &str) -> Option<Message> {
    let bytes = STANDARD.decode(record.text(path)?.trim()).ok()?;
    match step(&bytes, true) {
        Step::Message(message, _) => Some(message),
        _ => None,
    }
}
