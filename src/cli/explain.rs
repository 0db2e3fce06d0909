//! `scimulator explain`: a rule's file as a page.

use std::sync::Arc;

use super::arguments::ExplainArgs;
use super::config::Config;
use super::error::CliError;
use super::page::Page;
use super::run::run_error;
use super::show::quiet_session;
use super::{print, runtime, selection};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::faults;
use crate::http::Redactor;
use crate::report::{Fanout, ReportKind, ReportSettings, ReportSpec, Verbosity, open};
use crate::rules::{Mode, Profile, RuleMeta};
use crate::run::{Job, RunEvent, Shared, plan};
use crate::scenario::{Catalogue, Listed, Scenario};

/// The fact that names where a rule stands.
pub(super) const SOURCES: &str = "sources";
/// Columns of names.
const NAME: usize = 9;

/// Runs the subcommand.
pub(super) fn explain(context: &Context, args: &ExplainArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let config = Config::find(None, context, redactor)?;
    let catalogue = selection::catalogue(args.scenarios.as_deref(), &config, context)?;
    let listed = selection::one(&catalogue, &args.id)?;
    if !listed.is_rule {
        return Err(CliError::usage(format!("`{}` is a scenario, not a rule", args.id))
            .with_code(ExitCode::NothingSelected)
            .hint(format!("scimulator show {}", args.id)));
    }
    let meta = RuleMeta::read(&listed.file, listed.text())?;
    let scenario = listed.parse()?;
    print(&page(context.width, listed, &meta, &scenario))?;
    if args.demo { demo(context, listed, &catalogue, redactor) } else { Ok(ExitCode::Conformant) }
}

fn page(width: usize, listed: &Listed, meta: &RuleMeta, scenario: &Scenario) -> String {
    let mut page = Page::new(width);
    let id = &listed.id;
    page.line(&format!("{id}  {}", meta.title));
    page.line("");
    for (name, text) in facts(listed, meta) {
        page.row(name, NAME, &text);
    }
    page.heading("why");
    page.paragraph(&meta.why);
    if !meta.may.is_empty() {
        page.heading("servers may");
        meta.may.iter().for_each(|freedom| page.entry(freedom));
    }
    if !scenario.steps.is_empty() {
        page.heading("steps");
        for (at, step) in scenario.steps.iter().enumerate() {
            page.row(&format!("{:>2}", at + 1), 2, &step.label);
        }
    }
    page.heading("fault");
    page.paragraph(&meta.fault);
    if faults::names().contains(&id.as_str()) {
        page.line("");
        page.line(&format!("  scimulator run {id} --fault {id}"));
        page.line(&format!("  scimulator explain {id} --demo"));
    }
    page.finish()
}

/// What a rule's page says in one line each: its name and the words.
pub(super) fn facts(listed: &Listed, meta: &RuleMeta) -> Vec<(&'static str, String)> {
    let mode = match meta.mode {
        Mode::Passive => "passive: every exchange is looked at",
        Mode::Active => "active: its own steps provoke it",
    };
    let severities = Profile::ALL.map(|profile| format!("{} {}", profile.name(), meta.severity_for(profile).name()));
    let breaks = meta.breaks().collect::<Vec<_>>().join(", ");
    let mut facts = vec![
        ("level", format!("{}, tier {}", meta.level.name(), meta.tier.name())),
        ("checked", mode.to_owned()),
        ("severity", severities.join(", ")),
        ("breaks", if breaks.is_empty() { "no IdP".to_owned() } else { breaks }),
        (SOURCES, meta.sources.join("; ")),
    ];
    if !meta.gate.is_empty() {
        facts.push(("gate", meta.gate.join(", ")));
    }
    facts.push(("file", listed.file.clone()));
    facts
}

/// Plays the rule on the server as it is, and on the one with its fault.
fn demo(context: &Context, listed: &Listed, catalogue: &Catalogue, redactor: &Redactor) -> Result<ExitCode, CliError> {
    if !faults::names().contains(&listed.id.as_str()) {
        return Err(
            CliError::usage(format!("there is no fault for `{}`", listed.id)).with_code(ExitCode::NothingSelected)
        );
    }
    let dialects = selection::dialects(&[], &Config::default())?;
    let played: Vec<&Listed> = if listed.is_passive {
        selection::for_passive(catalogue, std::slice::from_ref(&listed.id))
    } else {
        vec![listed]
    };
    let jobs = plan(&played, catalogue, &dialects, false)?.into_iter().map(Job::with_load).collect::<Vec<_>>();
    let runtime = runtime::start()?;
    let mut verdicts = Vec::new();
    for (heading, faults) in [("as it is", Vec::new()), ("broken on purpose", vec![listed.id.clone()])] {
        print(&format!("\n── the embedded server, {heading}\n\n"))?;
        let mut reports = reports(context, redactor)?;
        let play = play(jobs.clone(), faults, listed, catalogue, redactor, &mut reports);
        verdicts.push(runtime.block_on(play)?);
        reports.finish().map_err(|error| CliError::usage(error.to_string()))?;
    }
    if verdicts == [false, true] {
        return Ok(ExitCode::Conformant);
    }
    Err(CliError::usage(format!("`{}` does not tell its fault from a correct server", listed.id))
        .with_code(ExitCode::Bug))
}

/// Whether anything failed.
async fn play(
    jobs: Vec<Job>,
    faults: Vec<String>,
    listed: &Listed,
    catalogue: &Catalogue,
    redactor: &Redactor,
    reports: &mut Fanout,
) -> Result<bool, CliError> {
    let mut session = quiet_session(jobs, faults, catalogue, redactor);
    session.standard.only = Some(vec![listed.id.clone()]);
    let mut emit = |event: RunEvent| reports.event(&event);
    let footer = session.run(Arc::new(Shared::default()), &mut emit).await.map_err(run_error)?;
    Ok(footer.exit_code == ExitCode::Findings.code())
}

fn reports(context: &Context, redactor: &Redactor) -> Result<Fanout, CliError> {
    let settings = ReportSettings {
        redactor: redactor.clone(),
        begun: context.now(),
        width: context.width,
        colour: context.colour,
        progress: false,
        verbosity: Verbosity::Quiet,
    };
    open(&[ReportSpec { kind: ReportKind::Terminal, path: None }], &settings)
        .map_err(|error| CliError::usage(error.to_string()))
}
