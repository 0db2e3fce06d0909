//! What people and programs said, in a document that only carries it: exports of chats and of log queries.

/// Shorter texts are names and ids.
const SHORTEST: usize = 16;

/// The longer texts of a document in JSON, a paragraph each; `None` when it is none, or holds none. It may be cut.
pub fn texts(document: &str) -> Option<String> {
    let mut rest = document.trim_start().strip_prefix(['{', '['])?;
    let mut found = String::new();
    while let Some(start) = rest.find('"') {
        let quoted = &rest[start..];
        let end = closing_quote(quoted)?;
        rest = &quoted[end..];
        let is_name = rest.trim_start().starts_with(':');
        let text: Option<String> = serde_json::from_str(&quoted[..end]).ok();
        if let Some(text) = text.filter(|text| !is_name && text.len() >= SHORTEST && text.contains(' ')) {
            // Chats fence what is code.
            found.push_str(&text.replace("```", "\n"));
            found.push_str("\n\n");
        }
    }
    Some(found).filter(|found| !found.is_empty())
}

/// Where the string ends that a text begins with, behind its quote; at the end of the text when that is cut.
fn closing_quote(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(Some(text.len()).filter(|length| *length > 1), |end| Some(end + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_kept_and_nothing_else() {
        let chat = r#"[{"type": "message", "text": "it failed:```GET /Users HTTP/1.1\nHost: a```", "ts": "17.2"}, {"text": "cut of"#;
        assert_eq!(texts(chat).unwrap(), "it failed:\nGET /Users HTTP/1.1\nHost: a\n\n\n");
        assert_eq!(texts(r#"{"a name that is long": 1, "b": "short one"}"#), None);
        assert_eq!(texts("a sentence \"with many words in quotes\""), None);
    }

    #[test]
    fn no_text_makes_it_stumble() {
        let text = r#"{"a": "\\\" é", "b": ["\u00e9", "c d e f g h i j k l"]}"#;
        for (at, _) in text.char_indices() {
            let _ = (texts(&text[at..]), texts(&text[..at]));
        }
    }
}
