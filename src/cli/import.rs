//! `scimulator import`: customers' logs become scenario files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use time::UtcOffset;

use super::error::CliError;
use super::folder::{in_use, is_used};
use super::logs::{LogArgs, LogReport, read};
use super::page::Page;
use super::{print, selection, tell};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::shell_argument;
use crate::logs::bundle::bundle;
use crate::logs::readers::Options;
use crate::logs::redact::Originals;
use crate::logs::report::{View, markdown};
use crate::logs::scenario::{self, Choice};
use crate::logs::ticket::Ticket;
use crate::logs::times;

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
    /// What is printed: text, a summary, or the whole report as md or json
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(super) report: LogReport,
}

/// A file to be written: its name and its text.
type Output = (String, String);

/// Runs the subcommand.
pub(super) fn import(context: &Context, args: &ImportArgs) -> Result<ExitCode, CliError> {
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
    let pseudonyms = args.logs.redact(&mut ticket)?;
    let view = View::of(&ticket, choice.language);
    let outputs = outputs(&ticket, &view, &choice);
    let leaks = leaks(&outputs, &pseudonyms.originals());
    if !leaks.is_empty() {
        for leak in &leaks {
            tell(leak);
        }
        tell("hint: nothing was kept; please report which kind of log it was");
        return Ok(ExitCode::Leak);
    }
    keep(&folder, &outputs, is_there)
        .map_err(|error| CliError::usage(format!("cannot write to `{}`", args.out.display())).caused_by(error))?;
    print(&args.report.of(&view, || summary(context, args, &ticket, &view, &outputs)))
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

fn outputs(ticket: &Ticket, view: &View, choice: &Choice) -> Vec<Output> {
    let mut outputs = vec![(BUNDLE.to_owned(), format!("{:#}\n", bundle(ticket)))];
    for (at, finding) in ticket.findings.iter().enumerate() {
        if let Some(text) = scenario::of_finding(finding, choice) {
            outputs.push((format!("incident-{}.yaml", at + 1), text));
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

fn summary(context: &Context, args: &ImportArgs, ticket: &Ticket, view: &View, outputs: &[Output]) -> String {
    let mut page = Page::new(context.width);
    for incident in &view.incidents {
        let name = format!("incident-{}.yaml", incident.number);
        let has_file = outputs.iter().any(|(written, _)| *written == name);
        page.heading(&if has_file {
            name
        } else {
            format!("incident {}: no traffic, nothing to play", incident.number)
        });
        page.paragraph(&incident.title);
        page.paragraph(&format!("{} · {} · fidelity {}", incident.symptom, incident.subject, incident.fidelity));
    }
    if ticket.findings.is_empty() {
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
