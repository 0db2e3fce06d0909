//! What stands before the first step: marked names, accounts the IdP does not know.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::admin::control_end;
use super::resource::{neutral_with, user_body};
use super::{End, Player};
use crate::control::{Account, AccountState, Action};
use crate::http::{Method, Sender};
use crate::idp::{Directory, Event};
use crate::run::own::address::{Resource, id_of};
use crate::scenario::{Create, GivenAccount};
use crate::scim::urn;

/// Directory attributes that identify a person; they carry the mark at a target.
const IDENTIFYING: [&str; 8] =
    ["id", "objectId", "externalId", "userName", "userPrincipalName", "email", "mailNickname", "login"];

/// The mail domain of the directory's own addresses.
pub(in crate::run) const USUAL_DOMAIN: &str = "example.com";

/// Makes names unique to one scenario of one run.
#[derive(Clone, Debug, Default)]
pub(in crate::run) struct Disguise {
    /// Empty on a tenant of the embedded server.
    pub(in crate::run) mark: String,
    /// Takes the place of [`USUAL_DOMAIN`], for targets that accept only their own.
    pub(in crate::run) domain: Option<String>,
}

impl Disguise {
    /// Marks every identifying value of a directory.
    ///
    /// `is_unique` says which other attributes two people cannot share at this target.
    pub(in crate::run) fn directory(&self, directory: &mut Directory, is_unique: impl Fn(&str) -> bool) {
        let names: BTreeSet<&str> =
            directory.people.values().flat_map(|person| person.attributes.keys()).map(String::as_str).collect();
        let unique: Vec<String> = names.into_iter().filter(|name| is_unique(name)).map(str::to_owned).collect();
        for person in directory.people.values_mut() {
            self.attributes(&mut person.attributes, IDENTIFYING);
            self.attributes(&mut person.attributes, unique.iter().map(String::as_str));
        }
        for group in directory.groups.values_mut() {
            group.display_name = self.name(&group.display_name);
            group.id = self.name(&group.id);
        }
    }

    /// New values of identifying attributes carry the mark, as everything created does.
    pub(super) fn event(&self, event: &mut Event) {
        match event {
            Event::Change { changes, .. } => self.attributes(changes, IDENTIFYING),
            Event::RenameGroup { to, .. } => *to = self.name(to),
            _ => {}
        }
    }

    fn attributes<'n>(&self, attributes: &mut Map<String, Value>, names: impl IntoIterator<Item = &'n str>) {
        for name in names {
            if let Some(Value::String(text)) = attributes.get_mut(name).filter(|value| **value != json!("")) {
                *text = self.name(text);
            }
        }
    }

    fn name(&self, text: &str) -> String {
        if self.mark.is_empty() || text.contains(&self.mark) {
            return text.to_owned();
        }
        match (text.strip_suffix(USUAL_DOMAIN).filter(|local| local.ends_with('@')), &self.domain) {
            (Some(local), Some(domain)) => format!("{}{local}{domain}", self.mark),
            // In an address with a quoted local part the mark belongs into the quotes (RFC 5321 §4.1.2).
            _ => match text.strip_prefix('"') {
                Some(rest) => format!("\"{}{rest}", self.mark),
                None => format!("{}{text}", self.mark),
            },
        }
    }

    /// The text as the scenario's author wrote it, whatever case the server gave it.
    pub(in crate::run) fn lift(&self, text: &str) -> String {
        if self.mark.is_empty() {
            return text.to_owned();
        }
        self.lift_domain(&without(text, &self.mark))
    }

    /// The text with the directory's own mail domain, also where it is percent-encoded or in upper case.
    pub(in crate::run) fn lift_domain(&self, text: &str) -> String {
        let Some(domain) = &self.domain else { return text.to_owned() };
        let spellings =
            [(domain.clone(), USUAL_DOMAIN.to_owned()), (domain.to_uppercase(), USUAL_DOMAIN.to_uppercase())];
        let places = ["@", "%40"].iter().flat_map(|at| spellings.iter().map(move |(own, usual)| (at, own, usual)));
        places.fold(text.to_owned(), |text, (at, own, usual)| {
            text.replace(&format!("{at}{own}"), &format!("{at}{usual}"))
        })
    }
}

/// What somebody of a crowd is called, before the mark.
fn crowd_name(number: u32) -> String {
    format!("crowd-{number:03}")
}

/// Takes a word out of a text, without regard to case.
fn without(text: &str, word: &str) -> String {
    if text.len() < word.len() {
        return text.to_owned();
    }
    let (lower, word) = (text.to_ascii_lowercase(), word.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, found) in lower.match_indices(&word) {
        out.push_str(&text[from..at]);
        from = at + found.len();
    }
    out.push_str(&text[from..]);
    out
}

impl Player {
    /// Brings about what `given` names.
    pub(super) async fn set_up(&mut self) -> Result<(), End> {
        self.wire.sender = Sender::Harness;
        let accounts = self.scenario.given.accounts.clone();
        for account in &accounts {
            self.open_account(account).await?;
        }
        self.gather_crowd(self.scenario.given.crowd).await
    }

    /// Accounts of nobody in particular.
    async fn gather_crowd(&mut self, size: u32) -> Result<(), End> {
        let numbers: Vec<u32> = (1..=size).collect();
        if self.wire.site.is_embedded() {
            for number in numbers {
                self.open_in_crowd(number).await?;
            }
            return Ok(());
        }
        // The first one, alone, shows how this target takes a user.
        let (first, others) = numbers.split_at(numbers.len().min(1));
        for some in first.chunks(1).chain(others.chunks(self.wire.lane.breadth())) {
            self.join_crowd(some).await?;
        }
        Ok(())
    }

    async fn open_in_crowd(&mut self, number: u32) -> Result<(), End> {
        let address = self.address_of_nobody(&crowd_name(number));
        let account = Account { address, name: format!("Crowd {number:03}"), state: AccountState::Active };
        let report = self.wire.site.control(&Action::CreateAccount(account)).await;
        let report = report.map_err(|error| control_end(&error))?;
        self.values.join_crowd(report.body.as_ref().and_then(id_of));
        Ok(())
    }

    /// Creates some of the crowd through SCIM; where there are too few seats, without one.
    async fn join_crowd(&mut self, numbers: &[u32]) -> Result<(), End> {
        let too_few = self.knowledge.seats.filter(|seats| *seats <= self.scenario.given.crowd);
        let answers = if let [number] = numbers {
            vec![Ok(self.create_nobody(&crowd_name(*number), too_few.is_none()).await?)]
        } else {
            let creates = numbers.iter().map(|number| self.nobody(&crowd_name(*number), too_few.is_none()));
            let creates = creates.map(|create| create.map(|create| self.as_taken(create)));
            self.wire.side_by_side(creates.collect::<Result<_, _>>()?).await?
        };
        for (number, answer) in numbers.iter().zip(answers) {
            let response = Self::answered(answer, "creating an account")?;
            if let (Some(seats), false) = (too_few, response.is_success()) {
                return Err(End::Skipped(format!("the target has {seats} seats, and inactive accounts take some too")));
            }
            if !response.is_success() {
                return Err(End::Inconclusive(format!("account {number} of a crowd answered {}", response.status)));
            }
            self.values.join_crowd(response.json().and_then(id_of));
        }
        Ok(())
    }

    /// Opens an account the IdP does not know, through the control plane or, where SCIM will do, through SCIM.
    pub(super) async fn open_account(&mut self, given: &GivenAccount) -> Result<(), End> {
        let Some(person) = self.directory.people.get(&given.person) else {
            return Err(End::Broken(format!("nobody in the directory is called `{}`", given.person)));
        };
        let address = person.text("userName").unwrap_or_default();
        let address = if given.upper_case { address.to_uppercase() } else { address.to_owned() };
        let name = person.text("displayName").unwrap_or_default().to_owned();
        let through_scim = matches!(given.state, AccountState::Active | AccountState::Deactivated);
        if through_scim && !self.wire.site.is_embedded() {
            return self.open_through_scim(given, &address).await;
        }
        let action = Action::CreateAccount(Account { address, name, state: given.state });
        let report = self.wire.site.control(&action).await.map_err(|error| control_end(&error))?;
        if let Some(id) = report.body.as_ref().and_then(id_of) {
            self.wire.adopt(Resource::new("users", &id))?;
        }
        Ok(())
    }

    async fn open_through_scim(&mut self, given: &GivenAccount, address: &str) -> Result<(), End> {
        let overrides = Map::from_iter([("userName".to_owned(), json!(address))]);
        let create = Create { overrides, ..Create::of_person(&given.person) };
        let body = user_body(&self.directory.people[&given.person], &create, &self.knowledge);
        let credential = self.wire.site.credential();
        let answer = self.prepare(neutral_with(Method::Post, "/Users", &body), &credential).await?;
        let response = Self::answered(answer, "opening an account")?;
        let (Some(id), true) = (response.json().and_then(id_of), response.is_success()) else {
            return Err(End::Inconclusive(format!("opening an account answered {}", response.status)));
        };
        if given.state == AccountState::Deactivated {
            let path = Resource::new("users", &id).path();
            let (method, body) = self.deactivation(response.json());
            let answer = self.wire.exchange(neutral_with(method, &path, &body)).await?;
            let response = Self::answered(answer, "deactivating an account")?;
            if !response.is_success() {
                return Err(End::Inconclusive(format!("deactivating an account answered {}", response.status)));
            }
        }
        Ok(())
    }

    /// How an account is deactivated that was answered like this: by PATCH, or by PUT where there is none.
    fn deactivation(&self, shown: Option<&Value>) -> (Method, Value) {
        if self.unoffered.patch() {
            let mut body = shown.cloned().unwrap_or_default();
            body["active"] = json!(false);
            return (Method::Put, body);
        }
        let operation = json!({"op": "replace", "path": "active", "value": false});
        (Method::Patch, json!({"schemas": [urn::PATCH_OP], "Operations": [operation]}))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disguised_name_carries_the_mark_and_can_be_lifted() {
        let disguise = Disguise { mark: "scimulator-k3f-".to_owned(), domain: Some("corp.test".to_owned()) };
        let name = disguise.name("alice@example.com");
        assert_eq!(name, "scimulator-k3f-alice@corp.test");
        assert_eq!(disguise.name(&name), name, "a name is marked once");
        assert_eq!(disguise.lift("SCIMULATOR-K3F-alice@corp.test"), "alice@example.com");
        assert_eq!(disguise.lift("SCIMULATOR-K3F-ALICE@CORP.TEST"), "ALICE@EXAMPLE.COM");
    }

    #[test]
    fn what_two_people_cannot_share_carries_the_mark_too() {
        let disguise = Disguise { mark: "scimulator-k3f-".to_owned(), domain: None };
        let mut directory = Directory::built_in();
        disguise.directory(&mut directory, |name| name == "employeeNumber");
        let alice = &directory.people["alice"];
        assert_eq!(alice.text("employeeNumber"), Some("scimulator-k3f-701"));
        assert_eq!(alice.text("title"), Directory::built_in().people["alice"].text("title"));
    }

    #[test]
    fn a_tenant_of_our_own_needs_no_disguise() {
        let disguise = Disguise::default();
        assert_eq!(disguise.name("alice@example.com"), "alice@example.com");
        assert_eq!(disguise.lift("alice@example.com"), "alice@example.com");
    }
}
