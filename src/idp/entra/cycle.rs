//! The cycle: probe, then users, then references, then groups.

use std::time::Duration;

use super::lookup::{self, Found, Question};
use super::pass::{Pass, Stop};
use super::patch::Style;
use super::reaction::{self, Course, Trouble};
use super::requests::Requests;
use super::{Entra, GROUPS, USERS};
use crate::idp::mapping::AttributeMap;
use crate::idp::{Directory, Halt, Outcome, OutcomeKind, Port, Waiting};

/// What a cycle made of its objects so far.
type Outcomes = Vec<Outcome>;

impl Entra {
    /// Waits for the next cycle, or for `at_least` as long, and runs it.
    pub(super) async fn cycle<P: Port>(
        &mut self,
        directory: &Directory,
        port: &mut P,
        at_least: Duration,
    ) -> Result<Outcomes, Halt> {
        if self.job.is_switched_off(port.now()) {
            return Ok(vec![switched_off()]);
        }
        let next = self.job.until_next(port.now(), &self.settings);
        if !next.max(at_least).is_zero() {
            let why = if at_least > next { "escrow" } else { self.job.rhythm() };
            port.wait(next.max(at_least), Waiting::Schedule(why)).await?;
        }
        self.job.begin(port.now());
        let mut pass = Pass { directory, port, style: self.settings.patch, on_demand: false, confirming: false };
        match self.probe(&mut pass).await {
            Ok(()) => self.job.recover(),
            Err(Stop::Halt(halt)) => return Err(halt),
            Err(Stop::Trouble(trouble)) => return Ok(vec![self.not_started(trouble, pass.port.now())]),
        }
        let mut outcomes = Vec::new();
        if let Some(stopped) = self.objects(&mut pass, &mut outcomes).await? {
            outcomes.push(stopped);
        }
        if outcomes.is_empty() {
            outcomes.push(Outcome::of_job(OutcomeKind::Skipped, "").with_code(reaction::SKIPPED));
        }
        Ok(outcomes)
    }

    /// Looks for a user, and a group, that cannot exist: the endpoint and the credentials work when the answer is an
    /// empty list (ENTRA-Q09).
    pub(super) async fn probe<P: Port>(&self, pass: &mut Pass<'_, P>) -> Result<(), Stop> {
        self.probe_one(USERS, &self.mapping.user, pass).await?;
        if self.settings.probes_groups() {
            self.probe_one(GROUPS, &self.mapping.group, pass).await?;
        }
        Ok(())
    }

    async fn probe_one<P: Port>(
        &self,
        collection: &'static str,
        mapping: &AttributeMap,
        pass: &mut Pass<'_, P>,
    ) -> Result<(), Stop> {
        let Some(entry) = mapping.matching().first().copied() else { return Ok(()) };
        let value = guid(pass.port.random(), pass.port.random());
        let question = Question { collection, target: &entry.target, value: &value };
        match lookup::find(question, Requests(&self.settings), pass).await? {
            Found::Nobody => Ok(()),
            Found::One(_) | Found::Several => {
                Err(Stop::needs_admin(reaction::INCOMPATIBLE_FILTERING, "A random value was found by a filter."))
            }
        }
    }

    /// The probe failed. A passing reason costs this cycle, every other one quarantines the job.
    fn not_started(&mut self, trouble: Trouble, now: Duration) -> Outcome {
        if trouble.course == Course::NextCycle {
            return Outcome::of_job(OutcomeKind::RetryScheduled, trouble.reason).with_code(trouble.code);
        }
        self.quarantine(trouble, now)
    }

    /// Stops the job until the connection works again.
    fn quarantine(&mut self, trouble: Trouble, now: Duration) -> Outcome {
        self.job.quarantine(now);
        let code = if trouble.code == "InsufficientRights" { reaction::CREDENTIALS } else { trouble.code };
        Outcome::of_job(OutcomeKind::Quarantined, trouble.reason).with_code(code)
    }

    /// Every object that is due, in the order users, references, groups. Some outcome when the job stops.
    async fn objects<P: Port>(
        &mut self,
        pass: &mut Pass<'_, P>,
        outcomes: &mut Outcomes,
    ) -> Result<Option<Outcome>, Halt> {
        if let Some(stopped) = self.users(pass, outcomes).await? {
            return Ok(Some(stopped));
        }
        if let Some(stopped) = self.references(None, pass, outcomes).await? {
            return Ok(Some(stopped));
        }
        self.groups(pass, outcomes).await
    }

    async fn users<P: Port>(
        &mut self,
        pass: &mut Pass<'_, P>,
        outcomes: &mut Outcomes,
    ) -> Result<Option<Outcome>, Halt> {
        let mut due = self.memory.take_people();
        let is_person = |key: &String| pass.directory.people.contains_key(key);
        append(&mut due, self.escrow.due(pass.port.now()).into_iter().filter(is_person));
        let changed = due.len();
        append(&mut due, self.memory.unconfirmed().into_iter());
        for (position, key) in due.iter().enumerate() {
            pass.confirming = position >= changed;
            let result = self.synchronise_user(key, pass).await;
            let is_idle = pass.confirming && matches!(&result, Ok(done) if done.is_skipped());
            match self.record(key, result, pass.directory, pass.port.now())? {
                Ok(_) if is_idle => {}
                Ok(outcome) => outcomes.push(outcome),
                Err(trouble) => {
                    due[position..changed.max(position)].iter().for_each(|key| self.memory.person_changed(key));
                    return Ok(Some(self.quarantine(trouble, pass.port.now())));
                }
            }
        }
        pass.confirming = false;
        Ok(None)
    }

    async fn groups<P: Port>(
        &mut self,
        pass: &mut Pass<'_, P>,
        outcomes: &mut Outcomes,
    ) -> Result<Option<Outcome>, Halt> {
        let mut due = self.memory.take_groups();
        let is_group = |key: &String| pass.directory.groups.contains_key(key);
        append(&mut due, self.escrow.due(pass.port.now()).into_iter().filter(is_group));
        for (position, key) in due.iter().enumerate() {
            let result = self.synchronise_group(key, pass).await;
            match self.record(key, result, pass.directory, pass.port.now())? {
                Ok(outcome) => outcomes.push(outcome),
                Err(trouble) => {
                    due[position..].iter().for_each(|key| self.memory.group_changed(key));
                    return Ok(Some(self.quarantine(trouble, pass.port.now())));
                }
            }
        }
        Ok(None)
    }

    /// Managers of everybody, or of one person. One that was written makes an update of an otherwise unchanged user.
    async fn references<P: Port>(
        &mut self,
        only: Option<&str>,
        pass: &mut Pass<'_, P>,
        outcomes: &mut Outcomes,
    ) -> Result<Option<Outcome>, Halt> {
        for reference in self.open_references(only, pass) {
            let key = &reference.key;
            let now = pass.port.now();
            if self.held_references.get(key).is_some_and(|held| held.due.is_none_or(|due| due > now)) {
                continue;
            }
            let written = self.write_reference(&reference, pass).await;
            let own = outcomes.iter_mut().find(|outcome| outcome.subject.as_ref() == Some(key));
            match (written, own) {
                (Ok(done), own) => {
                    self.held_references.release(key);
                    if let Some(outcome) = own.filter(|outcome| outcome.kind == OutcomeKind::Skipped) {
                        *outcome = done.outcome(key);
                    }
                }
                (Err(Stop::Halt(halt)), _) => return Err(halt),
                (Err(Stop::Trouble(trouble)), _) if trouble.course == Course::Quarantine => {
                    return Ok(Some(self.quarantine(trouble, now)));
                }
                (Err(Stop::Trouble(trouble)), _) => {
                    self.held_references.hold(key, now, &self.settings);
                    outcomes
                        .push(Outcome::of(OutcomeKind::RetryScheduled, key, trouble.reason).with_code(trouble.code));
                }
            }
        }
        Ok(None)
    }

    /// One object by hand: no cycle, no waiting, always the legacy PATCH (ENTRA-Q13).
    pub(super) async fn on_demand<P: Port>(
        &mut self,
        key: &str,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Outcomes, Halt> {
        let mut pass = Pass { directory, port, style: Style::Legacy, on_demand: true, confirming: false };
        match self.probe(&mut pass).await {
            Ok(()) => {}
            Err(Stop::Halt(halt)) => return Err(halt),
            Err(Stop::Trouble(trouble)) => {
                return Ok(vec![Outcome::of(OutcomeKind::Failed, key, trouble.reason).with_code(trouble.code)]);
            }
        }
        self.memory.up_to_date(key);
        let is_group = directory.groups.contains_key(key);
        let result = if is_group {
            self.synchronise_group(key, &mut pass).await
        } else {
            self.synchronise_user(key, &mut pass).await
        };
        let now = pass.port.now();
        let mut outcomes = Vec::new();
        match self.record(key, result, directory, now)? {
            Ok(outcome) => outcomes.push(outcome),
            Err(trouble) => return Ok(vec![self.quarantine(trouble, now)]),
        }
        if !is_group && let Some(stopped) = self.references(Some(key), &mut pass, &mut outcomes).await? {
            outcomes.push(stopped);
        }
        Ok(outcomes)
    }
}

/// Adds the keys that are not there yet.
fn append(keys: &mut Vec<String>, more: impl Iterator<Item = String>) {
    for key in more {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
}

fn switched_off() -> Outcome {
    let message = "The provisioning job is disabled: it was in quarantine for more than four weeks.";
    Outcome::of_job(OutcomeKind::Quarantined, message)
}

/// A random GUID (version 4) as .NET writes it.
fn guid(high: u64, low: u64) -> String {
    let all = (u128::from(high) << 64) | u128::from(low);
    let version = (all & !(0xf << 76)) | (0x4 << 76);
    let bits = (version & !(0x3 << 62)) | (0x2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guid_says_its_version_and_variant() {
        assert_eq!(guid(0, 0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(guid(u64::MAX, u64::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
    }
}
