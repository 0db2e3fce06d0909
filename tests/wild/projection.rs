//! `attributes` and `excludedAttributes`.

use scimulator::faults::query::{parameter, set_parameter};
use scimulator::faults::wrap::{Inner, around, bodies, each_resource, is_below, is_list, refusal, requests};
use scimulator::http::Request;
use serde_json::json;

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const NAMES: [&str; 2] = ["attributes", "excludedAttributes"];

/// Rewrites what a parameter of a query names.
fn renaming(inner: Inner, rename: fn(&Request, &str, String) -> Option<String>) -> Inner {
    requests(inner, move |request| {
        for name in NAMES {
            if let Some(value) = parameter(request, name) {
                let value = rename(request, name, value);
                set_parameter(request, name, value.as_deref());
            }
        }
    })
}

const DEFECTS: &[Defect] = &[
    breaks_the_rfcs("lists-show-everything", |server| {
        renaming(server, |request, name, value| Some(value).filter(|_| name != "attributes" || !is_list(request)))
    }),
    breaks_an_idp("lists-of-groups-always-show-members", |server| {
        renaming(server, |request, name, value| {
            Some(value).filter(|_| name == "attributes" || !(is_list(request) && is_below(request, "/Groups")))
        })
    }),
    breaks_the_rfcs("only-the-first-name-is-read", |server| {
        renaming(server, |_, _, value| value.split(',').next().map(str::to_owned))
    }),
    breaks_an_idp("lists-with-attributes-show-no-id", |server| {
        bodies(server, |request, status, body| {
            if status == 200 && is_list(request) && parameter(request, "attributes").is_some() {
                each_resource(body, |resource| {
                    resource.shift_remove("id");
                });
            }
        })
    }),
    breaks_the_rfcs("excluding-a-part-excludes-the-whole", |server| {
        renaming(server, |_, name, value| {
            let whole = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
            Some(if name == "attributes" { value } else { value.split(',').map(whole).collect::<Vec<_>>().join(",") })
        })
    }),
    breaks_the_rfcs("asking-for-a-part-shows-the-whole", |server| {
        renaming(server, |_, _, value| {
            let whole = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
            Some(if value.contains(':') { value } else { value.split(',').map(whole).collect::<Vec<_>>().join(",") })
        })
    }),
    breaks_the_rfcs("what-is-left-out-must-be-spelt-as-it-is", |server| {
        renaming(server, |_, name, value| {
            Some(value).filter(|value| name == "attributes" || value.starts_with(|c: char| c.is_ascii_lowercase()))
        })
    }),
    breaks_an_idp("excluded-attributes-are-refused", |server| {
        around(server, |server, request, now| {
            if parameter(request, "excludedAttributes").is_some() {
                return refusal(400, Some("invalidValue"), "There is no such parameter.");
            }
            server.handle(request, now)
        })
    }),
    breaks_an_idp("a-filter-switches-the-exclusion-off", |server| {
        renaming(server, |request, name, value| {
            Some(value).filter(|_| name == "attributes" || parameter(request, "filter").is_none())
        })
    }),
];

#[test]
fn every_wrong_projection_is_found() {
    assert_found("projection", &json!({}), DEFECTS);
}
