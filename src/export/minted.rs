//! Values that the service provider made: ids, versions, times. Where a request carries one, an answer before it is
//! where it came from.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::script::{Call, Capture, Form, Place};
use super::text::Text;
use crate::http::{Response, percent};
use crate::scim::name;

/// Endpoints whose ids are the same everywhere (RFC 7644 §4).
const DISCOVERY: [&str; 3] = ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"];

/// Whose a value is when nothing tells.
const NOBODY: &str = "resource";

/// What a value is, and so where it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// In paths, filters and bodies.
    Id,
    /// In conditional header fields and bulk operations.
    Version,
    /// In filters. In the bodies of writes a time is read-only and may be any.
    Time,
}

/// A value of an answer.
#[derive(Clone, Debug)]
struct Minted {
    kind: Kind,
    value: String,
    /// The call that was answered with it.
    call: usize,
    place: Place,
    /// What must be done to get it from there.
    form: Form,
    /// The name of the resource, for that of the variable.
    owner: String,
    /// The id of the resource: equal versions of two resources are two values.
    id: String,
}

/// The values made so far, and the names of those that were needed.
#[derive(Debug, Default)]
pub(super) struct Values {
    minted: Vec<Minted>,
    names: HashMap<(usize, Form), String>,
    taken: HashSet<String>,
}

impl Values {
    /// Whether a value that the service provider made stands in a text.
    pub(super) fn stand_in(&self, text: &str) -> bool {
        let text = Text::new(text);
        self.minted.iter().any(|minted| text.is(&minted.value) || text.holds(&minted.value))
    }

    /// Puts variables into a request, and captures into those before it.
    pub(super) fn put_into(&mut self, call: &mut Call, earlier: &mut [Call]) {
        let (is_bulk, is_search) = (call.request.path.ends_with("/Bulk"), call.request.path.ends_with("/.search"));
        for at in self.nearest_first(&call.request.path) {
            let Minted { kind, value, .. } = self.minted[at].clone();
            if kind == Kind::Version {
                let conditions = call.headers.iter_mut().filter(|(name, _)| is_condition(name));
                for (_, text) in conditions {
                    self.put(at, text, &value, Form::Plain, earlier);
                    self.put(at, text, value.trim_start_matches("W/"), Form::Strong, earlier);
                }
            } else {
                let encoded = percent::encode(&value);
                self.put(at, &mut call.target, &value, Form::Plain, earlier);
                self.put(at, &mut call.target, &encoded, Form::InQuery, earlier);
            }
            let is_in_body =
                kind == Kind::Id || (kind == Kind::Version && is_bulk) || (kind == Kind::Time && is_search);
            if let Some(body) = call.body.as_mut().filter(|_| is_in_body) {
                let escaped = in_json(&value);
                let form = if escaped == value { Form::Plain } else { Form::InJson };
                self.put(at, body, &escaped, form, earlier);
            }
        }
    }

    /// Positions of the values, those of the resource that a path addresses first. Of equal times the newest is meant:
    /// what was read last is what a filter asks about.
    fn nearest_first(&self, path: &str) -> Vec<usize> {
        let mut positions: Vec<usize> = (0..self.minted.len()).collect();
        positions.sort_by_key(|at| {
            let minted = &self.minted[*at];
            (!path.ends_with(&minted.id), if minted.kind == Kind::Time { usize::MAX - at } else { *at })
        });
        positions
    }

    fn put(&mut self, at: usize, text: &mut Text, spelled: &str, form: Form, earlier: &mut [Call]) {
        if !text.holds(spelled) {
            return;
        }
        let minted = &self.minted[at];
        let name = self.names.entry((at, form)).or_insert_with(|| {
            let name = free_name(minted, form, &mut self.taken);
            let form = if form == Form::Plain { minted.form } else { form };
            earlier[minted.call].captures.push(Capture { name: name.clone(), place: minted.place.clone(), form });
            name
        });
        text.replace(spelled, name);
    }

    /// Learns what the answer to the call at this position made.
    pub(super) fn learn(&mut self, at: usize, call: &Call) {
        if DISCOVERY.iter().any(|endpoint| call.request.path.starts_with(endpoint)) {
            return;
        }
        let Some(response) = call.answer.as_ref().ok().filter(|response| response.is_success()) else { return };
        let Some(body) = response.json() else { return self.learn_location(at, response) };
        self.learn_resource(at, body, "", response.headers.get("etag"));
        let list = |name: &str| name::get_in(body, name).and_then(Value::as_array).into_iter().flatten().enumerate();
        for (index, resource) in list("Resources") {
            self.learn_resource(at, resource, &format!("Resources[{index}]."), None);
        }
        for (index, operation) in list("Operations") {
            self.learn_operation(at, operation, &format!("Operations[{index}]."));
        }
    }

    fn learn_resource(&mut self, call: usize, resource: &Value, path: &str, tag: Option<&str>) {
        let text = |member: &str| resource.pointer(member).and_then(Value::as_str).filter(|text| !text.is_empty());
        let Some(id) = text("/id").filter(|id| !id.starts_with("urn:")) else { return };
        let login = text("/userName").map(|login| login.split('@').next().unwrap_or(login));
        let owner = login.or_else(|| text("/displayName")).unwrap_or(NOBODY).to_owned();
        let place = |member: &str| Place::Body(format!("{path}{member}"));
        for (kind, value, place) in [
            (Kind::Id, Some(id), place("id")),
            (Kind::Version, text("/meta/version"), place("meta.version")),
            (Kind::Version, tag, Place::Header("etag".to_owned())),
            (Kind::Time, text("/meta/created"), place("meta.created")),
            (Kind::Time, text("/meta/lastModified"), place("meta.lastModified")),
        ] {
            if let Some(value) = value.map(str::to_owned) {
                self.add(Minted {
                    kind,
                    value,
                    call,
                    place,
                    form: Form::Plain,
                    owner: owner.clone(),
                    id: id.to_owned(),
                });
            }
        }
    }

    /// A bulk operation tells where the resource is (RFC 7644 §3.7.3).
    fn learn_operation(&mut self, call: usize, operation: &Value, path: &str) {
        let text = |member: &str| name::get_in(operation, member).and_then(Value::as_str);
        let Some(id) = text("location").and_then(end_of_url) else { return };
        let owner = text("bulkId").unwrap_or(NOBODY).to_owned();
        let place = |member: &str| Place::Body(format!("{path}{member}"));
        if let Some(version) = text("version") {
            let (value, place, id) = (version.to_owned(), place("version"), id.to_owned());
            self.add(Minted { kind: Kind::Version, value, call, place, form: Form::Plain, owner: owner.clone(), id });
        }
        let (value, id) = (id.to_owned(), id.to_owned());
        self.add(Minted { kind: Kind::Id, value, call, place: place("location"), form: Form::EndOfUrl, owner, id });
    }

    /// A create that shows nothing may still tell where the resource is.
    fn learn_location(&mut self, call: usize, response: &Response) {
        let Some(id) = response.headers.get("location").and_then(end_of_url).map(str::to_owned) else { return };
        let (place, owner) = (Place::Header("location".to_owned()), NOBODY.to_owned());
        self.add(Minted { kind: Kind::Id, value: id.clone(), call, place, form: Form::EndOfUrl, owner, id });
    }

    /// The first answer that has a value is where it comes from; equal times may be of two moments.
    fn add(&mut self, new: Minted) {
        let is_known = |known: &Minted| known.value == new.value && known.kind == new.kind && known.id == new.id;
        if new.kind == Kind::Time || !self.minted.iter().any(is_known) {
            self.minted.push(new);
        }
    }
}

fn is_condition(field: &str) -> bool {
    ["if-match", "if-none-match"].iter().any(|condition| field.eq_ignore_ascii_case(condition))
}

fn end_of_url(url: &str) -> Option<&str> {
    url.trim_end_matches('/').rsplit('/').next().filter(|end| !end.is_empty())
}

/// A text as it stands between the quotes of JSON.
fn in_json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// `alice_id`, and with a number behind it when that is another one's.
fn free_name(minted: &Minted, form: Form, taken: &mut HashSet<String>) -> String {
    let kind = match minted.kind {
        Kind::Id => "id",
        Kind::Version => "version",
        Kind::Time => "time",
    };
    let form = match form {
        Form::Plain | Form::EndOfUrl => "",
        Form::InJson => "_in_json",
        Form::InQuery => "_in_query",
        Form::Strong => "_strong",
    };
    let letters = minted.owner.to_ascii_lowercase();
    let words = letters.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let owner = words.collect::<Vec<_>>().join("_");
    let is_name = owner.starts_with(|first: char| first.is_ascii_alphabetic());
    let stem = format!("{}_{kind}{form}", if is_name { &owner } else { NOBODY });
    let numbered = (2..).map(|number| format!("{stem}_{number}"));
    let free = std::iter::once(stem.clone()).chain(numbered).find(|name| !taken.contains(name));
    let free = free.expect("there is always a number that is free");
    taken.insert(free.clone());
    free
}
