//! `scimulator clean`: removes what earlier runs left behind at a target, as their journals tell.

use std::sync::Arc;
use std::time::Duration;

use super::arguments::CleanArgs;
use super::config::Config;
use super::error::CliError;
use super::{interrupt, print, runtime, target, tell};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::{Base, Credential, Redactor, sanitise};
use crate::run::{Earlier, Leftover, Pace, Shared, clean as clean_up, earlier};

/// Longest Retry-After that is waited for while cleaning.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// Runs the subcommand.
pub(super) fn clean(context: &Context, args: &CleanArgs, redactor: &Redactor) -> Result<ExitCode, CliError> {
    let config = Config::find(args.at.config.as_deref(), context, redactor)?;
    let folder = context.state_folder();
    let (mut found, unreadable) = earlier(&folder);
    for error in unreadable {
        tell(&format!("note: {}", sanitise::line(&error.to_string())));
    }
    if let Some(asked) = args.at.target.as_deref().or_else(|| context.variable("SCIMULATOR_TARGET")) {
        let asked = parse(asked)?;
        found.retain(|earlier| earlier.remains.base == asked.as_str());
    }
    if found.is_empty() {
        return print(&format!("no run has left anything behind (no journal in `{}`)\n", folder.display()));
    }
    print(&sanitise::block(&redactor.mask(&listing(&found))))?;
    if !args.yes {
        return Err(CliError::usage("nothing was removed").hint("add `--yes` to remove all of it"));
    }
    let runtime = runtime::start()?;
    runtime.block_on(async {
        let shared = Arc::new(Shared::default());
        interrupt::watch(&shared, false);
        let mut code = ExitCode::Conformant;
        for earlier in &found {
            code = ExitCode::worst([code, clean_one(context, args, &config, redactor, earlier, &shared).await?]);
        }
        Ok(if shared.is_interrupted() { ExitCode::Interrupted } else { code })
    })
}

fn parse(text: &str) -> Result<Base, CliError> {
    Base::parse(text).map_err(|error| {
        let hint = error.hint();
        CliError::usage("the target is no base URL").caused_by(error).hint(hint)
    })
}

/// What may be left, by run.
fn listing(found: &[Earlier]) -> String {
    let mut lines = Vec::new();
    for earlier in found {
        lines.push(format!("{}  run {}", earlier.remains.base, earlier.remains.mark));
        lines.extend(earlier.remains.leftovers.iter().map(|leftover| match leftover {
            Leftover::Resource(path) => format!("  {path}"),
            Leftover::Unanswered { path, name } => {
                format!("  {path}: perhaps {}", name.as_deref().unwrap_or("something without a name"))
            }
        }));
    }
    lines.join("\n") + "\n"
}

async fn clean_one(
    context: &Context,
    args: &CleanArgs,
    config: &Config,
    redactor: &Redactor,
    earlier: &Earlier,
    shared: &Arc<Shared>,
) -> Result<ExitCode, CliError> {
    let base = parse(&earlier.remains.base)?;
    let is_of_file = config.target.as_deref().and_then(|own| Base::parse(own).ok()).is_none_or(|own| own == base);
    let token = target::token(&args.at, config, context, redactor, is_of_file)?;
    let rate = target::rate(&args.at, config, Some(&base))?;
    let pace = Pace { max_wait: MAX_WAIT, real_time: false, rate, redactor: redactor.clone() };
    let client = target::client(&args.at, config, context)?;
    let credential = token.map_or(Credential::None, Credential::Bearer);
    let cleaned = clean_up(earlier, base, credential, client, pace, Arc::clone(shared)).await;
    let cleaned = cleaned.map_err(|error| CliError::usage("the journal cannot be removed").caused_by(error))?;
    let mut lines = vec![format!("removed {} at {}", cleaned.removed, earlier.remains.base)];
    lines.extend(cleaned.left.iter().map(|(what, why)| format!("left {what}: {why}")));
    let text = lines.join(
        "
",
    ) + "
";
    print(&sanitise::block(&redactor.mask(&text)))?;
    Ok(if cleaned.left.is_empty() { ExitCode::Conformant } else { ExitCode::CouldNotTest })
}
