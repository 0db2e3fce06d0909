//! Scenario and rule files: each can be read, and together they are complete.

#![allow(clippy::unwrap_used, reason = "helpers of tests stand outside of test functions")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use scimulator::faults;
use scimulator::finding::Severity;
use scimulator::rules::{self, Level, Mode, Profile, RuleMeta};
use scimulator::scenario::{Catalogue, Listed, Scenario, Step, Verb};
use scimulator::yaml;
use serde::Deserialize;

/// Rules without a fault of their own, each with the reason.
const WITHOUT_FAULT: [(&str, &str); 2] = [
    ("http/tls", "the embedded server listens on loopback, where http is right; src/rules/http.rs proves it"),
    ("okta/base-url", "the embedded server chooses its own address; src/rules/idps.rs proves it"),
];

/// MUSTs whose deviation is no error under the RFCs, each with the reason.
const LENIENT_MUST: [(&str, &str); 12] = [
    ("list/items-per-page", "the RFC's own words leave room for the page size that was meant"),
    ("create/fidelity", "the RFC lets a server canonicalise or ignore values"),
    ("attrs/on-write", "few servers read the parameter of a write, and few clients send it"),
    ("auth/bearer-challenge", "widely used libraries send a bare challenge when there is no token"),
    ("bulk/bulkid-required", "the duty is the client's; the RFC does not say what a server does without"),
    ("create/name-case", "JSON readers compare names exactly, and every client spells them as the schema does"),
    ("filter/id-and-meta", "the RFC lets a server refuse filters that it does not offer"),
    ("filter/members", "the RFC lets a server refuse filters that it does not offer"),
    ("patch/lastmodified-noop", "most servers count every PATCH as a change"),
    ("rt/extension-required", "the RFC's own example declares what its own user lacks"),
    ("search/supported", "neither Okta nor Entra sends it, and a server need not have it"),
    ("user/username-normalization", "few databases compare so, and most names are addresses in ASCII"),
];

/// SHOULDs whose deviation is an error under the RFCs all the same, each with the reason.
const STRICT_SHOULD: [(&str, &str); 2] = [
    ("auth/no-existence-oracle", "whoever has no token learns who has an account; no server has a reason to"),
    ("error/no-internals", "a stack trace or a statement of SQL in an answer serves nobody but an attacker"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rule_files() -> Vec<Listed> {
    Catalogue::built_in().all().filter(|listed| listed.is_rule).cloned().collect()
}

fn rules() -> BTreeMap<String, RuleMeta> {
    let read = |listed: Listed| {
        let meta = RuleMeta::read(&listed.file, listed.text()).unwrap_or_else(|error| panic!("{error}"));
        (listed.id, meta)
    };
    rule_files().into_iter().map(read).collect()
}

fn scenarios() -> Vec<Scenario> {
    let catalogue = Catalogue::built_in();
    catalogue.all().map(|listed| listed.parse().unwrap_or_else(|error| panic!("{error}\n{:?}", error.hint))).collect()
}

fn passive() -> BTreeSet<&'static str> {
    rules::passive().collect()
}

/// Steps of a scenario, those inside `parallel` too.
fn steps(scenario: &Scenario) -> Vec<&Step> {
    let nested = scenario.steps.iter().flat_map(|step| match &step.verb {
        Verb::Parallel(steps) => steps.as_slice(),
        _ => &[],
    });
    scenario.steps.iter().chain(nested).collect()
}

/// Fails and shows them when there are any.
fn none<T: std::fmt::Debug>(found: impl IntoIterator<Item = T>, what: &str) {
    let found: Vec<T> = found.into_iter().collect();
    assert!(found.is_empty(), "{what}: {found:#?}");
}

#[test]
fn every_file_can_be_read() {
    assert!(scenarios().len() > 90);
    assert!(rules().len() > 90);
}

#[test]
fn ids_are_the_paths_of_files() {
    let below = |path: PathBuf| path.strip_prefix(root()).unwrap().display().to_string();
    let on_disk: BTreeSet<String> = files(&root().join("scenarios")).into_iter().map(|(path, _)| below(path)).collect();
    let listed: BTreeSet<String> = Catalogue::built_in().all().map(|listed| listed.file.clone()).collect();
    assert_eq!(on_disk, listed, "every file below scenarios/ is a .yaml file of the catalogue");
    let well_formed = |id: &str| {
        let word = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        id.len() <= 40 && id.split('/').count() == 2 && id.split('/').all(word)
    };
    none(
        Catalogue::built_in().all().map(|listed| listed.id.clone()).filter(|id| !well_formed(id)),
        "an id is area/slug in small letters, digits and hyphens",
    );
}

#[test]
fn the_index_made_at_build_time_says_what_the_files_say() {
    #[derive(Deserialize)]
    struct Head {
        title: String,
        #[serde(default)]
        tags: Vec<String>,
        #[serde(default)]
        tier: String,
        #[serde(default)]
        mode: String,
    }
    for listed in Catalogue::built_in().all() {
        let text = std::fs::read_to_string(root().join(&listed.file)).unwrap();
        let options = serde_saphyr::options! { strict_booleans: true };
        let head: Head = serde_saphyr::from_str_with_options(&text, options).unwrap();
        assert_eq!(listed.text(), text, "{}", listed.file);
        assert_eq!(listed.title, head.title, "{}", listed.file);
        assert_eq!(listed.tags, head.tags, "{}", listed.file);
        assert_eq!(listed.tier, head.tier, "{}", listed.file);
        assert_eq!(listed.is_passive, head.mode == "passive", "{}", listed.file);
    }
}

#[test]
fn rule_areas_and_scenario_folders_share_no_name() {
    let areas = |is_rule: bool| -> BTreeSet<String> {
        let catalogue = Catalogue::built_in();
        let of_kind = catalogue.all().filter(|listed| listed.is_rule == is_rule);
        of_kind.filter_map(|listed| Some(listed.id.split_once('/')?.0.to_owned())).collect()
    };
    none(areas(true).intersection(&areas(false)), "both a rule area and a scenario folder");
}

#[test]
fn every_passive_check_has_a_file_that_says_so_and_the_other_way_round() {
    let files = rules();
    let in_files: BTreeSet<&str> =
        files.iter().filter(|(_, meta)| meta.mode == Mode::Passive).map(|(id, _)| id.as_str()).collect();
    assert_eq!(in_files, passive());
}

#[test]
fn active_rules_have_steps_and_passive_ones_have_none() {
    let modes = rules();
    for scenario in scenarios().iter().filter(|scenario| scenario.is_rule) {
        let is_active = modes[&scenario.id].mode == Mode::Active;
        assert_eq!(!scenario.steps.is_empty(), is_active, "{}", scenario.id);
    }
}

#[test]
fn an_active_rule_asks_for_something() {
    let modes = rules();
    let idle = scenarios().into_iter().filter(|scenario| {
        let is_active = modes.get(&scenario.id).is_some_and(|meta| meta.mode == Mode::Active);
        let judges_itself = |verb: &Verb| matches!(verb, Verb::Check { .. } | Verb::EachAttribute(_));
        let judges = |step: &&Step| !step.expect.is_empty() || judges_itself(&step.verb);
        is_active && !steps(scenario).iter().any(judges)
    });
    none(idle.map(|scenario| scenario.id), "active rules whose steps expect nothing");
}

#[test]
fn every_fault_has_its_rule_and_every_rule_its_fault() {
    let files: BTreeSet<String> = rules().into_keys().collect();
    let faults: BTreeSet<String> = faults::names().iter().map(|name| (*name).to_owned()).collect();
    none(faults.difference(&files), "faults without a rule file");
    let without: BTreeSet<String> = WITHOUT_FAULT.iter().map(|(id, _)| (*id).to_owned()).collect();
    let missing: BTreeSet<String> = files.difference(&faults).cloned().collect();
    assert_eq!(missing, without, "rules without a fault are exactly those listed with a reason");
}

#[test]
fn every_rule_that_the_engine_names_exists() {
    let rules = rules();
    let areas: BTreeSet<&str> = rules.keys().filter_map(|id| id.split('/').next()).collect();
    let mut unknown = BTreeSet::new();
    // Between quotation marks stand an area and a slug, or the beginning of one.
    let named = regex_lite::Regex::new(r#""([a-z]+)/[a-z-]+""#).unwrap();
    for (path, text) in
        ["run", "report", "rules", "faults"].iter().flat_map(|name| files(&root().join("src").join(name)))
    {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for found in named.captures_iter(code).filter(|found| areas.contains(&found[1])) {
            let name = found[0].trim_matches('"');
            if !rules.keys().any(|id| id.starts_with(name)) {
                unknown.insert(format!("{}: `{name}`", path.display()));
            }
        }
    }
    none(unknown, "rules that are named and do not exist");
}

#[test]
fn every_rule_that_a_step_names_exists() {
    let files = rules();
    let mut unknown = BTreeSet::new();
    for scenario in scenarios() {
        for rule in steps(&scenario).iter().flat_map(|step| step.rules()).filter(|rule| !files.contains_key(*rule)) {
            let guess = yaml::nearest(rule, files.keys().map(String::as_str)).unwrap_or_default();
            unknown.insert(format!("{} names `{rule}`; did you mean `{guess}`", scenario.file));
        }
    }
    none(unknown, "rules that do not exist");
}

/// Every file of text below a folder.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let (mut left, mut found) = (vec![folder.to_owned()], Vec::new());
    while let Some(path) = left.pop() {
        if path.is_dir() {
            left.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            found.push((path, text));
        }
    }
    found
}

/// A data file below fixtures/.
fn fixture<T: serde::de::DeserializeOwned>(name: &str) -> T {
    let text = std::fs::read_to_string(root().join("fixtures").join(name)).unwrap();
    yaml::read(name, &text).unwrap()
}

/// Titles of sections by RFC and number.
type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// The quirks that the tables of docs/idps.md explain.
fn quirks() -> BTreeSet<String> {
    let page = std::fs::read_to_string(root().join("docs/idps.md")).unwrap();
    let first = |row: &str| row.strip_prefix("| ")?.split(" |").next().map(str::to_owned);
    page.lines().filter_map(first).filter(|cell| cell.starts_with("OKTA-") || cell.starts_with("ENTRA-")).collect()
}

#[test]
fn sources_can_be_looked_up() {
    let (sections, quirks): (Sections, _) = (fixture("rfc-sections.yaml"), quirks());
    let documents: BTreeMap<String, String> = fixture("documents.yaml");
    for (id, meta) in rules() {
        assert!(!meta.sources.is_empty(), "{id} has no source");
        for source in &meta.sources {
            let known = match source.split_once(" §") {
                Some((rfc, section)) => sections.get(rfc).is_some_and(|all| all.contains_key(section)),
                None => documents.contains_key(source) || quirks.contains(source),
            };
            assert!(
                known,
                "{id} cites `{source}`: no section, document (fixtures/) or quirk (docs/idps.md) of that name"
            );
        }
    }
}

#[test]
fn every_section_that_is_cited_anywhere_exists() {
    let sections: Sections = fixture("rfc-sections.yaml");
    let cited = regex_lite::Regex::new(r"RFC ?([0-9]{4}) §([0-9]+(?:\.[0-9]+)*)").unwrap();
    let (mut seen, mut unknown) = (0, BTreeSet::new());
    let folders = ["src", "tests", "scenarios", "fixtures", "docs"];
    for (path, text) in folders.iter().flat_map(|name| files(&root().join(name))) {
        for found in cited.captures_iter(&text) {
            seen += 1;
            let (rfc, section) = (format!("RFC{}", &found[1]), &found[2]);
            if !sections.get(&rfc).is_some_and(|all| all.contains_key(section)) {
                unknown.insert(format!("{}: {rfc} §{section}", path.display()));
            }
        }
    }
    assert!(seen > 500, "only {seen} citations found");
    none(unknown, "sections that fixtures/rfc-sections.yaml does not have");
}

#[test]
fn severities_make_sense() {
    for (id, meta) in rules() {
        let [rfc, okta, entra] = Profile::ALL.map(|profile| meta.severity_for(profile));
        assert!(rfc.max(okta).max(entra) > Severity::Off, "{id} is off for everybody");
        let is_lenient = LENIENT_MUST.iter().any(|(lenient, _)| *lenient == id);
        match meta.level {
            Level::Must if is_lenient => assert_eq!(rfc, Severity::Warn, "{id}"),
            Level::Must => assert_eq!(rfc, Severity::Error, "{id} is a MUST"),
            Level::Should if STRICT_SHOULD.iter().any(|(strict, _)| *strict == id) => {
                assert_eq!(rfc, Severity::Error, "{id}");
            }
            Level::Should => assert!(rfc == Severity::Warn || rfc == Severity::Info, "{id} is a SHOULD"),
            Level::May | Level::Idp => assert!(rfc < Severity::Error, "{id}: no RFC asks for it"),
        }
        if meta.level == Level::Idp {
            assert!(okta.max(entra) >= Severity::Warn, "{id}: an IdP needs it");
        }
    }
}

#[test]
fn a_rule_is_a_page_that_can_be_read() {
    for (id, meta) in rules() {
        assert!(meta.title.chars().count() <= 80, "{id}: a title fits on a line");
        assert!(!meta.title.ends_with('.') && !meta.title.contains('"'), "{id}: {}", meta.title);
        assert!(
            (80..=420).contains(&meta.why.chars().count()),
            "{id}: why has {} characters",
            meta.why.chars().count()
        );
        assert!(meta.why.ends_with('.') && meta.fault.ends_with('.'), "{id}: sentences end with a full stop");
        none(meta.may.iter().filter(|may| !may.ends_with('.')), &id);
    }
}

#[test]
fn what_is_allowed_on_files_is_said_of_files_that_exist() {
    let files = rules();
    let listed = WITHOUT_FAULT.iter().chain(&LENIENT_MUST);
    none(listed.filter(|(id, reason)| !files.contains_key(*id) || reason.is_empty()), "stale exceptions");
}
