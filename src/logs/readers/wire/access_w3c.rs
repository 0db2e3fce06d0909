//! Access logs that name their own columns (the W3C's extended log format): IIS, CloudFront and others.

use std::io;

use super::exchange::Exchange;
use super::intake::Intake;
use crate::http::percent;
use crate::logs::input::{Lines, LogFile, Record};
use crate::logs::readers::Reading;
use crate::logs::times;

/// The line that names the columns.
const FIELDS: &str = "#Fields:";

/// Reads a log.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut intake = Intake::new(reading);
    let has_crlf = each_row(file, |row, line| match row.exchange(line.number) {
        Some(exchange) => {
            intake.reading.count(line.number, None);
            intake.take(exchange);
        }
        None if line.is_cut => intake.reading.warnings.once("truncated-last-line"),
        None => intake.reading.warnings.at("unparsable-line", line.number),
    })?;
    if has_crlf {
        intake.reading.warnings.once("crlf");
    }
    intake.finish();
    Ok(())
}

/// Gives the name under which each client logged in.
pub fn each_user(file: &LogFile, mut take: impl FnMut(&str)) -> io::Result<()> {
    each_row(file, |row, _| row.get("cs-username").into_iter().for_each(&mut take)).map(drop)
}

/// Gives each row with its line; whether lines end as on Windows.
fn each_row(file: &LogFile, mut take: impl FnMut(&Row<'_>, &Record<'_>)) -> io::Result<bool> {
    let mut columns: Vec<String> = Vec::new();
    let mut lines = Lines::new(file.reader()?);
    while let Some(line) = lines.next_line()? {
        let text = String::from_utf8_lossy(line.bytes);
        if let Some(names) = text.strip_prefix(FIELDS) {
            columns = names.split_whitespace().map(str::to_ascii_lowercase).collect();
        } else if !text.starts_with('#') {
            take(&Row { columns: &columns, cells: text.split([' ', '\t']).collect() }, &line);
        }
    }
    Ok(lines.has_crlf)
}

struct Row<'r> {
    columns: &'r [String],
    cells: Vec<&'r str>,
}

impl<'r> Row<'r> {
    fn get(&self, name: &str) -> Option<&'r str> {
        let at = self.columns.iter().position(|column| column == name)?;
        self.cells.get(at).copied().filter(|cell| *cell != "-" && !cell.is_empty())
    }

    fn exchange(&self, number: u64) -> Option<Exchange> {
        let host = self.get("x-host-header").or_else(|| self.get("cs-host")).or_else(|| self.get("cs(host)"));
        let origin = host.map(|host| format!("{}://{host}", self.get("cs-protocol").unwrap_or("https")));
        let path = self.get("cs-uri-stem").or_else(|| self.get("cs-uri"))?;
        let target = format!("{}{path}", origin.unwrap_or_default());
        let mut exchange = Exchange::new(number, self.get("cs-method")?, target);
        if let Some(query) = self.get("cs-uri-query") {
            exchange.add_query(query);
        }
        let status = self.get("sc-status")?.parse().ok()?;
        // CloudFront writes 000 where the client went before an answer.
        exchange.status = Some(status).filter(|status| (100..1000).contains(status));
        exchange.is_unanswered = exchange.status.is_none();
        let time = self.get("date").zip(self.get("time")).map(|(date, time)| format!("{date}T{time}Z"));
        exchange.time = time.and_then(|time| times::read(&time, None));
        exchange.native_id = self.get("x-edge-request-id").map(str::to_owned);
        // Blanks are written as `+` by IIS, as `%20` by CloudFront.
        exchange.user_agent = self.get("cs(user-agent)").map(percent::decode_query);
        exchange.duration_ms = self.get("time-taken").and_then(duration);
        Some(exchange)
    }
}

/// Seconds with a fraction, or milliseconds.
fn duration(text: &str) -> Option<u64> {
    match text.split_once('.') {
        None => text.parse().ok(),
        Some((seconds, fraction)) => {
            let milliseconds: String = fraction.chars().chain("000".chars()).take(3).collect();
            seconds.parse::<u64>().ok()?.checked_mul(1000)?.checked_add(milliseconds.parse().ok()?)
        }
    }
}
