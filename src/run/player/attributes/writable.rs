//! `each-attribute`: writes every attribute that the target's schemas declare, and looks what becomes of each.
//!
//! All attributes are written at once. Where a target refuses that, each half is
//! tried, and so on; what it loses is tried once more by itself. A value that is
//! refused alone proves nothing, one that is accepted and not there is a finding.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::trial::{Kind, Trial, trials};
use crate::finding::Source;
use crate::http::{Answer, Method, Request, Response, Sender};
use crate::run::own::address::{Resource, id_of};
use crate::run::player::expect::Mismatch;
use crate::run::player::resource::{filtered, group_body, neutral, neutral_with, quoted, user_body};
use crate::run::player::{End, Player};
use crate::scenario::{Create, EachAttribute, Step};
use crate::scim::{name, urn};

/// One way to write attributes, and what must be there then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// POST with the first values.
    Create,
    /// PATCH: add the first values.
    Add,
    /// PATCH: replace them with the second ones.
    Replace,
    /// PATCH: remove them.
    Remove,
    /// PUT with the first values.
    Put,
    /// PUT with `null`.
    Clear,
}

impl Change {
    const fn all(by: Method) -> &'static [Self] {
        match by {
            Method::Post => &[Self::Create],
            Method::Put => &[Self::Put, Self::Clear],
            _ => &[Self::Add, Self::Replace, Self::Remove],
        }
    }

    /// Whether nobody gave these attributes a value before.
    const fn gives_the_first(self) -> bool {
        matches!(self, Self::Create | Self::Add | Self::Put)
    }

    /// Whether an attribute can be changed in this way.
    fn suits(self, trial: &Trial) -> bool {
        let may_change = self == Self::Create || !trial.is_immutable;
        may_change
            && match self {
                Self::Create | Self::Add | Self::Put => true,
                Self::Replace => trial.has_second(),
                Self::Remove | Self::Clear => trial.can_be_absent(),
            }
    }

    /// The value that must be there then.
    fn wanted(self, trial: &Trial) -> Option<Value> {
        match self {
            Self::Create | Self::Add | Self::Put => Some(trial.value(0)),
            Self::Replace => Some(trial.value(1)),
            Self::Remove | Self::Clear => None,
        }
    }

    /// As an operation of a PATCH.
    fn operation(self, trial: &Trial) -> Value {
        let op = match self {
            Self::Remove => return json!({"op": "remove", "path": trial.path}),
            Self::Replace => "replace",
            _ => "add",
        };
        json!({"op": op, "path": trial.path, "value": self.wanted(trial)})
    }
}

/// What was written, and what is there now.
struct Written {
    answer: Arc<Response>,
    /// Position of the request.
    exchange: usize,
    after: Value,
}

impl Player {
    pub(in crate::run::player) async fn play_each_attribute(
        &mut self,
        step: &Step,
        each: &EachAttribute,
    ) -> Result<(), End> {
        let mut left = self.declared(each).await?;
        if left.is_empty() {
            self.proof.undecided += 1;
            return Ok(());
        }
        if let Some(which) = each.which {
            return self.try_special(step, each, which, &left).await;
        }
        // The resource that is changed; of a create, what the target adds by itself.
        let body = self.body_of(each, 0)?;
        let credential = self.wire.site.credential();
        self.wire.sender = Sender::Harness;
        let created = self.prepare(neutral_with(Method::Post, collection(each), &body), &credential).await?;
        let path = self.created(each, created, &step.label)?;
        let filled_in = unsent(&self.shown(&path).await?, &body);
        for change in Change::all(each.by) {
            left = self.try_change(step, each, *change, &path, &filled_in, left).await?;
        }
        Ok(())
    }

    /// What the target's documents let a client write.
    async fn declared(&mut self, each: &EachAttribute) -> Result<Vec<Trial>, End> {
        let schemas = self.read("/Schemas").await?;
        let Some(schemas) = schemas.json().filter(|_| schemas.status == 200).cloned() else {
            return Err(End::Inconclusive(format!("/Schemas answered {}", schemas.status)));
        };
        let types = self.read("/ResourceTypes").await?;
        let types = types.json().filter(|_| types.status == 200).cloned();
        let schema = if each.is_group { urn::CORE_GROUP } else { urn::CORE_USER };
        let kind = Kind { schema, types: types.as_ref(), schemas: &schemas };
        Ok(trials(&kind, each.which, &self.knowledge.attribute_values, &self.disguise.mark))
    }

    /// Makes one change to all attributes it suits; gives those that may be changed further.
    async fn try_change(
        &mut self,
        step: &Step,
        each: &EachAttribute,
        change: Change,
        path: &str,
        filled_in: &Value,
        left: Vec<Trial>,
    ) -> Result<Vec<Trial>, End> {
        let (due, mut kept): (Vec<Trial>, Vec<Trial>) = left.into_iter().partition(|trial| change.suits(trial));
        let mut before = self.shown(path).await?;
        let mut groups = vec![due];
        let mut number = 0;
        while let Some(mut group) = groups.pop() {
            if group.is_empty() {
                continue;
            }
            number += 1;
            let request = self.request(each, change, &group, path, &before, number)?;
            let written = self.write(each, change, path, request).await?;
            let is_alone = group.len() == 1;
            if !written.answer.is_success() {
                // A refusal alone says that the value was not to the target's liking, which is its right.
                if !is_alone {
                    groups.push(group.split_off(group.len() / 2));
                    groups.push(group);
                }
                continue;
            }
            for trial in group {
                let wanted = change.wanted(&trial);
                match trial.lost(wanted.as_ref(), &before, &written.after, &self.disguise) {
                    None => kept.push(trial),
                    Some(_) if is_alone && change.gives_the_first() && trial.is_filled_in(&before) => continue,
                    // What a server fills in for everybody comes back when it is taken away.
                    Some(_) if is_alone && wanted.is_none() && trial.is_shown(filled_in) => continue,
                    Some(mismatch) if is_alone => self.lost(step, written.exchange, mismatch),
                    Some(_) => {
                        groups.push(vec![trial]);
                        continue;
                    }
                }
                self.proof.decided += 1;
            }
            if change != Change::Create {
                before = written.after;
            }
        }
        self.proof.undecided += 1;
        Ok(kept)
    }

    pub(super) fn lost(&mut self, step: &Step, exchange: usize, mismatch: Mismatch) {
        let mut finding = self.finding(step, Source::Expectation);
        finding.place.exchange = Some(exchange);
        self.findings.push(mismatch.into_finding(finding));
    }

    /// Sends one write, and reads what is there then.
    async fn write(
        &mut self,
        each: &EachAttribute,
        change: Change,
        path: &str,
        request: Request,
    ) -> Result<Written, End> {
        let (answer, exchange) = self.send_as(request, Sender::Scenario).await?;
        if !answer.is_success() {
            return Ok(Written { answer, exchange, after: Value::Null });
        }
        if change != Change::Create {
            let after = self.shown(path).await?;
            return Ok(Written { answer, exchange, after });
        }
        let path = self.created(each, Ok(Arc::clone(&answer)), "creating with attributes")?;
        let after = self.shown(&path).await?;
        self.look_up(each, &after).await?;
        // It holds a seat, and values that may be there once only.
        let _ = self.wire.exchange(neutral(Method::Delete, &path)).await?;
        Ok(Written { answer, exchange, after })
    }

    /// Finds it by its name: that a list shows the same is what `res/same-everywhere` looks at.
    async fn look_up(&mut self, each: &EachAttribute, shown: &Value) -> Result<(), End> {
        let attribute = if each.is_group { "displayName" } else { "userName" };
        if let Some(name) = name::get_in(shown, attribute).and_then(Value::as_str) {
            self.read(&filtered(collection(each), &format!("{attribute} eq {}", quoted(name)))).await?;
        }
        Ok(())
    }

    /// The answer, and the position of the exchange.
    pub(in crate::run::player) async fn send_as(
        &mut self,
        request: Request,
        sender: Sender,
    ) -> Result<(Arc<Response>, usize), End> {
        self.wire.sender = sender;
        let answer = self.wire.exchange(request).await?;
        self.wire.sender = Sender::Harness;
        let exchange = self.wire.transcript.exchanges.len().saturating_sub(1);
        Ok((Self::answered(answer, "writing attributes")?, exchange))
    }

    /// The write that makes a change to these attributes.
    fn request(
        &self,
        each: &EachAttribute,
        change: Change,
        group: &[Trial],
        path: &str,
        before: &Value,
        number: usize,
    ) -> Result<Request, End> {
        let with_values = |mut body: Map<String, Value>| {
            for trial in group {
                trial.put_into(&mut body, change.wanted(trial).unwrap_or_default());
            }
            Value::Object(body)
        };
        let members = |value: Value| value.as_object().cloned().unwrap_or_default();
        Ok(match change {
            Change::Create => {
                let body = with_values(members(self.body_of(each, number)?));
                self.as_taken(neutral_with(Method::Post, collection(each), &body))
            }
            Change::Put | Change::Clear => neutral_with(Method::Put, path, &with_values(replacement(before))),
            Change::Add | Change::Replace | Change::Remove => {
                let operations: Vec<Value> = group.iter().map(|trial| change.operation(trial)).collect();
                patch_with(path, &operations)
            }
        })
    }

    /// The least resource of its kind, with a name of its own.
    pub(super) fn body_of(&self, each: &EachAttribute, number: usize) -> Result<Value, End> {
        let unknown = || End::Broken(format!("nothing in the directory is called `{}`", each.key));
        let name = format!("attributes-{number}");
        if each.is_group {
            let mut group = self.directory.groups.get(&each.key).cloned().ok_or_else(unknown)?;
            group.display_name = format!("{}{name}", self.disguise.mark);
            return Ok(group_body(&group, &Create::of_person(""), &[]));
        }
        let mut person = self.directory.people.get(&each.key).cloned().ok_or_else(unknown)?;
        for attribute in ["userName", "email"] {
            person.attributes.insert(attribute.to_owned(), Value::String(self.address_of_nobody(&name)));
        }
        Ok(user_body(&person, &Create::of_person(""), &self.knowledge))
    }

    /// The path of what a create made.
    pub(super) fn created(&self, each: &EachAttribute, answer: Answer, what: &str) -> Result<String, End> {
        let answer = Self::answered(answer, what)?;
        let id = answer.json().filter(|_| answer.is_success()).and_then(id_of);
        let id = id.ok_or_else(|| End::Inconclusive(format!("{what}: a create answered {}", answer.status)))?;
        Ok(Resource::new(self.collection_of(&each.key), &id).path())
    }

    pub(super) async fn shown(&mut self, path: &str) -> Result<Value, End> {
        let response = self.read(path).await?;
        match response.json().filter(|_| response.is_success()) {
            Some(resource) => Ok(resource.clone()),
            None => Err(End::Inconclusive(format!("reading {path} answered {}", response.status))),
        }
    }
}

/// What a PUT sends back of a resource: all but what clients cannot write.
pub(super) fn replacement(shown: &Value) -> Map<String, Value> {
    let mut body = shown.as_object().cloned().unwrap_or_default();
    for read_only in ["meta", "groups"] {
        name::remove(&mut body, read_only);
    }
    body
}

pub(super) fn patch_with(path: &str, operations: &[Value]) -> Request {
    neutral_with(Method::Patch, path, &json!({"schemas": [urn::PATCH_OP], "Operations": operations}))
}

pub(super) const fn collection(each: &EachAttribute) -> &'static str {
    if each.is_group { "/Groups" } else { "/Users" }
}

/// What a resource shows that nobody sent; within the containers of extensions too.
fn unsent(shown: &Value, sent: &Value) -> Value {
    let mut left = shown.as_object().cloned().unwrap_or_default();
    for (attribute, value) in sent.as_object().into_iter().flatten() {
        let shown = name::remove(&mut left, attribute);
        if let Some(shown) = shown.filter(|shown| shown.is_object() && attribute.starts_with("urn:")) {
            left.insert(attribute.clone(), unsent(&shown, value));
        }
    }
    Value::Object(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_sent_is_what_the_server_fills_in() {
        let shown = json!({"id": "1", "userName": "a", "urn:x:y": {"team": "Red", "number": "0047"}});
        let sent = json!({"username": "a", "urn:x:y": {"team": "Red"}});
        assert_eq!(unsent(&shown, &sent), json!({"id": "1", "urn:x:y": {"number": "0047"}}));
    }
}
