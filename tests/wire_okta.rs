//! Okta's requests are those of its documentation and of captured traffic, byte for byte.

mod support;

use support::wire::prove;

#[test]
fn okta_from_the_catalogue() {
    prove("okta.yaml");
}

#[test]
fn okta_as_a_private_application() {
    prove("okta-aiw.yaml");
}
