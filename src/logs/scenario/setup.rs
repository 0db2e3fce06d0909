//! What must be there before the first request, and where each id comes from.

use serde_json::{Value, json};

use super::answer::{is_list, json_body};
use super::cast::Cast;
use super::literals::{filter, literals, quoted};
use super::prepare::NOBODY;
use crate::http::{Method, percent};
use crate::logs::infer::{Step, UNKNOWN_ID};
use crate::scim::urn;

/// Steps that set the stage, and the variables of ids.
#[derive(Debug, Default)]
pub(super) struct Setup {
    /// Steps as the file has them.
    pub(super) steps: Vec<Value>,
    /// Ids of the customer's endpoint, and the variables that hold ours.
    pub(super) ids: Vec<(String, String)>,
    /// Users made here.
    pub(super) users: usize,
}

/// The name under which a step's answer is kept.
pub(super) fn name_of(steps: &[Step], at: usize) -> String {
    let word = |step: &Step| match step.request.method {
        Method::Post => "create",
        Method::Put => "replace",
        Method::Patch => "change",
        Method::Delete => "delete",
        _ if is_list(step) => "lookup",
        _ => "read",
    };
    let own = word(&steps[at]);
    match steps[..at].iter().filter(|step| word(step) == own).count() {
        0 => own.to_owned(),
        before => format!("{own}{}", before + 1),
    }
}

impl Setup {
    /// Everything that the requests take for granted. `is_inactive`: the person was deactivated before.
    pub(super) fn of(steps: &[Step], cast: &mut Cast, is_inactive: bool) -> Self {
        let mut setup = Self::default();
        if steps.iter().any(|step| step.request.body.as_ref().is_some_and(|body| names_nobody(body))) {
            let own = cast.first().map(str::to_owned);
            let key = own.unwrap_or_else(|| cast.stranger());
            setup.person(&key);
            setup.learn(NOBODY, format!("${{{key}.id}}"));
        }
        for (at, step) in steps.iter().enumerate() {
            if let Some(id) = id_of(&step.request.path) {
                setup.known(&id, step, steps, at, cast);
            }
            if is_list(step) && step.total.is_some_and(|total| total > 0) {
                setup.found(step, steps, at, cast);
            }
            if step.request.method == Method::Post && step.status.is_some_and(|status| status < 300) {
                let name = name_of(steps, at);
                let id = json_body(step).and_then(|body| body.get("id")?.as_str().map(str::to_owned));
                let id = id.unwrap_or_else(|| UNKNOWN_ID.to_owned());
                setup.learn(&id, format!("${{{name}.body.id}}"));
            }
        }
        if is_inactive && setup.users > 0 {
            let operation = json!([{ "op": "replace", "path": "active", "value": false }]);
            let body = json!({ "schemas": [urn::PATCH_OP], "Operations": operation });
            let path = setup.ids.iter().find(|(_, variable)| variable.ends_with(".id}") && !variable.contains("body"));
            if let Some((_, variable)) = path {
                setup.steps.push(json!({ "request": { "PATCH": format!("/Users/{variable}"), "body": body } }));
            }
        }
        setup
    }

    fn learn(&mut self, id: &str, variable: String) {
        if !self.ids.iter().any(|(known, _)| known == id) {
            self.ids.push((id.to_owned(), variable));
        }
    }

    /// A path names an id: it was captured before, or somebody must be there who has it.
    fn known(&mut self, id: &str, step: &Step, steps: &[Step], at: usize, cast: &mut Cast) {
        if self.ids.iter().any(|(known, _)| known == id) {
            return;
        }
        if self.shown(json_body(step).as_ref(), steps, at, cast) {
            return;
        }
        if step.request.path.starts_with("/Groups") {
            let key = self.group(cast);
            return self.learn(id, format!("${{{key}.id}}"));
        }
        // After a create that failed, a lookup that finds somebody tells the id.
        let found = steps[..at].iter().rposition(|step| is_list(step) && step.total.is_some_and(|total| total > 0));
        if let Some(found) = found.filter(|found| is_created_before(steps, *found)) {
            return self.learn(id, format!("${{{}.body.Resources.0.id}}", name_of(steps, found)));
        }
        let own = cast.first().map(str::to_owned);
        let is_posted = steps.iter().any(|step| {
            step.request.method == Method::Post
                && literals(&step.request).iter().any(|literal| cast.key_of(&literal.value) == own.as_deref())
        });
        let key = own.filter(|_| !is_posted && self.users == 0).unwrap_or_else(|| cast.stranger());
        self.person(&key);
        self.learn(id, format!("${{{key}.id}}"));
    }

    /// A lookup finds somebody who is not created here.
    fn found(&mut self, step: &Step, steps: &[Step], at: usize, cast: &mut Cast) {
        let list = json_body(step);
        if self.shown(list.as_ref().and_then(|list| list.get("Resources")?.get(0)), steps, at, cast) {
            return;
        }
        if step.request.path.starts_with("/Groups") {
            return self.found_group(step, cast);
        }
        if is_created_before(steps, at) || self.users > 0 || !step.request.path.starts_with("/Users") {
            return;
        }
        let name = filter(&step.request).and_then(|filter| quoted(&filter).first().map(|(_, value, _)| value.clone()));
        let key = name.and_then(|name| cast.key_of(&name)).or(cast.first()).unwrap_or("p1").to_owned();
        self.person(&key);
        let body = json_body(step);
        let resources = body.as_ref().and_then(|body| body.get("Resources")?.as_array());
        let id = resources.and_then(|all| all.first()?.get("id")?.as_str());
        self.learn(id.unwrap_or(UNKNOWN_ID), format!("${{{key}.id}}"));
    }

    /// An answer shows a whole resource: it was captured before, or it is made, unless the requests make it. Whether that
    /// says where its id comes from.
    fn shown(&mut self, resource: Option<&Value>, steps: &[Step], at: usize, cast: &Cast) -> bool {
        let text = |name: &str| resource.and_then(|resource| resource.get(name)?.as_str());
        let Some(id) = text("id") else { return false };
        if self.ids.iter().any(|(known, _)| known == id) {
            return true;
        }
        let (kind, name) = match (text("userName"), text("displayName")) {
            (Some(name), _) => ("user", name),
            (None, Some(name)) => ("group", name),
            _ => return false,
        };
        let is_posted = steps[..at].iter().any(|step| {
            step.request.method == Method::Post && literals(&step.request).iter().any(|literal| literal.value == name)
        });
        let key = if kind == "user" { cast.key_of(name) } else { cast.key_of_group(name) };
        let Some(key) = key.filter(|_| !is_posted) else { return false };
        let create = json!({ "create": { kind: key } });
        if !self.steps.contains(&create) {
            self.steps.push(create);
            self.users += usize::from(kind == "user");
        }
        self.learn(id, format!("${{{key}.id}}"));
        true
    }

    fn found_group(&mut self, step: &Step, cast: &mut Cast) {
        let key = self.group(cast);
        let id = json_body(step).and_then(|body| body.get("Resources")?.get(0)?.get("id")?.as_str().map(str::to_owned));
        self.learn(id.as_deref().unwrap_or(UNKNOWN_ID), format!("${{{key}.id}}"));
    }

    fn group(&mut self, cast: &mut Cast) -> String {
        let key = cast.group();
        let create = json!({ "create": { "group": key } });
        if !self.steps.contains(&create) {
            self.steps.push(create);
        }
        key
    }

    fn person(&mut self, key: &str) {
        self.steps.push(json!({ "create": { "user": key } }));
        self.users += 1;
    }
}

/// Somebody was created, or was to be, before this step.
fn is_created_before(steps: &[Step], at: usize) -> bool {
    steps[..at].iter().any(|step| step.request.method == Method::Post && step.request.path == "/Users")
}

fn names_nobody(body: &[u8]) -> bool {
    String::from_utf8_lossy(body).contains(NOBODY)
}

/// The id in a path, decoded.
pub(super) fn id_of(path: &str) -> Option<String> {
    let mut parts = path.trim_matches('/').split('/');
    let (collection, id) = (parts.next()?, parts.next()?);
    (matches!(collection, "Users" | "Groups") && !id.starts_with('.')).then(|| percent::decode(id))
}
