//! What the provisioning log says of one object, and when it is tried again.

use std::time::Duration;

use super::Entra;
use super::pass::{Done, Stop};
use super::reaction::{Course, Trouble};
use super::schedule::retry_sentence;
use crate::idp::{Directory, Halt, Outcome, OutcomeKind};

impl Entra {
    /// The outcome of one object; the trouble itself when it stops the whole job.
    pub(super) fn record(
        &mut self,
        key: &str,
        result: Result<Done, Stop>,
        directory: &Directory,
        now: Duration,
    ) -> Result<Result<Outcome, Trouble>, Halt> {
        let trouble = match result {
            Err(Stop::Halt(halt)) => return Err(halt),
            Err(Stop::Trouble(trouble)) => trouble,
            Ok(done) => {
                self.escrow.release(key);
                self.memory.retried.remove(key);
                return Ok(Ok(done.outcome(key)));
            }
        };
        if trouble.course != Course::NextCycle
            && let Some(account) = self.memory.accounts.get_mut(key)
        {
            account.unconfirmed = false;
        }
        Ok(match trouble.course {
            Course::Quarantine => Err(trouble),
            Course::Administrator => {
                self.escrow.release(key);
                Ok(Outcome::of(OutcomeKind::Failed, key, trouble.reason).with_code(trouble.code))
            }
            Course::NextCycle => {
                self.memory.changed(key, directory);
                Ok(self.next_cycle(key, &trouble, now))
            }
            Course::Escrow => Ok(self.hold(key, &trouble, now)),
        })
    }

    /// A passing reason: the next cycle takes the object up again.
    fn next_cycle(&mut self, key: &str, trouble: &Trouble, now: Duration) -> Outcome {
        let retried = self.memory.retried.entry(key.to_owned()).and_modify(|times| *times += 1).or_insert(0);
        let sentence = retry_sentence(*retried, now + self.settings.cycle(), &self.settings);
        let message = format!("{}{sentence}", trouble.reason);
        Outcome::of(OutcomeKind::RetryScheduled, key, message).with_code(trouble.code)
    }

    /// Into escrow, or out of it for good after four weeks.
    fn hold(&mut self, key: &str, trouble: &Trouble, now: Duration) -> Outcome {
        let held = self.escrow.hold(key, now, &self.settings);
        let (kind, message) = match held.due {
            Some(due) => {
                let sentence = retry_sentence(held.retried, due, &self.settings);
                (OutcomeKind::RetryScheduled, format!("{}{sentence}", trouble.reason))
            }
            None => (OutcomeKind::Failed, trouble.reason.clone()),
        };
        Outcome::of(kind, key, message).with_code(trouble.code)
    }
}
