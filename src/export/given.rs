//! What stands before a step and no request of the scenario brings about: by requests of our own where SCIM can do
//! it, else in words.

use serde_json::{Map, Value, json};

use crate::control::AccountState;
use crate::http::{Headers, Method, Request, Response};
use crate::idp::Directory;
use crate::scenario::{Given, GivenAccount};
use crate::scim::urn;

/// What must be arranged before a request.
#[derive(Debug, Default)]
pub(super) struct Preparation {
    /// What the reader has to do.
    pub(super) notes: Vec<String>,
    /// What a tool can do, with the answers that are to come.
    pub(super) requests: Vec<(Request, Response)>,
}

impl Preparation {
    /// Before the first step.
    pub(super) fn of(given: &Given, directory: &Directory) -> Self {
        let mut notes = Vec::new();
        if let Some(persona) = given.persona.as_deref().filter(|persona| *persona != "rfc") {
            notes.push(format!("the service provider behaves like `scimulator serve --persona {persona}`"));
        }
        notes.extend(given.seats.map(|seats| format!("the service provider has {seats} seats in all")));
        if given.crowd > 0 {
            notes.push(format!("{} more people have accounts", given.crowd));
        }
        notes.extend(given.server.iter().map(|(name, value)| format!("the setting `{name}` of the server is {value}")));
        let notes = notes.into_iter().map(|note| format!("before this: {note}")).collect();
        let mut preparation = Self { notes, requests: Vec::new() };
        given.accounts.iter().for_each(|account| preparation.open(account, directory));
        preparation
    }

    /// An account that the identity provider did not make.
    pub(super) fn open(&mut self, account: &GivenAccount, directory: &Directory) {
        let person = directory.people.get(&account.person).map(|person| &person.attributes);
        let address = text(person, "email").unwrap_or(&account.person);
        let address = if account.upper_case { address.to_uppercase() } else { address.to_owned() };
        let id = format!("account-of-{}", account.person);
        let state = match account.state {
            AccountState::Active => return self.requests.push(creation(&id, &address, person)),
            AccountState::Deactivated => {
                return self.requests.extend([creation(&id, &address, person), deactivation(&id)]);
            }
            AccountState::Pending => "an account whose invitation is not yet accepted",
            AccountState::OtherOrganisation => "an account in another organisation",
            AccountState::Solo => "an account of their own, in no organisation",
        };
        self.notes.push(format!("before this: {address} has {state}"));
    }
}

fn text<'a>(person: Option<&'a Map<String, Value>>, attribute: &str) -> Option<&'a str> {
    person?.get(attribute)?.as_str()
}

fn creation(id: &str, address: &str, person: Option<&Map<String, Value>>) -> (Request, Response) {
    let attribute = |name: &str| text(person, name).unwrap_or_default();
    let body = json!({
        "schemas": [urn::CORE_USER],
        "userName": address,
        "name": { "givenName": attribute("givenName"), "familyName": attribute("familyName") },
        "displayName": attribute("displayName"),
        "emails": [{ "value": address, "type": "work", "primary": true }],
        "active": true,
    });
    let answer = json!({ "id": id, "userName": address });
    (writing(Method::Post, "/Users", &body), Response::new(201, Headers::new(), answer.to_string()))
}

fn deactivation(id: &str) -> (Request, Response) {
    let operation = json!({ "op": "replace", "path": "active", "value": false });
    let body = json!({ "schemas": [urn::PATCH_OP], "Operations": [operation] });
    (writing(Method::Patch, &format!("/Users/{id}"), &body), Response::new(204, Headers::new(), ""))
}

fn writing(method: Method, path: &str, body: &Value) -> Request {
    let request = Request::new(method, path).with_header("Accept", "application/scim+json");
    request.with_header("Content-Type", "application/scim+json").with_json(body)
}
