//! The control plane of a tenant: every [`Action`], in the words of the app.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::door::route::Kind;
use super::organisation::conflict::Claim;
use super::organisation::mapping::{Mapping, group_id, preview};
use super::organisation::verification::release;
use super::store::{Key, Stamp};
use super::tenant::{Tenant, new_token};
use crate::control::{Account, AccountState, Action, ControlError, Report};
use crate::scim::urn;

type Outcome = Result<Report, ControlError>;

impl Tenant {
    /// Does one thing outside SCIM.
    pub(super) fn act(&mut self, action: &Action, now: OffsetDateTime) -> Outcome {
        match action {
            Action::SetSeats(seats) => self.state.organisation.seats = Some(*seats),
            Action::RevokeToken => self.tokens.revoke(),
            Action::ExpireToken => self.tokens.expire(now),
            Action::Weather(weather) => self.forecast.add(weather.clone()),
            Action::DeleteConfiguration => self.tokens.delete(),
            Action::NewToken => return self.new_token(now),
            Action::SetUpAgain => return self.set_up(now),
            Action::VerifyEmail { id } => self.verify_email(id, now)?,
            Action::AcceptInvitation { id } => {
                self.user(id)?;
                self.state.organisation.accept(id).map_err(ControlError::Refused)?;
            }
            Action::Outbox { address } => return Ok(self.outbox(address)),
            Action::CreateAccount(account) => return self.create_account(account, now),
            Action::MapGroups(table) => self.map_groups(table, now)?,
            Action::RemoveInApp { id } => self.remove_in_app(id, now)?,
        }
        Ok(Report::default())
    }

    /// A new token in place of the old one.
    fn new_token(&mut self, now: OffsetDateTime) -> Outcome {
        if !self.tokens.configured() {
            return refused("The SCIM configuration was deleted: set it up again to get a token.");
        }
        Ok(self.issue(now))
    }

    /// SCIM is switched on (again): not without plan and sign-on.
    fn set_up(&mut self, now: OffsetDateTime) -> Outcome {
        match self.state.organisation.plan.obstacle() {
            Some(obstacle) => refused(&obstacle),
            None => Ok(self.issue(now)),
        }
    }

    fn issue(&mut self, now: OffsetDateTime) -> Report {
        self.tokens.issue(new_token(&mut self.state.random), now);
        Report { token: Some(self.tokens.text().to_owned()), ..Report::default() }
    }

    fn verify_email(&mut self, id: &str, now: OffsetDateTime) -> Result<(), ControlError> {
        let content = Stamp::content(self.user(id)?);
        let pending = self.state.organisation.verified(id).map_err(ControlError::Refused)?;
        self.state.store.update(Kind::User, id, release(content, &pending), now);
        Ok(())
    }

    fn outbox(&self, address: &str) -> Report {
        let mails: Vec<Value> =
            self.state.organisation.outbox.to(address).map(|mail| mail.about.word().into()).collect();
        Report { mails: Some(mails.len() as u64), body: Some(json!({ "about": mails })), token: None }
    }

    /// An account that came to exist without SCIM. One of this organisation is a user that SCIM can see; others
    /// only conflict. An account that was elsewhere moves: support does that when a person changes sides.
    fn create_account(&mut self, account: &Account, now: OffsetDateTime) -> Outcome {
        let outsider = self.state.organisation.take_outsider(&account.address);
        let outcome = self.admit(account, now);
        match outsider {
            Some(outsider) if outcome.is_err() => self.state.organisation.add_outsider(outsider),
            Some(outsider) => {
                if let Some(id) = self.id_of(&account.address) {
                    self.state.organisation.set_solo(&id, outsider);
                }
            }
            None => {}
        }
        outcome
    }

    fn admit(&mut self, account: &Account, now: OffsetDateTime) -> Outcome {
        let state = &self.state;
        let mut content = profile(account);
        content.insert("active".to_owned(), (account.state != AccountState::Deactivated).into());
        let claim =
            Claim { settings: &state.settings, store: &state.store, organisation: &state.organisation, id: None };
        if claim.user(&content).is_err() {
            return refused(&format!("There is an account with the address {} already.", account.address));
        }
        if matches!(account.state, AccountState::OtherOrganisation | AccountState::Solo) {
            self.state.organisation.add_outsider(account.clone());
            return Ok(Report::default());
        }
        if state.organisation.seat_for(None, &content, &state.store, &state.settings).is_err() {
            return refused("No seat is free.");
        }
        let id = self.state.new_id();
        self.state.store.insert(Kind::User, &id, content, now);
        if let Some(user) = self.state.store.get(Kind::User, &id) {
            if account.state == AccountState::Pending {
                self.state.organisation.joined(&id, user, &self.state.settings, now);
            } else {
                self.state.organisation.settled(&id);
            }
        }
        Ok(Report { body: Some(json!({ "id": id })), ..Report::default() })
    }

    /// Maps values to groups, making those that do not exist, and places everybody.
    fn map_groups(&mut self, table: &[(String, String)], now: OffsetDateTime) -> Result<(), ControlError> {
        if self.state.settings.group_attribute.is_empty() || !self.state.settings.groups {
            return Err(ControlError::NotOffered("map-groups"));
        }
        let mut lines = Vec::with_capacity(table.len());
        for (value, group) in table {
            lines.push((value.clone(), self.group_named(group, now)));
        }
        let mapping = Mapping::new(lines);
        let ids =
            self.state.store.all(Kind::User).from(0).filter_map(|user| user.get("id")?.as_str().map(str::to_owned));
        for id in ids.collect::<Vec<_>>() {
            mapping.place(&mut self.state.store, &id, &self.state.settings.group_attribute, now);
        }
        self.state.organisation.mapping = mapping;
        Ok(())
    }

    /// The id of the group of this name; one that does not exist is made.
    fn group_named(&mut self, name: &str, now: OffsetDateTime) -> String {
        if let Some(id) = group_id(&self.state.store, name) {
            return id;
        }
        let id = self.state.new_id();
        let content = json!({ "schemas": [urn::CORE_GROUP], "displayName": name });
        self.state.store.insert(Kind::Group, &id, content.as_object().cloned().unwrap_or_default(), now);
        id
    }

    /// What a table of values and groups would do, without doing it.
    pub fn preview_groups(&self, table: &[(String, String)]) -> Value {
        preview(table, &self.state.store, &self.state.settings.group_attribute)
    }

    fn remove_in_app(&mut self, id: &str, now: OffsetDateTime) -> Result<(), ControlError> {
        self.user(id)?;
        if self.state.settings.provisioned_only && self.tokens.configured() {
            let text =
                "SCIM is on, so people are removed at the identity provider: unassign the person from the app there.";
            return Err(ControlError::Refused(text.to_owned()));
        }
        self.state.store.remove(Kind::User, id, now);
        self.state.organisation.left(id);
        Ok(())
    }

    /// Changes plan and sign-on. SCIM that runs goes on; it cannot be switched on again without them.
    pub fn set_plan(&mut self, name: Option<&str>, sso: Option<bool>) {
        let plan = &mut self.state.organisation.plan;
        if let Some(name) = name {
            name.clone_into(&mut plan.name);
        }
        plan.sso = sso.unwrap_or(plan.sso);
    }

    /// Chooses how long the tokens live that are issued from now on; for ever when absent.
    pub fn set_token_days(&mut self, days: Option<u32>) {
        self.tokens.set_days(days);
    }

    /// Gives a user a role inside the app. SCIM never changes it.
    pub fn set_role(&mut self, id: &str, role: &str) -> Result<(), ControlError> {
        self.user(id)?;
        self.state.organisation.set_role(id, role);
        Ok(())
    }

    /// The id of the user of this name.
    pub(super) fn id_of(&self, user_name: &str) -> Option<String> {
        let name = Key::UserName.form(user_name);
        let user = self.state.store.all(Kind::User).with(Key::UserName, &name).next()?;
        user.get("id")?.as_str().map(str::to_owned)
    }

    fn user(&self, id: &str) -> Result<&Map<String, Value>, ControlError> {
        let user = self.state.store.get(Kind::User, id);
        user.ok_or_else(|| ControlError::Refused(format!("There is no user with id {id}.")))
    }
}

fn refused(text: &str) -> Outcome {
    Err(ControlError::Refused(text.to_owned()))
}

/// A user as the app made it, with everything an import needs (name, e-mail).
fn profile(account: &Account) -> Map<String, Value> {
    let (given, family) = account.name.rsplit_once(' ').unwrap_or((account.name.as_str(), ""));
    let mut profile = json!({
        "schemas": [urn::CORE_USER],
        "userName": account.address,
        "name": { "givenName": given },
        "displayName": account.name,
        "emails": [{ "value": account.address, "type": "work", "primary": true }],
    });
    if !family.is_empty() {
        profile["name"]["familyName"] = family.into();
    }
    profile.as_object().cloned().unwrap_or_default()
}
