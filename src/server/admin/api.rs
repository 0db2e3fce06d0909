//! The admin API: a bearer token, a name, a JSON body.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::actions::{self, Asked, Bad};
use super::shared::Shared;
use super::view;
use crate::control::{Action, ControlError, Report};
use crate::http::{Headers, Method, Request, Response, percent};
use crate::server::{Reply, Service, Settings, Tenant};

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
        let name = percent::decode(request.path.trim_matches('/'));
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
