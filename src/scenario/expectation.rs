//! Lowering `expect:`. Evaluating it is the judge's work (`run/verdict/judge`).

use serde_json::Value;

use super::file::{ExpectFile, ExpectationFile, OneOrMany};
use super::model::{Expectation, HeaderExpectation, NO_SEAT, StatusPattern};
use super::parse::Place;
use crate::yaml::DataError;

pub(super) fn lower(expect: Option<ExpectFile>, line: u32, place: &Place<'_>) -> Result<Vec<Expectation>, DataError> {
    match expect {
        None => Ok(Vec::new()),
        Some(ExpectFile::Word(word)) => match word.as_str() {
            "refused" => Ok(vec![Expectation { refused: true, ..Expectation::default() }]),
            "accepted" => Ok(vec![Expectation { status: vec![StatusPattern::Class(2)], ..Expectation::default() }]),
            other => Err(place.unknown(line, "expectation", other, &["refused", "accepted"])),
        },
        Some(ExpectFile::One(one)) => Ok(vec![lower_one(*one, line, place)?]),
        Some(ExpectFile::Any(any)) => any.into_iter().map(|one| lower_one(one, line, place)).collect(),
    }
}

fn lower_one(file: ExpectationFile, line: u32, place: &Place<'_>) -> Result<Expectation, DataError> {
    let header = |(name, text): (String, String)| {
        let expectation = match text.as_str() {
            "present" => HeaderExpectation::Present,
            "absent" => HeaderExpectation::Absent,
            _ => HeaderExpectation::Equals(text),
        };
        (name, expectation)
    };
    Ok(Expectation {
        status: file.status.map(|status| patterns(&status, line, place)).transpose()?.unwrap_or_default(),
        refused: file.refused,
        body: file.body,
        exact: file.exact,
        empty: file.empty,
        absent: file.absent,
        present: file.present,
        at: file.at.into_iter().collect(),
        differs: file.differs.into_iter().collect(),
        keeps: file.keeps,
        headers: file.headers.into_iter().map(header).collect(),
        total: file.total,
        scim_type: file.scim_type.map(OneOrMany::into_vec).unwrap_or_default(),
        detail: file.detail.map(|pattern| checked_pattern(pattern, line, place)).transpose()?,
        mails_sent: file.mails_sent.into_iter().collect(),
        requests: file.requests,
        successes: file.successes,
        undecided: file.undecided,
    })
}

fn patterns(value: &Value, line: u32, place: &Place<'_>) -> Result<Vec<StatusPattern>, DataError> {
    let each = |value: &Value| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        if text == "no-seat" {
            return Ok(NO_SEAT.map(StatusPattern::Code).to_vec());
        }
        let class =
            text.strip_suffix("xx").and_then(|digit| digit.parse().ok()).filter(|digit| (1..=5).contains(digit));
        let code = text.parse().ok().filter(|code| (100..=599).contains(code));
        let pattern = class.map(StatusPattern::Class).or(code.map(StatusPattern::Code)).ok_or_else(|| {
            let accepted = "write a number such as 201, a class such as 4xx, or no-seat";
            place.error(line, format!("`{text}` is no status; {accepted}"))
        })?;
        Ok(vec![pattern])
    };
    match value {
        Value::Array(list) => Ok(list.iter().map(each).collect::<Result<Vec<_>, _>>()?.concat()),
        single => each(single),
    }
}

fn checked_pattern(pattern: String, line: u32, place: &Place<'_>) -> Result<String, DataError> {
    match regex_lite::Regex::new(&pattern) {
        Ok(_) => Ok(pattern),
        Err(error) => Err(place.error(line, format!("`detail` is no pattern: {error}"))),
    }
}
