//! What is expected of a recording: that it goes as it went, but for what went wrong.

use serde_json::{Map, Value, json};

use super::answer::is_due;
use super::document::Body;
use crate::http::Method;
use crate::logs::infer::Step;

/// Members of `expect:` that hold for every endpoint: the form of an answer, not its content.
const OF_FORM: [&str; 2] = ["present", "at"];

/// Expects of each step the status that it had, where that may be; other answers stay what they should have been.
///
/// Of many people's requests it cannot be said which value got lost on the way, so none is expected then.
pub(super) fn loosen(body: &mut Body) {
    let is_of_one =
        body.people.as_object().is_none_or(|people| people.keys().filter(|key| !key.contains('_')).count() <= 1);
    let own = body.steps.iter_mut().skip(body.requests_before).filter_map(Value::as_object_mut);
    for (written, step) in own.zip(&body.played) {
        let Some(status) = step.status else { continue };
        let Some(expected) = written.get("expect").and_then(Value::as_object) else { continue };
        let mut loose = Map::new();
        let as_it_was = is_due(step, status) || may_be(step, status);
        loose.insert("status".to_owned(), if as_it_was { json!(status) } else { expected["status"].clone() });
        for name in OF_FORM.into_iter().chain(is_of_one.then_some("body")).chain(is_lookup(step).then_some("total")) {
            if let Some(value) = expected.get(name) {
                loose.insert(name.to_owned(), value.clone());
            }
        }
        written.insert("expect".to_owned(), Value::Object(loose));
        if !is_of_one && let Some(observed) = written.get_mut("observed").and_then(Value::as_object_mut) {
            observed.shift_remove("body");
        }
    }
}

/// Looking for what is not there is an ordinary thing (RFC 7644 §3.4.1), deleting it again too (§3.6), and so are answers
/// to conditions (§3.14).
const fn may_be(step: &Step, status: u16) -> bool {
    match step.request.method {
        Method::Get | Method::Delete | Method::Head => matches!(status, 404 | 304 | 412),
        Method::Put | Method::Patch => matches!(status, 204 | 412),
        Method::Post | Method::Options => false,
    }
}

/// How many there are of one name is the same everywhere; how many there are at all is not.
fn is_lookup(step: &Step) -> bool {
    step.request.parameter("filter").is_some()
}
