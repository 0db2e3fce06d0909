//! `scimulator reproduce`: plays an imported scenario and says whether it fails as it did at the customer.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::arguments::{RunArgs, TargetArgs};
use super::config::Config;
use super::error::CliError;
use super::page::Page;
use super::{interrupt, print, run, runtime, selection, target};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::{Redactor, shell_argument};
use crate::report::{Fanout, ReportKind, ReportSpec, open};
use crate::reproduce::{Reproduction, Verdict, judge, reported, rows};
use crate::run::{RunEvent, RunFooter, ScenarioResult, Session, Shared, SnapshotSettings, Totals};
use crate::scenario::{Imported, Scenario, WayToFail};

/// Arguments of `reproduce`.
#[derive(Clone, Debug, Default, Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags are booleans")]
pub(super) struct ReproduceArgs {
    /// Scenario file that `import` or `record` wrote
    #[arg(value_name = "SCENARIO")]
    pub(super) scenario: PathBuf,
    /// What must come out: observed, it fails as at the customer; conformant, it does not any more
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(super) expect: Expect,
    /// Let the embedded server behave so (`help behaviours`), instead of as the file says; may be repeated
    #[arg(long, value_name = "NAME[=ARGUMENT]")]
    pub(super) behave: Vec<String>,
    /// Break the embedded server, by the id of a rule, instead of as the file says; may be repeated
    #[arg(long, value_name = "RULE")]
    pub(super) fault: Vec<String>,
    /// Leave the embedded server as it should be
    #[arg(long, conflicts_with_all = ["behave", "fault", "try_all"])]
    pub(super) no_fault: bool,
    /// Try every way to fail that would look alike, until one reproduces
    #[arg(long = "try", conflicts_with_all = ["behave", "fault"])]
    pub(super) try_all: bool,
    /// Write a report: junit=FILE or json=FILE; may be repeated
    #[arg(long, value_name = "KIND=PATH")]
    pub(super) report: Vec<String>,
    /// Let waiting take real time
    #[arg(long)]
    pub(super) real_time: bool,
    /// Create and delete users and groups at this target without being asked again
    #[arg(long, help_heading = "Target")]
    pub(super) yes: bool,
    /// Mail domain that the target accepts [default: that of the file]
    #[arg(long, value_name = "DOMAIN", help_heading = "Target")]
    pub(super) mail_domain: Option<String>,
    /// Number from which every generated value follows
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,

    #[command(flatten)]
    pub(super) at: TargetArgs,
}

/// What must come out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Expect {
    /// It fails as at the customer.
    #[default]
    Observed,
    /// Everything is as it must be.
    Conformant,
}

impl Expect {
    const fn verdict(self) -> Verdict {
        match self {
            Self::Observed => Verdict::Reproduced,
            Self::Conformant => Verdict::NotReproduced,
        }
    }
}

/// One way that was played.
struct Attempt {
    way: WayToFail,
    scenario: Arc<Scenario>,
    result: Box<ScenarioResult>,
    events: Vec<RunEvent>,
    verdict: Verdict,
    is_interrupted: bool,
}

/// Runs the subcommand.
pub(super) fn reproduce(context: &Context, args: &ReproduceArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let config = Config::find(args.at.config.as_deref(), context, redactor)?;
    let imported = read(context, args)?;
    let at_target = target::endpoint(&args.at, &config, context, redactor)?.is_some();
    if at_target && (args.try_all || !args.behave.is_empty() || !args.fault.is_empty()) {
        return Err(CliError::usage("`--try`, `--fault` and `--behave` work with the embedded server only")
            .hint("leave out `--target`, or those flags"));
    }
    let reports = reports(context, args, redactor)?;
    let runtime = runtime::start()?;
    let ways = ways(args, &imported, at_target);
    let count = ways.len();
    let mut attempts = Vec::new();
    for way in ways {
        let attempt = attempt(context, args, &config, &way, redactor, &runtime)?;
        let is_last = attempt.verdict == Verdict::Reproduced || attempt.is_interrupted;
        attempts.push(attempt);
        if is_last {
            break;
        }
    }
    let tried = attempts.len();
    let best = attempts.pop().expect("there is always one way");
    let best = if best.verdict == Verdict::Reproduced || attempts.is_empty() { best } else { attempts.swap_remove(0) };
    let code = code(args, &best);
    tell_reports(reports, args, &best, code)?;
    print(&redactor.mask(&page(context, args, &imported, &best, (tried, count), at_target)))?;
    Ok(code)
}

fn read(context: &Context, args: &ReproduceArgs) -> Result<Imported, CliError> {
    let mut catalogue = crate::scenario::Catalogue::default();
    let id = selection::file(&mut catalogue, &context.folder.join(&args.scenario))?;
    let scenario = selection::one(&catalogue, &id)?.parse()?;
    scenario.imported.ok_or_else(|| {
        CliError::usage(format!("`{}` does not say what was observed", args.scenario.display()))
            .caused_by("a scenario to be reproduced has `imported:`, and `observed:` at its steps")
            .hint("scimulator import LOG --out FOLDER   writes such files; `scimulator run` plays any other")
    })
}

/// What is switched on, one after the other.
fn ways(args: &ReproduceArgs, imported: &Imported, at_target: bool) -> Vec<WayToFail> {
    let own = WayToFail { behave: args.behave.clone(), faults: args.fault.clone() };
    let of_file = WayToFail { behave: imported.behave.clone(), faults: imported.faults.clone() };
    if at_target || args.no_fault || own != WayToFail::default() {
        return vec![own];
    }
    let also = imported.also.iter().filter(|_| args.try_all).cloned();
    [of_file].into_iter().chain(also).collect()
}

fn attempt(
    context: &Context,
    args: &ReproduceArgs,
    config: &Config,
    way: &WayToFail,
    redactor: &Redactor,
    runtime: &tokio::runtime::Runtime,
) -> Result<Attempt, CliError> {
    let own = RunArgs {
        select: vec![args.scenario.display().to_string()],
        fault: way.faults.clone(),
        behave: way.behave.clone(),
        real_time: args.real_time,
        yes: args.yes,
        mail_domain: args.mail_domain.clone(),
        seed: args.seed,
        at: args.at.clone(),
        ..RunArgs::default()
    };
    let endpoint = target::endpoint(&own.at, config, context, redactor)?;
    let session = run::session(context, &own, config, endpoint, redactor)?;
    let session = Session { snapshots: SnapshotSettings::default(), ..session };
    let scenario = Arc::clone(&session.jobs[0].scenario);
    let cleans_up = session.target.is_some();
    let (footer, events) = runtime.block_on(async {
        let shared = Arc::new(Shared::default());
        interrupt::watch(&shared, cleans_up);
        let mut events = Vec::new();
        let footer = session.run(shared, &mut |event| events.push(event)).await.map_err(run::run_error)?;
        Ok::<(RunFooter, Vec<RunEvent>), CliError>((footer, events))
    })?;
    let result = events.iter().find_map(|event| match event {
        RunEvent::ScenarioFinished(result) => Some(result.clone()),
        RunEvent::Started(_) | RunEvent::ScenarioStarted { .. } | RunEvent::Finished(_) => None,
    });
    let result = result.ok_or_else(|| CliError::usage("nothing was played").with_code(ExitCode::CouldNotTest))?;
    let verdict = judge(&Reproduction { scenario: &scenario, result: &result });
    Ok(Attempt { way: way.clone(), scenario, result, events, verdict, is_interrupted: footer.interrupted })
}

/// It ended as was asked for. What did not fail at the customer either may be asked for both ways.
fn is_met(args: &ReproduceArgs, attempt: &Attempt) -> bool {
    let reproduction = Reproduction { scenario: &attempt.scenario, result: &attempt.result };
    let is_sound = || attempt.verdict == Verdict::Reproduced && reproduction.is_sound();
    attempt.verdict == args.expect.verdict() || args.expect == Expect::Conformant && is_sound()
}

fn code(args: &ReproduceArgs, attempt: &Attempt) -> ExitCode {
    match &attempt.verdict {
        _ if attempt.is_interrupted => ExitCode::Interrupted,
        _ if is_met(args, attempt) => ExitCode::Conformant,
        Verdict::Inconclusive(_) => ExitCode::CouldNotTest,
        _ => ExitCode::Findings,
    }
}

fn reports(context: &Context, args: &ReproduceArgs, redactor: &Redactor) -> Result<Fanout, CliError> {
    let wrong = |error: crate::report::SpecError| CliError::usage(error.to_string());
    let specs: Vec<ReportSpec> =
        args.report.iter().map(|text| text.parse().map_err(wrong)).collect::<Result<_, _>>()?;
    if specs.iter().any(|spec| spec.kind == ReportKind::Terminal || spec.path.is_none()) {
        return Err(CliError::usage("standard output shows the steps")
            .hint("write reports to files: `--report junit=report.xml`"));
    }
    let settings = run::report_settings(context, &RunArgs::default(), redactor);
    open(&specs, &settings).map_err(|error| CliError::usage(error.to_string()))
}

/// The events of the attempt, with the verdict of the reproduction.
fn tell_reports(mut reports: Fanout, args: &ReproduceArgs, attempt: &Attempt, code: ExitCode) -> Result<(), CliError> {
    let result = reported(&attempt.result, &attempt.verdict, &args.expect.verdict(), is_met(args, attempt));
    for event in &attempt.events {
        match event {
            RunEvent::ScenarioFinished(_) => reports.event(&RunEvent::ScenarioFinished(Box::new(result.clone()))),
            RunEvent::Finished(footer) => {
                let is = |wanted: ExitCode| usize::from(code == wanted);
                let totals = Totals {
                    passed: is(ExitCode::Conformant),
                    failed: is(ExitCode::Findings),
                    inconclusive: is(ExitCode::CouldNotTest),
                    requests: footer.totals.requests,
                    ..Totals::default()
                };
                let footer = RunFooter { totals, exit_code: code.code(), ..(**footer).clone() };
                reports.event(&RunEvent::Finished(Box::new(footer)));
            }
            RunEvent::Started(_) | RunEvent::ScenarioStarted { .. } => reports.event(event),
        }
    }
    reports.finish().map_err(|error| CliError::usage(error.to_string()))
}

fn page(
    context: &Context,
    args: &ReproduceArgs,
    imported: &Imported,
    best: &Attempt,
    (tried, count): (usize, usize),
    at_target: bool,
) -> String {
    let mut page = Page::new(context.width);
    let reproduction = Reproduction { scenario: &best.scenario, result: &best.result };
    page.line(&crate::http::sanitise::line(&best.scenario.title));
    let facts = [&imported.symptom, &imported.cause, &imported.dialect].into_iter().filter(|fact| !fact.is_empty());
    page.paragraph(&facts.cloned().collect::<Vec<_>>().join(" · "));
    page.paragraph(&on(best, at_target));
    if !imported.depends.is_empty() {
        page.paragraph(&crate::http::sanitise::line(&format!("depends on {}", imported.depends.join("; on "))));
    }
    page.heading("steps");
    for (at, row) in rows(&reproduction).iter().enumerate() {
        page.row(&format!("{:>2}", at + 1), 2, &row.step);
        if row.observed.is_empty() {
            continue;
        }
        let actual = if row.actual.is_empty() { "not played" } else { &row.actual };
        for (name, text) in [("observed", &*row.observed), ("conformant", &row.conformant), ("actual", actual)] {
            page.row(&format!("    {name}"), 14, text);
        }
        if row.failed_then {
            let same =
                if row.is_same == Some(true) { "fails in the same way" } else { "does not fail in the same way" };
            page.row("", 14, &format!("← {same}"));
        }
    }
    page.heading(&format!("verdict: {}", best.verdict.name()));
    if let Some(reason) = best.verdict.reason() {
        page.paragraph(reason);
    }
    let others = if best.verdict == Verdict::Reproduced { reproduction.other_differences() } else { Vec::new() };
    if !others.is_empty() {
        page.paragraph("The failure is the same. Beside it, the answers differ from what was observed:");
        for other in &others {
            page.row("  -", 4, other);
        }
    }
    if args.try_all {
        page.paragraph(&format!("{tried} of {count} ways to fail were tried"));
    }
    page.line(&format!("  {}", crate::http::sanitise::line(&next(args, best, imported, at_target))));
    page.finish()
}

/// Where it was played.
fn on(attempt: &Attempt, at_target: bool) -> String {
    let header = attempt.events.iter().find_map(|event| match event {
        RunEvent::Started(header) => header.target.clone(),
        RunEvent::ScenarioStarted { .. } | RunEvent::ScenarioFinished(_) | RunEvent::Finished(_) => None,
    });
    let names: Vec<&str> = attempt.way.behave.iter().chain(&attempt.way.faults).map(String::as_str).collect();
    match header {
        Some(target) if at_target => format!("at {target}"),
        _ if names.is_empty() => "on the embedded server, as it should be".to_owned(),
        _ => format!("on the embedded server with {}", names.join(", ")),
    }
}

/// What to do now.
fn next(args: &ReproduceArgs, attempt: &Attempt, imported: &Imported, at_target: bool) -> String {
    let file = shell_argument(&args.scenario.display().to_string());
    let reproduction = Reproduction { scenario: &attempt.scenario, result: &attempt.result };
    match &attempt.verdict {
        Verdict::Reproduced if at_target && reproduction.is_sound() => {
            "The target answers as at the customer, and as it must. Keep the file as a regression test with --expect conformant.".to_owned()
        }
        Verdict::Reproduced if at_target => {
            format!(
                "The target fails as the customer's log says. After the fix: scimulator reproduce {file} --target … --expect conformant"
            )
        }
        Verdict::Reproduced => format!("Next: scimulator reproduce {file} --target URL   plays it at your endpoint"),
        Verdict::NotReproduced if at_target => {
            "The target answers as it must. Keep the file as a regression test with --expect conformant.".to_owned()
        }
        Verdict::NotReproduced if !args.try_all && !args.no_fault && !imported.also.is_empty() => {
            format!("Next: scimulator reproduce {file} --try   goes through the other ways to fail")
        }
        Verdict::NotReproduced | Verdict::DifferentFailure(_) | Verdict::Inconclusive(_) => {
            match imported.assumptions.iter().find_map(|assumption| assumption.ask.as_deref()) {
                Some(ask) => format!("Ask the customer: {ask}"),
                None => "Look at `assumptions:` and `evidence:` in the file.".to_owned(),
            }
        }
    }
}
