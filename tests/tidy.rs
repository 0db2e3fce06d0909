//! The repository's own rules. What is promised in ARCHITECTURE.md and CONTRIBUTING.md is held here.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]
#![allow(clippy::case_sensitive_file_extension_comparisons, reason = "our own files, named in lower case")]

#[path = "tidy/directions.rs"]
mod directions;
#[path = "tidy/sources.rs"]
mod sources;

use sources::TextFile;

/// Lines of a Rust file. A table of data that is longer belongs in a data file.
const MOST_LINES: usize = 450;

/// Lines of a file of tests, which nobody reads from top to bottom.
const MOST_LINES_OF_TESTS: usize = 600;

/// Lines of a `mod.rs`: a table of contents.
const MOST_LINES_OF_A_MOD: usize = 140;

/// Lines of a function in a `mod.rs`: small types may have small methods there.
const LONGEST_FUNCTION_OF_A_MOD: usize = 12;

/// `mod.rs` files with code, and why.
const MODS_WITH_CODE: [(&str, &str); 1] = [("src/cli/mod.rs", "the door to the subcommands, one file each")];

/// Where no clock, chance, file or socket may be met.
const PURE: [&str; 5] = ["scim", "idp", "rules", "snapshot", "server"];

/// Files in those places that are the door to the outside, and why.
const DOORS: [(&str, &str); 4] = [
    ("src/snapshot/store.rs", "reads and writes snapshot files"),
    ("src/server/host.rs", "the listener"),
    ("src/server/serve.rs", "the listener of `serve`"),
    ("src/server/wire.rs", "HTTP on the listener's connections"),
];

/// What those places must not name.
const IMPURE: [&str; 15] = [
    "SystemTime",
    "Instant::",
    "now_utc",
    "now_local",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
    "reqwest",
    "Rng::new()",
    "fastrand::u64",
    "fastrand::u32",
    "getrandom",
];

/// Fails with every offence, one a line.
#[track_caller]
fn none(offences: &[String]) {
    assert!(offences.is_empty(), "\n  {}", offences.join("\n  "));
}

/// `path:line` of every line of a file's code for which `offends` gives a reason.
fn lines(file: &TextFile, code: &str, offends: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let found = code.lines().enumerate().filter_map(|(at, line)| Some((at + 1, offends(line)?)));
    found.map(|(line, reason)| format!("{}:{line}: {reason}", file.path)).collect()
}

#[test]
fn every_module_says_what_it_is() {
    let silent = sources::rust().into_iter().filter(|file| !file.text.starts_with("//! "));
    none(&silent.map(|file| format!("{}: begins with no `//!` line", file.path)).collect::<Vec<_>>());
}

#[test]
fn files_are_small() {
    let ours = |file: &TextFile| file.path.ends_with(".rs");
    let long = sources::all().into_iter().filter(ours).filter_map(|file| {
        let is_test = file.path.starts_with("tests/") || file.path.ends_with("/tests.rs");
        let most = if is_test { MOST_LINES_OF_TESTS } else { MOST_LINES };
        let lines = file.text.lines().count();
        (lines > most).then(|| format!("{}: {lines} lines, at most {most}", file.path))
    });
    none(&long.collect::<Vec<_>>());
}

/// The longest function of a file, in lines from its head to its end.
fn longest_function(code: &str) -> usize {
    let lines: Vec<&str> = code.lines().collect();
    let begins = |line: &str| line.contains("fn ") && line.trim_end().ends_with('{');
    let indent = |line: &str| line.len() - line.trim_start().len();
    let length = |at: usize| {
        let end = lines[at..].iter().position(|line| line.trim() == "}" && indent(line) == indent(lines[at]));
        end.map_or(0, |end| end + 1)
    };
    (0..lines.len()).filter(|at| begins(lines[*at])).map(length).max().unwrap_or(0)
}

#[test]
fn a_mod_file_is_a_table_of_contents() {
    let mut offences = Vec::new();
    for file in sources::rust().iter().filter(|file| file.path.ends_with("/mod.rs")) {
        if MODS_WITH_CODE.iter().any(|(path, _)| *path == file.path) {
            continue;
        }
        let lines = file.text.lines().count();
        if lines > MOST_LINES_OF_A_MOD {
            offences.push(format!("{}: {lines} lines, at most {MOST_LINES_OF_A_MOD}", file.path));
        }
        let longest = longest_function(&file.code());
        if longest > LONGEST_FUNCTION_OF_A_MOD {
            offences.push(format!("{}: has a function of {longest} lines; move it to a file of its own", file.path));
        }
    }
    none(&offences);
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let bare = |line: &str| line.contains(".unwrap()").then(|| "bare `unwrap`".to_owned());
    none(&sources::rust().iter().flat_map(|file| lines(file, &file.code(), bare)).collect::<Vec<_>>());
}

#[test]
fn clock_chance_and_io_stay_outside_the_pure_places() {
    let is_pure = |file: &&TextFile| {
        let door = DOORS.iter().any(|(path, _)| *path == file.path);
        !door && file.module().is_some_and(|module| PURE.contains(&module))
    };
    let impure = |line: &str| {
        let named = IMPURE.iter().find(|name| line.contains(**name));
        named.map(|name| format!("`{name}` in a place without clock, chance and I/O"))
    };
    let files = sources::rust();
    none(&files.iter().filter(is_pure).flat_map(|file| lines(file, &file.code(), impure)).collect::<Vec<_>>());
}

#[test]
fn every_exception_is_still_needed() {
    for (path, why) in MODS_WITH_CODE {
        let file = TextFile { path: path.to_owned(), text: sources::one(path) };
        let is_needed = longest_function(&file.code()) > LONGEST_FUNCTION_OF_A_MOD
            || file.text.lines().count() > MOST_LINES_OF_A_MOD;
        assert!(is_needed, "{path} is small now, no longer: {why}");
    }
    for (path, why) in DOORS {
        let file = TextFile { path: path.to_owned(), text: sources::one(path) };
        assert!(IMPURE.iter().any(|name| file.code().contains(name)), "{path} is pure now, no longer: {why}");
    }
}

#[test]
fn modules_use_only_what_the_code_map_allows() {
    none(&directions::offences(&sources::rust(), &directions::code_map()));
}

#[test]
fn the_code_map_points_down_only_and_names_every_module() {
    let map = directions::code_map();
    let declared: Vec<String> = sources::one("src/lib.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect();
    let mut offences = Vec::new();
    for (at, row) in map.iter().enumerate() {
        let above: Vec<&str> = map[..at].iter().map(|row| row.module.as_str()).collect();
        for used in row.may_use.iter().filter(|used| !above.contains(&used.as_str())) {
            offences.push(format!("`{}` may use `{used}`, which does not stand above it", row.module));
        }
        if !declared.contains(&row.module) {
            offences.push(format!("`{}` is no module of the library", row.module));
        }
    }
    let named = |module: &&String| !map.iter().any(|row| row.module == **module);
    offences.extend(declared.iter().filter(named).map(|module| format!("`{module}` is not in the code map")));
    none(&offences);
}

#[test]
fn reports_know_the_engine_by_its_events_only() {
    let event = sources::one("src/run/event.rs");
    let used = sources::rust().into_iter().filter(|file| file.module() == Some("report")).flat_map(|file| {
        let names = directions::names_from(&file.code(), "run");
        names.into_iter().map(move |name| (file.path.clone(), name)).collect::<Vec<_>>()
    });
    let is_event = |name: &str| {
        ["struct", "enum", "use crate::snapshot::"]
            .iter()
            .any(|kind| event.contains(&format!("pub {kind} {name}")) || event.contains(&format!("pub {kind}{name}")))
    };
    none(
        &used
            .filter(|(_, name)| !is_event(name))
            .map(|(path, name)| format!("{path}: uses `run::{name}`"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = sources::one("Cargo.toml");
    let mut section = "";
    let mut offences = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            section = line;
        } else if section.ends_with("dependencies]") && line.contains('=') && !line.contains(" # ") {
            offences.push(format!("Cargo.toml: no comment: {line}"));
        }
    }
    none(&offences);
}

#[test]
fn no_path_of_a_machine_is_written_down() {
    // In two parts, or this file would be an offence itself.
    let machines = [("/wo", "rk/"), ("/ro", "ot/")].map(|(a, b)| format!("{a}{b}"));
    let named = |line: &str| machines.iter().find(|path| line.contains(path.as_str())).map(|path| format!("`{path}`"));
    none(&sources::all().iter().flat_map(|file| lines(file, &file.text, named)).collect::<Vec<_>>());
}

#[test]
fn every_page_that_is_named_exists() {
    let pattern = regex_lite::Regex::new(r"\]\(([A-Za-z0-9_./-]+)(#[^)]*)?\)|\b(docs/[a-z.-]+\.(?:md|json))").unwrap();
    let mut offences = Vec::new();
    for file in sources::all().iter().filter(|file| file.path.ends_with(".md") || file.path.ends_with(".rs")) {
        let folder = sources::root().join(&file.path).parent().unwrap().to_path_buf();
        for found in pattern.captures_iter(&file.text) {
            let is_link = file.path.ends_with(".md");
            let exists = match (found.get(1), found.get(3)) {
                (Some(link), _) if is_link => folder.join(link.as_str()).exists(),
                (_, Some(page)) => sources::root().join(page.as_str()).exists(),
                _ => true,
            };
            if !exists {
                offences.push(format!("{}: {} leads nowhere", file.path, &found[0]));
            }
        }
    }
    none(&offences);
}

#[test]
fn pages_are_wrapped_at_100_columns() {
    let mut offences = Vec::new();
    for file in sources::all().iter().filter(|file| file.path.ends_with(".md")) {
        let mut is_code = false;
        for (at, line) in file.text.lines().enumerate() {
            is_code ^= line.trim_start().starts_with("```");
            let may_be_long = is_code || line.starts_with('|') || line.contains("](http");
            if !may_be_long && line.chars().count() > 100 {
                offences.push(format!("{}:{}: {} columns", file.path, at + 1, line.chars().count()));
            }
        }
    }
    none(&offences);
}
