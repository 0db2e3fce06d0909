//! Our filters and paths against those of an independent crate, `scim_v2`: both read what we
//! print and understand the same by it, and of mangled text each difference is a known one.

#[path = "scim/filters.rs"]
mod filters;

use filters::{filter, path};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use regex_lite::Regex;
use scimulator::scim::{Filter, Path};

/// Where the two differ on purpose: pattern of the text, an example, the sentence that decides.
struct Known {
    pattern: &'static str,
    example: &'static str,
    /// Whether the example is a PATCH path.
    is_path: bool,
    why: &'static str,
}

/// We read it, `scim_v2` does not.
const MORE: [Known; 6] = [
    Known {
        pattern: r#"(?i)[ \t](eq|ne|co|sw|ew|gt|ge|lt|le)""#,
        example: r#"members[value eq"2819c223"]"#,
        is_path: true,
        why: r#"RFC 7644 §3.5.2.2, in an example: "members[value eq\"2819c223...919d-413861904646\"]""#,
    },
    Known {
        pattern: r"(?i)not\(",
        example: "not(title pr)",
        is_path: false,
        why: r#"RFC 7644 Figure 1: *1"not" "(" FILTER ")"; a blank is only in the examples (erratum 7319)"#,
    },
    Known {
        pattern: r"\]\.",
        example: r#"emails[type eq "work"].value eq "a@x""#,
        is_path: false,
        why: "no RFC sentence: Entra queries so when an e-mail address is the matching attribute",
    },
    Known {
        pattern: r"\$",
        example: "members.$ref pr",
        is_path: false,
        why: r#"RFC 7643 §2.1: nameChar = "$" / "-" / "_" / DIGIT / ALPHA, and `$ref` is a sub-attribute of §2.4"#,
    },
    Known {
        pattern: r"(?i)\b(true|false|null|not|and|or)[ \t]+(pr|eq|ne|co|sw|ew|gt|ge|lt|le)\b",
        example: "null pr or title pr",
        is_path: false,
        why: "RFC 7644 Figure 1: ATTRNAME = ALPHA *(nameChar); no word is reserved",
    },
    Known {
        pattern: r"\+",
        example: "urn:a+b:x:name pr",
        is_path: false,
        why: r#"RFC 7644 Figure 1: "URI" is defined per Appendix A of RFC 3986, where "+" is a character of URIs"#,
    },
];

/// `scim_v2` reads it, we do not.
const LESS: [Known; 2] = [
    Known {
        pattern: r"[ \t]\[",
        example: r#"emails [type eq "work"]"#,
        is_path: true,
        why: r#"RFC 7644 Figure 1: valuePath = attrPath "[" valFilter "]", without a blank"#,
    },
    Known {
        pattern: r"\][ \t]+\.|\]\.[ \t]",
        example: r#"emails[type eq "work"] .value"#,
        is_path: true,
        why: r#"RFC 7644 Figures 1 and 7: valuePath [subAttr], subAttr = "." ATTRNAME, without a blank"#,
    },
];

fn is_known(list: &[Known], text: &str) -> bool {
    list.iter().any(|known| Regex::new(known.pattern).expect("the patterns are patterns").is_match(text))
}

/// Who reads a text: we, they.
fn readers(text: &str, is_path: bool) -> (bool, bool) {
    if is_path {
        (Path::parse(text).is_ok(), text.parse::<scim_v2::filter::PatchPath>().is_ok())
    } else {
        (Filter::parse(text).is_ok(), text.parse::<scim_v2::filter::Filter>().is_ok())
    }
}

/// `scim_v2` has no groups of one kind inside another of that kind.
fn flat(filter: &Filter) -> Filter {
    let flatten = |parts: &[Filter], inner: fn(&Filter) -> Option<&Vec<Filter>>| -> Vec<Filter> {
        let parts: Vec<Filter> = parts.iter().map(flat).collect();
        parts.into_iter().flat_map(|part| inner(&part).cloned().unwrap_or_else(|| vec![part])).collect()
    };
    match filter {
        Filter::And(parts) => Filter::And(flatten(parts, |part| match part {
            Filter::And(parts) => Some(parts),
            _ => None,
        })),
        Filter::Or(parts) => Filter::Or(flatten(parts, |part| match part {
            Filter::Or(parts) => Some(parts),
            _ => None,
        })),
        Filter::Not(inner) => Filter::Not(Box::new(flat(inner))),
        Filter::Element { path, filter } => Filter::Element { path: path.clone(), filter: Box::new(flat(filter)) },
        other => other.clone(),
    }
}

#[test]
fn each_known_difference_is_one() {
    for (list, expected) in [(MORE.as_slice(), (true, false)), (LESS.as_slice(), (false, true))] {
        for known in list {
            assert_eq!(readers(known.example, known.is_path), expected, "{}: {}", known.example, known.why);
            assert!(is_known(std::slice::from_ref(known), known.example), "{}", known.example);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn both_understand_the_same_by_a_filter(filter in filter()) {
        let text = filter.to_string();
        if text.contains('$') {
            return Ok(());
        }
        let theirs: scim_v2::filter::Filter = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let back = Filter::parse(&theirs.to_string()).map_err(|error| TestCaseError::fail(format!("{theirs}: {error}")))?;
        prop_assert_eq!(flat(&back), flat(&filter));
    }

    #[test]
    fn both_understand_the_same_by_a_path(path in path()) {
        let text = path.to_string();
        if text.contains('$') {
            return Ok(());
        }
        let theirs: scim_v2::filter::PatchPath = text.parse().map_err(|error| TestCaseError::fail(format!("{text}: {error}")))?;
        let back = Path::parse(&theirs.to_string()).map_err(|error| TestCaseError::fail(format!("{theirs}: {error}")))?;
        prop_assert_eq!(back.filter.as_ref().map(flat), path.filter.as_ref().map(flat));
        prop_assert_eq!((back.attribute, back.sub), (path.attribute, path.sub));
    }

    #[test]
    fn mangled_text_is_read_by_both_or_by_none(text in mangled()) {
        for is_path in [false, true] {
            match readers(&text, is_path) {
                (true, false) => prop_assert!(is_known(&MORE, &text), "only we read {:?}", text),
                (false, true) => prop_assert!(is_known(&LESS, &text), "only they read {:?}", text),
                _ => {}
            }
        }
    }
}

/// A good text with one to three edits.
fn mangled() -> impl Strategy<Value = String> {
    let start = select(vec![
        r#"userName eq "a""#,
        "title pr and (a eq 1 or b pr)",
        r#"emails[type eq "work" and not (value pr)]"#,
        "not (a.b ne null)",
        r#"urn:x:y:name.givenName sw "x""#,
        r#"emails[type eq "work"].value"#,
        "name.givenName",
        "a pr or b pr and c pr",
    ]);
    let token = select(vec![
        "userName", "eq", "\"a\"", " ", "and", "or", "not", "(", ")", "[", "]", ".", "pr", "true", "null", "1",
        "value", "-", "urn:x:y", ":", "$", "_", "\t", "TRUE", "EQ", "\\", "e5", ".5", "0", "+", "\u{e9}",
    ]);
    let edits = prop::collection::vec((any::<Index>(), 0..3, token), 1..4);
    (start, edits).prop_map(|(start, edits)| {
        let mut letters: Vec<String> = start.chars().map(String::from).collect();
        for (at, kind, token) in edits {
            let at = at.index(letters.len());
            match kind {
                0 => letters.insert(at, token.to_owned()),
                1 if letters.len() > 1 => drop(letters.remove(at)),
                _ => token.clone_into(&mut letters[at]),
            }
        }
        letters.concat()
    })
}
