//! `scimulator clean`: removes what earlier runs left behind at a target, as their journals tell.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::arguments::CleanArgs;
use super::config::Config;
use super::error::CliError;
use super::{interrupt, print, runtime, target, tell};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::http::{Base, Client, Credential, RateLimit, Redactor, sanitise};
use crate::run::{Cleaned, Earlier, Leftover, Pace, Shared, clean as clean_up, earlier};

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
    let asked = target::asked(&args.at, &config, context)?;
    if let Some(asked) = &asked {
        found.retain(|earlier| earlier.remains.base == asked.as_str());
    }
    if found.is_empty() {
        let at = asked.map(|base| format!(" at {base}")).unwrap_or_default();
        return print(&format!("no run has left anything behind{at} (no journal in `{}`)\n", folder.display()));
    }
    print(&sanitise::block(&redactor.mask(&listing(&found, asked.is_some()))))?;
    let base = only_base(&found)?;
    if !args.yes {
        return Err(CliError::usage("nothing was removed").hint("add `--yes` to remove all of it"));
    }
    let token = target::token(&args.at, &config, context, redactor, target::is_of_file(&config, &base))?;
    let cleaning = Cleaning {
        rate: target::rate(&args.at, &config, Some(&base))?,
        client: target::client(&args.at, &config, context)?,
        credential: token.map_or(Credential::None, Credential::Bearer),
        base,
        redactor,
        shared: Arc::new(Shared::default()),
    };
    let runtime = runtime::start()?;
    runtime.block_on(async {
        interrupt::watch(&cleaning.shared, false);
        let mut code = ExitCode::Conformant;
        for earlier in &found {
            code = ExitCode::worst([code, cleaning.of(earlier).await?]);
        }
        Ok(if cleaning.shared.is_interrupted() { ExitCode::Interrupted } else { code })
    })
}

/// The one target that all of these ran against: a token is for one endpoint, and never shown to another.
fn only_base(found: &[Earlier]) -> Result<Base, CliError> {
    let bases: BTreeSet<&str> = found.iter().map(|earlier| earlier.remains.base.as_str()).collect();
    match bases.first() {
        Some(only) if bases.len() == 1 => target::parse(only),
        _ => Err(CliError::usage(format!("these runs are of {} targets, and nothing was removed", bases.len()))
            .hint("choose one with `--target URL`")),
    }
}

/// What may be left, by run; the resources themselves where a target is named.
fn listing(found: &[Earlier], is_detailed: bool) -> String {
    let mut lines = Vec::new();
    for Earlier { remains, .. } in found {
        let is_known = |leftover: &&Leftover| matches!(leftover, Leftover::Resource(_));
        let known = remains.leftovers.iter().filter(is_known).count();
        let unknown = match remains.leftovers.len() - known {
            0 => String::new(),
            count => format!(", {count} that may have been created"),
        };
        let noun = if known == 1 { "resource" } else { "resources" };
        lines.push(format!("{}  run {}  {known} {noun}{unknown}", remains.base, remains.mark));
        if is_detailed {
            lines.extend(remains.leftovers.iter().map(|leftover| format!("  {}", shown(leftover))));
        }
    }
    lines.join("\n") + "\n"
}

fn shown(leftover: &Leftover) -> String {
    match leftover {
        Leftover::Resource(path) => path.clone(),
        Leftover::Unanswered { path, name: Some(name) } => format!("{path}: may have created {name}"),
        Leftover::Unanswered { path, name: None } => format!("{path}: may have created a resource without a name"),
    }
}

/// Everything that is needed at the one target.
struct Cleaning<'r> {
    base: Base,
    credential: Credential,
    client: Client,
    rate: RateLimit,
    redactor: &'r Redactor,
    shared: Arc<Shared>,
}

impl Cleaning<'_> {
    /// Removes what one run left, and says what became of it.
    async fn of(&self, earlier: &Earlier) -> Result<ExitCode, CliError> {
        let pace =
            Pace { max_wait: MAX_WAIT, real_time: false, rate: self.rate.clone(), redactor: self.redactor.clone() };
        let (base, credential, client) = (self.base.clone(), self.credential.clone(), self.client.clone());
        let cleaned = clean_up(earlier, base, credential, client, pace, Arc::clone(&self.shared)).await;
        let cleaned = cleaned.map_err(|error| CliError::usage("the journal cannot be removed").caused_by(error))?;
        let text = outcome(&cleaned, &earlier.remains.mark);
        print(&sanitise::block(&self.redactor.mask(&text)))?;
        Ok(if cleaned.left.is_empty() { ExitCode::Conformant } else { ExitCode::CouldNotTest })
    }
}

fn outcome(cleaned: &Cleaned, mark: &str) -> String {
    let gone = match cleaned.gone {
        0 => String::new(),
        count => format!(", {count} already gone"),
    };
    let mut lines = vec![format!("run {mark}  removed {}{gone}", cleaned.removed)];
    lines.extend(cleaned.left.iter().map(|(what, why)| format!("  left {what}: {why}")));
    lines.join("\n") + "\n"
}
