//! Queries (RFC 7644 §3.4.2, §3.4.3): filter, sort, page, project.

use serde_json::{Value, json};

use super::cursor;
use super::filtered::{Found, filtered};
use super::project::Projection;
use super::sort::sort;
use crate::http::Response;
use crate::scim::urn;
use crate::server::door::query::Query;
use crate::server::door::route::Kind;
use crate::server::reply::{self, Refusal};
use crate::server::state::State;

/// The ListResponse to a query over one type, or over all of them.
pub fn list(state: &State, kind: Option<Kind>, query: &Query) -> Result<Response, Refusal> {
    let kinds: Vec<Kind> = state.kinds().filter(|one| kind.is_none_or(|kind| kind == *one)).collect();
    let settings = &state.settings;
    let is_by_cursor = cursor::applies(query, settings.cursors);
    let start = if is_by_cursor {
        cursor::skip(query)? + 1
    } else {
        usize::try_from(query.start_index.unwrap_or(1).max(1)).unwrap_or(usize::MAX)
    };
    let count = query.count.map_or(settings.page_size, |count| usize::try_from(count.max(0)).unwrap_or(usize::MAX));
    let count = count.min(settings.max_results);
    let sort_by = query.sort_by.as_deref().filter(|_| settings.sort);

    let (total, page) = match (query.filter.as_deref(), sort_by) {
        (None, None) => unfiltered(state, &kinds, start - 1, count),
        (filter, sort_by) => {
            let mut found = match filter {
                Some(filter) => filtered(state, &kinds, filter)?,
                None => kinds.iter().flat_map(|kind| all(state, *kind, 0)).collect(),
            };
            if let Some(sort_by) = sort_by {
                sort(&mut found, sort_by, query.descending, |kind| state.schema(kind))?;
            }
            let total = found.len();
            (total, found.into_iter().skip(start - 1).take(count).collect())
        }
    };
    let mut body = message(state, query, total, start, &page);
    if is_by_cursor && let Some(list) = body.as_object_mut() {
        list.shift_remove("startIndex");
        let next = start - 1 + page.len();
        if start > 1 {
            list.insert("previousCursor".to_owned(), cursor::at(query, (start - 1).saturating_sub(count)).into());
        }
        if next < total && !page.is_empty() {
            list.insert("nextCursor".to_owned(), cursor::at(query, next).into());
        }
    }
    Ok(reply::json(200, &body))
}

/// A page of everything, without looking at what lies before it.
fn unfiltered<'s>(state: &'s State, kinds: &[Kind], mut skip: usize, count: usize) -> (usize, Vec<Found<'s>>) {
    let (mut total, mut page) = (0, Vec::new());
    for kind in kinds {
        let len = state.store.all(*kind).len();
        page.extend(all(state, *kind, skip).take(count - page.len()));
        skip = skip.saturating_sub(len);
        total += len;
    }
    (total, page)
}

fn all(state: &State, kind: Kind, from: usize) -> impl Iterator<Item = Found<'_>> {
    state.store.all(kind).from(from).map(move |resource| (kind, resource))
}

fn message(state: &State, query: &Query, total: usize, start: usize, page: &[Found<'_>]) -> Value {
    let projection = Kind::ALL.map(|kind| Projection::new(query, state.schema(kind)));
    let shown = |(kind, resource): &Found<'_>| Value::Object(projection[*kind as usize].of(resource));
    let resources: Vec<Value> = page.iter().map(shown).collect();
    let mut body = json!({
        "schemas": [urn::LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": resources.len(),
    });
    if !resources.is_empty() || state.settings.resources_when_empty {
        body["Resources"] = resources.into();
    }
    body
}
