//! One exchange as checks see it: what was asked, what came back, which resources are in it.

use serde_json::{Map, Value};

use super::attributes::{Declared, Spot, spots};
use super::endpoint::{Endpoint, Kind};
use crate::http::{Exchange, Method, Request, Response, Transcript};
use crate::scim::urn;

/// Most resources of one answer that are looked at.
const MAX_RESOURCES: usize = 10_000;

/// An exchange that has an answer, taken apart once for all checks.
#[derive(Debug)]
pub struct Observed<'a> {
    /// Position in the transcript, from 0.
    pub index: usize,
    /// The transcript it stands in.
    pub transcript: &'a Transcript,
    /// The exchange.
    pub exchange: &'a Exchange,
    /// The answer as received.
    pub answer: &'a Response,
    /// The endpoint that was asked.
    pub endpoint: Endpoint<'a>,
    /// The answer's body, when it is a JSON object.
    pub body: Option<&'a Map<String, Value>>,
    /// `attributes` or `excludedAttributes` was asked for.
    pub is_projected: bool,
    /// A limit or an outage that says when to come back: weather, nobody's mistake.
    pub is_weather: bool,
    /// The resources in a successful answer.
    pub resources: Vec<Resource<'a>>,
}

/// A resource in an answer.
#[derive(Debug)]
pub struct Resource<'a> {
    /// What it is: by its schemas where they tell, else by the endpoint.
    pub kind: Kind,
    /// Its members.
    pub members: &'a Map<String, Value>,
    /// Its attributes and sub-attributes.
    pub spots: Vec<Spot<'a>>,
}

/// A list message.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    /// The whole message.
    pub message: &'a Map<String, Value>,
    /// What stands under `Resources`; empty when it is absent, null or no array.
    pub resources: &'a [Value],
}

impl<'a> Observed<'a> {
    /// Takes an exchange apart; `None` when no answer came or a gateway answered in its place.
    pub fn new(index: usize, transcript: &'a Transcript, declared: &'a Declared) -> Option<Self> {
        let exchange = transcript.exchanges.get(index)?;
        let answer = exchange.response()?;
        // What stands beside the base URL need not speak SCIM.
        if super::infrastructure(exchange).is_some() || exchange.request.path.starts_with("/../") {
            return None;
        }
        let request = &exchange.request;
        let body = answer.json().and_then(Value::as_object);
        let mut observed = Self {
            index,
            transcript,
            exchange,
            answer,
            endpoint: Endpoint::of(request),
            body,
            is_projected: is_projected(request),
            is_weather: answer.status == 429 || (answer.status == 503 && answer.headers.get("retry-after").is_some()),
            resources: Vec::new(),
        };
        observed.resources = observed.find_resources(declared);
        Some(observed)
    }

    /// What was sent.
    pub fn request(&self) -> &'a Request {
        &self.exchange.request
    }

    /// Whether the answer has body bytes that count: not for HEAD, not for a redirect.
    pub fn has_content(&self) -> bool {
        let redirect = (300..400).contains(&self.answer.status);
        !self.answer.body.is_empty() && self.request().method != Method::Head && !redirect && !self.is_empty_status()
    }

    /// The base URL itself was read. It is an endpoint for few servers (RFC 7644 §3.4.2.1); what stands there instead
    /// harms nobody, and list/root tells of it.
    pub fn is_at_the_base(&self) -> bool {
        self.endpoint.kind == Kind::Root && !self.endpoint.is_search
    }

    /// 204 and 304 never have a body (RFC 9110 §15.3.5, §15.4.5).
    pub fn is_empty_status(&self) -> bool {
        matches!(self.answer.status, 204 | 304)
    }

    /// 4xx or 5xx by the target itself, to a request that shows bodies.
    pub fn is_error(&self) -> bool {
        self.answer.status >= 400 && !self.is_weather && self.request().method != Method::Head
    }

    /// The SCIM error message, when the answer is one.
    pub fn error(&self) -> Option<&'a Map<String, Value>> {
        self.body.filter(|body| self.is_error() && names_schema(body, urn::ERROR))
    }

    /// The list, when a query was answered with an object.
    pub fn list(&self) -> Option<List<'a>> {
        let message = self.body.filter(|_| self.answer.is_success())?;
        let is_list = self.endpoint.is_query(self.request().method) || names_schema(message, urn::LIST_RESPONSE);
        let is_list = is_list && !names_schema(message, urn::ERROR);
        let resources = message.get("Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        is_list.then_some(List { message, resources })
    }

    fn find_resources(&self, declared: &'a Declared) -> Vec<Resource<'a>> {
        let kind = self.endpoint.kind;
        let Some(body) = self
            .body
            .filter(|_| self.answer.is_success() && kind != Kind::Bulk && self.request().method != Method::Delete)
        else {
            return Vec::new();
        };
        let single = std::slice::from_ref(body);
        let members: Vec<&Map<String, Value>> = match self.list() {
            // One hit answered with the bare resource is a matter of list/schema alone.
            Some(list) if list.message.contains_key("userName") => Vec::new(),
            Some(list) => list.resources.iter().filter_map(Value::as_object).take(MAX_RESOURCES).collect(),
            None if kind == Kind::Other && !body.contains_key("schemas") => Vec::new(),
            // An error with the status of a success is a matter of error/status-match alone.
            None if names_schema(body, urn::ERROR) => Vec::new(),
            None => single.iter().collect(),
        };
        members.into_iter().map(|members| Resource::new(kind, members, declared)).collect()
    }
}

impl<'a> Resource<'a> {
    fn new(endpoint: Kind, members: &'a Map<String, Value>, declared: &'a Declared) -> Self {
        let by_schema = [Kind::User, Kind::Group]
            .into_iter()
            .find(|kind| kind.schema().is_some_and(|urn| names_schema(members, urn)));
        let kind = match endpoint {
            Kind::User | Kind::Group | Kind::Root | Kind::Other => by_schema.unwrap_or(endpoint),
            discovery => discovery,
        };
        Self { kind, members, spots: spots(members, kind.schema(), declared) }
    }

    /// Its id, when it is a string.
    pub fn id(&self) -> Option<&'a str> {
        self.members.get("id")?.as_str()
    }

    /// Whether rules on common attributes apply: not to discovery documents (RFC 7643 §3.1, §6).
    pub fn is_stored(&self) -> bool {
        !matches!(self.kind, Kind::Config | Kind::ResourceType | Kind::Schema | Kind::Bulk)
    }

    /// Whether nothing in it says that it is a resource: then there is no point in missing single members.
    pub fn is_none_at_all(&self) -> bool {
        !["schemas", "id", "meta"].iter().any(|name| self.members.contains_key(*name))
    }

    /// A member of `meta`.
    pub fn meta(&self, name: &str) -> Option<&'a Value> {
        self.members.get("meta")?.get(name)
    }
}

/// Whether `schemas` lists this URN, in any case.
pub(super) fn names_schema(members: &Map<String, Value>, urn: &str) -> bool {
    let listed = members.get("schemas").and_then(Value::as_array);
    listed.into_iter().flatten().filter_map(Value::as_str).any(|listed| listed.eq_ignore_ascii_case(urn))
}

/// Whether a request asks for some attributes only.
pub(super) fn is_projected(request: &Request) -> bool {
    const NAMES: [&str; 2] = ["attributes", "excludedAttributes"];
    if NAMES.iter().any(|name| request.parameter(name).is_some()) {
        return true;
    }
    let search = request.path.ends_with("/.search").then(|| request.json()).flatten();
    search.is_some_and(|body| NAMES.iter().any(|name| body.get(*name).is_some()))
}
