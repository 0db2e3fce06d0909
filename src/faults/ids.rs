//! Servers that show other ids than they have: one id inside, another one on the wire.

use serde_json::{Map, Value};

use super::query::encode;
use super::wrap::{Inner, answer_of, around, edit_request, set_body};
use crate::http::{Request, percent};
use crate::server::Reply;

/// What stands on the wire for a new id: its kind (`Users` or `Groups`), how many of that kind there are, the id itself.
pub type Show = fn(&str, usize, &str) -> Value;

/// Ids that were seen, with what is shown for them.
#[derive(Default)]
struct Names(Vec<Name>);

struct Name {
    collection: &'static str,
    id: String,
    shown: Value,
}

/// Shows every id in another form and takes that form in requests, so that only the form is wrong.
pub fn shown_as(inner: Inner, show: Show) -> Inner {
    let mut names = Names::default();
    around(inner, move |server, request, now| {
        let reply = server.handle(&names.inward(request), now);
        let Some(mut response) = answer_of(reply.clone()) else { return reply };
        if let Some(mut body) = response.json().cloned() {
            names.learn(&body, show);
            names.outward(&mut body);
            set_body(&mut response, body.to_string());
        }
        if let Some(location) = response.headers.get("location").map(|text| names.outward_text(text)) {
            response.headers.set("Location", location);
        }
        Reply::Answer(response)
    })
}

impl Names {
    fn learn(&mut self, body: &Value, show: Show) {
        match body {
            Value::Array(list) => list.iter().for_each(|item| self.learn(item, show)),
            Value::Object(members) => {
                self.learn_one(members, show);
                members.values().for_each(|value| self.learn(value, show));
            }
            _ => {}
        }
    }

    fn learn_one(&mut self, resource: &Map<String, Value>, show: Show) {
        let kind = resource.get("meta").and_then(|meta| meta.get("resourceType")).and_then(Value::as_str);
        let (Some(id), Some(kind)) = (resource.get("id").and_then(Value::as_str), kind) else { return };
        let collection = match kind {
            "User" => "Users",
            "Group" => "Groups",
            _ => return,
        };
        if self.0.iter().all(|name| name.id != id) {
            let number = self.0.iter().filter(|name| name.collection == collection).count() + 1;
            self.0.push(Name { collection, id: id.to_owned(), shown: show(collection, number, id) });
        }
    }

    fn outward(&self, value: &mut Value) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|item| self.outward(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.outward(member)),
            Value::String(text) => match self.0.iter().find(|name| name.id == *text) {
                Some(name) => *value = name.shown.clone(),
                None => *text = self.outward_text(text),
            },
            _ => {}
        }
    }

    fn outward_text(&self, text: &str) -> String {
        let shown = |name: &Name| percent::encode_segment(&plain(&name.shown));
        self.0.iter().fold(text.to_owned(), |text, name| text.replace(&name.id, &shown(name)))
    }

    fn inward(&self, request: &Request) -> Request {
        let mut request = request.clone();
        for name in &self.0 {
            let path = format!("/{}/{}", name.collection, plain(&name.shown));
            if percent::decode(request.path.trim_end_matches('/')) == path {
                request.path = format!("/{}/{}", name.collection, name.id);
            }
        }
        request.query = request.query.map(|query| self.inward_query(query));
        edit_request(&mut request, |body| body.values_mut().for_each(|value| self.inward_value(value)));
        request
    }

    /// In filters, ids stand between quotation marks.
    fn inward_query(&self, query: String) -> String {
        self.0.iter().fold(query, |query, name| {
            let quoted = |text: &str| encode(&literal(text));
            query.replace(&quoted(&plain(&name.shown)), &quoted(&name.id))
        })
    }

    /// In bodies, ids stand for members and managers, most of them users.
    fn inward_value(&self, value: &mut Value) {
        match value {
            Value::Array(list) => list.iter_mut().for_each(|item| self.inward_value(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.inward_value(member)),
            Value::String(_) | Value::Number(_) => {
                // A number is an id only where ids are numbers: a count is none.
                let is_shown = |name: &&Name| name.shown == *value || value.as_str() == Some(&plain(&name.shown));
                if let Some(name) = self.0.iter().find(is_shown) {
                    *value = name.id.clone().into();
                } else if let Value::String(text) = value {
                    // The filter in a path: members[value eq "…"].
                    *text = self.0.iter().fold(text.clone(), |text, name| {
                        text.replace(&literal(&plain(&name.shown)), &literal(&name.id))
                    });
                }
            }
            _ => {}
        }
    }
}

/// A text as a filter has it: a JSON string (RFC 7644 §3.4.2.2).
fn literal(text: &str) -> String {
    Value::from(text).to_string()
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
