//! `create/`, `get/` and `user/`: new accounts and how they are seen.

use std::collections::HashMap;

use serde_json::{Map, Value};
use time::{Duration, OffsetDateTime};

use super::Fault;
use super::twins::twins;
use super::wrap::{
    Inner, answer_of, answers, around, creates_user, edit_json, is_below, is_list, refusal, resources, set_body,
};
use crate::http::{Method, Response};
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("create/body", body),
    ("create/duplicate-409", duplicate_409),
    ("create/duplicate-case", duplicate_case),
    ("create/fidelity", fidelity),
    ("create/read-your-write", read_your_write),
    ("create/status-201", status_201),
    ("get/inactive-visible", inactive_visible),
    ("user/active", active),
];

fn status_201(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 201 {
            response.status = 200;
        }
    })
}

fn body(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        if response.status == 201 {
            set_body(response, "");
            response.headers.remove("Content-Type");
        }
    })
}

/// The index on userName is missing.
fn duplicate_409(inner: Inner) -> Inner {
    twins(inner, |_, _| true)
}

/// The index on userName compares bytes.
fn duplicate_case(inner: Inner) -> Inner {
    twins(inner, |existing, wanted| existing.get("userName").and_then(Value::as_str) != Some(wanted))
}

/// Phone numbers are made to look nice.
fn fidelity(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        let Some(Value::Array(phones)) = resource.get_mut("phoneNumbers") else { return };
        for phone in phones.iter_mut().filter_map(|phone| phone.get_mut("value")) {
            let digits: String = phone.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
            if let Some((area, rest)) = digits.split_at_checked(3) {
                *phone = format!("({area}) {rest}").into();
            }
        }
    })
}

/// Queries read a copy that is five seconds old.
fn read_your_write(inner: Inner) -> Inner {
    let mut created: HashMap<String, OffsetDateTime> = HashMap::new();
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        if creates_user(request) {
            let id = answer_of(reply.clone()).and_then(|answer| answer.json()?.get("id")?.as_str().map(str::to_owned));
            created.extend(id.map(|id| (id, now)));
        }
        if let Reply::Answer(response) = &mut reply
            && is_list(request)
        {
            hide(response, |user| {
                let at = user.get("id").and_then(Value::as_str).and_then(|id| created.get(id));
                at.is_some_and(|at| now - *at < Duration::seconds(5))
            });
        }
        reply
    })
}

/// A deactivated user counts as deleted for whoever reads.
fn inactive_visible(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut reply = server.handle(request, now);
        if request.method != Method::Get || !is_below(request, "/Users") {
            return reply;
        }
        if let Reply::Answer(response) = &mut reply {
            if response.json().and_then(Value::as_object).is_some_and(is_inactive) {
                return refusal(404, None, "There is no such user.");
            }
            hide(response, is_inactive);
        }
        reply
    })
}

pub(super) fn is_inactive(user: &Map<String, Value>) -> bool {
    user.get("active") == Some(&Value::Bool(false))
}

/// Takes resources out of a list, as if they did not exist.
pub(super) fn hide(response: &mut Response, is_hidden: impl Fn(&Map<String, Value>) -> bool) {
    edit_json(response, |_, body| {
        let Some(Value::Array(list)) = body.get_mut("Resources") else { return };
        let before = list.len();
        list.retain(|resource| !resource.as_object().is_some_and(&is_hidden));
        let (left, hidden) = (list.len(), before - list.len());
        let total = body.get("totalResults").and_then(Value::as_u64).unwrap_or_default();
        body["totalResults"] = total.saturating_sub(hidden as u64).into();
        body["itemsPerPage"] = left.into();
    });
}

fn active(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        resource.shift_remove("active");
    })
}
