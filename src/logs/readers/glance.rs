//! The glance at a record's bytes that saves parsing it: most records of a large log are about something else.

use memchr::memmem::Finder;
use time::UtcOffset;

use super::Options;
use super::filter::Filter;
use crate::logs::input::Record;
use crate::logs::times::{self, DateOrder};

/// The names in a record that are looked at. Where one is empty, nothing is told by it.
#[derive(Clone, Copy, Default)]
pub struct Names {
    /// The record's time.
    pub time: &'static str,
    /// What shows that a record names its application: each as it stands in JSON.
    pub app: &'static [&'static str],
    /// The record's kind.
    pub kind: &'static str,
    /// Whether records of a kind are of interest.
    pub is_of_interest: Option<fn(&str) -> bool>,
}

/// How records of one file are looked at.
pub struct Glance {
    filter: Filter,
    zone: Option<UtcOffset>,
    time: Option<Finder<'static>>,
    app: Vec<Finder<'static>>,
    kind: Option<Finder<'static>>,
    is_of_interest: fn(&str) -> bool,
}

/// What a glance tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// Nobody asked for the record.
    NotAsked,
    /// It is about something else than provisioning.
    Beside,
    /// It must be parsed.
    Unclear,
}

impl Glance {
    /// What can be told by these names, as far as it is asked.
    pub fn new(names: &Names, options: &Options) -> Self {
        let finder = |name: &str| (!name.is_empty()).then(|| Finder::new(&format!("\"{name}\"")).into_owned());
        let filter = Filter::of(options);
        Self {
            time: finder(names.time).filter(|_| filter.asks_for_time()),
            app: names.app.iter().filter(|_| filter.asks_for_app()).map(|mark| Finder::new(*mark)).collect(),
            kind: finder(names.kind).filter(|_| names.is_of_interest.is_some()),
            is_of_interest: names.is_of_interest.unwrap_or(|_| true),
            zone: options.zone,
            filter,
        }
    }

    /// Looks at a record.
    pub fn at(&self, record: &Record<'_>) -> Seen {
        let bytes = record.bytes;
        if !self.is_in_time(bytes) || !self.filter.holds_subject(bytes) {
            return Seen::NotAsked;
        }
        // Most records name no application, which is seen sooner than that they do not name this one.
        let names_any = self.app.iter().any(|mark| mark.find(bytes).is_some());
        if names_any && !self.filter.holds_app(bytes) {
            Seen::NotAsked
        } else if !record.is_cut && self.is_of_no_interest(bytes) {
            Seen::Beside
        } else {
            Seen::Unclear
        }
    }

    fn is_in_time(&self, bytes: &[u8]) -> bool {
        let text = self.time.as_ref().and_then(|name| text_behind(bytes, end_of(bytes, name)?));
        text.is_none_or(|text| {
            let stamp = times::parse(text, self.zone, DateOrder::MonthFirst);
            self.filter.admits(stamp.map(|stamp| stamp.moment.instant))
        })
    }

    /// Whether a whole record is of a kind without interest; not when a glance cannot tell.
    fn is_of_no_interest(&self, bytes: &[u8]) -> bool {
        let kind = self.kind.as_ref().and_then(|name| only_text_behind(bytes, name));
        kind.is_some_and(|kind| !(self.is_of_interest)(kind)) && bytes.trim_ascii_end().ends_with(b"}")
    }
}

/// Where the first such name ends.
fn end_of(bytes: &[u8], name: &Finder<'_>) -> Option<usize> {
    Some(name.find(bytes)? + name.needle().len())
}

/// The text behind a name that stands in a record once: else it may be another object's, or that of a second record on
/// the same line.
fn only_text_behind<'a>(bytes: &'a [u8], name: &Finder<'_>) -> Option<&'a str> {
    let end = end_of(bytes, name)?;
    text_behind(bytes, end).filter(|_| name.find(&bytes[end..]).is_none())
}

/// The text behind a name that ends here in JSON, when it has no escapes.
fn text_behind(bytes: &[u8], end: usize) -> Option<&str> {
    let text = bytes[end..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let end = memchr::memchr2(b'"', b'\\', text)?;
    (text[end] == b'"').then(|| std::str::from_utf8(&text[..end]).ok())?
}
