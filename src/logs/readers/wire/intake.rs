//! Where all wire formats lead: an exchange comes in, an observation goes out, and what the file shows as a whole is said.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use time::OffsetDateTime;

use super::exchange::Exchange;
use super::meaning::{self, Asked};
use super::secrets::Secrets;
use super::target::{self, Target};
use super::whose::Whose;
use super::{order::Order, subject};
use crate::http::{Method, percent};
use crate::logs::observation::{Body, Http, Known, Observation, Outcome, Provenance};
use crate::logs::readers::Reading;
use crate::scim::name;

/// So many bases are told apart in one file.
const BASES: usize = 32;
/// So many people's state is remembered; then it begins anew.
const PEOPLE: usize = 1 << 16;
/// The status was not seen on the wire but stands in the SCIM error that was.
const BY_ERROR: &str = "status-of-scim-error";
/// Records that are no SCIM request.
const NOT_SCIM: &str = "non-scim-lines";

/// What is known of one file while its exchanges come in.
pub struct Intake<'r, 'a> {
    /// The file.
    pub reading: &'r mut Reading<'a>,
    /// The order in which records came.
    pub order: Order,
    /// Names that stand for values, such as `baseUrl`.
    pub variables: BTreeSet<String>,
    bases: Vec<String>,
    whose: Whose,
    secrets: Secrets,
    active: HashMap<String, bool>,
    taken: u64,
    answered: u64,
}

impl<'r, 'a> Intake<'r, 'a> {
    /// Nothing came in yet.
    pub fn new(reading: &'r mut Reading<'a>) -> Self {
        Self {
            reading,
            order: Order::default(),
            variables: BTreeSet::new(),
            bases: Vec::new(),
            whose: Whose::default(),
            secrets: Secrets::default(),
            active: HashMap::new(),
            taken: 0,
            answered: 0,
        }
    }

    /// A record that holds no SCIM request.
    pub fn pass_over(&mut self, number: u64) {
        self.reading.warnings.at(NOT_SCIM, number);
    }

    /// A record came, of this moment.
    pub fn came(&mut self, moment: Option<OffsetDateTime>) {
        self.order.came(moment);
    }

    /// Notes the names in `{{…}}` that a request holds.
    pub fn note_variables(&mut self, text: &str) {
        for part in text.split("{{").skip(1) {
            if let Some((name, _)) = part.split_once("}}") {
                let name = name.trim();
                if !name.is_empty() && name.len() <= 64 && !name.contains(['{', '"', '\n']) {
                    self.variables.insert(name.to_owned());
                }
            }
        }
    }

    /// Takes an exchange; what is no SCIM request is counted, what was not asked for is passed over.
    pub fn take(&mut self, exchange: Exchange) {
        self.came(exchange.time.map(|time| time.instant));
        let (request, response) = (json(exchange.request_body.as_ref()), json(exchange.response_body.as_ref()));
        self.secrets.look_at(&exchange, [request.as_ref(), response.as_ref()]);
        let Some(target) = target::split(&exchange.target, &self.bases) else {
            self.pass_over(exchange.number);
            return;
        };
        self.learn(&target.base);
        self.taken += 1;
        self.answered += u64::from(exchange.status.is_some() || exchange.response_body.is_some());
        if [&exchange.request_body, &exchange.response_body].into_iter().flatten().any(|body| body.is_cut) {
            self.reading.warnings.at("body-truncated", exchange.number);
        }
        let is_wanted = self.is_wanted(&exchange, &target);
        let observation = self.observe(exchange, target, request.as_ref(), response.as_ref());
        if is_wanted {
            self.reading.give(observation);
        }
    }

    /// Whether nothing that came in had an answer.
    pub const fn lacks_answers(&self) -> bool {
        self.taken > 0 && self.answered == 0
    }

    /// Says what the file shows as a whole.
    pub fn finish(self) {
        let warnings = &mut self.reading.warnings;
        self.order.report(warnings);
        self.secrets.report(warnings);
        if !self.variables.is_empty() {
            let names: Vec<String> = self.variables.into_iter().collect();
            warnings.with("variables", names.join(","));
        }
    }

    fn learn(&mut self, base: &str) {
        let path = target::path_of_base(base).filter(|path| path.len() > 1);
        if let Some(path) = path.filter(|path| self.bases.len() < BASES && !self.bases.iter().any(|base| base == path))
        {
            self.bases.push(path.to_owned());
        }
    }

    fn is_wanted(&self, exchange: &Exchange, target: &Target) -> bool {
        let options = self.reading.options;
        let instant = exchange.time.map(|time| time.instant);
        let is_in_time = instant.is_none_or(|instant| {
            options.since.is_none_or(|since| instant >= since) && options.until.is_none_or(|until| instant <= until)
        });
        let Some(subject) = &options.subject else { return is_in_time };
        let subject = subject.to_ascii_lowercase();
        let query = percent::decode_query(target.query.as_deref().unwrap_or_default());
        let bodies =
            [&exchange.request_body, &exchange.response_body].into_iter().flatten().map(|body| body.text.as_str());
        let mut texts = [target.path.as_str(), query.as_str()].into_iter().chain(bodies);
        is_in_time && texts.any(|text| text.to_ascii_lowercase().contains(&subject))
    }

    fn observe(
        &mut self,
        exchange: Exchange,
        target: Target,
        request: Option<&Value>,
        response: Option<&Value>,
    ) -> Observation {
        let method = Method::parse(&exchange.method.to_ascii_uppercase());
        let status = exchange.status.map(|status| Known { value: status, how: exchange.answer });
        let status = status.or_else(|| error_status(response).map(|status| Known::inferred(status, BY_ERROR)));
        let answered = status.as_ref().map(|status| status.value);
        let mut observation =
            Observation::at(self.reading.place(exchange.number, exchange.native_id.clone()), &*exchange.kind);
        observation.idp = self.whose.of(&exchange, method, target.query.as_deref(), request);
        observation.time = exchange.time;
        observation.job = exchange.job;
        observation.subject = subject::of(&target.path, target.query.as_deref(), request, response);
        let id = observation.subject.scim_id.clone();
        let was_active = id.as_ref().and_then(|id| self.active.get(id).copied());
        let (path, query) = (target.path.as_str(), target.query.as_deref());
        observation.intent = meaning::intent(&Asked { method, path, query, body: request, was_active });
        let is_write = method.is_some_and(Method::writes);
        observation.outcome = meaning::outcome(answered, is_write, exchange.is_unanswered, exchange.is_skipped);
        observation.changes = request.map(meaning::changes).unwrap_or_default();
        let text = exchange.response_body.as_ref().map(|body| body.text.as_str());
        observation.message = meaning::message(answered, text, response, exchange.remark.as_deref());
        if observation.outcome == Outcome::Success {
            self.remember(id.as_deref(), request, response);
        }
        let answer = exchange.answer;
        let mut request_headers = exchange.request_headers;
        let is_agent = |(name, _): &(String, String)| name.eq_ignore_ascii_case("user-agent");
        if !request_headers.iter().any(is_agent) {
            request_headers.extend(exchange.user_agent.map(|agent| ("User-Agent".to_owned(), agent)));
        }
        observation.http = Some(Http {
            method: method.map(Known::observed),
            base: Some(target.base).filter(|base| !base.is_empty()),
            path: Some(Known::observed(target.path)),
            query: target.query,
            request_headers,
            request_body: exchange.request_body.map(Known::observed),
            status,
            response_headers: exchange.response_headers,
            response_body: exchange.response_body.map(|body| Known { value: body, how: answer }),
            duration_ms: exchange.duration_ms,
        });
        observation
    }

    /// Remembers who is active, by what was answered, or else by what was written.
    fn remember(&mut self, id: Option<&str>, request: Option<&Value>, response: Option<&Value>) {
        if self.active.len() >= PEOPLE {
            self.active.clear();
        }
        let listed = response.and_then(|answer| name::get(answer.as_object()?, "Resources")?.as_array());
        for resource in listed.into_iter().flatten().chain(response) {
            let own = resource.as_object().and_then(|members| name::get(members, "id")).and_then(Value::as_str);
            if let (Some(id), Some(active)) = (own, meaning::active(resource)) {
                self.active.insert(id.to_owned(), active);
            }
        }
        let is_told = response.is_some_and(|answer| meaning::active(answer).is_some());
        let written = request
            .and_then(|body| meaning::active(body).or_else(|| meaning::patched_active(body).map(|(active, _)| active)));
        if let (Some(id), Some(active), false) = (id, written, is_told) {
            self.active.insert(id.to_owned(), active);
        }
    }
}

/// A whole body as JSON, if it is that.
fn json(body: Option<&Body>) -> Option<Value> {
    let body = body.filter(|body| !body.is_cut && body.text.trim_start().starts_with(['{', '[']))?;
    serde_json::from_str(&body.text).ok()
}

/// The status that a SCIM error names.
fn error_status(answer: Option<&Value>) -> Option<u16> {
    meaning::message(None, None, answer, Some(""))?.status.filter(|status| (400..600).contains(status))
}

/// The answer was only expected, by whoever wrote a test.
pub const EXPECTED: Provenance = Provenance::Inferred("asserted-by-test");
