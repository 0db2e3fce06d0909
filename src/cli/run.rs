//! `scimulator run`: decides every setting, plays, reports.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::arguments::{Colour, RunArgs};
use super::config::Config;
use super::error::CliError;
use super::target::Endpoint;
use super::{interrupt, policy, runtime, selection, target};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::{Redactor, shell_argument};
use crate::report::{Fanout, ReportSettings, ReportSpec, Verbosity, open};
use crate::run::{Job, Knowledge, Pace, RunError, Session, Shared, SnapshotSettings, Standard, TargetSettings, plan};
use crate::scenario::{Catalogue, Listed};

/// Longest Retry-After that is really waited for.
const MAX_WAIT: Duration = Duration::from_secs(30);
/// Name of the snapshot folder.
const SNAPSHOTS: &str = "snapshots";

/// Runs the subcommand.
pub(super) fn run(context: &Context, args: &RunArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let config = Config::find(args.at.config.as_deref(), context, redactor)?;
    let endpoint = target::endpoint(&args.at, &config, context, redactor)?;
    let session = session(context, args, &config, endpoint, redactor)?;
    let specs = specs(args)?;
    let cleans_up = session.target.is_some();
    let reports =
        open(&specs, &report_settings(context, args, redactor)).map_err(|error| CliError::usage(error.to_string()))?;
    let runtime = runtime::start()?;
    runtime.block_on(async {
        let shared = Arc::new(Shared::default());
        interrupt::watch(&shared, cleans_up);
        play(session, shared, reports).await
    })
}

/// Plays, and passes everything on to the reports.
async fn play(session: Session, shared: Arc<Shared>, mut reports: Fanout) -> Result<ExitCode, CliError> {
    let ran = session.run(shared, &mut |event| reports.event(&event)).await;
    let finished = reports.finish().map_err(|error| CliError::usage(error.to_string()));
    let footer = ran.map_err(run_error)?;
    finished?;
    Ok(ExitCode::from_number(footer.exit_code))
}

/// An error of the engine as the command line tells it.
pub(super) fn run_error(error: RunError) -> CliError {
    match error {
        RunError::Snapshot(cause) => {
            let hint = cause.hint();
            CliError::usage("the approved snapshots cannot be used").caused_by(cause).hint(hint)
        }
        RunError::Journal(cause) => CliError::usage("nothing is sent that cannot be removed again")
            .caused_by(cause)
            .hint("set XDG_STATE_HOME to a folder that can be written"),
        RunError::Listen(cause) => CliError::usage("the embedded server cannot listen on 127.0.0.1")
            .with_code(ExitCode::CouldNotTest)
            .caused_by(cause),
        RunError::NotPlayed(_) => CliError::usage(error.to_string()).with_code(ExitCode::CouldNotTest),
    }
}

pub(super) fn session(
    context: &Context,
    args: &RunArgs,
    config: &Config,
    endpoint: Option<Endpoint>,
    redactor: &Redactor,
) -> Result<Session, CliError> {
    selection::faults(&args.fault)?;
    if endpoint.is_some() && !args.fault.is_empty() {
        return Err(only_embedded("`--fault` works with the embedded server only"));
    }
    let behaviours = selection::behaviours(&args.behave)?;
    if endpoint.is_some() && !behaviours.is_empty() {
        return Err(only_embedded("`--behave` works with the embedded server only"));
    }
    if args.update_snapshots && context.is_ci() {
        return Err(CliError::usage("`--update-snapshots` writes, and nothing is written in CI")
            .hint("approve on your own machine and commit the snapshots"));
    }
    let mut catalogue = selection::catalogue(args.scenarios.as_deref(), config, context)?;
    let select = selection::files(&mut catalogue, &args.select, context)?;
    let dialects = selection::dialects(&args.idp, config)?;
    let (jobs, only) = jobs(&catalogue, &select, &dialects, endpoint.is_some())?;
    let jobs: Vec<Job> = if args.load { jobs.into_iter().map(Job::with_load).collect() } else { jobs };
    let client = target::client(&args.at, config, context)?;
    let rate = target::rate(&args.at, config, endpoint.as_ref().map(|endpoint| &endpoint.base))?;
    let mut standard = Standard::new(catalogue, selection::profiles(&dialects, args.strict), redactor.clone());
    standard.overrides = policy::severities(args, config, &standard.catalogue)?;
    standard.deviations = {
        let is_of_file = endpoint.as_ref().map_or(config.target.is_none(), |endpoint| endpoint.is_of_file);
        policy::deviations(config, &standard.catalogue, context.now().date(), is_whole_run(args), is_of_file)?
    };
    standard.only = only;
    // Nine digits are enough to tell runs apart, and can be typed again.
    let seed = args.seed.unwrap_or(context.seed % 1_000_000_000);
    let target = match endpoint {
        Some(endpoint) => Some(target_settings(context, args, config, endpoint, jobs.len(), redactor)?),
        None => None,
    };
    Ok(Session {
        target,
        jobs,
        faults: args.fault.clone(),
        behaviours,
        dialects,
        standard,
        snapshots: snapshots(context, args, config),
        client,
        width: args.jobs.map(usize::from),
        pace: Pace {
            max_wait: args.max_wait.map_or(MAX_WAIT, Duration::from_secs),
            real_time: args.real_time,
            rate,
            redactor: redactor.clone(),
        },
        seed,
        repeat: repeat(args, seed),
    })
}

fn only_embedded(message: &str) -> CliError {
    CliError::usage(message)
        .hint("leave out `--target`, or give `--target embedded` where the environment or a file names one")
}

/// Whether all is played that the configuration asks for, on a server that nobody changed.
const fn is_whole_run(args: &RunArgs) -> bool {
    args.select.is_empty() && args.idp.is_empty() && args.fault.is_empty() && args.behave.is_empty()
}

/// What is played, and the rules that are judged when only some are.
///
/// A passive rule looks at what others send: chosen alone, everything is played and nothing else judged.
fn jobs(
    catalogue: &Catalogue,
    select: &[String],
    dialects: &[String],
    at_target: bool,
) -> Result<(Vec<Job>, Option<Vec<String>>), CliError> {
    let mut chosen = selection::chosen(catalogue, select)?;
    let passive = |listed: &&Listed| listed.is_rule && listed.is_passive;
    let only: Option<Vec<String>> = (!select.is_empty() && chosen.iter().all(passive))
        .then(|| chosen.iter().map(|listed| listed.id.clone()).collect());
    if let Some(rules) = &only {
        chosen = selection::for_passive(catalogue, rules);
    }
    let jobs = plan(&chosen, catalogue, dialects, at_target)?;
    if jobs.is_empty() {
        return Err(CliError::usage("nothing is selected")
            .with_code(ExitCode::NothingSelected)
            .caused_by(format!("none of it is for {}", dialects.join(", ")))
            .hint("`--idp all` plays every dialect"));
    }
    Ok((jobs, only))
}

/// A target that is not on this machine is written to only when the user says so.
fn target_settings(
    context: &Context,
    args: &RunArgs,
    config: &Config,
    endpoint: Endpoint,
    planned: usize,
    redactor: &Redactor,
) -> Result<TargetSettings, CliError> {
    let Endpoint { base, token, is_of_file } = endpoint;
    let file = if is_of_file { config } else { &Config::default() };
    if !(base.is_loopback() || args.yes || file.allow_writes) {
        return Err(CliError::usage(format!("the run would create and delete users and groups at `{base}`"))
            .caused_by(format!(
                "{planned} scenarios, a few users each; every name begins with `scimulator-`, all are removed at the \
                 end, nothing else is changed"
            ))
            .hint("add `--yes`")
            .hint("or write `allow-writes: true` beside its `target:` in scimulator.yaml"));
    }
    let own = args.other_tenant_token_file.as_ref().map(|path| context.folder.join(path));
    let other = own.or_else(|| file.other_tenant_token_file.as_ref().map(|path| file.resolve(path)));
    let other_tenant = other.map(|path| target::token_file(&path, "other-tenant-token-file", redactor)).transpose()?;
    Ok(TargetSettings {
        name_seed: context.seed,
        base,
        token,
        other_tenant,
        hooks: file.hooks.clone(),
        capabilities: file.capabilities.clone(),
        mail_domain: args.mail_domain.clone().or_else(|| file.mail_domain.clone()),
        knowledge: Knowledge {
            seats: args.seats.or(file.seats),
            seats_used: args.seats_used.or(file.seats_used),
            user_attributes: file.user_attributes.clone(),
            attribute_values: file.attribute_values.clone(),
            ..Knowledge::default()
        },
        state_folder: context.state_folder(),
    })
}

/// The user's snapshot folder: named, or the usual one where it is there or about to be.
fn snapshots(context: &Context, args: &RunArgs, config: &Config) -> SnapshotSettings {
    let named = args.snapshots.as_ref().map(|path| context.folder.join(path));
    let named = named.or_else(|| config.snapshots.as_ref().map(|path| config.resolve(path)));
    let usual: PathBuf = config.folder.join(SNAPSHOTS);
    let usual = (args.update_snapshots || usual.join("runs").is_dir()).then_some(usual);
    SnapshotSettings { folder: named.or(usual), update: args.update_snapshots, write_pending: !context.is_ci() }
}

fn specs(args: &RunArgs) -> Result<Vec<ReportSpec>, CliError> {
    let wrong = |error: crate::report::SpecError| CliError::usage(error.to_string());
    let asked: Vec<ReportSpec> =
        args.report.iter().map(|text| text.parse().map_err(wrong)).collect::<Result<_, _>>()?;
    ReportSpec::complete(&asked).map_err(wrong)
}

/// How the terminal report of a run looks here.
pub(super) fn report_settings(context: &Context, args: &RunArgs, redactor: &Redactor) -> ReportSettings {
    ReportSettings {
        redactor: redactor.clone(),
        begun: context.now(),
        width: context.width,
        colour: match args.color.unwrap_or_default() {
            Colour::Auto => context.colour,
            Colour::Always => true,
            Colour::Never => false,
        },
        progress: context.terminals.stderr && context.terminals.stdout && !context.is_ci(),
        verbosity: match (args.quiet, args.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        },
    }
}

/// The command line that plays the same again: what decides the verdict, and the seed. No secret is ever an argument.
fn repeat(args: &RunArgs, seed: u64) -> String {
    let path = |path: &PathBuf| path.display().to_string();
    let mut words: Vec<(&str, String)> = args.select.iter().map(|selector| ("", selector.clone())).collect();
    words.extend(args.at.target.iter().map(|target| ("--target", target.clone())));
    words.extend(args.at.token_file.iter().map(|file| ("--token-file", path(file))));
    words.extend(args.at.cacert.iter().map(|file| ("--cacert", path(file))));
    words.extend(args.at.config.iter().map(|file| ("--config", path(file))));
    words.extend((!args.idp.is_empty()).then(|| ("--idp", args.idp.join(","))));
    words.extend(args.fault.iter().map(|fault| ("--fault", fault.clone())));
    words.extend(args.behave.iter().map(|behaviour| ("--behave", behaviour.clone())));
    for (flag, patterns) in [("--allow", &args.allow), ("--warn", &args.warn), ("--deny", &args.deny)] {
        words.extend(patterns.iter().map(|pattern| (flag, pattern.clone())));
    }
    words.extend(args.scenarios.iter().map(|folder| ("--scenarios", path(folder))));
    words.extend(args.snapshots.iter().map(|folder| ("--snapshots", path(folder))));
    words.extend(args.seats.iter().map(|seats| ("--seats", seats.to_string())));
    words.extend(args.seats_used.iter().map(|seats| ("--seats-used", seats.to_string())));
    words.extend(args.other_tenant_token_file.iter().map(|file| ("--other-tenant-token-file", path(file))));
    words.extend(args.mail_domain.iter().map(|domain| ("--mail-domain", domain.clone())));
    words.extend(args.max_wait.iter().map(|seconds| ("--max-wait", seconds.to_string())));
    words.push(("--seed", seed.to_string()));
    let flags = [
        (args.strict, "--strict"),
        (args.load, "--load"),
        (args.real_time, "--real-time"),
        (args.at.insecure, "--insecure"),
        (args.yes, "--yes"),
    ];
    let flags = flags.into_iter().filter(|(given, _)| *given).map(|(_, flag)| flag.to_owned());
    let words = words.into_iter().flat_map(|(flag, value)| [flag.to_owned(), shell_argument(&value)]);
    let words: Vec<String> = words.chain(flags).filter(|word| !word.is_empty()).collect();
    format!("scimulator run {}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_no_whole_run() {
        let some = || vec!["x".to_owned()];
        assert!(is_whole_run(&RunArgs { strict: true, ..RunArgs::default() }));
        assert!(!is_whole_run(&RunArgs { select: some(), ..RunArgs::default() }));
        assert!(!is_whole_run(&RunArgs { idp: some(), ..RunArgs::default() }));
        assert!(!is_whole_run(&RunArgs { fault: some(), ..RunArgs::default() }));
    }

    #[test]
    fn a_run_is_repeated_with_what_decides_its_verdict() {
        let args = RunArgs {
            select: vec!["patch/*".to_owned()],
            idp: vec!["okta".to_owned(), "entra".to_owned()],
            strict: true,
            report: vec!["junit=x.xml".to_owned()],
            ..RunArgs::default()
        };
        assert_eq!(repeat(&args, 7), "scimulator run 'patch/*' --idp okta,entra --seed 7 --strict");
    }
}
