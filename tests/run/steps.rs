//! Which steps are played, and how often.

use scimulator::finding::Verdict;

use super::stage::Stage;

/// The targets of the requests that a scenario's own steps sent.
fn requests(steps: &str) -> Vec<String> {
    let ran =
        Stage::of(&[("own/steps", &format!("title: T\ngiven: {{ server: {{ bulk: false }} }}\nsteps:\n{steps}"))])
            .play();
    assert_eq!(*ran.verdict(), Verdict::Pass, "{:#?}", ran.only().findings);
    let exchanges = &ran.only().transcript.exchanges;
    exchanges.iter().map(|exchange| format!("{} {}", exchange.request.method, exchange.request.target())).collect()
}

#[test]
fn a_step_is_left_out_where_its_gate_is_closed() {
    let steps = "  - { request: { GET: /Users?count=0 }, gate: [spc.bulk] }\n  - { request: { GET: /Groups?count=0 }, gate: [rt.Group] }\n";
    assert_eq!(requests(steps), ["GET /Groups?count=0"]);
}

#[test]
fn a_condition_takes_any_of_several_values() {
    let step = |path: &str, statuses: &str| {
        format!("  - {{ request: {{ GET: {path} }}, when: {{ first.status: {statuses} }} }}\n")
    };
    let steps = "  - { request: { GET: /Schemas }, as: first }\n".to_owned()
        + &step("/Users?count=0", "[200, 204]")
        + &step("/Groups?count=0", "[201, absent]");
    assert_eq!(requests(&steps), ["GET /Schemas", "GET /Users?count=0"]);
}

#[test]
fn a_step_is_played_for_each_of_a_list_in_the_file() {
    let steps = "  - request: { GET: '/Users?${query}' }\n    for-each: { query: [count=0, 'count=1&startIndex=${start.body.totalResults}'] }\n";
    let first = "  - { request: { GET: /Groups?count=0 }, as: start }\n";
    assert_eq!(requests(&(first.to_owned() + steps))[1..], ["GET /Users?count=0", "GET /Users?count=1&startIndex=0"]);
}
