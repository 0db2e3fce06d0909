//! Documents that say nothing, or something else than what is there.

use scimulator::faults::query::set_parameter;
use scimulator::faults::wrap::{Inner, answers, around, bodies, edit_json, is_list, refusal, requests, set_body};
use serde_json::{Map, Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const CONFIG: &str = "/ServiceProviderConfig";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

const CONFIGS: &[Defect] = &[
    breaks_the_rfcs("one-schema-more-is-counted", |inner| {
        bodies(inner, |request, status, body| {
            if status == 200 && request.path == "/Schemas" {
                body["totalResults"] = json!(99);
            }
        })
    }),
    breaks_the_rfcs("schemas-say-they-are-elsewhere", |inner| {
        bodies(inner, |request, status, body| {
            if status == 200 && request.path == "/Schemas" {
                for schema in body["Resources"].as_array_mut().into_iter().flatten() {
                    schema["meta"]["location"] = json!("https://example.com/scim/v2/Schema");
                }
            }
        })
    }),
    breaks_the_rfcs("no-config", |inner| absent(inner, CONFIG, 404)),
    breaks_the_rfcs("config-crashes", |inner| absent(inner, CONFIG, 500)),
    breaks_the_rfcs("config-without-filter", |inner| {
        edited(inner, CONFIG, |config| drop(config.shift_remove("filter")))
    }),
    breaks_the_rfcs("supported-is-a-text", |inner| {
        edited(inner, CONFIG, |config| config["patch"] = json!({ "supported": "true" }))
    }),
    breaks_the_rfcs("supported-without-object", |inner| edited(inner, CONFIG, |config| config["sort"] = true.into())),
    breaks_the_rfcs("config-without-schemas", |inner| {
        edited(inner, CONFIG, |config| drop(config.shift_remove("schemas")))
    }),
    breaks_the_rfcs("config-without-schemes", |inner| {
        edited(inner, CONFIG, |config| drop(config.shift_remove("authenticationSchemes")))
    }),
    breaks_the_rfcs("sort-promised", sort_promised),
    breaks_the_rfcs("etag-promised", etag_promised),
    breaks_the_rfcs("max-results-missing", |inner| {
        edited(inner, CONFIG, |config| config["filter"] = json!({ "supported": true }))
    }),
    breaks_the_rfcs("config-is-html", config_is_html),
];

const SCHEMAS: &[Defect] = &[
    breaks_an_idp("no-schemas", |inner| absent(inner, "/Schemas", 404)),
    breaks_an_idp("schemas-crash", |inner| absent(inner, "/Schemas", 500)),
    breaks_an_idp("schemas-count-zero", |inner| edited(inner, "/Schemas", |list| list["totalResults"] = 0.into())),
    breaks_the_rfcs("schemas-are-paged", schemas_are_paged),
    breaks_the_rfcs("user-schema-is-missing", |inner| {
        edited(inner, "/Schemas", |list| keep(list, |one| one["id"] != USER))
    }),
    breaks_the_rfcs("the-manager-is-said-to-be-a-text", |inner| {
        attributes(inner, |attribute| {
            if attribute["name"] == "manager" {
                attribute["type"] = "string".into();
                attribute.as_object_mut().map(|members| members.shift_remove("subAttributes"));
            }
        })
    }),
    breaks_the_rfcs("one-schema-not-found", |inner| below(inner, "/Schemas/", 404)),
    breaks_the_rfcs("one-type-not-found", |inner| below(inner, "/ResourceTypes/", 404)),
    breaks_the_rfcs("no-types", |inner| absent(inner, "/ResourceTypes", 404)),
    breaks_the_rfcs("group-type-is-missing", |inner| {
        edited(inner, "/ResourceTypes", |list| keep(list, |one| one["name"] != "Group"))
    }),
    breaks_the_rfcs("types-without-endpoint", |inner| {
        edited(inner, "/ResourceTypes", |list| each(list, |one| drop(one.shift_remove("endpoint"))))
    }),
    breaks_the_rfcs("type-of-another-schema", |inner| {
        edited(inner, "/ResourceTypes", |list| each(list, |one| one["schema"] = json!("urn:example:User")))
    }),
    breaks_an_idp("types-in-capitals", |inner| {
        attributes(inner, |one| one["type"] = one["type"].as_str().unwrap_or_default().to_uppercase().into())
    }),
    breaks_the_rfcs("multi-valued-is-a-text", |inner| {
        attributes(inner, |one| one["multiValued"] = one["multiValued"].to_string().into())
    }),
    breaks_the_rfcs("attribute-named-twice", attribute_named_twice),
    breaks_the_rfcs("active-is-a-string", |inner| {
        attributes(inner, |one| {
            if one["name"] == "active" {
                one["type"] = "string".into();
            }
        })
    }),
    breaks_the_rfcs("user-name-is-not-required", |inner| {
        attributes(inner, |one| {
            if one["name"] == "userName" {
                one["required"] = false.into();
            }
        })
    }),
    breaks_the_rfcs("user-name-is-not-declared", user_name_is_not_declared),
    breaks_the_rfcs("one-and-the-list-differ", one_and_the_list_differ),
];

#[test]
fn the_config_tells_the_truth() {
    assert_found("discovery-config", &json!({}), CONFIGS);
}

#[test]
fn schemas_and_types_tell_the_truth() {
    assert_found("discovery-schemas", &json!({}), SCHEMAS);
}

fn absent(inner: Inner, path: &'static str, status: u16) -> Inner {
    around(inner, move |server, request, now| {
        if request.path.trim_end_matches('/') == path {
            return refusal(status, None, "There is nothing here.");
        }
        server.handle(request, now)
    })
}

fn below(inner: Inner, path: &'static str, status: u16) -> Inner {
    around(inner, move |server, request, now| {
        if request.path.starts_with(path) {
            return refusal(status, None, "There is nothing here.");
        }
        server.handle(request, now)
    })
}

fn edited(inner: Inner, path: &'static str, edit: fn(&mut Map<String, Value>)) -> Inner {
    bodies(inner, move |request, status, body| {
        if status == 200
            && request.path.trim_end_matches('/') == path
            && let Some(document) = body.as_object_mut()
        {
            edit(document);
        }
    })
}

fn keep(list: &mut Map<String, Value>, is_kept: fn(&Value) -> bool) {
    if let Some(Value::Array(documents)) = list.get_mut("Resources") {
        documents.retain(is_kept);
        let left = documents.len();
        list["totalResults"] = left.into();
        list.shift_remove("itemsPerPage");
    }
}

fn each(list: &mut Map<String, Value>, edit: fn(&mut Map<String, Value>)) {
    let documents = list.get_mut("Resources").and_then(Value::as_array_mut).into_iter().flatten();
    documents.filter_map(Value::as_object_mut).for_each(edit);
}

/// Edits the attributes of every schema, in the list and alone.
fn attributes(inner: Inner, edit: fn(&mut Value)) -> Inner {
    schemas(inner, move |schema| {
        schema.get_mut("attributes").and_then(Value::as_array_mut).into_iter().flatten().for_each(edit);
    })
}

fn schemas(inner: Inner, edit: impl Fn(&mut Map<String, Value>) + Send + 'static) -> Inner {
    bodies(inner, move |request, status, body| {
        if status == 200 && request.path.starts_with("/Schemas") {
            scimulator::faults::wrap::each_resource(body, &edit);
        }
    })
}

fn sort_promised(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_list(request) {
            set_parameter(request, "sortBy", None);
            set_parameter(request, "sortOrder", None);
        }
    })
}

fn etag_promised(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        response.headers.remove("ETag");
        edit_json(response, |_, body| {
            scimulator::faults::wrap::each_resource(body, |resource| {
                if let Some(Value::Object(meta)) = resource.get_mut("meta") {
                    meta.shift_remove("version");
                }
            });
        });
    })
}

/// The page of the single-page application answers whatever has no route.
fn config_is_html(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if request.path == CONFIG {
            response.status = 200;
            set_body(response, "<!doctype html><html><body><div id=\"root\"></div></body></html>");
            response.headers.set("Content-Type", "text/html");
        }
    })
}

fn schemas_are_paged(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let count = request.query.as_deref().and_then(|query| query.strip_prefix("count=")?.parse().ok());
        if let (true, 200, Some(count), Some(Value::Array(list))) =
            (request.path == "/Schemas", status, count, body.get_mut("Resources"))
        {
            list.truncate(count);
        }
    })
}

fn attribute_named_twice(inner: Inner) -> Inner {
    schemas(inner, |schema| {
        if let Some(Value::Array(attributes)) = schema.get_mut("attributes") {
            attributes.extend(attributes.first().cloned());
        }
    })
}

fn user_name_is_not_declared(inner: Inner) -> Inner {
    schemas(inner, |schema| {
        if let Some(Value::Array(attributes)) = schema.get_mut("attributes") {
            attributes.retain(|attribute| attribute["name"] != "userName");
        }
    })
}

fn one_and_the_list_differ(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 200
            && request.path.starts_with("/Schemas/")
            && let Some(Value::Array(attributes)) = body.get_mut("attributes")
        {
            attributes.truncate(2);
        }
    })
}
