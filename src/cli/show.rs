//! `scimulator show`: the steps of a scenario, and the requests they become at the embedded server.

use std::sync::Arc;

use super::arguments::ShowArgs;
use super::config::Config;
use super::error::CliError;
use super::page::Page;
use super::run::run_error;
use super::{print, runtime, selection};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::{Client, ClientSettings, RateLimit, Redactor, sanitise};
use crate::rules::Profile;
use crate::run::{Job, Pace, Session, Shared, SnapshotSettings, Standard, plan};
use crate::scenario::{Catalogue, Listed, Scenario};

/// What is shown is the same every time.
const SEED: u64 = 1;

/// Runs the subcommand.
pub(super) fn show(context: &Context, args: &ShowArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let config = Config::find(None, context, redactor)?;
    let catalogue = selection::catalogue(args.scenarios.as_deref(), &config, context)?;
    let listed = selection::one(&catalogue, &args.id)?;
    let dialect = selection::dialect(&args.idp)?;
    if listed.is_passive {
        return Err(CliError::usage(format!("`{}` has no steps of its own: it looks at every exchange", args.id))
            .with_code(ExitCode::NothingSelected)
            .hint(format!("scimulator explain {}", args.id)));
    }
    let mut jobs = plan(&[listed], &catalogue, std::slice::from_ref(&dialect), false)?;
    let Some(job) = jobs.pop() else {
        let scenario = listed.parse()?;
        let hint = match &scenario.idps {
            Some(idps) if !scenario.except.contains(&dialect) => format!("it is for {}", idps.join(", ")),
            _ => format!("it is for all but {}", scenario.except.join(", ")),
        };
        return Err(CliError::usage(format!("`{}` is not played as {dialect}", args.id))
            .with_code(ExitCode::NothingSelected)
            .hint(hint));
    };
    let mut page = Page::new(context.width);
    head(&mut page, &job.scenario, listed);
    page.heading(&format!("requests, as {}", job.dialect));
    let transcript = transcript(job, &catalogue, redactor)?;
    page.line(&sanitise::block(&redactor.mask(&transcript)));
    print(&page.finish())
}

fn head(page: &mut Page, scenario: &Scenario, listed: &Listed) {
    page.line(&format!("{}  {}", scenario.id, scenario.title));
    page.line(&listed.file);
    if let Some(summary) = &scenario.summary {
        page.line("");
        page.paragraph(summary);
    }
    if !scenario.needs.is_empty() {
        page.heading("needs");
        page.paragraph(&scenario.needs.join(", "));
    }
    page.heading("steps");
    for (at, step) in scenario.steps.iter().enumerate() {
        let mut text = step.label.clone();
        if let Some(rule) = &step.rule {
            text = format!("{text}  ({rule})");
        }
        if let Some(only) = &step.only {
            text = format!("{text}  only as {}", only.join(", "));
        }
        page.row(&format!("{:>2}", at + 1), 2, &text);
    }
}

/// Plays the job on the embedded server.
fn transcript(job: Job, catalogue: &Catalogue, redactor: &Redactor) -> Result<String, CliError> {
    let session = quiet_session(vec![job], Vec::new(), catalogue, redactor);
    let transcript = runtime::start()?.block_on(session.transcript(Arc::new(Shared::default()))).map_err(run_error)?;
    Ok(transcript.to_string())
}

/// A run on the embedded server that keeps nothing and judges by every column.
pub(super) fn quiet_session(
    jobs: Vec<Job>,
    faults: Vec<String>,
    catalogue: &Catalogue,
    redactor: &Redactor,
) -> Session {
    let dialects: Vec<String> = jobs.iter().map(|job| job.dialect.clone()).collect();
    Session {
        jobs,
        target: None,
        faults,
        behaviours: Vec::new(),
        dialects,
        standard: Standard::new(catalogue.clone(), Profile::ALL.to_vec(), redactor.clone()),
        snapshots: SnapshotSettings::default(),
        client: Client::new(ClientSettings::default()),
        width: None,
        pace: Pace {
            max_wait: std::time::Duration::ZERO,
            real_time: false,
            rate: RateLimit::unlimited(),
            redactor: redactor.clone(),
        },
        seed: SEED,
        repeat: String::new(),
    }
}
