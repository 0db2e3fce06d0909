//! Every proof is played twice, and every behaviour has one.

use scimulator::behaviours::{Behaviour, names};

use super::support::{Proof, Scim};
use super::{access, accounts, answers, values};

fn proofs() -> impl Iterator<Item = &'static Proof> {
    [accounts::PROOFS, access::PROOFS, answers::PROOFS, values::PROOFS].into_iter().flatten()
}

#[test]
fn each_does_what_its_line_says_and_nothing_of_it_happens_without() {
    let mut wrong = Vec::new();
    for proof in proofs() {
        let behaviour: Behaviour = proof.behaviour.parse().unwrap_or_else(|error| panic!("{error}"));
        for (kind, behaviours, expected) in [("with", vec![behaviour], proof.with), ("without", vec![], proof.without)]
        {
            let seen = (proof.play)(&mut Scim::of(&behaviours));
            if seen != expected {
                wrong.push(format!("{kind} `{}`\n  expected {expected}\n  seen     {seen}", proof.behaviour));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_proof_shows_a_difference() {
    let same: Vec<&str> = proofs().filter(|proof| proof.with == proof.without).map(|proof| proof.behaviour).collect();
    assert!(same.is_empty(), "{same:?}");
}

#[test]
fn every_behaviour_is_proven() {
    // It changes the answer of another one, and has a test of its own beside that one.
    const ELSEWHERE: [&str; 1] = ["no-retry-after"];
    let is_of = |name: &str, text: &str| text.split('=').next() == Some(name);
    let unproven: Vec<&str> = names()
        .map(|(name, _)| name)
        .filter(|name| !ELSEWHERE.contains(name) && !proofs().any(|proof| is_of(name, proof.behaviour)))
        .collect();
    assert!(unproven.is_empty(), "no proof for {unproven:?}");
}
