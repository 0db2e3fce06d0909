//! A ticket as it is shown: texts in one language, nothing to look up.

use time::OffsetDateTime;
use time::macros::format_description;

use super::Labels;
use crate::http::percent;
use crate::logs::diagnosis::{ADVICE, Language};
use crate::logs::infer::{Sequence, Step, sequence};
use crate::logs::observation::{Observation, Outcome};
use crate::logs::ticket::{Finding, Ticket};

/// The most evidence of one incident that is shown.
const MAX_EVIDENCE: usize = 12;

/// A ticket.
pub struct View {
    /// The words around it.
    pub labels: &'static Labels,
    /// Files.
    pub files: Vec<FileLine>,
    /// Incidents.
    pub incidents: Vec<IncidentView>,
}

/// One file.
pub struct FileLine {
    /// Its name.
    pub name: String,
    /// Its format, or why there is none.
    pub format: String,
    /// Records in it.
    pub records: u64,
    /// What was odd, such as `duplicate-records:2`.
    pub warnings: Vec<String>,
}

/// One incident.
pub struct IncidentView {
    /// From 1.
    pub number: usize,
    /// The symptom's id.
    pub symptom: String,
    /// The cause's id.
    pub cause_id: &'static str,
    /// Whom it is about.
    pub subject: String,
    /// From when to when; empty without times.
    pub when: String,
    /// How often it failed.
    pub attempts: usize,
    /// How much the evidence holds, 0 to 3.
    pub fidelity: u8,
    /// In one line.
    pub title: String,
    /// What is likely behind it.
    pub cause: String,
    /// What the logs show.
    pub evidence: Vec<EvidenceLine>,
    /// How many more lines of evidence there are.
    pub more_evidence: usize,
    /// The dialect of the requests.
    pub dialect: String,
    /// The requests.
    pub requests: Vec<RequestLine>,
    /// What was assumed.
    pub assumptions: Vec<String>,
    /// What to do.
    pub advice: Vec<String>,
    /// What was tried.
    pub tried: Vec<String>,
    /// What to ask.
    pub questions: Vec<String>,
}

/// One observation.
pub struct EvidenceLine {
    /// When, or empty.
    pub when: String,
    /// What, such as an event type.
    pub what: String,
    /// How it ended.
    pub outcome: String,
    /// What was said.
    pub words: String,
    /// Where it stands.
    pub place: String,
}

/// One request.
pub struct RequestLine {
    /// Method and target.
    pub request: String,
    /// Status, or empty.
    pub status: String,
    /// How it is known.
    pub how: String,
}

impl View {
    /// What to say where there is no incident: nothing failed, or nothing could be read.
    pub fn without_incidents(&self) -> &'static str {
        let is_unusable = self.files.iter().all(|file| file.records == 0);
        if is_unusable { self.labels.unusable } else { self.labels.nothing }
    }

    /// The view of a ticket.
    pub fn of(ticket: &Ticket, language: Language) -> Self {
        let labels = Labels::of(language);
        let read = ticket.files.iter().map(|file| FileLine {
            name: file.file.to_string(),
            format: file.format.id().to_owned(),
            records: file.records,
            warnings: file.warnings.iter().map(ToString::to_string).collect(),
        });
        let unread =
            |name: &str, why: String| FileLine { name: name.to_owned(), format: why, records: 0, warnings: Vec::new() };
        let unknown = ticket.unknown.iter().map(|name| unread(name, labels.unknown.to_owned()));
        let broken = ticket.broken.iter().map(|(name, error)| unread(name, error.to_string()));
        let incidents = ticket.findings.iter().enumerate();
        Self {
            labels,
            files: read.chain(unknown).chain(broken).collect(),
            incidents: incidents.map(|(index, finding)| incident(index + 1, finding, labels, language)).collect(),
        }
    }
}

fn incident(number: usize, finding: &Finding, labels: &Labels, language: Language) -> IncidentView {
    let Finding { incident, diagnosis, questions } = finding;
    let words = diagnosis.cause.words(language);
    let Sequence { dialect, steps, assumptions } = sequence(incident);
    let advice = |ids: &[&'static str]| ids.iter().map(|id| ADVICE[*id].words(language).to_owned()).collect();
    IncidentView {
        number,
        symptom: incident.symptom.to_string(),
        cause_id: &diagnosis.cause.id,
        subject: match &*incident.subject {
            "*" if incident.is_of_somebody() => labels.unnamed.to_owned(),
            "*" => labels.everybody.to_owned(),
            name => name.to_owned(),
        },
        when: span(&incident.observations, &incident.failing),
        attempts: incident.failing.len(),
        fidelity: incident.fidelity(),
        title: words.title.clone(),
        cause: words.cause.clone(),
        evidence: incident.observations.iter().take(MAX_EVIDENCE).map(evidence).collect(),
        more_evidence: incident.observations.len().saturating_sub(MAX_EVIDENCE),
        dialect,
        requests: steps.iter().map(request_line).collect(),
        assumptions: assumptions
            .iter()
            .map(|assumption| format!("{}: {}", assumption.id(), assumption.why(language)))
            .collect(),
        advice: advice(&diagnosis.advice),
        tried: advice(&diagnosis.tried),
        questions: questions.iter().map(|question| question.words(language).to_owned()).collect(),
    }
}

/// From the first failure to the last.
fn span(observations: &[Observation], failing: &[usize]) -> String {
    let times: Vec<OffsetDateTime> =
        failing.iter().filter_map(|index| Some(observations.get(*index)?.time?.instant)).collect();
    match (times.first(), times.last()) {
        (Some(first), Some(last)) if first == last => moment(*first),
        (Some(first), Some(last)) => format!("{} – {}", moment(*first), moment(*last)),
        _ => String::new(),
    }
}

fn moment(instant: OffsetDateTime) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    instant.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default()
}

fn evidence(observation: &Observation) -> EvidenceLine {
    let outcome = match observation.outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
        Outcome::Skipped => "skipped",
        Outcome::Unknown => "",
    };
    let status = observation.status().map(|status| status.to_string());
    let message = observation.message.as_ref();
    let words = message.and_then(|message| message.detail.clone().or_else(|| Some(message.raw.clone())));
    let place = &observation.place;
    EvidenceLine {
        when: observation.time.map(|time| moment(time.instant)).unwrap_or_default(),
        what: observation.kind.clone(),
        outcome: [Some(outcome.to_owned()), status]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
            .trim()
            .to_owned(),
        words: words.unwrap_or_default(),
        place: format!("{}:{}", place.file, place.record),
    }
}

/// A request as it is shown.
pub(super) fn request_line(step: &Step) -> RequestLine {
    let query = step.request.query.as_deref().map(|query| format!("?{}", percent::decode_query(query)));
    let target = format!("{}{}", percent::decode(&step.request.path), query.unwrap_or_default());
    RequestLine {
        request: format!("{} {target}", step.request.method),
        status: match step.status {
            None if step.is_unanswered => "none".to_owned(),
            status => status.map(|status| status.to_string()).unwrap_or_default(),
        },
        how: step.got.to_string(),
    }
}
