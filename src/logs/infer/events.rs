//! What happened in the directory, by a log: the events that a dialect plays again, each with what the log proves about
//! the requests that followed.

use serde_json::{Map, Value};

use super::evidence::Proof;
use crate::idp::Event;
use crate::logs::incidents::{Incident, is_unanswered};
use crate::logs::observation::{Change, Intent, Observation, Outcome, Provenance};

/// Key of the person or group in the directory of a reproduction.
pub(super) const KEY: &str = "subject";

/// One thing to play.
#[derive(Clone, Debug)]
pub(super) struct Happening {
    /// The event.
    pub(super) event: Event,
    /// What is known about its requests; `None` for what only sets the stage, whose requests are not kept.
    pub(super) proof: Option<Proof>,
}

/// What an incident's observations say that happened.
#[derive(Debug, Default)]
pub(super) struct Story {
    pub(super) happenings: Vec<Happening>,
    /// The IdP held a link before the log begins.
    pub(super) is_linked_before: bool,
}

/// Reads the story of an incident.
pub(super) fn story(incident: &Incident) -> Story {
    let mut story = Story::default();
    let mut state = State::default();
    let is_before = |index: usize| incident.failing.first().is_some_and(|first| index < *first);
    for (index, seen) in incident.observations.iter().enumerate() {
        if is_part_of_next(incident, index) || is_of_another_incident(incident, index) {
            continue;
        }
        // What went well before is no part of what failed, but for a group it shows that there was one.
        if seen.subject.is_group && is_before(index) && seen.outcome == Outcome::Success {
            continue;
        }
        match seen.intent {
            Intent::Assign => state.is_newly_assigned = true,
            Intent::Unassign => {
                if state.was_assigned {
                    story.stage(Event::Unassign(vec![KEY.to_owned()]));
                }
                (state.was_assigned, state.is_newly_assigned) = (false, false);
            }
            Intent::DirectoryChange => state.changes.extend(seen.changes.iter().cloned()),
            Intent::Sync => {
                // The job as a whole repeats its part, but for one that failed without a part.
                if incident.failing.contains(&index) {
                    operation(&mut story, &mut state, seen, Intent::Lookup);
                }
            }
            // Several people are what a lookup finds, whatever the record is called.
            Intent::Other if incident.failing.contains(&index) && is_several(seen) => {
                operation(&mut story, &mut state, seen, Intent::Lookup);
            }
            // Which call it was does not show: the simplest one stands in.
            Intent::Other if incident.failing.contains(&index) && seen.status().is_some() => {
                operation(&mut story, &mut state, seen, Intent::AuthTest);
            }
            Intent::RotateToken | Intent::Other => {}
            Intent::Import if seen.outcome == Outcome::Success => {}
            intent => operation(&mut story, &mut state, seen, intent),
        }
    }
    story
}

/// The step of a record that led to its write: the lookup or the read goes with that.
fn is_part_of_next(incident: &Incident, index: usize) -> bool {
    let seen = &incident.observations[index];
    let is_first = matches!(seen.intent, Intent::Lookup | Intent::Read) && seen.outcome == Outcome::Success;
    let is_write = |next: &Observation| {
        next.place.file == seen.place.file
            && next.place.record == seen.place.record
            && matches!(next.intent, Intent::Create | Intent::Update | Intent::Deactivate | Intent::Reactivate)
    };
    is_first
        && seen.http.as_ref().is_none_or(|http| http.method.is_none())
        && incident.observations.iter().any(is_write)
}

/// A failure of another kind is another incident of the same subject.
fn is_of_another_incident(incident: &Incident, index: usize) -> bool {
    let seen = &incident.observations[index];
    seen.outcome == Outcome::Failure
        && seen.intent != Intent::Sync
        && !incident.failing.is_empty()
        && !incident.failing.contains(&index)
}

#[derive(Default)]
#[allow(clippy::struct_excessive_bools, reason = "facts that do not exclude each other")]
struct State {
    was_assigned: bool,
    is_newly_assigned: bool,
    is_linked: bool,
    has_failed: bool,
    changes: Vec<Change>,
}

impl Story {
    fn stage(&mut self, event: Event) {
        self.happenings.push(Happening { event, proof: None });
    }

    fn play(&mut self, event: Event, proof: Proof) {
        self.happenings.push(Happening { event, proof: Some(proof) });
    }
}

/// The event behind an operation of the IdP, and before it what must have been.
fn operation(story: &mut Story, state: &mut State, seen: &Observation, intent: Intent) {
    // What is refused as no truth value, without a word about what changed, is the deactivation: Entra writes it as text.
    let has_changes = !seen.changes.is_empty() || !state.changes.is_empty();
    let is_of_activity = intent == Intent::Update
        && !has_changes
        && seen.message.as_ref().is_some_and(|message| message.raw.contains("must be a boolean"));
    let intent = if is_of_activity { Intent::Deactivate } else { intent };
    let mut proof = proof(seen, intent);
    let me = || KEY.to_owned();
    let assign = Event::Assign(vec![me()]);
    match intent {
        Intent::AuthTest => story.play(Event::TestConnection, proof),
        Intent::Lookup | Intent::Create => {
            let event = if state.was_assigned && state.has_failed { Event::Retry(me()) } else { assign };
            (state.was_assigned, state.is_newly_assigned) = (true, false);
            state.is_linked |= proof.is_success && intent == Intent::Create;
            state.has_failed = !proof.is_success;
            story.play(event, proof);
        }
        // A push right after an assignment, without a create: the lookup found somebody, who is linked.
        Intent::Update | Intent::Reactivate if !state.is_linked && state.is_newly_assigned => {
            (state.was_assigned, state.is_newly_assigned, state.is_linked) = (true, false, proof.is_success);
            proof.is_found = true;
            story.play(assign, proof);
        }
        Intent::Update | Intent::Read => {
            link_before(story, state);
            let changes = if seen.changes.is_empty() { &state.changes } else { &seen.changes };
            story.play(Event::Change { person: me(), changes: directory_changes(changes, seen) }, proof);
        }
        Intent::Deactivate | Intent::Delete => {
            link_before(story, state);
            (state.was_assigned, state.is_linked) = (false, state.is_linked && !proof.is_success);
            story.play(Event::Unassign(vec![me()]), proof);
        }
        Intent::Reactivate => {
            link_before(story, state);
            story.stage(Event::Unassign(vec![me()]));
            proof.is_found = true;
            story.play(assign, proof);
        }
        Intent::GroupLookup | Intent::GroupCreate => story.play(Event::PushGroup(me()), proof),
        Intent::GroupRead | Intent::GroupMembers | Intent::GroupUpdate => {
            if !state.is_linked {
                (story.is_linked_before, state.is_linked) = (true, true);
                story.stage(Event::PushGroup(me()));
            }
            let event = if intent == Intent::GroupUpdate {
                Event::RenameGroup { group: me(), to: "renamed".to_owned() }
            } else {
                Event::PushMembers(me())
            };
            story.play(event, proof);
        }
        Intent::GroupDelete => {
            if !state.is_linked {
                story.is_linked_before = true;
                story.stage(Event::PushGroup(me()));
            }
            state.is_linked = false;
            story.play(Event::DeleteGroup(me()), proof);
        }
        Intent::Import => story.play(Event::Import, proof),
        Intent::Assign
        | Intent::Unassign
        | Intent::DirectoryChange
        | Intent::Sync
        | Intent::RotateToken
        | Intent::Other => {}
    }
}

/// An update is of somebody whom the IdP was linked to already.
fn link_before(story: &mut Story, state: &mut State) {
    if !state.is_linked {
        story.stage(Event::Assign(vec![KEY.to_owned()]));
        (story.is_linked_before, state.was_assigned, state.is_linked) = (true, true, true);
    }
}

/// Attributes of the directory, by the names that mappings know.
fn directory_changes(changes: &[Change], seen: &Observation) -> Map<String, Value> {
    let mut attributes = Map::new();
    for change in changes {
        let name = match change.path.as_str() {
            "login" => "userName",
            "firstName" => "givenName",
            "lastName" => "familyName",
            other => other,
        };
        attributes.insert(name.to_owned(), change.new.as_deref().map_or(Value::Null, Value::from));
    }
    if attributes.is_empty() {
        // Something changed, or nothing would have been pushed; what it was does not show.
        let name = seen.subject.display_name.as_deref().unwrap_or("changed");
        attributes.insert("displayName".to_owned(), name.into());
    }
    attributes
}

/// What an observation proves.
fn proof(seen: &Observation, intent: Intent) -> Proof {
    let message = seen.message.as_ref();
    let says = |words: &str| message.is_some_and(|message| message.raw.contains(words));
    let is_gone = says("No user returned for user") || says("Linked group is missing");
    let is_empty = says("Create new user returned empty user");
    let is_refused_domain =
        message.and_then(|message| message.code.as_deref()).is_some_and(|code| code.ends_with("InvalidDomain"));
    let status = seen.status().or(is_refused_domain.then_some(400));
    Proof {
        place: seen.place.clone(),
        intent,
        is_success: seen.outcome == Outcome::Success,
        status: if is_gone { Some(404) } else { status },
        detail: message.and_then(|message| message.detail.clone()),
        body: message.and_then(|message| message.body.clone()),
        is_gone,
        is_empty,
        how: if is_gone { Provenance::Inferred("no-user-returned") } else { Provenance::Parsed },
        is_found: false,
        is_unanswered: is_unanswered(seen),
        only_links: says("Matching user not found"),
        is_bare: message.is_none() && seen.status().is_none(),
        is_several: is_several(seen),
    }
}

/// The IdP says that its lookup found more than one.
fn is_several(seen: &Observation) -> bool {
    let code = seen.message.as_ref().and_then(|message| message.code.as_deref());
    code.is_some_and(|code| code.ends_with("DuplicateTargetEntries") || code.ends_with("MultipleEntriesInResponse"))
}
