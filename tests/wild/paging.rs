//! Pages that overlap, miss somebody, or say the wrong thing of themselves.

use scimulator::faults::query::{parameter, set_parameter};
use scimulator::faults::wrap::{Inner, answers, around, bodies, is_below, is_list, refusal, requests, set_status};
use scimulator::http::{Request, Response};
use serde_json::{Value, json};

use crate::bench::{Defect, assert_found, breaks_an_idp, breaks_the_rfcs};

const WALKS: &[Defect] = &[
    breaks_an_idp("start-index-is-a-page-number", start_index_is_a_page_number),
    breaks_an_idp("later-pages-begin-one-early", |inner| later_pages_begin(inner, -1)),
    breaks_an_idp("later-pages-begin-one-late", |inner| later_pages_begin(inner, 1)),
    breaks_an_idp("the-last-one-is-on-no-page", the_last_one_is_on_no_page),
    breaks_an_idp("total-is-what-is-left", total_is_what_is_left),
    breaks_an_idp("total-of-groups-is-the-page", total_of_groups_is_the_page),
    breaks_an_idp("total-is-cut-to-two", total_is_cut_to_two),
    breaks_an_idp("group-pages-are-all-the-first", group_pages_are_all_the_first),
    breaks_an_idp("one-more-than-asked-for", one_more_than_asked_for),
    breaks_an_idp("filtered-lists-know-no-count", filtered_lists_know_no_count),
    breaks_an_idp("pages-begin-at-multiples-of-their-size", pages_begin_at_multiples_of_their_size),
    breaks_an_idp("the-last-page-of-groups-is-one-short", the_last_page_of_groups_is_one_short),
];

const EDGES: &[Defect] = &[
    breaks_the_rfcs("count-zero-refused", |inner| refused(inner, "count", |count| count == 0, 400)),
    breaks_the_rfcs("count-zero-crashes", |inner| refused(inner, "count", |count| count == 0, 500)),
    breaks_the_rfcs("negative-count-refused", |inner| refused(inner, "count", |count| count < 0, 400)),
    breaks_the_rfcs("large-count-refused", |inner| refused(inner, "count", |count| count > 1000, 400)),
    breaks_the_rfcs("large-count-crashes", |inner| refused(inner, "count", |count| count > 1000, 500)),
    breaks_the_rfcs("start-index-zero-is-empty", start_index_zero_is_empty),
    breaks_an_idp("behind-the-end-not-found", |inner| behind_the_end(inner, |answer| set_status(answer, 404))),
    breaks_the_rfcs("behind-the-end-nothing-is-counted", |inner| behind_the_end(inner, count_nothing)),
    breaks_the_rfcs("start-index-is-always-one", |inner| says(inner, "startIndex", |_| 1)),
    breaks_the_rfcs("start-index-is-said-from-zero", |inner| says(inner, "startIndex", |start| start - 1)),
    breaks_the_rfcs("items-per-page-is-the-total", items_per_page_is_the_total),
    breaks_the_rfcs("items-per-page-is-zero", |inner| says(inner, "itemsPerPage", |_| 0)),
    breaks_the_rfcs("group-count-zero-means-all", group_count_zero_means_all),
];

#[test]
fn a_walk_meets_everybody_once() {
    assert_found("paging-walks", &json!({}), WALKS);
}

#[test]
fn the_edges_are_those_of_the_rfc() {
    assert_found("paging-edges", &json!({}), EDGES);
}

fn number(request: &Request, name: &str) -> Option<i64> {
    parameter(request, name).filter(|_| is_list(request))?.parse().ok()
}

fn lists(inner: Inner, edit: impl Fn(&Request, &mut Value) + Send + 'static) -> Inner {
    bodies(inner, move |request, status, body| {
        if status == 200 && is_list(request) {
            edit(request, body);
        }
    })
}

fn found(body: &Value) -> usize {
    body["Resources"].as_array().map_or(0, Vec::len)
}

fn start_index_is_a_page_number(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let (Some(page), Some(size)) = (number(request, "startIndex"), number(request, "count"))
            && page > 1
        {
            set_parameter(request, "startIndex", Some(&((page - 1) * size + 1).to_string()));
        }
    })
}

fn later_pages_begin(inner: Inner, by: i64) -> Inner {
    let shifted = requests(inner, move |request| {
        if let Some(start) = number(request, "startIndex").filter(|start| *start > 1) {
            set_parameter(request, "startIndex", Some(&(start + by).to_string()));
        }
    });
    lists(shifted, |request, body| {
        if let Some(start) = number(request, "startIndex").filter(|start| *start > 1) {
            body["startIndex"] = start.into();
        }
    })
}

/// `OFFSET (start / count) * count`.
fn pages_begin_at_multiples_of_their_size(inner: Inner) -> Inner {
    let aligned = requests(inner, |request| {
        if let (Some(start), Some(count @ 1..)) = (number(request, "startIndex"), number(request, "count")) {
            set_parameter(request, "startIndex", Some(&((start - 1).div_euclid(count) * count + 1).to_string()));
        }
    });
    lists(aligned, |request, body| {
        if let Some(start) = number(request, "startIndex").filter(|start| *start > 1) {
            body["startIndex"] = start.into();
        }
    })
}

/// The loop over a page that is not full ends one early.
fn the_last_page_of_groups_is_one_short(inner: Inner) -> Inner {
    lists(inner, |request, body| {
        let is_later = number(request, "startIndex").is_some_and(|start| start > 1) && is_below(request, "/Groups");
        let count = number(request, "count").and_then(|count| usize::try_from(count).ok());
        if let (true, Some(count), Some(page)) = (is_later, count, body["Resources"].as_array_mut())
            && page.len() < count
        {
            page.pop();
            body["itemsPerPage"] = page.len().into();
        }
    })
}

/// `BETWEEN start AND total - 1`.
fn the_last_one_is_on_no_page(inner: Inner) -> Inner {
    lists(inner, |_, body| {
        let (total, start) = (body["totalResults"].as_u64(), body["startIndex"].as_u64());
        let last = start.unwrap_or(1) + found(body) as u64 - 1;
        if total == Some(last)
            && last > 2
            && let Some(Value::Array(resources)) = body.get_mut("Resources")
        {
            resources.pop();
            let left = resources.len();
            body["itemsPerPage"] = left.into();
        }
    })
}

fn total_is_what_is_left(inner: Inner) -> Inner {
    lists(inner, |request, body| {
        let before = number(request, "startIndex").unwrap_or(1).max(1) - 1;
        body["totalResults"] = (body["totalResults"].as_i64().unwrap_or_default() - before).max(0).into();
    })
}

fn total_of_groups_is_the_page(inner: Inner) -> Inner {
    lists(inner, |request, body| {
        if is_below(request, "/Groups") {
            body["totalResults"] = found(body).into();
        }
    })
}

/// The query that counts has the limit of the one that reads.
fn total_is_cut_to_two(inner: Inner) -> Inner {
    lists(inner, |request, body| {
        let page = number(request, "count").unwrap_or(100).max(0);
        let start = number(request, "startIndex").unwrap_or(1).max(1);
        body["totalResults"] = body["totalResults"].as_i64().unwrap_or_default().min(start - 1 + page).into();
    })
}

fn group_pages_are_all_the_first(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_list(request) && is_below(request, "/Groups") {
            set_parameter(request, "startIndex", None);
        }
    })
}

fn one_more_than_asked_for(inner: Inner) -> Inner {
    requests(inner, |request| {
        if let Some(count) = number(request, "count").filter(|count| *count > 0) {
            set_parameter(request, "count", Some(&(count + 1).to_string()));
        }
    })
}

fn filtered_lists_know_no_count(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_list(request) && parameter(request, "filter").is_some() {
            set_parameter(request, "count", None);
        }
    })
}

fn refused(inner: Inner, name: &'static str, is_such: fn(i64) -> bool, status: u16) -> Inner {
    around(inner, move |server, request, now| {
        if number(request, name).is_some_and(is_such) {
            return refusal(status, Some("invalidValue").filter(|_| status == 400), "The page cannot be made.");
        }
        server.handle(request, now)
    })
}

fn start_index_zero_is_empty(inner: Inner) -> Inner {
    lists(inner, |request, body| {
        if number(request, "startIndex").is_some_and(|start| start < 1) {
            body["Resources"] = json!([]);
            body["itemsPerPage"] = 0.into();
        }
    })
}

fn behind_the_end(inner: Inner, act: fn(&mut Response)) -> Inner {
    answers(inner, move |request, answer| {
        let total = answer.json().and_then(|body| body.get("totalResults")?.as_i64()).unwrap_or(i64::MAX);
        if number(request, "startIndex").is_some_and(|start| start > total && start > 1) {
            act(answer);
        }
    })
}

fn count_nothing(answer: &mut Response) {
    scimulator::faults::wrap::edit_json(answer, |_, body| body["totalResults"] = 0.into());
}

fn says(inner: Inner, name: &'static str, edit: fn(i64) -> i64) -> Inner {
    lists(inner, move |_, body| {
        if found(body) > 0
            && let Some(said) = body[name].as_i64()
        {
            body[name] = edit(said).into();
        }
    })
}

fn items_per_page_is_the_total(inner: Inner) -> Inner {
    lists(inner, |_, body| body["itemsPerPage"] = body["totalResults"].clone())
}

fn group_count_zero_means_all(inner: Inner) -> Inner {
    requests(inner, |request| {
        if is_below(request, "/Groups") && number(request, "count") == Some(0) {
            set_parameter(request, "count", None);
        }
    })
}
