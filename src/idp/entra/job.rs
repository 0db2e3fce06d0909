//! The job: each event, and what it sets off.

use std::sync::Arc;
use std::time::Duration;

use super::customise::customise;
use super::memory::Memory;
use super::pass::{Pass, Stop};
use super::schedule::{Escrow, Job};
use super::settings::Settings;
use crate::idp::data::{DialectData, DialectError};
use crate::idp::mapping::{Mapping, Source, When};
use crate::idp::{Directory, Event, Halt, Outcome, OutcomeKind, Port};

/// Entra's provisioning job.
#[derive(Debug)]
pub struct Entra {
    pub(super) settings: Settings,
    pub(super) mapping: Arc<Mapping>,
    pub(super) memory: Memory,
    pub(super) job: Job,
    pub(super) escrow: Escrow,
    /// Managers that could not be written; they hold up nothing else (ENTRA-Q24).
    pub(super) held_references: Escrow,
}

impl Entra {
    /// A job with nothing in its memory.
    pub fn new(data: &DialectData) -> Result<Self, DialectError> {
        let settings: Settings = data.knobs()?;
        let mut mapping = (*data.mapping).clone();
        customise(&mut mapping.user, &settings, data)?;
        Ok(Self {
            settings,
            mapping: Arc::new(mapping),
            memory: Memory::default(),
            job: Job::default(),
            escrow: Escrow::default(),
            held_references: Escrow::default(),
        })
    }

    /// Sends these target attributes with whole users only, and references to others not at all.
    pub fn leave_unchanged(&mut self, lacks: &dyn Fn(&str) -> bool) {
        let entries = &mut Arc::make_mut(&mut self.mapping).user.entries;
        entries.retain(|entry| !(matches!(entry.source, Source::Reference(_)) && lacks(&entry.target.to_string())));
        for entry in entries.iter_mut().filter(|entry| entry.when == When::Always) {
            if lacks(&entry.target.to_string()) {
                entry.when = When::Whole;
            }
        }
    }

    /// Plays what the job does after an event.
    pub async fn play<P: Port>(
        &mut self,
        event: &Event,
        directory: &Directory,
        port: &mut P,
    ) -> Result<Vec<Outcome>, Halt> {
        self.memory.notice(event);
        match event {
            Event::TestConnection => Ok(vec![self.test_connection(directory, port).await?]),
            // Suspending is Okta's; Entra imports from HR systems only.
            Event::Suspend(key) | Event::Unsuspend(key) => Ok(vec![Outcome::of(OutcomeKind::Skipped, key, "")]),
            Event::Import => Ok(vec![Outcome::of_job(OutcomeKind::Skipped, "")]),
            Event::OnDemand(key) => self.on_demand(key, directory, port).await,
            Event::Restart { full } => {
                self.restart(*full, directory);
                self.cycle(directory, port, Duration::ZERO).await
            }
            Event::Retry(key) => {
                let after = self.retry(key, directory, port.now());
                self.cycle(directory, port, after).await
            }
            _ => self.cycle(directory, port, Duration::ZERO).await,
        }
    }

    /// The SCIM id held for a key, or held last.
    pub fn linked(&self, key: &str) -> Option<&str> {
        self.memory.links.last_id(key)
    }

    /// "Test connection" (E-TEST).
    async fn test_connection<P: Port>(&self, directory: &Directory, port: &mut P) -> Result<Outcome, Halt> {
        let mut pass = Pass { directory, port, style: self.settings.patch, on_demand: false, confirming: false };
        match self.probe(&mut pass).await {
            Ok(()) => Ok(Outcome::of_job(OutcomeKind::Connected, "The supplied credentials are authorized.")),
            Err(Stop::Halt(halt)) => Err(halt),
            Err(Stop::Trouble(trouble)) => {
                let message = format!(
                    "While attempting to validate our authorization to access your application, we received this \
                     unexpected response: {}",
                    trouble.reason
                );
                Ok(Outcome::of_job(OutcomeKind::Failed, message).with_code(trouble.code))
            }
        }
    }

    /// Watermark, escrow and quarantine are cleared; links are kept unless the restart is a full one (E-RESTART).
    fn restart(&mut self, full: bool, directory: &Directory) {
        self.job.restart();
        self.escrow.clear();
        self.held_references.clear();
        self.memory.restart(full, directory);
    }

    /// How long until an escrowed object is tried again; anything else is looked at in the next cycle.
    fn retry(&mut self, key: &str, directory: &Directory, now: Duration) -> Duration {
        if let Some(due) = self.escrow.get(key).and_then(|held| held.due) {
            return due.saturating_sub(now);
        }
        self.memory.changed(key, directory);
        Duration::ZERO
    }
}
