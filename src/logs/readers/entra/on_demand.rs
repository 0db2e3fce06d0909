//! The page of a provisioning on demand, pasted: a heading for each step, then `name   value` lines.

use std::io;

use super::reason;
use crate::logs::input::LogFile;
use crate::logs::observation::{Body, Change, Http, Idp, Intent, Known, Message, Observation, Outcome, Subject};
use crate::logs::readers::Reading;

/// Nobody pastes more.
const LIMIT: usize = 16 << 20;

/// Reads a file of one page.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    read_text(&file.text(LIMIT)?, 1, reading);
    Ok(())
}

/// Reads the page in a text whose first line has this number.
pub fn read_text(text: &str, first_line: u64, reading: &mut Reading<'_>) {
    let page = Page::of(text);
    if page.sections.is_empty() {
        reading.warnings.at("unparsable-record", first_line);
        return;
    }
    if !reading.filter.holds_subject(text.as_bytes()) || !reading.filter.admits_app([page.app, None]) {
        reading.passed_over += 1;
        return;
    }
    reading.count(first_line, None);
    reading.warnings.once("no-timestamps");
    let mut base = Observation::at(reading.place(first_line, None), "");
    base.idp = Idp::Entra;
    base.app = page.app.map(str::to_owned);
    let attributes = page.attributes();
    base.subject = page.subject(&attributes);
    if let Some(section) = page.section("match") {
        let mut lookup = Observation { kind: section.title.to_owned(), ..base.clone() };
        lookup.intent = Intent::Lookup;
        lookup.outcome = section.outcome();
        let words = section.lines.join("\n");
        lookup.message = (!words.is_empty()).then(|| Message { raw: words, ..Message::default() });
        reading.give(lookup);
    }
    let Some(section) = page.section("perform action") else { return };
    let mut action = Observation { kind: section.title.to_owned(), changes: attributes, ..base };
    action.intent = if page.is_new() { Intent::Create } else { Intent::Update };
    action.outcome = section.outcome();
    action.message = section.message();
    let status = action.message.as_ref().and_then(|message| message.status).map(Known::observed);
    let body = action.message.as_ref().and_then(|message| message.body.clone());
    let response_body = body.map(|text| Known::observed(Body { text, is_cut: false }));
    if status.is_some() || response_body.is_some() {
        action.http = Some(Http { status, response_body, ..Http::default() });
    }
    reading.give(action);
}

/// The page.
struct Page<'a> {
    app: Option<&'a str>,
    sections: Vec<Section<'a>>,
}

/// A step.
struct Section<'a> {
    title: &'a str,
    result: &'a str,
    /// Its lines without their indentation.
    lines: Vec<&'a str>,
}

impl<'a> Page<'a> {
    fn of(text: &'a str) -> Self {
        let (mut app, mut sections) = (None, Vec::<Section<'a>>::new());
        for line in text.lines().map(|line| line.trim_start_matches(['>', ' ', '\t']).trim_end()) {
            if let Some((title, result)) = heading(line) {
                sections.push(Section { title, result, lines: Vec::new() });
            } else if let Some(section) = sections.last_mut() {
                section.lines.push(line);
            } else if line.to_ascii_lowercase().starts_with("provision on demand") {
                app = line.split_once(" - ").map(|(_, app)| app.trim()).filter(|app| !app.is_empty());
            }
        }
        Self { app, sections }
    }

    /// The step whose title begins so.
    fn section(&self, title: &str) -> Option<&Section<'a>> {
        self.sections.iter().find(|section| section.title.to_ascii_lowercase().starts_with(title))
    }

    /// The person was not found, so that it was to be created.
    fn is_new(&self) -> bool {
        let matching = self.section("match");
        matching
            .is_some_and(|section| section.lines.iter().any(|line| line.to_ascii_lowercase().starts_with("no match")))
    }

    /// The name in the filter of the lookup.
    fn looked_for(&self) -> Option<String> {
        let lines = self.section("match").into_iter().flat_map(|section| &section.lines);
        let mut filters = lines.filter_map(|line| line.split_once("userName eq \""));
        filters.find_map(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()))
    }

    fn attributes(&self) -> Vec<Change> {
        let Some(section) = self.section("perform action") else { return Vec::new() };
        let behind = section.lines.iter().skip_while(|line| !is_attributes(line)).skip(1);
        let pairs = behind.filter_map(|line| pair(line));
        pairs.map(|(path, value)| Change { path: path.to_owned(), old: None, new: Some(value.to_owned()) }).collect()
    }

    fn subject(&self, attributes: &[Change]) -> Subject {
        let imported = |name: &str| {
            let lines = self.section("import").into_iter().flat_map(|section| &section.lines);
            let mut pairs = lines.filter_map(|line| pair(line));
            pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.to_owned())
        };
        let attribute = |path: &str| attributes.iter().find(|change| change.path == path)?.new.clone();
        let is_group = self.section("import group").is_some();
        Subject {
            is_group,
            user_name: attribute("userName").or_else(|| imported("userPrincipalName")).or_else(|| self.looked_for()),
            email: imported("mail").or_else(|| imported("userPrincipalName")),
            display_name: attribute("displayName").or_else(|| imported("displayName")),
            idp_id: imported("objectId"),
            scim_id: None,
            external_id: attribute("externalId"),
        }
    }
}

impl Section<'_> {
    fn outcome(&self) -> Outcome {
        match self.result.to_ascii_lowercase().as_str() {
            "success" => Outcome::Success,
            "failure" | "failed" => Outcome::Failure,
            "skipped" => Outcome::Skipped,
            _ => Outcome::Unknown,
        }
    }

    /// The error, up to the attributes that were tried.
    fn message(&self) -> Option<Message> {
        let lines = self.lines.iter().take_while(|line| !is_attributes(line));
        let (codes, words): (Vec<&str>, Vec<&str>) = lines.partition(|line| is_code(line));
        let code = codes.first().and_then(|line| line.split_once(':')).map(|(_, code)| code.trim().to_owned());
        let text = words.join("\n");
        // Some labels stand before the answer, in the same line.
        let answer = text.find("StatusCode:").map_or(text.as_str(), |at| &text[at..]);
        (code.is_some() || !text.trim().is_empty()).then(|| Message { code, ..reason::parse(answer.trim()) })
    }
}

/// `N. Title   Result`.
fn heading(line: &str) -> Option<(&str, &str)> {
    let (number, rest) = line.split_once(". ")?;
    if number.len() != 1 || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(pair(rest).unwrap_or((rest.trim(), "")))
}

/// Two texts with a tab or several spaces between them.
fn pair(line: &str) -> Option<(&str, &str)> {
    let at = line.find("  ").into_iter().chain(line.find('\t')).min()?;
    let (name, value) = (line[..at].trim(), line[at..].trim());
    (!name.is_empty() && !value.is_empty()).then_some((name, value))
}

fn is_code(line: &str) -> bool {
    line.starts_with("Error code:") || line.starts_with("ErrorCode:")
}

fn is_attributes(line: &str) -> bool {
    line.to_ascii_lowercase().starts_with("attributes attempted")
}
