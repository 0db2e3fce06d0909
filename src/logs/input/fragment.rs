//! JSON that somebody copied half: what is whole of it, made whole.

/// No record that people paste nests deeper.
const DEPTH: usize = 128;
/// So many cut values are given up from the end before the whole is.
const TRIES: usize = 8;

/// A text that begins with an object, an array or a member of an object, as a document of its own: what is open at the
/// end is closed, a value that is cut is left out, and so is what belongs to something that began before.
///
/// `None` when no whole member is in it.
pub fn mended(text: &str) -> Option<String> {
    let mut rest = text;
    loop {
        match begun(rest.trim())? {
            Begun::Document(pieces) => return pieces.whole(),
            Begun::Behind(behind) => rest = behind,
        }
    }
}

/// What a text begins with.
enum Begun<'t> {
    Document(Pieces),
    /// The end of something that began before, and this behind it.
    Behind(&'t str),
}

fn begun(text: &str) -> Option<Begun<'_>> {
    let is_member = text.starts_with('"');
    if !is_member && !text.starts_with(['{', '[']) {
        return None;
    }
    let mut pieces = Pieces { out: String::with_capacity(text.len() + 8), open: Vec::new(), ends: Vec::new() };
    if is_member {
        pieces.push('{');
    }
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, character) in text.char_indices() {
        if is_quoted {
            pieces.out.push(character);
            is_quoted = is_escaped || character != '"';
            is_escaped = !is_escaped && character == '\\';
            continue;
        }
        if matches!(character, '}' | ']') && pieces.open.len() == usize::from(is_member) {
            let behind = text[at..].trim_start_matches(['}', ']', ',', ' ', '\t', '\r', '\n']);
            return Some(if behind.is_empty() || !is_member { Begun::Document(pieces) } else { Begun::Behind(behind) });
        }
        pieces.push(character);
        is_quoted = character == '"';
        if pieces.open.len() > DEPTH {
            return None;
        }
    }
    Some(Begun::Document(pieces))
}

/// A document while it is written.
struct Pieces {
    out: String,
    /// What closes the containers that are open.
    open: Vec<char>,
    /// Where a value may have ended, and how many containers were open there.
    ends: Vec<(usize, usize)>,
}

impl Pieces {
    fn push(&mut self, character: char) {
        match character {
            '{' => self.open.push('}'),
            '[' => self.open.push(']'),
            ',' => self.ends.push((self.out.len(), self.open.len())),
            '}' | ']' => {
                self.open.pop();
            }
            _ => {}
        }
        self.out.push(character);
        if matches!(character, '{' | '[') {
            self.ends.push((self.out.len(), self.open.len()));
        }
    }

    /// The document, closed behind its last whole value.
    fn whole(mut self) -> Option<String> {
        self.ends.push((self.out.len(), self.open.len()));
        self.ends.iter().rev().take(TRIES).find_map(|(end, open)| {
            let closing: String = self.open.iter().take(*open).rev().collect();
            let text = format!("{}{closing}", self.out[..*end].trim_end().trim_end_matches(','));
            let is_whole = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            (is_whole && text.contains(':')).then_some(text)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_whole_is_kept() {
        for (text, expected) in [
            (r#"{"a": 1, "b": [{"c": "d"}, {"e": "f"#, r#"{"a": 1, "b": [{"c": "d"}, {}]}"#),
            (r#""a": {"b": 1}, "c": "d","#, r#"{"a": {"b": 1}, "c": "d"}"#),
            (r#""x": 1}], "a": "b"}"#, r#"{"a": "b"}"#),
            (r#""a": "b"}]"#, r#"{"a": "b"}"#),
            (r#"[{"a": "}"}, {"b":"#, r#"[{"a": "}"}, {}]"#),
            (r#"{"a": tru"#, ""),
            ("no JSON", ""),
            ("\"only a sentence\"", ""),
        ] {
            assert_eq!(mended(text).unwrap_or_default(), expected, "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_stumble() {
        let text = r#""x": "\\\"", "y": [1, {"z": null}]}, {"a": "é"#;
        for (at, _) in text.char_indices() {
            let _ = (mended(&text[at..]), mended(&text[..at]));
        }
        let _ = mended(&"[".repeat(100_000));
        let _ = mended(&"\"a\": }".repeat(10_000));
    }
}
