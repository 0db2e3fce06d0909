//! Reads the text of a snapshot back into entries, so that comparison is entry by entry.

use std::iter::{Enumerate, Peekable};
use std::str::{FromStr, Lines};

use super::model::{Body, Entry, Normalised, Played, Reply};
use super::text::unescape;

/// Why a text is not a snapshot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ParseError {
    /// Line in the text, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: &'static str,
}

type Found<T> = Result<T, ParseError>;

struct Reader<'t> {
    lines: Peekable<Enumerate<Lines<'t>>>,
    line: usize,
}

impl FromStr for Normalised {
    type Err = ParseError;

    fn from_str(text: &str) -> Found<Self> {
        let mut reader = Reader { lines: text.lines().enumerate().peekable(), line: 0 };
        let mut found = Self::default();
        while let Some(line) = reader.next() {
            if line.is_empty() {
                continue;
            }
            if line == "headers" {
                found.headers = reader.headers("  ")?;
            } else {
                let entry = reader.entry(line)?;
                found.entries.push(entry);
            }
        }
        Ok(found)
    }
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<&'t str> {
        let (at, line) = self.lines.next()?;
        self.line = at + 1;
        Some(line)
    }

    /// Takes the next line when it stands `indent` blanks in, without them.
    fn indented(&mut self, indent: &str, wanted: impl Fn(&str) -> bool) -> Option<&'t str> {
        let rest = self.lines.peek().and_then(|(_, line)| line.strip_prefix(indent)).filter(|rest| wanted(rest))?;
        self.next();
        Some(rest)
    }

    fn wrong<T>(&self, what: &'static str) -> Found<T> {
        Err(ParseError { line: self.line, what })
    }

    fn plain(&self, text: &str) -> Found<String> {
        unescape(text).map_or_else(|| self.wrong("a backslash stands for nothing here"), Ok)
    }

    fn entry(&mut self, line: &str) -> Found<Entry> {
        if let Some(step) = line.strip_prefix("step ") {
            let (number, label) = step.split_once("  ").unwrap_or((step, ""));
            let Ok(number) = number.parse() else { return self.wrong("a step needs its number") };
            return Ok(Entry::Step(number, self.plain(label)?));
        }
        let Some(line) = line.strip_prefix("  ") else {
            return self.wrong("expected `headers`, `step` or an indented line");
        };
        if let Some(text) = line.strip_prefix("wait ") {
            Ok(Entry::Wait(self.plain(text)?))
        } else if let Some(text) = line.strip_prefix("outcome ") {
            Ok(Entry::Outcome(self.plain(text)?))
        } else if let Some(request) = line.strip_prefix(">> ") {
            self.played(request, true)
        } else if let Some(request) = line.strip_prefix("> ") {
            self.played(request, false)
        } else {
            self.wrong("expected `>`, `>>`, `wait` or `outcome`")
        }
    }

    fn played(&mut self, request: &str, raw: bool) -> Found<Entry> {
        let Some((method, target)) = request.split_once(' ') else { return self.wrong("a request needs its path") };
        let (method, target) = (self.plain(method)?, self.plain(target)?);
        let headers = self.headers("    ")?;
        let body = self.body()?;
        let Some(answer) = self.indented("  < ", |_| true) else { return self.wrong("the request has no answer line") };
        let reply = match answer.strip_prefix("no answer: ") {
            Some(why) => Reply::None(self.plain(why)?),
            None => self.answer(answer)?,
        };
        Ok(Entry::Exchange(Box::new(Played { raw, method, target, headers, body, reply })))
    }

    fn answer(&mut self, line: &str) -> Found<Reply> {
        let (status, media) = match line.split_once(' ') {
            Some((status, media)) => (status, Some(self.plain(media)?)),
            None => (line, None),
        };
        let Ok(status) = status.parse() else { return self.wrong("an answer needs its status") };
        let headers = self.headers("    ")?;
        Ok(Reply::Answer { status, media, headers, body: self.body()? })
    }

    fn headers(&mut self, indent: &str) -> Found<Vec<(String, String)>> {
        let mut headers = Vec::new();
        while let Some(line) = self.indented(indent, |rest| !rest.starts_with(['{', '[', '|', '(', ' ', '>', '<'])) {
            let Some((name, value)) = line.split_once(": ") else { return self.wrong("a header needs `: `") };
            headers.push((self.plain(name)?, self.plain(value)?));
        }
        Ok(headers)
    }

    fn body(&mut self) -> Found<Body> {
        let is_json = |rest: &str| rest.starts_with(['{', '[']);
        if let Some(first) = self.indented("    ", is_json) {
            return self.json(first);
        }
        if let Some(line) = self.indented("    ", |rest| rest.starts_with('(')) {
            return self.large(line);
        }
        let mut text: Option<String> = None;
        while let Some(line) = self.indented("    |", |_| true) {
            let line = self.plain(line.strip_prefix(' ').unwrap_or(line))?;
            match &mut text {
                Some(text) => text.extend(["\n", &line]),
                None => text = Some(line),
            }
        }
        Ok(text.map_or(Body::Empty, Body::Text))
    }

    fn json(&mut self, first: &str) -> Found<Body> {
        let start = self.line;
        let mut text = first.to_owned();
        // A string never spans lines, so everything further in, and the closing bracket, belong to the body.
        while let Some(line) = self.indented("    ", |_| true) {
            text.push('\n');
            text.push_str(line);
        }
        match serde_json::from_str(&text) {
            Ok(value) => Ok(Body::Json(value)),
            Err(_) => Err(ParseError { line: start, what: "the body is not valid JSON" }),
        }
    }

    fn large(&self, line: &str) -> Found<Body> {
        let parts = line.strip_prefix('(').and_then(|line| line.strip_suffix(')')?.split_once(" bytes, hash "));
        let read = |(bytes, hash): (&str, &str)| Some((bytes.parse().ok()?, u64::from_str_radix(hash, 16).ok()?));
        match parts.and_then(read) {
            Some((bytes, hash)) => Ok(Body::Large { bytes, hash }),
            None => self.wrong("expected `(N bytes, hash H)`"),
        }
    }
}
