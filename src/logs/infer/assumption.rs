//! What the logs do not show and the reproduction needs, with its reason in words (`fixtures/diagnosis/assumptions.yaml`).

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::logs::diagnosis::Language;

/// Something that the log does not show and the reproduction needs, by its name, such as `lookup-empty`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption(&'static str);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    en: String,
    es: String,
}

static REASONS: LazyLock<BTreeMap<String, Words>> = LazyLock::new(|| {
    serde_saphyr::from_str(include_str!("../../../fixtures/diagnosis/assumptions.yaml"))
        .expect("a test reads the assumptions")
});

impl Assumption {
    /// An assumption of the file.
    pub(in crate::logs) const fn new(id: &'static str) -> Self {
        Self(id)
    }

    /// Its name.
    pub const fn id(self) -> &'static str {
        self.0
    }

    /// Why it is reasonable.
    pub fn why(self, language: Language) -> &'static str {
        REASONS.get(self.0).map_or("", |words| match language {
            Language::English => &words.en,
            Language::Spanish => &words.es,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where assumptions are made.
    const MADE: [&str; 3] = [include_str!("dialect.rs"), include_str!("wire.rs"), include_str!("../scenario/head.rs")];

    #[test]
    fn every_assumption_has_its_reason_and_every_reason_its_assumption() {
        let made = MADE.iter().flat_map(|text| text.split("Assumption::new(\"").skip(1));
        let mut made: Vec<&str> = made.filter_map(|rest| rest.split('"').next()).collect();
        made.sort_unstable();
        made.dedup();
        assert_eq!(made, REASONS.keys().map(String::as_str).collect::<Vec<_>>());
        for id in made {
            let [english, spanish] =
                [Language::English, Language::Spanish].map(|language| Assumption(id).why(language));
            assert!(!english.is_empty() && !spanish.is_empty() && english != spanish, "{id}");
        }
    }
}
