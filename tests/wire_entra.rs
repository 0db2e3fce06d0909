//! Entra's requests are those of its documentation and of captured traffic, byte for byte.

mod support;

use support::wire::prove;

#[test]
fn entra_without_a_flag() {
    prove("entra.yaml");
}

#[test]
fn entra_when_people_change_and_leave() {
    prove("entra-changes.yaml");
}

#[test]
fn entra_with_groups() {
    prove("entra-groups.yaml");
}

#[test]
fn entra_with_the_flag() {
    prove("entra-scim2020.yaml");
}

#[test]
fn entra_with_calendly_s_mapping() {
    prove("entra-calendly.yaml");
}
