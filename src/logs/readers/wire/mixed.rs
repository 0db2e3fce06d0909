//! E-mails and tickets: texts in which several formats stand among sentences. The text is cut into pieces that other
//! readers understand; what no reader understands is only looked through for what must not be passed on.

use std::collections::BTreeSet;
use std::io;
use std::sync::LazyLock;

use regex_lite::Regex;

use super::app_text::is_log;
use super::curl_command::{command_start, commands};
use super::records;
use super::target::names_endpoint;
use crate::logs::detect;
use crate::logs::format::Format;
use crate::logs::input::{LogFile, mended, texts};
use crate::logs::pattern::pattern;
use crate::logs::readers::{Reading, is_pane, read_as};

/// Nobody pastes more lines into a mail; in a longer text they are looked at piece by piece.
const MOST_LINES: usize = 20_000;
/// What a piece lacks for itself is not lacking in the whole.
const OF_WHOLE_FILES: [&str; 4] = ["no-timestamps", "no-responses", "crlf", "no-final-newline"];

/// A part of the text in one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its format.
    pub format: Format,
    /// Its text, without marks of quotation; a sentence without its line ends.
    pub text: String,
    /// Lines before it.
    pub before: u64,
}

/// Reads a text piece by piece.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let text = records::text(file, reading)?;
    let text = texts(&text).unwrap_or(text);
    let (mut pieces, prose) = split(&text);
    if is_pane(&prose) {
        pieces.push(Piece { format: Format::EntraPaneText, text: prose.clone(), before: 0 });
    }
    let mut formats = BTreeSet::new();
    for piece in &pieces {
        formats.insert(piece.format);
        read_text(reading, piece)?;
    }
    for name in OF_WHOLE_FILES {
        reading.warnings.forget(name);
    }
    if PHONE.is_match(&prose) {
        reading.warnings.with("pii-outside-fields", "phone");
    }
    if formats.len() > 1 {
        reading.warnings.once("mixed-formats");
    }
    Ok(())
}

/// Reads one piece by the reader of its format; its lines count from where it stands in the file.
fn read_text(reading: &mut Reading<'_>, piece: &Piece) -> io::Result<()> {
    let file = LogFile::in_memory("", piece.text.as_bytes())?;
    let whole = (reading.format, reading.before);
    (reading.format, reading.before) = (piece.format, whole.1 + piece.before);
    let result = read_as(&file, piece.format, reading);
    (reading.format, reading.before) = whole;
    result
}

static PHONE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\+\d{1,3}[ .-]?\(?\d[\d ().-]{5,}\d"));
static TASK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"Automatic (provisioning|profile push|deprovisioning|deactivation|reactivation) of user |User was assigned this application before",
    )
});
static VERBOSE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^> [A-Z]+ \S.* HTTP/[\d.]+\s*$"));
static RAW: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[A-Z]{3,7} \S.* HTTP/[\d.]+\s*$"));
/// Where JSON begins: with a brace, or with a member of something that began before.
static JSON: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^(\{|\[|"[\w@.-]+"\s*:)\s*["{\[\w-]*"#));
/// … and how its lines begin.
static JSON_LINE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"^["{}\[\],]|^(true|false|null|-?\d+(\.\d+)?),?$"#));
static ON_DEMAND: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)^\s*(provision on demand|1\. Import user|import user)\b"));

/// Whether a text by its beginning holds something that a reader understands.
pub fn is_mixture(text: &str) -> bool {
    !split(text).0.is_empty()
}

/// The pieces of a text, and what is none of them, with an empty line for each line of a piece.
pub fn split(text: &str) -> (Vec<Piece>, String) {
    let lines: Vec<&str> = text.lines().collect();
    let (mut pieces, mut prose, mut at) = (Vec::new(), String::new(), 0);
    while let Some(line) = lines.get(at) {
        let found = verbose(&lines, at).or_else(|| by_line(&lines, at));
        if let Some((None, text, used)) = found {
            prose.push_str(&text);
            prose.push('\n');
            at += used.max(1);
        } else if let Some((Some(format), text, used)) = found {
            pieces.push(Piece { format, text, before: at as u64 });
            let used = used.max(1);
            prose.extend(std::iter::repeat_n('\n', used));
            at += used;
        } else {
            prose.push_str(unquoted(line));
            prose.push('\n');
            at += 1;
        }
    }
    (pieces, prose)
}

/// A piece: its format, where it has one, its text, and how many lines it takes.
type Found = (Option<Format>, String, usize);

/// What `curl -v` printed: the marks at the beginning of its lines are no quotation.
fn verbose(lines: &[&str], at: usize) -> Option<Found> {
    let is_request = |line: &&str| VERBOSE.is_match(line);
    let is_command = command_start(lines[at]).is_some();
    let ahead = lines[at..].iter().take(if is_command { 20 } else { 1 }).position(is_request)?;
    // An empty line ends it, unless the transcript goes on behind it: a body may hold some.
    let mut used = ahead + 1;
    while let Some(line) = lines.get(at + used) {
        let goes_on = || lines.get(at + used + 1).is_some_and(|next| is_of_curl(next));
        if line.trim().is_empty() && !goes_on() {
            break;
        }
        used += 1;
    }
    Some((Some(Format::CurlVerbose), lines[at..at + used].join("\n"), used))
}

/// A line that `curl -v` marks, rather than a quotation.
fn is_of_curl(line: &str) -> bool {
    line.starts_with("< ") || line.starts_with("* ") || VERBOSE.is_match(line)
}

fn by_line(lines: &[&str], at: usize) -> Option<Found> {
    let line = unquoted(lines[at]);
    if command_start(line).is_some() {
        return Some(command(lines, at));
    }
    if TASK.is_match(&joined(&lines[at..lines.len().min(at + 2)])) && !line.is_empty() {
        return task(lines, at);
    }
    let is_block = |line: &str| !line.trim().is_empty();
    if ON_DEMAND.is_match(line) {
        let used = lines[at..].iter().take_while(|line| is_block(unquoted(line))).count();
        return Some((Some(Format::EntraOnDemandText), plain(&lines[at..at + used]), used));
    }
    if RAW.is_match(line) {
        // Head, body, and the answer behind them: up to the next command or sentence of another kind.
        let rest = lines[at + 1..].iter().position(|line| command_start(unquoted(line)).is_some());
        let used = rest.map_or(lines.len() - at, |rest| rest + 1);
        return Some((Some(Format::HttpRaw), plain(&lines[at..at + used]), used));
    }
    if JSON.is_match(line) { Some(json(lines, at)) } else { log_lines(lines, at) }
}

/// JSON among sentences, also half of it. What no reader knows is passed over as a whole.
fn json(lines: &[&str], at: usize) -> Found {
    let some = lines[at..].iter().take(MOST_LINES);
    let used = some.take_while(|line| JSON_LINE.is_match(unquoted(line))).count().max(1);
    let text = plain(&lines[at..at + used]);
    match mended(&text).and_then(|mended| Some((detect::of_text(&mended)?, mended))) {
        Some((format, mended)) => (Some(format), mended, used),
        None => (None, text, used),
    }
}

/// Lines of a server's log among sentences.
fn log_lines(lines: &[&str], at: usize) -> Option<Found> {
    if !names_endpoint(lines[at]) {
        return None;
    }
    let used = lines[at..].iter().take(MOST_LINES).take_while(|line| !unquoted(line).is_empty()).count();
    let text = plain(&lines[at..at + used]);
    let format = detect::of_access(&text).or_else(|| is_log(&text).then_some(Format::AppText))?;
    Some((Some(format), text, used))
}

/// A command with the answer behind it, which may stand after an empty line.
fn command(lines: &[&str], at: usize) -> Found {
    // No more of the text is looked at than the command takes.
    let (mut window, mut text, mut end) = (1, String::new(), 0);
    while end == text.len() && (text.is_empty() || at + window / 2 < lines.len()) {
        text = plain(&lines[at..lines.len().min(at + window)]);
        end = commands(&text).first().map_or(0, |command| command.end);
        window *= 2;
    }
    let mut used = text[..end].matches('\n').count() + 1;
    let is_empty = |used: usize| lines.get(at + used).is_none_or(|line| unquoted(line).is_empty());
    let begins_answer = |used: usize| {
        lines
            .get(at + used)
            .is_some_and(|line| unquoted(line).starts_with(['{', '[', '<']) || unquoted(line).starts_with("HTTP/"))
    };
    let gap = usize::from(is_empty(used));
    if begins_answer(used + gap) {
        used += gap;
        let has_head = unquoted(lines[at + used]).starts_with("HTTP/");
        while !is_empty(used) {
            used += 1;
        }
        // Behind the head of an answer its body.
        if has_head && begins_answer(used + 1) {
            used += 1;
            while !is_empty(used) {
                used += 1;
            }
        }
    }
    let used = used.min(lines.len() - at);
    (Some(Format::CurlCommand), plain(&lines[at..at + used]), used)
}

/// A sentence of Okta's pages, which mail programs wrap over several lines; it goes on to the end of its paragraph.
fn task(lines: &[&str], at: usize) -> Option<Found> {
    let is_quoted = lines[at].starts_with('>');
    // Another sentence begins another piece.
    let goes_on = |line: &&str| {
        let text = unquoted(line);
        let is_other = text.is_empty() || TASK.is_match(text) || command_start(text).is_some();
        line.starts_with('>') == is_quoted && !is_other
    };
    let used = 1 + lines[at + 1..].iter().take_while(|line| goes_on(line)).count();
    let sentence = joined(&lines[at..at + used]);
    TASK.is_match(&sentence).then_some((Some(Format::OktaTasksText), sentence, used))
}

/// A line without marks of quotation and the blanks around it.
fn unquoted(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t']).trim_end()
}

/// Lines as one.
fn joined(lines: &[&str]) -> String {
    lines.iter().map(|line| unquoted(line)).collect::<Vec<_>>().join(" ")
}

/// Lines without the marks of quotation, with their indentation.
fn plain(lines: &[&str]) -> String {
    let lines = lines.iter().map(|line| {
        let text = line.trim_start_matches('>');
        if text.len() < line.len() { text.strip_prefix(' ').unwrap_or(text) } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_cut_into_what_readers_understand() {
        let text = "Subject: x\n\n> Automatic provisioning of user A to app B failed: Error while creating user\n> a@b: Conflict.\n\n\
                    by hand:\n\ncurl -d '{\n}' \\\n  https://a/Users\n{\"status\":\"409\"}\n\nRegards +353 87 555 0142\n";
        let (pieces, prose) = split(text);
        let pieces: Vec<(Format, &str, u64)> =
            pieces.iter().map(|piece| (piece.format, piece.text.as_str(), piece.before)).collect();
        let sentence = "Automatic provisioning of user A to app B failed: Error while creating user a@b: Conflict.";
        let command = "curl -d '{\n}' \\\n  https://a/Users\n{\"status\":\"409\"}";
        assert_eq!(pieces, [(Format::OktaTasksText, sentence, 2), (Format::CurlCommand, command, 7)]);
        assert!(PHONE.is_match(&prose) && !prose.contains("curl"));
    }

    #[test]
    fn the_marks_of_curl_are_no_quotation() {
        let text = "I see\n\n$ curl -v https://a/Users\n* x\n> GET /Users HTTP/1.1\n> Host: a\n>\n< HTTP/1.1 401\n<\n{}\n\nbye";
        let (pieces, prose) = split(text);
        assert_eq!(pieces.len(), 1);
        assert_eq!(pieces[0].format, Format::CurlVerbose);
        assert!(pieces[0].text.starts_with("$ curl") && pieces[0].text.ends_with("<\n{}"));
        assert!(prose.ends_with("bye\n"));
    }

    #[test]
    fn no_text_makes_it_stumble() {
        let text = "> Automatic provisioning of user A\ncurl 'x\n> GET / HTTP/1.1\n< HTTP/1.1 200\n\nPOST /Users HTTP/1.1\n\nImport user\n";
        for end in 0..text.len() {
            split(&text[..end]);
            split(&text[end..]);
        }
    }
}
