//! What is to be played: catalogue, scenarios, dialects, severity columns, faults.

use std::path::{Path, PathBuf};

use super::config::Config;
use super::error::CliError;
use crate::behaviours::{Behaviour, BehaviourError};
use crate::context::Context;
use crate::exit::ExitCode;
use crate::faults;
use crate::idp::Dialect;
use crate::rules::Profile;
use crate::run::{Job, plan, select};
use crate::scenario::{Catalogue, Listed};
use crate::yaml::nearest;

/// Dialects that are played when nothing is said.
const USUAL: [&str; 2] = ["okta", "entra"];

/// Everything built in, and what the user's own folder adds or replaces.
pub(super) fn catalogue(flag: Option<&Path>, config: &Config, context: &Context) -> Result<Catalogue, CliError> {
    let own: Option<PathBuf> = flag.map(|path| context.folder.join(path));
    let mut catalogue = Catalogue::built_in();
    if let Some(folder) = own.or_else(|| config.scenarios.as_ref().map(|path| config.resolve(path))) {
        catalogue.add_folder(&folder)?;
    }
    Ok(catalogue)
}

/// The selectors, with the id of the scenario in the place of each that is a file.
pub(super) fn files(
    catalogue: &mut Catalogue,
    selectors: &[String],
    context: &Context,
) -> Result<Vec<String>, CliError> {
    let is_file = |selector: &&String| Path::new(selector).extension().is_some_and(|end| end == "yaml" || end == "yml");
    let id = |selector: &String| match Some(selector).filter(is_file) {
        Some(path) => file(catalogue, &context.folder.join(path)),
        None => Ok(selector.clone()),
    };
    selectors.iter().map(id).collect()
}

/// Adds a scenario file; gives its id.
pub(super) fn file(catalogue: &mut Catalogue, path: &Path) -> Result<String, CliError> {
    catalogue
        .add_file(path)
        .map_err(|error| CliError::usage(format!("the scenario `{}` cannot be read", path.display())).caused_by(error))
}

/// The id of one scenario or rule, given by it or by its file.
pub(super) fn id(catalogue: &mut Catalogue, selector: &str, context: &Context) -> Result<String, CliError> {
    Ok(files(catalogue, &[selector.to_owned()], context)?.remove(0))
}

/// The scenarios and rules that the selectors name.
pub(super) fn chosen<'a>(catalogue: &'a Catalogue, selectors: &[String]) -> Result<Vec<&'a Listed>, CliError> {
    select(catalogue, selectors).map_err(|nothing| {
        CliError::usage(nothing.to_string())
            .with_code(ExitCode::NothingSelected)
            .guess(nothing.nearest.as_deref())
            .hint("`scimulator list` shows what there is")
    })
}

/// One scenario or rule by its id.
pub(super) fn one<'a>(catalogue: &'a Catalogue, id: &str) -> Result<&'a Listed, CliError> {
    catalogue.get(id).ok_or_else(|| {
        let guess = nearest(id, catalogue.all().map(|listed| listed.id.as_str()));
        CliError::usage(format!("no scenario or rule is called `{id}`"))
            .with_code(ExitCode::NothingSelected)
            .guess(guess)
            .hint("`scimulator list` shows what there is")
    })
}

/// One scenario or rule as it is played under one dialect.
pub(super) fn job(catalogue: &Catalogue, id: &str, dialect: &str) -> Result<Job, CliError> {
    let listed = one(catalogue, id)?;
    let dialect = self::dialect(dialect)?;
    let nothing = |message: String| CliError::usage(message).with_code(ExitCode::NothingSelected);
    if listed.is_passive {
        return Err(nothing(format!("`{id}` has no steps of its own: it looks at every exchange"))
            .hint(format!("scimulator explain {id}")));
    }
    if let Some(job) = plan(&[listed], catalogue, std::slice::from_ref(&dialect), false)?.pop() {
        return Ok(job);
    }
    let scenario = listed.parse()?;
    let hint = match &scenario.idps {
        Some(idps) if !scenario.except.contains(&dialect) => format!("it is for {}", idps.join(", ")),
        _ => format!("it is for all but {}", scenario.except.join(", ")),
    };
    Err(nothing(format!("`{id}` is not played as {dialect}")).hint(hint))
}

/// The dialects to play, each once.
pub(super) fn dialects(flag: &[String], config: &Config) -> Result<Vec<String>, CliError> {
    let asked = if flag.is_empty() { &config.idp[..] } else { flag };
    let mut dialects: Vec<String> = Vec::new();
    for name in asked.iter().map(|name| name.trim()).filter(|name| !name.is_empty()) {
        if name == "all" {
            dialects.extend(Dialect::ids().map(str::to_owned));
        } else {
            dialects.push(dialect(name)?);
        }
    }
    if dialects.is_empty() {
        dialects = USUAL.map(str::to_owned).to_vec();
    }
    let mut seen = std::collections::HashSet::new();
    dialects.retain(|dialect| seen.insert(dialect.clone()));
    Ok(dialects)
}

/// One dialect by its id.
pub(super) fn dialect(name: &str) -> Result<String, CliError> {
    if Dialect::ids().any(|known| known == name) {
        return Ok(name.to_owned());
    }
    let known = Dialect::ids().collect::<Vec<_>>().join(", ");
    Err(CliError::usage(format!("there is no identity provider `{name}`"))
        .guess(nearest(name, Dialect::ids()))
        .hint(format!("there are {known}")))
}

/// Severity columns of the dialects; the RFCs' own for `--strict`.
pub(super) fn profiles(dialects: &[String], strict: bool) -> Vec<Profile> {
    let of_dialect = |dialect: &String| match Dialect::parent(dialect) {
        "okta" => Profile::Okta,
        "entra" => Profile::Entra,
        _ => Profile::Rfc,
    };
    let chosen: Vec<Profile> = dialects.iter().map(of_dialect).chain(strict.then_some(Profile::Rfc)).collect();
    Profile::ALL.into_iter().filter(|profile| chosen.contains(profile)).collect()
}

/// Checks the names of faults.
pub(super) fn faults(flags: &[String]) -> Result<(), CliError> {
    match flags.iter().find(|name| !faults::names().contains(&name.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(CliError::usage(format!("there is no fault `{unknown}`"))
            .guess(nearest(unknown, faults::names().iter().copied()))
            .hint("`scimulator list --faults` shows what there is")),
    }
}

/// Reads the behaviours.
pub(super) fn behaviours(flags: &[String]) -> Result<Vec<Behaviour>, CliError> {
    let read = |flag: &String| {
        flag.parse().map_err(|error: BehaviourError| {
            let told = CliError::usage(error.to_string());
            match error {
                BehaviourError::Unknown { did_you_mean, .. } => {
                    told.guess(did_you_mean).hint("`scimulator help behaviours` shows what there is")
                }
                BehaviourError::Argument { what, .. } => told.hint(what),
            }
        })
    };
    flags.iter().map(read).collect()
}

/// What a passive rule chosen alone looks at: every scenario, and the rules that read what no identity provider reads.
pub(super) fn for_passive<'a>(catalogue: &'a Catalogue, rules: &[String]) -> Vec<&'a Listed> {
    const DISCOVERY: [&str; 3] = ["GET: /ServiceProviderConfig", "GET: /ResourceTypes", "GET: /Schemas"];
    let reads = |listed: &&Listed| {
        let discovers = || DISCOVERY.iter().any(|request| listed.text().contains(request));
        // Some of what a rule is about is sent by the rules of its own area and nobody else.
        let is_related = || rules.iter().any(|rule| area(rule) == area(&listed.id));
        !listed.is_rule || (!listed.is_passive && (discovers() || is_related()))
    };
    catalogue.all().filter(reads).collect()
}

/// `cursor` of `cursor/walk`.
fn area(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(flags: &[&str]) -> Vec<String> {
        let flags: Vec<String> = flags.iter().map(|flag| (*flag).to_owned()).collect();
        dialects(&flags, &Config::default()).unwrap()
    }

    #[test]
    fn okta_and_entra_are_played_when_nothing_is_said_and_each_once() {
        assert_eq!(names(&[]), ["okta", "entra"]);
        assert_eq!(names(&["entra", "entra"]), ["entra"]);
        assert!(names(&["all"]).len() > 3);
    }

    #[test]
    fn a_variant_counts_by_its_family_and_strict_adds_the_rfcs() {
        let dialects = ["okta-aiw".to_owned(), "entra".to_owned()];
        assert_eq!(profiles(&dialects, false), [Profile::Okta, Profile::Entra]);
        assert_eq!(profiles(&dialects, true), Profile::ALL);
        assert_eq!(profiles(&["generic".to_owned()], false), [Profile::Rfc]);
    }
}
