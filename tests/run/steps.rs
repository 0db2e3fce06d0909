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

/// Two parts behind a head; the second one assumes what is there.
fn in_parts(first: u32) -> String {
    let part = |path: &str, status: u32| {
        format!(
            "  - {{ request: {{ GET: {path} }}, part: {path}, assume: {{ status: {status} }} }}\n  \
             - {{ request: {{ GET: {path}?count=0 }}, expect: {{ status: 200 }} }}\n"
        )
    };
    "  - { request: { GET: /Schemas }, assume: { status: 200 } }\n".to_owned()
        + &part("/Users", first)
        + &part("/Groups", 200)
}

#[test]
fn what_a_part_assumes_in_vain_ends_that_part_alone() {
    assert_eq!(requests(&in_parts(418)), ["GET /Schemas", "GET /Users", "GET /Groups", "GET /Groups?count=0"]);
    assert_eq!(requests(&in_parts(200)).len(), 5);
}

#[test]
fn where_no_part_could_be_played_nothing_is_said() {
    let nothing = in_parts(418).replace(
        "assume: { status: 200 } }\n  - { request: { GET: /Groups?",
        "assume: { status: 418 } }\n  - { request: { GET: /Groups?",
    );
    let steps = |text: &str| Stage::of(&[("own/steps", &format!("title: T\nsteps:\n{text}"))]).play();
    let said = |text: &str| format!("{:?}", steps(text).verdict());
    assert!(said(&nothing).contains("GET /Users: status is 200, where 418 was assumed"), "{}", said(&nothing));
    let no_head = in_parts(200).replacen("status: 200", "status: 418", 1);
    assert!(said(&no_head).contains("GET /Schemas"), "{}", said(&no_head));
}
