//! The dialects behind one type: what the engine holds for one scenario.

use serde_json::{Map, Value};

use super::data::{self, DialectData, DialectError};
use super::entra::Entra;
use super::generic::Generic;
use super::okta::Okta;
use super::{Directory, Event, Halt, Outcome, Port};

/// One IdP with its memory, for one scenario.
pub struct Dialect(Flow);

/// The flows there are; everything else is data.
enum Flow {
    Okta(Box<Okta>),
    Entra(Box<Entra>),
    Generic(Box<Generic>),
}

impl Dialect {
    /// A dialect with nothing in its memory. Knobs override those of its data file `fixtures/idps/ID.yaml`; the knob
    /// `mapping` picks a customer's mapping by name (`calendly`) or is a mapping itself.
    pub fn new(id: &str, knobs: &Map<String, Value>) -> Result<Self, DialectError> {
        let data = DialectData::load(id, knobs)?;
        let flow = match data.family {
            "okta" => Flow::Okta(Box::new(Okta::new(&data)?)),
            "entra" => Flow::Entra(Box::new(Entra::new(&data)?)),
            _ => Flow::Generic(Box::new(Generic::new(&data)?)),
        };
        Ok(Self(flow))
    }

    /// Every dialect, variants and presets included.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        data::ids()
    }

    /// The family of a dialect, whose column of severities counts: `okta`, `entra` or `generic` (also for unknown ids).
    pub fn parent(id: &str) -> &'static str {
        data::family(id).unwrap_or("generic")
    }

    /// The product a dialect plays and the way it is set up, in one line.
    pub fn title(id: &str) -> Option<&'static str> {
        data::about(id).map(|(title, ..)| title)
    }

    /// What is special about a dialect.
    pub fn summary(id: &str) -> Option<&'static str> {
        data::about(id).map(|(_, summary, _)| summary)
    }

    /// Where a dialect's behaviour is known from, as `docs/idps.md` lists the sources.
    pub fn sources(id: &str) -> Option<&'static [String]> {
        data::about(id).map(|(.., sources)| sources)
    }

    /// Takes out of the mapping, as its administrator would, what the target does not have: `lacks` tells which paths of
    /// a user those are. A create still sends them, as every server must bear (RFC 7644 §3.3).
    pub fn leave_unchanged(&mut self, lacks: &dyn Fn(&str) -> bool) {
        if let Flow::Entra(entra) = &mut self.0 {
            entra.leave_unchanged(lacks);
        }
    }

    /// Plays what the IdP does after an event. The directory is in the state after it.
    pub async fn play<P: Port>(
        &mut self,
        event: &Event,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Vec<Outcome>, Halt> {
        match &mut self.0 {
            Flow::Okta(okta) => okta.play(event, directory, port).await,
            Flow::Entra(entra) => entra.play(event, directory, port).await,
            Flow::Generic(generic) => generic.play(event, directory, port).await,
        }
    }

    /// The SCIM id that the IdP holds, or held last, for the person or group of this key.
    pub fn linked(&self, key: &str) -> Option<&str> {
        match &self.0 {
            Flow::Okta(okta) => okta.linked(key),
            Flow::Entra(entra) => entra.linked(key),
            Flow::Generic(generic) => generic.linked(key),
        }
    }

    /// Whether the token goes out as the whole value of `Authorization`, without a scheme (OKTA-Q14).
    pub fn sends_bare_token(&self) -> bool {
        matches!(&self.0, Flow::Okta(okta) if okta.sends_bare_token())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(id: &str, knobs: &Value) -> DialectError {
        Dialect::new(id, knobs.as_object().unwrap()).err().expect("refused")
    }

    #[test]
    fn mistakes_name_the_thing_and_bring_a_guess() {
        let unknown = error("octa", &json!({}));
        assert_eq!(unknown.to_string(), "there is no dialect `octa`");
        assert_eq!(unknown.hint().as_deref(), Some("did you mean `okta`?"));
        let knob = error("okta-aiw", &json!({ "encoding": "plus", "flavor": "oin" }));
        assert_eq!(knob.to_string(), "the dialect `okta-aiw` has no knob `flavor`");
        assert_eq!(knob.hint().as_deref(), Some("did you mean `flavour`?"));
        let mapping = error("okta", &json!({ "mapping": "calendy" }));
        assert_eq!(mapping.hint().as_deref(), Some("did you mean `calendly`?"));
    }

    #[test]
    fn a_wrong_value_names_its_knob_and_what_is_accepted() {
        let error = error("okta", &json!({ "import-page": 50, "flavour": "scim11" })).to_string();
        assert!(error.starts_with("the knob `flavour` of the dialect `okta`: "), "{error}");
        assert!(error.contains("`oin` or `aiw`"), "{error}");
    }

    #[test]
    fn what_a_dialect_does_may_move_between_threads() {
        const fn is_send<T: Send>(_: &T) {}
        let mut dialect = Dialect::new("okta", &Map::new()).unwrap();
        let directory = Directory::built_in();
        let mut nobody = Nobody;
        is_send(&dialect.play(&Event::Cycle, &directory, &mut nobody));
    }

    /// A port that nothing is sent through.
    struct Nobody;

    impl Port for Nobody {
        async fn send(&mut self, _: crate::http::Request) -> Result<crate::http::Answer, Halt> {
            Err(Halt::Interrupted)
        }

        async fn wait(&mut self, _: std::time::Duration, _: crate::idp::Waiting) -> Result<(), Halt> {
            Err(Halt::Interrupted)
        }

        fn now(&self) -> std::time::Duration {
            std::time::Duration::ZERO
        }

        fn random(&mut self) -> u64 {
            0
        }
    }

    #[test]
    fn variants_belong_to_their_family() {
        assert_eq!(
            ["okta-aiw", "entra-scim2020", "generic", "plain"].map(Dialect::parent),
            ["okta", "entra", "generic", "generic"]
        );
    }
}
