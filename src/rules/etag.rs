//! `etag/`: versions in headers (RFC 7644 §3.14, RFC 9110 §8.8.3).

use super::observed::Observed;
use super::sink::Sink;

pub(super) fn header(seen: &Observed<'_>, sink: &mut Sink<'_>) {
    if let Some(tag) = seen.answer.headers.get("etag").filter(|tag| !is_tag(tag.trim())) {
        sink.report("ETag", &["a quoted text such as W/\"3\" or \"3\""], tag);
    }
}

/// `entity-tag = [ %s"W/" ] DQUOTE *etagc DQUOTE`
fn is_tag(text: &str) -> bool {
    let opaque = text.strip_prefix("W/").unwrap_or(text);
    let inner = opaque.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    inner.is_some_and(|inner| inner.chars().all(|c| c == '!' || c >= '#'))
}

#[cfg(test)]
mod tests {
    use super::is_tag;

    #[test]
    fn tags_are_quoted() {
        for tag in ["\"\"", "\"3\"", "W/\"a-b\"", "W/\"1/2\""] {
            assert!(is_tag(tag), "{tag}");
        }
        for tag in ["3", "W/3", "w/\"3\"", "\"3", "\"", "\"a\"b\"", ""] {
            assert!(!is_tag(tag), "{tag}");
        }
    }
}
