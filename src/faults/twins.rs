//! Servers that let two accounts have the same userName.
//!
//! The server behind refuses that, so the twin gets a mark at the end of its
//! userName, which no answer shows and every lookup ignores.

use serde_json::{Map, Value};
use time::OffsetDateTime;

use super::query::{encode, equality, set_parameter};
use super::wrap::{Inner, answer_of, around, ask, creates_user, edit_request, is_list, set_body};
use crate::http::{Method, Request};
use crate::server::{Reply, Service};

const MARK: &str = "~twin";

/// Creates a user although one of that name exists, when `goes_unseen` says so of that one and the name that is wanted.
pub(super) fn twins(inner: Inner, goes_unseen: fn(&Map<String, Value>, &str) -> bool) -> Inner {
    let mut count = 0;
    around(inner, move |server, request, now| {
        let mut request = request.clone();
        widen_lookup(&mut request, count);
        let mut reply = server.handle(&request, now);
        if creates_user(&request) && answer_of(reply.clone()).is_some_and(|answer| answer.status == 409) {
            let wanted = request.json().and_then(|body| body.get("userName")?.as_str().map(str::to_owned));
            let wanted = wanted.unwrap_or_default();
            if existing(server, &wanted, now).is_some_and(|existing| goes_unseen(&existing, &wanted)) {
                count += 1;
                edit_request(&mut request, |body| {
                    body.insert("userName".to_owned(), format!("{wanted}{MARK}{count}").into());
                });
                reply = server.handle(&request, now);
            }
        }
        unmark(&mut reply, count);
        reply
    })
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
