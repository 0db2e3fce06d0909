//! People: assign, update, deactivate (wire notes §1.4 and §6.1).

use serde_json::{Map, Value, json};

use super::app::{Okta, Task};
use super::knobs::{Flavour, ProfileUpdate};
use super::profile::Pushed;
use super::request::{self, Collection::Users};
use super::words::{self, Subject, push_failed, remote, sync_failure};
use crate::http::Response;
use crate::idp::mapping::{Entry, member};
use crate::idp::wire::{Stop, Strictness, equals, read_list, scim_id, stranger};
use crate::idp::{Outcome, OutcomeKind, Person, Port};
use crate::scim::name;

/// Okta reads names in any case and insists on numbers (OKTA-R02).
pub(super) const STRICTNESS: Strictness =
    Strictness { exact_names: false, schemas: false, resources: false, numbers: true };

/// The account a lookup found.
struct Found {
    id: String,
    active: bool,
}

impl Okta {
    /// E-ASSIGN, E-LINK, E-REASSIGN: the lookup decides which.
    pub(super) async fn assign<P: Port>(&mut self, key: &str, person: &Person, port: &mut P) -> Result<Outcome, Stop> {
        if self.links.id(key).is_some() || !person.in_scope() || person.suspended {
            return Ok(Outcome::of(OutcomeKind::Skipped, key, ""));
        }
        self.tasks.insert(key.to_owned(), Task::Provision);
        let login = self.login(person);
        let who = Subject { key, name: &login };
        let known = self.logins.get(key).filter(|_| self.knobs.stale_lookup).cloned();
        let asked = Subject { key, name: known.as_deref().unwrap_or(&login) };
        let outcome = match self.look_up_user(asked, port).await? {
            None => self.create(who, person, port).await?,
            Some(found) => self.link(who, person, &found, port).await?,
        };
        self.tasks.remove(key);
        Ok(outcome)
    }

    /// `GET /Users?filter=…`; none for an empty list and for 404, which Okta takes for the same.
    async fn look_up_user<P: Port>(&self, who: Subject<'_>, port: &mut P) -> Result<Option<Found>, Stop> {
        let Some(unique) = self.unique_attribute() else { return Ok(None) };
        let request = request::look_up(Users, &equals(&unique.target, who.name), self.knobs.encoding);
        let answer = self.call(port, request).await?;
        let response = match &answer {
            Ok(response) if response.status == 404 => return Ok(None),
            Ok(response) if response.is_success() => response,
            _ => {
                let cause = format!("Error while verifying if user {} exists: {}", who.name, remote(&answer));
                return Err(Stop::Recorded(self.provisioning_failed(who, &cause)));
            }
        };
        self.read_lookup(who, unique, response)
    }

    fn read_lookup(&self, who: Subject<'_>, unique: &Entry, response: &Response) -> Result<Option<Found>, Stop> {
        let list = read_list(response, STRICTNESS).map_err(|_| Stop::Recorded(sync_failure(who.key)))?;
        let resources = list.resources.iter().filter_map(Value::as_object);
        for resource in resources {
            if let Some(outcome) = stranger(who.key, resource, &unique.target, who.name) {
                return Err(Stop::Recorded(outcome));
            }
        }
        if list.total.max(list.resources.len() as u64) > 1 {
            let cause = format!("Error while verifying if user {} exists: more than one user matches.", who.name);
            return Err(Stop::Recorded(self.provisioning_failed(who, &cause)));
        }
        if list.total == 0 && list.resources.is_empty() {
            return Ok(None);
        }
        let found = list.resource(0).and_then(|user| {
            let id = member(user, "id")?.as_str().filter(|id| !id.is_empty())?;
            let active = member(user, "active").and_then(Value::as_bool) != Some(false);
            Some(Found { id: id.to_owned(), active })
        });
        found.map(Some).ok_or_else(|| Stop::Recorded(sync_failure(who.key)))
    }

    /// `POST /Users`
    async fn create<P: Port>(&mut self, who: Subject<'_>, person: &Person, port: &mut P) -> Result<Outcome, Stop> {
        let body = self.create_body(person, port.random());
        let failed =
            |cause: &str| self.provisioning_failed(who, &format!("Error while creating user {}: {cause}", who.name));
        let response = self.must(port, request::create(Users, body), |answer| failed(&remote(answer))).await?;
        let Some(id) = scim_id(&response) else {
            let shown = words::display_name(person, who.name);
            let cause = format!("Error while creating user {shown}: Create new user returned empty user.");
            return Err(Stop::Recorded(self.provisioning_failed(who, &cause)));
        };
        self.remember(who, &id);
        Ok(Outcome::of(OutcomeKind::Provisioned, who.key, ""))
    }

    /// An account is there: activate it where that is a request of its own, then push the profile.
    async fn link<P: Port>(
        &mut self,
        who: Subject<'_>,
        person: &Person,
        found: &Found,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let oin = self.knobs.flavour == Flavour::Oin;
        if oin && !found.active {
            let request = request::merge(Users, &found.id, json!({ "active": true }));
            let failed = |answer: &_| {
                let cause = format!("Error while reactivating user {}: {}", who.name, remote(answer));
                self.provisioning_failed(who, &cause)
            };
            self.must(port, request, failed).await?;
        }
        let times = if self.knobs.link_double_write { 2 } else { 1 };
        for _ in 0..times {
            self.push_profile(who, person, &found.id, &Pushed::Whole, port).await?;
        }
        self.remember(who, &found.id);
        Ok(Outcome::of(OutcomeKind::Linked, who.key, ""))
    }

    fn remember(&mut self, who: Subject<'_>, id: &str) {
        self.links.link(who.key, id);
        self.logins.insert(who.key.to_owned(), who.name.to_owned());
    }

    /// E-NAME, E-EMAIL, E-ATTR, E-CLEAR, and a changed password where that is synchronised.
    pub(super) async fn update<P: Port>(
        &mut self,
        key: &str,
        person: &Person,
        changes: &Map<String, Value>,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        let Some(id) = self.links.id(key).map(str::to_owned) else {
            return Ok(Outcome::of(OutcomeKind::Skipped, key, ""));
        };
        let names: Vec<String> = changes.keys().cloned().collect();
        let password = changes.get("password").filter(|_| self.knobs.sync_password);
        let profile = self.concerns(person, &names);
        if !profile && password.is_none() {
            return Ok(Outcome::of(OutcomeKind::Skipped, key, ""));
        }
        self.tasks.insert(key.to_owned(), Task::Profile(changes.clone()));
        let login = self.login(person);
        let who = Subject { key, name: &login };
        if profile {
            self.push_profile(who, person, &id, &Pushed::Changed(&names), port).await?;
        }
        if let Some(password) = password {
            self.push_member(who, &id, "password", password, port).await?;
        }
        self.tasks.remove(key);
        Ok(Outcome::of(OutcomeKind::Updated, key, ""))
    }

    /// GET and PUT of the server's own representation, or one PATCH where the listing enables it.
    async fn push_profile<P: Port>(
        &self,
        who: Subject<'_>,
        person: &Person,
        id: &str,
        pushed: &Pushed<'_>,
        port: &mut P,
    ) -> Result<(), Stop> {
        let failed = |answer: &_| push_failed(who, &remote(answer));
        if self.knobs.flavour == Flavour::Oin && self.knobs.oin_profile_update == ProfileUpdate::Patch {
            let value = self.profile_value(person, pushed);
            self.must(port, request::merge(Users, id, value), failed).await?;
            return Ok(());
        }
        let mut body = self.read_user(who, id, port).await?;
        self.overwrite(&mut body, person, pushed);
        if self.knobs.flavour == Flavour::Aiw && matches!(pushed, Pushed::Whole) {
            name::set(&mut body, "active", true.into());
        }
        self.must(port, request::replace(Users, id, body), failed).await?;
        Ok(())
    }

    /// One member of a user: path-less PATCH, or the whole user with PUT.
    async fn push_member<P: Port>(
        &self,
        who: Subject<'_>,
        id: &str,
        name: &str,
        value: &Value,
        port: &mut P,
    ) -> Result<(), Stop> {
        let failed = |answer: &_| push_failed(who, &remote(answer));
        let request = match self.knobs.flavour {
            Flavour::Oin => request::merge(Users, id, Map::from_iter([(name.to_owned(), value.clone())])),
            Flavour::Aiw => {
                let mut body = self.read_user(who, id, port).await?;
                name::set(&mut body, name, value.clone());
                request::replace(Users, id, body)
            }
        };
        self.must(port, request, failed).await?;
        Ok(())
    }

    /// `GET /Users/ID`
    async fn read_user<P: Port>(&self, who: Subject<'_>, id: &str, port: &mut P) -> Result<Map<String, Value>, Stop> {
        let failed = |answer: &_| push_failed(who, &remote(answer));
        let response = self.must(port, request::get(Users, id), failed).await?;
        let user = response.json().and_then(Value::as_object).cloned();
        user.ok_or_else(|| Stop::Recorded(push_failed(who, "the answer is no user.")))
    }

    /// E-UNASSIGN, E-DISABLE: the account is deactivated, and the next assignment starts with the lookup.
    pub(super) async fn deactivate<P: Port>(
        &mut self,
        key: &str,
        person: &Person,
        port: &mut P,
    ) -> Result<Outcome, Stop> {
        // Never provisioned: there is no id, so there is nothing to send, and nothing left to retry.
        let Some(id) = self.links.id(key).map(str::to_owned) else {
            self.tasks.remove(key);
            return Ok(Outcome::of(OutcomeKind::Skipped, key, ""));
        };
        self.links.unlink(key);
        self.tasks.insert(key.to_owned(), Task::Deactivate { id: id.clone() });
        let login = self.login(person);
        self.send_inactive(Subject { key, name: &login }, &id, port).await?;
        self.tasks.remove(key);
        Ok(Outcome::of(OutcomeKind::Deactivated, key, ""))
    }

    /// One PATCH without a GET before it, or GET and PUT of the whole user.
    pub(super) async fn send_inactive<P: Port>(&self, who: Subject<'_>, id: &str, port: &mut P) -> Result<(), Stop> {
        let failed = |answer: &_| self.deprovisioning_failed(who, answer);
        let request = match self.knobs.flavour {
            Flavour::Oin => request::merge(Users, id, json!({ "active": false })),
            Flavour::Aiw => {
                let response = self.must(port, request::get(Users, id), failed).await?;
                let mut body = response.json().and_then(Value::as_object).cloned().unwrap_or_default();
                name::set(&mut body, "active", false.into());
                request::replace(Users, id, body)
            }
        };
        // 501 on PATCH is as final as any other refusal: there is no fallback to PUT (OKTA-Q16).
        self.must(port, request, failed).await?;
        Ok(())
    }

    /// The attribute by which Okta looks for accounts.
    fn unique_attribute(&self) -> Option<&Entry> {
        self.mapping.user.matching().first().copied()
    }

    /// The value of it: the login in the application.
    pub(super) fn login(&self, person: &Person) -> String {
        let value = self.unique_attribute().map(|entry| entry.source.value(person, &self.links));
        value.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}
