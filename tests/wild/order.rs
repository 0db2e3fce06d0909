//! Order, time and tenants: lists out of order, answers from yesterday, people of another customer.

use std::collections::HashMap;

use scimulator::faults::query::{parameter, set_parameter};
use scimulator::faults::tenancy::as_own;
use scimulator::faults::wrap::{
    Inner, answer_of, around, creates_user, edit_request, id_of, is_below, is_list, read, refusal, requests,
    searches_without,
};
use scimulator::http::{Method, Request, Response};
use scimulator::server::Reply;
use serde_json::{Value, json};
use time::{Duration, OffsetDateTime};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const SORTING: &[Defect] = &[
    breaks_the_rfcs("no-order-means-downwards", no_order_means_downwards),
    breaks_the_rfcs("sub-attributes-do-not-sort", sub_attributes_do_not_sort),
    breaks_the_rfcs("groups-do-not-sort", groups_do_not_sort),
    breaks_the_rfcs("unknown-sort-by-crashes", unknown_sort_by_crashes),
    breaks_the_rfcs("who-has-no-value-is-in-no-sorted-list", who_has_no_value_is_in_no_sorted_list),
    breaks_the_rfcs("a-search-does-not-sort", |inner| searches_without(inner, "sortBy")),
    breaks_the_rfcs("a-search-knows-no-count", |inner| searches_without(inner, "count")),
    breaks_the_rfcs("a-search-of-groups-knows-no-filter", |inner| {
        requests(inner, |request| {
            if request.path == "/Groups/.search" {
                edit_request(request, |body| {
                    body.shift_remove("filter");
                });
            }
        })
    }),
];

const STALE: &[Defect] = &[
    breaks_an_idp("the-first-read-after-a-patch-is-old", |inner| first_read_is_old(inner, Method::Patch)),
    breaks_an_idp("the-first-read-after-a-put-is-old", |inner| first_read_is_old(inner, Method::Put)),
    breaks_an_idp("new-groups-are-listed-late", new_groups_are_listed_late),
    breaks_an_idp("lists-show-the-user-before-the-patch", lists_show_the_user_before_the_patch),
    breaks_an_idp("deleted-once-more-readable", deleted_once_more_readable),
    breaks_an_idp("two-creates-at-once-make-twins", two_creates_at_once_make_twins),
];

const TENANTS: &[Defect] = &[
    breaks_an_idp("a-neighbour-patches", |inner| as_own(inner, |request| request.method == Method::Patch)),
    breaks_an_idp("a-neighbour-deletes", |inner| as_own(inner, |request| request.method == Method::Delete)),
    breaks_an_idp("a-neighbour-puts", |inner| as_own(inner, |request| request.method == Method::Put)),
    breaks_an_idp("a-neighbour-reads-groups", |inner| {
        as_own(inner, |request| {
            request.method == Method::Get && is_below(request, "/Groups") && id_of(request).is_some()
        })
    }),
    breaks_an_idp("a-neighbour-changes-groups", |inner| {
        as_own(inner, |request| request.method == Method::Patch && is_below(request, "/Groups"))
    }),
    breaks_an_idp("a-neighbour-creates-here", |inner| as_own(inner, creates_user)),
    breaks_an_idp("an-external-id-is-taken-for-all-tenants", |inner| {
        let mut taken: HashMap<String, String> = HashMap::new(); // externalId, who asked
        around(inner, move |server, request, now| {
            let body = request.json().filter(|_| creates_user(request)).unwrap_or_default();
            let who = request.headers.get("authorization").unwrap_or_default().to_owned();
            if let Some(key) = body["externalId"].as_str() {
                let first = taken.entry(key.to_owned()).or_insert_with(|| who.clone());
                if *first != who {
                    return refusal(409, Some("uniqueness"), "The externalId is taken.");
                }
            }
            server.handle(request, now)
        })
    }),
];

#[test]
fn order_is_kept() {
    assert_found("sorting", &json!({}), SORTING);
}

#[test]
fn nothing_is_stale() {
    assert_found("staleness", &json!({}), STALE);
}

#[test]
fn tenants_are_apart() {
    assert_found("tenancy", &json!({}), TENANTS);
}

fn without_order(request: &mut Request) {
    set_parameter(request, "sortBy", None);
    set_parameter(request, "sortOrder", None);
}

fn no_order_means_downwards(inner: Inner) -> Inner {
    requests(inner, |request| {
        if parameter(request, "sortBy").is_some() && parameter(request, "sortOrder").is_none() {
            set_parameter(request, "sortOrder", Some("descending"));
        }
    })
}

fn sub_attributes_do_not_sort(inner: Inner) -> Inner {
    requests(inner, |request| {
        if parameter(request, "sortBy").is_some_and(|by| by.contains('.')) {
            without_order(request);
        }
    })
}

fn groups_do_not_sort(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_list(request) && is_below(request, "/Groups") {
            without_order(request);
        }
    })
}

/// `INNER JOIN`.
fn who_has_no_value_is_in_no_sorted_list(inner: Inner) -> Inner {
    requests(inner, |request| {
        let Some(by) = parameter(request, "sortBy").filter(|_| is_list(request)) else { return };
        let filter = match parameter(request, "filter") {
            Some(filter) => format!("({filter}) and {by} pr"),
            None => format!("{by} pr"),
        };
        set_parameter(request, "filter", Some(&filter));
    })
}

fn unknown_sort_by_crashes(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if parameter(request, "sortBy").is_some_and(|by| by.to_ascii_lowercase().contains("nosuch")) {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}

/// Reads come from a replica that is one read late.
fn first_read_is_old(inner: Inner, method: Method) -> Inner {
    let mut old: HashMap<String, Response> = HashMap::new();
    around(inner, move |server, request, now| {
        if request.method == Method::Get
            && let Some(answer) = old.remove(&request.path)
        {
            return Reply::Answer(answer);
        }
        let before = (request.method == method).then(|| {
            let mut read = Request::new(Method::Get, &*request.path);
            read.headers = request.headers.clone();
            answer_of(server.handle(&read, now))
        });
        if let Some(before) = before.flatten().filter(Response::is_success) {
            old.insert(request.path.clone(), before);
        }
        server.handle(request, now)
    })
}

fn new_groups_are_listed_late(inner: Inner) -> Inner {
    let mut created: HashMap<String, OffsetDateTime> = HashMap::new();
    around(inner, move |server, request, now| {
        let mut reply = server.handle(request, now);
        let Reply::Answer(answer) = &mut reply else { return reply };
        if request.method == Method::Post && is_below(request, "/Groups") {
            let id = answer.json().and_then(|body| body.get("id")?.as_str());
            created.extend(id.map(|id| (id.to_owned(), now)));
        }
        if is_list(request) && is_below(request, "/Groups") {
            scimulator::faults::create::hide(answer, |group| {
                let at = group.get("id").and_then(Value::as_str).and_then(|id| created.get(id));
                at.is_some_and(|at| now - *at < Duration::seconds(5))
            });
        }
        reply
    })
}

/// The list comes from a search index that learns of changes later.
fn lists_show_the_user_before_the_patch(inner: Inner) -> Inner {
    let mut before: HashMap<String, Value> = HashMap::new();
    around(inner, move |server, request, now| {
        let is_change = matches!(request.method, Method::Patch | Method::Put) && is_below(request, "/Users");
        if is_change && let Some(user) = read(server, &request.path, now) {
            before.insert(id_of(request).unwrap_or_default().to_owned(), user.into());
        }
        let mut reply = server.handle(request, now);
        if let Reply::Answer(answer) = &mut reply
            && is_list(request)
        {
            scimulator::faults::wrap::edit_json(answer, |_, body| {
                for user in body.get_mut("Resources").and_then(Value::as_array_mut).into_iter().flatten() {
                    if let Some(old) = user["id"].as_str().and_then(|id| before.get(id)) {
                        *user = old.clone();
                    }
                }
            });
        }
        reply
    })
}

fn deleted_once_more_readable(inner: Inner) -> Inner {
    first_read_is_old(inner, Method::Delete)
}

/// A name is looked up in a copy that learns of a user when somebody reads them.
fn two_creates_at_once_make_twins(inner: Inner) -> Inner {
    let mut unread: HashMap<String, Value> = HashMap::new();
    around(inner, move |server, request, now| {
        let wanted = request.json().filter(|_| creates_user(request)).map(|body| body["userName"].clone());
        let reply = server.handle(request, now);
        let Some(answer) = answer_of(reply.clone()) else { return reply };
        match (wanted, id_of(request)) {
            (Some(name), _) if answer.status == 409 && unread.values().any(|one| *one == name) => {
                let mut user = request.json().unwrap_or_default();
                user["id"] = "00000000-0000-4000-8000-000000000001".into();
                user["meta"] = json!({ "resourceType": "User" });
                Reply::Answer(scimulator::faults::wrap::json_answer(201, &user))
            }
            (Some(name), _) => {
                let id = answer.json().and_then(|body| body.get("id")?.as_str());
                unread.extend(id.map(|id| (id.to_owned(), name)));
                reply
            }
            (None, id) => {
                unread.remove(id.unwrap_or_default());
                reply
            }
        }
    })
}
