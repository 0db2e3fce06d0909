//! Commands of curl and of PowerShell's clients, as people paste them, with the answers that they paste behind them.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::IgnoredAny;

use super::exchange::{self, Exchange};
use super::http_message::{Start, Step, step};
use super::http_raw;
use super::intake::Intake;
use super::shell::{Shell, Word, words};
use super::{curl_options, records};
use crate::logs::input::LogFile;
use crate::logs::readers::Reading;

/// Reads commands. The number of each is its line.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    let text = records::text(file, reading)?;
    let mut intake = Intake::new(reading);
    let mut commands = commands(&text).into_iter().peekable();
    while let Some(command) = commands.next() {
        let until = commands.peek().map_or(text.len(), |next| next.start);
        let mut exchanges = command.exchanges(&mut intake);
        if let Some(last) = exchanges.last_mut() {
            add_answer(last, text[command.end..until].trim_start());
        }
        for exchange in exchanges {
            intake.reading.count(exchange.number, None);
            intake.take(exchange);
        }
    }
    if intake.lacks_answers() {
        intake.reading.warnings.once("no-responses");
    }
    intake.finish();
    Ok(())
}

/// A command in a text.
pub struct Command {
    /// Number of its line, from 1.
    pub line: u64,
    /// Where its line begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    words: Vec<Word>,
}

impl Command {
    /// Its requests.
    pub fn exchanges(&self, intake: &mut Intake<'_, '_>) -> Vec<Exchange> {
        match self.words.first() {
            Some(Word::Text(program)) if is_curl(program) => curl_options::of_curl(intake, self.line, &self.words),
            _ => curl_options::of_power_shell(intake, self.line, &self.words).into_iter().collect(),
        }
    }
}

/// The commands of a text.
pub fn commands(text: &str) -> Vec<Command> {
    let (mut commands, mut at, mut number): (Vec<Command>, usize, u64) = (Vec::new(), 0, 0);
    for line in text.split_inclusive('\n') {
        number += 1;
        let start = at;
        at += line.len();
        if commands.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let Some((offset, shell)) = command_start(line) else { continue };
        let (mut words, length) = words(&text[start + offset..], shell);
        if shell == Shell::Pwsh && matches!(words.first(), Some(Word::Text(program)) if is_curl(program)) {
            words.iter_mut().for_each(unescape);
        }
        commands.push(Command { line: number, start, end: start + offset + length, words });
    }
    commands
}

/// PowerShell hands `\"` on, and the program makes a quote of it.
fn unescape(word: &mut Word) {
    if let Word::Text(text) = word {
        *text = text.replace("\\\"", "\"");
    }
}

fn is_curl(program: &str) -> bool {
    ["curl", "curl.exe"].iter().any(|name| program.eq_ignore_ascii_case(name))
}

/// Where in a line a command begins, behind a prompt, and by whose rules it is written.
pub fn command_start(line: &str) -> Option<(usize, Shell)> {
    let text = line.trim_start();
    let (rest, prompted) = behind_prompt(text);
    let (rest, is_assigned) = match rest.split_once('=') {
        Some((variable, rest)) if variable.starts_with('$') && !variable.trim().contains(' ') => {
            (rest.trim_start(), true)
        }
        _ => (rest, false),
    };
    let program = rest.split_whitespace().next()?;
    let is_client =
        ["Invoke-WebRequest", "Invoke-RestMethod", "iwr", "irm"].iter().any(|name| program.eq_ignore_ascii_case(name));
    let is_command = is_client || (is_curl(program) && rest.len() > program.len() + 1);
    if !is_command {
        return None;
    }
    let end = line.trim_end();
    let shell = if is_client || is_assigned || end.ends_with('`') {
        Shell::Pwsh
    } else {
        prompted.unwrap_or(if end.ends_with('^') || line.contains("^\"") { Shell::Cmd } else { Shell::Posix })
    };
    Some((line.len() - rest.len(), shell))
}

/// A line without its prompt, and whose prompt it was.
fn behind_prompt(line: &str) -> (&str, Option<Shell>) {
    for prompt in ["$ ", "# ", "% ", "> "] {
        if let Some(rest) = line.strip_prefix(prompt) {
            return (rest.trim_start(), (prompt != "> ").then_some(Shell::Posix));
        }
    }
    let is_drive =
        line.as_bytes().get(1..3) == Some(b":\\") && line.starts_with(|first: char| first.is_ascii_alphabetic());
    let shell = if line.starts_with("PS ") { Shell::Pwsh } else { Shell::Cmd };
    match line.split_once('>') {
        Some((_, rest)) if is_drive || shell == Shell::Pwsh => (rest.trim_start(), Some(shell)),
        _ => (line, None),
    }
}

/// Adds what was pasted behind a command, where that is an answer.
fn add_answer(exchange: &mut Exchange, text: &str) {
    if text.starts_with("HTTP/") {
        if let Step::Message(message, _) = step(text.as_bytes(), true)
            && let Start::Answer(status) = message.start
        {
            http_raw::answer(exchange, status, message);
        }
        return;
    }
    let length = match text.chars().next() {
        Some('{' | '[') => json_length(text),
        Some('<') => text.find("\n\n").unwrap_or(text.len()),
        _ => 0,
    };
    exchange.response_body = exchange::body(text[..length].trim_end());
    // `-w '%{http_code}'` prints the status behind the body.
    let code = text[length..].split_whitespace().next().unwrap_or_default();
    let is_code = code.len() == 3 && code.starts_with(['2', '3', '4', '5']);
    exchange.status = code.parse().ok().filter(|_| is_code);
}

/// Bytes of the JSON that a text begins with; of broken JSON the lines up to an empty one.
pub fn json_length(text: &str) -> usize {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => values.byte_offset(),
        _ => text.find("\n\n").unwrap_or(text.len()),
    }
}

/// The value of `Authorization` for a user and password.
pub fn basic(user: &str) -> String {
    format!("Basic {}", STANDARD.encode(user))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_begin_behind_prompts() {
        let shell = |line: &'static str| command_start(line).map(|(at, shell)| (&line[at..at + 3], shell));
        assert_eq!(shell("  $ curl x"), Some(("cur", Shell::Posix)));
        assert_eq!(shell("PS C:\\> curl.exe -v x"), Some(("cur", Shell::Pwsh)));
        assert_eq!(shell("C:\\Users\\a>curl x"), Some(("cur", Shell::Cmd)));
        assert_eq!(shell("curl x ^\r\n"), Some(("cur", Shell::Cmd)));
        assert_eq!(shell("$r = irm x"), Some(("irm", Shell::Pwsh)));
        assert_eq!(shell("curl said no"), Some(("cur", Shell::Posix)));
        assert_eq!(shell("# pasted: 'Copy as cURL'"), None);
        assert_eq!(shell("curl"), None);
    }

    #[test]
    fn answers_are_taken_up_to_their_end() {
        let answer = |text: &str| {
            let mut exchange = Exchange::new(1, "GET", "/Users");
            add_answer(&mut exchange, text);
            (exchange.response_body.map(|body| body.text), exchange.status)
        };
        assert_eq!(answer("{\"a\":\n1}409\nand so on"), (Some("{\"a\":\n1}".to_owned()), Some(409)));
        assert_eq!(answer("HTTP/1.1 404 No\r\n\r\nno"), (Some("no".to_owned()), Some(404)));
        assert_eq!(answer("Regards"), (None, None));
        assert_eq!(answer("204\n"), (None, Some(204)));
    }
}
