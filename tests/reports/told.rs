//! What a stranger reads in the report for people: in which order, how often, and whether it is to the point.

use crate::*;

#[test]
fn what_breaks_most_idps_comes_first_and_is_what_to_look_at_next() {
    let broken = |rule: &str, dialect, breaks: &[&str]| {
        let mut judged = judged(rule, rule, dialect, Severity::Error);
        judged.breaks = breaks.iter().map(|&idp| idp.to_owned()).collect();
        ScenarioResult { scenario: rule.to_owned(), findings: vec![judged], ..failing(rule, dialect) }
    };
    let both = &["Okta", "Entra"];
    let follows = broken("filter/search-post", "plain", both);
    let events = [
        broken("http/vary", "plain", &[]),
        broken("http/vary", "okta", &[]),
        broken("okta/id-search", "plain", &["Okta"]),
        broken("group/create", "plain", both),
        follows,
        broken("attrs/subset", "plain", both),
        broken("user/rename", "plain", both),
    ];
    let run = [header(Some("https://scim.example.com/v2"))].into_iter().chain(events.map(finished));
    let text = terminal(&run.chain([footer(1, Totals { failed: 7, ..Totals::default() })]).collect::<Vec<_>>());
    let blocks: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("FAIL  ")?.split_once("   ")?.0.split(' ').next()).collect();
    let blocks = &blocks[blocks.len() - 5..];
    // Two scenarios fail by the first of them, as what follows from it counts for it.
    assert_eq!(blocks, ["attrs/subset", "group/create", "user/rename", "okta/id-search", "http/vary"], "{text}");
    assert!(text.contains("next\n  scimulator explain attrs/subset "), "{text}");
}
