//! A server's own log in lines of text: method, path and status in one line or in several, bodies beside or below them.
//!
//! Lines about something else are passed over; an answer belongs to the newest request without one, of the same trace
//! where the lines name it.

use std::collections::VecDeque;
use std::io;

use super::app_line::{Braces, Line, has_time};
use super::exchange::{self, Exchange};
use super::intake::Intake;
use super::proxies;
use super::target;
use crate::logs::input::{Lines, LogFile};
use crate::logs::observation::{Body, Moment};
use crate::logs::readers::Reading;
use crate::logs::times;

/// In so many lines a log shows that it is one.
const LOOKED_AT: usize = 400;
/// So many requests wait for their answers; the oldest goes without.
const OPEN: usize = 64;
/// Bytes of a body over several lines.
const MAX_BODY: usize = 1 << 20;

/// Reads a log. The number of an exchange is the line of its request.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let mut log = Log { intake: Intake::new(reading), open: VecDeque::new(), body: None, time: None };
    let mut lines = Lines::new(file.reader()?);
    while let Some(line) = lines.next_line()? {
        log.line(line.number, &String::from_utf8_lossy(line.bytes));
    }
    log.give_all();
    if lines.has_crlf {
        log.intake.reading.warnings.once("crlf");
    }
    log.intake.finish();
    Ok(())
}

/// Whether lines show requests of SCIM, and answers.
pub fn is_log(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let asks = |line: &&str| target::names_endpoint(line) && Open::of(1, &Line::of(line), None).is_some();
    let asking = lines.iter().take(LOOKED_AT).position(asks);
    asking.is_some_and(|at| lines[at..].iter().take(LOOKED_AT).any(|line| is_answer(&Line::of(line))))
}

fn is_answer(line: &Line<'_>) -> bool {
    line.status.is_some() || line.is_unanswered
}

/// The exchange that a single line shows.
pub fn of_line(number: u64, text: &str) -> Option<Exchange> {
    let line = Line::of(text);
    let mut open = Open::of(number, &line, None)?;
    open.add(&line);
    Some(open.exchange)
}

struct Log<'r, 'a> {
    intake: Intake<'r, 'a>,
    /// Requests, from the oldest to the newest.
    open: VecDeque<Open>,
    /// A body that goes on.
    body: Option<Unfinished>,
    /// The time of the lines before.
    time: Option<Moment>,
}

/// A body that ends in a later line.
struct Unfinished {
    text: String,
    braces: Braces,
    is_answer: bool,
}

/// A request that may get more.
struct Open {
    exchange: Exchange,
    trace: Option<String>,
}

impl Open {
    fn of(number: u64, line: &Line<'_>, time: Option<Moment>) -> Option<Self> {
        let (method, target) = line.request?;
        target::split(target, &[])?;
        let mut exchange = Exchange::new(number, method.to_ascii_uppercase(), target);
        exchange.time = time;
        Some(Self { exchange, trace: line.trace.map(str::to_owned) })
    }

    /// Takes in what a line says about it.
    fn add(&mut self, line: &Line<'_>) {
        let Exchange { status, user_agent, remark, is_unanswered, answer, .. } = &mut self.exchange;
        if line.is_inferred && status.is_none() {
            *answer = proxies::BY_FAILURE;
        }
        *status = status.or(line.status);
        *is_unanswered |= line.is_unanswered;
        *user_agent = user_agent.take().or_else(|| line.user_agent.map(str::to_owned));
        *remark = remark.take().or_else(|| line.error.map(str::to_owned));
        for (body, is_answer) in &line.bodies {
            self.add_body(exchange::body(body.as_str()), *is_answer);
        }
    }

    fn add_body(&mut self, body: Option<Body>, is_answer: bool) {
        // What asks or removes sends no body.
        let is_bare = matches!(self.exchange.method.as_str(), "GET" | "DELETE");
        let is_answer = is_answer || is_bare || self.exchange.request_body.is_some();
        let place = if is_answer { &mut self.exchange.response_body } else { &mut self.exchange.request_body };
        *place = place.take().or(body);
    }

    /// Whether a line may be about it.
    fn is_of(&self, trace: Option<&str>) -> bool {
        trace.is_none() || self.trace.is_none() || self.trace.as_deref() == trace
    }
}

impl Log<'_, '_> {
    fn line(&mut self, number: u64, text: &str) {
        if self.goes_on(text) {
            return;
        }
        if self.open.is_empty() && !target::names_endpoint(text) {
            return;
        }
        let line = Line::of(text);
        let zone = self.intake.reading.options.zone;
        // Python writes a comma before the fraction, others a dash before the time of day.
        let written = line.time.map(|time| time.replacen(" - ", " ", 1).replace(',', "."));
        let written = written.map(|time| if time.as_bytes()[4] == b'/' { time.replacen('/', "-", 2) } else { time });
        self.time = written.and_then(|time| times::read(&time, zone)).or(self.time);
        if let Some(at) = self.at(&line) {
            self.open[at].add(&line);
            self.opens(text, &line, at);
        } else if let Some(mut open) = Open::of(number, &line, self.time) {
            open.add(&line);
            self.intake.reading.count(number, None);
            if self.open.len() >= OPEN {
                self.give_oldest();
            }
            self.open.push_back(open);
            self.opens(text, &line, self.open.len() - 1);
        }
    }

    /// The request that a line is about: the newest of its trace that lacks what the line has.
    fn at(&self, line: &Line<'_>) -> Option<usize> {
        let is_of = |open: &Open| {
            let is_same = line.request.is_none_or(|(method, target)| {
                open.exchange.method.eq_ignore_ascii_case(method) && open.exchange.target == target
            });
            is_same && open.is_of(line.trace)
        };
        let lacks = |open: &Open| match (line.request, line.status) {
            (None, None) => !line.bodies.is_empty() || line.opens.is_some() || line.user_agent.is_some(),
            (Some(_), None) => false,
            (_, Some(_)) => open.exchange.status.is_none(),
        };
        self.open.iter().rposition(|open| is_of(open) && lacks(open))
    }

    /// A line opens a body that the next ones go on with.
    fn opens(&mut self, text: &str, line: &Line<'_>, at: usize) {
        if let Some((range, is_answer)) = line.opens.clone() {
            // What goes on is the newest request's.
            if let Some(open) = self.open.remove(at) {
                self.open.push_back(open);
            }
            let (text, mut braces) = (text[range].to_owned(), Braces::default());
            text.bytes().for_each(|byte| {
                braces.take(byte);
            });
            self.body = Some(Unfinished { text, braces, is_answer });
        }
    }

    /// Whether a line goes on with a body.
    fn goes_on(&mut self, text: &str) -> bool {
        let Some(mut body) = self.body.take() else { return false };
        // A line with a time of its own begins something else: the body was cut.
        let is_next = has_time(text) || body.text.len() > MAX_BODY;
        let end = (!is_next).then(|| text.bytes().position(|byte| body.braces.take(byte)));
        if let Some(end) = end {
            body.text.push('\n');
            body.text.push_str(&text[..end.map_or(text.len(), |end| end + 1)]);
        }
        if matches!(end, Some(None)) {
            self.body = Some(body);
        } else {
            self.finish(body);
        }
        !is_next
    }

    fn finish(&mut self, body: Unfinished) {
        if let Some(open) = self.open.back_mut() {
            open.add_body(exchange::body(body.text), body.is_answer);
        }
    }

    fn give_oldest(&mut self) {
        if let Some(open) = self.open.pop_front() {
            self.intake.take(open.exchange);
        }
    }

    fn give_all(&mut self) {
        if let Some(body) = self.body.take() {
            self.finish(body);
        }
        while !self.open.is_empty() {
            self.give_oldest();
        }
    }
}
