//! Before the first scenario: is there a SCIM endpoint, does it let us in, what does it offer.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::http::{Answer, Credential, Exchange, Method, Request, Response, Sender, Transcript, TransportFailure};
use crate::rules;
use crate::run::player::{filtered, neutral};
use crate::run::sending::busy;
use crate::run::sending::shared::{Pace, Shared};
use crate::run::sending::site::Endpoint;
use crate::run::target::capabilities::{Capabilities, Discovery};
use crate::scim::name;

/// Why a target cannot be tested at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Untestable {
    /// No answer.
    #[error("{0}")]
    NoAnswer(TransportFailure),
    /// Something in front of the endpoint answers in its place.
    #[error("{0}")]
    Gateway(String),
    /// An HTML page instead of SCIM.
    #[error("the endpoint answers {0} with a web page, not SCIM")]
    WebPage(u16),
    /// It sends us elsewhere; the token does not go with us.
    #[error("the endpoint answers {status} and points to {location}")]
    Redirect {
        /// The status.
        status: u16,
        /// Where it points.
        location: String,
    },
    /// The credential is refused.
    #[error("the endpoint answers {0} to the token")]
    Refused(u16),
    /// No credential was sent, and the endpoint asks for one.
    #[error("the endpoint answers {0}, and no token was sent")]
    NoToken(u16),
    /// Neither users nor discovery are there.
    #[error("there is no SCIM endpoint: /Users and /ServiceProviderConfig answer {0}")]
    NotFound(u16),
    /// The user stopped it.
    #[error("interrupted")]
    Interrupted,
}

impl Untestable {
    /// Whether it may be one broken route of an endpoint that is otherwise there.
    const fn may_be_a_defect(&self) -> bool {
        matches!(
            self,
            Self::WebPage(_) | Self::NoAnswer(TransportFailure::Truncated(_) | TransportFailure::Protocol(_))
        )
    }

    /// Whether the endpoint is there, and only spells its addresses otherwise.
    fn is_about_a_slash(&self) -> bool {
        matches!(self, Self::Redirect { location, .. } if rules::differs_by_a_slash(location, "/Users"))
    }
}

/// What was found out, and what went over the wire meanwhile.
pub(in crate::run) struct Preflight {
    pub(in crate::run) found: Result<Capabilities, Untestable>,
    pub(in crate::run) transcript: Transcript,
}

/// Asks the endpoint who it is. `declared` is what the user says it offers.
pub(in crate::run) async fn preflight(
    endpoint: &Endpoint,
    credential: &Credential,
    declared: BTreeSet<String>,
    remote: bool,
    pace: &Pace,
    shared: &Shared,
) -> Preflight {
    let transcript = Transcript { base: endpoint.base().to_string(), ..Transcript::default() };
    let mut asker = Asker { endpoint, credential, pace, shared, transcript };
    let found = asker.find_out(declared, remote).await;
    Preflight { found, transcript: asker.transcript }
}

struct Asker<'a> {
    endpoint: &'a Endpoint,
    credential: &'a Credential,
    pace: &'a Pace,
    shared: &'a Shared,
    transcript: Transcript,
}

impl Asker<'_> {
    async fn find_out(&mut self, declared: BTreeSet<String>, remote: bool) -> Result<Capabilities, Untestable> {
        let users = self.get("/Users?startIndex=1&count=1").await?;
        let provider = match &users {
            // Where nobody answers, nobody is asked a second time.
            Err(failure) if !Untestable::NoAnswer(failure.clone()).may_be_a_defect() => {
                return Err(Untestable::NoAnswer(failure.clone()));
            }
            _ => self.get("/ServiceProviderConfig").await?,
        };
        let (provider, no_provider) = (document(provider.clone()), is_absent(&provider));
        // A server that has SCIM discovery but stumbles over this list is a defect to report, not a wrong URL.
        // So is a server that begins every answer and ends none, or wants another slash at the end of every address.
        if let Some(problem) = self.problem(&users, provider.is_some())
            && (provider.is_none() || !problem.may_be_a_defect())
            && !matches!(problem, Untestable::NoAnswer(TransportFailure::Truncated(_)))
            && !problem.is_about_a_slash()
        {
            return Err(problem);
        }
        let (types, schemas) = (self.get("/ResourceTypes").await?, self.get("/Schemas").await?);
        let is_absent = no_provider && is_absent(&types) && is_absent(&schemas);
        let (resource_types, schemas) = (document(types), document(schemas));
        let says = |feature| provider.as_ref().is_some_and(|provider| name::get_in(provider, feature).is_some());
        let groups = match resource_types {
            Some(_) => None,
            None => has_groups(&self.get("/Groups?startIndex=1&count=1").await?),
        };
        let filter = if says("filter") { None } else { finds_nobody(&self.get(&filtered("/Users", NOBODY)).await?) };
        let etag = if says("etag") { None } else { has_version(users) };
        let has_version = self.endpoint.base().path().ends_with("/v2");
        let found = Discovery { provider, resource_types, schemas, is_absent, groups, filter, etag, has_version };
        Ok(Capabilities::of_target(found, declared, remote))
    }

    /// One of our own requests; a busy target is asked again as it wishes.
    async fn get(&mut self, target: &str) -> Result<Answer, Untestable> {
        let request = neutral(Method::Get, target);
        let mut already = 0;
        loop {
            self.pace.rate.ready().await;
            self.shared.count_request();
            let (answer, elapsed) = tokio::select! {
                sent = self.endpoint.send(self.credential, &request) => sent,
                () = self.shared.interruption() => return Err(Untestable::Interrupted),
            };
            self.record(request.clone(), answer.clone(), elapsed);
            let pause = answer.as_ref().ok().and_then(|response| busy::pause(response, already));
            let Some(pause) = pause.filter(|pause| *pause <= self.pace.max_wait) else { return Ok(answer) };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.shared.interruption() => return Err(Untestable::Interrupted),
            }
            already += 1;
        }
    }

    fn record(&mut self, request: Request, answer: Answer, elapsed: std::time::Duration) {
        let at = std::time::Duration::ZERO;
        self.transcript.exchanges.push(Exchange { step: 0, sender: Sender::Harness, request, answer, elapsed, at });
    }

    /// What makes the endpoint untestable, judged by the request that every IdP sends first.
    fn problem(&self, users: &Answer, has_discovery: bool) -> Option<Untestable> {
        let response = match users {
            Err(failure) => return Some(Untestable::NoAnswer(failure.clone())),
            Ok(response) => response,
        };
        if let Some(gateway) = self.transcript.exchanges.first().and_then(rules::infrastructure) {
            return Some(Untestable::Gateway(gateway));
        }
        let location = || response.headers.get("location").unwrap_or("nowhere").to_owned();
        match response.status {
            300..=399 => Some(Untestable::Redirect { status: response.status, location: location() }),
            401 | 403 if matches!(self.credential, Credential::None) => Some(Untestable::NoToken(response.status)),
            401 | 403 => Some(Untestable::Refused(response.status)),
            _ if is_web_page(response) => Some(Untestable::WebPage(response.status)),
            404 if !has_discovery => Some(Untestable::NotFound(404)),
            _ => None,
        }
    }
}

fn is_web_page(response: &Response) -> bool {
    let start = response.body.iter().copied().find(|byte| !byte.is_ascii_whitespace());
    start == Some(b'<') && response.json().is_none()
}

/// A filter that fits no user.
const NOBODY: &str = r#"userName eq "scimulator-nobody""#;

/// Whether a target applied the filter that fits nobody; one that refuses it or shows users did not.
fn finds_nobody(answer: &Answer) -> Option<bool> {
    let response = answer.as_ref().ok().filter(|response| response.status < 500 || response.status == 501)?;
    let total = response.json().and_then(|list| name::get_in(list, "totalResults")?.as_u64());
    Some(response.is_success() && total == Some(0))
}

/// Whether the first user of a list has a version; unknown where nobody is listed.
fn has_version(users: Answer) -> Option<bool> {
    let list = document(users)?;
    let first = name::get_in(&list, "Resources")?.as_array()?.first()?.clone();
    Some(name::get_in(&first, "meta.version").is_some())
}

/// Whether groups can be listed; a server that stumbles over the list is not known to have none.
fn has_groups(answer: &Answer) -> Option<bool> {
    match answer.as_ref().ok()?.status {
        200..=299 => Some(true),
        403 | 404 | 405 | 501 => Some(false),
        _ => None,
    }
}

/// Whether nothing is served at an address.
fn is_absent(answer: &Answer) -> bool {
    answer.as_ref().is_ok_and(|response| matches!(response.status, 404 | 501))
}

fn document(answer: Answer) -> Option<Value> {
    answer.ok().filter(|response| response.status == 200).and_then(|response| response.json().cloned())
}
