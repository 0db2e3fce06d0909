//! `scimulator.yaml`: found upwards, and weaker than flags and environment.

use super::binary::Binary;

/// Nobody listens there.
const DEAD: &str = "http://127.0.0.1:9/scim/v2";

#[test]
fn the_file_names_the_target_and_is_found_upwards() {
    let binary = Binary::new().file("scimulator.yaml", &format!("target: {DEAD}\n")).file("a/b/c", "");
    let output = binary.command(&["run"]).current_dir(binary.folder().join("a/b")).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stdout).unwrap().contains(DEAD));
}

#[test]
fn the_environment_wins_over_the_file_and_a_flag_over_both() {
    let binary = Binary::new()
        .file("scimulator.yaml", "target: http://127.0.0.1:1/file\n")
        .with("SCIMULATOR_TARGET", "http://127.0.0.1:1/environment");
    assert!(binary.run(&["run"]).stdout.contains("http://127.0.0.1:1/environment"));
    assert!(binary.run(&["run", "--target", "http://127.0.0.1:1/flag"]).stdout.contains("http://127.0.0.1:1/flag"));
    assert_eq!(binary.run(&["run", "lifecycle/create", "--target", "embedded"]).code, 0);
}

#[test]
fn the_file_chooses_dialects_and_a_flag_others() {
    let binary = Binary::new().file("scimulator.yaml", "idp: [entra]\n");
    assert!(binary.run(&["run", "lifecycle/create"]).stdout.contains("as entra,"));
    assert!(binary.run(&["run", "lifecycle/create", "--idp", "okta"]).stdout.contains("as okta,"));
}

#[test]
fn permission_to_write_is_for_the_target_it_stands_beside() {
    let binary = Binary::new().file("scimulator.yaml", "target: https://own.invalid/scim\nallow-writes: true\n");
    binary.run(&["run", "--target", "https://other.invalid/scim"]).fails(2, &["would create and delete"]);
}

#[test]
fn scenarios_of_the_users_own_replace_built_in_ones() {
    let text = "title: Mine\nsteps:\n  - assign: bob\n    outcome: provisioned\n";
    let binary = Binary::new().file("scimulator.yaml", "scenarios: own\n").file("own/lifecycle/create.yaml", text);
    let said = binary.run(&["show", "lifecycle/create"]);
    assert!(said.stdout.contains("Mine") && said.stdout.contains("assign bob"), "{said:#?}");
}
