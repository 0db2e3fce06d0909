//! What endpoints and the control plane work on: settings, schemas, resources, the organisation.

use std::borrow::Cow;

use serde_json::Map;

use super::door::route::Kind;
use super::organisation::Organisation;
use super::organisation::conflict::Claim;
use super::reply::Refusal;
use super::settings::Settings;
use super::store::{Stamp, Store};
use crate::scim::{Attribute, Mutability, ResourceSchema, Schema, Uniqueness};
use serde_json::Value;

/// A tenant behind its door.
#[derive(Debug)]
pub struct State {
    /// Its settings.
    pub settings: Settings,
    /// Users and groups.
    pub store: Store,
    /// What SCIM does not show.
    pub organisation: Organisation,
    /// Where ids and tokens come from.
    pub random: fastrand::Rng,
    users: Cow<'static, ResourceSchema>,
    groups: Cow<'static, ResourceSchema>,
}

impl State {
    /// A tenant without resources.
    pub fn new(settings: Settings, random: fastrand::Rng) -> Self {
        let stamp = Stamp { base_url: settings.base_url.clone(), etag: settings.etag };
        Self {
            store: Store::new(stamp),
            organisation: Organisation::new(&settings),
            users: user_schema(&settings),
            groups: group_schema(&settings),
            random,
            settings,
        }
    }

    /// The schemas of a type in this tenant.
    pub fn schema(&self, kind: Kind) -> &ResourceSchema {
        match kind {
            Kind::User => &self.users,
            Kind::Group => &self.groups,
        }
    }

    /// The types of resources that this tenant has.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> {
        let groups = self.settings.groups;
        Kind::ALL.into_iter().filter(move |kind| *kind == Kind::User || groups)
    }

    /// A new id: a UUID of version 4 (RFC 9562 §5.4) from the seed.
    pub fn new_id(&mut self) -> String {
        let bits = self.random.u128(..) & !(0xf << 76) & !(0b11 << 62) | 4 << 76 | 0b10 << 62;
        let hex = format!("{bits:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// Refuses a name that another resource has.
    pub fn unclaimed(&self, kind: Kind, id: Option<&str>, content: &Map<String, Value>) -> Result<(), Refusal> {
        let (settings, store, organisation) = (&self.settings, &self.store, &self.organisation);
        let claim = Claim { settings, store, organisation, id };
        match kind {
            Kind::User => claim.user(content),
            Kind::Group => claim.group(content),
        }
    }
}

/// The user of this tenant: its extensions, and no attribute that it does not have.
fn user_schema(settings: &Settings) -> Cow<'static, ResourceSchema> {
    let shipped = ResourceSchema::user();
    let is_plain = settings.groups && !settings.roles_in_app && !settings.unique_addresses;
    if is_plain && settings.extensions.is_empty() {
        return Cow::Borrowed(shipped);
    }
    let mut base = shipped.base().clone();
    base.attributes.retain(|attribute| settings.groups || attribute.name != "groups");
    for attribute in &mut base.attributes {
        match attribute.name.as_str() {
            "roles" | "entitlements" if settings.roles_in_app => read_only(attribute),
            "emails" if settings.unique_addresses => {
                let value = attribute.sub_attributes.iter_mut().find(|sub| sub.name == "value");
                if let Some(value) = value {
                    value.uniqueness = Uniqueness::Server;
                }
            }
            _ => {}
        }
    }
    let own = settings.extensions.iter().filter_map(|schema| Schema::from_json(schema).ok());
    Cow::Owned(ResourceSchema::new(base).with_extensions(shipped.extensions().cloned().chain(own)))
}

fn group_schema(settings: &Settings) -> Cow<'static, ResourceSchema> {
    let shipped = ResourceSchema::group();
    if !settings.unique_group_names {
        return Cow::Borrowed(shipped);
    }
    let mut base = shipped.base().clone();
    let name = base.attributes.iter_mut().find(|attribute| attribute.name == "displayName");
    if let Some(name) = name {
        name.uniqueness = Uniqueness::Server;
    }
    Cow::Owned(ResourceSchema::new(base).with_extensions(shipped.extensions().cloned()))
}

fn read_only(attribute: &mut Attribute) {
    attribute.mutability = Mutability::ReadOnly;
    attribute.sub_attributes.iter_mut().for_each(|sub| sub.mutability = Mutability::ReadOnly);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_4_and_the_same_for_the_same_seed() {
        let ids = |seed| {
            let mut state = State::new(Settings::default(), fastrand::Rng::with_seed(seed));
            [state.new_id(), state.new_id()]
        };
        for id in ids(1) {
            let (version, variant) = (id.as_bytes()[14], id.as_bytes()[19]);
            assert!(id.len() == 36 && version == b'4' && b"89ab".contains(&variant), "{id}");
        }
        assert_eq!(ids(7), ids(7));
        assert_ne!(ids(7), ids(8));
    }
}
