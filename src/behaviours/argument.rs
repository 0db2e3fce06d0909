//! Arguments of behaviours: which requests, which attribute, how many.

use crate::http::{Method, Request};
use crate::scim::AttributePath;
use crate::scim::text::same;

/// Which requests: `POST`, `/Users`, `POST/Users`; every one where nothing is said.
///
/// A path names what is at it and below it; with a slash at its end only what is below.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Which {
    method: Option<Method>,
    path: String,
}

impl Which {
    pub(super) fn read(text: Option<&str>) -> Option<Self> {
        let Some(text) = text else { return Some(Self { method: None, path: String::new() }) };
        let (method, path) = text.split_at(text.find('/').unwrap_or(text.len()));
        let known = Method::parse(method);
        let is_right = !text.is_empty() && (method.is_empty() || known.is_some());
        is_right.then(|| Self { method: known, path: path.to_owned() })
    }

    pub(super) fn has(&self, request: &Request) -> bool {
        let is_below = match request.path.strip_prefix(self.path.as_str()) {
            Some(rest) if self.path.ends_with('/') => !rest.is_empty(),
            Some(rest) => rest.is_empty() || rest.starts_with('/'),
            None => false,
        };
        is_below && self.method.is_none_or(|method| method == request.method)
    }
}

/// `FIRST` or `FIRST:REST`, both with something in them.
pub(super) fn pair(text: &str) -> Option<(&str, Option<&str>)> {
    let (first, rest) = text.split_once(':').map_or((text, None), |(first, rest)| (first, Some(rest)));
    (!first.is_empty() && rest != Some("")).then_some((first, rest))
}

/// An HTTP status that refuses: 400 to 599.
pub(super) fn status(text: &str) -> Option<u16> {
    text.parse().ok().filter(|status| (400..600).contains(status))
}

/// The attribute that an argument names, without regard to case.
///
/// Without a schema it is of any; a multi-valued one stands for its values.
#[derive(Clone, Debug)]
pub(super) struct Named(AttributePath);

impl Named {
    pub(super) fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    pub(super) fn is(&self, found: &AttributePath) -> bool {
        let alike = |one: &str, other: &str| same(one, other, false);
        let schema = match (&self.0.schema, &found.schema) {
            (Some(own), Some(other)) => alike(own, other),
            (Some(_), None) => false,
            (None, _) => true,
        };
        let sub = match (&self.0.sub, &found.sub) {
            (Some(own), Some(other)) => alike(own, other),
            (Some(_), None) => false,
            (None, other) => other.as_deref().is_none_or(|sub| alike(sub, "value")),
        };
        schema && sub && alike(&self.0.name, &found.name)
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(out)
    }
}
