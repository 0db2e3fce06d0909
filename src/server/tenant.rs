//! One tenant of the reference server: the way of a request from the door to its endpoint.

use serde_json::Value;
use time::OffsetDateTime;

use super::door::media;
use super::door::query::Query;
use super::door::route::Route;
use super::endpoints::{self, Asked, Body, Job};
use super::later;
use super::reply::{self, MEDIA_TYPE, Refusal};
use super::settings::Settings;
use super::state::State;
use super::tokens::Tokens;
use super::weather::{Forecast, Limiter};
use super::{Reply, Service};
use crate::control::{Action, ControlError, Report};
use crate::http::{Method, Request, Response};

/// A tenant: its settings, its resources, and the organisation around them.
#[derive(Debug)]
pub struct Tenant {
    pub(super) state: State,
    pub(super) tokens: Tokens,
    pub(super) forecast: Forecast,
    limiter: Limiter,
}

impl Tenant {
    /// An empty tenant; its token is issued at `now`, unless SCIM cannot be switched on.
    pub fn new(settings: Settings, now: OffsetDateTime) -> Self {
        let mut random = fastrand::Rng::with_seed(settings.seed);
        let token = settings.token.clone().unwrap_or_else(|| new_token(&mut random));
        let mut tokens = Tokens::new(token, settings.token_days, now);
        let state = State::new(settings, random);
        if state.organisation.plan.obstacle().is_some() {
            tokens.delete();
        }
        Self { state, tokens, forecast: Forecast::default(), limiter: Limiter::default() }
    }

    /// Its settings.
    pub const fn settings(&self) -> &Settings {
        &self.state.settings
    }

    /// What comes before every endpoint: who asks, where, in which form. Then the endpoint.
    fn answer(&mut self, request: &Request, now: OffsetDateTime) -> Response {
        let route = Route::of(&request.path);
        if let Err(refused) = self.tokens.check(&request.headers, now)
            && !self.is_public(route.as_ref(), request)
        {
            return refused.response();
        }
        let accepted = media::acceptable(&request.headers);
        if accepted.is_none() && request.method != Method::Delete {
            return reply::error(406, None, &format!("This server answers in {MEDIA_TYPE} or application/json."));
        }
        let mut response = match route {
            None => reply::error(404, None, "There is no such endpoint."),
            Some(route) => {
                let done = self.routed(&route, request, now).unwrap_or_else(Refusal::into_response);
                self.in_time(&route, request, done)
            }
        };
        if response.headers.get("content-type") == Some(MEDIA_TYPE) {
            let charset = if self.state.settings.charset { "; charset=utf-8" } else { "" };
            response.headers.set("Content-Type", format!("{}{charset}", accepted.unwrap_or(MEDIA_TYPE)));
        }
        response
    }

    /// RFC 7643 §5: how to authenticate can be read by who cannot yet.
    fn is_public(&self, route: Option<&Route>, request: &Request) -> bool {
        self.state.settings.public_discovery
            && self.tokens.configured()
            && route == Some(&Route::Configuration)
            && request.headers.get("authorization").is_none()
    }

    /// The answer to a write, or that it is done later where the client would rather not wait.
    fn in_time(&mut self, route: &Route, request: &Request, done: Response) -> Response {
        let is_write = matches!(route, Route::Collection(_) | Route::Resource(..)) && request.method.writes();
        if !(self.state.settings.async_requests && is_write && done.is_success() && later::is_preferred(request)) {
            return done;
        }
        later::accepted(&done, &self.state.new_id())
    }

    fn routed(&mut self, route: &Route, request: &Request, now: OffsetDateTime) -> Result<Response, Refusal> {
        let settings = &self.state.settings;
        let hidden = match route {
            Route::Grant(grant, _) => !endpoints::Grant::of(settings).any(|known| known == *grant),
            route => route.kind().is_some_and(|kind| !self.state.kinds().any(|known| known == kind)),
        };
        if hidden {
            return Err(Refusal::new(404, None, "There is no such endpoint."));
        }
        let allow = route.allow(settings.patch);
        if request.method == Method::Options {
            let mut response = reply::empty(204);
            response.headers.push("Allow", allow);
            return Ok(response);
        }
        if !route.knows(request.method) {
            return Err(reply::method_not_allowed(allow).into());
        }
        match route {
            Route::Me => Err(Refusal::new(501, None, "This server does not support /Me: use /Users and an id.")),
            Route::Bulk if !settings.bulk => {
                Err(Refusal::new(501, None, "This server does not support bulk requests."))
            }
            Route::Bulk => self.bulk(request, now),
            Route::Search(_) if !settings.search => {
                Err(Refusal::new(501, None, "This server does not support .search: use GET with a filter."))
            }
            route if request.method.writes() && request.method != Method::Delete => self.written(route, request, now),
            route => self.read(route, request, now),
        }
    }

    /// GET, HEAD and DELETE.
    fn read(&mut self, route: &Route, request: &Request, now: OffsetDateTime) -> Result<Response, Refusal> {
        let query = Query::from_url(request.query.as_deref())?;
        match route {
            Route::Resource(kind, id) => {
                let asked = Asked { kind: *kind, query, headers: &request.headers, now };
                match request.method {
                    Method::Delete => endpoints::delete(&mut self.state, &asked, id),
                    _ => endpoints::read(&self.state, &asked, id),
                }
            }
            Route::Configuration => endpoints::configuration(&self.state, &query),
            Route::ResourceTypes(id) => endpoints::resource_types(&self.state, &query, id.as_deref()),
            Route::Schemas(id) => endpoints::schemas(&self.state, &query, id.as_deref()),
            Route::Grant(grant, id) => endpoints::grants(*grant, &self.state.settings, &query, id.as_deref()),
            route => endpoints::list(&self.state, route.kind(), &query),
        }
    }

    /// POST, PUT and PATCH.
    fn written(&mut self, route: &Route, request: &Request, now: OffsetDateTime) -> Result<Response, Refusal> {
        let body = body(request, self.state.settings.max_body)?;
        let asked = |kind| -> Result<Asked<'_>, Refusal> {
            Ok(Asked { kind, query: Query::from_url(request.query.as_deref())?, headers: &request.headers, now })
        };
        match (route, request.method) {
            (Route::Collection(kind), _) => endpoints::create(&mut self.state, &asked(*kind)?, &body),
            (Route::Resource(kind, id), Method::Put) => endpoints::replace(&mut self.state, &asked(*kind)?, id, &body),
            (Route::Resource(kind, id), _) => endpoints::modify(&mut self.state, &asked(*kind)?, id, &body),
            (route, _) => endpoints::list(&self.state, route.kind(), &Query::from_body(&body)?),
        }
    }

    /// POST `/Bulk`: each operation goes the way of a request of its own.
    fn bulk(&mut self, request: &Request, now: OffsetDateTime) -> Result<Response, Refusal> {
        let body = body(request, self.state.settings.bulk_payload)?;
        let job = Job::read(&body, &self.state.settings)?;
        Ok(job.run(&mut |operation| match Route::of(&operation.path) {
            Some(route) if may_be_in_bulk(&route, operation.method) => {
                self.routed(&route, operation, now).unwrap_or_else(Refusal::into_response)
            }
            Some(_) => reply::error(405, None, "An operation makes, changes or deletes one resource."),
            None => reply::error(404, None, "There is no such endpoint."),
        }))
    }
}

/// RFC 7644 §3.7: an operation is a POST to a collection, or a PUT, PATCH or DELETE of a resource.
const fn may_be_in_bulk(route: &Route, method: Method) -> bool {
    match route {
        Route::Collection(_) => matches!(method, Method::Post),
        Route::Resource(..) => matches!(method, Method::Put | Method::Patch | Method::Delete),
        _ => false,
    }
}

impl Service for Tenant {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        if let Some(reply) = self.forecast.strike(request) {
            return reply;
        }
        let limited = self.state.settings.rate_limit.and_then(|limit| self.limiter.count(limit, now));
        Reply::Answer(limited.unwrap_or_else(|| self.answer(request, now)))
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        self.act(action, now)
    }

    fn token(&self) -> String {
        self.tokens.text().to_owned()
    }
}

/// The body: one JSON object of a type that is taken, of so many bytes at most.
fn body(request: &Request, limit: usize) -> Result<Body, Refusal> {
    if request.body.is_some() && !media::readable(&request.headers) {
        let detail = format!("The request body must be {MEDIA_TYPE} or application/json, in UTF-8.");
        return Err(Refusal::new(415, None, &detail));
    }
    let bytes = request.body.as_deref().unwrap_or_default();
    if bytes.len() > limit {
        return Err(reply::too_large(limit).into());
    }
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(_) => Err(Refusal::new(400, Some("invalidSyntax"), "The request body must be a JSON object.")),
        Err(_) if bytes.is_empty() => {
            Err(Refusal::new(400, Some("invalidSyntax"), "The request needs a body: a JSON object."))
        }
        Err(error) => {
            let detail = format!("The request body is not JSON: line {}, column {}.", error.line(), error.column());
            Err(Refusal::new(400, Some("invalidSyntax"), &detail))
        }
    }
}

/// 160 bits in hexadecimal: long enough to be no guess, plain enough for any header.
pub(super) fn new_token(random: &mut fastrand::Rng) -> String {
    format!("{:032x}{:08x}", random.u128(..), random.u32(..))
}
