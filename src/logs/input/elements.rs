//! Records that are objects inside JSON: cut out by counting braces, so that a file of any size needs the memory of
//! one record, and a file that ends too early gives all that came before.

use std::io::{self, BufRead};

use memchr::{memchr2, memchr3};

use super::{MAX_RECORD, Record};

/// The objects in the array that a path of names leads to, in each document of a text.
///
/// With an empty path: the documents themselves, and the elements of those that are arrays.
pub struct Elements<R> {
    reader: R,
    path: &'static [&'static str],
    /// The containers around the place where reading stands.
    around: Vec<Around>,
    /// The name that was read last.
    name: Vec<u8>,
    record: Vec<u8>,
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

impl<R: BufRead> Elements<R> {
    /// The objects at a path.
    pub const fn new(reader: R, path: &'static [&'static str]) -> Self {
        Self {
            reader,
            path,
            around: Vec::new(),
            name: Vec::new(),
            record: Vec::new(),
            number: 0,
            is_ended_early: false,
        }
    }

    /// The text ended while something was open.
    pub const fn is_truncated(&self) -> bool {
        self.is_ended_early
    }

    /// The next object.
    pub fn next_element(&mut self) -> io::Result<Option<Record<'_>>> {
        loop {
            let Some(byte) = self.peek()? else {
                self.is_ended_early |= !self.around.is_empty();
                return Ok(None);
            };
            match byte {
                b'{' if self.is_wanted() => return self.cut_out().map(Some),
                b'{' => self.enter(Around::Object(self.is_on_path())),
                b'[' => self.enter(Around::Array(self.is_looked_for())),
                b'}' | b']' => {
                    self.reader.consume(1);
                    self.around.pop();
                    self.name.clear();
                }
                b'"' => self.read_string()?,
                b',' => {
                    self.reader.consume(1);
                    self.name.clear();
                }
                _ => self.reader.consume(1),
            }
        }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.reader.fill_buf()?.first().copied())
    }

    fn enter(&mut self, container: Around) {
        self.reader.consume(1);
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
        self.reader.consume(1);
        self.name.clear();
        loop {
            let block = self.reader.fill_buf()?;
            if block.is_empty() {
                self.is_ended_early = true;
                return Ok(());
            }
            let end = memchr2(b'"', b'\\', block);
            let part = &block[..end.unwrap_or(block.len())];
            // A name of the path is short; the rest of a long text is not kept.
            self.name.extend_from_slice(&part[..part.len().min(64)]);
            let (read, stop) = (part.len(), end.map(|end| block[end]));
            self.reader.consume(read + usize::from(stop.is_some()));
            match stop {
                Some(b'"') => return Ok(()),
                Some(_) => {
                    self.name.push(b'\\');
                    if self.peek()?.is_some() {
                        self.reader.consume(1);
                    }
                }
                None => {}
            }
        }
    }

    /// Reads the object that begins here.
    fn cut_out(&mut self) -> io::Result<Record<'_>> {
        self.record.clear();
        self.number += 1;
        let (mut open, mut state, mut is_oversized) = (0_usize, State::Outside, false);
        let is_cut = loop {
            let block = self.reader.fill_buf()?;
            if block.is_empty() {
                self.is_ended_early = true;
                break true;
            }
            let (length, is_whole) = scan(block, &mut open, &mut state);
            let room = MAX_RECORD.saturating_sub(self.record.len());
            is_oversized |= length > room;
            self.record.extend_from_slice(&block[..length.min(room)]);
            self.reader.consume(length);
            if is_whole {
                break false;
            }
        };
        Ok(Record { bytes: &self.record, number: self.number, is_cut, is_oversized })
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
    loop {
        match *state {
            State::Escaped => {
                if at == block.len() {
                    return (at, false);
                }
                (at, *state) = (at + 1, State::InString);
            }
            State::InString => match memchr2(b'"', b'\\', &block[at..]) {
                None => return (block.len(), false),
                Some(offset) => {
                    *state = if block[at + offset] == b'"' { State::Outside } else { State::Escaped };
                    at += offset + 1;
                }
            },
            State::Outside => match memchr3(b'"', b'{', b'}', &block[at..]) {
                None => return (block.len(), false),
                Some(offset) => {
                    at += offset + 1;
                    match block[at - 1] {
                        b'"' => *state = State::InString,
                        b'{' => *open += 1,
                        _ => *open = open.saturating_sub(1),
                    }
                    if *open == 0 {
                        return (at, true);
                    }
                }
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elements(text: &str, path: &'static [&'static str]) -> (Vec<String>, bool) {
        for capacity in [1, 2, 7, 4096] {
            let mut elements = Elements::new(io::BufReader::with_capacity(capacity, text.as_bytes()), path);
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
