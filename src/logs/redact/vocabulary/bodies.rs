//! What the records of a log hold: requests, their bodies, what is said of them.

use serde_json::{Map, Value};

use super::Vocabulary;
use crate::logs::observation::{Http, Observation};
use crate::logs::redact::fields::{IDS, PLAIN, is_number_of, kind_of};
use crate::logs::redact::formats::Kind;
use crate::logs::redact::rule::SHORTEST;
use crate::logs::redact::spelling::Spelled;
use crate::logs::redact::wishes::name_of;

impl Vocabulary {
    /// Takes in every text of an observation as the text of a file is taken in: a body may be no JSON, or hold JSON as
    /// text. For observations of whose files nothing else is looked at.
    pub fn texts_of(&mut self, observation: &Observation) {
        let message = observation.message.as_ref();
        let said = message.map(|message| [Some(&message.raw), message.detail.as_ref(), message.body.as_ref()]);
        said.into_iter().flatten().flatten().for_each(|text| self.text(text));
        let Some(http) = &observation.http else { return };
        [&http.base, &http.query].into_iter().flatten().for_each(|text| self.text(text));
        for body in [&http.request_body, &http.response_body].into_iter().flatten() {
            self.text(&body.value.text);
        }
        for (name, value) in http.request_headers.iter().chain(&http.response_headers) {
            self.text(&format!("\"{name}\": \"{value}\""));
        }
    }

    pub(super) fn http(&mut self, http: &Http) {
        let authority = http.base.as_deref().and_then(|base| base.split_once("://")).map(|(_, rest)| rest);
        let host = authority.and_then(|rest| rest.split(['/', ':']).next()).filter(|host| host.contains('.'));
        if let Some(host) = host.filter(|host| !host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')) {
            self.add(Kind::Host, host);
        }
        if let Some(path) = &http.path {
            path.value.split('/').skip(2).for_each(|segment| self.add(Kind::Id, segment));
        }
        for (name, value) in http.request_headers.iter().chain(&http.response_headers) {
            if name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case("x-forwarded-host") {
                self.host(value);
            }
            if name.to_ascii_lowercase().ends_with("location") {
                self.places(&Spelled::new(value));
            }
            self.secrets_in(&Spelled::new(&format!("{name}: {value}")));
        }
        for body in [&http.request_body, &http.response_body].into_iter().flatten() {
            self.secrets_in(&Spelled::new(&body.value.text));
            if let Ok(value) = serde_json::from_str(&body.value.text) {
                let is_group = http.path.as_ref().is_some_and(|path| path.value.starts_with("/Groups"));
                self.json("", if is_group { "groups" } else { "" }, &value);
            }
        }
    }

    /// The attributes of a body: personal unless it is known that they are not. `of` is what the object is, or is in.
    pub(super) fn json(&mut self, name: &str, of: &str, value: &Value) {
        match value {
            Value::String(text) => {
                // Names in an element are of its attribute, the name of a group is one of the groups.
                let is_of = matches!(name, "value" | "display") || name == "displayname" && of == "groups";
                self.wished(if is_of { of } else { name }, text);
                if IDS.contains(&name) {
                    self.add(Kind::Id, text);
                } else if kind_of(name).is_some() || name == "value" {
                    self.add(Kind::Word, text);
                }
            }
            Value::Array(elements) => elements.iter().for_each(|element| self.json(name, of, element)),
            Value::Object(members) => {
                self.short_name(members);
                let of = if name.is_empty() || name == "resources" { of } else { name };
                for (name, value) in members {
                    let last = name_of(name);
                    if !PLAIN.contains(&last.as_str()) {
                        self.json(&last, of, value);
                    }
                }
            }
            Value::Number(number) if is_number_of(name) => self.number(&number.to_string()),
            _ => {}
        }
    }

    /// A name of few letters is looked for in a sentence with its other half only.
    fn short_name(&mut self, members: &Map<String, Value>) {
        let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (Some(given), Some(family)) = (text("givenName"), text("familyName")) else { return };
        if [given, family].iter().any(|name| name.chars().count() < SHORTEST) {
            for both in [format!("{given} {family}"), format!("{family}, {given}"), format!("{family} {given}")] {
                self.add(Kind::Word, &both);
            }
        }
    }
}
