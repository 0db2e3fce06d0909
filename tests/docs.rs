//! What the pages in docs/ say is what the program reads: their examples are parsed, and nothing that
//! exists is left out.

use std::path::{Path, PathBuf};

use scimulator::idp::OutcomeKind;
use scimulator::scenario::{self, file::ScenarioFile};
use serde_json::Value;

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
            found.push((at + 2, inside.map(|line| format!("{line}\n")).collect()));
        }
    }
    found
}

#[test]
fn every_example_of_a_scenario_can_be_read() {
    let examples = blocks(&page("scenarios.md"), "```yaml scenario");
    assert!(examples.len() > 8, "only {} examples found", examples.len());
    for (line, text) in examples {
        let file = format!("docs/scenarios.md, example at line {line}");
        if let Err(error) = scenario::parse("docs/example", &file, &text, false) {
            panic!("{error}\n  {}\n  {}", error.snippet, error.hint.clone().unwrap_or_default());
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
fn the_schema_for_editors_is_the_reader_s_own() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs/scenario.schema.json");
    let generated = format!("{:#}\n", schema());
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == generated,
        "docs/scenario.schema.json is old; UPDATE_GENERATED=1 cargo test --test docs writes it"
    );
}
