//! The command line: arguments, configuration, one file a subcommand.
//!
//! [`main`] gets the [`Context`] from the binary and gives back an exit code.
//! Results go to standard output, messages to standard error.

mod arguments;
mod clean;
mod config;
mod diagnose;
mod error;
mod explain;
mod export;
mod folder;
mod help;
mod import;
mod interrupt;
mod list;
mod logs;
mod page;
mod policy;
mod record;
mod redact;
mod redaction;
mod reproduce;
pub mod review;
mod rule_pages;
mod run;
mod runtime;
mod schema;
mod selection;
mod serve;
mod show;
mod snapshots;
mod target;
mod verify;

use std::ffi::OsString;
use std::io::Write as _;

use clap::Parser as _;
use clap::error::ErrorKind;

use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::Redactor;
use arguments::{Cli, Command, RunArgs};
use error::CliError;

pub use rule_pages::rule_pages;
pub use schema::schema;

/// Runs what the arguments ask for. Learns every secret it reads into `redactor`.
pub fn main(context: &Context, arguments: impl IntoIterator<Item = OsString>, redactor: &Redactor) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => return say(&error),
    };
    match dispatch(context, cli, redactor) {
        Ok(code) => code,
        Err(error) => {
            error.print(redactor);
            error.code
        }
    }
}

/// What clap has to say: help and version are answers, anything else is a mistake in the command line.
fn say(error: &clap::Error) -> ExitCode {
    let _ = error.print(); // nobody is left to be told that nobody reads
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::Conformant,
        _ => ExitCode::Usage,
    }
}

fn dispatch(context: &Context, cli: Cli, redactor: &Redactor) -> Result<ExitCode, CliError> {
    match cli.command {
        None => run::run(context, &RunArgs::default(), redactor),
        Some(Command::Run(args)) => run::run(context, &args, redactor),
        Some(Command::List(args)) => list::list(context, &args),
        Some(Command::Show(args)) => show::show(context, &args, redactor),
        Some(Command::Export(args)) => export::export(context, &args, redactor),
        Some(Command::Explain(args)) => explain::explain(context, &args, redactor),
        Some(Command::Serve(args)) => serve::serve(context, &args),
        Some(Command::Review(args)) => snapshots::review(context, args),
        Some(Command::Accept(args)) => snapshots::accept(context, args),
        Some(Command::Clean(args)) => clean::clean(context, &args, redactor),
        Some(Command::Diagnose(args)) => diagnose::diagnose(context, &args),
        Some(Command::Import(args)) => import::import(context, &args, redactor),
        Some(Command::Reproduce(args)) => reproduce::reproduce(context, &args, redactor),
        Some(Command::Redact(args)) => redact::redact(context, &args),
        Some(Command::Record(args)) => record::record(context, &args, redactor),
        Some(Command::Schema) => print(&schema()),
        Some(Command::Help(args)) => help::help(&args),
    }
}

/// Writes a result to standard output; a reader that went away is no failure.
fn print(text: &str) -> Result<ExitCode, CliError> {
    let mut stdout = anstream::stdout();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(CliError::usage("cannot write to standard output").caused_by(error))
        }
        _ => Ok(ExitCode::Conformant),
    }
}

/// Writes a message to standard error.
fn tell(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}"); // there is no other place to tell it
}
