//! `scimulator export`: a scenario in the form of another tool.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::config::Config;
use super::error::CliError;
use super::run::run_error;
use super::show::quiet_session;
use super::{print, runtime, selection, tell};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::export::{Script, curl, har, hurl, postman, script, wiremock};
use crate::finding::Verdict;
use crate::http::Redactor;
use crate::run::{RunEvent, ScenarioResult, Session, Shared};

const FORMS: &str = "\
Forms:
  curl      shell script of curl commands; needs curl and jq
  hurl      Hurl file, with captures and asserts
  postman   Postman collection, with tests and variables
  har       HTTP archive of what was sent and answered
  wiremock  WireMock mappings, to stand in for the endpoint";

/// Arguments of `export`.
#[derive(Clone, Debug, Args)]
#[command(after_help = FORMS)]
pub(super) struct ExportArgs {
    /// Scenario or rule, by id or by file
    pub(super) scenario: String,
    /// In which form: curl, hurl, postman, har or wiremock
    #[arg(long = "as", value_name = "FORM", value_enum, hide_possible_values = true)]
    pub(super) form: Form,
    /// Whose requests
    #[arg(long, value_name = "IDP", default_value = "okta")]
    pub(super) idp: String,
    /// File to write, instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Folder with scenarios of your own
    #[arg(long, value_name = "FOLDER")]
    pub(super) scenarios: Option<PathBuf>,
}

/// Forms of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// A shell script.
    Curl,
    /// A Hurl file.
    Hurl,
    /// A Postman collection.
    Postman,
    /// An HTTP archive.
    Har,
    /// WireMock mappings.
    Wiremock,
}

impl Form {
    /// It holds answers, and not what they must be like.
    const fn is_record(self) -> bool {
        matches!(self, Self::Har | Self::Wiremock)
    }

    fn write(self, script: &Script) -> String {
        match self {
            Self::Curl => curl(script),
            Self::Hurl => hurl(script),
            Self::Postman => postman(script),
            Self::Har => har(script),
            Self::Wiremock => wiremock(script),
        }
    }
}

/// Runs the subcommand.
pub(super) fn export(context: &Context, args: &ExportArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let config = Config::find(None, context, redactor)?;
    let mut catalogue = selection::catalogue(args.scenarios.as_deref(), &config, context)?;
    let id = selection::id(&mut catalogue, &args.scenario, context)?;
    let job = selection::job(&catalogue, &id, &args.idp)?;
    let (scenario, dialect) = (Arc::clone(&job.scenario), job.dialect.clone());
    let mut session = quiet_session(vec![job], Vec::new(), &catalogue, redactor);
    let is_case = match &scenario.imported {
        // A record of a customer's case shows how it failed; a script asks for what is right.
        Some(imported) if args.form.is_record() => {
            session.behaviours = selection::behaviours(&imported.behave)?;
            session.faults.clone_from(&imported.faults);
            true
        }
        _ => false,
    };
    let result = play(session)?.ok_or_else(|| not_played(&id, "there is nothing to play"))?;
    match &result.verdict {
        Verdict::Pass => {}
        // That no answer came may be the case.
        Verdict::Fail | Verdict::Inconclusive(_) | Verdict::Infrastructure(_) if is_case => {}
        Verdict::Fail => tell("note: at the embedded server it did not go as it should; what was seen is exported"),
        Verdict::Skipped(why) | Verdict::Inconclusive(why) | Verdict::Infrastructure(why) => {
            return Err(not_played(&id, why));
        }
    }
    let text = args.form.write(&script(&scenario, &dialect, &result.transcript, redactor));
    let Some(file) = &args.out else { return print(&text) };
    fs::write(context.folder.join(file), text)
        .map_err(|error| CliError::usage(format!("cannot write `{}`", file.display())).caused_by(error))?;
    Ok(ExitCode::Conformant)
}

/// Plays the only job.
pub(super) fn play(session: Session) -> Result<Option<Box<ScenarioResult>>, CliError> {
    let mut played = None;
    let mut keep = |event| {
        if let RunEvent::ScenarioFinished(result) = event {
            played = Some(result);
        }
    };
    runtime::start()?.block_on(session.run(Arc::new(Shared::default()), &mut keep)).map_err(run_error)?;
    Ok(played)
}

fn not_played(id: &str, why: &str) -> CliError {
    CliError::usage(format!("`{id}` cannot be played on the embedded server"))
        .with_code(ExitCode::CouldNotTest)
        .caused_by(why)
}
