//! A port that answers as the log proves: a dialect is driven against it, and what the dialect sends is kept.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Step, UNKNOWN_ID};
use crate::http::{Answer, Headers, Method, Request, Response, TransportFailure, percent};
use crate::idp::{Halt, Port, Waiting};
use crate::logs::observation::{Intent, Place, Provenance};
use crate::scim::urn;

/// What an identity provider waits for an answer (OKTA-R14).
const PATIENCE: Duration = Duration::from_secs(60);

/// What the log proves about one operation of the IdP.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "facts that do not exclude each other")]
pub(super) struct Proof {
    /// The record that tells of it.
    pub(super) place: Place,
    /// What the IdP wanted.
    pub(super) intent: Intent,
    /// It went well.
    pub(super) is_success: bool,
    /// The status that is known; `None` with a failure whose status nobody tells.
    pub(super) status: Option<u16>,
    /// The endpoint's words.
    pub(super) detail: Option<String>,
    /// The endpoint's answer, where the log has it.
    pub(super) body: Option<String>,
    /// The read by id found nobody.
    pub(super) is_gone: bool,
    /// The create was answered with nothing in it.
    pub(super) is_empty: bool,
    /// How the status is known.
    pub(super) how: Provenance,
    /// The user was found where the log shows no create.
    pub(super) is_found: bool,
    /// The IdP may only link users: where nobody is found, nothing is created.
    pub(super) only_links: bool,
    /// It failed, and the log has no word about it.
    pub(super) is_bare: bool,
    /// The lookup found more than one.
    pub(super) is_several: bool,
    /// No answer came.
    pub(super) is_unanswered: bool,
}

/// The port.
pub(super) struct Evidence {
    /// What the current operation's answers are; `None` while something is set up that the log does not show.
    pub(super) proof: Option<Proof>,
    /// The names by which the subject is looked for.
    pub(super) names: Vec<String>,
    /// The id at the endpoint, where the log shows it.
    pub(super) id: Option<String>,
    /// What was sent.
    pub(super) steps: Vec<Step>,
    stored: Value,
    drawn: u64,
    now: Duration,
}

impl Evidence {
    /// A port for a subject of these names. `before` is what the endpoint held before a change, where the log has that.
    pub(super) fn new(names: Vec<String>, id: Option<String>, before: Value) -> Self {
        Self { proof: None, names, id, steps: Vec::new(), stored: before, drawn: 0, now: Duration::ZERO }
    }

    /// The log tells of a failure, and nothing that was sent since then met it.
    pub(super) fn misses(&self, proof: &Proof, since: usize) -> bool {
        let is_refusal = !proof.is_success && (proof.is_unanswered || proof.status.is_some_and(|status| status >= 400));
        let is_it = |step: &Step| step.status == proof.status && step.is_unanswered == proof.is_unanswered;
        is_refusal && !proof.only_links && !self.steps[since..].iter().any(is_it)
    }

    /// A request in the place of the one that failed.
    pub(super) fn stand_in(&mut self, request: Request, proof: &Proof) {
        self.steps.push(Step {
            place: Some(proof.place.clone()),
            request,
            sent: Provenance::Defaulted("usual-request"),
            status: proof.status,
            is_unanswered: proof.is_unanswered,
            got: proof.how,
            detail: proof.detail.clone(),
            body: proof.body.clone(),
            total: None,
        });
    }

    /// The id at the endpoint.
    pub(super) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(UNKNOWN_ID)
    }

    /// The answer, how it is known, and how many a lookup found.
    fn answer(&mut self, request: &Request) -> (Response, Provenance, Option<u64>) {
        let proof = self.proof.clone();
        let is_list = matches!(request.path.as_str(), "/Users" | "/Groups") && request.method == Method::Get;
        let refused = |proof: &Proof| {
            let status = proof.status.unwrap_or(500);
            let how = if proof.status.is_some() { proof.how } else { Provenance::Defaulted("status-unknown") };
            (error(status, proof.detail.as_deref(), proof.body.as_deref()), how, None)
        };
        if is_list {
            let is_own = request.query.as_deref().is_some_and(|query| {
                let query = percent::decode_query(query).to_lowercase();
                // A quote in a name is escaped in a filter.
                self.names.iter().any(|name| query.contains(&name.to_lowercase().replace('"', "\\\"")))
            });
            return match &proof {
                // A test of the connection is a probe and nothing else.
                _ if !is_own && !is_test(proof.as_ref()) => (list(&[]), Provenance::Inferred("probe"), Some(0)),
                Some(proof) if proof.is_several => {
                    let other = json!({ "schemas": [urn::CORE_USER], "id": "another", "userName": self.names.first() });
                    (list(&[self.resource(), other]), Provenance::Inferred("lookup-several"), Some(2))
                }
                // The job failed without a reason: the IdP could not use what it got.
                Some(proof) if proof.intent == Intent::Lookup && !proof.is_success && proof.is_bare => {
                    (Response::new(200, Headers::new(), "unusable"), Provenance::Inferred("unusable-answer"), None)
                }
                Some(proof) if fails_at_lookup(proof) => refused(proof),
                Some(proof) if matches!(proof.intent, Intent::Create | Intent::GroupCreate) && !proof.is_found => {
                    (list(&[]), Provenance::Inferred("lookup-empty"), Some(0))
                }
                Some(Proof { intent: Intent::Lookup | Intent::Sync, .. }) => {
                    (list(&[]), Provenance::Inferred("lookup-empty"), Some(0))
                }
                _ => (list(&[self.resource()]), Provenance::Inferred("lookup-finds"), Some(1)),
            };
        }
        let is_read = request.method == Method::Get;
        match &proof {
            Some(proof) if is_read && proof.is_gone => {
                (error(404, None, None), Provenance::Inferred("no-user-returned"), None)
            }
            // A token that is refused is refused at the first call.
            Some(proof) if !proof.is_success && (proof.status == Some(401) || !is_read) && !proof.is_empty => {
                refused(proof)
            }
            Some(proof) if proof.is_empty && request.method == Method::Post => {
                (Response::new(201, Headers::new(), ""), Provenance::Inferred("empty-201"), None)
            }
            _ => (self.success(request), Provenance::Inferred("went-well"), None),
        }
    }

    fn success(&mut self, request: &Request) -> Response {
        match request.method {
            Method::Post | Method::Put => {
                // What only sets the stage leaves what the log has of it.
                let is_stage = self.proof.is_none() && self.stored != json!({});
                if let Some(body) = request.json().filter(|_| !is_stage) {
                    self.stored = body;
                }
                let status = if request.method == Method::Post { 201 } else { 200 };
                answer(status, &self.resource())
            }
            Method::Delete => Response::new(204, Headers::new(), ""),
            _ => answer(200, &self.resource()),
        }
    }

    fn resource(&self) -> Value {
        let mut resource = self.stored.clone();
        if resource.get("userName").is_none()
            && let Some(name) = self.names.first()
        {
            resource["userName"] = name.as_str().into();
        }
        resource["id"] = self.id().into();
        if resource.get("schemas").is_none() {
            resource["schemas"] = json!([urn::CORE_USER]);
        }
        if resource.get("active").is_none() {
            resource["active"] = true.into();
        }
        resource
    }
}

impl Port for Evidence {
    async fn send(&mut self, request: Request) -> Result<Answer, Halt> {
        let only_links = self.proof.as_ref().is_some_and(|proof| proof.only_links);
        if only_links && request.method.writes() {
            return Err(Halt::Interrupted);
        }
        let (response, got, total) = self.answer(&request);
        // A probe under a name of nobody tells nothing about the incident.
        if self.proof.is_some() && got != Provenance::Inferred("probe") {
            let proof = self.proof.as_ref();
            let is_refused = response.status >= 400;
            let is_unanswered = is_refused && proof.is_some_and(|proof| proof.is_unanswered);
            self.steps.push(Step {
                place: proof.map(|proof| proof.place.clone()),
                request,
                sent: Provenance::Inferred("dialect"),
                status: Some(response.status).filter(|_| !is_unanswered),
                is_unanswered,
                got: if is_unanswered { Provenance::Parsed } else { got },
                detail: proof.filter(|_| is_refused).and_then(|proof| proof.detail.clone()),
                body: proof.filter(|_| is_refused).and_then(|proof| proof.body.clone()),
                total,
            });
            if is_unanswered {
                return Ok(Err(TransportFailure::Timeout(PATIENCE)));
            }
        }
        Ok(Ok(Arc::new(response)))
    }

    async fn wait(&mut self, duration: Duration, _: Waiting) -> Result<(), Halt> {
        self.now += duration;
        Ok(())
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn random(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }
}

/// The lookup itself is what failed.
fn fails_at_lookup(proof: &Proof) -> bool {
    let is_lookup = matches!(proof.intent, Intent::Lookup | Intent::GroupLookup | Intent::AuthTest | Intent::Import);
    !proof.is_success && !proof.only_links && is_lookup
}

fn is_test(proof: Option<&Proof>) -> bool {
    proof.is_some_and(|proof| matches!(proof.intent, Intent::AuthTest | Intent::Import))
}

fn list(resources: &[Value]) -> Response {
    answer(
        200,
        &json!({ "schemas": [urn::LIST_RESPONSE], "totalResults": resources.len(), "startIndex": 1,
            "itemsPerPage": resources.len(), "Resources": resources }),
    )
}

fn answer(status: u16, body: &Value) -> Response {
    Response::new(status, [("Content-Type", "application/scim+json")].into_iter().collect(), body.to_string())
}

/// A refusal: the body that the log has, else a SCIM error with the words that it has.
fn error(status: u16, detail: Option<&str>, body: Option<&str>) -> Response {
    if let Some(body) = body {
        return Response::new(status, Headers::new(), body.to_owned());
    }
    let detail = detail.unwrap_or_default();
    answer(status, &json!({ "schemas": [urn::ERROR], "status": status.to_string(), "detail": detail }))
}
