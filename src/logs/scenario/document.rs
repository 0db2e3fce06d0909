//! The steps of a scenario file, put together.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::answer::{answer, is_due, is_text, made_before};
use super::cast::Cast;
use super::lost::lost;
use super::setup::{Setup, name_of};
use super::template::{Template, plain};
use crate::http::{Headers, Request};
use crate::logs::infer::Step;
use crate::logs::ticket::Finding;

/// People, groups and steps of a file.
pub(super) struct Body {
    pub(super) people: Value,
    pub(super) groups: Value,
    pub(super) steps: Vec<Value>,
    pub(super) cast: Cast,
    /// Users made before the requests begin.
    pub(super) users_before: usize,
    /// Requests to a resource's own URL made before they begin.
    pub(super) writes_before: usize,
    /// Requests made before they begin.
    pub(super) requests_before: usize,
    /// The requests as they were given, for what else is told of them.
    pub(super) played: Vec<Step>,
}

impl Body {
    pub(super) fn of(played: &[Step], finding: Option<&Finding>) -> Self {
        let incident = finding.map(|finding| &finding.incident);
        let symptom = incident.map_or("", |incident| incident.symptom.as_str());
        let mut cast = Cast::of(played, incident);
        let was_inactive = |step: &Step| step.total.is_some() && step.body.as_deref().is_some_and(is_inactive);
        let is_inactive = symptom.starts_with("reactivate") || played.iter().any(was_inactive);
        let setup = Setup::of(played, &mut cast, is_inactive);
        let template = Template { cast: &cast, ids: setup.ids.clone() };
        let silent = symptom == "update.not-applied" || finding.is_none();
        let lost = if silent { lost(played, &template) } else { played.iter().map(|_| None).collect() };
        let mut steps = setup.steps.clone();
        for (at, (step, lost)) in played.iter().zip(&lost).enumerate() {
            let mut own = request(&step.request, &template);
            own.insert("as".to_owned(), name_of(played, at).into());
            let (mut expect, observed) = answer(step, lost.as_ref(), &template);
            if let Some((name, right)) = made_before(played, at) {
                expect[name] = right.into();
            }
            own.insert("expect".to_owned(), expect);
            if let Some(observed) = observed {
                own.insert("observed".to_owned(), observed);
            }
            if symptom == "auth.header-dropped-on-redirect" && at > 0 {
                follow(&mut own, &name_of(played, at - 1), played[at - 1].status);
            }
            steps.push(Value::Object(own));
        }
        drop_unused_names(&mut steps);
        let (users_before, requests_before) = (setup.users, setup.steps.len());
        let writes_before = setup.steps.iter().filter(|step| step.get("request").is_some()).count();
        let whole = Value::Array(steps.clone()).to_string();
        let is_used =
            |key: &String| whole.contains(&format!("${{{key}.")) || whole.contains(&format!("\"user\":\"{key}\""));
        let mut people = cast.people();
        if let Value::Object(people) = &mut people {
            people.retain(|key, _| is_used(key));
        }
        let (groups, played) = (cast.groups(), played.to_vec());
        Self { people, groups, steps, cast, users_before, writes_before, requests_before, played }
    }

    /// The first step that failed.
    pub(super) fn first_failure(&self) -> Option<(usize, &Step)> {
        let is_wrong = |step: &Step, status| !is_due(step, status) || is_text(step);
        let fails = |step: &Step| step.is_unanswered || step.status.is_some_and(|status| is_wrong(step, status));
        self.played.iter().enumerate().find(|(_, step)| fails(step))
    }
}

/// `request:` or `list:`.
fn request(request: &Request, template: &Template<'_>) -> Map<String, Value> {
    let headers = headers(&request.headers);
    if let Some(list) = template.list(request).filter(|_| headers.is_empty()) {
        return [("list".to_owned(), Value::Object(list))].into_iter().collect();
    }
    let query = template.query(request).map(|query| format!("?{query}")).unwrap_or_default();
    let mut own = Map::new();
    own.insert(request.method.to_string(), format!("{}{query}", template.path(&request.path)).into());
    if !headers.is_empty() {
        own.insert("headers".to_owned(), Value::Object(headers));
    }
    let is_group = request.path.starts_with("/Groups");
    if let Some(body) = request.json() {
        let body = match template.value(&body, "", is_group) {
            Value::Object(mut body) => {
                // A password in a log is a placeholder, or was taken out.
                if let Some(password) = body.get_mut("password") {
                    *password = json!("not-a-real-Passw0rd");
                }
                Value::Object(body)
            }
            other => other,
        };
        own.insert("body".to_owned(), body);
    } else if let Some(body) = request.body.as_ref().filter(|body| !body.is_empty()) {
        own.insert("body".to_owned(), template.value(&json!(String::from_utf8_lossy(body)), "", is_group));
    }
    [("request".to_owned(), Value::Object(own))].into_iter().collect()
}

/// Fields that decide how a server reads the request or answers, where they are not those of every SCIM client.
fn headers(headers: &Headers) -> Map<String, Value> {
    let is_usual = |value: &str| value.starts_with("application/scim+json");
    ["Accept", "Content-Type", "If-Match", "If-None-Match"]
        .into_iter()
        .filter_map(|name| {
            Some((name.to_owned(), headers.get(name).filter(|value| !is_usual(value)).map(plain)?.into()))
        })
        .collect()
}

/// A client that follows a redirect sends no token along (RFC 9110 §15.4), and only when there was one.
fn follow(step: &mut Map<String, Value>, before: &str, status: Option<u16>) {
    if let Some(request) = step.get_mut("request") {
        request["credential"] = "none".into();
    }
    step.insert("when".to_owned(), json!({ format!("{before}.status"): status }));
}

/// `as:` stands only where it is used.
fn drop_unused_names(steps: &mut [Value]) {
    let whole = Value::Array(steps.to_vec()).to_string();
    let variables = whole.split("${").skip(1).filter_map(|rest| rest.split_once('.').map(|(name, _)| name));
    let conditions = steps.iter().filter_map(|step| step.get("when")?.as_object()).flat_map(Map::keys);
    let conditions = conditions.filter_map(|name| name.split_once('.').map(|(name, _)| name));
    let used: HashSet<String> = variables.chain(conditions).map(str::to_owned).collect();
    for step in steps.iter_mut().filter_map(Value::as_object_mut) {
        if step.get("as").and_then(Value::as_str).is_some_and(|name| !used.contains(name)) {
            step.shift_remove("as");
        }
    }
}

/// The first user of a list is deactivated.
fn is_inactive(body: &str) -> bool {
    let list: Option<Value> = serde_json::from_str(body).ok();
    list.and_then(|list| list.get("Resources")?.get(0)?.get("active")?.as_bool()) == Some(false)
}
