//! Verified addresses: a changed one is held until its owner has opened the link in the mail.
//!
//! Held are the login (`userName`) and the main e-mail; everything else of the
//! same request happens at once. What a GET shows is what is verified.

use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::outbox::About;
use super::people::Organisation;
use crate::server::store::folded;

/// A change that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pending {
    /// The new login.
    pub user_name: Option<String>,
    /// The main e-mail as it will be.
    pub email: Option<Value>,
}

impl Pending {
    /// The addresses that get a mail, each once.
    pub fn addresses(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for address in self.user_name.as_deref().into_iter().chain(self.email.as_ref().and_then(value_of)) {
            if !all.iter().any(|other| folded(other) == folded(address)) {
                all.push(address);
            }
        }
        all
    }
}

/// Takes what must be verified first out of the new content of a user; `None` when nothing must.
pub fn withhold(old: &Map<String, Value>, new: &mut Map<String, Value>) -> Option<Pending> {
    let verified: Vec<String> = login(old).into_iter().chain(main_email(old).and_then(value_of)).map(folded).collect();
    let needs_mail = |address: &str| address.contains('@') && !verified.contains(&folded(address));
    let user_name = login(new).filter(|name| needs_mail(name)).map(str::to_owned);
    let email = main_email(new).filter(|email| value_of(email).is_some_and(needs_mail)).cloned();
    if user_name.is_some() {
        new.insert("userName".to_owned(), login(old).unwrap_or_default().into());
    }
    if let Some(email) = &email {
        let before = emails(old).iter().find(|old| kind_of(old) == kind_of(email)).and_then(value_of);
        put_email(new, email, before);
    }
    let pending = Pending { user_name, email };
    (pending != Pending::default()).then_some(pending)
}

/// The content of a user once the change is verified.
pub fn release(mut content: Map<String, Value>, pending: &Pending) -> Map<String, Value> {
    if let Some(name) = &pending.user_name {
        content.insert("userName".to_owned(), name.clone().into());
    }
    if let Some(email) = &pending.email {
        if emails(&content).iter().any(|other| kind_of(other) == kind_of(email)) {
            put_email(&mut content, email, value_of(email));
        } else if let Some(emails) = content.entry("emails").or_insert_with(|| json!([])).as_array_mut() {
            emails.push(email.clone());
        }
    }
    content
}

impl Organisation {
    /// Keeps a change until it is verified. A mail goes to an address that did not wait already.
    pub(super) fn hold(&mut self, id: &str, held: Pending, now: OffsetDateTime) {
        let Some(person) = self.people.get_mut(id) else { return };
        let before = person.pending.take().unwrap_or_default();
        let known: Vec<String> = before.addresses().into_iter().map(folded).collect();
        let pending = Pending { user_name: held.user_name.or(before.user_name), email: held.email.or(before.email) };
        let fresh: Vec<String> =
            pending.addresses().into_iter().filter(|new| !known.contains(&folded(new))).map(str::to_owned).collect();
        self.awaited.retain(|_, waiting| waiting != id);
        self.awaited.extend(pending.addresses().into_iter().map(|address| (folded(address), id.to_owned())));
        person.pending = Some(pending);
        for address in fresh {
            self.mail(&address, About::Verification, now);
        }
    }

    /// The owner opens the link: the change that waited, once.
    pub fn verified(&mut self, id: &str) -> Result<Pending, String> {
        self.awaited.retain(|_, waiting| waiting != id);
        let pending = self.people.get_mut(id).and_then(|person| person.pending.take());
        pending.ok_or_else(|| "No change of address waits for this person.".to_owned())
    }

    /// Who waits to verify this address.
    pub fn who_awaits(&self, address: &str) -> Option<&str> {
        self.awaited.get(&folded(address)).map(String::as_str)
    }
}

fn login(user: &Map<String, Value>) -> Option<&str> {
    user.get("userName").and_then(Value::as_str)
}

fn emails(user: &Map<String, Value>) -> &[Value] {
    user.get("emails").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn value_of(email: &Value) -> Option<&str> {
    email.get("value")?.as_str()
}

fn kind_of(email: &Value) -> Option<String> {
    Some(folded(email.get("type")?.as_str()?))
}

/// The primary e-mail, else the one for work, else the first.
fn main_email(user: &Map<String, Value>) -> Option<&Value> {
    let valued = || emails(user).iter().filter(|email| value_of(email).is_some());
    let primary = |email: &&Value| email.get("primary") == Some(&Value::Bool(true));
    let work = |email: &&Value| kind_of(email).as_deref() == Some("work");
    valued().find(primary).or_else(|| valued().find(work)).or_else(|| valued().next())
}

/// Gives the e-mail of the same type another address, or takes it away.
fn put_email(user: &mut Map<String, Value>, like: &Value, address: Option<&str>) {
    let Some(Value::Array(emails)) = user.get_mut("emails") else { return };
    let Some(at) = emails.iter().position(|email| kind_of(email) == kind_of(like)) else { return };
    match (address, emails.get_mut(at)) {
        (Some(address), Some(email)) => email["value"] = address.into(),
        _ => {
            emails.remove(at);
        }
    }
    if emails.is_empty() {
        user.shift_remove("emails");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, email: Option<&str>) -> Map<String, Value> {
        let mut user = json!({ "userName": name, "title": "t" });
        if let Some(email) = email {
            user["emails"] = json!([{ "value": "home@x", "type": "home" }, { "value": email, "primary": true }]);
        }
        user.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_changed_login_and_its_email_wait_together_for_one_mail() {
        let old = user("a@x", Some("a@x"));
        let mut new = user("b@x", Some("b@x"));
        new.insert("title".into(), "u".into());
        let pending = withhold(&old, &mut new).expect("both are new");
        assert_eq!(pending.addresses(), ["b@x"]);
        assert_eq!((&new["userName"], &new["emails"]), (&old["userName"], &old["emails"]));
        assert_eq!(new["title"], "u", "the rest happens at once");
        assert_eq!(release(new.clone(), &pending)["userName"], "b@x");
        assert_eq!(release(new, &pending)["emails"][1]["value"], "b@x");
    }

    #[test]
    fn an_address_that_is_verified_already_needs_no_mail() {
        let old = user("a@x", None);
        for (name, email) in [("a@x", Some("a@x")), ("A@X", None), ("plain-name", None)] {
            let mut new = user(name, email);
            let same = new.clone();
            assert_eq!(withhold(&old, &mut new), None, "{name} {email:?}");
            assert_eq!(new, same);
        }
    }

    #[test]
    fn a_second_email_that_becomes_the_main_one_leaves_the_first_alone() {
        let mut old = user("a@x", None);
        old.insert("emails".into(), json!([{ "value": "h@x", "type": "home" }]));
        let mut new = old.clone();
        new.insert("emails".into(), json!([{ "value": "h@x", "type": "home" }, { "value": "w@x", "type": "work" }]));
        let wanted = new.clone();
        let pending = withhold(&old, &mut new).expect("a new address");
        assert_eq!(new, old);
        assert_eq!(release(new, &pending), wanted);
    }

    #[test]
    fn a_first_email_is_not_shown_before_it_is_verified() {
        let old = user("a@x", None);
        let mut new = old.clone();
        new.insert("emails".into(), json!([{ "value": "b@x", "type": "work" }]));
        let pending = withhold(&old, &mut new).expect("a new address");
        assert_eq!(new, old);
        assert_eq!(release(new, &pending)["emails"][0]["value"], "b@x");
    }
}
