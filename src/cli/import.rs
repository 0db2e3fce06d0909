//! `scimulator import`: customers' logs become scenario files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Map, Value};
use time::UtcOffset;

use super::arguments::TargetArgs;
use super::error::CliError;
use super::folder::{in_use, is_used};
use super::logs::{LogArgs, LogReport, read};
use super::page::Page;
use super::redaction::Redaction;
use super::verify::{Pair, Stage, Verified, verify};
use super::{print, selection, tell};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::{Redactor, sanitise, shell_argument};
use crate::logs::bundle::bundle;
use crate::logs::readers::Options;
use crate::logs::redact::Originals;
use crate::logs::report::{View, markdown};
use crate::logs::scenario::{self, Choice};
use crate::logs::ticket::{Finding, Ticket};
use crate::logs::times;
use crate::yaml;

/// The file by which a folder is known as one of ours.
const BUNDLE: &str = "bundle.json";

/// Arguments of `import`.
#[derive(Clone, Debug, Args)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    pub(super) logs: LogArgs,
    /// Folder for the scenario files, the report and the records; new or empty
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: PathBuf,
    /// Replace the folder when an earlier import wrote it
    #[arg(long)]
    pub(super) force: bool,
    /// Zone of times that name none, such as +01:00 [default: UTC]
    #[arg(long, value_name = "OFFSET", value_parser = zone, allow_hyphen_values = true)]
    pub(super) zone: Option<UtcOffset>,
    /// Whose requests they are, where the logs do not show them: okta, okta-aiw, entra, entra-scim2020, …
    #[arg(long, value_name = "IDP", alias = "idp")]
    pub(super) dialect: Option<String>,
    /// Play each incident with the customer's names and without, and say what of its values it depends on
    #[arg(long)]
    pub(super) verify: bool,
    /// What is printed: text, a summary, or the whole report as md or json
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(super) report: LogReport,
    /// With --verify: create and delete users and groups at the target, under the customer's names
    #[arg(long, help_heading = "Target")]
    pub(super) yes: bool,
    /// With --verify: mail domain that the target accepts [default: that of the logs]
    #[arg(long, value_name = "DOMAIN", help_heading = "Target")]
    pub(super) mail_domain: Option<String>,
    #[command(flatten)]
    pub(super) at: TargetArgs,
}

/// A file to be written: its name and its text.
type Output = (String, String);

/// The scenario of each incident; `None` where nothing was ever sent.
type Scenarios = Vec<Option<Map<String, Value>>>;

/// Runs the subcommand.
pub(super) fn import(context: &Context, args: &ImportArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let folder = context.folder.join(&args.out);
    let is_there = used(&folder, args.force)?;
    let choice = Choice {
        language: args.logs.lang.language(),
        dialect: args.dialect.as_deref().map(selection::dialect).transpose()?,
    };
    let options = Options { zone: args.zone, ..args.logs.options() };
    let mut ticket = read(&args.logs, &options)?;
    if ticket.is_unusable() {
        return Err(CliError::usage("nothing in these files can be read as a log")
            .hint("scimulator diagnose FILE   says what was looked at"));
    }
    let stage = Stage::of(context, args, redactor)?;
    let as_they_are = as_they_are(args, &ticket, &choice)?;
    let pseudonyms = args.logs.redact(context, &mut ticket)?;
    let originals = pseudonyms.originals();
    let view = View::of(&ticket, choice.language);
    let mut scenarios = scenarios(&ticket.findings, &choice);
    let verified = verify_all(&as_they_are, &mut scenarios, &originals, &stage)?;
    let outputs = outputs(&ticket, &view, &scenarios);
    let leaks = leaks(&outputs, &originals);
    if !leaks.is_empty() {
        for leak in &leaks {
            tell(leak);
        }
        tell(
            "hint: nothing was kept; `--subject` or `--since` leaves the record out; please report which kind of log it was",
        );
        return Ok(ExitCode::Leak);
    }
    keep(&folder, &outputs, is_there)
        .map_err(|error| CliError::usage(format!("cannot write to `{}`", args.out.display())).caused_by(error))?;
    if args.report != LogReport::Text {
        verified.iter().flatten().for_each(|verified| tell(&format!("verified: {}", verified.words)));
    }
    print(&args.report.of(&view, || summary(context, args, &view, &outputs, &verified)))?;
    let is_alike = verified.iter().flatten().all(|verified| verified.is_alike);
    Ok(if is_alike { ExitCode::Conformant } else { ExitCode::Findings })
}

fn scenarios(findings: &[Finding], choice: &Choice) -> Scenarios {
    findings.iter().map(|finding| scenario::of_finding(finding, choice)).collect()
}

/// The scenarios with the customer's own names, where they are asked for. They are never written.
fn as_they_are(args: &ImportArgs, ticket: &Ticket, choice: &Choice) -> Result<Scenarios, CliError> {
    if !args.verify {
        return Ok(Vec::new());
    }
    if args.logs.redaction.redact == Redaction::Off {
        return Err(CliError::usage("`--verify` compares with what is redacted, and `--redact off` redacts nothing")
            .hint("leave out one of them"));
    }
    let fails = |error: io::Error| CliError::usage("the incidents cannot be played").caused_by(error);
    Ok(scenarios(&ticket.findings_as_they_are().map_err(fails)?, choice))
}

/// Plays each incident both ways; what must be kept to see it again stands in its scenario from then on.
fn verify_all(
    as_they_are: &Scenarios,
    scenarios: &mut Scenarios,
    originals: &Originals,
    stage: &Stage<'_>,
) -> Result<Vec<Option<Verified>>, CliError> {
    let shows = |document: &Map<String, Value>| originals.check(yaml::write(document).as_bytes()).is_some();
    let mut all = Vec::new();
    for (at, (raw, scenario)) in as_they_are.iter().zip(scenarios).enumerate() {
        let (Some(raw), Some(redacted)) = (raw, &*scenario) else {
            all.push(None);
            continue;
        };
        let mut verified = verify(Pair { raw, redacted }, shows, stage)?;
        if let Some(warning) = &verified.warning {
            tell(&format!(
                "warning: in incident-{}.yaml {warning}: without it the failure does not come again",
                at + 1
            ));
        }
        *scenario = Some(std::mem::take(&mut verified.document));
        all.push(Some(verified));
    }
    Ok(all)
}

/// Whether an import lies in the folder. Only what an import wrote is ever replaced, and only when that is asked for.
fn used(folder: &Path, force: bool) -> Result<bool, CliError> {
    let is_used = is_used(folder)?;
    let is_ours = folder.join(BUNDLE).is_file();
    match (is_used, is_ours, force) {
        (false, _, _) | (true, true, true) => Ok(is_used),
        (true, true, false) => Err(CliError::usage(format!("`{}` holds an earlier import", folder.display()))
            .hint("`--force` replaces it, or give a new folder")),
        (true, false, _) => Err(in_use(folder)),
    }
}

fn outputs(ticket: &Ticket, view: &View, scenarios: &Scenarios) -> Vec<Output> {
    let mut outputs = vec![(BUNDLE.to_owned(), format!("{:#}\n", bundle(ticket)))];
    for (at, scenario) in scenarios.iter().enumerate() {
        if let Some(document) = scenario {
            outputs.push((format!("incident-{}.yaml", at + 1), yaml::write(document)));
        }
    }
    outputs.push(("report.md".to_owned(), markdown(view)));
    outputs
}

/// What is still there of what was replaced.
fn leaks(outputs: &[Output], originals: &Originals) -> Vec<String> {
    let leak = |(name, text): &Output| Some(format!("error: {} of `{name}`", originals.check(text.as_bytes())?));
    outputs.iter().filter_map(leak).collect()
}

/// Writes everything beside the folder first: there is the whole import or none.
fn keep(folder: &Path, outputs: &[Output], is_there: bool) -> io::Result<()> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent)?;
    let beside = tempfile_in(parent)?;
    let written = outputs.iter().try_for_each(|(name, text)| fs::write(beside.join(name), text));
    let moved = written.and_then(|()| {
        if is_there {
            fs::remove_dir_all(folder)?;
        } else if folder.is_dir() {
            fs::remove_dir(folder)?;
        }
        fs::rename(&beside, folder)
    });
    moved.inspect_err(|_| drop(fs::remove_dir_all(&beside)))
}

/// A new folder that nobody else has.
fn tempfile_in(parent: &Path) -> io::Result<PathBuf> {
    let path = parent.join(format!(".scimulator-import-{}", std::process::id()));
    fs::create_dir(&path)?;
    Ok(path)
}

fn summary(
    context: &Context,
    args: &ImportArgs,
    view: &View,
    outputs: &[Output],
    verified: &[Option<Verified>],
) -> String {
    let mut page = Page::new(context.width);
    for (at, incident) in view.incidents.iter().enumerate() {
        let name = format!("incident-{}.yaml", incident.number);
        let has_file = outputs.iter().any(|(written, _)| *written == name);
        page.heading(&if has_file {
            name
        } else {
            format!("incident {}: no traffic, nothing to play", incident.number)
        });
        page.paragraph(&incident.title);
        page.paragraph(&format!("{} · {} · fidelity {}", incident.symptom, incident.subject, incident.fidelity));
        if let Some(Verified { words, .. }) = verified.get(at).and_then(Option::as_ref) {
            page.paragraph(&format!("verified: {}", sanitise::line(words)));
        }
    }
    if view.incidents.is_empty() {
        page.line(view.labels.nothing);
    }
    page.line("");
    page.line(&format!("written to {}: {} files", args.out.display(), outputs.len()));
    if let Some((name, _)) = outputs.iter().find(|(name, _)| name.starts_with("incident-")) {
        let path = args.out.join(name).display().to_string();
        page.line(&format!("next: scimulator reproduce {}", shell_argument(&path)));
    }
    page.finish()
}

fn zone(text: &str) -> Result<UtcOffset, String> {
    // The reader of times knows every way to write a zone.
    let read = times::read(&format!("2026-01-01T00:00:00{text}"), None);
    let read = read.filter(|moment| moment.has_zone).map(|moment| moment.instant.offset());
    read.ok_or_else(|| "write a difference to UTC such as +01:00".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::redact::{Key, Kind, Mode, Pseudonyms, Vocabulary};

    #[test]
    fn a_leak_is_told_by_its_kind_and_place_only() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add(Kind::Word, "Zoë Quinn");
        let pseudonyms = Pseudonyms::new(Key::from_bytes(&[1; 32]), Mode::Consistent, vocabulary);
        let outputs =
            [("a.yaml".to_owned(), "fine".to_owned()), ("b.md".to_owned(), "one\ntwo Zo\\u00eb Quinn".to_owned())];
        let told = leaks(&outputs, &pseudonyms.originals());
        assert_eq!(told, ["error: a name is still in line 2 of `b.md`"]);
    }

    #[test]
    fn a_zone_is_a_difference_to_utc() {
        assert_eq!(zone("+01:00").map(UtcOffset::whole_hours), Ok(1));
        assert_eq!(zone("-03:30").map(UtcOffset::whole_minutes), Ok(-210));
        assert!(zone("Europe/Madrid").is_err() && zone("").is_err());
    }
}
