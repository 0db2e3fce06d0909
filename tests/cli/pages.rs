//! Pages: help, lists, rules, steps. The reviewed ones lie in snapshots/tests.

use serde_json::Value;

use super::binary::Binary;

/// Approves a page; what differs from build to build is not on them.
fn approve(name: &str, arguments: &[&str]) {
    approve_in(&Binary::new(), name, arguments);
}

fn approve_in(binary: &Binary, name: &str, arguments: &[&str]) {
    let said = binary.run(arguments);
    let folder = format!("{}/", binary.folder().display());
    assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{said:#?}");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots/tests");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, said.stdout.replace(&folder, "")));
}

#[test]
fn help() {
    approve("cli-help", &["--help"]);
    approve("cli-help-run", &["run", "--help"]);
}

#[test]
fn topics() {
    approve("cli-help-exit-codes", &["help", "exit-codes"]);
    approve("cli-help-environment", &["help", "environment"]);
    approve("cli-help-scenarios", &["help", "scenarios"]);
    approve("cli-help-behaviours", &["help", "behaviours"]);
}

#[test]
fn every_page_fits_on_80_columns() {
    let pages: [&[&str]; 9] = [
        &["--help"],
        &["run", "--help"],
        &["help", "serve"],
        &["help", "exit-codes"],
        &["help", "environment"],
        &["help", "scenarios"],
        &["help", "behaviours"],
        &["list"],
        &["explain", "patch/atomic"],
    ];
    for arguments in pages {
        let page = Binary::new().run(arguments).stdout;
        let wide: Vec<&str> = page.lines().filter(|line| line.chars().count() > 80).collect();
        // An id that is longer than its column pushes the title aside.
        assert!(wide.iter().all(|line| line.split_whitespace().count() < 3), "{arguments:?}: {wide:#?}");
    }
}

#[test]
fn an_unknown_topic_is_answered_with_a_guess() {
    Binary::new().run(&["help", "exit-code"]).fails(2, &["did you mean `exit-codes`"]);
}

#[test]
fn a_rule_is_a_page() {
    approve("cli-explain-patch-atomic", &["explain", "patch/atomic"]);
}

#[test]
fn every_rule_has_a_page() {
    let list = Binary::new().run(&["list", "--rules", "--format", "json"]);
    let rules: Vec<Value> = serde_json::from_str(&list.stdout).unwrap();
    assert!(rules.len() > 50, "{} rules", rules.len());
    for rule in rules {
        let id = rule["id"].as_str().unwrap();
        let page = Binary::new().run(&["explain", id]);
        assert!(page.code == 0 && page.stdout.contains("why"), "{id}: {page:#?}");
    }
}

#[test]
fn a_demonstration_passes_and_then_fails_with_the_rule() {
    // Rules of every column: all care, Entra alone, Okta alone, the RFC alone.
    for rule in ["patch/atomic", "entra/remove-members-value", "okta/patch-id-in-value", "auth/www-authenticate"] {
        let said = Binary::new().run(&["explain", rule, "--demo"]);
        assert_eq!(said.code, 0, "{said:#?}");
        let (before, after) = said.stdout.split_once("broken on purpose").unwrap();
        assert!(before.contains("conformant") && after.contains(&format!("FAIL  {rule}")), "{}", said.stdout);
    }
}

#[test]
fn a_scenario_is_shown_with_the_requests_it_becomes() {
    let text = "title: Somebody joins\nsummary: What happens on the first day.\nsteps:\n  - assign: bob\n    \
                outcome: provisioned\n    rule: create/status-201\n  - check: { bob: { active: true } }\n";
    let binary = Binary::new().file("own/mine/join.yaml", text);
    for idp in ["okta", "entra"] {
        approve_in(&binary, &format!("cli-show-{idp}"), &["show", "mine/join", "--scenarios", "own", "--idp", idp]);
    }
}

#[test]
fn what_is_shown_masks_passwords() {
    let said = Binary::new().run(&["show", "lifecycle/create", "--idp", "okta"]);
    assert!(said.stdout.contains("\"password\": \"<password>\""), "{}", said.stdout);
}

#[test]
fn lists_can_be_narrowed() {
    let list = |arguments: &[&str]| -> Vec<Value> {
        let said = Binary::new().run(&[&["list", "--format", "json"], arguments].concat());
        serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {said:#?}"))
    };
    let all = list(&[]);
    let core = list(&["--tier", "core"]);
    assert!(core.iter().all(|rule| rule["tier"] == "core") && !core.is_empty() && core.len() < all.len());
    assert!(list(&["patch/*"]).iter().all(|one| one["id"].as_str().unwrap().starts_with("patch/")));
    assert!(list(&["7644-3.5.2"]).iter().any(|one| one["id"] == "patch/atomic"));
    assert!(list(&["--faults"]).contains(&Value::from("patch/atomic")));
    Binary::new().run(&["list", "--tier", "cor"]).fails(2, &["did you mean `core`"]);
}

#[test]
fn the_schema_for_editors_is_printed() {
    let said = Binary::new().run(&["schema"]);
    assert_eq!((said.code, said.stdout), (0, scimulator::cli::schema()));
}

#[test]
fn nothing_left_behind_is_said() {
    let said = Binary::new().run(&["clean"]);
    assert!(said.code == 0 && said.stdout.contains("no run has left anything behind"), "{said:#?}");
}
