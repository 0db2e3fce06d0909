//! docs/rules/: the same facts as `explain` shows, one page for each area, for readers without the program.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::explain::{self, SOURCES};
use crate::rules::{Profile, RuleMeta, source};
use crate::scenario::{Catalogue, Listed, Scenario};

/// Columns of a paragraph, as on every page.
const WIDTH: usize = 100;

/// Every page by the name of its file; `README.md` is the index.
///
/// # Panics
/// When a shipped rule file cannot be read; a test reads them all.
pub fn rule_pages() -> BTreeMap<String, String> {
    let catalogue = Catalogue::built_in();
    let mut index = Index::default();
    let mut pages = BTreeMap::new();
    for listed in catalogue.all().filter(|listed| listed.is_rule) {
        let meta = RuleMeta::read(&listed.file, listed.text()).expect("a test reads every rule file");
        let scenario = listed.parse().expect("a test reads every rule file");
        let area = area_of(&listed.id);
        let page: &mut String = pages.entry(format!("{area}.md")).or_insert_with(|| heading(area));
        page.push_str(&section(listed, &meta, &scenario));
        index.add(&listed.id, &meta);
    }
    pages.insert("README.md".to_owned(), index.finish());
    pages
}

fn area_of(id: &str) -> &str {
    id.split_once('/').map_or(id, |(area, _)| area)
}

fn heading(area: &str) -> String {
    format!("# Rules: `{area}/`\n\n[All rules](README.md). This page is generated from `scenarios/rules/{area}/`.\n")
}

fn section(listed: &Listed, meta: &RuleMeta, scenario: &Scenario) -> String {
    let id = &listed.id;
    let mut text = format!("\n## `{id}`\n\n**{}**\n\n| | |\n| --- | --- |\n", plain(&meta.title));
    for (name, fact) in explain::facts(listed, meta) {
        let fact = match name {
            SOURCES => meta.sources.iter().map(|source| linked(source)).collect::<Vec<_>>().join("; "),
            "file" => format!("[{fact}](../../{fact})"),
            _ => plain(&fact),
        };
        line(&mut text, format_args!("| {name} | {fact} |"));
    }
    text.push('\n');
    wrapped(&mut text, "", &plain(&meta.why));
    if !meta.may.is_empty() {
        text.push_str("\nServers may:\n\n");
        meta.may.iter().for_each(|freedom| wrapped(&mut text, "- ", &plain(freedom)));
    }
    if !scenario.steps.is_empty() {
        line(&mut text, format_args!("\n<details><summary>{} steps</summary>\n\n```text", scenario.steps.len()));
        for (at, step) in scenario.steps.iter().enumerate() {
            line(&mut text, format_args!("{:>2}  {}", at + 1, step.label));
        }
        text.push_str("```\n\n</details>\n");
    }
    text.push('\n');
    wrapped(&mut text, "", &format!("The fault that proves it: {}", plain(&meta.fault)));
    text
}

/// The table of all rules.
#[derive(Default)]
struct Index {
    rows: String,
    count: usize,
}

impl Index {
    fn add(&mut self, id: &str, meta: &RuleMeta) {
        self.count += 1;
        let anchor: String = id.chars().filter(|c| *c != '/').collect(); // as GitHub makes it from the heading
        let [rfc, okta, entra] = Profile::ALL.map(|profile| meta.severity_for(profile).name());
        let (level, tier) = (meta.level.name(), meta.tier.name());
        let link = format!("[`{id}`]({}.md#{anchor})", area_of(id));
        let title = plain(&meta.title);
        line(&mut self.rows, format_args!("| {link} | {title} | {level} | {tier} | {rfc} | {okta} | {entra} |"));
    }

    fn finish(self) -> String {
        format!(
            "# Rules\n\nThese {} rules judge every answer. `scimulator explain AREA/SLUG` shows the same in a terminal,\n\
             [proof.md](../proof.md) says how each is proven.\n\n\
             Level is how binding the requirement is: an RFC's word, or IDP for what only an IdP needs. The\n\
             last columns are the severity of a deviation: a run with `--strict` fails on errors in any of\n\
             them, another run on those of Okta and Entra. This page is generated from `scenarios/rules/`.\n\n\
             | rule | what must hold | level | tier | RFC | Okta | Entra |\n| --- | --- | --- | --- | --- | --- | --- |\n{}",
            self.count, self.rows
        )
    }
}

/// A citation as a link, where there is an address.
fn linked(citation: &str) -> String {
    match source::address(citation) {
        Some(address) => format!("[{citation}]({address})"),
        None => format!("[{citation}](../idps.md)"),
    }
}

/// A text of a rule file as Markdown shows it: what looks like HTML or ends a cell is escaped.
fn plain(text: &str) -> String {
    text.trim().replace('<', "&lt;").replace('|', "\\|").replace('*', "\\*").replace('\n', " ")
}

/// A paragraph or an entry of a list, wrapped at [`WIDTH`].
fn wrapped(text: &mut String, mark: &str, words: &str) {
    let mut current = mark.trim_end().to_owned();
    for word in words.split_whitespace() {
        if current.chars().count() + 1 + word.chars().count() > WIDTH {
            line(text, format_args!("{current}"));
            current = " ".repeat(mark.len().saturating_sub(1));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    line(text, format_args!("{current}"));
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{words}"); // writing to a String cannot fail
}
