//! What the scenario reader cannot know: whether a file's people, dialects, settings and rules exist.

use crate::faults;
use crate::idp::{Dialect, Directory};
use crate::run::plan::jobs::PLAIN;
use crate::scenario::{Catalogue, Listed, Scenario, Step, Verb};
use crate::server::Settings;
use crate::yaml::{DataError, did_you_mean, nearest};

/// Names that stand for dialects in `idps`, `only`, `outcome` and `knobs`, beside the dialects themselves.
const FAMILIES: [&str; 3] = ["okta", "entra", "generic"];

/// Checks a scenario against the directory, the dialects, the personas and the rules there are.
pub(in crate::run) fn check(scenario: &Scenario, listed: &Listed, catalogue: &Catalogue) -> Result<(), DataError> {
    let file = File { scenario, listed };
    let mut directory = Directory::built_in();
    scenario.join(&mut directory, None);
    file.given(&directory)?;
    file.dialects(scenario.idps.iter().flatten(), "idps", file.line_of("idps"))?;
    file.dialects(&scenario.except, "except", file.line_of("except"))?;
    for step in &scenario.steps {
        file.step(step, &mut directory, catalogue)?;
    }
    Ok(())
}

struct File<'a> {
    scenario: &'a Scenario,
    listed: &'a Listed,
}

impl File<'_> {
    fn error(&self, line: u32, message: String, guess: Option<&str>) -> DataError {
        let error = DataError::at(&self.listed.file, self.listed.text(), line, message);
        match guess {
            Some(guess) => error.with_hint(did_you_mean(guess)),
            None => error,
        }
    }

    /// Where a top-level key stands.
    fn line_of(&self, key: &str) -> u32 {
        let mut lines = self.listed.text().lines();
        let at = lines.position(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')));
        at.and_then(|at| u32::try_from(at + 1).ok()).unwrap_or(1)
    }

    fn given(&self, directory: &Directory) -> Result<(), DataError> {
        let (given, line) = (&self.scenario.given, self.line_of("given"));
        let persona = given.persona.as_deref().unwrap_or("rfc");
        let Some(settings) = Settings::persona(persona) else {
            let guess = nearest(persona, Settings::personas());
            return Err(self.error(line, format!("there is no persona `{persona}`"), guess));
        };
        settings.with(&given.server).map_err(|message| self.error(line, message, None))?;
        for account in &given.accounts {
            self.key(directory, &account.person, line)?;
        }
        self.dialects(given.knobs.keys(), "knobs", line)?;
        for (id, knobs) in &given.knobs {
            Dialect::new(id, knobs).map_err(|error| {
                let hint = error.hint();
                let broken = self.error(line, error.to_string(), None);
                hint.map_or(broken.clone(), |hint| broken.with_hint(hint))
            })?;
        }
        Ok(())
    }

    fn dialects<'n>(
        &self,
        names: impl IntoIterator<Item = &'n String>,
        what: &str,
        line: u32,
    ) -> Result<(), DataError> {
        let known: Vec<&str> = FAMILIES.into_iter().chain(Dialect::ids()).collect();
        for name in names.into_iter().filter(|name| !name.is_empty() && *name != PLAIN) {
            if !known.contains(&name.as_str()) {
                let guess = nearest(name, known.iter().copied());
                return Err(self.error(line, format!("`{what}` names `{name}`, which is no dialect"), guess));
            }
        }
        Ok(())
    }

    fn step(&self, step: &Step, directory: &mut Directory, catalogue: &Catalogue) -> Result<(), DataError> {
        self.dialects(step.only.iter().flatten(), "only", step.line)?;
        self.dialects(step.outcome.keys(), "outcome", step.line)?;
        self.dialects(step.rule_by.keys(), "rule", step.line)?;
        for rule in step.rules() {
            self.rule(rule, step.line, catalogue)?;
        }
        match &step.verb {
            Verb::Event(event) => directory
                .apply(event)
                .map_err(|unknown| self.error(step.line, unknown.to_string(), unknown.nearest.as_deref()))?,
            Verb::Create(create) => {
                for key in create.members.iter().chain([&create.key]) {
                    self.key(directory, key, step.line)?;
                }
            }
            Verb::EachAttribute(each) => self.key(directory, &each.key, step.line)?,
            Verb::Get(key) | Verb::Delete(key) => self.key(directory, key, step.line)?,
            Verb::Check { resources, .. } => {
                for (key, _) in resources {
                    self.key(directory, key, step.line)?;
                }
            }
            Verb::Parallel(steps) => {
                for step in steps {
                    self.step(step, directory, catalogue)?;
                }
            }
            Verb::Request(_)
            | Verb::Walk(_)
            | Verb::Load(_)
            | Verb::Admin(_)
            | Verb::FillSeats(_)
            | Verb::Wait(_)
            | Verb::Tick => {}
        }
        Ok(())
    }

    /// A rule that no file describes would count as an error for every IdP, so a misspelt one must not pass.
    fn rule(&self, rule: &str, line: u32, catalogue: &Catalogue) -> Result<(), DataError> {
        let has_fault = faults::names().binary_search(&rule).is_ok();
        if has_fault || catalogue.get(rule).is_some_and(|listed| listed.is_rule) {
            return Ok(());
        }
        let guess = nearest(rule, catalogue.all().filter(|listed| listed.is_rule).map(|listed| listed.id.as_str()));
        Err(self.error(line, format!("there is no rule `{rule}`"), guess))
    }

    fn key(&self, directory: &Directory, key: &str, line: u32) -> Result<(), DataError> {
        if directory.people.contains_key(key) || directory.groups.contains_key(key) {
            return Ok(());
        }
        let keys = directory.people.keys().chain(directory.groups.keys());
        let guess = nearest(key, keys.map(String::as_str));
        Err(self.error(line, format!("nobody and no group in the directory is called `{key}`"), guess))
    }
}
