//! `each-attribute` at a target: refusals prove nothing, losses do, and the user's values are the ones that are sent.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use scimulator::clock::Clock;
use scimulator::faults::wrap::{Inner, around, operations, refusal};
use scimulator::finding::Verdict;
use scimulator::http::{Base, Client, ClientSettings, Method, RateLimit, Redactor, Request, Secret};
use scimulator::rules::Profile;
use scimulator::run::{
    Knowledge, Pace, RunEvent, ScenarioResult, Session, Shared, SnapshotSettings, Standard, TargetSettings, plan,
    select,
};
use scimulator::scenario::Catalogue;
use scimulator::server::{Host, Settings, Tenant};
use serde_json::{Value, json};

use super::stage::sent;

/// Plays one rule at a server of this persona, `broken` put around it.
fn play(rule: &str, persona: &str, values: &Value, broken: impl FnOnce(Inner) -> Inner) -> ScenarioResult {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let _inside = runtime.enter();
    let host = Host::start(([127, 0, 0, 1], 0).into()).unwrap();
    let mut settings = Settings::persona(persona).unwrap();
    settings.base_url = host.base_url("");
    let clock = Clock::real();
    let scim = host.mount("", broken(Box::new(Tenant::new(settings, clock.now()))), clock);
    let (redactor, state) = (Redactor::new(), tempfile::tempdir().unwrap());
    let catalogue = Catalogue::built_in();
    let jobs = plan(&select(&catalogue, &[rule.to_owned()]).unwrap(), &catalogue, &[], true).unwrap();
    let session = Session {
        jobs,
        target: Some(TargetSettings {
            base: Base::parse(scim.base_url()).unwrap(),
            token: Some(Secret::new(&scim.token())),
            other_tenant: None,
            hooks: BTreeMap::new(),
            capabilities: Vec::new(),
            mail_domain: None,
            knowledge: Knowledge { attribute_values: values.as_object().cloned().unwrap(), ..Knowledge::default() },
            name_seed: 7,
            state_folder: state.path().to_owned(),
        }),
        faults: Vec::new(),
        behaviours: Vec::new(),
        dialects: Vec::new(),
        standard: Standard::new(catalogue, Profile::ALL.to_vec(), redactor.clone()),
        snapshots: SnapshotSettings::default(),
        client: Client::new(ClientSettings::default()),
        width: None,
        pace: Pace { max_wait: Duration::from_secs(5), real_time: false, rate: RateLimit::unlimited(), redactor },
        seed: 7,
        repeat: String::new(),
    };
    let mut results = Vec::new();
    let ran = runtime.block_on(session.run(Arc::new(Shared::default()), &mut |event| {
        if let RunEvent::ScenarioFinished(result) = event {
            results.push(*result);
        }
    }));
    ran.unwrap();
    results.pop().unwrap()
}

/// Refuses such requests.
fn refusing(inner: Inner, is_such: impl Fn(&Request) -> bool + Send + 'static) -> Inner {
    around(inner, move |server, request, now| {
        if is_such(request) { refusal(400, Some("invalidValue"), "No.") } else { server.handle(request, now) }
    })
}

fn says(request: &Request, text: &str) -> bool {
    request.body.as_deref().is_some_and(|body| String::from_utf8_lossy(body).contains(text))
}

#[test]
fn a_value_that_is_refused_alone_is_no_finding_and_the_others_are_tried_all_the_same() {
    for rule in ["schema/attribute-create", "schema/attribute-patch", "schema/attribute-put"] {
        let result = play(rule, "rfc", &json!({}), |server| refusing(server, |request| says(request, "nickName")));
        assert_eq!((&result.verdict, result.findings.len()), (&Verdict::Pass, 0), "{rule}: {:#?}", result.findings);
        let alone = sent(&result).into_iter().filter(|line| line.contains("userType") && !line.contains("locality"));
        assert!(alone.count() > 0, "{rule}: what is not refused is written by itself");
    }
}

#[test]
fn a_target_that_refuses_everything_leaves_it_open() {
    let refuse = |server| refusing(server, |request| request.method == Method::Patch);
    let result = play("schema/attribute-patch", "rfc", &json!({}), refuse);
    assert!(matches!(result.verdict, Verdict::Inconclusive(_)), "{:?}", result.verdict);
}

#[test]
fn an_attribute_of_an_extension_of_ones_own_is_found_by_its_full_name() {
    // The persona knows the attribute under two names, one for each IdP.
    let is_group = |operation: &Value| operation["path"].as_str().is_some_and(|path| path.ends_with(":group"));
    let forgetful = move |server| {
        operations(server, move |_, operations| {
            operations.retain(|operation| !is_group(operation) || operation["op"] != "replace");
            if operations.is_empty() {
                operations.push(json!({"op": "add", "value": {}}));
            }
        })
    };
    let result = play("schema/attribute-patch", "calendly", &json!({}), forgetful);
    let found: Vec<&str> = result.findings.iter().map(|judged| judged.finding.subject.as_str()).collect();
    assert!(found.len() == 2 && found.contains(&"urn:calendly:scim:schemas:2.0:User:group"), "{found:?}");
    let judged = &result.findings[0];
    assert_eq!(judged.finding.actual, "\"Lighthouse\"");
    assert!(judged.curl.as_ref().unwrap().contains("replace"), "the request that was not obeyed");
}

#[test]
fn values_of_the_users_own_are_the_ones_that_are_sent() {
    let values = json!({"userType": ["Employee", "Contractor"], "roles": [{"value": "admin"}], "nickName": []});
    let result = play("schema/attribute-patch", "rfc", &values, |server| server);
    assert_eq!(result.verdict, Verdict::Pass, "{:#?}", result.findings);
    let sent = sent(&result).concat();
    for value in ["Employee", "Contractor", "admin"] {
        assert!(sent.contains(value), "`{value}` was not sent: {sent}");
    }
    assert!(!sent.contains("nickName"), "{sent}");
}
