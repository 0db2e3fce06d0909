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

/// A run whose scenario leaves this, with what the clean-up asked and was answered.
fn leaving(leftovers: &[String], status: u16) -> String {
    let delete = |path: &String| Exchange {
        sender: Sender::CleanUp,
        ..exchange(0, Request::new(Method::Delete, path), status, &Value::Null)
    };
    let deletes = leftovers.iter().filter(|path| !path.contains(' ')).map(delete).collect();
    let result = ScenarioResult {
        leftovers: leftovers.to_vec(),
        transcript: Arc::new(Transcript { exchanges: deletes, ..Transcript::default() }),
        ..passing("lifecycle/create", "okta")
    };
    let totals = Totals { passed: 1, ..Totals::default() };
    let text = terminal(&[header(Some("https://scim.example.com/v2")), finished(result), footer(0, totals)]);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_could_not_be_removed_is_told_once_for_each_collection_and_reason() {
    let mut many: Vec<String> = (1..=617).map(|id| format!("/Users/{id}")).collect();
    many.push("/Groups/7".to_owned());
    let text = leaving(&many, 405);
    let users =
        "could not be removed: 617 of /Users (DELETE answers 405): /Users/1, /Users/2, /Users/3, … (the journal";
    assert!(text.contains(users) && text.contains("1 of /Groups (DELETE answers 405): /Groups/7 "), "{text}");
    assert!(!text.contains("/Users/4"), "{text}");
}

#[test]
fn to_clean_is_advised_only_where_the_target_can_delete() {
    let left = ["/Users/1".to_owned()];
    for (status, can_be_cleaned) in [(404, false), (405, false), (501, false), (403, true), (503, true)] {
        let text = leaving(&left, status);
        assert_eq!(text.contains("scimulator clean"), can_be_cleaned, "{status}: {text}");
    }
    let unknown = leaving(&["/Users without a name".to_owned()], 0);
    assert!(unknown.contains("what became of 1 create at /Users is not known"), "{unknown}");
    assert!(!unknown.contains("scimulator clean") && !unknown.contains("/Users without a name"), "{unknown}");
    let named = leaving(&["/Users scimulator-7-alice".to_owned()], 0);
    assert!(named.contains("scimulator clean") && named.contains("does not tell: scimulator-7-alice"), "{named}");
}

#[test]
fn reasons_are_told_in_full_at_the_end_and_all_of_them_on_request() {
    let long = format!("get alice: emails[type eq \"work\"].type is {}, where 2xx was assumed", "absent ".repeat(50));
    let open = |index: usize| Verdict::Inconclusive(if index == 0 { long.clone() } else { format!("reason {index}") });
    let mut events = vec![header(None)];
    events.extend((0..15).map(|index| finished(with_verdict(open(index), "lifecycle/leave", "okta"))));
    events.push(footer(3, Totals { inconclusive: 15, ..Totals::default() }));
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (usual, verbose) = (terminal(&events), report(ReportKind::Terminal, Verbosity::Verbose, &events));
    assert!(flat(&usual).contains(&flat(&long)), "{usual}");
    assert!(usual.contains("for other reasons (--verbose lists them)"), "{usual}");
    assert!(!verbose.contains("for other reasons"), "{verbose}");
    assert_eq!(verbose.matches("reason 9\n").count(), 2, "a line of its own, and in the list: {verbose}");
    let line = usual.lines().find(|line| line.starts_with("OPEN")).unwrap();
    assert!(line.ends_with("emails[type eq…"), "cut between words: {line}");
}

/// A scenario whose own finding follows from the second of what was seen in passing, and an IdP that says so.
fn failing_in_passing() -> ScenarioResult {
    let in_passing = |rule: &str, breaks: &[&str], severity| {
        let mut judged = judged(rule, "lifecycle/create", "okta", severity);
        (judged.finding.source, judged.finding.place.step) = (Source::Passive, Some(0));
        judged.breaks = breaks.iter().map(|&idp| idp.to_owned()).collect();
        judged
    };
    let outcome = Outcome {
        kind: OutcomeKind::Failed,
        subject: Some("alice".to_owned()),
        message: "Create new user returned empty user".to_owned(),
        code: None,
    };
    ScenarioResult {
        findings: vec![
            in_passing("create/location", &[], Severity::Error),
            in_passing("res/id-present", &["Okta", "Entra"], Severity::Error),
            in_passing("list/items-per-page", &[], Severity::Warn),
        ],
        outcomes: vec![(0, outcome)],
        ..failing("lifecycle/create", "okta")
    }
}

#[test]
fn a_failure_names_what_the_scenario_failed_by_and_not_what_was_seen_beside_it() {
    let totals = Totals { failed: 1, in_passing: 2, ..Totals::default() };
    let events = [header(Some("https://scim.example.com/v2")), finished(failing_in_passing()), footer(1, totals)];
    let text = terminal(&events);
    let mut lines = text.lines().skip_while(|line| !line.starts_with("FAIL  lifecycle/create "));
    let reasons = [lines.nth(1).unwrap().trim(), lines.next().unwrap().trim()];
    assert!(reasons[0].starts_with("follows from res/id-present: displayName expected"), "{text}");
    assert_eq!(reasons[1], "admin sees alice failed: Create new user returned empty user", "{text}");
    // Of the blocks of three rules, only that of the reason says what the IdP made of it.
    let blocks = text.split("\n\n").filter(|block| block.contains("\n  admin  sees alice failed"));
    let blocks: Vec<&str> = blocks.map(|block| block.split_whitespace().nth(1).unwrap()).collect();
    assert_eq!(blocks, ["res/id-present"], "{text}");
    assert_eq!(junit(&events).matches("admin sees").count(), 1);
}

#[test]
fn the_totals_count_rules_with_warnings_as_the_blocks_do() {
    let warned = |rules: &[&str]| {
        let findings =
            rules.iter().map(|rule| judged(rule, "lifecycle/create", "okta", Severity::Warn)).collect::<Vec<_>>();
        finished(ScenarioResult { findings, ..passing("lifecycle/create", "okta") })
    };
    let totals = Totals { passed: 2, ..Totals::default() };
    let events = [header(None), warned(&["http/etag", "http/vary"]), warned(&["http/etag"]), footer(0, totals)];
    let text = terminal(&events);
    let blocks = text.lines().filter(|line| line.starts_with("WARN")).count();
    assert!(blocks == 2 && text.contains("\n  2 passed, 2 rules with warnings\n"), "{text}");
    assert!(text.contains("conformant, with warnings about 2 rules\n"), "{text}");
}
