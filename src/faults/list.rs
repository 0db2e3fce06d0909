//! `list/`: list messages.

use serde_json::{Map, Value};

use super::Fault;
use super::create::hide;
use super::query::parameter;
use super::wrap::{Inner, answers, around, bodies, each_resource, edit_json, is_below, is_list, read, refusal};
use crate::http::{Headers, Method, Request, Response};
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("list/empty", empty),
    ("list/few-values", few_values),
    ("list/group-same-as-get", group_same_as_get),
    ("list/items-per-page", items_per_page),
    ("list/no-duplicates", no_duplicates),
    ("list/one-type", one_type),
    ("list/partial-members", partial_members),
    ("list/resources", resources),
    ("list/root", root),
    ("list/same-as-get", same_as_get),
    ("list/schema", schema),
    ("list/total-results", total_results),
];

/// Edits every list of users or groups.
fn lists(inner: Inner, edit: fn(&Request, &mut Map<String, Value>)) -> Inner {
    bodies(inner, move |request, status, body| {
        if let Some(list) = body.as_object_mut().filter(|_| status == 200 && is_list(request)) {
            edit(request, list);
        }
    })
}

fn found(list: &Map<String, Value>) -> usize {
    list.get("Resources").and_then(Value::as_array).map_or(0, Vec::len)
}

/// Nothing found is not found.
fn empty(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response)
            if is_list(request) && response.json().is_some_and(|body| body.get("totalResults") == Some(&0.into())) =>
        {
            refusal(404, None, "No resource matches the filter.")
        }
        reply => reply,
    })
}

/// One hit is unpacked.
fn schema(inner: Inner) -> Inner {
    lists(inner, |_, list| {
        let single = list.get("Resources").and_then(Value::as_array).filter(|resources| resources.len() == 1);
        if let Some(Value::Object(only)) = single.map(|resources| resources[0].clone()) {
            *list = only;
        }
    })
}

/// The query joins the table of addresses.
fn few_values(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if is_list(request) && is_below(request, "/Users") {
            hide(response, |user| !user.contains_key("emails"));
        }
    })
}

fn total_results(inner: Inner) -> Inner {
    lists(inner, |_, list| {
        let length = found(list);
        list.insert("totalResults".to_owned(), length.into());
    })
}

fn resources(inner: Inner) -> Inner {
    lists(inner, |_, list| {
        if let Some(resources) = list.shift_remove("Resources") {
            list.insert("resources".to_owned(), resources);
        }
    })
}

/// The page size that was configured, not what the page holds.
fn items_per_page(inner: Inner) -> Inner {
    lists(inner, |_, list| {
        list.insert("itemsPerPage".to_owned(), 100.into());
    })
}

/// Query parameters are text, and go back as they came.
fn partial_members(inner: Inner) -> Inner {
    lists(inner, |request, list| {
        let start = parameter(request, "startIndex").unwrap_or_else(|| "1".to_owned());
        list.insert("startIndex".to_owned(), start.into());
    })
}

/// A join on a table of several rows per user.
fn no_duplicates(inner: Inner) -> Inner {
    lists(inner, |_, list| {
        let Some(Value::Array(resources)) = list.get_mut("Resources") else { return };
        if let Some(first) = resources.first().cloned() {
            resources.insert(0, first);
            let length = resources.len();
            list.insert("itemsPerPage".to_owned(), length.into());
            list.insert("totalResults".to_owned(), length.into());
        }
    })
}

/// Users and groups stand in one table, and the query forgets to say which.
fn one_type(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let mut reply = server.handle(request, now);
        let is_users = is_list(request) && request.path.starts_with("/Users") && request.method == Method::Get;
        let Reply::Answer(response) = &mut reply else { return reply };
        if !is_users || response.status != 200 {
            return reply;
        }
        let groups = read(server, "/Groups", now).and_then(|list| list.get("Resources")?.as_array().cloned());
        edit_json(response, |_, body| {
            let Some(Value::Array(users)) = body.get_mut("Resources") else { return };
            users.extend(groups.unwrap_or_default());
            let length = users.len();
            body["totalResults"] = length.into();
            body["itemsPerPage"] = length.into();
        });
        reply
    })
}

/// Lists show a summary.
fn same_as_get(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if is_list(request) && response.status == 200 {
            edit_json(response, |_, body| {
                each_resource(body, |user| {
                    for name in ["name", "emails", "phoneNumbers"] {
                        user.shift_remove(name);
                    }
                });
            });
        }
    })
}

/// The join is left out where it is dear.
fn group_same_as_get(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if is_list(request) && is_below(request, "/Groups") && response.status == 200 {
            edit_json(response, |_, body| {
                each_resource(body, |group| {
                    group.shift_remove("members");
                });
            });
        }
    })
}

/// A page for developers who open the URL in a browser.
fn root(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        if request.method == Method::Get && request.path.trim_end_matches('/').is_empty() {
            let headers: Headers = [("Content-Type", "text/html")].into_iter().collect();
            return Reply::Answer(Response::new(200, headers, "<html><body><h1>SCIM API</h1></body></html>"));
        }
        server.handle(request, now)
    })
}
