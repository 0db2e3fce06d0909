//! Which scenarios and rules there are: those in the binary, and those on disk.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Scenario, parse};
use crate::yaml::DataError;

/// One file in the binary, with its index made at build time.
struct Entry {
    id: &'static str,
    title: &'static str,
    tags: &'static str,
    tier: &'static str,
    mode: &'static str,
    is_rule: bool,
    text: &'static str,
}

/// The built-in files, sorted by path.
static BUILT_IN: &[Entry] = include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));

/// Largest scenario file that is read from disk, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// What is known of a scenario or rule before its file is parsed.
#[derive(Clone, Debug)]
pub struct Listed {
    /// `lifecycle/create`, `patch/atomic`.
    pub id: String,
    /// One line.
    pub title: String,
    /// Words to select by.
    pub tags: Vec<String>,
    /// Rules: core, rfc-must, …; empty for scenarios.
    pub tier: String,
    /// A rule that only looks at other exchanges.
    pub is_passive: bool,
    /// A file below `scenarios/rules/`.
    pub is_rule: bool,
    /// Name of the file in errors.
    pub file: String,
    text: Text,
}

#[derive(Clone, Debug)]
enum Text {
    BuiltIn(&'static str),
    Disk(String),
}

impl Listed {
    /// The file's text.
    pub fn text(&self) -> &str {
        match &self.text {
            Text::BuiltIn(text) => text,
            Text::Disk(text) => text,
        }
    }

    /// Parses the file.
    pub fn parse(&self) -> Result<Scenario, DataError> {
        parse(&self.id, &self.file, self.text(), self.is_rule)
    }
}

/// All scenarios and rules by id.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    listed: BTreeMap<String, Listed>,
}

impl Catalogue {
    /// Those in the binary.
    pub fn built_in() -> Self {
        Self { listed: BUILT_IN.iter().map(|entry| (entry.id.to_owned(), entry.listed())).collect() }
    }

    /// Adds the `.yaml` files below a folder; a file with the id of a built-in one replaces it.
    pub fn add_folder(&mut self, folder: &Path) -> Result<(), DataError> {
        let mut folders = vec![folder.to_path_buf()];
        while let Some(next) = folders.pop() {
            let entries = std::fs::read_dir(&next).map_err(|error| unreadable(&next, &error))?;
            for entry in entries {
                let path = entry.map_err(|error| unreadable(&next, &error))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "yaml") {
                    let listed = from_disk(folder, &path).map_err(|error| unreadable(&path, &error))?;
                    self.listed.insert(listed.id.clone(), listed);
                }
            }
        }
        Ok(())
    }

    /// Adds one file; gives its id, which is its name without the ending.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn add_file(&mut self, path: &Path) -> std::io::Result<String> {
        let folder = path.parent().unwrap_or(Path::new(""));
        let listed = from_disk(folder, path)?;
        let id = listed.id.clone();
        self.listed.insert(id.clone(), listed);
        Ok(id)
    }

    /// Everything, sorted by id.
    pub fn all(&self) -> impl Iterator<Item = &Listed> {
        self.listed.values()
    }

    /// One by id.
    pub fn get(&self, id: &str) -> Option<&Listed> {
        self.listed.get(id)
    }
}

impl Entry {
    fn listed(&self) -> Listed {
        let folder = if self.is_rule { "scenarios/rules" } else { "scenarios" };
        Listed {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            tags: tags(self.tags),
            tier: self.tier.to_owned(),
            is_passive: self.mode == "passive",
            is_rule: self.is_rule,
            file: format!("{folder}/{}.yaml", self.id),
            text: Text::BuiltIn(self.text),
        }
    }
}

fn tags(list: &str) -> Vec<String> {
    list.split(',').map(|tag| tag.trim().to_owned()).filter(|tag| !tag.is_empty()).collect()
}

fn unreadable(path: &Path, error: &std::io::Error) -> DataError {
    DataError::at(&path.display().to_string(), "", 0, format!("cannot be read: {error}"))
}

fn from_disk(folder: &Path, path: &Path) -> std::io::Result<Listed> {
    if std::fs::metadata(path)?.len() > MAX_FILE {
        return Err(std::io::Error::other(format!("larger than {MAX_FILE} bytes")));
    }
    let text = std::fs::read_to_string(path)?;
    let below = path.strip_prefix(folder).unwrap_or(path).with_extension("");
    let name = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
    let (is_rule, id) = match name.strip_prefix("rules/") {
        Some(id) => (true, id.to_owned()),
        None => (false, name),
    };
    let field = |key: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
        value.unwrap_or_default().trim().trim_matches(['"', '[', ']']).to_owned()
    };
    Ok(Listed {
        id,
        title: field("title"),
        tags: tags(&field("tags")),
        tier: field("tier"),
        is_passive: field("mode") == "passive",
        is_rule,
        file: path.display().to_string(),
        text: Text::Disk(text.clone()),
    })
}
