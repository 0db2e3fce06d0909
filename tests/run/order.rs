//! Several scenarios at a time: told in the order of the plan, and the same again from the same seed.

use scimulator::run::{Job, plan};
use scimulator::scenario::{Catalogue, Verb};

use super::stage::{Ran, Stage, sent};

fn played(seed: u64) -> Ran {
    let mut stage = Stage::built_in(&["lifecycle/*"], &["okta", "entra"]);
    stage.seed = seed;
    stage.play()
}

#[test]
fn results_come_in_the_order_of_the_plan() {
    let stage = Stage::built_in(&["lifecycle/*"], &["okta", "entra"]);
    let planned: Vec<_> = stage.jobs().iter().map(|job| (job.scenario.id.clone(), job.dialect.clone())).collect();
    let told: Vec<_> = played(1).results.iter().map(|one| (one.scenario.clone(), one.dialect.clone())).collect();
    assert_eq!(told, planned);
}

#[test]
fn the_same_seed_sends_the_same_bytes() {
    let (first, second) = (played(3), played(3));
    for (one, other) in first.results.iter().zip(&second.results) {
        assert_eq!(sent(one), sent(other), "{} as {}", one.scenario, one.dialect);
    }
}

#[test]
fn another_seed_sends_other_ids() {
    let (first, second) = (played(3), played(4));
    let differs = first.results.iter().zip(&second.results).any(|(one, other)| sent(one) != sent(other));
    assert!(differs);
}

#[test]
fn a_scenario_played_alone_sends_what_it_sends_among_others() {
    let all = played(3);
    let mut alone = Stage::built_in(&["lifecycle/update-name"], &["entra"]);
    alone.seed = 3;
    let alone = alone.play();
    let among = all.results.iter().find(|one| one.scenario == "lifecycle/update-name" && one.dialect == "entra");
    assert_eq!(sent(alone.only()), sent(among.unwrap()));
}

#[test]
fn at_a_target_the_rule_about_seats_that_come_back_is_the_first_that_fills_them() {
    let catalogue = Catalogue::built_in();
    let listed: Vec<_> = catalogue.all().collect();
    let jobs = plan(&listed, &catalogue, &["okta".to_owned()], true).unwrap();
    let fills = |job: &Job| job.scenario.steps.iter().any(|step| matches!(step.verb, Verb::FillSeats(_)));
    let first = jobs.iter().find(|job| fills(job)).unwrap();
    // It frees one seat after the other in a full organisation: a server that loses them has none left afterwards.
    assert_eq!(first.scenario.id, "life/freed-seat");
}
