//! People: found or made, updated, deactivated or deleted, as the knobs say.

use serde_json::{Map, Value, json};

use super::call::{failed, outcome};
use super::knobs::{Leave, LookUp, OnConflict, OnMissing, Update};
use super::provider::Generic;
use super::request::USERS;
use crate::idp::mapping::{Pair, Target, When, member};
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
        if let Some(id) = self.look_for(USERS, self.knobs.look_up, key, person, port).await? {
            return self.adopt(key, person, &id, port).await;
        }
        let body = self.mapping.user.create_body(person, &self.links);
        let doing = format!("creating {}", name(person, key));
        let answer = self.call(port, self.post(USERS, body)).await?;
        let conflict = answer.as_ref().is_ok_and(|response| response.status == 409);
        if conflict
            && self.knobs.on_conflict == OnConflict::Adopt
            && let Some(id) = self.look_for(USERS, LookUp::Filter, key, person, port).await?
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
        let mut pairs = self.mapping.user.pairs(person, &self.links);
        pairs.retain(|pair| matches!(pair.entry.when, When::Always | When::Whole));
        let chosen: Vec<bool> = pairs.iter().map(|pair| is_chosen(pair, &pairs, names)).collect();
        if style == Update::Merge {
            let mut keep = chosen.iter();
            pairs.retain(|_| keep.next().is_some_and(|keep| *keep));
            let mut value = Map::new();
            self.mapping.user.write(&mut value, &pairs);
            value.shift_remove("schemas");
            return vec![json!({ "op": "replace", "value": value })];
        }
        let mut operations: Vec<Value> = Vec::new();
        let mut done: Vec<String> = Vec::new();
        for (pair, _) in pairs.iter().zip(chosen).filter(|(_, chosen)| *chosen) {
            let target = &pair.entry.target;
            let path = Target { selector: None, sub: target.sub.clone().filter(|_| !is_list(pair)), ..target.clone() };
            let path = path.to_string();
            if path == "schemas" || done.contains(&path) {
                continue;
            }
            // A list goes out whole: to replace a part of it needs an element that may not be there (RFC 7644 §3.5.2.3).
            let value = if is_list(pair) { self.list(target, &pairs) } else { pair.value.clone() };
            if !value.is_null() {
                operations.push(json!({ "op": "replace", "path": path, "value": value }));
            } else if !names.is_empty() {
                operations.push(json!({ "op": "remove", "path": path }));
            }
            done.push(path);
        }
        operations
    }

    /// A multi-valued attribute with all its elements; `null` when the directory has none.
    fn list(&self, target: &Target, pairs: &[Pair<'_>]) -> Value {
        let same = |other: &Target| other.urn == target.urn && other.attribute == target.attribute;
        let parts: Vec<Pair<'_>> = pairs.iter().filter(|pair| same(&pair.entry.target)).cloned().collect();
        let mut body = Map::new();
        self.mapping.user.write(&mut body, &parts);
        let whole = Target { selector: None, sub: None, ..target.clone() };
        whole.get(&body).cloned().unwrap_or_default()
    }
}

/// Whether a pair goes out in a change of these directory attributes; without any, all do.
fn is_chosen(pair: &Pair<'_>, all: &[Pair<'_>], names: &[&str]) -> bool {
    let reads = |pair: &Pair<'_>| names.iter().any(|name| pair.entry.source.reads(name));
    if names.is_empty() {
        return true;
    }
    // A constant goes along with what it stands beside.
    let beside = || all.iter().any(|other| reads(other) && other.entry.target.shares_element(&pair.entry.target));
    reads(pair) || (pair.entry.source.is_constant() && is_list(pair) && beside())
}

/// Whether a pair is a part of an element of a multi-valued attribute.
fn is_list(pair: &Pair<'_>) -> bool {
    pair.entry.target.selector.is_some()
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
