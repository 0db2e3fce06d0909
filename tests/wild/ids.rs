//! Identifiers that are wrong, move, or are somebody else's.

use std::collections::HashMap;

use scimulator::faults::wrap::{
    Inner, answers, around, creates_user, edit_json, id_of, is_below, is_list, resources, set_body,
};
use scimulator::http::Method;
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const DEFECTS: &[Defect] = &[
    breaks_an_idp("the-id-of-a-new-group-is-a-number", |inner| {
        resources(inner, |request, resource| {
            if request.method == Method::Post && request.path == "/Groups" {
                resource.insert("id".to_owned(), 17.into());
            }
        })
    }),
    breaks_an_idp("a-put-shows-no-id", |inner| {
        resources(inner, |request, resource| {
            if request.method == Method::Put {
                resource.shift_remove("id");
            }
        })
    }),
    breaks_an_idp("a-list-shows-no-ids-of-groups", |inner| {
        resources(inner, |request, resource| {
            if is_list(request) && is_below(request, "/Groups") {
                resource.shift_remove("id");
            }
        })
    }),
    breaks_an_idp("a-new-user-has-an-empty-id", |inner| {
        resources(inner, |request, resource| {
            if creates_user(request) {
                resource.insert("id".to_owned(), "".into());
            }
        })
    }),
    breaks_an_idp("a-new-user-has-the-id-null", |inner| {
        resources(inner, |request, resource| {
            if creates_user(request) {
                resource.insert("id".to_owned(), Value::Null);
            }
        })
    }),
    breaks_an_idp("a-list-shows-the-username-as-id", |inner| {
        resources(inner, |request, resource| {
            if is_list(request)
                && let Some(name) = resource.get("userName").cloned()
            {
                resource.insert("id".to_owned(), name);
            }
        })
    }),
    breaks_an_idp("the-id-is-the-external-id-once-there-is-one", |inner| {
        resources(inner, |request, resource| {
            let is_read = request.method == Method::Get && id_of(request).is_some();
            if is_read && let Some(external) = resource.get("externalId").cloned() {
                resource.insert("id".to_owned(), external);
            }
        })
    }),
    breaks_the_rfcs("the-id-of-an-extension-is-shown-after-a-patch", |inner| {
        resources(inner, |request, resource| {
            if request.method == Method::Patch
                && let Some(id) = resource.get("id").and_then(Value::as_str)
            {
                let other = format!("{id}-1");
                resource.insert("id".to_owned(), other.into());
            }
        })
    }),
    breaks_an_idp("the-client-chooses-the-id", client_chooses),
    breaks_the_rfcs("an-id-in-capitals-in-lists", |inner| {
        resources(inner, |request, resource| {
            if is_list(request)
                && let Some(id) = resource.get("id").and_then(Value::as_str).map(str::to_uppercase)
            {
                resource.insert("id".to_owned(), id.into());
            }
        })
    }),
    breaks_an_idp("ids-left-out-when-attributes-are-asked-for", |inner| {
        resources(inner, |request, resource| {
            if request.query.as_deref().is_some_and(|query| query.contains("excludedAttributes")) {
                resource.shift_remove("id");
            }
        })
    }),
    breaks_an_idp("members-are-named-by-username", |inner| members(inner, |id| format!("user-{id}"))),
    breaks_the_rfcs("a-deleted-id-is-used-again", reused),
    breaks_an_idp("the-answer-to-a-create-is-the-first-user", |inner| {
        let mut first: Option<Value> = None;
        answers(inner, move |request, response| {
            if creates_user(request) && response.status == 201 {
                let body = response.json().cloned().unwrap_or_default();
                let shown = first.get_or_insert_with(|| body["id"].clone()).clone();
                edit_json(response, |_, body| body["id"] = shown);
            }
        })
    }),
    breaks_an_idp("ids-have-braces-in-answers-only", |inner| {
        resources(inner, |_, resource| {
            if let Some(id) = resource.get("id").and_then(Value::as_str).map(|id| format!("{{{id}}}")) {
                resource.insert("id".to_owned(), id.into());
            }
        })
    }),
];

#[test]
fn every_wrong_id_is_found() {
    assert_found("ids", &json!({}), DEFECTS);
}

/// What is sent as `id` becomes the id on the wire.
fn client_chooses(inner: Inner) -> Inner {
    let mut chosen: HashMap<String, String> = HashMap::new();
    around(inner, move |server, request, now| {
        let mut inward = request.clone();
        for (real, own) in &chosen {
            inward.path = inward.path.replace(own, real);
        }
        let wanted = request.json().and_then(|body| body.get("id")?.as_str().map(str::to_owned));
        let Reply::Answer(mut answer) = server.handle(&inward, now) else { return Reply::Drop };
        let id = answer.json().and_then(|body| body.get("id")?.as_str().map(str::to_owned));
        if let (true, Some(wanted), Some(id)) = (answer.status == 201, wanted, id) {
            chosen.insert(id, wanted);
        }
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let text = chosen.iter().fold(text, |text, (real, own)| text.replace(real, own));
        set_body(&mut answer, text);
        Reply::Answer(answer)
    })
}

fn members(inner: Inner, show: fn(&str) -> String) -> Inner {
    resources(inner, move |_, resource| {
        for member in resource.get_mut("members").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Some(id) = member["value"].as_str().map(show) {
                member["value"] = id.into();
            }
        }
    })
}

/// The key is made of the userName, so who comes back has the old id.
fn reused(inner: Inner) -> Inner {
    let mut by_name: HashMap<String, String> = HashMap::new(); // userName, id that was first seen
    let mut real: HashMap<String, String> = HashMap::new(); // that id, id inside
    around(inner, move |server, request, now| {
        let mut inward = request.clone();
        for (shown, inside) in &real {
            inward.path = inward.path.replace(shown, inside);
        }
        let Reply::Answer(mut answer) = server.handle(&inward, now) else { return Reply::Drop };
        if let Some(body) = answer.json().filter(|_| creates_user(request) && answer.status == 201) {
            let (name, id) = (body["userName"].to_string(), body["id"].as_str().unwrap_or_default().to_owned());
            let shown = by_name.entry(name).or_insert_with(|| id.clone()).clone();
            real.insert(shown, id);
        }
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        let text = real.iter().fold(text, |text, (shown, inside)| text.replace(inside, shown));
        let location =
            answer.headers.get("location").map(|url| real.iter().fold(url.to_owned(), |url, (s, i)| url.replace(i, s)));
        if let Some(location) = location {
            answer.headers.set("Location", location);
        }
        set_body(&mut answer, text);
        Reply::Answer(answer)
    })
}
