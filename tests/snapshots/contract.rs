//! A foreign target against the reference answers: freedoms never count, deviations do.

use scimulator::http::{Headers, Mark, MarkKind, Method, Request, Response, Sender};
use scimulator::snapshot::{Mode, Normalised, SnapshotDifference, compare};
use serde_json::{Map, Value, json};

use super::story::{PRODUCT, REFERENCE, Run, Story, every_object, every_user, list, problem};

fn against_reference(actual: &Normalised) -> Vec<SnapshotDifference> {
    compare(&REFERENCE.story().normalised(&REFERENCE), actual, Mode::Contract)
}

fn counted(bend: impl Fn(&mut Story)) -> Vec<(String, String, Option<String>)> {
    let mut story = PRODUCT.story();
    bend(&mut story);
    let all = against_reference(&story.normalised(&PRODUCT));
    let counted = all.into_iter().filter(|difference| !difference.allowed);
    counted.map(|difference| (difference.request, difference.path, difference.actual)).collect()
}

#[track_caller]
fn free(name: &str, bend: impl Fn(&mut Story)) {
    let found = counted(bend);
    assert!(found.is_empty(), "{name}: {found:#?}");
}

#[track_caller]
fn caught(name: &str, request: &str, path: &str, bend: impl Fn(&mut Story)) {
    let found = counted(bend);
    let places: Vec<_> = found.iter().map(|(request, path, _)| (request.as_str(), path.as_str())).collect();
    assert_eq!(places, [(request, path)], "{name}");
}

fn members(value: &mut Value, bend: impl Fn(&mut Map<String, Value>)) {
    every_object(value, &bend);
}

fn status(story: &mut Story, method: Method, path: &str, from: u16, to: u16, body: &Value) {
    let at = story.find(method, path, from);
    story.bend(at, |response| {
        response.status = to;
        response.body = if body.is_null() { "".into() } else { body.to_string().into() };
    });
}

#[test]
fn a_server_that_behaves_alike_has_no_differences_at_all() {
    assert_eq!(against_reference(&PRODUCT.story().normalised(&PRODUCT)), []);
}

#[test]
fn freedoms_of_bodies_do_not_count() {
    free("an extension with extra attributes", |story| {
        story.bodies(|body| {
            every_user(body, &|user| {
                user.insert("urn:sp:User".to_owned(), json!({"plan": "gold", "score": 7}));
                user["schemas"].as_array_mut().unwrap().push(json!("urn:sp:User"));
            });
        });
    });
    free("members in another order, indented", |story| {
        story.each(|response| {
            if let Some(body) = response.json() {
                let mut body = body.clone();
                members(&mut body, |members| {
                    let mut turned: Vec<_> = std::mem::take(members).into_iter().collect();
                    turned.reverse();
                    members.extend(turned);
                });
                response.body = serde_json::to_string_pretty(&body).unwrap().into();
            }
        });
    });
    free("short decimal ids, a user and a group with the same", |_| {}); // PRODUCT has them
    free("times in another notation", |story| {
        story.bodies(|body| {
            every_user(body, &|user| user["meta"]["created"] = json!("2026-01-05T11:00:00.5+01:00"));
        });
    });
    free("unassigned attributes as null and []", |story| {
        story.bodies(|body| {
            every_user(body, &|user| {
                user.insert("nickName".to_owned(), Value::Null);
                user.insert("photos".to_owned(), json!([]));
                user.insert("title".to_owned(), json!(null));
            });
        });
    });
    free("details in German", |story| {
        story.bodies(|body| {
            if body.get("detail").is_some() {
                body["detail"] = json!("Alle Plätze sind belegt.");
            }
        });
    });
}

#[test]
fn freedoms_of_messages_do_not_count() {
    free("a charset in the media type", |story| {
        story.each(|response| response.headers.set("Content-Type", "application/scim+json; charset=utf-8"));
    });
    free("PATCH answers 200 with the group", |story| {
        status(story, Method::Patch, "/Groups", 204, 200, &json!({"id": "1", "displayName": "x", "schemas": []}));
    });
    free("PATCH answers 204", |story| status(story, Method::Patch, "/Users", 200, 204, &Value::Null));
    free("an empty list without Resources", |story| {
        story.bodies(|body| {
            if body["totalResults"] == 0 {
                body.as_object_mut().unwrap().remove("Resources");
            }
        });
    });
    free("an empty list with Resources: []", |story| {
        story.bodies(|body| {
            if body["totalResults"] == 0 {
                body["Resources"] = json!([]);
            }
        });
    });
    free("header names in lower case", |story| {
        story.each(|response| {
            response.headers = response.headers.iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
        });
    });
    free("no versions", |story| {
        story.each(|response| response.headers.remove("ETag"));
        story.bodies(|body| {
            every_user(body, &|user| {
                user["meta"].as_object_mut().unwrap().remove("version");
            });
        });
    });
    free("chunked transfer coding", |story| {
        story.each(|response| response.headers.push("Transfer-Encoding", "chunked"));
    });
}

#[test]
fn freedoms_of_what_is_offered_do_not_count() {
    free("small pages", |story| {
        let at = story.find(Method::Get, "/Groups", 200) + 1;
        assert_eq!(story.transcript.exchanges[at].request.query.as_deref(), Some("startIndex=1&count=100"));
        let mut next = story.transcript.exchanges[at].clone();
        next.request.query = Some("startIndex=4&count=100".to_owned());
        story.insert(at + 1, next);
    });
    free("one 429, then normal", |story| {
        for at in [1, 8] {
            let mut limited = story.transcript.exchanges[at].clone();
            let headers = Headers::from_iter([("Retry-After", "1")]);
            limited.answer = Ok(Response::new(429, headers, problem(429, "later").to_string()).into());
            story.insert(at, limited);
        }
    });
    free("PATCH not offered", |story| {
        status(story, Method::Patch, "/Users", 200, 501, &problem(501, "no PATCH"));
        outcome(story, "deactivated alice", "failed alice: Not Implemented");
    });
    free("over capacity refused with 402", |story| {
        status(story, Method::Post, "/Users", 403, 402, &problem(402, "no seats"));
    });
}

fn outcome(story: &mut Story, from: &str, to: &str) {
    let mark = story.transcript.marks.iter_mut().find(|mark| mark.kind == MarkKind::Outcome(from.to_owned()));
    mark.expect("the story has this outcome").kind = MarkKind::Outcome(to.to_owned());
}

#[test]
fn where_the_texts_contradict_each_other_both_sides_pass() {
    free("filtering is not offered", |story| {
        status(story, Method::Get, "/Users", 200, 400, &problem(400, "invalidFilter"));
    });
    free("groups are not offered", |story| status(story, Method::Post, "/Groups", 201, 404, &problem(404, "nothing")));
    free("members left out of the answer to a write", |story| {
        let at = story.find(Method::Post, "/Groups", 201);
        story.bend(at, |response| {
            let mut body = response.json().unwrap().clone();
            body.as_object_mut().unwrap().remove("members");
            response.body = body.to_string().into();
        });
    });
    free("relative and differently written URLs", |story| {
        let absolute = format!("{}/", PRODUCT.base);
        story.each(|response| {
            response.body = String::from_utf8_lossy(&response.body).replace(&absolute, "/tenants/7/scim/").into();
        });
    });
    free("plain JSON as media type", |story| {
        story.each(|response| response.headers.set("Content-Type", "application/json"));
    });
    free("attributes a server does not keep", |story| {
        story.bodies(|body| {
            every_user(body, &|user| {
                user.retain(|name, _| !["displayName", "name", "emails"].contains(&name.as_str()));
            });
        });
    });
    free("a display name the server makes itself, another case of the login", |story| {
        story.bodies(|body| {
            every_user(body, &|user| {
                user["displayName"] = json!("Cooper, Alice");
                user["userName"] = json!(user["userName"].as_str().unwrap().to_uppercase());
            });
        });
    });
}

#[test]
fn a_connection_that_breaks_is_not_a_snapshot_difference() {
    free("dropped", |story| {
        story.transcript.exchanges[3].answer = Err(scimulator::http::TransportFailure::Connect("reset".to_owned()));
    });
    free("gateway", |story| {
        story.each(|response| {
            response.status = 502;
            response.body = "<html>Bad Gateway</html>".into();
        });
    });
}

#[test]
fn what_binds_every_server_counts_once() {
    let alice = "POST /Users";
    let lookup = "GET /Users?filter=userName%20eq%20%22alice%40example.com%22&startIndex=1&count=100";
    let user =
        |bend: fn(&mut Map<String, Value>)| move |story: &mut Story| story.bodies(|body| every_user(body, &bend));
    caught("created with 200", alice, "status", |story| {
        let at = story.find(Method::Post, "/Users", 201);
        story.bend(at, |response| response.status = 200);
    });
    caught("a lookup without a match is 404", lookup, "status", |story| {
        status(story, Method::Get, "/Users", 200, 404, &problem(404, "none"));
    });
    caught("the filter is ignored", lookup, "body.totalResults", |story| {
        story.bend(0, |response| response.body = list(&[json!({"id": "9", "userName": "root"})]).to_string().into());
    });
    caught("no id", alice, "body.id", user(|user| drop(user.remove("id"))));
    caught("externalId is lost", alice, "body.externalId", user(|user| drop(user.remove("externalId"))));
    caught("another login", alice, "body.userName", user(|user| drop(user.insert("userName".to_owned(), json!("x")))));
    caught("created without a body", alice, "body", |story| {
        let at = story.find(Method::Post, "/Users", 201);
        story.bend(at, |response| response.body = "".into());
    });
    caught("active=false is acknowledged and ignored", "PATCH /Users/<alice.id>", "body.active", |story| {
        story.bodies(|body| every_user(body, &|user| user["active"] = json!(true)));
    });
    caught("a twin", alice, "status", |story| {
        status(story, Method::Post, "/Users", 409, 201, &PRODUCT.user(true));
    });
    caught("over capacity, created anyway", alice, "status", |story| {
        status(story, Method::Post, "/Users", 403, 201, &PRODUCT.user(true));
    });
    caught("an inactive user is gone", "GET /Users/<alice.id>", "status", |story| {
        status(story, Method::Get, "/Users/12", 200, 404, &problem(404, "gone"));
    });
    caught("an unknown user is 400", "GET /Users/<guid:1>", "status", |story| {
        status(story, Method::Get, "/Users", 404, 400, &problem(400, "bad id"));
    });
    caught("an HTML error page", "GET /Users/<guid:1>", "body.schemas", |story| {
        let at = story.find(Method::Get, "/Users", 404);
        story.bend(at, |response| response.body = "<html>not found</html>".into());
    });
    caught("a server error", "PUT /Users/<alice.id>", "status", |story| {
        status(story, Method::Put, "/Users", 200, 500, &problem(500, "oops"));
    });
    caught("all members are gone", "GET /Groups/<group:1>", "body.members", |story| {
        let at = story.find(Method::Get, "/Groups", 200);
        story.bend(at, |response| {
            let mut body = response.json().unwrap().clone();
            body["members"] = json!([]);
            response.body = body.to_string().into();
        });
    });
    caught("the admin sees a failure", "PATCH /Users/<alice.id>", "outcome", |story| {
        outcome(story, "deactivated alice", "failed alice: no idea why");
    });
}

#[test]
fn raw_steps_count_through_their_expectations_only() {
    free("raw", |story| {
        for exchange in &mut story.transcript.exchanges {
            exchange.sender = Sender::Scenario;
        }
        story.each(|response| response.status = 500);
    });
}

/// The address changes; the reference holds the new one back until it is verified.
fn change_of_address(run: &Run, shown: &str, found: &[Value]) -> Story {
    let mut story = run.story();
    story.transcript.exchanges.truncate(3);
    story.transcript.marks.truncate(3);
    let new = format!("{}alice.cooper@example.com", run.mark);
    let mut sent = run.user(true);
    sent["userName"] = json!(new);
    let mut answer = run.user(true);
    answer["userName"] = json!(format!("{}{shown}", run.mark));
    answer["emails"] = json!([{"value": answer["userName"], "type": "work"}]);
    let path = format!("/Users/{}", run.alice);
    story.play(Request::new(Method::Put, path.as_str()).with_json(&sent), 200, &answer);
    story.outcome("updated alice");
    story.play(Request::new(Method::Get, path.as_str()), 200, &answer);
    let filter = format!("filter=userName+eq+%22{}alice.cooper%40example.com%22", run.mark);
    story.play(Request::new(Method::Get, "/Users").with_query(filter), 200, &list(found));
    story.transcript.marks.push(Mark {
        after: story.transcript.exchanges.len(),
        at: std::time::Duration::ZERO,
        kind: MarkKind::Outcome("updated alice".to_owned()),
    });
    story
}

#[test]
fn a_change_of_address_may_be_held_or_made_at_once() {
    let held = change_of_address(&REFERENCE, "alice@example.com", &[]);
    let made = change_of_address(&PRODUCT, "alice.cooper@example.com", &[PRODUCT.user(true)]);
    let (held, made) = (held.normalised(&REFERENCE), made.normalised(&PRODUCT));
    for (expected, actual) in [(&held, &made), (&made, &held)] {
        let found = compare(expected, actual, Mode::Contract);
        assert!(!found.is_empty());
        assert!(found.iter().all(|difference| difference.allowed), "{found:#?}");
    }
}
