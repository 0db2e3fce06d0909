//! HTTP/1.1 as it was on the wire: requests and answers one after the other in one file.

use std::io::{self, Read};

use super::exchange::{self, Exchange};
use super::http_message::{Message, Start, Step, step};
use super::intake::Intake;
use crate::logs::input::{LogFile, MAX_RECORD};
use crate::logs::observation::Body;
use crate::logs::readers::Reading;

/// Bytes read at once.
const BLOCK: usize = 1 << 20;

/// Reads a dump. The number of an exchange is that of its request.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    let (mut pending, mut number): (Option<Exchange>, u64) = (None, 0);
    messages(file, &mut intake, |intake, message| {
        if message.is_chunked {
            intake.reading.warnings.once("chunked-body");
        }
        match &message.start {
            Start::Request(method, target) => {
                give(intake, pending.take());
                number += 1;
                let mut exchange = Exchange::new(number, method, target);
                exchange.request_body = body_of(&message);
                exchange.request_headers = message.headers;
                pending = Some(exchange);
            }
            Start::Answer(100..200) => {} // the answer itself follows
            Start::Answer(status) => {
                let Some(mut exchange) = pending.take() else {
                    intake.reading.warnings.once("answers-without-request");
                    return;
                };
                answer(&mut exchange, *status, message);
                give(intake, Some(exchange));
            }
        }
    })?;
    give(&mut intake, pending);
    intake.finish();
    Ok(())
}

/// The body of a message.
pub fn body_of(message: &Message) -> Option<Body> {
    let mut body = exchange::body_of_bytes(&message.body)?;
    body.is_cut |= message.is_cut;
    Some(body)
}

/// Adds an answer.
pub fn answer(exchange: &mut Exchange, status: u16, message: Message) {
    exchange.status = Some(status);
    exchange.response_body = body_of(&message);
    exchange.response_headers = message.headers;
}

fn give(intake: &mut Intake<'_, '_>, exchange: Option<Exchange>) {
    if let Some(exchange) = exchange {
        intake.reading.count(exchange.number, None);
        intake.take(exchange);
    }
}

/// Gives every message; only as much of the file is held as the longest of them needs.
fn messages(
    file: &LogFile,
    intake: &mut Intake<'_, '_>,
    mut each: impl FnMut(&mut Intake<'_, '_>, Message),
) -> io::Result<()> {
    let mut reader = file.reader()?;
    let (mut held, mut at, mut is_all, mut want) = (Vec::new(), 0_usize, false, BLOCK);
    loop {
        match step(&held[at..], is_all) {
            Step::Message(message, used) => {
                at += used;
                each(intake, message);
            }
            Step::Other(used) => at += used,
            Step::More if is_all => return Ok(()),
            Step::More => {
                held.drain(..at);
                at = 0;
                if held.len() >= MAX_RECORD {
                    // No message is that long: what is there is all of it.
                    intake.reading.warnings.once("oversized-record");
                    is_all = true;
                    continue;
                }
                // Twice as much each time, so that a long message is not read over and over.
                want = if held.is_empty() { BLOCK } else { want.max(held.len()) };
                is_all = reader.by_ref().take(want as u64).read_to_end(&mut held)? == 0;
            }
        }
    }
}
