//! Servers that let two accounts have the same userName.
//!
//! The server behind refuses that, so the twin gets a mark at the end of its
//! userName, which no answer shows and every lookup ignores.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::query::{encode, equality, set_parameter};
use super::wrap::{
    Inner, answer_of, around, ask, creates_user, edit_operations, edit_request, is_below, is_list, lower, set_body,
};
use crate::http::{Method, Request};
use crate::server::{Reply, Service};

const MARK: &str = "~twin";

/// Creates a user although one of that name exists, when `goes_unseen` says so of that one and the name that is wanted.
pub(super) fn twins(inner: Inner, goes_unseen: fn(&Map<String, Value>, &str) -> bool) -> Inner {
    twins_by(inner, creates_user, goes_unseen)
}

/// Lets a user take a name that is taken, by requests of this method.
pub(super) fn renamed_twins(inner: Inner, method: Method) -> Inner {
    let renames: fn(&Request) -> bool = match method {
        Method::Put => |request| request.method == Method::Put && is_below(request, "/Users"),
        _ => |request| request.method == Method::Patch && is_below(request, "/Users"),
    };
    twins_by(inner, renames, |_, _| true)
}

fn twins_by(inner: Inner, is_such: fn(&Request) -> bool, goes_unseen: fn(&Map<String, Value>, &str) -> bool) -> Inner {
    let mut count = 0;
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        widen_lookup(&mut request, count);
        let mut reply = server.handle(&request, now);
        if is_such(&request) && answer_of(reply.clone()).is_some_and(|answer| answer.status == 409) {
            let mut wanted = String::new();
            each_name(&mut request, |name| name.as_str().unwrap_or_default().clone_into(&mut wanted));
            if existing(server, &wanted, now).is_some_and(|existing| goes_unseen(&existing, &wanted)) {
                count += 1;
                each_name(&mut request, |name| *name = format!("{wanted}{MARK}{count}").into());
                reply = server.handle(&request, now);
            }
        }
        unmark(&mut reply, count);
        reply
    })
}

/// Visits every userName that a request writes.
fn each_name(request: &mut Request, mut visit: impl FnMut(&mut Value)) {
    if request.method != Method::Patch {
        edit_request(request, |body| body.get_mut("userName").into_iter().for_each(visit));
        return;
    }
    edit_operations(request, |operations| {
        for operation in operations {
            let has_path = lower(operation, "path") == "username";
            let Some(value) = operation.get_mut("value") else { continue };
            if has_path { visit(value) } else { value.get_mut("userName").into_iter().for_each(&mut visit) }
        }
    });
}

fn existing(server: &mut dyn Service, name: &str, now: OffsetDateTime) -> Option<Map<String, Value>> {
    let filter = encode(&format!("userName eq {}", Value::from(name)));
    let list = ask(server, Method::Get, &format!("/Users?filter={filter}"), None, now)?;
    list.get("Resources")?.get(0)?.as_object().cloned()
}

fn widen_lookup(request: &mut Request, count: u32) {
    if count == 0 || !is_list(request) {
        return;
    }
    if let Some((attribute, value)) = equality(request).filter(|(name, _)| name.eq_ignore_ascii_case("userName")) {
        let marked = Value::from(format!("{value}{MARK}"));
        let filter = format!("{attribute} eq {} or {attribute} sw {marked}", Value::from(value));
        set_parameter(request, "filter", Some(&filter));
    }
}

fn unmark(reply: &mut Reply, count: u32) {
    let Reply::Answer(response) = reply else { return };
    let Ok(text) = std::str::from_utf8(&response.body) else { return };
    if text.contains(MARK) {
        // From the highest number down: `~twin1` is the beginning of `~twin10`.
        let text = (1..=count).rev().fold(text.to_owned(), |text, number| text.replace(&format!("{MARK}{number}"), ""));
        set_body(response, text);
    }
}
