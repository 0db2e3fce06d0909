//! `scimulator list`: what there is, from the index made at build time; no file is parsed.

use serde_json::{Value, json};

use super::arguments::{Format, ListArgs};
use super::config::Config;
use super::error::CliError;
use super::page::Page;
use super::{print, selection};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::faults;
use crate::http::Redactor;
use crate::scenario::Listed;
use crate::yaml::nearest;

/// Columns of ids.
const ID: usize = 32;
/// Tiers of rules.
const TIERS: [&str; 4] = ["core", "rfc-must", "rfc-should", "advanced"];

/// Runs the subcommand.
pub(super) fn list(context: &Context, args: &ListArgs) -> Result<ExitCode, CliError> {
    if args.faults {
        return list_faults(args.format);
    }
    if let Some(tier) = args.tier.as_deref().filter(|tier| !TIERS.contains(tier)) {
        return Err(CliError::usage(format!("there is no tier `{tier}`"))
            .guess(nearest(tier, TIERS))
            .hint(format!("there are {}", TIERS.join(", "))));
    }
    let config = Config::find(None, context, &Redactor::new())?;
    let catalogue = selection::catalogue(args.scenarios.as_deref(), &config, context)?;
    let mut chosen = selection::chosen(&catalogue, &args.select)?;
    chosen.retain(|listed| listed.is_rule || !(args.rules || args.tier.is_some()));
    chosen.retain(|listed| args.tier.as_deref().is_none_or(|tier| listed.tier == tier));
    if chosen.is_empty() {
        return Err(CliError::usage("nothing is selected").with_code(ExitCode::NothingSelected));
    }
    match args.format {
        Format::Json => print(&as_json(chosen.iter().map(|listed| entry(listed)).collect())),
        Format::Text => print(&text(context, &chosen)),
    }
}

fn list_faults(format: Format) -> Result<ExitCode, CliError> {
    match format {
        Format::Json => print(&as_json(faults::names().iter().map(|name| json!(name)).collect())),
        Format::Text => print(&(faults::names().join("\n") + "\n")),
    }
}

fn as_json(entries: Vec<Value>) -> String {
    format!("{:#}\n", Value::Array(entries))
}

fn entry(listed: &Listed) -> Value {
    let mut entry = json!({
        "id": listed.id,
        "kind": if listed.is_rule { "rule" } else { "scenario" },
        "title": listed.title,
        "tags": listed.tags,
        "file": listed.file,
    });
    if listed.is_rule {
        entry["tier"] = json!(listed.tier);
        entry["mode"] = json!(if listed.is_passive { "passive" } else { "active" });
    }
    entry
}

fn text(context: &Context, chosen: &[&Listed]) -> String {
    let mut page = Page::new(context.width);
    let (rules, scenarios): (Vec<&Listed>, Vec<&Listed>) = chosen.iter().partition(|listed| listed.is_rule);
    for (heading, group) in [("scenarios", &scenarios), ("rules", &rules)] {
        if group.is_empty() {
            continue;
        }
        page.heading(&format!("{heading} ({})", group.len()));
        for listed in group {
            page.row(&listed.id, ID, &listed.title);
        }
    }
    page.heading("next");
    page.line("  scimulator show ID      its steps and the requests they become");
    page.line("  scimulator explain ID   a rule: what must hold, why, and whom it breaks");
    page.finish().trim_start().to_owned()
}
