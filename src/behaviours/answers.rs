//! Answers: lists that cannot be read, bodies that are none, answers from elsewhere, answers that come late.

use std::time::Duration;

use serde_json::Value;

use super::argument::{Which, pair};
use super::behaviour::Does::{Breaks, Takes, Wraps};
use super::behaviour::{Act, Known};
use crate::faults::wrap::{Inner, around, bodies, is_list, refusal};
use crate::http::{Headers, Response};
use crate::server::Reply;

pub(super) const BEHAVIOURS: &[Known] = &[
    Known::new(
        "list-numbers-as-strings",
        "",
        "The numbers of a list are texts: \"totalResults\": \"1\".",
        Wraps(|inner| lists(inner, numbers_as_strings)),
    ),
    Known::new(
        "list-without",
        "=MEMBER",
        "Lists have no MEMBER: schemas, totalResults, startIndex, itemsPerPage or Resources.",
        Takes(list_without),
    ),
    Known::new(
        "list-null-resources",
        "",
        "The `Resources` of a list without any are null.",
        Wraps(|inner| lists(inner, null_resources)),
    ),
    Known::new("empty-201", "", "A create is answered with 201 and nothing in it.", Breaks("create/body")),
    Known::new(
        "gateway",
        "[=STATUS[:WHICH]]",
        "A gateway answers in the server's place, with STATUS, else 502, and a line of text. WHICH requests: POST, \
         /Groups, POST/Users; else all.",
        Takes(gateway),
    ),
    Known::new(
        "html-answers",
        "[=WHICH]",
        "The page of a website with status 200 in place of an answer. WHICH requests: see `gateway`.",
        Takes(|argument| Some(answering(Which::read(argument)?, || Reply::Answer(page(200))))),
    ),
    Known::new(
        "internal-error",
        "[=WHICH]",
        "500 in place of an answer; nothing is done. WHICH requests: see `gateway`.",
        Takes(|argument| Some(answering(Which::read(argument)?, internal_error))),
    ),
    Known::new(
        "no-answer",
        "[=WHICH]",
        "The connection is closed without an answer; nothing is done. WHICH requests: see `gateway`.",
        Takes(|argument| Some(answering(Which::read(argument)?, || Reply::Drop))),
    ),
    Known::new(
        "slow-answers",
        "=SECONDS[:WHICH]",
        "What is asked is done, and the answer comes after SECONDS; Okta waits for 60. WHICH requests: see `gateway`.",
        Takes(slow),
    ),
];

/// A page of HTML, as websites and web servers have it.
pub(super) fn page(status: u16) -> Response {
    let title = if status == 200 { "Sign in" } else { "Not found" };
    let page = format!("<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");
    let headers: Headers = [("Content-Type", "text/html; charset=utf-8")].into_iter().collect();
    Response::new(status, headers, page)
}

fn internal_error() -> Reply {
    refusal(500, None, "Internal Server Error")
}

/// Edits every list of users or groups.
fn lists<F>(inner: Inner, edit: F) -> Inner
where
    F: Fn(&mut Value) + Send + 'static,
{
    bodies(inner, move |request, status, body| {
        if status == 200 && is_list(request) {
            edit(body);
        }
    })
}

/// A language without numbers in its JSON library, or an XML gateway.
fn numbers_as_strings(list: &mut Value) {
    for name in ["totalResults", "startIndex", "itemsPerPage"] {
        if let Some(number) = list.get_mut(name).filter(|value| value.is_number()) {
            *number = number.to_string().into();
        }
    }
}

/// A list that was never made.
fn null_resources(list: &mut Value) {
    if list.get("totalResults") == Some(&0.into()) {
        list["Resources"] = Value::Null;
    }
}

fn list_without(argument: Option<&str>) -> Option<Act> {
    const MEMBERS: [&str; 5] = ["schemas", "totalResults", "startIndex", "itemsPerPage", "Resources"];
    let member = MEMBERS.into_iter().find(|member| Some(*member) == argument)?;
    Some(Act::wrap(move |inner| {
        lists(inner, move |list| {
            list.as_object_mut().and_then(|list| list.shift_remove(member));
        })
    }))
}

fn gateway(argument: Option<&str>) -> Option<Act> {
    let (code, which) = pair(argument.unwrap_or("502"))?;
    // A gateway may send clients elsewhere too.
    let code = code.parse().ok().filter(|code| (300..600).contains(code))?;
    Some(answering(Which::read(which)?, move || {
        let headers: Headers = [("Content-Type", "text/plain; charset=UTF-8")].into_iter().collect();
        Reply::Answer(Response::new(code, headers, format!("error code: {code}")))
    }))
}

/// Answers such requests in the server's place.
fn answering(which: Which, answer: impl Fn() -> Reply + Clone + Send + Sync + 'static) -> Act {
    Act::wrap(move |inner| {
        let (which, answer) = (which.clone(), answer.clone());
        around(
            inner,
            move |server, request, now| {
                if which.has(request) { answer() } else { server.handle(request, now) }
            },
        )
    })
}

fn slow(argument: Option<&str>) -> Option<Act> {
    let (seconds, which) = pair(argument?)?;
    let time = Duration::from_secs(seconds.parse().ok()?);
    let which = Which::read(which)?;
    Some(Act::wrap(move |inner| {
        let which = which.clone();
        around(inner, move |server, request, now| match server.handle(request, now) {
            Reply::Answer(response) if which.has(request) => Reply::Late(time, response),
            reply => reply,
        })
    }))
}
