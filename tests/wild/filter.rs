//! Filters that are read wrongly, in part, or not at all.

use scimulator::faults::query::{equality, parameter, set_parameter};
use scimulator::faults::wrap::{
    Inner, around, ask, bodies, edit_json, is_below, is_list, refusal, requests, searches_without,
};
use scimulator::http::{Method, Request};
use scimulator::server::Reply;
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const LOOKUPS: &[Defect] = &[
    breaks_an_idp("ignored-when-a-count-is-given", ignored_when_a_count_is_given),
    breaks_an_idp("plus-in-a-value-is-a-blank", plus_is_a_blank),
    breaks_an_idp("ampersand-ends-the-value", ampersand_ends_the_value),
    breaks_an_idp("beyond-ascii-finds-nobody", beyond_ascii_finds_nobody),
    breaks_an_idp("external-id-ignored", external_id_ignored),
    breaks_an_idp("external-id-refused", external_id_refused),
    breaks_an_idp("user-name-finds-e-mails-too", user_name_finds_emails_too),
    breaks_an_idp("total-counts-everybody", total_counts_everybody),
    breaks_an_idp("value-path-attribute-crashes", value_path_attribute_crashes),
    breaks_an_idp("groups-compare-bytes", groups_compare_bytes),
    breaks_an_idp("group-external-id-ignored", group_external_id_ignored),
    breaks_an_idp("groups-match-the-beginning", groups_match_the_beginning),
];

const LANGUAGE: &[Defect] = &[
    breaks_the_rfcs("and-is-or", |inner| replaced(inner, " and ", " or ")),
    breaks_the_rfcs("or-is-and", |inner| replaced(inner, " or ", " and ")),
    breaks_the_rfcs("sw-is-co", |inner| replaced(inner, " sw ", " co ")),
    breaks_the_rfcs("ge-is-gt", |inner| replaced(inner, " ge ", " gt ")),
    breaks_the_rfcs("brackets-around-all-are-no-filter", brackets_around_all_are_no_filter),
    breaks_the_rfcs("malformed-finds-nobody", malformed_finds_nobody),
    breaks_the_rfcs("unknown-attribute-crashes", unknown_attribute_crashes),
    breaks_the_rfcs("last-modified-ignored", last_modified_ignored),
    breaks_the_rfcs("present-knows-no-lists", present_knows_no_lists),
    breaks_the_rfcs("members-ignored", members_ignored),
    breaks_the_rfcs("group-attribute-with-small-letters", group_attribute_with_small_letters),
    breaks_the_rfcs("search-by-post-ignores-it", search_by_post_ignores_it),
    breaks_the_rfcs("by-id-finds-nobody", by_id_finds_nobody),
    breaks_the_rfcs("escaped-quote-refused", escaped_quote_refused),
    breaks_the_rfcs("refused-without-scim-type", refused_without_scim_type),
    breaks_the_rfcs("active-is-a-text", active_is_a_text),
];

#[test]
fn lookups_go_to_the_right_one() {
    assert_found("filter-lookups", &json!({}), LOOKUPS);
}

#[test]
fn the_language_is_understood() {
    assert_found("filter-language", &json!({}), LANGUAGE);
}

fn filter(request: &Request) -> String {
    if is_list(request) { parameter(request, "filter").unwrap_or_default() } else { String::new() }
}

/// Drops filters that are such.
fn without(inner: Inner, is_such: fn(&Request, &str) -> bool) -> Inner {
    requests(inner, move |request| {
        if is_such(request, &filter(request)) {
            set_parameter(request, "filter", None);
        }
    })
}

/// Answers in the server's place when a filter is such.
fn answered(inner: Inner, is_such: fn(&str) -> bool, status: u16, scim_type: Option<&'static str>) -> Inner {
    around(inner, move |server, request, now| {
        if is_such(&filter(request)) {
            return refusal(status, scim_type, "The filter cannot be used.");
        }
        server.handle(request, now)
    })
}

fn nobody() -> Reply {
    let list = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []
    });
    Reply::Answer(scimulator::faults::wrap::json_answer(200, &list))
}

fn finds_nobody(inner: Inner, is_such: fn(&str) -> bool) -> Inner {
    around(
        inner,
        move |server, request, now| {
            if is_such(&filter(request)) { nobody() } else { server.handle(request, now) }
        },
    )
}

fn replaced(inner: Inner, from: &'static str, to: &'static str) -> Inner {
    requests(inner, move |request| {
        let text = filter(request);
        if text.contains(from) {
            set_parameter(request, "filter", Some(&text.replace(from, to)));
        }
    })
}

fn ignored_when_a_count_is_given(inner: Inner) -> Inner {
    without(inner, |request, _| parameter(request, "count").is_some() && is_below(request, "/Users"))
}

/// Decoded once by the web server and once more by the handler.
fn plus_is_a_blank(inner: Inner) -> Inner {
    replaced(inner, "+", " ")
}

fn ampersand_ends_the_value(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some((start, _)) = filter(request).split_once('&') {
            set_parameter(request, "filter", Some(&format!("{start}\"")));
        }
    })
}

fn beyond_ascii_finds_nobody(inner: Inner) -> Inner {
    finds_nobody(inner, |filter| !filter.is_ascii())
}

fn external_id_ignored(inner: Inner) -> Inner {
    without(inner, |request, filter| filter.starts_with("externalId eq") && is_below(request, "/Users"))
}

fn external_id_refused(inner: Inner) -> Inner {
    answered(inner, |filter| filter.starts_with("externalId eq"), 400, Some("invalidFilter"))
}

/// `WHERE username = ? OR email = ?`, as the login form does it.
fn user_name_finds_emails_too(inner: Inner) -> Inner {
    requests(inner, |request| {
        let wanted = equality(request).filter(|(name, _)| name == "userName" && is_list(request));
        if let Some((_, value)) = wanted {
            let value = Value::from(value);
            set_parameter(request, "filter", Some(&format!("userName eq {value} or emails.value eq {value}")));
        }
    })
}

fn total_counts_everybody(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let all = ask(server, Method::Get, &format!("{}?count=0", request.path), None, now);
        let mut reply = server.handle(request, now);
        if let (Reply::Answer(response), Some(all)) = (&mut reply, all)
            && !filter(request).is_empty()
        {
            edit_json(response, |status, body| {
                if status == 200 && body["totalResults"] != json!(0) {
                    body["totalResults"] = all["totalResults"].clone();
                }
            });
        }
        reply
    })
}

fn value_path_attribute_crashes(inner: Inner) -> Inner {
    answered(inner, |filter| filter.contains("].value"), 500, None)
}

fn groups_compare_bytes(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        let wanted = equality(request).filter(|_| status == 200 && is_list(request) && is_below(request, "/Groups"));
        if let Some((name, wanted)) = wanted
            && let Some(Value::Array(groups)) = body.get_mut("Resources")
        {
            groups.retain(|group| group.get(&name).and_then(Value::as_str).is_none_or(|value| value == wanted));
            let left = groups.len();
            body["totalResults"] = left.into();
            body["itemsPerPage"] = left.into();
        }
    })
}

fn group_external_id_ignored(inner: Inner) -> Inner {
    without(inner, |request, filter| filter.starts_with("externalId") && is_below(request, "/Groups"))
}

fn groups_match_the_beginning(inner: Inner) -> Inner {
    replaced(inner, "displayName eq ", "displayName sw ")
}

fn brackets_around_all_are_no_filter(inner: Inner) -> Inner {
    without(inner, |_, filter| filter.starts_with('(') && filter.ends_with(')'))
}

fn malformed_finds_nobody(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response) if !filter(request).is_empty() && response.status == 400 => nobody(),
        reply => reply,
    })
}

fn unknown_attribute_crashes(inner: Inner) -> Inner {
    answered(inner, |filter| filter.to_ascii_lowercase().contains("nosuch"), 500, None)
}

fn last_modified_ignored(inner: Inner) -> Inner {
    requests(inner, |request| {
        let text = filter(request);
        if let Some((before, _)) = text.split_once(" and meta.lastModified") {
            set_parameter(request, "filter", Some(before));
        } else if text.starts_with("meta.lastModified") {
            set_parameter(request, "filter", None);
        }
    })
}

/// Multi-valued attributes lie in tables of their own.
fn present_knows_no_lists(inner: Inner) -> Inner {
    replaced(inner, "emails pr", "ims pr")
}

fn members_ignored(inner: Inner) -> Inner {
    without(inner, |request, filter| filter.contains("members") && is_below(request, "/Groups"))
}

fn group_attribute_with_small_letters(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let text = filter(request);
        let name = text.split(' ').next().unwrap_or_default();
        if is_below(request, "/Groups") && name.eq_ignore_ascii_case("displayName") && name != "displayName" {
            return refusal(400, Some("invalidFilter"), "There is no attribute of this name.");
        }
        server.handle(request, now)
    })
}

fn search_by_post_ignores_it(inner: Inner) -> Inner {
    searches_without(inner, "filter")
}

fn by_id_finds_nobody(inner: Inner) -> Inner {
    finds_nobody(inner, |filter| filter.starts_with("id eq"))
}

fn escaped_quote_refused(inner: Inner) -> Inner {
    answered(inner, |filter| filter.contains("\\\""), 400, Some("invalidFilter"))
}

fn refused_without_scim_type(inner: Inner) -> Inner {
    bodies(inner, |request, status, body| {
        if status == 400
            && !filter(request).is_empty()
            && let Some(error) = body.as_object_mut()
        {
            error.shift_remove("scimType");
        }
    })
}

/// `active eq true` compares with the text "true", which nobody has.
fn active_is_a_text(inner: Inner) -> Inner {
    finds_nobody(inner, |filter| filter.contains("active eq true"))
}
