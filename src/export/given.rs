//! What stands before the first step, in words: no request brings it about.

use crate::control::AccountState;
use crate::idp::Directory;
use crate::scenario::{Given, GivenAccount};

/// One sentence for each thing that must be arranged at another endpoint.
pub(super) fn notes(given: &Given) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(persona) = given.persona.as_deref().filter(|persona| *persona != "rfc") {
        notes.push(format!("the service provider behaves like `scimulator serve --persona {persona}`"));
    }
    if let Some(seats) = given.seats {
        notes.push(format!("the service provider has {seats} seats in all"));
    }
    notes.extend(given.accounts.iter().map(account));
    if given.crowd > 0 {
        notes.push(format!("{} more people have accounts", given.crowd));
    }
    notes.extend(given.server.iter().map(|(name, value)| format!("the service provider's setting `{name}` is {value}")));
    notes.into_iter().map(|note| format!("before this: {note}")).collect()
}

fn account(account: &GivenAccount) -> String {
    let directory = Directory::built_in();
    let person = directory.people.get(&account.person);
    let address = person.and_then(|person| person.attributes.get("email")?.as_str()).unwrap_or(&account.person);
    let address = if account.upper_case { address.to_uppercase() } else { address.to_owned() };
    let state = match account.state {
        AccountState::Active => "an active account",
        AccountState::Deactivated => "a deactivated account",
        AccountState::Pending => "an account whose invitation is not yet accepted",
        AccountState::OtherOrganisation => "an account in another organisation",
        AccountState::Solo => "an account of their own, in no organisation",
    };
    format!("{address} has {state}, which the identity provider did not make")
}
