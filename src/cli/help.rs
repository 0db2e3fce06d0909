//! `scimulator help`: topics that belong to no single command, else the command's own help.

use clap::CommandFactory as _;

use super::arguments::{Cli, HelpArgs};
use super::error::CliError;
use super::page::Page;
use super::print;
use crate::behaviours;
use crate::exit::{self, ExitCode};
use crate::yaml::nearest;

/// Columns of a page that is made here.
const WIDTH: usize = 80;

/// Topics that have a page.
const TOPICS: [&str; 4] = ["exit-codes", "environment", "scenarios", "behaviours"];

const ENVIRONMENT: &str = "\
Environment

  SCIMULATOR_TARGET   base URL of the SCIM endpoint, when --target is not given
  SCIMULATOR_TOKEN    bearer token; `--token-file FILE` and `--token -` are
                      safer, as other programs of the same user may read it
  CI, TF_BUILD        in a pipeline nothing moves and no snapshot is written
  NO_COLOR            no colour; CLICOLOR_FORCE=1 colours pipes too
  XDG_STATE_HOME      where journals of runs at targets are kept
                      (else ~/.local/state); `scimulator clean` reads them
  HTTPS_PROXY, HTTP_PROXY, NO_PROXY   a proxy on the way to the target
  SSL_CERT_FILE       certificates to trust instead of the system's

What is set on the command line wins over the environment, and that over
`scimulator.yaml`, which is looked for in this folder and those above it.
`scimulator.yaml` may name a token file, hooks of the control plane, seats and
more for its own `target:`; for another target they do not hold.
";

const SCENARIOS: &str = "\
Scenarios

A scenario is a YAML file: what happens in the directory of the identity
provider, or raw requests, and what must hold. Its id is its path.

  title: An address changes
  given: { people: [alice] }
  steps:
    - assign: alice
      outcome: provisioned
    - change: { alice: { email: alice.cooper@example.com } }
      outcome: updated
    - check: { alice: { active: true } }

  scimulator list                      every scenario and rule
  scimulator show lifecycle/create     its steps and the requests they become
  scimulator run --scenarios FOLDER    your own, beside or instead of these
  scimulator schema > schema.json      for editors: completion and checks

Steps
  events      assign, unassign, change, disable, enable, suspend, unsuspend,
              soft-delete, restore, hard-delete, push-group, rename-group,
              change-members, push-members, delete-group, unlink-group, cycle,
              on-demand, restart, import, retry, test-connection
  requests    create, get, delete, list, walk, request, load, parallel
  others      admin, check, each-attribute, fill-seats, wait
  with each   outcome, expect, assume, observed, rule, as
  left out    only, gate, when; and played several times: for-each

docs/scenarios.md explains each with an example.
";

const BEHAVIOURS: &str = "\
Behaviours

What customers' endpoints do that is no fault of one rule, for `--behave` of
`run` and `serve`. It may be given several times; the first stands nearest to
the server. Faults, `--fault RULE`, are listed by `scimulator list --faults`.

  scimulator serve --behave seats=2 --behave email-change=pending
  scimulator run lifecycle/create --behave gateway=502:POST/Users
";

/// Every behaviour from the table.
fn behaviours_page() -> String {
    let mut page = Page::new(WIDTH);
    page.line(BEHAVIOURS);
    for (form, what) in behaviours::forms() {
        page.line(&format!("  {form}"));
        page.row("", 0, what);
    }
    page.finish()
}

/// Runs the subcommand.
pub(super) fn help(args: &HelpArgs) -> Result<ExitCode, CliError> {
    let mut command = Cli::command();
    let Some(topic) = args.topic.as_deref() else {
        return print(&format!("{}\nTopics: {}\n", command.render_long_help(), TOPICS.join(", ")));
    };
    match topic {
        "exit-codes" => return print(&exit::help_page()),
        "environment" => return print(ENVIRONMENT),
        "scenarios" => return print(SCENARIOS),
        "behaviours" => return print(&behaviours_page()),
        _ => {}
    }
    command.build();
    if let Some(found) = command.find_subcommand_mut(topic) {
        return print(&found.render_long_help().to_string());
    }
    let commands: Vec<String> = command.get_subcommands().map(|found| found.get_name().to_owned()).collect();
    let known = TOPICS.into_iter().chain(commands.iter().map(String::as_str));
    Err(CliError::usage(format!("there is no help on `{topic}`"))
        .guess(nearest(topic, known))
        .hint(format!("topics are {}", TOPICS.join(", "))))
}
