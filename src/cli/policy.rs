//! What the user makes of findings: `allow`, `warn` and `deny`, and deviations that are accepted for a while.

use serde::Deserialize;
use serde_saphyr::Spanned;
use time::{Date, macros::format_description};

use super::arguments::RunArgs;
use super::config::Config;
use super::error::CliError;
use crate::finding::Severity;
use crate::run::{Deviation, Deviations, EndpointScope, glob};
use crate::scenario::Catalogue;
use crate::yaml::{DataError, did_you_mean, nearest};

/// One entry of `deviations:`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeviationFile {
    /// Rules, by glob.
    rule: String,
    /// Why it is accepted.
    reason: String,
    /// The last day on which it counts.
    #[serde(default)]
    until: Option<String>,
    /// Scenarios, by glob, with `@DIALECT` behind where it matters.
    #[serde(default)]
    scenario: Option<String>,
    /// `/Groups`, or `PATCH /Groups`.
    #[serde(default)]
    endpoint: Option<String>,
}

/// Severities set by the user, the last one that fits wins: flags after the file, longer globs after shorter ones.
pub(super) fn severities(
    args: &RunArgs,
    config: &Config,
    catalogue: &Catalogue,
) -> Result<Vec<(String, Severity)>, CliError> {
    let mut all = Vec::new();
    for (source, lists) in [
        ("scimulator.yaml", [&config.allow, &config.warn, &config.deny]),
        ("the command line", [&args.allow, &args.warn, &args.deny]),
    ] {
        let severities = [Severity::Info, Severity::Warn, Severity::Error];
        let mut own: Vec<(String, Severity)> = Vec::new();
        for (severity, list) in severities.into_iter().zip(lists) {
            own.extend(list.iter().map(|pattern| (pattern.clone(), severity)));
        }
        if let Some((pattern, _)) = own.iter().find(|(pattern, _)| !fits_something(catalogue, pattern)) {
            return Err(CliError::usage(format!("no rule fits `{pattern}`"))
                .caused_by(format!("it stands in {source}"))
                .guess(nearest_rule(catalogue, pattern).as_deref())
                .hint("`scimulator list --rules` shows what there is"));
        }
        own.sort_by_key(|(pattern, severity)| (pattern.len(), *severity));
        all.extend(own);
    }
    Ok(all)
}

/// The deviations of the file. What is accepted at its target is not accepted at another one.
pub(super) fn deviations(
    config: &Config,
    catalogue: &Catalogue,
    today: Date,
    is_whole_run: bool,
    is_of_file: bool,
) -> Result<Deviations, CliError> {
    let entries = config.deviations.iter().map(|entry| deviation(entry, config, catalogue));
    let entries = entries.collect::<Result<Vec<_>, _>>()?;
    Ok(Deviations::new(if is_of_file { entries } else { Vec::new() }, today, is_whole_run))
}

fn deviation(entry: &Spanned<DeviationFile>, config: &Config, catalogue: &Catalogue) -> Result<Deviation, DataError> {
    let line = u32::try_from(entry.referenced.line()).unwrap_or(u32::MAX);
    let wrong = |message: String| config.mistake(line, message);
    let DeviationFile { rule, reason, until, scenario, endpoint } = entry.value.clone();
    if !fits_something(catalogue, &rule) {
        let error = wrong(format!("no rule fits `{rule}`"));
        return Err(match nearest_rule(catalogue, &rule) {
            Some(guess) => error.with_hint(did_you_mean(&guess)),
            None => error.with_hint("`scimulator list --rules` shows what there is"),
        });
    }
    if reason.trim().is_empty() {
        return Err(wrong(format!("the deviation for `{rule}` has no reason")));
    }
    let until = until.map(|text| day(&text).ok_or(text)).transpose();
    let until = until.map_err(|text| wrong(format!("`{text}` is no day; write it as 2027-01-31")))?;
    if let Some(scope) = &scenario {
        let names = scope.split('@').next().unwrap_or(scope);
        if !catalogue.all().any(|listed| glob(names, &listed.id)) {
            let guess = nearest(names, catalogue.all().map(|listed| listed.id.as_str())).map(str::to_owned);
            let error = wrong(format!("no scenario fits `{names}`"));
            return Err(guess.map_or(error.clone(), |guess| error.with_hint(did_you_mean(&guess))));
        }
    }
    let endpoint = endpoint.map(|text| EndpointScope::parse(&text).ok_or(text)).transpose().map_err(|text| {
        wrong(format!("`{text}` is no endpoint")).with_hint("write for example `/Groups` or `PATCH /Groups`")
    })?;
    Ok(Deviation { rule, reason, scenario, endpoint, until })
}

/// `2027-01-31`.
fn day(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}

/// Findings have the ids of rules, and those of scenarios where a step names no rule.
fn fits_something(catalogue: &Catalogue, pattern: &str) -> bool {
    catalogue.all().any(|listed| glob(pattern, &listed.id))
}

/// The rule, or for a glob the whole area, that was probably meant.
fn nearest_rule(catalogue: &Catalogue, pattern: &str) -> Option<String> {
    let rules = catalogue.all().filter(|listed| listed.is_rule).map(|listed| listed.id.clone());
    let names: Vec<String> = if pattern.contains('*') {
        rules.filter_map(|id| Some(format!("{}/*", id.split_once('/')?.0))).collect()
    } else {
        rules.collect()
    };
    nearest(pattern, names.iter().map(String::as_str)).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;
    use crate::yaml;

    fn config(text: &str) -> Config {
        yaml::read("scimulator.yaml", text).unwrap()
    }

    fn list(patterns: &[&str]) -> Vec<String> {
        patterns.iter().map(|pattern| (*pattern).to_owned()).collect()
    }

    #[test]
    fn flags_come_after_the_file_and_the_longer_glob_after_the_shorter() {
        let config = config("deny: [patch/atomic]\nallow: ['*']\nwarn: [patch/*]\n");
        let args = RunArgs { allow: list(&["http/tls"]), deny: list(&["http/*"]), ..RunArgs::default() };
        let set = severities(&args, &config, &Catalogue::built_in()).unwrap();
        let words: Vec<String> = set.iter().map(|(rule, severity)| format!("{rule} {}", severity.name())).collect();
        assert_eq!(words, ["* info", "patch/* warn", "patch/atomic error", "http/* error", "http/tls info"]);
    }

    #[test]
    fn a_deviation_is_for_the_target_it_stands_beside() {
        let config = config("deviations:\n- { rule: etag/*, reason: later, until: 2027-01-31 }\n");
        let read = |is_of_file| {
            deviations(&config, &Catalogue::built_in(), date!(2027 - 02 - 01), true, is_of_file).unwrap().notes()
        };
        assert!(read(true)[0].contains("2027-01-31"));
        assert!(read(false).is_empty());
    }

    #[test]
    fn a_day_is_written_in_one_way() {
        assert_eq!(day("2027-01-31"), Some(date!(2027 - 01 - 31)));
        assert!(["31.1.2027", "2027-02-30", "soon", "2027-01"].iter().all(|text| day(text).is_none()));
    }
}
