//! `import --verify`: does each incident fail alike with the customer's names and without them, and on what of its values
//! does it depend?

use std::cell::Cell;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::arguments::RunArgs;
use super::config::Config;
use super::error::CliError;
use super::export::play;
use super::import::ImportArgs;
use super::show::quiet_session;
use super::{run, selection, target};
use crate::context::Context;
use crate::http::Redactor;
use crate::reproduce::{Kept, Reproduction, Values, Verdict, judge, smallest};
use crate::run::{Job, PLAIN, Session, SnapshotSettings};
use crate::scenario::{Catalogue, Imported, parse};
use crate::yaml;

/// So often one incident is played at most; what was found until then is enough, if not the least.
const MOST_PLAYS: usize = 400;
/// … at a target, where each play takes its time.
const MOST_PLAYS_THERE: usize = 60;

/// What came out for one incident.
#[derive(Debug)]
pub(super) struct Verified {
    /// The scenario to write: the redacted one, with what must be kept as it was.
    pub(super) document: Map<String, Value>,
    /// What is said of it.
    pub(super) words: String,
    /// What of the customer's own values is kept.
    pub(super) warning: Option<String>,
    /// It fails alike with the customer's names and without.
    pub(super) is_alike: bool,
}

/// A scenario with the customer's names and without.
pub(super) struct Pair<'d> {
    pub(super) raw: &'d Map<String, Value>,
    pub(super) redacted: &'d Map<String, Value>,
}

/// Plays an incident both ways, and looks for what it depends on. `shows` tells whether a scenario holds something that
/// must not be shown.
pub(super) fn verify(
    Pair { raw, redacted }: Pair<'_>,
    shows: impl Fn(&Map<String, Value>) -> bool,
    stage: &Stage<'_>,
) -> Result<Verified, CliError> {
    stage.plays.set(0);
    let (was, is) = (stage.verdict(raw)?, stage.verdict(redacted)?);
    let kept_as_is = |words: String, is_alike| Verified { document: redacted.clone(), words, warning: None, is_alike };
    let names = [was.name(), is.name()];
    let Some(values) = Values::of(raw, redacted) else {
        return Ok(kept_as_is(format!("raw {}, redacted {}", names[0], names[1]), names[0] == names[1]));
    };
    if names[0] == names[1] {
        let depends = if was == Verdict::Reproduced { stage.depends(&values)? } else { Vec::new() };
        let words = match &*depends {
            [] if was == Verdict::Reproduced => "; it does not depend on how names are written".to_owned(),
            [] => String::new(),
            some => format!("; it depends on {}", some.join("; on ")),
        };
        let verified = kept_as_is(format!("{} with the customer's names and without{words}", names[0]), true);
        return Ok(Verified { document: with_depends(verified.document, &depends), ..verified });
    }
    let lost = format!("{} with the customer's names, {} without", names[0], names[1]);
    let is_again = |kept: &[Kept]| Ok(stage.verdict(&values.with_as_it_was(kept))?.name() == names[0]);
    let changed = values.changed();
    if !is_again(&changed)? {
        return Ok(kept_as_is(lost, false));
    }
    let kept = smallest(&changed, |kept| stage.within_bounds(|| is_again(kept)))?;
    let depends = values.words(&kept);
    let document = with_depends(values.with_as_it_was(&kept), &depends);
    let words = format!("{lost}; it depends on {}", depends.join("; on "));
    if values.tells(&kept) || shows(&document) {
        let flags: Vec<String> = values.names(&kept).iter().map(|name| format!("--keep {name}")).collect();
        return Ok(kept_as_is(format!("{words}; `{}` keeps it", flags.join(" ")), false));
    }
    let warning = Some(format!("{} is kept as it was", depends.join(" and ")));
    Ok(Verified { document, words, warning, is_alike: true })
}

/// Where scenarios are played: on the embedded server, or at a target.
pub(super) struct Stage<'a> {
    context: &'a Context,
    redactor: &'a Redactor,
    /// What is said of the target.
    there: Option<(RunArgs, Config)>,
    plays: Cell<usize>,
}

impl<'a> Stage<'a> {
    /// Where an import plays what it verifies. A target counts only when it is given with the command: who has one in the
    /// environment does not expect the customer's names there.
    pub(super) fn of(context: &'a Context, args: &ImportArgs, redactor: &'a Redactor) -> Result<Self, CliError> {
        let stage = Self { context, redactor, there: None, plays: Cell::new(0) };
        let ImportArgs { at, yes, mail_domain, verify, .. } = args;
        let Some(url) = at.target.as_deref().filter(|target| *target != "embedded") else { return Ok(stage) };
        if !verify {
            return Err(CliError::usage("`--target` is where `--verify` plays, and `--verify` is not given")
                .hint("to play a file that is imported: scimulator reproduce FILE --target URL"));
        }
        if !yes {
            return Err(CliError::usage(format!(
                "`--verify` would create and delete users and groups at {url}, under the customer's names"
            ))
            .hint("`--yes` says that this is meant"));
        }
        if at.token.is_some() {
            return Err(CliError::usage("`--verify` plays several times, and standard input can be read once")
                .hint("use `--token-file FILE` or the variable SCIMULATOR_TOKEN"));
        }
        let own = RunArgs { yes: true, mail_domain: mail_domain.clone(), at: at.clone(), ..RunArgs::default() };
        let config = Config::find(at.config.as_deref(), context, redactor)?;
        Ok(Self { there: Some((own, config)), ..stage })
    }

    /// A run of one job.
    fn session(&self, job: Job, imported: &Imported) -> Result<Session, CliError> {
        let Some((args, config)) = &self.there else {
            return Ok(Session {
                behaviours: selection::behaviours(&imported.behave)?,
                ..quiet_session(vec![job], imported.faults.clone(), &Catalogue::default(), self.redactor)
            });
        };
        let endpoint = target::endpoint(&args.at, config, self.context, self.redactor)?;
        let session = run::session(self.context, args, config, endpoint, self.redactor)?;
        Ok(Session {
            dialects: vec![job.dialect.clone()],
            jobs: vec![job],
            snapshots: SnapshotSettings::default(),
            ..session
        })
    }

    const fn most_plays(&self) -> usize {
        if self.there.is_some() { MOST_PLAYS_THERE } else { MOST_PLAYS }
    }

    /// How a scenario ends: on the embedded server with the behaviours and faults that it names.
    fn verdict(&self, document: &Map<String, Value>) -> Result<Verdict, CliError> {
        self.plays.set(self.plays.get() + 1);
        let scenario = Arc::new(parse("incident", "incident.yaml", &yaml::write(document), false)?);
        let imported = scenario.imported.clone().unwrap_or_default();
        let job = Job { scenario: Arc::clone(&scenario), dialect: PLAIN.to_owned() };
        let session = self.session(job, &imported)?;
        let nothing = || Verdict::Inconclusive("nothing was played".to_owned());
        let result = play(session)?;
        Ok(result.map_or_else(nothing, |result| judge(&Reproduction { scenario: &scenario, result: &result })))
    }

    /// What of the values a failure depends on, of all that redaction keeps.
    fn depends(&self, values: &Values<'_>) -> Result<Vec<String>, CliError> {
        let fails = |kept: &[Kept]| Ok(self.verdict(&values.plain_but(kept))? == Verdict::Reproduced);
        let special = values.special();
        if special.is_empty() || fails(&[])? || !fails(&special)? {
            return Ok(Vec::new());
        }
        Ok(values.words(&smallest(&special, |kept| self.within_bounds(|| fails(kept)))?))
    }

    /// Nothing more is tried when it was played too often.
    fn within_bounds(&self, play: impl FnOnce() -> Result<bool, CliError>) -> Result<bool, CliError> {
        if self.plays.get() < self.most_plays() { play() } else { Ok(false) }
    }
}

fn with_depends(mut document: Map<String, Value>, depends: &[String]) -> Map<String, Value> {
    if let Some(imported) = document.get_mut("imported").filter(|_| !depends.is_empty()) {
        imported["depends"] = json!(depends);
    }
    document
}
