//! Wrong `meta`, and wrong versions.

use std::collections::HashMap;

use scimulator::faults::wrap::{
    Inner, answers, around, deactivates, edit_json, empty_answer, id_of, is_below, is_list, patch_operations, refusal,
    requests, resources,
};
use scimulator::http::{Method, Request};
use scimulator::server::Reply;
use serde_json::{Map, Value, json};

use crate::bench::{Defect, assert_found, breaks_the_rfcs};

const META: &[Defect] = &[
    breaks_the_rfcs("last-modified-never-moves", |inner| frozen(inner, |_| true)),
    breaks_the_rfcs("members-do-not-count-as-a-change", |inner| frozen(inner, |request| is_below(request, "/Groups"))),
    breaks_the_rfcs("groups-have-no-meta", |inner| {
        resources(inner, |request, resource| {
            if is_below(request, "/Groups") {
                resource.shift_remove("meta");
            }
        })
    }),
    breaks_the_rfcs("lists-have-no-meta", |inner| {
        resources(inner, |request, resource| {
            if is_list(request) {
                resource.shift_remove("meta");
            }
        })
    }),
    breaks_the_rfcs("the-type-in-small-letters", |inner| {
        metas(inner, |_, meta| set(meta, "resourceType", str::to_lowercase))
    }),
    breaks_the_rfcs("groups-call-themselves-users", |inner| {
        metas(inner, |request, meta| {
            if is_below(request, "/Groups") {
                meta.insert("resourceType".to_owned(), "User".into());
            }
        })
    }),
    breaks_the_rfcs("dates-as-in-mails", |inner| {
        metas(inner, |_, meta| set(meta, "lastModified", |_| "Mon, 05 Jan 2026 09:00:00 GMT".to_owned()))
    }),
    breaks_the_rfcs("a-date-without-a-time", |inner| {
        metas(inner, |_, meta| set(meta, "created", |text| text.chars().take(10).collect()))
    }),
    breaks_the_rfcs("milliseconds-since-1970", |inner| {
        metas(inner, |request, meta| {
            if is_below(request, "/Groups") {
                meta.insert("created".to_owned(), 1_767_600_000_000_i64.into());
            }
        })
    }),
    breaks_the_rfcs("created-is-null-in-lists", |inner| {
        metas(inner, |request, meta| {
            if is_list(request) {
                meta.insert("created".to_owned(), Value::Null);
            }
        })
    }),
    breaks_the_rfcs("created-is-now", |inner| {
        let mut hour = 0;
        metas(inner, move |_, meta| {
            hour = (hour + 1) % 24;
            let now = format!("2026-01-05T{hour:02}:00:00Z");
            meta.insert("created".to_owned(), now.clone().into());
            meta.insert("lastModified".to_owned(), now.into());
        })
    }),
    breaks_the_rfcs("modified-before-it-was-created", |inner| {
        metas(inner, |request, meta| {
            if request.method == Method::Patch || request.method == Method::Put {
                meta.insert("lastModified".to_owned(), "2001-01-01T00:00:00Z".into());
            }
        })
    }),
    breaks_the_rfcs("the-location-in-lists-is-the-list", |inner| {
        metas(inner, |request, meta| {
            if is_list(request) {
                set(meta, "location", |url| url.rsplit_once('/').map_or_else(String::new, |(list, _)| list.to_owned()));
            }
        })
    }),
    breaks_the_rfcs("the-location-has-the-placeholder", |inner| {
        metas(inner, |_, meta| set(meta, "location", |_| "https://scim.example.com/Users/{id}".to_owned()))
    }),
    breaks_the_rfcs("a-read-moves-last-modified", |inner| {
        let mut count = 0;
        resources(inner, move |request, resource| {
            if request.method == Method::Get && !is_list(request) && is_below(request, "/Users") {
                count += 1;
                resource["meta"]["lastModified"] =
                    format!("2026-01-05T09:{:02}:{:02}Z", count / 60 % 60, count % 60).into();
            }
        })
    }),
];

const VERSIONS: &[Defect] = &[
    breaks_the_rfcs("a-patch-leaves-the-version", |inner| versions(inner, |request| request.method == Method::Patch)),
    breaks_the_rfcs("every-read-has-a-new-version", |inner| {
        let mut count = 0;
        answers(inner, move |request, response| {
            if request.method == Method::Get && response.headers.get("etag").is_some() {
                count += 1;
                let tag = format!("W/\"read-{count}\"");
                response.headers.set("ETag", tag.clone());
                edit_json(response, |_, body| body["meta"]["version"] = tag.into());
            }
        })
    }),
    breaks_the_rfcs("if-match-is-not-looked-at-in-a-patch", |inner| {
        requests(inner, |request| {
            if request.method == Method::Patch {
                request.headers.remove("If-Match");
            }
        })
    }),
    breaks_the_rfcs("if-match-is-not-looked-at-in-a-delete", |inner| {
        requests(inner, |request| {
            if request.method == Method::Delete {
                request.headers.remove("If-Match");
            }
        })
    }),
    breaks_the_rfcs("a-patch-with-the-current-version-is-412", |inner| {
        around(inner, |server, request, now| {
            if request.method == Method::Patch && request.headers.get("if-match").is_some() {
                return refusal(412, None, "The resource has changed.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("a-star-matches-nothing", |inner| {
        around(inner, |server, request, now| {
            if request.headers.get("if-match") == Some("*") {
                return refusal(412, None, "The resource has changed.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("the-current-version-of-a-group-is-412", |inner| {
        around(inner, |server, request, now| {
            if is_below(request, "/Groups") && request.headers.get("if-match").is_some() {
                return refusal(412, None, "The resource has changed.");
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("a-list-of-versions-matches-always", |inner| {
        requests(inner, |request| {
            if request.headers.get("if-match").is_some_and(|tags| tags.contains(',')) {
                request.headers.remove("If-Match");
            }
        })
    }),
    breaks_the_rfcs("a-deactivation-leaves-the-version", |inner| {
        versions(inner, |request| patch_operations(request).iter().any(deactivates))
    }),
    breaks_the_rfcs("a-new-name-of-a-group-leaves-the-version", |inner| {
        versions(inner, |request| request.method == Method::Patch && is_below(request, "/Groups"))
    }),
    breaks_the_rfcs("an-old-version-is-500", |inner| {
        answers(inner, |_, response| {
            if response.status == 412 {
                response.status = 500;
            }
        })
    }),
    breaks_the_rfcs("an-old-version-is-applied-and-refused", |inner| {
        around(inner, |server, request, now| match server.handle(request, now) {
            Reply::Answer(answer) if answer.status == 412 => {
                let mut bare = request.clone();
                bare.headers.remove("If-Match");
                server.handle(&bare, now);
                Reply::Answer(answer)
            }
            reply => reply,
        })
    }),
    breaks_the_rfcs("what-has-changed-is-304-too", |inner| {
        around(inner, |server, request, now| {
            if request.method == Method::Get
                && request.headers.get("if-none-match").is_some()
                && id_of(request).is_some()
            {
                return empty_answer(304);
            }
            server.handle(request, now)
        })
    }),
    breaks_the_rfcs("groups-show-another-version-than-their-tag", |inner| {
        metas(inner, |request, meta| {
            if is_below(request, "/Groups") {
                set(meta, "version", |tag| tag.replace("W/", ""));
            }
        })
    }),
    breaks_the_rfcs("lists-show-versions-without-quotes", |inner| {
        metas(inner, |request, meta| {
            if is_list(request) {
                set(meta, "version", |tag| tag.replace(['"', 'W', '/'], ""));
            }
        })
    }),
    breaks_the_rfcs("a-tag-with-a-small-w", |inner| {
        answers(inner, |_, response| {
            if let Some(tag) = response.headers.get("etag").map(|tag| tag.replace("W/", "w/")) {
                response.headers.set("ETag", tag);
            }
        })
    }),
    breaks_the_rfcs("if-match-is-not-looked-at-for-groups", |inner| {
        requests(inner, |request| {
            if is_below(request, "/Groups") {
                request.headers.remove("If-Match");
            }
        })
    }),
];

#[test]
fn every_wrong_meta_is_found() {
    assert_found("meta", &json!({}), META);
}

#[test]
fn every_wrong_version_is_found() {
    assert_found("etag", &json!({}), VERSIONS);
}

fn metas(inner: Inner, mut edit: impl FnMut(&Request, &mut Map<String, Value>) + Send + 'static) -> Inner {
    resources(inner, move |request, resource| {
        if let Some(Value::Object(meta)) = resource.get_mut("meta") {
            edit(request, meta);
        }
    })
}

fn set(meta: &mut Map<String, Value>, name: &str, edit: impl Fn(&str) -> String) {
    if let Some(text) = meta.get(name).and_then(Value::as_str).map(edit) {
        meta.insert(name.to_owned(), text.into());
    }
}

/// `lastModified` stays as it was first seen, in some requests.
fn frozen(inner: Inner, mut is_such: impl FnMut(&Request) -> bool + Send + 'static) -> Inner {
    let mut first: HashMap<String, Value> = HashMap::new();
    resources(inner, move |request, resource| {
        let Some(id) = resource.get("id").and_then(Value::as_str).map(str::to_owned) else { return };
        let Some(Value::Object(meta)) = resource.get_mut("meta") else { return };
        let Some(moment) = meta.get("lastModified").cloned() else { return };
        if is_such(request) {
            let shown = first.entry(id).or_insert(moment).clone();
            meta.insert("lastModified".to_owned(), shown);
        } else {
            first.insert(id, moment);
        }
    })
}

/// The version stays as it was before some kind of write, until another kind.
fn versions(inner: Inner, is_such: fn(&Request) -> bool) -> Inner {
    let mut shown: HashMap<String, String> = HashMap::new(); // real version and path, version shown
    around(inner, move |server, request, now| {
        let before = version(server, request, now);
        let mut reply = server.handle(request, now);
        let after = version(server, request, now);
        if let (true, Some(before), Some(after)) = (is_such(request), before, after) {
            let old = shown.get(&before).cloned().unwrap_or(before);
            shown.insert(after, old);
        }
        if let Reply::Answer(response) = &mut reply {
            if let Some(tag) = response.headers.get("etag").and_then(|tag| shown.get(&keyed(request, tag))) {
                let tag = unkeyed(tag);
                response.headers.set("ETag", tag);
            }
            edit_json(response, |_, body| {
                let tag = body["meta"]["version"]
                    .as_str()
                    .and_then(|tag| shown.get(&keyed(request, tag)))
                    .map(|tag| unkeyed(tag));
                if let Some(tag) = tag {
                    body["meta"]["version"] = tag.into();
                }
            });
        }
        reply
    })
}

fn version(
    server: &mut dyn scimulator::server::Service,
    request: &Request,
    now: time::OffsetDateTime,
) -> Option<String> {
    let writes = matches!(request.method, Method::Put | Method::Patch);
    let resource = writes.then(|| scimulator::faults::wrap::read(server, &request.path, now)).flatten()?;
    Some(keyed(request, resource.get("meta")?.get("version")?.as_str()?))
}

fn keyed(request: &Request, tag: &str) -> String {
    format!("{} {tag}", request.path)
}

fn unkeyed(key: &str) -> String {
    key.split_once(' ').map_or_else(String::new, |(_, tag)| tag.to_owned())
}
