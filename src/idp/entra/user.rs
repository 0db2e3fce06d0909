//! One user: match or create, update, leave.
//!
//! As "How application provisioning works" tells it: a linked user is read by
//! its id and changed where it differs; an unlinked one in scope is looked up
//! by each matching attribute in order of precedence, then created.

use serde_json::{Map, Value};

use super::diff;
use super::lookup::{self, Found, Question};
use super::memory::State;
use super::pass::{Done, Pass, Stop};
use super::patch::{Change, Writer};
use super::reaction;
use super::references::manager_of;
use super::requests::{Requests, in_order};
use super::{Entra, TARGET, USERS};
use crate::idp::mapping::{Entry, Source};
use crate::idp::{OutcomeKind, Person, Port};

/// Attributes that older jobs sent as explicit nulls (second documented sample of a create).
const NULLS: [&str; 6] = ["addresses", "phoneNumbers", "preferredLanguage", "title", "department", "manager"];

/// A person, and the account at the target that the job has linked to the person.
#[derive(Clone, Copy)]
pub(super) struct Linked<'a> {
    /// The person's key in the directory.
    pub(super) key: &'a str,
    /// The SCIM id of the account.
    pub(super) id: &'a str,
    pub(super) person: &'a Person,
}

impl Entra {
    /// Brings the target in line with one person.
    pub(super) async fn synchronise_user<P: Port>(&mut self, key: &str, pass: &mut Pass<'_, P>) -> Result<Done, Stop> {
        let directory = pass.directory;
        let Some(person) = directory.people.get(key) else {
            return Ok(Done::skipped("The user is not in the directory."));
        };
        match self.memory.links.id(key).map(str::to_owned) {
            None if person.in_scope() => self.match_or_create(key, person, pass).await,
            // Nothing to disable either (ENTRA-Q22).
            None => Ok(Done::skipped(format!("User '{}' is not in scope.", self.name_of(person)))),
            Some(id) if person.in_scope() => self.update_user(Linked { key, id: &id, person }, pass).await,
            Some(id) => self.leave(Linked { key, id: &id, person }, pass).await,
        }
    }

    /// Looks for the user by each matching attribute; creates it when none finds anybody.
    async fn match_or_create<P: Port>(
        &mut self,
        key: &str,
        person: &Person,
        pass: &mut Pass<'_, P>,
    ) -> Result<Done, Stop> {
        let mapping = self.mapping.clone();
        let value_of = |entry: &Entry| entry.source.value(person, &self.memory.links).as_str().map(str::to_owned);
        let matching: Vec<_> =
            mapping.user.matching().into_iter().filter_map(|entry| Some((&entry.target, value_of(entry)?))).collect();
        if matching.is_empty() {
            let reason = "The user is missing the matching property defined in the attribute mappings.";
            return Ok(Done::skipped_as("ImportSkipped", reason));
        }
        for (target, value) in &matching {
            let question = Question { collection: USERS, target, value };
            match lookup::find(question, Requests(&self.settings), pass).await? {
                Found::Nobody => {}
                Found::One(resource) => return self.link_user(key, person, resource, pass).await,
                Found::Several => return Err(duplicate()),
            }
        }
        self.create_user(key, person, pass).await
    }

    /// A user that was there already belongs to the person now (E-LINK), and is changed where it differs.
    async fn link_user<P: Port>(
        &mut self,
        key: &str,
        person: &Person,
        resource: Map<String, Value>,
        pass: &mut Pass<'_, P>,
    ) -> Result<Done, Stop> {
        let id = lookup::id_of(&resource).unwrap_or_default().to_owned();
        self.memory.link_user(key, &id, manager_of(&resource));
        self.linked_into_groups(key, pass.directory);
        let resource = if self.settings.reread_after_match { self.read_user(&id, pass).await? } else { resource };
        self.change_user(Linked { key, id: &id, person }, &resource, pass).await?;
        let message = format!("User '{}' was found in {TARGET} and linked", self.name_of(person));
        Ok(Done::new(OutcomeKind::Linked, message))
    }

    /// Creates the user (E-ASSIGN). References are not part of it.
    async fn create_user<P: Port>(&mut self, key: &str, person: &Person, pass: &mut Pass<'_, P>) -> Result<Done, Stop> {
        let body = self.new_user(person);
        let response = pass.send(Requests(&self.settings).create(USERS, body)).await?;
        let created = response.json().and_then(Value::as_object).and_then(lookup::id_of);
        let id = created.ok_or_else(|| reaction::unreadable(reaction::INCOMPATIBLE, &response))?;
        self.memory.link_user(key, id, None);
        self.linked_into_groups(key, pass.directory);
        let message = format!("User '{}' was created in {TARGET}", self.name_of(person));
        Ok(Done::new(OutcomeKind::Provisioned, message))
    }

    /// The body of a create: members in the order of Microsoft's samples, `active` a real boolean there.
    fn new_user(&self, person: &Person) -> Map<String, Value> {
        let mut pairs = self.mapping.user.pairs(person, &self.memory.links);
        pairs.retain(|pair| !matches!(pair.entry.source, Source::Reference(_)));
        let mut body = Map::new();
        self.mapping.user.write(&mut body, &pairs);
        if self.settings.post_active_string
            && let Some(active) = body.get_mut("active")
        {
            *active = (if active == &Value::Bool(true) { "True" } else { "False" }).into();
        }
        let mut body = in_order(body, &self.settings.create_order);
        if self.settings.post_nulls {
            for name in NULLS {
                body.entry(name).or_insert(Value::Null);
            }
        }
        body
    }

    /// A linked user in scope: read, and changed where it differs (E-NAME, E-EMAIL, E-ATTR, E-ENABLE, E-RESTORE).
    async fn update_user<P: Port>(&mut self, linked: Linked<'_>, pass: &mut Pass<'_, P>) -> Result<Done, Stop> {
        let Linked { key, id, person } = linked;
        if pass.on_demand && self.memory.accounts.get(key).is_some_and(|account| account.state == State::Recycled) {
            return Ok(Done::skipped("Provisioning on demand does not restore a previously soft-deleted user."));
        }
        let resource = self.read_user(id, pass).await?;
        if let Some(account) = self.memory.accounts.get_mut(key) {
            account.manager = manager_of(&resource);
        }
        let changed = self.change_user(linked, &resource, pass).await?;
        let name = self.name_of(person);
        Ok(if changed {
            Done::new(OutcomeKind::Updated, format!("User '{name}' was updated in {TARGET}"))
        } else {
            Done::skipped(format!("User '{name}' needs no change in {TARGET}"))
        })
    }

    /// Sends what differs, in one PATCH. The next cycle reads the user again, because an accepted change may still
    /// be pending: an address that has to be verified shows its old value, and the same PATCH goes out again.
    async fn change_user<P: Port>(
        &mut self,
        Linked { key, id, person }: Linked<'_>,
        resource: &Map<String, Value>,
        pass: &mut Pass<'_, P>,
    ) -> Result<bool, Stop> {
        let mut changes = diff::changes(&self.mapping.user.changes(person, &self.memory.links), resource);
        if pass.confirming {
            // What the target never showed, it does not keep: sent once is enough.
            changes.retain(|change| !change.is_new);
        }
        if !changes.is_empty() {
            self.patch_user(id, &changes, pass).await?;
        }
        if let Some(account) = self.memory.accounts.get_mut(key) {
            account.managed = true;
            account.state = State::Active;
            account.unconfirmed = !changes.is_empty();
        }
        Ok(!changes.is_empty())
    }

    /// One PATCH with these changes.
    pub(super) async fn patch_user<P: Port>(
        &self,
        id: &str,
        changes: &[Change],
        pass: &mut Pass<'_, P>,
    ) -> Result<(), Stop> {
        let body = Writer::new(pass.style, &self.settings).changes(changes);
        pass.send(Requests(&self.settings).patch(USERS, id, &body)).await?;
        Ok(())
    }

    /// Reads a linked user. A user that is gone is not created again: only a full restart matches anew.
    pub(super) async fn read_user<P: Port>(
        &self,
        id: &str,
        pass: &mut Pass<'_, P>,
    ) -> Result<Map<String, Value>, Stop> {
        let answer = pass.exchange(Requests(&self.settings).user(id)).await?;
        lookup::known(answer, id, "user")
    }

    /// What the log calls a person: the first matching attribute.
    pub(super) fn name_of(&self, person: &Person) -> String {
        let first = self.mapping.user.matching().first().map(|entry| entry.source.value(person, &self.memory.links));
        first.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

fn duplicate() -> Stop {
    let reason = "The operation couldn't be completed because more than one user in the target application was found \
                  with the configured matching attributes. Remove the duplicate user from the target application, or \
                  reconfigure your attribute mappings.";
    Stop::needs_admin(reaction::DUPLICATE_TARGET, reason)
}
