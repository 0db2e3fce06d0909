//! The state of a synchronization job: not a log, but it says why the log stopped.

use std::io;
use std::sync::LazyLock;

use regex_lite::Regex;
use serde::Deserialize;

use crate::logs::input::LogFile;
use crate::logs::observation::{Idp, Intent, Message, Observation, Outcome};
use crate::logs::readers::Reading;
use crate::logs::readers::json::{self, Layout};
use crate::logs::readers::lenient::{Shaped, Text};
use crate::logs::times::{self, DateOrder};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Job<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    template_id: Text<'a>,
    status: Shaped<Status<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status<'a> {
    #[serde(borrow)]
    code: Text<'a>,
    last_execution: Shaped<Execution<'a>>,
    quarantine: Shaped<Quarantine<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Execution<'a> {
    #[serde(borrow)]
    state: Text<'a>,
    error: Shaped<Error<'a>>,
    time_ended: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Quarantine<'a> {
    #[serde(borrow)]
    current_began: Text<'a>,
    reason: Text<'a>,
    error: Shaped<Error<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Error<'a> {
    #[serde(borrow)]
    code: Text<'a>,
    message: Text<'a>,
}

/// Reads the state.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let layout = Layout::default();
    json::records(file, &layout, reading, &mut |reading, record| {
        let mut replaced = String::new();
        let Some(job) = json::parse::<Job<'_>>(record.bytes, &mut replaced) else { return false };
        job.give(record.number, reading);
        true
    })
}

impl Job<'_> {
    fn give(&self, number: u64, reading: &mut Reading<'_>) {
        let status = &self.status.0;
        let (execution, quarantine) = (&status.last_execution.0, &status.quarantine.0);
        let is_quarantined = status.code.as_str().eq_ignore_ascii_case("quarantine");
        let time = execution.time_ended.get().or_else(|| quarantine.current_began.get()).unwrap_or_default();
        let stamp = times::parse(time, reading.options.zone, DateOrder::MonthFirst);
        if !reading.filter.admits(stamp.map(|stamp| stamp.moment.instant)) {
            reading.passed_over += 1;
            return;
        }
        reading.count(number, None);
        let errors = [&execution.error.0, &quarantine.error.0];
        let error = errors.into_iter().find(|error| error.message.get().is_some() || error.code.get().is_some());
        let kind = if is_quarantined { "quarantine" } else { "job" };
        let mut observation = Observation::at(reading.place(number, self.id.owned()), kind);
        observation.time = stamp.map(|stamp| stamp.moment);
        observation.idp = Idp::Entra;
        observation.app_template = self.template_id.owned();
        observation.job = self.id.owned();
        observation.outcome = if is_quarantined || execution.state.as_str() == "Failed" {
            Outcome::Failure
        } else if execution.state.as_str() == "Succeeded" {
            Outcome::Success
        } else {
            Outcome::Unknown
        };
        observation.message = error.map(|error| message(error, quarantine.reason.get()));
        // Credentials and address are tried out before every run: a status that is not the expected one was theirs.
        let is_of_test = observation.message.as_ref().is_some_and(|message| message.status.is_some());
        observation.intent = if is_of_test { Intent::AuthTest } else { Intent::Other };
        reading.give(observation);
    }
}

fn message(error: &Error<'_>, quarantine: Option<&str>) -> Message {
    static STATUS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\bHTTP/(\d{3})\b").expect("the pattern is constant"));
    let text = error.message.as_str();
    let status = STATUS.captures(text).and_then(|parts| parts[1].parse().ok());
    let code = error.code.get().or(quarantine).map(str::to_owned);
    Message { raw: text.to_owned(), status, code, ..Message::default() }
}
