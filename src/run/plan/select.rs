//! Which scenarios a user means: ids, globs, tags, sections of an RFC.

use crate::scenario::{Catalogue, Listed};
use crate::yaml::nearest;

/// A selector that fits nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is called `{selector}`")]
pub struct NothingSelected {
    /// What was asked for.
    pub selector: String,
    /// The nearest id, when one is near.
    pub nearest: Option<String>,
}

/// The scenarios and rules that the selectors name, in order of id; everything when there are none.
///
/// A selector is an id, a glob (`lifecycle/*`, `patch/*`), a tag, or a section
/// of an RFC (`7644-3.5.2`, which includes its subsections).
pub fn select<'a>(catalogue: &'a Catalogue, selectors: &[String]) -> Result<Vec<&'a Listed>, NothingSelected> {
    for selector in selectors {
        if !catalogue.all().any(|listed| fits(listed, selector)) {
            let names = catalogue.all().map(|listed| listed.id.as_str());
            let nearest = nearest(selector, names).map(str::to_owned);
            return Err(NothingSelected { selector: selector.clone(), nearest });
        }
    }
    let chosen = |listed: &&Listed| selectors.is_empty() || selectors.iter().any(|selector| fits(listed, selector));
    Ok(catalogue.all().filter(chosen).collect())
}

fn fits(listed: &Listed, selector: &str) -> bool {
    glob(selector, &listed.id) || listed.tags.iter().any(|tag| tag == selector) || cites(listed, selector)
}

/// `7644-3.5.2` fits a rule whose `sources` name RFC7644 §3.5.2 or a subsection.
fn cites(listed: &Listed, selector: &str) -> bool {
    let Some((rfc, section)) = selector.trim_start_matches("RFC").split_once('-') else { return false };
    if !listed.is_rule || rfc.len() != 4 || !rfc.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let cited_here = |line: &str| {
        line.split('§').skip(1).any(|rest| {
            rest.strip_prefix(section).is_some_and(|after| !after.starts_with(|next: char| next.is_ascii_digit()))
        })
    };
    let name = format!("RFC{rfc}");
    listed.text().lines().filter(|line| line.replace(' ', "").contains(&name)).any(cited_here)
}

/// `*` stands for any run of characters; nothing else is special.
pub fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else { return pattern == text };
    let Some(rest) = text.strip_prefix(head) else { return false };
    (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| glob(tail, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs() {
        for (pattern, text, fits) in [
            ("lifecycle/*", "lifecycle/create", true),
            ("lifecycle/*", "conflict/active", false),
            ("*/atomic", "patch/atomic", true),
            ("p*/a*c", "patch/atomic", true),
            ("p*/a*x", "patch/atomic", false),
            ("patch/atomic", "patch/atomic", true),
            ("patch/atomic", "patch/atomic-2", false),
            ("*", "anything", true),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} on {text}");
        }
    }
}
