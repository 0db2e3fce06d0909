//! Wrong status codes.

use scimulator::faults::wrap::{Inner, answers, set_status};
use scimulator::http::Method;
use serde_json::json;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] =
    &[breaks_an_idp("create-answers-202", create_answers_202), breaks_the_rfcs("put-answers-201", put_answers_201)];

#[test]
fn every_wrong_status_is_found() {
    assert_found("status", &json!({}), DEFECTS);
}

fn create_answers_202(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if request.method == Method::Post && response.status == 201 {
            set_status(response, 202);
        }
    })
}

fn put_answers_201(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if request.method == Method::Put && response.status == 200 {
            set_status(response, 201);
        }
    })
}
