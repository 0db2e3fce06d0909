//! Puts scenarios and approved snapshots into the binary, with an index made here.
//!
//! The index (id, title, tags, tier, mode) is read line by line, so that `list`
//! parses no YAML; `tests/catalogue.rs` holds it against the real reader.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    fs::write(out.join("scenarios.rs"), scenario_table(&root.join("scenarios"))?)?;
    fs::write(out.join("snapshots.rs"), snapshot_table(&root.join("snapshots/runs"))?)?;
    for watched in ["scenarios", "snapshots/runs", "build.rs"] {
        println!("cargo:rerun-if-changed={watched}");
    }
    Ok(())
}

/// `&[Entry { id, title, tags, tier, mode, is_rule, text }]`, sorted by id.
fn scenario_table(folder: &Path) -> io::Result<String> {
    let mut table = String::from("&[\n");
    for (name, path) in files(folder, ".yaml")? {
        let text = fs::read_to_string(&path)?;
        let (is_rule, id) = match name.strip_prefix("rules/") {
            Some(id) => (true, id.to_owned()),
            None => (false, name),
        };
        let field = |key| top_level(&text, key).unwrap_or_default();
        let _ = writeln!(
            table,
            "Entry {{ id: {id:?}, title: {:?}, tags: {:?}, tier: {:?}, mode: {:?}, is_rule: {is_rule}, text: include_str!({:?}) }},",
            unquoted(field("title")),
            field("tags").trim_matches(['[', ']']),
            field("tier"),
            field("mode"),
            path.display().to_string(),
        );
    }
    Ok(table + "]")
}

/// `&[("rfc/lifecycle/create@okta", "…")]`, sorted by name.
fn snapshot_table(folder: &Path) -> io::Result<String> {
    let mut table = String::from("&[\n");
    for (name, path) in files(folder, ".snap")? {
        let _ = writeln!(table, "({name:?}, include_str!({:?})),", path.display().to_string());
    }
    Ok(table + "]")
}

/// Files below a folder: name without the ending, `/` between parts; sorted.
fn files(folder: &Path, ending: &str) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let below = path.strip_prefix(folder).map_err(io::Error::other)?;
            let parts: Vec<String> = below.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if let Some(name) = parts.join("/").strip_suffix(ending) {
                found.push((name.to_owned(), path.clone()));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The text of a YAML scalar on one line.
fn unquoted(scalar: &str) -> String {
    let inside = |quote| scalar.strip_prefix(quote)?.strip_suffix(quote);
    match (inside('"'), inside('\'')) {
        (Some(text), _) => text.replace("\\\"", "\"").replace("\\\\", "\\"),
        (_, Some(text)) => text.replace("''", "'"),
        _ => scalar.to_owned(),
    }
}

/// The value of a key that starts a line.
fn top_level<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim)
}
