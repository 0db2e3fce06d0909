//! The manager: a reference, written after both users are linked, in a PATCH of its own.
//!
//! The bare id is what the current service sends (ENTRA-Q06); the knob
//! `manager-shape` has the older forms. A failure here holds up the reference
//! only, not the user (ENTRA-Q24).

use serde_json::{Map, Value};

use super::pass::{Done, Pass, Stop};
use super::patch::Writer;
use super::reaction;
use super::requests::Requests;
use super::{Entra, TARGET, USERS};
use crate::idp::mapping::{Source, member};
use crate::idp::{OutcomeKind, Port};

const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// A manager that is to be written.
#[derive(Clone, Debug)]
pub(super) struct Reference {
    /// Key of the person.
    pub key: String,
    id: String,
    manager: String,
}

impl Entra {
    /// References that differ from what was last read or written, of everybody or of one person.
    pub(super) fn open_references<P>(&self, only: Option<&str>, pass: &Pass<'_, P>) -> Vec<Reference> {
        let Some(source) = self.manager_source() else { return Vec::new() };
        let mut open = Vec::new();
        for (key, account) in self.memory.accounts.iter().filter(|(key, _)| only.is_none_or(|only| only == *key)) {
            let person = pass.directory.people.get(key).filter(|person| person.in_scope());
            let wanted = person.map(|person| source.value(person, &self.memory.links)).unwrap_or_default();
            let (Some(manager), Some(id)) = (wanted.as_str(), self.memory.links.id(key)) else { continue };
            if account.manager.as_deref() != Some(manager) {
                open.push(Reference { key: key.clone(), id: id.to_owned(), manager: manager.to_owned() });
            }
        }
        open
    }

    /// Writes one manager.
    pub(super) async fn write_reference<P: Port>(
        &mut self,
        reference: &Reference,
        pass: &mut Pass<'_, P>,
    ) -> Result<Done, Stop> {
        let known = self.memory.accounts.get(&reference.key).and_then(|account| account.manager.as_deref());
        let is_new = known.is_none();
        let requests = Requests(&self.settings);
        if !self.settings.reference_probe || !self.has_reference(reference, pass).await? {
            let body = Writer::new(pass.style, &self.settings).manager(&reference.manager, is_new);
            pass.send(requests.patch(USERS, &reference.id, &body)).await?;
        }
        if let Some(account) = self.memory.accounts.get_mut(&reference.key) {
            account.manager = Some(reference.manager.clone());
        }
        Ok(Done::new(OutcomeKind::Updated, format!("The manager of '{}' was updated in {TARGET}", reference.key)))
    }

    /// Older documentation: asks first whether the reference is there.
    async fn has_reference<P: Port>(&self, reference: &Reference, pass: &mut Pass<'_, P>) -> Result<bool, Stop> {
        let request = Requests(&self.settings).find_manager(&reference.id, &reference.manager);
        let response = pass.send(request).await?;
        let total = response.json().and_then(Value::as_object).and_then(|body| member(body, "totalResults")?.as_u64());
        Ok(total.ok_or_else(|| reaction::unreadable(reaction::INCOMPATIBLE_FILTERING, &response))? > 0)
    }

    fn manager_source(&self) -> Option<&Source> {
        self.mapping
            .user
            .entries
            .iter()
            .map(|entry| &entry.source)
            .find(|source| matches!(source, Source::Reference(_)))
    }
}

/// The manager's id in a user as the target shows it, whatever form it has there.
pub(super) fn manager_of(resource: &Map<String, Value>) -> Option<String> {
    let manager = member(member(resource, ENTERPRISE_USER)?.as_object()?, "manager")?;
    let id = match manager {
        Value::Object(manager) => member(manager, "value")?,
        Value::Array(managers) => member(managers.first()?.as_object()?, "value")?,
        other => other,
    };
    id.as_str().filter(|id| !id.is_empty()).map(str::to_owned)
}
