//! The admin API of `serve`: the control plane over HTTP, beside the tenant and with a token of its own.
//!
//! JSON in and out; `Authorization: Bearer ADMIN-TOKEN` on every request. A
//! body may be left out where every member may. Answers are 200 with an object
//! (`token`, `mails`, `id` where an action gives one); 400 for a body that
//! cannot be read, 409 when the app refuses the action, both with `error`.
//!
//! | request | body | what happens |
//! | --- | --- | --- |
//! | `GET /admin/state` | | seats, users with their state, token, plan, mapping, outbox |
//! | `POST /admin/reset` | | an empty tenant, as at the start, with the first token |
//! | `POST /admin/set-seats` | `{"seats": 3}` | the organisation has so many seats |
//! | `POST /admin/verify-email` | `{"id": "…"}` | the person opens the link in the mail |
//! | `POST /admin/accept-invitation` | `{"id": "…"}` | the person accepts |
//! | `POST /admin/revoke-token` | | the token in use is revoked |
//! | `POST /admin/expire-token` | | its time is over |
//! | `POST /admin/new-token` | `{"days": 90}` | a new token, shown this once; `days` may be left out |
//! | `POST /admin/delete-configuration` | | SCIM is off, its token dead |
//! | `POST /admin/set-up-again` | `{"days": 90}` | SCIM is on again with a new token, where plan and sign-on allow |
//! | `POST /admin/outbox` | `{"address": "…"}` | how many mails went there, and what they were |
//! | `POST /admin/create-account` | `{"address": "…", "name": "…", "state": "active"}` | an account that SCIM did not make: `active`, `deactivated`, `pending`, `other-organisation` or `solo` |
//! | `POST /admin/map-groups` | `{"table": {"Sales": "Sales EU"}}` | values of the group attribute place people in groups; `{}` switches it off |
//! | `POST /admin/preview-groups` | `{"table": {"Sales": "Sales EU"}}` | whom that table would move, which values it lacks, which groups it would make |
//! | `POST /admin/weather` | `{"throttle": "2", "times": 3, "method": "POST", "path": "/Users"}` | the next answers are weather: one of `throttle` (Retry-After or null), `status`, `gateway` (a status), `silence` (seconds), `drop` (true) |
//! | `POST /admin/remove-in-app` | `{"id": "…"}` | somebody tries to remove a member inside the app |
//! | `POST /admin/set-role` | `{"id": "…", "role": "admin"}` | a role, which SCIM never changes |
//! | `POST /admin/set-plan` | `{"plan": "standard", "sso": false}` | plan and single sign-on; either may be left out |
//!
//! `id` is the SCIM id of a user; `userName` may stand in its place.

mod actions;
mod view;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::door::route::decode;
use super::settings::Settings;
use super::tenant::Tenant;
use super::{Reply, Service};
use crate::control::{Action, ControlError, Report};
use crate::http::{Headers, Method, Request, Response};
use actions::{Asked, Bad};

/// A tenant that two mounts share: its SCIM endpoint and its admin API.
#[derive(Clone, Debug)]
pub struct Shared(Arc<Mutex<Tenant>>);

impl Shared {
    /// Shares a tenant.
    pub fn new(tenant: Tenant) -> Self {
        Self(Arc::new(Mutex::new(tenant)))
    }

    /// The tenant, for one request or action.
    fn tenant(&self) -> MutexGuard<'_, Tenant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service for Shared {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        self.tenant().handle(request, now)
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        self.tenant().control(action, now)
    }

    fn token(&self) -> String {
        self.tenant().token()
    }
}

/// The admin API of a shared tenant.
#[derive(Debug)]
pub struct Admin {
    tenant: Shared,
    /// What the tenant is at the start, and again after a reset.
    start: Settings,
    token: String,
}

impl Admin {
    /// The API of this tenant, for who bears this token.
    pub const fn new(tenant: Shared, start: Settings, token: String) -> Self {
        Self { tenant, start, token }
    }

    fn answer(&self, request: &Request, now: OffsetDateTime) -> Response {
        if !self.lets_in(&request.headers) {
            let mut response = failed(401, "This is the admin API: send its own bearer token.");
            response.headers.push("WWW-Authenticate", r#"Bearer realm="admin""#);
            return response;
        }
        let name = decode(request.path.trim_matches('/'), false);
        match (name.as_str(), request.method) {
            ("state", Method::Get) => answer(200, &view::state(&self.tenant.tenant(), now)),
            ("state", _) => not_allowed("GET"),
            (name, Method::Post) => match body(request).and_then(|body| self.act(name, body, now)) {
                Ok(value) => answer(200, &value),
                Err(Bad::Unknown) => failed(404, &format!("There is no action `{name}`.")),
                Err(Bad::Body(text)) => failed(400, &text),
                Err(Bad::Refused(error)) => failed(409, &error.to_string()),
            },
            _ => not_allowed("POST"),
        }
    }

    fn lets_in(&self, headers: &Headers) -> bool {
        let presented = headers.get("authorization").and_then(|credentials| credentials.trim().split_once(' '));
        presented.is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && token.trim() == self.token)
    }

    fn act(&self, name: &str, body: Map<String, Value>, now: OffsetDateTime) -> Result<Value, Bad> {
        let mut tenant = self.tenant.tenant();
        match actions::read(name, body, &tenant)? {
            Asked::Action { action, days } => {
                if let Some(days) = days {
                    tenant.set_token_days(Some(days));
                }
                Ok(reported(tenant.control(&action, now).map_err(Bad::Refused)?))
            }
            Asked::Reset => {
                *tenant = Tenant::new(self.start.clone(), now);
                Ok(json!({}))
            }
            Asked::Preview(table) => Ok(tenant.preview_groups(&table)),
            Asked::Plan { plan, sso } => {
                tenant.set_plan(plan.as_deref(), sso);
                Ok(json!({}))
            }
            Asked::Role { id, role } => {
                tenant.set_role(&id, &role).map_err(Bad::Refused)?;
                Ok(json!({}))
            }
        }
    }
}

impl Service for Admin {
    fn handle(&mut self, request: &Request, now: OffsetDateTime) -> Reply {
        Reply::Answer(self.answer(request, now))
    }

    fn control(&mut self, action: &Action, now: OffsetDateTime) -> Result<Report, ControlError> {
        self.tenant.control(action, now)
    }

    fn token(&self) -> String {
        self.token.clone()
    }
}

fn body(request: &Request) -> Result<Map<String, Value>, Bad> {
    let Some(bytes) = request.body.as_deref() else { return Ok(Map::new()) };
    serde_json::from_slice(bytes).map_err(|error| Bad::Body(format!("The body must be a JSON object: {error}.")))
}

fn reported(report: Report) -> Value {
    let mut value = match report.body {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    value.extend(report.token.map(|token| ("token".to_owned(), token.into())));
    value.extend(report.mails.map(|mails| ("mails".to_owned(), mails.into())));
    value.into()
}

fn answer(status: u16, body: &Value) -> Response {
    let headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")];
    Response::new(status, headers.into_iter().collect(), body.to_string())
}

fn failed(status: u16, text: &str) -> Response {
    answer(status, &json!({ "error": text }))
}

fn not_allowed(allow: &str) -> Response {
    let mut response = failed(405, &format!("Use {allow}."));
    response.headers.push("Allow", allow);
    response
}
