//! The text of a snapshot: written here, read back by `parse`, exact in both directions.
//!
//! ```text
//! headers
//!   Accept: application/scim+json
//!
//! step 1  assign alice
//!   > GET /Users?filter=userName%20eq%20%22alice%40example.com%22
//!   < 200 application/scim+json
//!     {"schemas": [...], "totalResults": 0}
//!   outcome provisioned alice
//! ```
//!
//! `>` was sent by the IdP, `>>` by a raw step. Below a request or an answer
//! stand its headers and its body, four blanks in: JSON as it is, other text
//! after `|`, a body too long to review as `(N bytes, hash H)`.

use std::fmt;

use super::json;
use super::model::{Body, Entry, Normalised, Played, Reply};

impl fmt::Display for Normalised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.headers.is_empty() {
            writeln!(f, "headers")?;
            for (name, value) in &self.headers {
                writeln!(f, "  {}: {}", escape(name), escape(value))?;
            }
            writeln!(f)?;
        }
        for (at, entry) in self.entries.iter().enumerate() {
            match entry {
                Entry::Step(number, label) => {
                    let gap = if at > 0 { "\n" } else { "" };
                    writeln!(f, "{gap}step {number}  {}", escape(label))?;
                }
                Entry::Exchange(played) => write_played(f, played)?,
                Entry::Wait(text) => writeln!(f, "  wait {}", escape(text))?,
                Entry::Outcome(text) => writeln!(f, "  outcome {}", escape(text))?,
            }
        }
        Ok(())
    }
}

fn write_played(f: &mut fmt::Formatter<'_>, played: &Played) -> fmt::Result {
    let mark = if played.raw { ">>" } else { ">" };
    writeln!(f, "  {mark} {} {}", escape(&played.method), escape(&played.target))?;
    write_headers(f, &played.headers)?;
    write_body(f, &played.body)?;
    match &played.reply {
        Reply::None(why) => writeln!(f, "  < no answer: {}", escape(why)),
        Reply::Answer { status, media, headers, body } => {
            match media {
                Some(media) => writeln!(f, "  < {status} {}", escape(media))?,
                None => writeln!(f, "  < {status}")?,
            }
            write_headers(f, headers)?;
            write_body(f, body)
        }
    }
}

fn write_headers(f: &mut fmt::Formatter<'_>, headers: &[(String, String)]) -> fmt::Result {
    headers.iter().try_for_each(|(name, value)| writeln!(f, "    {}: {}", escape(name), escape(value)))
}

fn write_body(f: &mut fmt::Formatter<'_>, body: &Body) -> fmt::Result {
    match body {
        Body::Empty => Ok(()),
        Body::Json(value) => writeln!(f, "    {}", json::print(value, 4)),
        Body::Large { bytes, hash } => writeln!(f, "    ({bytes} bytes, hash {hash:016x})"),
        Body::Text(text) => text.split('\n').try_for_each(|line| match line {
            "" => writeln!(f, "    |"),
            line => writeln!(f, "    | {}", escape(line)),
        }),
    }
}

/// Writes a text on one line: backslashes doubled, risky characters as `\u{1b}`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            risky if json::is_risky(risky) => out.extend(risky.escape_unicode()),
            plain => out.push(plain),
        }
    }
    out
}

/// Reads what [`escape`] wrote; `None` when it did not.
pub(super) fn unescape(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('\\') {
            out.push('\\');
            rest = after;
            continue;
        }
        let (digits, after) = rest.strip_prefix("u{")?.split_once('}')?;
        out.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?);
        rest = after;
    }
    out.push_str(rest);
    Some(out)
}
