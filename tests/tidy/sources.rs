//! The repository's own files, as the rules in `tidy.rs` look at them.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders and files that are not the project's text.
const NOT_OURS: [&str; 4] = [".git", "target", "node_modules", ".venv"];

/// A text file of the repository.
pub struct TextFile {
    /// Path below the repository's root, with `/`.
    pub path: String,
    /// Everything in it.
    pub text: String,
}

impl TextFile {
    /// Whether its name ends so, without the dot.
    pub fn is(&self, ending: &str) -> bool {
        Path::new(&self.path).extension().is_some_and(|found| found == ending)
    }

    /// Top module of a file below `src/`: `scim` for `src/scim/filter.rs`, `yaml` for `src/yaml.rs`.
    pub fn module(&self) -> Option<&str> {
        let below = self.path.strip_prefix("src/")?;
        Some(below.split_once('/').map_or_else(|| below.trim_end_matches(".rs"), |(folder, _)| folder))
    }

    /// What the compiler sees outside tests: no comments, no text in quotes, no test modules.
    pub fn code(&self) -> String {
        if self.path.ends_with("/tests.rs") || self.path.contains("/tests/") {
            return String::new();
        }
        let code = without_comments_and_texts(&self.text);
        let is_tests = |rest: &str| {
            let item = rest.lines().find(|line| !line.starts_with("#[")).unwrap_or_default();
            item.contains("mod ") && item.ends_with('{')
        };
        let tests = code.match_indices("#[cfg(test)]\n").find(|(at, _)| is_tests(&code[*at..]));
        code[..tests.map_or(code.len(), |(at, _)| at)].to_owned()
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the repository, sorted by path.
pub fn all() -> Vec<TextFile> {
    let mut files = Vec::new();
    let mut folders = vec![root().to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if NOT_OURS.contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                files.push(TextFile { path: below_root(&path), text });
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

/// Every Rust file below `src/`.
pub fn rust() -> Vec<TextFile> {
    all().into_iter().filter(|file| file.path.starts_with("src/") && file.is("rs")).collect()
}

/// One file by its path.
pub fn one(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn below_root(path: &Path) -> String {
    let below: PathBuf = path.strip_prefix(root()).unwrap().to_path_buf();
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Blanks comments and the inside of quotes; line ends stay, so that places in the text stay right.
fn without_comments_and_texts(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_text(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let begin = hashes + 2;
            rest[begin..].find(&end).map_or(rest.len(), |at| begin + at + end.len())
        } else if next == '"' {
            quoted(rest)
        } else if next == '\'' {
            character(rest)
        } else {
            out.push(next);
            rest = &rest[next.len_utf8()..];
            continue;
        };
        out.extend(rest[..skipped].chars().filter(|c| *c == '\n'));
        rest = &rest[skipped..];
    }
    out
}

/// How many `#` a raw string begins with, when one begins here.
fn raw_text(rest: &str) -> Option<usize> {
    let after = rest.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// Length of the string that begins here.
fn quoted(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Length of the character that begins here; of the quote alone when it is a lifetime.
fn character(rest: &str) -> usize {
    let inside = &rest[1..];
    if let Some(after) = inside.strip_prefix('\\') {
        return after.get(1..).and_then(|rest| rest.find('\'')).map_or(rest.len(), |at| at + 4);
    }
    let Some(c) = inside.chars().next() else { return rest.len() };
    if inside[c.len_utf8()..].starts_with('\'') { c.len_utf8() + 2 } else { 1 }
}

#[test]
fn only_what_the_compiler_sees_is_left() {
    let text = concat!(
        "use a; // std::fs\n",
        "/* std::fs\n */ let s = \"std::fs \\\" tokio\"; let c = '\"'; let l: &'static str = r#\"tokio\"#;\n",
        "let e = '\\''; use b;\n"
    );
    let code = without_comments_and_texts(text);
    assert!(code.contains("use a;") && code.contains("use b;") && code.contains("static str"), "{code}");
    assert!(!code.contains("std::fs") && !code.contains("tokio"), "{code}");
    assert_eq!(code.lines().count(), text.lines().count());
}
