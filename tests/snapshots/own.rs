//! Against an own baseline every difference in meaning counts, and none that is not.

use scimulator::http::{Headers, Method, Response};
use scimulator::snapshot::{Mode, SnapshotDifference, compare};
use serde_json::{Value, json};

use super::story::{REFERENCE, Story, every_object, every_user};

fn differences(bend: impl Fn(&mut Story)) -> Vec<SnapshotDifference> {
    let mut story = REFERENCE.story();
    bend(&mut story);
    let expected = REFERENCE.story().normalised(&REFERENCE);
    compare(&expected, &story.normalised(&REFERENCE), Mode::Own)
}

fn paths(differences: &[SnapshotDifference]) -> Vec<(&str, &str)> {
    differences.iter().map(|difference| (difference.request.as_str(), difference.path.as_str())).collect()
}

#[test]
fn order_case_of_names_and_unassigned_values_are_no_differences() {
    let found = differences(|story| {
        story.bodies(|body| {
            every_object(body, &|members| {
                let mut turned: Vec<_> = std::mem::take(members).into_iter().collect();
                turned.reverse();
                members.extend(turned.into_iter().map(|(key, value)| (key.to_uppercase(), value)));
                members.insert("nickName".to_owned(), Value::Null);
                members.insert("photos".to_owned(), json!([]));
                members.values_mut().filter_map(Value::as_array_mut).for_each(|items| items.reverse());
            });
        });
    });
    assert_eq!(found, []);
}

#[test]
fn reversed_members_and_elements_are_no_difference() {
    let found = differences(|story| {
        story.bodies(|body| {
            every_object(body, &|members| {
                let mut turned: Vec<_> = std::mem::take(members).into_iter().collect();
                turned.reverse();
                members.extend(turned);
                members.values_mut().filter_map(Value::as_array_mut).for_each(|items| items.reverse());
            });
        });
    });
    assert_eq!(found, []);
}

#[test]
fn one_changed_attribute_is_one_difference_with_its_path() {
    let found = differences(|story| {
        let at = story.find(Method::Put, "/Users", 200);
        story.bend(at, |response| {
            let body = String::from_utf8_lossy(&response.body).replace("\"work\"", "\"home\"");
            response.body = body.into();
        });
    });
    assert_eq!(paths(&found), [("PUT /Users/<alice.id>", "body.emails[type eq \"work\"].type")]);
    assert_eq!(found[0].actual.as_deref(), Some("\"home\""));
    assert!(!found[0].allowed);
}

#[test]
fn a_request_more_is_one_difference_and_the_rest_still_lines_up() {
    let found = differences(|story| {
        let again = story.transcript.exchanges[2].clone();
        story.insert(3, again);
    });
    assert_eq!(paths(&found).len(), 1, "{found:#?}");
    assert_eq!((found[0].path.as_str(), found[0].expected.as_deref()), ("request", None));
}

#[test]
fn a_status_a_header_and_an_outcome_are_differences() {
    let found = differences(|story| {
        let at = story.find(Method::Post, "/Users", 201);
        story.bend(at, |response| {
            response.status = 200;
            response.headers.remove("Location");
        });
        story.transcript.marks[1].kind = scimulator::http::MarkKind::Outcome("linked alice".to_owned());
    });
    let paths: Vec<_> = found.iter().map(|found| found.path.as_str()).collect();
    assert_eq!(paths, ["status", "header Location", "outcome"]);
}

#[test]
fn resources_of_a_list_are_matched_by_id() {
    let found = differences(|story| {
        story.bodies(|body| {
            if body.get("Resources").is_some() {
                every_user(body, &|user| {
                    user.insert("title".to_owned(), json!("Boss"));
                });
            }
        });
    });
    assert!(!found.is_empty());
    for difference in &found {
        assert_eq!(difference.path, "body.Resources[userName eq \"alice@example.com\"].title");
        assert_eq!(difference.expected, None);
    }
}

/// 429 with a time to come again.
fn limited() -> Response {
    Response::new(429, Headers::from_iter([("Retry-After", "1")]), "")
}

#[test]
fn a_request_repeated_after_429_is_the_same_request() {
    let found = differences(|story| {
        let mut first = story.transcript.exchanges[1].clone();
        first.answer = Ok(limited().into());
        story.insert(1, first);
    });
    assert_eq!(paths(&found), [("POST /Users", "retries")]);
    assert!(found[0].allowed);
}

#[test]
fn what_follows_from_weather_is_no_regression() {
    let found = differences(|story| {
        story.transcript.exchanges.truncate(2);
        story.transcript.marks.truncate(1);
        story.transcript.exchanges[1].answer = Ok(limited().into());
        story.outcome("retry-scheduled alice");
    });
    assert!(found.len() > 3 && found.iter().all(|difference| difference.allowed), "{found:#?}");
}
