//! Exports of Insomnia (v4): requests without answers.

use std::io;

use super::exchange::{self, Exchange};
use super::intake::Intake;
use super::json::{self, Object};
use super::runscope::note_variables;
use super::{form, records};
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;

/// Reads an export.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    records::elements(file, &mut intake, &["resources"], |intake, number, resource| {
        // Folders, environments and cookies are resources too.
        if resource.text("_type").as_deref() != Some("request") {
            return;
        }
        intake.reading.count(number, resource.text("_id").as_deref());
        match request(number, resource) {
            Some(exchange) => {
                note_variables(intake, &exchange);
                intake.take(exchange);
            }
            None => intake.reading.warnings.at("unparsable-record", number),
        }
    })?;
    if intake.lacks_answers() {
        intake.reading.warnings.once("no-responses");
    }
    intake.finish();
    Ok(())
}

fn request(number: u64, resource: &Object<'_>) -> Option<Exchange> {
    let mut exchange = Exchange::new(number, resource.text("method")?, resource.text("url")?);
    exchange.kind = resource.text("name").unwrap_or(exchange.kind);
    exchange.add_query(&form::encoded(&json::headers(resource.raw("parameters").unwrap_or("[]"))));
    exchange.request_headers = resource.headers("headers");
    if let Some(token) = resource.text("authentication.token") {
        exchange.request_headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    }
    exchange.request_body = resource.text("body.text").and_then(exchange::body);
    Some(exchange)
}
