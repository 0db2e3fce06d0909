//! People: found or made, updated, deactivated or deleted, as the knobs say.

use serde_json::{Map, Value, json};

use super::Generic;
use super::call::{failed, outcome};
use super::knobs::{Leave, OnConflict, OnMissing, Update};
use super::request::USERS;
use crate::idp::mapping::{Pair, When, member};
use crate::idp::wire::{Stop, scim_id};
use crate::idp::{Directory, Outcome, OutcomeKind, Person, Port};

impl Generic {
    /// Brings the account of a person to where the directory wants it.
    pub(super) async fn reconcile<P: Port>(
        &mut self,
        key: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let Some(person) = directory.people.get(key) else { return Ok(skipped(key)) };
        let linked = self.links.id(key).map(str::to_owned);
        match (person.in_scope(), linked) {
            (true, Some(id)) => self.update_whole(key, person, &id, port).await,
            (true, None) => self.acquire(key, person, port).await,
            (false, Some(id)) => {
                let how = if person.purged { self.knobs.purge } else { self.knobs.unassign };
                self.leave(key, person, &id, how, port).await
            }
            (false, None) => Ok(skipped(key)),
        }
    }

    /// No account is known: look for one, or make one.
    async fn acquire<P: Port>(&mut self, key: &str, person: &Person, port: &mut P) -> Result<Outcome, Stop> {
        if self.knobs.look_up
            && let Some(id) = self.look_for(USERS, key, person, port).await?
        {
            return self.adopt(key, person, &id, port).await;
        }
        let body = self.mapping.user.create_body(person, &self.links);
        let doing = format!("creating {}", name(person, key));
        let answer = self.call(port, self.post(USERS, body)).await?;
        let conflict = answer.as_ref().is_ok_and(|response| response.status == 409);
        if conflict
            && self.knobs.on_conflict == OnConflict::Adopt
            && let Some(id) = self.look_for(USERS, key, person, port).await?
        {
            return self.adopt(key, person, &id, port).await;
        }
        let created = answer.as_ref().ok().filter(|response| response.is_success());
        let Some(created) = created else { return Err(failed(key, &doing, &answer)) };
        let Some(id) = scim_id(created) else {
            return Err(Stop::Recorded(outcome(key, &doing, "the answer has no id")));
        };
        self.links.link(key, &id);
        Ok(Outcome::of(OutcomeKind::Provisioned, key, ""))
    }

    async fn adopt<P: Port>(&mut self, key: &str, person: &Person, id: &str, port: &mut P) -> Result<Outcome, Stop> {
        self.links.link(key, id);
        let mut outcome = self.update_whole(key, person, id, port).await?;
        if outcome.kind == OutcomeKind::Updated {
            outcome.kind = OutcomeKind::Linked;
        }
        Ok(outcome)
    }

    async fn update_whole<P: Port>(
        &mut self,
        key: &str,
        person: &Person,
        id: &str,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        self.update(key, person, id, &[], port).await
    }

    /// Some directory attributes changed.
    pub(super) async fn change<P: Port>(
        &mut self,
        key: &str,
        changes: &Map<String, Value>,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let (Some(person), Some(id)) = (directory.people.get(key), self.links.id(key).map(str::to_owned)) else {
            return Ok(skipped(key));
        };
        let names: Vec<&str> = changes.keys().map(String::as_str).collect();
        let concerned = self.mapping.user.entries.iter().any(|entry| names.iter().any(|name| entry.source.reads(name)));
        if !concerned || !person.in_scope() {
            return Ok(skipped(key));
        }
        self.update(key, person, &id, &names, port).await
    }

    /// `names` empty: everything that is mapped.
    async fn update<P: Port>(
        &mut self,
        key: &str,
        person: &Person,
        id: &str,
        names: &[&str],
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let request = match self.user_update() {
            Update::Put => self.put(USERS, id, self.whole(person, id)),
            style => self.patch(USERS, id, &self.operations(person, names, style)),
        };
        let answer = self.call(port, request).await?;
        let status = answer.as_ref().map_or(0, |response| response.status);
        if status == 404 && self.knobs.on_missing == OnMissing::Create {
            self.links.unlink(key);
            return Box::pin(self.acquire(key, person, port)).await;
        }
        if !(200..300).contains(&status) {
            return Err(failed(key, &format!("updating {}", name(person, key)), &answer));
        }
        self.inactive.remove(key);
        Ok(Outcome::of(OutcomeKind::Updated, key, ""))
    }

    async fn leave<P: Port>(
        &mut self,
        key: &str,
        person: &Person,
        id: &str,
        how: Leave,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        if how == Leave::Nothing || (how == Leave::Deactivate && self.inactive.contains(key)) {
            return Ok(skipped(key));
        }
        if how == Leave::Delete {
            let doing = format!("deleting {}", name(person, key));
            let answer = self.call(port, self.delete(USERS, id)).await?;
            return match &answer {
                Ok(response) if response.is_success() || response.status == 404 => {
                    self.links.unlink(key);
                    self.inactive.remove(key);
                    Ok(Outcome::of(OutcomeKind::Deleted, key, ""))
                }
                _ => Err(failed(key, &doing, &answer)),
            };
        }
        let request = match self.user_update() {
            Update::Put => {
                let mut body = self.whole(person, id);
                body.entry("active").or_insert(Value::Bool(false));
                self.put(USERS, id, body)
            }
            Update::Patch => self.patch(USERS, id, &[json!({ "op": "replace", "path": "active", "value": false })]),
            Update::Merge => self.patch(USERS, id, &[json!({ "op": "replace", "value": { "active": false } })]),
        };
        self.must(port, request, key, &format!("deactivating {}", name(person, key))).await?;
        self.inactive.insert(key.to_owned());
        Ok(Outcome::of(OutcomeKind::Deactivated, key, ""))
    }

    /// PATCH only where it is there.
    fn user_update(&self) -> Update {
        if self.patch_is_off() { Update::Put } else { self.knobs.update }
    }

    /// The body of a PUT; a mapping that has `id` gets the real one.
    pub(super) fn whole(&self, person: &Person, id: &str) -> Map<String, Value> {
        let mut body = self.mapping.user.replace_body(person, &self.links);
        if let Some(slot) = body.get_mut("id") {
            *slot = id.into();
        }
        body
    }

    fn operations(&self, person: &Person, names: &[&str], style: Update) -> Vec<Value> {
        let concerned = |pair: &Pair<'_>| {
            names.is_empty()
                || names.iter().any(|name| pair.entry.source.reads(name))
                || pair.entry.source.is_constant()
        };
        if style == Update::Merge {
            let mut pairs = self.mapping.user.pairs(person, &self.links);
            pairs.retain(|pair| matches!(pair.entry.when, When::Always | When::Whole) && concerned(pair));
            let mut value = Map::new();
            self.mapping.user.write(&mut value, &pairs);
            value.shift_remove("schemas");
            return vec![json!({ "op": "replace", "value": value })];
        }
        let mut pairs = self.mapping.user.changes(person, &self.links);
        pairs.retain(|pair| concerned(pair) && !(names.is_empty() && pair.value.is_null()));
        pairs.iter().map(operation).collect()
    }
}

/// One attribute: an emptied one is removed.
fn operation(pair: &Pair<'_>) -> Value {
    let path = pair.entry.target.to_string();
    if pair.value.is_null() {
        return json!({ "op": "remove", "path": path });
    }
    json!({ "op": "replace", "path": path, "value": pair.value })
}

/// The name of a person in an outcome.
fn name<'a>(person: &'a Person, key: &'a str) -> &'a str {
    person.text("userName").unwrap_or(key)
}

pub(super) fn skipped(key: &str) -> Outcome {
    Outcome::of(OutcomeKind::Skipped, key, "")
}

/// Whether a resource is active; one that does not say is.
pub(super) fn is_active(resource: &Value) -> bool {
    resource.as_object().and_then(|resource| member(resource, "active")).and_then(Value::as_bool) != Some(false)
}
