//! What `diagnose` and `import` have in common: which logs, what of them, about whom it may be said, in which words.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use time::OffsetDateTime;

use super::error::CliError;
use super::redaction::RedactionArgs;
use super::tell;
use crate::context::Context;
use crate::logs::diagnosis::Language;
use crate::logs::format::Format;
use crate::logs::incidents::Forgotten;
use crate::logs::input::OpenError;
use crate::logs::readers::{Mapped, Options};
use crate::logs::redact::Pseudonyms;
use crate::logs::report::{View, json, markdown};
use crate::logs::ticket::Ticket;
use crate::logs::times;
use crate::yaml::nearest;

/// The logs of a case.
#[derive(Clone, Debug, Args)]
pub(super) struct LogArgs {
    /// Logs of one case: files, folders, archives, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Format of the files, instead of recognising it
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<String>,
    /// Only what is about this person: an address or an id
    #[arg(long, value_name = "TEXT")]
    pub(super) subject: Option<String>,
    /// Only what is about this application
    #[arg(long, value_name = "NAME")]
    pub(super) app: Option<String>,
    /// Only from this time on, such as 2026-11-16 or 2026-11-16T09:12:00Z; without a zone it is UTC
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) since: Option<OffsetDateTime>,
    /// Only up to this time
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(super) until: Option<OffsetDateTime>,
    /// Where a vendor's own log in JSON lines has a part of a request, such as status=outcome.code; may be repeated
    #[arg(long, value_name = "PART=NAME")]
    pub(super) map: Vec<Mapped>,
    /// Language of the diagnosis: en or es
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(super) lang: Lang,
    #[command(flatten)]
    pub(super) redaction: RedactionArgs,
}

/// Languages of a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Lang {
    /// English.
    #[default]
    En,
    /// Spanish.
    Es,
}

/// Forms of a diagnosis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogReport {
    /// For a terminal.
    #[default]
    Text,
    /// Markdown, for a ticket.
    #[value(name = "md")]
    Markdown,
    /// For programs.
    Json,
}

impl LogArgs {
    /// What of the logs is read.
    pub(super) fn options(&self) -> Options {
        let Self { subject, app, since, until, map, .. } = self;
        Options {
            subject: subject.clone(),
            app: app.clone(),
            since: *since,
            until: *until,
            map: map.clone(),
            ..Options::default()
        }
    }

    /// Takes out of a ticket what may not be shown. Gives what stands in its place.
    pub(super) fn redact(&self, context: &Context, ticket: &mut Ticket) -> Result<Pseudonyms, CliError> {
        let (session, kept) = self.redaction.session(context)?;
        let pseudonyms = ticket.redact(self.redaction.mode(), self.redaction.wishes(), &session);
        kept.keep(&pseudonyms)?;
        if ticket.masked > 0 {
            tell(&format!(
                "note: {} is personal cannot be told; only the shape was kept",
                match ticket.masked {
                    1 => "1 request body is no JSON, so what in it".to_owned(),
                    count => format!("{count} request bodies are no JSON, so what in them"),
                },
            ));
        }
        Ok(pseudonyms)
    }
}

impl Lang {
    /// The language.
    pub(super) const fn language(self) -> Language {
        match self {
            Self::En => Language::English,
            Self::Es => Language::Spanish,
        }
    }
}

impl LogReport {
    /// What is printed; `text` makes what is for a terminal.
    pub(super) fn of(self, view: &View, text: impl FnOnce() -> String) -> String {
        match self {
            Self::Text => text(),
            Self::Markdown => markdown(view),
            Self::Json => format!("{:#}\n", json(view)),
        }
    }
}

/// Reads the files of a ticket, each told as it begins, and tells what could not be kept.
pub(super) fn read(args: &LogArgs, options: &Options) -> Result<Ticket, CliError> {
    let format = args.format.as_deref().map(known_format).transpose()?;
    let is_many = args.files.len() > 1;
    let ticket = Ticket::read(&args.files, format, options, |file| {
        if is_many {
            tell(&format!("reading {}", file.name));
        }
    });
    let ticket = ticket.map_err(|error| {
        let hint = match &error {
            OpenError::Io(..) => "give files, folders, archives, or `-` for standard input",
            OpenError::Archive { .. } => "unpack it and give the files",
            OpenError::TooMuchInput => "a file of any size can be read by its name",
        };
        CliError::usage("the logs cannot be read").caused_by(error).hint(hint)
    })?;
    tell_what_was_forgotten(ticket.forgotten);
    Ok(ticket)
}

fn tell_what_was_forgotten(Forgotten { quiet, failing }: Forgotten) {
    if quiet > 0 {
        tell(&format!(
            "note: {quiet} records of people for whom nothing failed were not kept; `--subject` looks at one person"
        ));
    }
    if failing > 0 {
        tell(&format!(
            "note: {failing} records of people for whom something failed were not kept, so numbers of attempts are too \
             low; `--since`, `--until` and `--subject` look at less"
        ));
    }
}

fn known_format(id: &str) -> Result<Format, CliError> {
    Format::from_id(id).ok_or_else(|| {
        let ids = Format::ALL.map(Format::id);
        CliError::usage(format!("there is no log format `{id}`"))
            .guess(nearest(id, ids))
            .hint(format!("there are {}", ids.join(", ")))
    })
}

/// A time of a flag: as logs write it, or a date alone.
fn time(text: &str) -> Result<OffsetDateTime, String> {
    let read = |text: &str| times::read(text, None).map(|moment| moment.instant);
    read(text).or_else(|| read(&format!("{text}T00:00Z"))).ok_or_else(|| "such as 2026-11-16T09:12:00Z".to_owned())
}
