//! Which names a JSON text has, and where: all that is needed to tell one log from another by its beginning.

use std::collections::BTreeSet;

/// No name deeper than this matters.
const DEPTH: usize = 6;

/// The names in the first document of a text that may be cut.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    paths: BTreeSet<String>,
    is_json: bool,
    is_array: bool,
    /// Bytes of the first document, when it ended within the text.
    first_end: Option<usize>,
}

impl Outline {
    /// The names of the first document. Elements of arrays count as members of the array.
    pub fn of(text: &str) -> Self {
        let start = text.len() - text.trim_start().len();
        let mut outline = Self::default();
        match text.as_bytes()[start..].first() {
            Some(b'{') => outline.is_json = true,
            Some(b'[') => (outline.is_json, outline.is_array) = (true, true),
            _ => return outline,
        }
        outline.read(text.as_bytes(), start);
        outline
    }

    /// The text begins as JSON does.
    pub const fn is_json(&self) -> bool {
        self.is_json
    }

    /// The document is an array.
    pub const fn is_array(&self) -> bool {
        self.is_array
    }

    /// Bytes of the first document, when it ended within the text.
    pub const fn first_end(&self) -> Option<usize> {
        self.first_end
    }

    /// Whether a name stands at this path, such as `log.entries`; case does not matter, for collectors change it.
    pub fn has(&self, path: &str) -> bool {
        self.paths.contains(&path.to_ascii_lowercase())
    }

    /// Whether a name stands anywhere: a path of it, or one that ends in it.
    pub fn has_anywhere(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.paths
            .iter()
            .any(|path| path.strip_suffix(&name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
    }

    fn read(&mut self, text: &[u8], start: usize) {
        // Around each place: the path of the container, and whether it is an object.
        let mut around: Vec<(String, bool)> = Vec::new();
        let (mut at, mut name): (usize, Option<String>) = (start, None);
        while let Some(&byte) = text.get(at) {
            at += 1;
            match byte {
                b'{' | b'[' => {
                    let path = match (around.last(), name.take()) {
                        _ if around.len() >= DEPTH => String::new(),
                        (Some((path, true)), Some(name)) => join(path, &name),
                        (Some((path, _)), _) => path.clone(),
                        (None, _) => String::new(),
                    };
                    around.push((path, byte == b'{'));
                }
                b'}' | b']' => {
                    around.pop();
                    name = None;
                    if around.is_empty() {
                        self.first_end = Some(at);
                        return;
                    }
                }
                b'"' => {
                    let Some(length) = string_length(&text[at..]) else { return };
                    let is_name = text[at + length + 1..].trim_ascii_start().first() == Some(&b':');
                    if let (true, Some((path, true))) = (is_name, around.last()) {
                        let word = String::from_utf8_lossy(&text[at..at + length]).to_ascii_lowercase();
                        if around.len() <= DEPTH {
                            self.paths.insert(join(path, &word));
                        }
                        name = Some(word);
                    }
                    at += length + 1;
                }
                b',' => name = None,
                _ => {}
            }
        }
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Bytes until the quote that ends a string.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        match text.get(at)? {
            b'"' => return Some(at),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_a_text_that_is_cut() {
        let outline = Outline::of(r#" [{"uuid":"a:b","outcome":{"result":"x"},"target":[{"id":1}],"cut":"of"#);
        assert!(outline.is_array() && outline.first_end().is_none());
        for path in ["uuid", "outcome.result", "target.id", "UUID"] {
            assert!(outline.has(path), "{path}");
        }
        assert!(!outline.has("a") && !outline.has("of") && outline.has_anywhere("result"));
    }

    #[test]
    fn only_the_first_document_counts() {
        let outline = Outline::of("{\"a\":{}}\n{\"b\":1}");
        assert!(outline.has("a") && !outline.has("b"));
        assert_eq!(outline.first_end(), Some(8));
        assert!(!Outline::of("a: 1").is_json());
    }
}
