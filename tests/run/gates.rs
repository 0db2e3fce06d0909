//! A closed gate is said, and never a pass.

use scimulator::finding::Verdict;

use super::stage::Stage;

fn reason(text: &str) -> String {
    let ran = Stage::of(&[("own/gated", text)]).play();
    match ran.verdict() {
        Verdict::Skipped(reason) => reason.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_the_server_does_not_offer_is_skipped_with_the_reason() {
    assert_eq!(reason("title: T\nneeds: [target.remote]\nsteps: [{ get: alice }]\n"), "the target is on this machine");
}

#[test]
fn a_feature_that_is_declared_unsupported_closes_its_gate() {
    let text =
        "title: T\nneeds: [spc.patch]\ngiven: { server: { patch: false } }\nsteps: [{ create: { user: alice } }]\n";
    assert_eq!(reason(text), "the embedded server declares patch unsupported");
}

#[test]
fn the_gate_opens_where_the_feature_is_there() {
    let text = "title: T\nneeds: [spc.patch, rt.Group, seats, other-tenant]\nsteps: [{ create: { user: alice } }]\n";
    assert_eq!(*Stage::of(&[("own/open", text)]).play().verdict(), Verdict::Pass);
}

#[test]
fn a_run_of_skipped_scenarios_says_that_nothing_was_tested() {
    let ran = Stage::of(&[("own/gated", "title: T\nneeds: [probe.me]\nsteps: [{ get: alice }]\n")]).play();
    assert!(ran.footer.notes.iter().any(|note| note.contains("nothing has been tested")), "{:?}", ran.footer.notes);
}

#[test]
fn a_second_tenant_has_a_token_of_its_own_behind_the_same_address() {
    let text = "title: T\nsteps:\n  - create: { user: alice }\n  - request: { GET: '/Users/${alice.id}', credential: other-tenant }\n    \
                expect: { status: 404 }\n";
    let ran = Stage::of(&[("own/isolation", text)]).play();
    assert_eq!(*ran.verdict(), Verdict::Pass, "{:#?}", ran.only().findings);
}
