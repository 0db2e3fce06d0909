//! What the pages in docs/ say is what the program reads: their examples are parsed, and nothing that
//! exists is left out.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use scimulator::exit::ExitCode;
use scimulator::idp::OutcomeKind;
use scimulator::scenario::{self, file::ScenarioFile};
use serde_json::{Map, Value};

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Fenced blocks of a page whose opening line is exactly this, with the line they begin at.
fn blocks(page: &str, opening: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut lines = page.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        if line == opening {
            let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
            found.push((at + 2, inside.flat_map(|line| [line, "\n"]).collect()));
        }
    }
    found
}

#[test]
fn every_example_of_a_scenario_can_be_read() {
    for (name, least) in [("scenarios.md", 8), ("../README.md", 1)] {
        let examples = blocks(&page(name), "```yaml scenario");
        assert!(examples.len() >= least, "only {} examples found in docs/{name}", examples.len());
        for (line, text) in examples {
            let file = format!("docs/{name}, example at line {line}");
            if let Err(error) = scenario::parse("docs/example", &file, &text, false) {
                panic!("{error}\n  {}\n  {}", error.snippet, error.hint.clone().unwrap_or_default());
            }
        }
    }
}

/// Names of the members of every object in the schema of scenario files.
fn names(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![schema];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                if let Some(Value::Object(properties)) = members.get("properties") {
                    found.extend(properties.keys().cloned());
                }
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    found.sort();
    found.dedup();
    found
}

fn schema() -> Value {
    serde_json::to_value(schemars::schema_for!(ScenarioFile)).unwrap()
}

#[test]
fn every_key_of_a_scenario_file_is_explained_and_used_in_an_example() {
    let page = page("scenarios.md");
    let examples: String = blocks(&page, "```yaml scenario").into_iter().map(|(_, text)| text).collect();
    let rule_files = ["level", "tier", "mode", "sources", "severity", "gate", "why", "may", "fault"];
    let explained = |name: &&String| page.contains(&format!("`{name}`"));
    let in_example = |name: &&String| examples.contains(&format!("{name}:")) || rule_files.contains(&name.as_str());
    let names = names(&schema());
    let missing: Vec<&String> = names.iter().filter(|name| !explained(name) || !in_example(name)).collect();
    assert!(missing.is_empty(), "docs/scenarios.md does not explain these, or shows none of them: {missing:?}");
}

#[test]
fn every_outcome_and_action_is_explained() {
    let page = page("scenarios.md");
    for (name, _) in OutcomeKind::NAMES {
        assert!(page.contains(&format!("| `{name}` |")), "docs/scenarios.md does not explain the outcome `{name}`");
    }
    let wrong = "title: T\nsteps:\n  - admin: { nothing-of-the-kind: 1 }\n";
    let error = scenario::parse("docs/wrong", "wrong.yaml", wrong, false).unwrap_err();
    let (_, accepted) = error.message.split_once("expected one of ").unwrap();
    for action in accepted.split(", ") {
        assert!(page.contains(&format!("| `{action}` |")), "docs/scenarios.md does not explain the action `{action}`");
    }
}

#[test]
fn the_schema_for_editors_is_what_the_program_prints() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.schema.json");
    let generated = scimulator::cli::schema();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == generated,
        "docs/scenario.schema.json is old; UPDATE_GENERATED=1 cargo test --test docs writes it"
    );
}

#[test]
fn the_pages_of_rules_are_what_the_rule_files_say() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let generated = scimulator::cli::rule_pages();
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        let _ = std::fs::remove_dir_all(&folder); // a page of an area that is gone
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in &generated {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    let names = std::fs::read_dir(&folder).into_iter().flatten().map(|entry| entry.unwrap().file_name());
    let checked_in: BTreeMap<String, String> = names
        .map(|name| name.into_string().unwrap())
        .map(|name| (name.clone(), std::fs::read_to_string(folder.join(name)).unwrap()))
        .collect();
    let old: Vec<&String> = generated.keys().chain(checked_in.keys()).collect();
    let old: BTreeSet<_> = old.into_iter().filter(|name| generated.get(*name) != checked_in.get(*name)).collect();
    assert!(old.is_empty(), "docs/rules: {old:?} are old; UPDATE_GENERATED=1 cargo test --test docs writes them");
}

#[test]
fn the_table_of_behaviours_is_that_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/behaviours.md");
    let rows = scimulator::behaviours::forms()
        .map(|(form, what)| format!("| `{}` | {} |\n", form.replace('|', "\\|"), what.replace('|', "\\|")));
    let table = format!("| behaviour | what it does |\n| --- | --- |\n{}", rows.collect::<String>());
    let page = page("behaviours.md");
    let (before, rest) = page.split_once("| behaviour |").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let generated = format!("{before}{table}\n{after}");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &generated).unwrap();
        return;
    }
    assert!(page == generated, "docs/behaviours.md is old; UPDATE_GENERATED=1 cargo test --test docs writes it");
}

/// The settings of the shipped dialects: id and knobs as the data file has them.
fn dialects() -> Vec<(String, Map<String, Value>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/idps");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Some(id) = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".yaml").map(str::to_owned)) else {
            continue;
        };
        let text = std::fs::read_to_string(&path).unwrap();
        let mut file: Map<String, Value> = scimulator::yaml::read(&id, &text).unwrap();
        let knobs = file.remove("knobs").and_then(|knobs| knobs.as_object().cloned()).unwrap_or_default();
        found.push((id, knobs));
    }
    found
}

/// First and second cell of each row below a heading, without their ticks.
fn rows(page: &str, heading: &str) -> Vec<(String, String)> {
    let section = page.split("\n#").find(|section| section.trim_start_matches('#').trim_start().starts_with(heading));
    let rows = section.unwrap_or_default().lines().filter(|line| line.starts_with("| `"));
    let cell = |text: &str| text.trim().trim_matches('`').to_owned();
    let cells = rows.map(|line| line.split('|').skip(1).map(cell).collect::<Vec<_>>());
    cells.map(|cells| (cells[0].clone(), cells[1].clone())).collect()
}

#[test]
fn the_tables_of_knobs_are_those_of_the_data_files() {
    let page = page("idps.md");
    for (id, knobs) in dialects().into_iter().filter(|(_, knobs)| !knobs.is_empty()) {
        let mut documented = rows(&page, &format!("Knobs of `{id}`"));
        let shown = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut shipped: Vec<_> = knobs.iter().map(|(name, value)| (name.clone(), shown(value))).collect();
        documented.sort();
        shipped.sort();
        assert_eq!(documented, shipped, "docs/idps.md, `Knobs of {id}` against fixtures/idps/{id}.yaml");
    }
}

#[test]
fn every_dialect_is_named() {
    let page = page("idps.md");
    for (id, _) in dialects() {
        assert!(page.contains(&format!("| `{id}` |")), "docs/idps.md does not name the dialect `{id}`");
    }
}

/// Every text file of the folders whose comments cite docs/idps.md.
fn citing(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            citing(&path, found);
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
}

#[test]
fn every_source_quirk_and_event_that_is_cited_is_explained() {
    let page = page("idps.md");
    let cited = regex_lite::Regex::new(r"\b(S-[A-Z]+(-[A-Z0-9]+)+|(OKTA|ENTRA)-[QR][0-9]{2}|E-[A-Z]{4,})\b").unwrap();
    let mut files = Vec::new();
    for folder in ["src", "fixtures", "scenarios"] {
        citing(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut files);
    }
    let mut unknown = Vec::new();
    for (path, text) in &files {
        let ids = cited.find_iter(text).map(|found| found.as_str());
        unknown.extend(ids.filter(|id| !page.contains(id)).map(|id| format!("{}: {id}", path.display())));
    }
    assert!(!files.is_empty() && unknown.is_empty(), "docs/idps.md does not explain\n{}", unknown.join("\n"));
}

#[test]
fn the_exit_codes_are_the_constants() {
    let page = page("ci.md");
    // `import` and `redact`, which end with it, are still to come.
    for code in ExitCode::ALL.into_iter().filter(|code| *code != ExitCode::Leak) {
        let row = format!("| {} | {} |", code.code(), code.meaning());
        assert!(page.contains(&row), "docs/ci.md has no row `{row}`");
    }
}

#[test]
fn every_rule_scenario_and_test_that_a_page_names_exists() {
    let catalogue = scenario::Catalogue::built_in();
    let pattern = regex_lite::Regex::new(r"`([a-z]+/[a-z0-9-]+)`").unwrap();
    for (name, least) in [("compared.md", 200), ("proof.md", 0)] {
        let page = page(name);
        let names: Vec<&str> = pattern.captures_iter(&page).map(|found| found.get(1).unwrap().as_str()).collect();
        assert!(names.len() >= least, "docs/{name} names only {}", names.len());
        let unknown: Vec<_> = names.iter().filter(|id| catalogue.get(id).is_none()).collect();
        assert!(unknown.is_empty(), "docs/{name} names what does not exist: {unknown:?}");
    }
    let page = page("proof.md");
    let tests = regex_lite::Regex::new(r"`(tests/[a-z0-9_/]+\.rs)`: `([a-z0-9_]+)`").unwrap();
    let mut seen = 0;
    for found in tests.captures_iter(&page) {
        seen += 1;
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&found[1])).unwrap_or_default();
        assert!(text.contains(&format!("fn {}(", &found[2])), "docs/proof.md: {} has no `{}`", &found[1], &found[2]);
    }
    assert!(seen >= 15, "docs/proof.md names only {seen} tests");
}
