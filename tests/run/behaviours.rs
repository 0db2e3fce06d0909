//! Behaviours in a run: they change the server's settings and its answers, and no snapshot is compared.

use scimulator::finding::Verdict;
use scimulator::http::TransportFailure;
use scimulator::idp::OutcomeKind;
use scimulator::run::SnapshotState;

use super::stage::Stage;

fn with(behaviours: &[&str], select: &[&str]) -> Stage {
    let mut stage = Stage::built_in(select, &["okta"]);
    stage.behaviours = behaviours.iter().map(|text| text.parse().unwrap()).collect();
    stage
}

#[test]
fn a_run_meets_what_was_asked_for() {
    assert_eq!(*with(&[], &["lifecycle/create"]).play().verdict(), Verdict::Pass);
    for behaviour in ["seats=0", "empty-201"] {
        let ran = with(&[behaviour], &["lifecycle/create"]).play();
        assert_eq!((ran.verdict(), ran.only().snapshot), (&Verdict::Fail, SnapshotState::NotCompared), "{behaviour}");
    }
}

/// Okta hangs up after 60 seconds of virtual time (OKTA-R14); nobody waits for them here.
#[test]
fn an_answer_that_comes_too_late_is_none_to_the_identity_provider() {
    let told = |behaviour: &str| {
        let ran = with(&[behaviour], &["lifecycle/create"]).play();
        let late =
            ran.only().transcript.exchanges.iter().any(
                |exchange| matches!(exchange.answer, Err(TransportFailure::Timeout(time)) if time.as_secs() == 60),
            );
        (ran.only().outcomes[0].1.kind, late)
    };
    assert_eq!(told("slow-answers=59:POST/Users"), (OutcomeKind::Provisioned, false));
    assert_eq!(told("slow-answers=60:POST/Users"), (OutcomeKind::Failed, true));
}

#[test]
fn what_the_server_then_does_not_offer_is_not_asked_for() {
    let ran = with(&["no-patch"], &["patch/atomic"]).play();
    assert!(matches!(ran.verdict(), Verdict::Skipped(_)), "{:?}", ran.verdict());
}
