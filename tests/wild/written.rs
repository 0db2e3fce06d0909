//! Correct servers that write the same values in another way: ids, order, times, references.

use scimulator::faults::ids::shown_as;
use scimulator::faults::wrap::{Inner, answers, each_resource, is_core, resources, set_body};
use serde_json::{Value, json};

use crate::bench::assert_correct;

/// Around the server with the usual settings.
fn correct(around: fn(Inner) -> Inner) {
    assert_correct(&json!({}), around);
}

#[test]
fn ids_are_short_decimal_strings() {
    assert_correct(&without_bulk(), decimal_ids);
}

/// What shows other ids does not look into the operations of a bulk request.
fn without_bulk() -> Value {
    json!({ "bulk": false })
}

/// One row of numbers for users and groups: RFC 7643 §3.1 wants them unique across the service provider.
pub fn decimal_ids(inner: Inner) -> Inner {
    shown_as(inner, |collection, number, _| (2 * number + usize::from(collection == "Users")).to_string().into())
}

#[test]
fn ids_cannot_stand_in_a_path_as_they_are() {
    assert_correct(&without_bulk(), |server| {
        shown_as(server, |_, number, id| format!("~{number}/{id}?#%'ключ+=").into())
    });
}

#[test]
fn ids_hold_what_a_filter_escapes() {
    // An id is any string (RFC 7643 §3.1); in a filter it is a JSON string (RFC 7644 §3.4.2.2).
    assert_correct(&without_bulk(), |server| {
        shown_as(server, |_, number, id| format!("cn=\"{number}\"\\\\{id}").into())
    });
}

#[test]
fn ids_are_urns_of_two_hundred_characters() {
    assert_correct(&without_bulk(), |server| {
        shown_as(server, |_, number, id| format!("urn:example:{id}:{}{number}", "0".repeat(200)).into())
    });
}

#[test]
fn telephone_numbers_are_canonical() {
    // RFC 7643 §4.1.2: "The value SHOULD be specified according to the format defined in [RFC3966]".
    correct(|server| {
        resources(server, |_, resource| {
            for number in resource.get_mut("phoneNumbers").and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(Value::String(text)) = number.get_mut("value")
                    && !text.starts_with("tel:")
                {
                    *text = format!("tel:{}", text.replace(' ', "-"));
                }
            }
        })
    });
}

#[test]
fn json_is_in_another_order_indented_and_escaped() {
    correct(otherwise_written);
}

/// The same JSON with the members of every object in reverse, white space between them, all but ASCII escaped.
pub fn otherwise_written(inner: Inner) -> Inner {
    answers(inner, |_, response| {
        let Some(mut body) = response.json().cloned() else { return };
        reverse(&mut body);
        let text = serde_json::to_string_pretty(&body).unwrap();
        let escaped = text.encode_utf16().map(|unit| match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => char::from(byte).to_string(),
            _ => format!("\\u{unit:04x}"),
        });
        set_body(response, format!("\r\n{}\n", escaped.collect::<String>()));
    })
}

fn reverse(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(reverse),
        Value::Object(members) => {
            members.values_mut().for_each(reverse);
            *members = std::mem::take(members).into_iter().rev().collect();
        }
        _ => {}
    }
}

#[test]
fn multi_valued_attributes_are_in_another_order() {
    correct(|server| {
        resources(server, |_, resource| {
            for value in resource.values_mut().filter_map(Value::as_array_mut) {
                value.reverse();
            }
        })
    });
}

#[test]
fn times_have_milliseconds() {
    correct(|server| times(server, |time| format!("{}.000Z", whole_seconds(time))));
}

#[test]
fn times_have_seven_digits_of_a_second_and_ids_are_words() {
    assert_correct(&without_bulk(), |server| {
        let server = times(server, |time| format!("{}.0000000Z", whole_seconds(time)));
        shown_as(server, |collection, number, _| format!("{collection}~zz_{number}.A").into())
    });
}

fn whole_seconds(time: &str) -> &str {
    time.split(['.', 'Z']).next().unwrap_or_default()
}

#[test]
fn times_have_a_numeric_offset() {
    correct(offset_times);
}

/// `+00:00` is the same as `Z`.
pub fn offset_times(inner: Inner) -> Inner {
    times(inner, |time| time.replace('Z', "+00:00"))
}

fn times(inner: Inner, write: fn(&str) -> String) -> Inner {
    resources(inner, move |_, resource| {
        if let Some(Value::Object(meta)) = resource.get_mut("meta") {
            for name in ["created", "lastModified"] {
                if let Some(Value::String(time)) = meta.get_mut(name) {
                    *time = write(time);
                }
            }
        }
    })
}

#[test]
fn locations_are_relative() {
    correct(relative_locations);
}

#[test]
fn references_begin_where_the_resource_is() {
    // As the enterprise user of RFC 7643 §8.3 has them: `../Groups/1`.
    correct(|server| {
        resources(server, |_, resource| {
            resource.values_mut().for_each(upwards);
        })
    });
}

/// Writes every `$ref` below a value as seen from the resource.
fn upwards(value: &mut Value) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(upwards),
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get_mut("$ref") {
                *reference = format!("../{}", relative(reference));
            }
            members.values_mut().for_each(upwards);
        }
        _ => {}
    }
}

/// RFC 7643 §2.3.7: a reference may be relative to the base URL.
pub fn relative_locations(inner: Inner) -> Inner {
    answers(inner, |request, response| {
        if !is_core(request) {
            return;
        }
        if let Some(location) = response.headers.get("location").map(relative) {
            response.headers.set("Location", location);
        }
        if let Some(mut body) = response.json().cloned().filter(|_| response.is_success()) {
            each_resource(&mut body, |resource| {
                if let Some(Value::String(location)) =
                    resource.get_mut("meta").and_then(|meta| meta.get_mut("location"))
                {
                    *location = relative(location);
                }
            });
            set_body(response, body.to_string());
        }
    })
}

fn relative(location: &str) -> String {
    let at = location.find("/Users/").or_else(|| location.find("/Groups/"));
    at.map_or(location, |at| &location[at + 1..]).to_owned()
}
