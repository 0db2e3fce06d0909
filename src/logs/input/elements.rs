//! Records that are objects inside JSON: cut out by counting braces, so that a file of any size needs the memory of
//! one record, and a file that ends too early gives all that came before.

use std::io::{self, Read};

use memchr::memchr2;

use super::window::Window;
use super::{MAX_RECORD, Record};

/// The objects in the array that a path of names leads to, in each document of a text.
///
/// With an empty path: the documents themselves, and the elements of those that are arrays.
pub struct Elements<R> {
    window: Window<R>,
    path: &'static [&'static str],
    /// The containers around the place where reading stands.
    around: Vec<Around>,
    /// The name that was read last.
    name: Vec<u8>,
    number: u64,
    is_ended_early: bool,
}

/// A container that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    /// An object; whether the path led into it.
    Object(bool),
    /// An array; whether it is the one that is looked for.
    Array(bool),
}

impl<R: Read> Elements<R> {
    /// The objects at a path.
    pub const fn new(reader: R, path: &'static [&'static str]) -> Self {
        let window = Window::new(reader);
        Self { window, path, around: Vec::new(), name: Vec::new(), number: 0, is_ended_early: false }
    }

    /// The text ended while something was open.
    pub const fn is_truncated(&self) -> bool {
        self.is_ended_early
    }

    /// The next object.
    pub fn next_element(&mut self) -> io::Result<Option<Record<'_>>> {
        loop {
            let Some(byte) = self.window.first()? else {
                self.is_ended_early |= !self.around.is_empty();
                return Ok(None);
            };
            match byte {
                b'{' if self.is_wanted() => return self.cut_out().map(Some),
                b'{' => self.enter(Around::Object(self.is_on_path())),
                b'[' => self.enter(Around::Array(self.is_looked_for())),
                b'}' | b']' => {
                    self.window.take(1);
                    self.around.pop();
                    self.name.clear();
                }
                b'"' => self.read_string()?,
                b',' => {
                    self.window.take(1);
                    self.name.clear();
                }
                _ => {
                    self.window.take(1);
                }
            }
        }
    }

    fn enter(&mut self, container: Around) {
        self.window.take(1);
        self.name.clear();
        self.around.push(container);
    }

    /// How many names of the path lead to here; `None` when it is another way.
    fn depth(&self) -> Option<usize> {
        let is_way = self.around.iter().all(|around| *around == Around::Object(true));
        is_way.then_some(self.around.len())
    }

    /// Whether the value that begins here is an object on the way to the array.
    fn is_on_path(&self) -> bool {
        match self.depth() {
            Some(0) => true,
            Some(depth) => depth < self.path.len() && self.name == self.path[depth - 1].as_bytes(),
            None => false,
        }
    }

    /// Whether the array that begins here holds the records.
    fn is_looked_for(&self) -> bool {
        let Some(depth) = self.depth() else { return false };
        match (depth, self.path) {
            (0, _) => self.path.is_empty(),
            (depth, path) => depth == path.len() && self.name == path[depth - 1].as_bytes(),
        }
    }

    /// Whether the object that begins here is a record.
    fn is_wanted(&self) -> bool {
        match self.around.last() {
            Some(around) => *around == Around::Array(true),
            None => self.path.is_empty(),
        }
    }

    /// Reads a string that may turn out to be a name.
    fn read_string(&mut self) -> io::Result<()> {
        self.window.take(1);
        self.name.clear();
        loop {
            if self.window.first()?.is_none() {
                self.is_ended_early = true;
                return Ok(());
            }
            let bytes = self.window.bytes();
            let end = memchr2(b'"', b'\\', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            // A name of the path is short; the rest of a long text is not kept.
            self.name.extend_from_slice(&part[..part.len().min(64)]);
            let (read, stop) = (part.len(), end.map(|end| bytes[end]));
            self.window.take(read + usize::from(stop.is_some()));
            match stop {
                Some(b'"') => return Ok(()),
                Some(_) => {
                    self.name.push(b'\\');
                    if self.window.first()?.is_some() {
                        self.window.take(1);
                    }
                }
                None => {}
            }
        }
    }

    /// Takes the object that begins here.
    fn cut_out(&mut self) -> io::Result<Record<'_>> {
        self.number += 1;
        let (mut open, mut state, mut seen, mut is_oversized) = (0_usize, State::Outside, 0, false);
        let is_cut = loop {
            let (length, is_whole) = scan(&self.window.bytes()[seen..], &mut open, &mut state);
            seen += length;
            if is_whole {
                is_oversized |= seen > MAX_RECORD;
                break false;
            }
            if seen > MAX_RECORD {
                // Only its end is still looked for.
                is_oversized = true;
                self.window.take(seen);
                seen = 0;
            }
            if !self.window.read_on()? {
                self.is_ended_early = true;
                break true;
            }
        };
        Ok(Record { bytes: self.window.take(seen), number: self.number, is_cut, is_oversized })
    }
}

/// Where the counting of braces stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    InString,
    /// Behind a backslash in a string.
    Escaped,
}

/// Goes on counting in a block: how many bytes belong to the object, and whether it ends there.
fn scan(block: &[u8], open: &mut usize, state: &mut State) -> (usize, bool) {
    let mut at = 0;
    while at < block.len() {
        match *state {
            State::Escaped => (at, *state) = (at + 1, State::InString),
            State::InString => match string_end(&block[at..]) {
                None => return (block.len(), false),
                Some(offset) => {
                    *state = if block[at + offset] == b'"' { State::Outside } else { State::Escaped };
                    at += offset + 1;
                }
            },
            // Between two strings there are few bytes.
            State::Outside => {
                match block[at] {
                    b'"' => *state = State::InString,
                    b'{' => *open += 1,
                    b'}' => *open = open.saturating_sub(1),
                    _ => {}
                }
                at += 1;
                if *open == 0 {
                    return (at, true);
                }
            }
        }
    }
    (at, false)
}

/// Where the next quote or backslash is. Most strings are short: eight bytes at a time are looked at before a search
/// that takes longer to begin.
fn string_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    for eight in bytes.chunks_exact(8).take(4) {
        let word = u64::from_le_bytes(eight.try_into().expect("eight bytes"));
        let found = matches(word, b'"') | matches(word, b'\\');
        if found != 0 {
            return Some(at + found.trailing_zeros() as usize / 8);
        }
        at += 8;
    }
    memchr2(b'"', b'\\', &bytes[at..]).map(|offset| at + offset)
}

/// The high bit of the first byte that equals this one; bytes behind it may have theirs set too.
const fn matches(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let differences = word ^ (ONES * byte as u64);
    differences.wrapping_sub(ONES) & !differences & (ONES << 7)
}

#[cfg(test)]
mod tests {
    use super::super::window::Trickle;
    use super::*;

    fn elements(text: &str, path: &'static [&'static str]) -> (Vec<String>, bool) {
        for capacity in [1, 2, 7, 4096] {
            let mut elements = Elements::new(Trickle(text.as_bytes(), capacity), path);
            let mut seen = Vec::new();
            while let Some(record) = elements.next_element().expect("memory") {
                if !record.is_cut {
                    seen.push(String::from_utf8(record.bytes.to_vec()).expect("UTF-8"));
                }
            }
            if capacity == 4096 {
                return (seen, elements.is_truncated());
            }
        }
        unreachable!("the last capacity returns")
    }

    #[test]
    fn documents_and_elements_of_arrays_are_records() {
        let text = r#"[{"a":"}\"{"}, {"b":{"c":[]}}]"#;
        assert_eq!(elements(text, &[]).0, [r#"{"a":"}\"{"}"#, r#"{"b":{"c":[]}}"#]);
        assert_eq!(elements("{\"a\":1}\n{\"b\":2}", &[]).0, [r#"{"a":1}"#, r#"{"b":2}"#]);
    }

    #[test]
    fn a_path_leads_to_an_array() {
        let text =
            r#"{"entries":[{"no":1}],"log":{"pages":[{"no":2}],"entries":[{"yes":1},{"log":{"entries":[{}]}}]}}"#;
        assert_eq!(elements(text, &["log", "entries"]).0, [r#"{"yes":1}"#, r#"{"log":{"entries":[{}]}}"#]);
        assert_eq!(elements(r#"{"value":[{"a":1}],"x":{"value":[{"b":1}]}}"#, &["value"]).0, [r#"{"a":1}"#]);
    }

    #[test]
    fn what_came_before_the_cut_is_kept() {
        let text = r#"{"value":[{"a":1},{"b":"x\"}"},{"c":{"d":2}}]}"#;
        let mut before = 0;
        for end in 0..text.len() {
            let (seen, is_truncated) = elements(&text[..end], &["value"]);
            assert!(seen.len() >= before, "{end}");
            assert_eq!(is_truncated, end > 0, "{end}");
            before = seen.len();
        }
        assert_eq!(before, 3);
    }
}
