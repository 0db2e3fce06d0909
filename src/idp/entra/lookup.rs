//! Finding: the probe for something random, and the lookup by matching attribute.
//!
//! Entra asks one equality at a time and expects 200 with a ListResponse for
//! every answer, an empty one when nothing matches (ENTRA-R01, ENTRA-R02). What
//! comes back is compared with what was asked: a server that ignores the filter
//! hands over a stranger, and no request may follow that would change it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::pass::{Pass, Stop};
use super::reaction::{self, Course, Trouble};
use super::requests::Requests;
use crate::http::{Answer, Response};
use crate::idp::Port;
use crate::idp::mapping::{Target, member};
use crate::idp::wire::{Strictness, read_list, stranger};

/// The members of a resource.
type Fields = Map<String, Value>;

/// One equality that is looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'q> {
    /// `/Users` or `/Groups`.
    pub collection: &'static str,
    /// The matching attribute.
    pub target: &'q Target,
    /// Its value in the directory.
    pub value: &'q str,
}

/// What a lookup found.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found {
    /// Nothing.
    Nobody,
    /// Exactly one resource.
    One(Fields),
    /// More than one.
    Several,
}

/// Looks a user or group up by one attribute.
pub(super) async fn find<P: Port>(
    question: Question<'_>,
    requests: Requests<'_>,
    pass: &mut Pass<'_, P>,
) -> Result<Found, Stop> {
    let Question { collection, target, value } = question;
    let response = listed(pass.exchange(requests.find(collection, target, value)).await?)?;
    let (total, resources) = resources(&response)?;
    if let Some(other) = resources.iter().find_map(|resource| stranger("", resource, target, value)) {
        return Err(Stop::needs_admin(reaction::STRANGER, other.message));
    }
    Ok(match resources.as_slice() {
        [] => Found::Nobody,
        [one] if total <= 1 => Found::One((*one).clone()),
        _ => Found::Several,
    })
}

/// A success where a list was due.
fn listed(answer: Answer) -> Result<Arc<Response>, Trouble> {
    if matches!(&answer, Ok(response) if response.status == 404) {
        return Err(not_found());
    }
    reaction::accept(answer).map_err(|trouble| match trouble.code {
        reaction::INCOMPATIBLE => Trouble { code: reaction::INCOMPATIBLE_FILTERING, ..trouble },
        _ => trouble,
    })
}

/// 404 for a list stops the job: a wrong tenant URL looks like this.
fn not_found() -> Trouble {
    let reason = "An HTTP/404 Not Found response was returned rather than the expected HTTP/200 OK response. To address \
                  this issue, ensure that the tenant URL is correct. The tenant URL is usually in a format like: \
                  https://<>/scim.";
    Trouble { code: reaction::INCOMPATIBLE, reason: reason.to_owned(), course: Course::Quarantine }
}

/// `totalResults` of a ListResponse and the resources in it, each with an id (ENTRA-R03).
fn resources(response: &Response) -> Result<(u64, Vec<&Fields>), Trouble> {
    let unreadable =
        || Trouble { course: Course::Quarantine, ..reaction::unreadable(reaction::INCOMPATIBLE_FILTERING, response) };
    let list = read_list(response, Strictness::default()).map_err(|_| unreadable())?;
    if list.total > 0 && list.resources.is_empty() {
        return Err(unreadable());
    }
    let resources = list.resources.iter().map(|resource| resource.as_object().filter(|fields| id_of(fields).is_some()));
    Ok((list.total, resources.collect::<Option<_>>().ok_or_else(unreadable)?))
}

/// The `id` of a resource.
pub(super) fn id_of(resource: &Fields) -> Option<&str> {
    member(resource, "id")?.as_str().filter(|id| !id.is_empty())
}

/// The resource behind a cached id. When it is gone the link is an invalid anchor.
pub(super) fn known(answer: Answer, id: &str, what: &str) -> Result<Fields, Stop> {
    if matches!(&answer, Ok(response) if response.status == 404) {
        let reason = format!(
            "A {what} that was previously created or matched by the provisioning service no longer exists. Ensure that \
             the {what} exists. To force a new matching of all users, restart the job."
        );
        return Err(Stop::needs_admin(reaction::INVALID_ANCHOR, reason));
    }
    let response = reaction::accept(answer)?;
    // A resource under another id is not the one that was cached: nothing may be written to it.
    let resource = response.json().and_then(Value::as_object).filter(|resource| id_of(resource) == Some(id));
    Ok(resource.cloned().ok_or_else(|| reaction::unreadable(reaction::INCOMPATIBLE, &response))?)
}
