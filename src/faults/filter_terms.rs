//! `filter/`: operators, names and literals, each misunderstood in its own way.

use serde_json::Value;

use super::Fault;
use super::create::hide;
use super::query::{equality, parameter, set_parameter};
use super::wrap::{Inner, answers, around, is_list, refusal, requests};
use crate::http::Request;
use crate::server::Reply;

pub(super) const FAULTS: &[Fault] = &[
    ("filter/any-attribute", any_attribute),
    ("filter/attr-name-case", attr_name_case),
    ("filter/boolean-literal", boolean_literal),
    ("filter/co-sw-ew", co_sw_ew),
    ("filter/compare-boolean", compare_boolean),
    ("filter/compare-datetime", compare_datetime),
    ("filter/malformed", malformed),
    ("filter/multi-valued-any", multi_valued_any),
    ("filter/ne", ne),
    ("filter/not", not),
    ("filter/operator-case", operator_case),
    ("filter/or", or),
    ("filter/pr", pr),
    ("filter/precedence", precedence),
    ("filter/sub-attribute", sub_attribute),
    ("filter/unknown-attribute", unknown_attribute),
    ("filter/unknown-operator", unknown_operator),
    ("filter/urn-attribute", urn_attribute),
    ("filter/value-path", value_path),
];

/// Rewrites the filter of a query for users.
fn filters<F>(inner: Inner, edit: F) -> Inner
where
    F: Fn(String) -> String + Send + 'static,
{
    requests(inner, move |request| {
        if let Some(filter) = filter_of(request) {
            set_parameter(request, "filter", Some(&edit(filter)));
        }
    })
}

fn filter_of(request: &Request) -> Option<String> {
    let is_query = is_list(request) && request.path.starts_with("/Users");
    parameter(request, "filter").filter(|_| is_query)
}

/// Rewrites a filter word by word; blanks in quotes part nothing.
fn words<F>(inner: Inner, edit: F) -> Inner
where
    F: Fn(&mut Vec<String>) + Send + 'static,
{
    filters(inner, move |filter| {
        let mut words = split(&filter);
        edit(&mut words);
        words.join(" ")
    })
}

fn split(filter: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in filter.chars() {
        quoted ^= c == '"';
        match words.last_mut() {
            Some(word) if quoted || c != ' ' => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words
}

/// Puts a condition that is always true in place of those whose attribute is such.
fn always_true(words: &mut Vec<String>, is_such: impl Fn(&str) -> bool) {
    while let Some(at) = words.iter().position(|word| is_such(word.trim_start_matches('(')) && !word.ends_with("id")) {
        let open = words[at].len() - words[at].trim_start_matches('(').len();
        let length = if words.get(at + 1).is_some_and(|operator| operator.starts_with("pr")) { 2 } else { 3 };
        let end = words.len().min(at + length);
        let close = words[at..end].last().map_or(0, |last| last.len() - last.trim_end_matches(')').len());
        let plain = [format!("{}id", "(".repeat(open)), format!("pr{}", ")".repeat(close))];
        words.splice(at..end, plain);
    }
}

/// Names are keys of a map.
fn attr_name_case(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let starts_large = |filter: String| filter.starts_with(|c: char| c.is_ascii_uppercase());
        if filter_of(request).is_some_and(starts_large) {
            return refusal(400, Some("invalidFilter"), "There is no attribute of this name.");
        }
        server.handle(request, now)
    })
}

const OPERATORS: [&str; 13] = ["eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le", "pr", "and", "or", "not"];

fn operator_case(inner: Inner) -> Inner {
    around(inner, |server, request, now| {
        let is_large = |word: &String| {
            let small = word.to_ascii_lowercase();
            small != *word && OPERATORS.contains(&small.as_str())
        };
        if filter_of(request).is_some_and(|filter| split(&filter).iter().any(is_large)) {
            return refusal(400, Some("invalidFilter"), "There is no operator of this name.");
        }
        server.handle(request, now)
    })
}

/// The loop ends at the first condition.
fn or(inner: Inner) -> Inner {
    filters(inner, |filter| match filter.split_once(" or ") {
        Some((first, _)) if first.starts_with('(') => format!("{first})"),
        Some((first, _)) => first.to_owned(),
        None => filter,
    })
}

fn not(inner: Inner) -> Inner {
    filters(inner, |filter| filter.replace("not (", "("))
}

/// Conditions are folded from left to right.
fn precedence(inner: Inner) -> Inner {
    filters(inner, |filter| match filter.rsplit_once(" and ") {
        Some((first, last)) if !filter.contains('(') && first.contains(" or ") => format!("({first}) and {last}"),
        _ => filter,
    })
}

fn ne(inner: Inner) -> Inner {
    filters(inner, |filter| filter.replace(" ne ", " eq "))
}

/// The value goes into LIKE as it is: `%` and `_` are any text.
fn co_sw_ew(inner: Inner) -> Inner {
    filters(inner, |filter| {
        let at = [" co ", " sw ", " ew "].iter().filter_map(|operator| filter.find(operator)).min();
        match at.map(|at| filter.split_at(at)) {
            Some((before, after)) => format!("{before}{}", after.replace(['%', '_'], "")),
            None => filter,
        }
    })
}

/// The column is there for everybody.
fn pr(inner: Inner) -> Inner {
    words(inner, |words| {
        for at in 1..words.len() {
            if words[at].starts_with("pr") {
                "id".clone_into(&mut words[at - 1]);
            }
        }
    })
}

fn compare_datetime(inner: Inner) -> Inner {
    words(inner, |words| always_true(words, |word| word.to_ascii_lowercase().starts_with("meta.")))
}

/// false < true, as the database has it.
fn compare_boolean(inner: Inner) -> Inner {
    filters(inner, |filter| {
        let orders = ["gt", "ge", "lt", "le"].map(|operator| format!("active {operator} "));
        orders.iter().fold(filter, |filter, order| filter.replace(order, "active eq "))
    })
}

fn boolean_literal(inner: Inner) -> Inner {
    words(inner, |words| always_true(words, |word| word == "active"))
}

/// `name.familyName` is looked for on the first level, where another attribute stands for it.
fn sub_attribute(inner: Inner) -> Inner {
    words(inner, |words| {
        for word in words.iter_mut().filter(|word| word.starts_with("name.")) {
            "nickName".clone_into(word);
        }
    })
}

/// Telephones and numbers of employees stand in other tables, which no query joins.
fn any_attribute(inner: Inner) -> Inner {
    words(inner, |words| {
        for word in words.iter_mut() {
            if word.starts_with("phoneNumbers") || word.ends_with(":employeeNumber") {
                "timezone".clone_into(word);
            }
        }
    })
}

/// The first address stands in the user's own row.
fn multi_valued_any(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        let wanted = equality(request).filter(|(name, _)| name == "emails.value" && is_list(request));
        if let Some((_, wanted)) = wanted.filter(|_| response.status == 200) {
            hide(response, |user| {
                let first = user.get("emails").and_then(|emails| emails.get(0)?.get("value")?.as_str());
                first.is_none_or(|first| !first.eq_ignore_ascii_case(&wanted))
            });
        }
    })
}

/// Brackets are another way to write a dot.
fn value_path(inner: Inner) -> Inner {
    filters(inner, |filter| {
        let Some((before, rest)) = filter.split_once("emails[") else { return filter };
        let Some((conditions, after)) = rest.split_once(']').filter(|(_, after)| !after.starts_with('.')) else {
            return filter;
        };
        let conditions: Vec<String> = conditions.split(" and ").map(|one| format!("emails.{one}")).collect();
        format!("{before}({}){after}", conditions.join(" and "))
    })
}

/// The part before the first dot is the table, and there is none of that name.
fn urn_attribute(inner: Inner) -> Inner {
    words(inner, |words| {
        for word in words.iter_mut().filter(|word| word.to_ascii_lowercase().starts_with("urn:")) {
            "nickName".clone_into(word);
        }
    })
}

/// What has no column is left out of the query.
fn unknown_attribute(inner: Inner) -> Inner {
    words(inner, |words| always_true(words, |word| word.to_ascii_lowercase().contains("nosuch")))
}

/// A condition that is not understood is left out of the query.
fn unknown_operator(inner: Inner) -> Inner {
    requests(inner, |request| {
        let Some(filter) = filter_of(request) else { return };
        let operator = split(&filter).get(1).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
        let is_word = !operator.is_empty() && operator.chars().all(|c| c.is_ascii_alphabetic());
        if is_word && !OPERATORS.contains(&operator.as_str()) {
            set_parameter(request, "filter", None);
        }
    })
}

/// When the filter cannot be read there is none.
fn malformed(inner: Inner) -> Inner {
    around(inner, |server, request, now| match server.handle(request, now) {
        Reply::Answer(response)
            if filter_of(request).is_some()
                && response
                    .json()
                    .is_some_and(|body| body.get("scimType").and_then(Value::as_str) == Some("invalidFilter")) =>
        {
            let mut request = request.clone();
            set_parameter(&mut request, "filter", None);
            server.handle(&request, now)
        }
        reply => reply,
    })
}
