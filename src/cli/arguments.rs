//! The command line, as clap sees it. What is not given is decided in `run`, `target` and `config`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::export::ExportArgs;
use super::import::ImportArgs;
use super::logs::{LogArgs, LogReport};
use super::record::RecordArgs;
use super::redaction::RedactionArgs;
use super::reproduce::ReproduceArgs;
use super::review::{AcceptArgs, ReviewArgs};
use crate::logs::readers::Mapped;

/// Plays the identity provider: replays what Okta and Microsoft Entra ID send to a SCIM endpoint, and judges every
/// answer.
#[derive(Debug, Parser)]
#[command(name = "scimulator", version, max_term_width = 80, disable_help_subcommand = true, after_help = EXAMPLES)]
pub(super) struct Cli {
    /// What to do; `run` when nothing is said.
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

const EXAMPLES: &str = "\
Examples:
  scimulator                            everything, against the embedded server
  scimulator run --target http://localhost:8080/scim/v2 --token-file token
  scimulator run lifecycle/update-email --idp entra
  scimulator run --fault patch/atomic   what failing looks like
  scimulator explain patch/atomic
  scimulator help exit-codes";

/// Subcommands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Play scenarios and rules, and judge the answers
    Run(Box<RunArgs>),
    /// List scenarios, rules and faults
    List(ListArgs),
    /// Show the steps of a scenario and the requests they become
    Show(ShowArgs),
    /// Write a scenario in the form of curl, Hurl, Postman, HAR or WireMock
    Export(ExportArgs),
    /// Explain a rule: what must hold, why, and whom it breaks
    Explain(ExplainArgs),
    /// Run the reference server
    Serve(ServeArgs),
    /// Look through pending snapshots one by one, and approve or reject each
    Review(ReviewArgs),
    /// Approve pending snapshots without asking
    Accept(AcceptArgs),
    /// Remove what earlier runs left behind at a target
    Clean(CleanArgs),
    /// Say what customers' logs show, what is likely wrong, and what to tell the customer
    Diagnose(DiagnoseArgs),
    /// Make scenario files of customers' logs
    Import(Box<ImportArgs>),
    /// Play an imported scenario, and say whether it fails as it did at the customer
    Reproduce(Box<ReproduceArgs>),
    /// Write logs again without personal data and secrets, to share them
    Redact(RedactArgs),
    /// Proxy between an IdP and a SCIM endpoint that records the traffic
    Record(Box<RecordArgs>),
    /// Print the JSON Schema of scenario files, for editors
    Schema,
    /// Help on a topic (exit-codes, environment, scenarios, behaviours) or a command
    Help(HelpArgs),
}

/// Which endpoint, and how to get in.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct TargetArgs {
    /// Base URL of the SCIM endpoint (or set SCIMULATOR_TARGET); `embedded` is the reference server
    #[arg(long, help_heading = "Target", value_name = "URL")]
    pub(super) target: Option<String>,
    /// File that holds the bearer token (or set SCIMULATOR_TOKEN)
    #[arg(long, help_heading = "Target", value_name = "FILE")]
    pub(super) token_file: Option<PathBuf>,
    /// `-` reads the bearer token from standard input; a token never stands on the command line
    #[arg(long, help_heading = "Target", value_name = "-", conflicts_with = "token_file")]
    pub(super) token: Option<String>,
    /// File with certificates to trust beside the system's, PEM
    #[arg(long, help_heading = "Target", value_name = "FILE")]
    pub(super) cacert: Option<PathBuf>,
    /// Accept any TLS certificate, for a test system
    #[arg(long, help_heading = "Target")]
    pub(super) insecure: bool,
    /// Longest time for one answer, in seconds [default: 60]
    #[arg(long, help_heading = "Target", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(super) timeout: Option<u64>,
    /// Requests a second, such as `20/s` or `100/m`, or `unlimited` [default: 20/s, on this machine unlimited]
    #[arg(long, help_heading = "Target", value_name = "RATE")]
    pub(super) rate: Option<String>,
    /// Configuration file instead of the `scimulator.yaml` found upwards from here
    #[arg(long, help_heading = "Target", value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// Arguments of `run`.
#[derive(Clone, Debug, Default, Args)]
#[allow(clippy::struct_excessive_bools, reason = "flags are booleans")]
pub(super) struct RunArgs {
    /// Ids, globs (`patch/*`), tags, sections of an RFC (`7644-3.5.2`) or files; everything when absent
    #[arg(value_name = "SELECT")]
    pub(super) select: Vec<String>,
    /// Identity providers to play; `all` for every dialect there is [default: okta,entra]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) idp: Vec<String>,
    /// Judge by the RFCs too, where no chosen IdP minds
    #[arg(long)]
    pub(super) strict: bool,
    /// Write a report: terminal, junit=FILE or json=FILE; may be repeated
    #[arg(long, value_name = "KIND[=PATH]")]
    pub(super) report: Vec<String>,
    /// Break the embedded server on purpose, by the id of a rule; may be repeated
    #[arg(long, value_name = "RULE")]
    pub(super) fault: Vec<String>,
    /// Let the embedded server behave as a customer's does (`help behaviours`); may be repeated
    #[arg(long, value_name = "NAME[=ARG]")]
    pub(super) behave: Vec<String>,
    /// Rules whose findings are only told with --verbose, GLOB such as `etag/*`; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) allow: Vec<String>,
    /// Rules whose findings are warnings; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) warn: Vec<String>,
    /// Rules whose findings fail the run; may be repeated
    #[arg(long, value_name = "GLOB")]
    pub(super) deny: Vec<String>,
    /// Folder with scenarios of your own; the same id replaces a built-in one
    #[arg(long, value_name = "FOLDER")]
    pub(super) scenarios: Option<PathBuf>,

    #[command(flatten)]
    pub(super) at: TargetArgs,
    /// Create and delete users and groups at this target without being asked again
    #[arg(long, help_heading = "Target")]
    pub(super) yes: bool,
    /// Total seats of the target, for the scenarios about capacity
    #[arg(long, value_name = "N", help_heading = "Target")]
    pub(super) seats: Option<u32>,
    /// Seats in use before the run; counted through SCIM when absent
    #[arg(long, value_name = "M", help_heading = "Target")]
    pub(super) seats_used: Option<u32>,
    /// File with the token of a second tenant, for checks of isolation
    #[arg(long, value_name = "FILE", help_heading = "Target")]
    pub(super) other_tenant_token_file: Option<PathBuf>,
    /// Mail domain that the target accepts [default: example.com]
    #[arg(long, value_name = "DOMAIN", help_heading = "Target")]
    pub(super) mail_domain: Option<String>,
    /// Longest Retry-After that is waited for, in seconds [default: 30]
    #[arg(long, value_name = "SECONDS", help_heading = "Target")]
    pub(super) max_wait: Option<u64>,
    /// Also play what puts a load on the target: 25 requests a second for ten seconds
    #[arg(long, help_heading = "Target")]
    pub(super) load: bool,
    /// Let cycles and retries of the IdP take real time
    #[arg(long, help_heading = "Target")]
    pub(super) real_time: bool,

    /// Folder with approved snapshots [default: snapshots]
    #[arg(long, value_name = "FOLDER", help_heading = "Snapshots")]
    pub(super) snapshots: Option<PathBuf>,
    /// Approve new and changed answers at once
    #[arg(long, help_heading = "Snapshots")]
    pub(super) update_snapshots: bool,

    /// Scenarios played at the same time [default: 8, at a target 4]
    #[arg(long, value_name = "N", help_heading = "Running", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(super) jobs: Option<u16>,
    /// Number from which every generated value follows
    #[arg(long, value_name = "N", help_heading = "Running")]
    pub(super) seed: Option<u64>,
    /// Print only what failed and the verdict
    #[arg(long, short, conflicts_with = "verbose", help_heading = "Running")]
    pub(super) quiet: bool,
    /// Print every exchange too
    #[arg(long, short, help_heading = "Running")]
    pub(super) verbose: bool,
    /// Colour on standard output: auto, always or never [default: auto]
    #[arg(long, value_name = "WHEN", value_enum, hide_possible_values = true, help_heading = "Running")]
    pub(super) color: Option<Colour>,
}

/// When standard output has colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    /// Where a terminal shows it.
    #[default]
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// Arguments of `list`.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ListArgs {
    /// Ids, globs, tags or sections of an RFC
    #[arg(value_name = "SELECT")]
    pub(super) select: Vec<String>,
    /// Only rules
    #[arg(long)]
    pub(super) rules: bool,
    /// Only rules of this tier: core, rfc-must, rfc-should or advanced
    #[arg(long)]
    pub(super) tier: Option<String>,
    /// The faults that `run --fault` takes
    #[arg(long, conflicts_with_all = ["rules", "tier"])]
    pub(super) faults: bool,
    /// Output format: text or json
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(super) format: Format,
    /// Folder with scenarios of your own
    #[arg(long, value_name = "FOLDER")]
    pub(super) scenarios: Option<PathBuf>,
}

/// Output formats of `list`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Arguments of `show`.
#[derive(Clone, Debug, Args)]
pub(super) struct ShowArgs {
    /// Scenario or rule, by id or file
    pub(super) id: String,
    /// Whose requests to show
    #[arg(long, value_name = "IDP", default_value = "okta")]
    pub(super) idp: String,
    /// Folder with scenarios of your own
    #[arg(long, value_name = "FOLDER")]
    pub(super) scenarios: Option<PathBuf>,
}

/// Arguments of `explain`.
#[derive(Clone, Debug, Args)]
pub(super) struct ExplainArgs {
    /// Rule, by id
    pub(super) id: String,
    /// Play the rule on the embedded server, first as it is, then broken by the rule's fault
    #[arg(long)]
    pub(super) demo: bool,
    /// Folder with scenarios and rules of your own
    #[arg(long, value_name = "FOLDER")]
    pub(super) scenarios: Option<PathBuf>,
}

/// Arguments of `serve`.
#[derive(Clone, Debug, Args)]
pub(super) struct ServeArgs {
    /// What the server is like: rfc or calendly
    #[arg(long, default_value = "rfc")]
    pub(super) persona: String,
    /// Total seats [default: that of the persona]
    #[arg(long, value_name = "N")]
    pub(super) seats: Option<u32>,
    /// Port; 0 for any free one
    #[arg(long, default_value_t = 8080)]
    pub(super) port: u16,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) host: std::net::IpAddr,
    /// Break the server on purpose, by the id of a rule; may be repeated
    #[arg(long, value_name = "RULE")]
    pub(super) fault: Vec<String>,
    /// Let the server behave as a customer's does (`help behaviours`); may be repeated
    #[arg(long, value_name = "NAME[=ARG]")]
    pub(super) behave: Vec<String>,
    /// Number from which tokens and ids follow
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
}

/// Arguments of `clean`.
#[derive(Clone, Debug, Args)]
pub(super) struct CleanArgs {
    #[command(flatten)]
    pub(super) at: TargetArgs,
    /// Delete what the journals name
    #[arg(long)]
    pub(super) yes: bool,
}

/// Arguments of `diagnose`.
#[derive(Clone, Debug, Args)]
pub(super) struct DiagnoseArgs {
    #[command(flatten)]
    pub(super) logs: LogArgs,
    /// Form of the report: text, md or json
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    pub(super) report: LogReport,
    /// Only the requests behind incident N: which record tells of each, and by which rule
    #[arg(long, value_name = "N", conflicts_with = "report")]
    pub(super) why: Option<usize>,
}

const REDACTED: &str = "\
Kept: which values are equal, lengths, case, accents, punctuation, encodings, times,
SCIM names, statuses and the words of errors.
Not kept: alphabetical order, words with a meaning, real mail domains.
Read what you share: text that nothing marks as personal stays as it is.";

/// Arguments of `redact`.
#[derive(Clone, Debug, Args)]
#[command(after_help = REDACTED)]
pub(super) struct RedactArgs {
    /// Logs of one case: files, folders or archives; the same value gets the same pseudonym in all
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Folder for the redacted files, new or empty
    #[arg(long, value_name = "FOLDER")]
    pub(super) out: PathBuf,
    /// Where a vendor's own log in JSON lines has a part of a request, such as request-body=call.payload; may be repeated
    #[arg(long, value_name = "PART=NAME")]
    pub(super) map: Vec<Mapped>,
    #[command(flatten)]
    pub(super) redaction: RedactionArgs,
}

/// Arguments of `help`.
#[derive(Clone, Debug, Args)]
pub(super) struct HelpArgs {
    /// Topic or command
    pub(super) topic: Option<String>,
}
