//! What the owner of a target approved is held against what it answers now, whatever else is found.

use super::endpoint::Endpoint;
use crate::binary::{Binary, Said};

/// The same scenario at a target, with more flags.
fn play(binary: &Binary, endpoint: &Endpoint, flags: &[&str]) -> Said {
    let usual = ["run", "lifecycle/create", "--idp", "okta", "--token-file", "token", "--target", endpoint.url()];
    std::fs::write(binary.folder().join("token"), endpoint.token()).unwrap();
    binary.run(&[&usual[..], flags].concat())
}

#[test]
fn what_the_rfcs_alone_mind_hides_no_change_of_what_was_approved() {
    let binary = Binary::new();
    let approved = play(&binary, &Endpoint::new(), &["--update-snapshots"]);
    assert_eq!(approved.code, 0, "{approved:#?}");
    assert_eq!(play(&binary, &Endpoint::new(), &[]).code, 0, "the same server at another port");

    let changed = play(&binary, &Endpoint::broken(&["res/no-placeholder"]), &[]);
    assert!(changed.stdout.contains("WARN  res/no-placeholder"), "{changed:#?}");
    assert!(changed.stdout.contains("DIFF  lifecycle/create"), "{changed:#?}");
    assert_eq!(changed.code, 1, "{changed:#?}");
}
