//! Ids inside paths, URLs and filter literals, where they cannot be told from other text by their shape.

use super::names::{Bindings, Kind, Side};
use crate::http::percent;

/// Attributes whose literal in a filter or PATCH path may be an id.
const ID_ATTRIBUTES: [&str; 4] = ["id", "value", "members", "manager"];

impl Bindings<'_> {
    /// The target of a request: path and query below the base URL.
    pub(super) fn target(&mut self, target: &str) -> String {
        match target.split_once('?') {
            Some((path, query)) => format!("{}?{}", self.path(path, Side::Sent), self.literals(query, Side::Sent)),
            None => self.path(target, Side::Sent),
        }
    }

    /// Ids in the segments of a path.
    fn path(&mut self, path: &str, side: Side) -> String {
        let mut kind = Kind::Other;
        let mut out = Vec::new();
        for segment in path.split('/') {
            out.push(self.segment(segment, kind, side));
            kind = Kind::of_endpoint(segment);
        }
        out.join("/")
    }

    fn segment(&mut self, segment: &str, endpoint: Kind, side: Side) -> String {
        let id = percent::decode(segment);
        if endpoint == Kind::Other || segment.is_empty() || segment.starts_with('.') {
            return self.known(endpoint, &id).unwrap_or_else(|| self.clean(segment, side));
        }
        let cleaned = self.clean(segment, side);
        match self.known(endpoint, &id) {
            Some(name) => name,
            None if cleaned != segment => cleaned,
            None => self.id(endpoint, &id, "unknown"),
        }
    }

    /// A `Location`, `$ref` or `meta.location`: relative ones are resolved, and a `/v2` more or less is no
    /// difference (RFC 7643 §2.3.7, §2.4).
    pub(super) fn reference(&mut self, url: &str) -> String {
        let root = self.base().strip_suffix("/v2").unwrap_or(self.base());
        if let Some(rest) = strip_prefix_ignoring_case(url, root) {
            let rest = rest.strip_prefix("/v2").filter(|rest| rest.starts_with('/')).unwrap_or(rest);
            return format!("<base>{}", self.path(rest, Side::Received));
        }
        match url.split_once("://") {
            Some((scheme, rest)) => match rest.split_once('/') {
                Some((host, path)) => {
                    format!("{scheme}://{}/{}", self.clean(host, Side::Received), self.path(path, Side::Received))
                }
                None => self.clean(url, Side::Received),
            },
            None if looks_relative(url) => {
                let below = url.trim_start_matches(['.', '/']);
                let below = self.below_base(below);
                format!("<base>/{}", self.path(below, Side::Received))
            }
            None => self.clean(url, Side::Received),
        }
    }

    /// An absolute path repeats the path of the base URL (`/scim/v2/Users/1`): only what follows is kept.
    fn below_base<'u>(&self, url: &'u str) -> &'u str {
        let path =
            self.base().split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        url.strip_prefix(path).filter(|_| !path.is_empty()).map_or(url, |rest| rest.trim_start_matches('/'))
    }

    /// A query or PATCH path: literals compared with `id` or `value` may be ids.
    pub(super) fn literals(&mut self, text: &str, side: Side) -> String {
        let quote = if text.contains('"') { "\"" } else { "%22" };
        let mut out = String::with_capacity(text.len());
        for (at, part) in text.split(quote).enumerate() {
            if at > 0 {
                out.push_str(quote);
            }
            let name =
                if at % 2 == 1 && compares_id(&out) { self.known(Kind::Other, &percent::decode(part)) } else { None };
            match name {
                Some(name) => out.push_str(&name),
                None => out.push_str(&self.clean(part, side)),
            }
        }
        out
    }
}

/// Whether the text before an opening quote ends in `id eq`, `members[value eq` or the like.
fn compares_id(before: &str) -> bool {
    let before = percent::decode(before);
    let blank = |letter: char| matches!(letter, ' ' | '+' | '"');
    let before = before.trim_end_matches(blank);
    let Some((operand, operator)) = before.rsplit_once(blank) else { return false };
    let attribute = operand.rsplit(|letter: char| !letter.is_ascii_alphabetic()).next().unwrap_or_default();
    operator.eq_ignore_ascii_case("eq") && ID_ATTRIBUTES.iter().any(|known| attribute.eq_ignore_ascii_case(known))
}

fn looks_relative(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    !url.starts_with("//")
        && !lower.starts_with("urn:")
        && (url.starts_with('/') || lower.contains("users/") || lower.contains("groups/"))
}

fn strip_prefix_ignoring_case<'u>(url: &'u str, prefix: &str) -> Option<&'u str> {
    let head = url.get(..prefix.len())?;
    (!prefix.is_empty() && head.eq_ignore_ascii_case(prefix)).then(|| &url[prefix.len()..])
}
