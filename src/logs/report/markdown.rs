//! The report that goes into a ticket. What a log says is quoted so that it cannot become markup.

use std::fmt::Write as _;

use super::{IncidentView, View};
use crate::http::sanitise;

/// The report in Markdown.
pub fn markdown(view: &View) -> String {
    let mut text = String::new();
    for incident in &view.incidents {
        section(&mut text, incident, view);
    }
    if view.incidents.is_empty() {
        let _ = writeln!(text, "{}\n", view.without_incidents());
    }
    let _ = writeln!(text, "## {}\n", capital(view.labels.files));
    let _ = writeln!(text, "| | | | |\n| --- | --- | --- | --- |");
    for file in &view.files {
        let warnings = file.warnings.join(", ");
        let cells = [file.name.clone(), file.format.clone(), file.records.to_string(), warnings];
        let _ = writeln!(text, "| {} |", cells.map(|cell| plain(&cell)).join(" | "));
    }
    text
}

fn section(text: &mut String, incident: &IncidentView, view: &View) {
    let labels = view.labels;
    let _ = writeln!(text, "## {}. {}\n", incident.number, plain(&incident.title));
    let facts = [format!("`{}`", incident.symptom), code(&incident.subject), plain(&incident.when)];
    let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    let _ = writeln!(text, "{}\n", facts.join(" · "));
    let _ = writeln!(text, "**{}:** {}\n", capital(labels.cause), plain(&incident.cause));
    list(text, labels.advice, &incident.advice);
    if incident.advice.is_empty() && incident.tried.is_empty() {
        let _ = writeln!(text, "{}\n", labels.no_advice);
    }
    list(text, labels.tried, &incident.tried);
    list(text, labels.questions, &incident.questions);
    let _ = writeln!(text, "**{}**\n", capital(labels.evidence));
    for line in &incident.evidence {
        let parts = [&line.when, &line.outcome].map(|part| plain(part)).into_iter().filter(|part| !part.is_empty());
        let head = parts.collect::<Vec<_>>().join(" · ");
        let words = if line.words.is_empty() { String::new() } else { format!(": {}", code(&line.words)) };
        let _ = writeln!(text, "- {} {head}{words} ({})", code(&line.what), code(&line.place));
    }
    if incident.more_evidence > 0 {
        let _ = writeln!(text, "- … +{}", incident.more_evidence);
    }
    text.push('\n');
    if !incident.requests.is_empty() {
        let _ = writeln!(text, "**{}** (`{}`)\n", capital(labels.requests), incident.dialect);
        for line in &incident.requests {
            let _ = writeln!(text, "1. {} → {} ({})", code(&line.request), line.status, plain(&line.how));
        }
        text.push('\n');
    }
    list(text, labels.assumptions, &incident.assumptions);
}

fn list(text: &mut String, heading: &str, entries: &[String]) {
    if entries.is_empty() {
        return;
    }
    let _ = writeln!(text, "**{}**\n", capital(heading));
    for entry in entries {
        let _ = writeln!(text, "- {}", plain(entry));
    }
    text.push('\n');
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Text that means nothing to Markdown or HTML.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in sanitise::line(text).chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' => {
                safe.push('\\');
                safe.push(letter);
            }
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            _ => safe.push(letter),
        }
    }
    safe
}

/// Text as code: longer fences than it holds itself, no line end, no cell border.
fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    let text = sanitise::line(text).replace('|', "¦");
    let longest = text.split(|letter| letter != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_log_says_is_no_markup() {
        assert_eq!(plain("a|b <b> [x](y) `c`"), r"a\|b &lt;b&gt; \[x\](y) \`c\`");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
    }
}
