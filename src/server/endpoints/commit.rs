//! The way of new content into the store: all checks first, then everything that follows from it.

use std::collections::HashSet;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::{intake, members};
use crate::server::door::route::Kind;
use crate::server::organisation::attribute;
use crate::server::organisation::verification::{Pending, withhold};
use crate::server::reply::Refusal;
use crate::server::state::State;
use crate::server::store::member_ids;

/// The resource that changes.
#[derive(Clone, Copy, Debug)]
pub struct Before<'s> {
    /// Its id.
    pub id: &'s str,
    /// What it is now.
    pub resource: &'s Map<String, Value>,
}

/// Content that passed every check.
#[derive(Debug)]
pub struct Change {
    content: Map<String, Value>,
    held: Option<Pending>,
}

/// Checks content that is to become a resource, or that of `before`. `whole`: a body that replaces, not operations.
pub fn check(
    state: &State,
    kind: Kind,
    before: Option<Before<'_>>,
    mut content: Map<String, Value>,
    whole: bool,
) -> Result<Change, Refusal> {
    let schema = state.schema(kind);
    let (id, old) = (before.map(|before| before.id), before.map(|before| before.resource));
    intake::required(&content, schema)?;
    let held = match kind {
        Kind::User => {
            attribute::agree(old, &mut content, &state.settings.group_attribute, whole)?;
            state.unclaimed(kind, id, &content)?;
            state.organisation.seat_for(old, &content, &state.store, &state.settings)?;
            old.filter(|_| state.settings.verify_email).and_then(|old| withhold(old, &mut content))
        }
        Kind::Group => {
            members::resolve(state, id, &mut content)?;
            if !same_members(old, &content) {
                state.organisation.mapping.refuse_by_hand()?;
            }
            state.unclaimed(kind, id, &content)?;
            None
        }
    };
    intake::announce(&mut content, schema);
    Ok(Change { content, held })
}

/// Makes a resource; gives its id.
pub fn insert(state: &mut State, kind: Kind, change: Change, now: OffsetDateTime) -> String {
    let id = state.new_id();
    state.store.insert(kind, &id, change.content, now);
    if let (Kind::User, Some(user)) = (kind, state.store.get(kind, &id)) {
        state.organisation.joined(&id, user, &state.settings, now);
        place(state, &id, now);
    }
    id
}

/// Changes a resource.
pub fn update(state: &mut State, kind: Kind, id: &str, change: Change, now: OffsetDateTime) {
    state.store.update(kind, id, change.content, now);
    if let (Kind::User, Some(user)) = (kind, state.store.get(kind, id)) {
        state.organisation.changed(id, user, change.held, &state.settings, now);
        place(state, id, now);
    }
}

fn place(state: &mut State, id: &str, now: OffsetDateTime) {
    state.organisation.mapping.place(&mut state.store, id, &state.settings.group_attribute, now);
}

fn same_members(old: Option<&Map<String, Value>>, new: &Map<String, Value>) -> bool {
    let ids = |group: &Map<String, Value>| member_ids(group).into_iter().collect::<HashSet<_>>();
    old.map(ids).unwrap_or_default() == ids(new)
}
