//! How much memory an observation takes.

use crate::logs::observation::{Change, Http, Message, Observation, Subject};

/// Bytes of an observation with all that it holds, about.
pub(super) fn weight(observation: &Observation) -> usize {
    let Observation { place, app, app_template, job, kind, subject, http, changes, message, .. } = observation;
    let Subject { user_name, email, display_name, idp_id, scim_id, external_id, .. } = subject;
    let names =
        [&place.native_id, app, app_template, job, user_name, email, display_name, idp_id, scim_id, external_id];
    size_of::<Observation>()
        + kind.len()
        + names.into_iter().map(|name| length(name.as_ref())).sum::<usize>()
        + changes.iter().map(of_change).sum::<usize>()
        + message.as_ref().map_or(0, of_message)
        + http.as_ref().map_or(0, of_http)
}

fn length(text: Option<&String>) -> usize {
    text.map_or(0, String::len)
}

fn of_change(Change { path, old, new }: &Change) -> usize {
    size_of::<Change>() + path.len() + length(old.as_ref()) + length(new.as_ref())
}

fn of_message(Message { raw, detail, code, body, .. }: &Message) -> usize {
    raw.len() + [detail, code, body].into_iter().map(|text| length(text.as_ref())).sum::<usize>()
}

fn of_http(http: &Http) -> usize {
    let Http { base, query, request_headers, request_body, response_headers, response_body, .. } = http;
    let fields = request_headers.iter().chain(response_headers);
    let fields = fields.map(|(name, value)| size_of::<(String, String)>() + name.len() + value.len());
    let bodies = [request_body, response_body].into_iter().flatten().map(|body| body.value.text.len());
    length(base.as_ref()) + length(query.as_ref()) + fields.sum::<usize>() + bodies.sum::<usize>()
}
