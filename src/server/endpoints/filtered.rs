//! Resources that a filter finds (RFC 7644 §3.4.2.2), by an index where one equality decides.

use serde_json::{Map, Value};

use crate::scim::{Filter, Problem, ScimType};
use crate::server::door::route::Kind;
use crate::server::state::State;
use crate::server::store::Key;

/// One resource that a query found.
pub type Found<'s> = (Kind, &'s Map<String, Value>);

/// Everything of these types that the filter matches, in order.
///
/// An attribute that none of the types knows is refused: whoever misspelt it
/// would take an empty list for an answer. Over several types, one that a
/// type does not know has no value there (RFC 7644 §3.4.2.1).
pub fn filtered<'s>(state: &'s State, kinds: &[Kind], text: &str) -> Result<Vec<Found<'s>>, Problem> {
    if !state.settings.filter {
        return Err(Problem::bad(ScimType::InvalidFilter, "This server does not support filters."));
    }
    let filter = Filter::parse(text)?;
    let unknown = |kind: &Kind| filter.unknown(state.schema(*kind));
    if let Some(path) = kinds.iter().map(unknown).min_by_key(Vec::len).unwrap_or_default().first() {
        return Err(Problem::bad(ScimType::InvalidFilter, format!("There is no attribute `{path}` to filter by.")));
    }
    let mut found = Vec::new();
    for kind in kinds {
        let (schema, all) = (state.schema(*kind), state.store.all(*kind));
        filter.check(schema)?;
        match indexed(*kind, &filter) {
            Some(Indexed::Id(id)) => found.extend(all.get(id).map(|resource| (*kind, resource))),
            Some(Indexed::Key(key, value)) => {
                found.extend(all.with(key, &key.form(value)).map(|resource| (*kind, resource)));
            }
            None => {
                let matching = all.from(0).filter(|resource| filter.matches(resource, schema));
                found.extend(matching.map(|resource| (*kind, resource)));
            }
        }
    }
    Ok(found)
}

/// What an index can answer alone.
enum Indexed<'f> {
    Id(&'f str),
    Key(Key, &'f str),
}

fn indexed(kind: Kind, filter: &Filter) -> Option<Indexed<'_>> {
    let (path, value) = filter.as_equality()?;
    let is_own = path.schema.as_deref().is_none_or(|urn| urn.eq_ignore_ascii_case(kind.urn()));
    let value = value.as_str().filter(|_| is_own && path.sub.is_none())?;
    let key = match (kind, path.name.to_ascii_lowercase().as_str()) {
        (_, "id") => return Some(Indexed::Id(value)),
        (_, "externalid") => Key::ExternalId,
        (Kind::User, "username") => Key::UserName,
        (Kind::Group, "displayname") => Key::GroupName,
        _ => return None,
    };
    Some(Indexed::Key(key, value))
}
