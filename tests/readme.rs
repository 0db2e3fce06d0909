//! README.md and docs/ci.md tell what is true: commands marked to be run are run, shown output is the
//! real one, every flag that any page shows exists, and the example of `scimulator.yaml` works.
//!
//! A block opened by "```console run" is executed line by line, in an empty folder and without a
//! terminal; one opened by "```console target" with a reference server in the place of the endpoint.
//! `# exit code N` behind a command says how it ends; without it, with 0. A block of "```text" right
//! after it is what the last command printed. `UPDATE_GENERATED=1` writes that block anew.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

mod readme {
    pub mod page;
    pub mod program;
}

use std::collections::BTreeMap;
use std::fs;

use readme::page::{self, blocks, shown, words};
use readme::program::{Served, run, stdout, steady};

#[test]
fn every_command_marked_to_be_run_ends_and_prints_as_the_readme_says() {
    let folder = tempfile::tempdir().unwrap();
    let text = page::read("README.md");
    let (mut printed, mut ran) = (None, 0);
    for block in blocks(&text) {
        let output = printed.take();
        match (block.kind.as_str(), output) {
            ("console run", _) => {
                for (number, line) in &block.lines {
                    let (words, code) = shown(line).unwrap_or_else(|| panic!("README.md:{number}: no command"));
                    assert_eq!(words[0], "scimulator", "README.md:{number}: only scimulator is run here");
                    let output = run(&words[1..], folder.path(), &[]);
                    assert_eq!(output.status.code(), Some(code), "README.md:{number}: {line}\n{}", stdout(&output));
                    printed = Some(stdout(&output));
                    ran += 1;
                }
            }
            ("text", Some(output)) => {
                if std::env::var_os("UPDATE_GENERATED").is_some() {
                    page::write("README.md", &text.replace(&block.text(), &output));
                    continue;
                }
                let place = block.lines[0].0;
                assert_eq!(steady(&block.text()), steady(&output), "README.md:{place}: printed is something else");
            }
            _ => {}
        }
    }
    assert!(ran >= 3, "only {ran} commands were run");
}

#[test]
fn every_scenario_of_the_readme_passes_as_every_idp() {
    let folder = tempfile::tempdir().unwrap();
    let text = page::read("README.md");
    let scenarios: Vec<_> = blocks(&text).into_iter().filter(|block| block.kind == "yaml scenario").collect();
    assert!(!scenarios.is_empty());
    for block in scenarios {
        let lines: Vec<&str> = block.lines.iter().map(|(_, line)| line.as_str()).collect();
        fs::write(folder.path().join("own.yaml"), lines.join("\n")).unwrap();
        let output = run(&words("run own.yaml --idp all"), folder.path(), &[]);
        assert_eq!(output.status.code(), Some(0), "README.md:{}\n{}", block.lines[0].0, stdout(&output));
    }
}

#[test]
fn every_command_for_a_target_works_against_a_server() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&["--persona", "calendly", "--seats", "25"], folder.path());
    fs::write(folder.path().join("token"), &served.token).unwrap();
    let mut ran = 0;
    for block in blocks(&page::read("README.md")).iter().filter(|block| block.kind == "console target") {
        for (number, line) in &block.lines {
            let (words, code) = shown(line).unwrap_or_else(|| panic!("README.md:{number}: no command"));
            let arguments: Vec<String> = words[1..].iter().map(|word| served.at_its_place(word)).collect();
            let output = run(&arguments, folder.path(), &[]);
            assert_eq!(output.status.code(), Some(code), "README.md:{number}: {line}\n{}", stdout(&output));
            ran += 1;
        }
    }
    assert!(ran >= 1, "no command was run");
    assert_eq!(served.users(), 0, "something was left behind");
}

#[test]
fn the_example_of_scimulator_yaml_opens_the_control_plane_of_serve() {
    let folder = tempfile::tempdir().unwrap();
    let served = Served::start(&["--persona", "calendly", "--seats", "25"], folder.path());
    let text = page::read("docs/ci.md");
    let example = blocks(&text).into_iter().find(|block| block.kind == "yaml scimulator.yaml").unwrap().text();
    for name in ["secrets", "scim/scenarios", "scim/snapshots"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("secrets/scim-token"), &served.token).unwrap();
    fs::write(folder.path().join("scimulator.yaml"), served.at_its_place(&example)).unwrap();
    let select = ["lifecycle/update-email-pending", "lifecycle/invitation", "capacity/create", "conflict/pending"];
    let arguments: Vec<String> = ["run"].iter().chain(&select).map(|word| (*word).to_owned()).collect();
    let output = run(&arguments, folder.path(), &[("ADMIN_TOKEN", &served.admin_token)]);
    let printed = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{printed}");
    for id in select {
        let lines: Vec<&str> = printed.lines().filter(|line| line.contains(id)).collect();
        assert!(!lines.is_empty() && lines.iter().all(|line| line.starts_with("PASS")), "{id}\n{printed}");
    }
}

#[test]
fn every_flag_and_subcommand_on_any_page_exists() {
    let folder = tempfile::tempdir().unwrap();
    let mut help: BTreeMap<String, String> = BTreeMap::new();
    for path in ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/ci.md", "docs/scenarios.md", "docs/idps.md"] {
        let text = page::read(path);
        let in_blocks = blocks(&text).into_iter().flat_map(|block| block.lines).map(|(_, line)| line);
        let in_ticks = text.split('`').skip(1).step_by(2).filter(|code| !code.contains('\n')).map(str::to_owned);
        for line in in_blocks.chain(in_ticks) {
            let Some((_, arguments)) = line.split_once("scimulator ") else { continue };
            let words = words(arguments.split([';', '|', '#']).next().unwrap_or_default());
            let Some(subcommand) = words.first().filter(|word| word.chars().all(|c| c.is_ascii_lowercase())) else {
                continue;
            };
            let page = help.entry(subcommand.clone()).or_insert_with(|| {
                let output = run(&[subcommand.clone(), "--help".to_owned()], folder.path(), &[]);
                assert!(output.status.success(), "{path}: there is no `scimulator {subcommand}`: {line}");
                stdout(&output)
            });
            for flag in words.iter().filter(|word| word.starts_with("--")) {
                let flag = flag.split('=').next().unwrap_or_default().trim_end_matches([',', '.', ')', '"']);
                let exists = page.split([' ', '\n', ',', '=', '[']).any(|word| word == flag);
                assert!(exists, "{path}: `scimulator {subcommand}` has no `{flag}`: {line}");
            }
        }
    }
    assert!(help.len() >= 5, "only {:?} were found", help.keys());
}
