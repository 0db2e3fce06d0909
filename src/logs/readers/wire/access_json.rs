//! Access logs in JSON: AWS API Gateway and Cloudflare Logpush.

use std::io;

use super::exchange::Exchange;
use super::intake::Intake;
use super::json::{self, Object};
use super::order::Delivery;
use super::records;
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;
use crate::logs::times;

/// Reads the access log of an API gateway. Its names are its user's own; those of `$context` are the usual ones.
pub fn api_gateway(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    intake.order.delivery = Delivery::Shuffled; // CloudWatch keeps no order between streams
    records::lines(file, &mut intake, |intake, number, record| {
        let id = record.text("requestId");
        if !intake.reading.count(number, id.as_deref()) {
            return;
        }
        match gateway_exchange(number, record) {
            Some(exchange) => {
                if record.raw("status").is_some_and(|status| status.starts_with('"')) {
                    intake.reading.warnings.once("status-as-string");
                }
                intake.take(exchange);
            }
            None => intake.pass_over(number),
        }
    })?;
    intake.finish();
    Ok(())
}

fn gateway_exchange(number: u64, record: &Object<'_>) -> Option<Exchange> {
    let target = record.first(&["path", "resourcePath"]).and_then(json::scalar)?;
    let mut exchange = Exchange::new(number, record.text("httpMethod")?, target);
    if let Some(query) = record.text("queryString").filter(|query| query != "-") {
        exchange.add_query(&query);
    }
    exchange.native_id = record.text("requestId");
    // The text has whole seconds only.
    let time = |name: &str| times::read(&record.text(name)?, None);
    exchange.time = time("requestTimeEpoch").or_else(|| time("requestTime"));
    exchange.status = record.raw("status").and_then(json::status);
    exchange.user_agent = record.text("userAgent").filter(|agent| agent != "-");
    exchange.duration_ms = record.number("responseLatency");
    exchange.remark = record.text("integrationErrorMessage").filter(|text| text != "-" && !text.is_empty());
    Some(exchange)
}

/// Reads a Cloudflare log.
pub fn cloudflare(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    records::lines(file, &mut intake, |intake, number, record| {
        let id = record.text("RayID");
        if !intake.reading.count(number, id.as_deref()) {
            return;
        }
        match cloudflare_exchange(number, record) {
            Some(exchange) => intake.take(exchange),
            None => intake.pass_over(number),
        }
    })?;
    intake.finish();
    Ok(())
}

fn cloudflare_exchange(number: u64, record: &Object<'_>) -> Option<Exchange> {
    let path = record.text("ClientRequestURI").or_else(|| record.text("ClientRequestPath"))?;
    let origin = record.text("ClientRequestHost").map(|host| {
        let scheme = record.text("ClientRequestScheme").unwrap_or_else(|| "https".to_owned());
        format!("{scheme}://{host}")
    });
    let target = format!("{}{path}", origin.unwrap_or_default());
    let mut exchange = Exchange::new(number, record.text("ClientRequestMethod")?, target);
    exchange.native_id = record.text("RayID");
    exchange.time = record.text("EdgeStartTimestamp").and_then(|text| times::read(&text, None));
    exchange.status = record.raw("EdgeResponseStatus").and_then(json::status);
    exchange.user_agent = record.text("ClientRequestUserAgent").filter(|agent| !agent.is_empty());
    exchange.request_headers = record.headers("RequestHeaders");
    exchange.response_headers = record.headers("ResponseHeaders");
    if record.number("OriginResponseStatus") == Some(0) {
        exchange.remark = Some("OriginResponseStatus 0".to_owned()); // nothing behind the edge answered
    }
    Some(exchange)
}
