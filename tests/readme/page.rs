//! Pages, and the commands that stand in them.

use std::fs;
use std::path::{Path, PathBuf};

use regex_lite::{Captures, Regex};

/// A fenced block: what follows the ticks, and its lines with their numbers.
pub struct Block {
    pub kind: String,
    pub lines: Vec<(usize, String)>,
}

impl Block {
    /// Its lines as one text.
    pub fn text(&self) -> String {
        let lines: Vec<&str> = self.lines.iter().map(|(_, line)| line.as_str()).collect();
        lines.join("\n") + "\n"
    }
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

pub fn read(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn write(name: &str, text: &str) {
    fs::write(path(name), text).unwrap();
}

pub fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut is_open = false;
    for (at, line) in page.lines().enumerate() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(kind) => {
                found.push(Block { kind: kind.to_owned(), lines: Vec::new() });
                is_open = true;
            }
            None if is_open => found.last_mut().unwrap().lines.push((at + 1, line.to_owned())),
            None => {}
        }
    }
    found
}

/// The words of a command line; quotes hold words together.
pub fn words(line: &str) -> Vec<String> {
    let pattern = Regex::new(r#"'([^']*)'|"([^"]*)"|(\S+)"#).unwrap();
    let word = |found: Captures<'_>| (1..=3).find_map(|at| found.get(at)).unwrap().as_str().to_owned();
    pattern.captures_iter(line).map(word).collect()
}

/// A command that is shown, and the exit code it is said to end with.
pub fn shown(line: &str) -> Option<(Vec<String>, i32)> {
    let command = line.strip_prefix("$ ")?;
    let (command, comment) = command.split_once(" # ").unwrap_or((command, ""));
    let code = comment.trim().strip_prefix("exit code ").map_or(0, |code| code.trim().parse().unwrap());
    Some((words(command), code))
}
