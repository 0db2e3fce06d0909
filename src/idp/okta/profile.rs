//! The bodies of a person: what is created, and what of the server's own representation is overwritten.

use serde_json::{Map, Value, json};

use super::app::Okta;
use super::knobs::Cleared;
use crate::idp::Person;
use crate::idp::mapping::{Pair, When};

/// Length of the password in every create (OKTA-Q02).
const PASSWORD_LENGTH: usize = 8;

/// Which attributes of a person are pushed.
pub(super) enum Pushed<'a> {
    /// All that are mapped.
    Whole,
    /// Those that depend on these directory attributes.
    Changed(&'a [String]),
}

impl Okta {
    /// The body of a create; members in the order of the documented sample.
    pub(super) fn create_body(&self, person: &Person, random: u64) -> Map<String, Value> {
        let mut body = self.mapping.user.create_body(person, &self.links);
        if self.knobs.send_external_id
            && let Some(id) = person.text("id")
        {
            body.insert("externalId".to_owned(), id.into());
        }
        body.insert("groups".to_owned(), json!([]));
        body.insert("password".to_owned(), password(random).into());
        body.insert("active".to_owned(), true.into());
        body
    }

    /// The entries that are pushed, with their values.
    fn pushed(&self, person: &Person, pushed: &Pushed<'_>) -> Vec<Pair<'_>> {
        let mut pairs = self.mapping.user.pairs(person, &self.links);
        pairs.retain(|pair| pair.entry.when != When::Create);
        if self.knobs.exclude_username_updates {
            pairs.retain(|pair| pair.entry.matching.is_none());
        }
        if let Pushed::Changed(names) = pushed {
            let changed = |pair: &Pair<'_>| names.iter().any(|name| pair.entry.source.reads(name));
            // A constant goes along with what it stands beside: the `type` of a new e-mail element.
            let targets: Vec<_> = pairs.iter().filter(|pair| changed(pair)).map(|pair| &pair.entry.target).collect();
            let beside = |pair: &Pair<'_>| {
                pair.entry.source.is_constant()
                    && pair.entry.target.selector.is_some()
                    && targets.iter().any(|target| target.shares_element(&pair.entry.target))
            };
            pairs.retain(|pair| changed(pair) || beside(pair));
        }
        pairs
    }

    /// Whether a change of these directory attributes concerns the application at all.
    pub(super) fn concerns(&self, person: &Person, names: &[String]) -> bool {
        !self.pushed(person, &Pushed::Changed(names)).is_empty()
    }

    /// Overwrites what is pushed in the server's own representation; everything else goes back as it came (OKTA-Q03).
    pub(super) fn overwrite(&self, body: &mut Map<String, Value>, person: &Person, pushed: &Pushed<'_>) {
        let mut pairs = self.pushed(person, pushed);
        let emptied: Vec<_> = match pushed {
            Pushed::Changed(_) => {
                pairs.iter().filter(|pair| pair.value.is_null()).map(|pair| &pair.entry.target).collect()
            }
            Pushed::Whole => Vec::new(),
        };
        if matches!(pushed, Pushed::Changed(_)) {
            pairs.iter_mut().filter(|pair| pair.value.is_null()).for_each(|pair| pair.value = "".into());
        }
        self.mapping.user.write(body, &pairs);
        if self.knobs.clear_as == Cleared::Null {
            for target in emptied {
                if let Some(value) = target.get_mut(body) {
                    *value = Value::Null;
                }
            }
        }
    }

    /// The value of a profile update by PATCH: what is pushed, nested as in a resource.
    pub(super) fn profile_value(&self, person: &Person, pushed: &Pushed<'_>) -> Map<String, Value> {
        let mut value = Map::new();
        self.overwrite(&mut value, person, pushed);
        value.shift_remove("schemas");
        value
    }
}

/// Eight letters and digits.
fn password(random: u64) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut rest = random;
    let mut text = String::with_capacity(PASSWORD_LENGTH);
    for _ in 0..PASSWORD_LENGTH {
        let index = usize::try_from(rest % 62).expect("less than 62");
        text.push(char::from(ALPHABET[index]));
        rest /= 62;
    }
    text
}
