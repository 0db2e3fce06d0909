//! Reading a scenario file: YAML with places, lowered to the model.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};
use serde_saphyr::Spanned;

use super::expectation;
use super::file::{
    AccountFile, CreateFile, ElementsFile, GivenFile, OneOrMany, OutcomeFile, RuleFile, ScenarioFile, StepFile,
};
use super::model::{Create, Elements, Given, GivenAccount, Scenario, Step, Verb, Wanted};
use super::{admin, label, requests};
use crate::control::AccountState;
use crate::idp::{Event, OutcomeKind};
use crate::yaml::{self, DataError, did_you_mean, nearest};

/// Most steps that one file may have.
const MAX_STEPS: usize = 200;
/// … and that one made of a log or a recording may have.
const MAX_IMPORTED_STEPS: usize = 2_000;

/// Most accounts of nobody in particular.
const MAX_CROWD: u32 = 500;

/// Reads a scenario or an active rule.
///
/// `id` is its path below `scenarios/` without the ending (for a rule below
/// `scenarios/rules/`), `file` the name that errors show.
pub fn parse(id: &str, file: &str, text: &str, is_rule: bool) -> Result<Scenario, DataError> {
    let read: ScenarioFile = yaml::read(file, text)?;
    let place = Place { file, text };
    let most = if read.imported.is_some() { MAX_IMPORTED_STEPS } else { MAX_STEPS };
    if read.steps.len() > most {
        return Err(place.error(1, format!("a scenario has at most {most} steps")));
    }
    let given = lower_given(read.given, &place)?;
    let steps = read.steps.into_iter().map(|step| lower_step(step, &place)).collect::<Result<Vec<_>, _>>()?;
    let mut needs = read.needs;
    needs.extend(read.gate.unwrap_or_default());
    for need in steps.iter().filter_map(admin::implied_need).chain(admin::given_needs(&given)) {
        if !needs.iter().any(|known| known == need) {
            needs.push(need.to_owned());
        }
    }
    Ok(Scenario {
        id: id.to_owned(),
        file: file.to_owned(),
        title: read.title,
        summary: read.summary,
        tags: read.tags,
        idps: read.idps,
        except: read.except,
        is_rule,
        people: read.people,
        groups: read.groups,
        imported: read.imported,
        given,
        needs,
        steps,
    })
}

/// Where a mistake stands.
pub(super) struct Place<'a> {
    file: &'a str,
    text: &'a str,
}

impl Place<'_> {
    pub(super) fn error(&self, line: u32, message: impl Into<String>) -> DataError {
        DataError::at(self.file, self.text, line, message)
    }

    /// An error about a word that is not among the accepted ones.
    pub(super) fn unknown(&self, line: u32, what: &str, word: &str, accepted: &[&str]) -> DataError {
        let error = self.error(line, format!("unknown {what} `{word}`, expected one of {}", accepted.join(", ")));
        match nearest(word, accepted.iter().copied()) {
            Some(name) => error.with_hint(did_you_mean(name)),
            None => error,
        }
    }
}

fn lower_given(given: GivenFile, place: &Place<'_>) -> Result<Given, DataError> {
    let accounts =
        given.accounts.into_iter().map(|account| lower_account(account, 1, place)).collect::<Result<_, _>>()?;
    if given.crowd > MAX_CROWD {
        return Err(place.error(1, format!("a crowd has at most {MAX_CROWD} accounts")));
    }
    Ok(Given {
        persona: given.persona,
        seats: given.seats,
        accounts,
        crowd: given.crowd,
        server: given.server,
        knobs: given.knobs,
    })
}

/// Account states by the names they have in files.
const ACCOUNT_STATES: [(&str, AccountState); 5] = [
    ("active", AccountState::Active),
    ("deactivated", AccountState::Deactivated),
    ("pending", AccountState::Pending),
    ("other-organisation", AccountState::OtherOrganisation),
    ("solo", AccountState::Solo),
];

pub(super) fn lower_account(account: AccountFile, line: u32, place: &Place<'_>) -> Result<GivenAccount, DataError> {
    let word = account.state.as_deref().unwrap_or("active");
    let Some((_, state)) = ACCOUNT_STATES.iter().find(|(name, _)| *name == word) else {
        return Err(place.unknown(line, "account state", word, &ACCOUNT_STATES.map(|(name, _)| name)));
    };
    Ok(GivenAccount { person: account.person, state: *state, upper_case: account.upper_case })
}

fn lower_step(spanned: Spanned<StepFile>, place: &Place<'_>) -> Result<Step, DataError> {
    let line = u32::try_from(spanned.referenced.line()).unwrap_or(u32::MAX);
    let mut file = spanned.value;
    let outcome = lower_outcome(file.outcome.take(), line, place)?;
    let expect = expectation::lower(file.expect.take(), line, place)?;
    let assume = expectation::lower(file.assume.take(), line, place)?;
    let (rule, rule_by) = match file.rule.take() {
        None => (None, BTreeMap::new()),
        Some(RuleFile::Same(rule)) => (Some(rule), BTreeMap::new()),
        Some(RuleFile::ByIdp(rules)) => (None, rules),
    };
    let (bind, only, observed) = (file.bind.take(), file.only.take(), file.observed.take());
    let part = file.part.take();
    let gate = file.gate.take().unwrap_or_default();
    let when = file.when.take().unwrap_or_default().into_iter().map(|(name, wanted)| (name, any_of(wanted))).collect();
    let for_each = single(file.for_each.take(), line, place)?.map(|(name, elements)| (name, lower_elements(elements)));
    let verb = lower_verb(file, line, place)?;
    let is_raw = matches!(verb, Verb::Request(_) | Verb::Create(_) | Verb::Get(_) | Verb::Delete(_));
    if !assume.is_empty() && !is_raw {
        return Err(
            place.error(line, "`assume` belongs to a single request: `create`, `get`, `delete`, `list`, `request`")
        );
    }
    if observed.is_some() && !is_raw {
        return Err(place.error(line, "`observed` belongs to a single request"));
    }
    let label = label::of(&verb, for_each.as_ref().map(|(_, elements)| elements));
    Ok(Step {
        line,
        label,
        verb,
        bind,
        outcome,
        expect,
        observed,
        assume,
        rule,
        rule_by,
        only,
        gate,
        for_each,
        when,
        part,
    })
}

/// The values a variable may have: a list names several.
fn any_of(wanted: Value) -> Vec<Value> {
    match wanted {
        Value::Array(values) => values,
        value => vec![value],
    }
}

fn lower_elements(elements: ElementsFile) -> Elements {
    match elements {
        ElementsFile::Variable(name) => Elements::Variable(name),
        ElementsFile::Given(values) => Elements::Given(values),
    }
}

/// The one verb of a step; none or several is a mistake.
fn lower_verb(mut file: StepFile, line: u32, place: &Place<'_>) -> Result<Verb, DataError> {
    let exact = file.exact.take().unwrap_or_default();
    let mut verbs: Vec<Verb> = events(&mut file, line, place)?.into_iter().map(Verb::Event).collect();
    verbs.extend(file.create.take().map(|create| lower_create(create, line, place)).transpose()?);
    verbs.extend(file.get.take().map(Verb::Get));
    verbs.extend(file.delete.take().map(Verb::Delete));
    verbs.extend(file.list.take().map(requests::list));
    verbs.extend(file.walk.take().map(|walk| requests::walk(walk, line, place)).transpose()?);
    verbs.extend(file.request.take().map(|request| requests::request(request, line, place)).transpose()?);
    verbs.extend(file.load.take().map(|load| requests::load(load, line, place)).transpose()?);
    if let Some(steps) = file.parallel.take() {
        verbs.push(Verb::Parallel(steps.into_iter().map(|step| lower_step(step, place)).collect::<Result<_, _>>()?));
    }
    verbs.extend(file.admin.take().map(|action| admin::lower(action, line, place)).transpose()?.map(Verb::Admin));
    verbs.extend(file.check.take().map(|check| lower_check(check, exact, line, place)).transpose()?);
    verbs.extend(file.each_attribute.take().map(|each| requests::each_attribute(each, line, place)).transpose()?);
    verbs.extend(file.fill_seats.take().map(Verb::FillSeats));
    verbs.extend(file.wait.take().map(|text| wait(&text, line, place)).transpose()?);
    let count = verbs.len();
    match (verbs.pop(), count) {
        (Some(verb), 1) => Ok(verb),
        (None, _) => Err(place
            .error(
                line,
                "a step needs a verb: an event such as `assign`, or `create`, `get`, `request`, `admin`, `check`",
            )
            .with_hint("docs/scenarios.md lists every step with an example")),
        _ => Err(place
            .error(line, format!("a step has one verb, this one has {count}"))
            .with_hint("split it in two steps")),
    }
}

fn events(file: &mut StepFile, line: u32, place: &Place<'_>) -> Result<Vec<Event>, DataError> {
    let mut events = Vec::new();
    events.extend(file.test_connection.then_some(Event::TestConnection));
    events.extend(file.cycle.then_some(Event::Cycle));
    events.extend(file.import.then_some(Event::Import));
    events.extend(file.assign.take().map(OneOrMany::into_vec).map(Event::Assign));
    events.extend(file.unassign.take().map(OneOrMany::into_vec).map(Event::Unassign));
    events.extend(file.disable.take().map(Event::Disable));
    events.extend(file.enable.take().map(Event::Enable));
    events.extend(file.suspend.take().map(Event::Suspend));
    events.extend(file.unsuspend.take().map(Event::Unsuspend));
    events.extend(file.soft_delete.take().map(Event::SoftDelete));
    events.extend(file.restore.take().map(Event::Restore));
    events.extend(file.hard_delete.take().map(Event::HardDelete));
    events.extend(file.push_group.take().map(Event::PushGroup));
    events.extend(file.push_members.take().map(Event::PushMembers));
    events.extend(file.delete_group.take().map(Event::DeleteGroup));
    events.extend(file.unlink_group.take().map(Event::UnlinkGroup));
    events.extend(file.on_demand.take().map(Event::OnDemand));
    events.extend(file.retry.take().map(Event::Retry));
    events.extend(single(file.change.take(), line, place)?.map(|(person, changes)| Event::Change { person, changes }));
    events.extend(single(file.rename_group.take(), line, place)?.map(|(group, to)| Event::RenameGroup { group, to }));
    events.extend(single(file.change_members.take(), line, place)?.map(|(group, members)| Event::ChangeMembers {
        group,
        add: members.add,
        remove: members.remove,
    }));
    if let Some(how) = file.restart.take() {
        let full = match how.as_str() {
            "full" => true,
            "keep-links" => false,
            other => return Err(place.unknown(line, "kind of restart", other, &["full", "keep-links"])),
        };
        events.push(Event::Restart { full });
    }
    Ok(events)
}

/// The only entry of a map that names what the step is about.
fn single<T>(map: Option<BTreeMap<String, T>>, line: u32, place: &Place<'_>) -> Result<Option<(String, T)>, DataError> {
    let Some(map) = map else { return Ok(None) };
    if map.len() == 1 {
        return Ok(map.into_iter().next());
    }
    Err(place.error(line, "name one person or group; use one step for each"))
}

fn lower_create(create: CreateFile, line: u32, place: &Place<'_>) -> Result<Verb, DataError> {
    let (key, is_group) = match (create.user, create.group) {
        (Some(user), None) => (user, false),
        (None, Some(group)) => (group, true),
        _ => return Err(place.error(line, "`create` needs either `user` or `group`")),
    };
    let (full, members, overrides, without) = (create.full, create.members, create.overrides, create.without);
    Ok(Verb::Create(Create { key, is_group, full, members, overrides, without }))
}

fn lower_check(
    check: BTreeMap<String, Value>,
    exact: Vec<String>,
    line: u32,
    place: &Place<'_>,
) -> Result<Verb, DataError> {
    let one = |(key, value): (String, Value)| match value {
        Value::Object(attributes) => Ok((key, Wanted::Attributes(attributes))),
        Value::Null => Ok((key, Wanted::Attributes(Map::new()))),
        Value::String(word) if word == "gone" => Ok((key, Wanted::Gone)),
        Value::String(word) if word == "as-answered" => Ok((key, Wanted::AsAnswered)),
        other => {
            let message =
                format!("`check` of `{key}` needs attributes, or the word `gone` or `as-answered`, not {other}");
            Err(place.error(line, message))
        }
    };
    Ok(Verb::Check { resources: check.into_iter().map(one).collect::<Result<_, _>>()?, exact })
}

fn lower_outcome(
    outcome: Option<OutcomeFile>,
    line: u32,
    place: &Place<'_>,
) -> Result<BTreeMap<String, Vec<OutcomeKind>>, DataError> {
    let kinds = |words: OneOrMany| -> Result<Vec<OutcomeKind>, DataError> {
        words.into_vec().iter().map(|word| outcome_kind(word, line, place)).collect()
    };
    match outcome {
        None => Ok(BTreeMap::new()),
        Some(OutcomeFile::Same(words)) => Ok(BTreeMap::from([(String::new(), kinds(words)?)])),
        Some(OutcomeFile::ByIdp(map)) => map.into_iter().map(|(idp, words)| Ok((idp, kinds(words)?))).collect(),
    }
}

fn outcome_kind(word: &str, line: u32, place: &Place<'_>) -> Result<OutcomeKind, DataError> {
    let found = OutcomeKind::NAMES.iter().find(|(name, _)| *name == word);
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        let accepted: Vec<&str> = OutcomeKind::NAMES.iter().map(|(name, _)| *name).collect();
        place.unknown(line, "outcome", word, &accepted)
    })
}

/// `tick`, or a duration.
fn wait(text: &str, line: u32, place: &Place<'_>) -> Result<Verb, DataError> {
    if text == "tick" { Ok(Verb::Tick) } else { duration(text, line, place).map(Verb::Wait) }
}

/// `30s`, `40m`, `6h`, `28d`.
fn duration(text: &str, line: u32, place: &Place<'_>) -> Result<Duration, DataError> {
    let bad = || place.error(line, format!("`{text}` is no duration; write 30s, 40m, 6h or 28d, or tick"));
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(bad)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return Err(bad()),
    };
    let number: u32 = number.trim().parse().map_err(|_| bad())?;
    Ok(Duration::from_secs(u64::from(number) * seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_may_assume_edit_a_body_and_leave_something_undecided() {
        let text = "title: T\nsteps:\n  - request: { PUT: /Users/1, body: '${a.body}', with: { active: false }, \
                    without: [title] }\n    assume: accepted\n    expect: [{ refused: true }, { status: 2xx, undecided: true }]\n";
        let scenario = parse("x/y", "x.yaml", text, false).unwrap();
        let step = &scenario.steps[0];
        let Verb::Request(request) = &step.verb else { panic!("{:?}", step.verb) };
        assert_eq!((request.overrides.len(), request.without.as_slice()), (1, ["title".to_owned()].as_slice()));
        assert_eq!(step.assume.len(), 1);
        assert_eq!(step.expect.iter().map(|one| one.undecided).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn a_rule_may_differ_by_dialect_and_the_dialect_goes_before_its_family() {
        let text = "title: T\nsteps:\n  - unassign: alice\n    rule: { okta: a/b, okta-aiw: c/d }\n";
        let step = &parse("x/y", "x.yaml", text, false).unwrap().steps[0];
        let rules = ["okta", "okta-aiw"].map(|dialect| step.rule_for(dialect, "okta"));
        assert_eq!(rules, [Some("a/b"), Some("c/d")]);
        assert_eq!(step.rule_for("entra", "entra"), None);
    }

    #[test]
    fn a_scenario_may_leave_out_some_of_a_family() {
        let text = "title: T\nidps: [okta, generic]\nexcept: [keycloak]\n";
        let scenario = parse("x/y", "x.yaml", text, false).unwrap();
        let suits = [("okta-aiw", "okta"), ("generic", "generic"), ("keycloak", "generic"), ("entra", "entra")];
        assert_eq!(suits.map(|(dialect, family)| scenario.suits(dialect, family)), [true, true, false, false]);
    }

    #[test]
    fn a_crowd_has_a_bound() {
        let text = "title: T\ngiven: { crowd: 501 }\n";
        let error = parse("x/y", "x.yaml", text, false).unwrap_err().to_string();
        assert!(error.contains("at most 500"), "{error}");
    }
}
