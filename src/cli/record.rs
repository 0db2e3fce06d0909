//! `scimulator record`: a proxy between an IdP and a SCIM endpoint, until it is interrupted.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use time::macros::format_description;

use super::arguments::{RunArgs, TargetArgs};
use super::config::Config;
use super::error::CliError;
use super::page::Page;
use super::{interrupt, policy, print, runtime, selection, target, tell};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::finding::Severity;
use crate::http::{Redactor, sanitise, shell_argument};
use crate::idp::Dialect;
use crate::logs::redact::Mode;
use crate::logs::report::counted;
use crate::record::{
    Folder, FolderError, OwnTls, RecordEvent, Recording, SCENARIO, Seen, Settings, Summary, TRANSCRIPT, Target,
};
use crate::report::finding_line;
use crate::run::Standard;

/// The most bytes of an answer that is passed on.
const MAX_ANSWER: u64 = 10 << 20;
/// Columns of the names in the summary.
const NAME: usize = 9;
/// Columns of the ids of quirks.
const QUIRK: usize = 22;

/// Arguments of `record`.
#[derive(Clone, Debug, Args)]
pub(super) struct RecordArgs {
    #[command(flatten)]
    pub(super) at: TargetArgs,
    /// Where the IdP comes in; port 0 for any free one
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:9000")]
    listen: SocketAddr,
    /// File with the proxy's own certificate and its chain, PEM; without it the IdP comes in by http://
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// File with the key of that certificate, PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Folder for the recording, new or empty [default: recording-TIME]
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
    /// Personal data in what is written: consistent, the same pseudonym for the same value, or off; secrets never show
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    redact: Redaction,
}

/// What becomes of personal data in a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Redaction {
    /// Each value by a pseudonym.
    #[default]
    Consistent,
    /// It stays.
    Off,
}

/// Runs the subcommand until it is interrupted.
pub(super) fn record(context: &Context, args: &RecordArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let config = Config::find(args.at.config.as_deref(), context, redactor)?;
    let tls = own_tls(context, args)?;
    let settings = |folder| settings(context, args, &config, tls, folder, redactor);
    let name = args.out.clone().unwrap_or_else(|| default_name(context));
    let (settings, warnings) = settings(&context.folder.join(&name))?;
    runtime::start()?.block_on(async {
        let masked = redactor.clone();
        let recording = Recording::start(settings, Box::new(move |event| told(&event, &masked)));
        let recording = recording.map_err(|error| {
            CliError::usage(format!("cannot record at {}", args.listen))
                .with_code(ExitCode::CouldNotTest)
                .caused_by(error)
                .hint("`--listen 127.0.0.1:0` takes any free port")
        })?;
        for warning in &warnings {
            tell(warning);
        }
        print(&format!(
            "recording into {}; Ctrl-C ends it\n\n  base URL for the IdP   {}\n\n",
            sanitise::line(&name.display().to_string()),
            recording.base_url()
        ))?;
        interrupt::interruption().await;
        tell("stopping (Ctrl-C again to stop at once)");
        let summary = tokio::select! {
            summary = recording.stop() => summary,
            () = interrupt::interruption() => return Ok(ExitCode::Interrupted),
        };
        print(&redactor.mask(&page(context, &name, &summary)))?;
        Ok(code(&summary))
    })
}

fn default_name(context: &Context) -> PathBuf {
    let form = format_description!("recording-[year][month][day]T[hour][minute][second]Z");
    context.now().format(form).map_or_else(|_| PathBuf::from("recording"), PathBuf::from)
}

/// Everything that is decided before the first request, and what should be known about it.
fn settings(
    context: &Context,
    args: &RecordArgs,
    config: &Config,
    tls: Option<OwnTls>,
    folder: &Path,
    redactor: &Redactor,
) -> Result<(Settings, Vec<String>), CliError> {
    let Some(endpoint) = target::endpoint(&args.at, config, context, redactor)? else {
        return Err(CliError::usage("there is no target to pass requests on to")
            .hint("give the base URL of the SCIM endpoint by `--target https://…`")
            .hint("`scimulator serve` runs the reference server, which can be one"));
    };
    if args.at.rate.is_some() {
        return Err(CliError::usage("`record` passes requests on as they come").hint("leave out `--rate`"));
    }
    let client = target::client_settings(&args.at, config, context)?;
    let upstream_tls = if endpoint.base.is_https() {
        let config = client.trust.config();
        Some(Arc::new(config.map_err(|error| CliError::usage("TLS cannot be set up").caused_by(error))?))
    } else {
        None
    };
    let mut warnings = Vec::new();
    if !args.listen.ip().is_loopback() && tls.is_none() {
        warnings.push(format!(
            "warning: {} is open to the network without TLS; the IdP's token can be read on the way (`--tls-cert`)",
            args.listen
        ));
    }
    if endpoint.token.is_some() {
        warnings.push("note: the target gets the token given here instead of the IdP's".to_owned());
    }
    let catalogue = selection::catalogue(None, config, context)?;
    let dialects = selection::dialects(&[], config)?;
    let overrides = policy::severities(&RunArgs::default(), config, &catalogue)?;
    let mut standard = Standard::new(catalogue, selection::profiles(&dialects, false), redactor.clone());
    standard.overrides = overrides;
    let folder = Folder::new(folder).map_err(|error| match error {
        FolderError::Used(_) => CliError::usage(error.to_string()).hint("give a new one by `--out`"),
        FolderError::Io { .. } => CliError::usage(error.to_string()),
    })?;
    let target = Target { base: endpoint.base, tls: upstream_tls, timeout: client.timeout, max_body: MAX_ANSWER };
    let (token, listen, redactor) = (endpoint.token, args.listen, redactor.clone());
    let redaction = match args.redact {
        Redaction::Consistent => Mode::Consistent,
        Redaction::Off => Mode::Off,
    };
    Ok((Settings { target, token, listen, tls, folder, redaction, standard, redactor }, warnings))
}

fn own_tls(context: &Context, args: &RecordArgs) -> Result<Option<OwnTls>, CliError> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else { return Ok(None) };
    let tls = OwnTls::read(&context.folder.join(certificate), &context.folder.join(key));
    tls.map(Some).map_err(|error| {
        CliError::usage("the proxy's own certificate cannot be used")
            .caused_by(error)
            .hint("`--tls-cert` takes the certificate and its chain, `--tls-key` the key without a password, both PEM")
    })
}

/// Tells what happens while it happens.
fn told(event: &RecordEvent, redactor: &Redactor) {
    let line = match event {
        RecordEvent::Begun => "the first request has passed".to_owned(),
        RecordEvent::Found(seen) => {
            let text = format!("{}\n", found(seen));
            let _ = print(&redactor.mask(&text)); // the summary says it again
            return;
        }
        RecordEvent::Trouble(what) => format!("error: {what}\nhint:  traffic goes on; make room, or end the recording"),
        RecordEvent::Recovered(lost) => {
            format!("note: written again; {} not", counted(*lost, ["exchange was", "exchanges were"]))
        }
    };
    tell(&redactor.mask(&line));
}

/// A finding in a line: `error  http/content-type  #3 GET /Users?…  Content-Type expected … got …`.
fn found(seen: &Seen) -> String {
    let line = format!(
        "{:<5}  {}  #{} {}  {}",
        seen.severity.name(),
        seen.finding.rule,
        seen.number,
        seen.request,
        finding_line(&seen.finding)
    );
    sanitise::line(&line).into_owned()
}

fn page(context: &Context, folder: &Path, summary: &Summary) -> String {
    let mut page = Page::new(context.width);
    page.heading("Recorded");
    let mut exchanges = counted(summary.exchanges, ["exchange", "exchanges"]);
    for (count, what) in [(summary.unanswered, "without an answer"), (summary.lost, "not written down")] {
        if count > 0 {
            let _ = write!(exchanges, ", {count} {what}"); // writing to a String cannot fail
        }
    }
    page.row("traffic", NAME, &exchanges);
    let dialect = summary.dialect.map(|id| format!("{id}: {}", Dialect::title(id).unwrap_or_default()));
    page.row("dialect", NAME, dialect.as_deref().unwrap_or("nothing shows which IdP it was"));
    let file = |name: &str| folder.join(name).display().to_string();
    page.row("files", NAME, &format!("{} (one exchange a line)", file(TRANSCRIPT)));
    let of_scenario = match &summary.no_scenario {
        Some(why) => format!("no scenario: {why}"),
        None if summary.steps == 0 => "no scenario: nothing passed".to_owned(),
        None if (summary.steps as u64) < summary.exchanges => {
            format!("{} (the first {}; `import` reads the rest)", file(SCENARIO), summary.steps)
        }
        None => file(SCENARIO),
    };
    page.row("", NAME, &of_scenario);
    if !summary.quirks.is_empty() {
        page.heading("Habits of the IdP");
        for (quirk, count) in &summary.quirks {
            page.row(&quirk.id, QUIRK, &format!("{} ({})", quirk.title, counted(*count, ["request", "requests"])));
        }
    }
    findings(&mut page, &summary.findings);
    for leak in &summary.leaks {
        page.line(&format!("error: {}", sanitise::line(leak)));
    }
    if !summary.leaks.is_empty() {
        page.line("hint:  do not share the folder; `scimulator redact` writes logs again without personal data");
    }
    next(&mut page, folder, summary);
    page.finish()
}

/// Errors last, nearest to the end; what is worth knowing only is counted.
fn findings(page: &mut Page, all: &[Seen]) {
    let of = |severity: Severity| all.iter().filter(move |seen| seen.severity == severity);
    let count = |severity| of(severity).count() as u64;
    page.heading("Findings about the target");
    for seen in of(Severity::Warn).chain(of(Severity::Error)) {
        page.line(&format!("  {}", found(seen)));
        page.paragraph(&format!("       {}; `scimulator explain {}`", seen.title, seen.finding.rule));
    }
    page.line(&format!(
        "  {}, {}, {}",
        counted(count(Severity::Error), ["error", "errors"]),
        counted(count(Severity::Warn), ["warning", "warnings"]),
        counted(count(Severity::Info), ["note", "notes"])
    ));
}

fn next(page: &mut Page, folder: &Path, summary: &Summary) {
    page.heading("Next");
    let file = |name: &str| {
        let path = shell_argument(&folder.join(name).display().to_string());
        sanitise::line(&path).into_owned()
    };
    page.line(&format!("  scimulator diagnose {}", file(TRANSCRIPT)));
    if summary.no_scenario.is_none() && summary.steps > 0 {
        page.line(&format!("  scimulator run {}", file(SCENARIO)));
        page.line(&format!("  scimulator reproduce {}", file(SCENARIO)));
    }
}

/// A leak, a gap, findings: the worst of them.
fn code(summary: &Summary) -> ExitCode {
    let is_broken = summary.findings.iter().any(|seen| seen.severity == Severity::Error);
    if !summary.leaks.is_empty() {
        return ExitCode::Leak;
    }
    match (is_broken, summary.lost) {
        (true, _) => ExitCode::Findings,
        (false, 0) => ExitCode::Conformant,
        (false, _) => ExitCode::CouldNotTest,
    }
}
