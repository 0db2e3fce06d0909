//! `res/`: where attributes stand, where resources say they are, and what stands where nothing should.

use serde_json::{Map, Value};

use super::Fault;
use super::query::parameter;
use super::wrap::{Inner, is_below, is_list, resources};

pub(super) const FAULTS: &[Fault] = &[
    ("res/extension-container", extension_container),
    ("res/meta-location", meta_location),
    ("res/no-placeholder", no_placeholder),
    ("res/same-everywhere", same_everywhere),
];

/// Columns of one table.
fn extension_container(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        let containers: Vec<String> = resource.keys().filter(|name| name.starts_with("urn:")).cloned().collect();
        for urn in containers {
            let Some(Value::Object(members)) = resource.shift_remove(&urn) else { continue };
            let flat: Map<String, Value> =
                members.into_iter().map(|(name, value)| (format!("{urn}:{name}"), value)).collect();
            resource.extend(flat);
        }
    })
}

/// Names make readable addresses.
fn meta_location(inner: Inner) -> Inner {
    resources(inner, |_, resource| {
        let Some(name) = resource.get("userName").and_then(Value::as_str).map(str::to_owned) else { return };
        let location = resource.get_mut("meta").and_then(|meta| meta.get_mut("location"));
        if let Some(Value::String(location)) = location
            && let Some((collection, _)) = location.rsplit_once('/')
        {
            *location = format!("{collection}/{name}");
        }
    })
}

/// The template makes a text of whatever there is.
fn no_placeholder(inner: Inner) -> Inner {
    resources(inner, |request, resource| {
        if is_below(request, "/Users") && request.query.is_none() {
            resource.entry("title").or_insert_with(|| "null".into());
        }
    })
}

/// The overview reads another table than the search.
fn same_everywhere(inner: Inner) -> Inner {
    resources(inner, |request, resource| {
        if is_list(request) && parameter(request, "filter").is_none() {
            resource.shift_remove("name");
        }
    })
}
