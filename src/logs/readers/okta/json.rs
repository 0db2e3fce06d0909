//! System Log events in JSON: bare, and in the envelopes of hooks, streams and collectors.

use std::io;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::event::Event;
use super::events;
use crate::logs::format::Format;
use crate::logs::input::{LogFile, Record};
use crate::logs::readers::Reading;
use crate::logs::readers::glance::Names;
use crate::logs::readers::json::{self, Layout};
use crate::logs::readers::lenient::{Shaped, Text};
use crate::logs::times::DateOrder;

/// A collector's envelope may be in another's.
const NESTING: usize = 4;

/// Reads a file of events.
pub fn read(file: &LogFile, format: Format, reading: &mut Reading<'_>) -> io::Result<()> {
    let is_wrapped = format == Format::OktaWrapped;
    let path: &[&str] = if format == Format::OktaEventHook { &["data", "events"] } else { &[] };
    // The envelope of a collector may hold the event as text, with the names escaped.
    let names = Names {
        time: "published",
        app: &["\"AppInstance\"", "\"appname\"", "\"appName\""],
        kind: "eventType",
        is_of_interest: Some(events::is_about_provisioning),
    };
    let layout = Layout { path, names: if is_wrapped { Names::default() } else { names } };
    json::records(file, &layout, reading, &mut |reading, record| {
        if is_wrapped {
            return wrapped(record.bytes, record.number, NESTING, reading);
        }
        let mut replaced = String::new();
        let event = if format == Format::OktaEventBridge {
            json::parse::<Envelope<'_>>(record.bytes, &mut replaced).map(|envelope| envelope.detail.0)
        } else {
            json::parse::<Event<'_>>(record.bytes, &mut replaced)
        };
        give(event, record, reading)
    })
}

fn give(event: Option<Event<'_>>, record: &Record<'_>, reading: &mut Reading<'_>) -> bool {
    let event = event.filter(Event::is_whole);
    if let Some(event) = &event {
        event.give(record.number, DateOrder::MonthFirst, reading);
    }
    event.is_some()
}

/// A log stream to EventBridge.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(borrow)]
    detail: Shaped<Event<'a>>,
}

/// Where collectors put the event: an object, or its text.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Wrapper<'a> {
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    json: Option<&'a RawValue>,
    #[serde(borrow)]
    okta: Option<&'a RawValue>,
    #[serde(borrow)]
    system: Option<&'a RawValue>,
    #[serde(borrow, rename = "okta.system")]
    okta_system: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow, rename = "_raw")]
    raw: Option<&'a RawValue>,
    #[serde(borrow)]
    original: Option<&'a RawValue>,
    #[serde(borrow)]
    message: Option<&'a RawValue>,
}

/// Looks for the event inside of an envelope; whether there is one.
fn wrapped(bytes: &[u8], number: u64, depth: usize, reading: &mut Reading<'_>) -> bool {
    let mut replaced = String::new();
    let event = json::parse::<Event<'_>>(bytes, &mut replaced).filter(Event::is_whole);
    if let Some(event) = event {
        event.give(number, DateOrder::MonthFirst, reading);
        return true;
    }
    let mut replaced = String::new();
    let Some(wrapper) = (depth > 0).then(|| json::parse::<Wrapper<'_>>(bytes, &mut replaced)).flatten() else {
        return false;
    };
    let places = [
        wrapper.raw,
        wrapper.okta_system,
        wrapper.okta,
        wrapper.system,
        wrapper.json,
        wrapper.event,
        wrapper.original,
        wrapper.result,
        wrapper.message,
    ];
    places.into_iter().flatten().any(|inner| {
        let inner = inner.get();
        if inner.starts_with('"') {
            let text: Text<'_> = serde_json::from_str(inner).unwrap_or_default();
            text.as_str().trim_start().starts_with('{') && wrapped(text.as_str().as_bytes(), number, depth - 1, reading)
        } else {
            inner.starts_with('{') && wrapped(inner.as_bytes(), number, depth - 1, reading)
        }
    })
}
