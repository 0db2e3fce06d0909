//! The personal values of a scenario, and what there is about each that a failure can depend on.
//!
//! A value is known by where two documents of one shape differ: the one with the customer's names, and the redacted one.

use serde_json::{Map, Value};

/// Letters of the local part, or of a whole value, that stay when its length does not.
const SHORT: usize = 8;
/// The mail domain of a value that has none of its own.
const PLAIN_DOMAIN: &str = "example.com";
/// The parts of a scenario that hold values, what is sent first.
const PARTS: [&str; 3] = ["steps", "groups", "people"];
/// Attributes of people that stand in requests as variables; their other ones only fill up.
const SENT: [&str; 3] = ["userName", "email", "externalId"];
/// Members that hold words for people, which are never compared.
const WORDS: [&str; 2] = ["detail", "known"];

/// Something about a value that a failure can depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Which letters are capitals.
    Case,
    /// This one character, wherever it stands in the value.
    Character(char),
    /// Its digits.
    Digits,
    /// How long it is.
    Length,
    /// Its mail domain.
    Domain,
    /// All of it.
    Whole,
}

/// A feature of one of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kept {
    value: usize,
    feature: Feature,
}

/// The personal values of a scenario.
#[derive(Debug)]
pub struct Values<'d> {
    redacted: &'d Map<String, Value>,
    values: Vec<One>,
}

/// One value: everywhere it is the same.
#[derive(Debug)]
struct One {
    /// The attributes that hold it.
    names: Vec<String>,
    /// Where it stands (RFC 6901).
    places: Vec<String>,
    raw: String,
    redacted: String,
}

impl<'d> Values<'d> {
    /// The values in which two documents differ; `None` where they differ in more than values.
    pub fn of(raw: &Map<String, Value>, redacted: &'d Map<String, Value>) -> Option<Self> {
        let mut values = Self { redacted, values: Vec::new() };
        for part in PARTS {
            match (raw.get(part), redacted.get(part)) {
                (Some(raw), Some(redacted)) => values.collect(raw, redacted, format!("/{part}"), part)?,
                (None, None) => {}
                _ => return None,
            }
        }
        Some(values)
    }

    fn collect(&mut self, raw: &Value, redacted: &Value, place: String, name: &str) -> Option<()> {
        match (raw, redacted) {
            (Value::String(_), Value::String(_)) if WORDS.contains(&name) => {}
            (Value::String(raw), Value::String(redacted)) if raw != redacted => self.add(raw, redacted, place, name),
            (Value::Array(raw), Value::Array(redacted)) if raw.len() == redacted.len() => {
                for (at, (raw, redacted)) in raw.iter().zip(redacted).enumerate() {
                    self.collect(raw, redacted, format!("{place}/{at}"), name)?;
                }
            }
            (Value::Object(raw), Value::Object(redacted)) if raw.keys().eq(redacted.keys()) => {
                let path = raw.get("path").and_then(Value::as_str);
                for ((member, raw), redacted) in raw.iter().zip(redacted.values()) {
                    // The value of an operation is of its path, that of an element of its attribute.
                    let own = match (member.as_str(), path) {
                        ("value", Some(path)) => path,
                        ("value", None) => name,
                        _ => member,
                    };
                    let member = member.replace('~', "~0").replace('/', "~1");
                    self.collect(raw, redacted, format!("{place}/{member}"), own)?;
                }
            }
            (raw, redacted) if raw == redacted => {}
            _ => return None,
        }
        Some(())
    }

    fn add(&mut self, raw: &str, redacted: &str, place: String, name: &str) {
        let known = self.values.iter_mut().find(|known| known.raw == raw && known.redacted == redacted);
        let Some(known) = known else {
            let [raw, redacted] = [raw, redacted].map(str::to_owned);
            return self.values.push(One { names: vec![name.to_owned()], places: vec![place], raw, redacted });
        };
        let only_fills_up = place.starts_with("/people") && !SENT.contains(&name);
        known.places.push(place);
        if !only_fills_up && !known.names.iter().any(|known| known == name) {
            known.names.push(name.to_owned());
        }
    }

    /// What redaction changed.
    pub fn changed(&self) -> Vec<Kept> {
        self.each(|one| {
            let ((raw, raw_domain), (redacted, domain)) = (parts(&one.raw), parts(&one.redacted));
            if raw.chars().count() != redacted.chars().count() || raw_domain.is_some() != domain.is_some() {
                return vec![Feature::Whole];
            }
            let pairs = raw.chars().zip(redacted.chars()).filter(|(raw, redacted)| raw != redacted);
            let mut changed = once_each(pairs.map(|(raw, _)| Feature::Character(raw)));
            changed.extend((raw_domain != domain).then_some(Feature::Domain));
            changed
        })
    }

    /// The redacted scenario, with some of what redaction changed as it was.
    pub fn with_as_it_was(&self, kept: &[Kept]) -> Map<String, Value> {
        let new: Vec<String> = self.values.iter().enumerate().map(|(at, one)| one.restored(&of(kept, at))).collect();
        self.rewritten(&new, true)
    }

    /// Whether a whole word, or whose mail it is, can be read where these are kept.
    pub fn tells(&self, kept: &[Kept]) -> bool {
        let is_read = |(at, one): (usize, &One)| {
            let features = of(kept, at);
            let (raw, new) = (parts(&one.raw).0.to_owned(), one.restored(&features));
            let both: Vec<(char, char)> = raw.chars().zip(new.chars()).collect();
            let mut words = both.split(|(raw, _)| !raw.is_alphanumeric()).filter(|word| word.len() > 1);
            [Feature::Domain, Feature::Whole].iter().any(|feature| features.contains(feature))
                || !features.is_empty() && words.any(|word| word.iter().all(|(raw, new)| raw == new))
        };
        self.values.iter().enumerate().any(is_read)
    }

    /// What is special about the values of the redacted scenario.
    pub fn special(&self) -> Vec<Kept> {
        self.each(|one| {
            let (local, domain) = parts(&one.redacted);
            let mut special = once_each(local.chars().filter_map(|character| match character {
                'a'..='z' => None,
                'A'..='Z' => Some(Feature::Case),
                '0'..='9' => Some(Feature::Digits),
                other => Some(Feature::Character(other)),
            }));
            special.extend((local.chars().count() > SHORT).then_some(Feature::Length));
            special.extend(domain.filter(|domain| *domain != PLAIN_DOMAIN).map(|_| Feature::Domain));
            special
        })
    }

    /// The redacted scenario with plain values: short, in small letters, without anything special but what is kept.
    pub fn plain_but(&self, kept: &[Kept]) -> Map<String, Value> {
        let mut new: Vec<String> = Vec::new();
        for (at, one) in self.values.iter().enumerate() {
            let mut plain = one.plain(&of(kept, at));
            // Two people stay two.
            for letter in ('a'..='z').cycle().take(self.values.len()) {
                if !new.contains(&plain) {
                    break;
                }
                plain.insert(0, letter);
            }
            new.push(plain);
        }
        self.rewritten(&new, false)
    }

    /// `U+2019 (’) in displayName`.
    pub fn words(&self, kept: &[Kept]) -> Vec<String> {
        let words = |Kept { value, feature }: &Kept| {
            let one = &self.values[*value];
            let names = one.names.join(", ");
            match feature {
                Feature::Case => format!("capital letters in {names}"),
                Feature::Character(character) => format!("{} in {names}", named(*character)),
                Feature::Digits => format!("digits in {names}"),
                Feature::Length => format!("the length of {names}: {} characters", one.redacted.chars().count()),
                Feature::Domain => format!("the mail domain of {names}"),
                Feature::Whole => format!("the whole value of {names}"),
            }
        };
        kept.iter().map(words).collect()
    }

    /// The attributes that hold a value of which something is kept.
    pub fn names<'s>(&'s self, kept: &[Kept]) -> Vec<&'s str> {
        let mut names = Vec::new();
        for name in kept.iter().flat_map(|kept| &self.values[kept.value].names) {
            if !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
        names
    }

    fn each(&self, features: impl Fn(&One) -> Vec<Feature>) -> Vec<Kept> {
        let values = self.values.iter().enumerate();
        values.flat_map(|(value, one)| features(one).into_iter().map(move |feature| Kept { value, feature })).collect()
    }

    /// The redacted scenario with other values. Behaviours that name one follow it, those that name a mail domain only
    /// `with_domains`: a failure that depends on the domain must not wander with it.
    fn rewritten(&self, new: &[String], with_domains: bool) -> Map<String, Value> {
        let mut document = Value::Object(self.redacted.clone());
        let mut renamed: Vec<(&str, &str)> = Vec::new();
        for (one, new) in self.values.iter().zip(new) {
            for place in &one.places {
                if let Some(found) = document.pointer_mut(place) {
                    *found = new.as_str().into();
                }
            }
            renamed.push((&one.redacted, new));
            let domains = parts(&one.redacted).1.zip(parts(new).1);
            renamed.extend(domains.filter(|_| with_domains));
        }
        let behave = document.pointer_mut("/imported/behave").and_then(Value::as_array_mut);
        for behaviour in behave.into_iter().flatten() {
            let text = behaviour.as_str().unwrap_or_default();
            let follows = renamed.iter().find_map(|(old, new)| Some(format!("{}{new}", text.strip_suffix(old)?)));
            if let Some(follows) = follows {
                *behaviour = follows.into();
            }
        }
        if let Value::Object(document) = document { document } else { Map::new() }
    }
}

impl One {
    /// The redacted value, with some of its features as they were.
    fn restored(&self, kept: &[Feature]) -> String {
        if kept.contains(&Feature::Whole) {
            return self.raw.clone();
        }
        let ((raw, raw_domain), (redacted, domain)) = (parts(&self.raw), parts(&self.redacted));
        let pairs = raw.chars().zip(redacted.chars());
        let local = pairs.map(|(raw, new)| if kept.contains(&Feature::Character(raw)) { raw } else { new });
        joined(local.collect(), if kept.contains(&Feature::Domain) { raw_domain } else { domain })
    }

    /// The redacted value without its features, but for some.
    fn plain(&self, kept: &[Feature]) -> String {
        let has = |feature| kept.contains(&feature);
        let (local, domain) = parts(&self.redacted);
        let plain = |character: char| match character {
            'A'..='Z' if !has(Feature::Case) => (character.to_ascii_lowercase(), false),
            '0'..='9' if has(Feature::Digits) => (character, true),
            '0'..='9' => ('x', false),
            'a'..='z' => (character, false),
            'A'..='Z' => (character, true),
            other if has(Feature::Character(other)) => (other, true),
            _ => ('x', false),
        };
        let mut letters: Vec<(char, bool)> = local.chars().map(plain).collect();
        while letters.len() > SHORT && !has(Feature::Length) {
            let Some(last) = letters.iter().rposition(|(_, is_kept)| !is_kept) else { break };
            letters.remove(last);
        }
        let local = letters.into_iter().map(|(letter, _)| letter).collect();
        joined(local, domain.map(|domain| if has(Feature::Domain) { domain } else { PLAIN_DOMAIN }))
    }
}

/// What stands before the `@` of an address, and its domain; of another value all.
fn parts(value: &str) -> (&str, Option<&str>) {
    match value.rsplit_once('@').filter(|(_, domain)| domain.contains('.')) {
        Some((local, domain)) => (local, Some(domain)),
        None => (value, None),
    }
}

fn joined(local: String, domain: Option<&str>) -> String {
    match domain {
        Some(domain) => format!("{local}@{domain}"),
        None => local,
    }
}

/// The features that are kept of one value.
fn of(kept: &[Kept], value: usize) -> Vec<Feature> {
    kept.iter().filter(|kept| kept.value == value).map(|kept| kept.feature).collect()
}

fn once_each(features: impl Iterator<Item = Feature>) -> Vec<Feature> {
    let mut once = Vec::new();
    features.for_each(|feature| {
        if !once.contains(&feature) {
            once.push(feature);
        }
    });
    once
}

/// A character by its code, and as it is where it can be seen.
fn named(character: char) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    match character {
        '\n' => format!("{code} (line feed)"),
        '\r' => format!("{code} (carriage return)"),
        '\t' => format!("{code} (tab)"),
        ' ' => format!("{code} (space)"),
        '\u{A0}' => format!("{code} (no-break space)"),
        '\u{2010}'..='\u{2027}' => format!("{code} ({character})"),
        seen if seen.is_alphanumeric() || seen.is_ascii_graphic() => format!("{code} ({seen})"),
        _ => code,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap_or_default()
    }

    fn person(name: &str, shown: &str) -> Map<String, Value> {
        document(json!({
            "imported": { "behave": [format!("uniqueness=global-email:{name}")] },
            "people": { "p1": { "userName": name, "email": name } },
            "steps": [{ "request": { "body": { "displayName": shown, "active": true } } }],
        }))
    }

    #[test]
    fn some_letters_can_be_as_they_were_and_the_rest_stays_redacted() {
        let raw = person("ISIK@kappa.dev", "Zoë");
        let redacted = person("OROB@lobba.example.com", "Buë");
        let values = Values::of(&raw, &redacted).expect("one shape");
        let changed = values.changed();
        assert!(values.words(&changed).contains(&"U+0049 (I) in userName, email".to_owned()));
        let is_small = |kept: &&Kept| values.words(&[**kept])[0].starts_with("U+0049");
        let kept: Vec<Kept> = changed.iter().filter(is_small).copied().collect();
        let new = Value::Object(values.with_as_it_was(&kept));
        assert_eq!(new["people"]["p1"]["email"], "IRIB@lobba.example.com");
        assert_eq!(new["imported"]["behave"][0], "uniqueness=global-email:IRIB@lobba.example.com");
        assert!(!values.tells(&kept) && values.tells(&changed));
        assert_eq!(values.with_as_it_was(&changed), raw);
        assert_eq!(values.with_as_it_was(&[]), redacted);
    }

    #[test]
    fn a_plain_value_has_nothing_but_what_is_kept() {
        let (raw, redacted) = (person("a@b.dev", "x"), person("q@c.example.com", "Anna-Mąrie\nBö 12"));
        let values = Values::of(&raw, &redacted).expect("one shape");
        let special = values.special();
        let shown = |kept: &[Kept]| values.plain_but(kept)["steps"][0]["request"]["body"]["displayName"].clone();
        assert_eq!(shown(&[]), "annaxmxr");
        assert_eq!(shown(&special), "Anna-Mąrie\nBö 12");
        let line = special.iter().filter(|kept| kept.feature == Feature::Character('\n')).copied().collect::<Vec<_>>();
        assert_eq!(shown(&line), "annaxmx\n");
        assert_eq!(values.words(&line), ["U+000A (line feed) in displayName"]);
    }

    #[test]
    fn documents_of_another_shape_are_not_compared() {
        let (one, mut other) = (person("a@b.dev", "x"), person("b@b.dev", "y"));
        other.insert("groups".to_owned(), json!({}));
        assert!(Values::of(&one, &other).is_none());
    }
}
