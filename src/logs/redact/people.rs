//! Names in sentences: whom a letter greets, who signs it, and who is named beside an address or a word for a person.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::yaml;

static LETTERS: LazyLock<Letters> = LazyLock::new(|| {
    yaml::read("letters.yaml", include_str!("../../../fixtures/redact/letters.yaml")).expect("a test reads the file")
});

/// Words of people, all in small letters.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Letters {
    closings: HashSet<String>,
    greetings: Vec<String>,
    people: HashSet<String>,
    firms: HashSet<String>,
    particles: HashSet<String>,
}

/// Lines of a signature.
const SIGNATURE: usize = 8;
/// Letters of a line that may be a name, or a part of a signature.
const LINE: usize = 80;
/// Bytes of a line of sentences: what is longer is a program's, or the mail program wraps no lines.
const SENTENCES: usize = 2_000;
/// Letters of a part of an address that is looked for among the words of a line.
const SHORTEST: usize = 3;
/// Words of a name.
const WORDS: usize = 4;
/// So many addresses of one piece of a text are looked at: one with more is no letter.
const MOST_ADDRESSES: usize = 64;

/// Names in a text: whom a letter greets, who signs it, what stands below the line of dashes (RFC 3676 §4.3), and in
/// sentences who stands beside a word for a person, whose address is in the text, and which firm.
pub fn names(text: &str) -> Vec<&str> {
    let parts = parts_of_addresses(text);
    let mut names = Vec::new();
    let mut lines = text.lines().map(|line| line.trim_start_matches(['>', ' ']));
    let (mut after_closing, mut in_signature) = (0, 0);
    for line in &mut lines {
        if is_of_sentences(line) {
            in_sentences(line, &parts, &mut names);
        }
        if line.len() > LINE {
            (after_closing, in_signature) = (0, 0);
            continue;
        }
        let line_end = line.trim_end();
        if line == "--" || line == "-- " {
            in_signature = SIGNATURE;
            continue;
        }
        if line_end.is_empty() {
            in_signature = 0;
            after_closing = usize::from(after_closing > 1);
            continue;
        }
        let words = line_end.trim_end_matches([',', '.', '!', ':']);
        if in_signature > 0 {
            in_signature -= 1;
            names.extend(
                line_end.split([',', '|', '·']).map(str::trim).filter(|part| part.contains(char::is_alphabetic)),
            );
        } else if after_closing > 0 {
            after_closing = 0;
            names.extend(Some(words).filter(|words| is_name(words)));
        }
        let folded = words.to_lowercase();
        if LETTERS.closings.contains(&folded) {
            after_closing = 2;
        }
        names.extend(LETTERS.greetings.iter().find_map(|greeting| greeted(line_end, &folded, greeting)));
    }
    names
}

/// `Hi Niamh,`.
fn greeted<'l>(line: &'l str, folded: &str, greeting: &str) -> Option<&'l str> {
    folded.strip_prefix(greeting)?.strip_prefix(' ')?;
    let name = line.get(greeting.len() + 1..)?;
    let name = name.split([',', '!', ':', '.']).next()?.trim();
    is_name(name).then_some(name)
}

/// One to four words, each with a capital.
fn is_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (1..=WORDS).contains(&words.len()) && words.iter().all(|word| is_capitalised(word))
}

fn is_capitalised(word: &str) -> bool {
    word.starts_with(char::is_uppercase) && !word.contains(|c: char| c.is_ascii_digit() || "=:/@_{}[]<>".contains(c))
}

/// A line that people wrote, rather than a program.
fn is_of_sentences(line: &str) -> bool {
    line.len() <= SENTENCES
        && line.contains(char::is_uppercase)
        && !["\":", "{", "=>", "\\", "<", "HTTP/"].iter().any(|mark| line.contains(mark))
}

/// Names that stand in sentences.
fn in_sentences<'l>(line: &'l str, parts: &[String], names: &mut Vec<&'l str>) {
    let words: Vec<(usize, &str)> = words(line).collect();
    // Most words are looked at by their first letter only.
    let lower = |at: usize| words[at].1.to_lowercase();
    let begins_name = |at: usize| words.get(at).is_some_and(|(_, word)| is_capitalised(word));
    let name = |from: usize, to: usize| {
        let trim = |word: &'l str| word.trim_matches(|c: char| !c.is_alphanumeric());
        let end = words[to].0 + words[to].1.len();
        trim(&line[words[from].0..end])
    };
    // Capitalised words from one on; a sentence that ends within them ends the name.
    let last = |from: usize| {
        let mut to = from;
        while to + 1 < words.len()
            && to - from + 1 < WORDS
            && !words[to].1.ends_with([',', '.', ')', ':', ';', '!', '?'])
            && is_capitalised(words[to + 1].1)
        {
            to += 1;
        }
        to
    };
    for at in 0..words.len() {
        let (_, word) = words[at];
        let is_bare = word.trim_start_matches('(').trim_end_matches([',', '.', ')', ':', ';', '!', '?']);
        if begins_name(at + 1) && LETTERS.people.contains(&lower(at)) {
            names.push(name(at + 1, last(at + 1)));
        }
        if begins_name(at + 1)
            && let Some(closing) = closes(&words, at)
            && (at + 1 == closing || words[at + 1 - closing - 1].1.ends_with(['.', '!', '?', ')', ':']))
        {
            names.push(name(at + 1, last(at + 1)));
        }
        if at > 0 && begins_name(at - 1) && LETTERS.firms.contains(lower(at).trim_end_matches([',', ';', ')'])) {
            let mut from = at - 1;
            // `Hortalizas del Sur`.
            let is_particle = |at: usize| at > 0 && LETTERS.particles.contains(words[at].1) && begins_name(at - 1);
            while from > 0
                && at - from < WORDS
                && (begins_name(from - 1) || is_particle(from - 1))
                && !words[from - 1].1.ends_with([',', '.', ':', ';'])
            {
                from -= 1;
            }
            names.push(name(from, at - 1));
        }
        if is_capitalised(is_bare) && is_of_an_address(is_bare, parts) {
            let is_first_name = |before: usize| {
                let word = words[before].1;
                is_capitalised(word) && !word.ends_with([',', '.', ':', ';']) && !is_greeting(&lower(before))
            };
            let from = at.checked_sub(1).filter(|before| is_first_name(*before)).unwrap_or(at);
            names.push(name(from, last(at)));
            // The other parts of it are names for themselves too.
            names.push(is_bare);
        }
    }
}

/// `Dear`, `Hola`: no name, although it has a capital.
fn is_greeting(word: &str) -> bool {
    LETTERS.greetings.iter().any(|greeting| greeting == word)
}

/// How many words ending here close a letter, with a comma behind: `Thanks, Zoë`.
fn closes(words: &[(usize, &str)], at: usize) -> Option<usize> {
    let last = words[at].1.strip_suffix(',')?;
    (1..=WORDS.min(at + 1)).find(|count| {
        let before = words[at + 1 - count..at].iter().map(|(_, word)| *word);
        let said = before.chain([last]).collect::<Vec<_>>().join(" ").to_lowercase();
        LETTERS.closings.contains(said.trim_start_matches('('))
    })
}

/// The words of a line, each with where it begins.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let start = line.as_ptr() as usize;
    line.split_whitespace().map(move |word| (word.as_ptr() as usize - start, word))
}

/// The parts of the addresses in a text, in small letters: of `j.weissmueller@…` the second.
fn parts_of_addresses(text: &str) -> Vec<String> {
    let is_of_address = |character: &char| character.is_alphanumeric() || "._-'+".contains(*character);
    let mut parts = Vec::new();
    for at in memchr::memchr_iter(b'@', text.as_bytes()).take(MOST_ADDRESSES) {
        let before: usize = text[..at].chars().rev().take(64).take_while(is_of_address).map(char::len_utf8).sum();
        let local = text[at - before..at].to_lowercase();
        let own = local.split(['.', '_', '-', '+']).filter(|part| part.chars().count() >= SHORTEST);
        parts.extend(own.map(str::to_owned));
    }
    parts.sort_unstable();
    parts.dedup();
    parts
}

/// Whether a word is a part of an address, as such parts are spelled: `Weißmüller` is `weissmueller`, or `weissmuller`.
fn is_of_an_address(word: &str, parts: &[String]) -> bool {
    if parts.is_empty() {
        return false;
    }
    let spelled = |long: bool| -> String {
        let folded = word.chars().flat_map(char::to_lowercase);
        folded
            .flat_map(|character| match (character, long) {
                ('ß', _) => "ss".chars().collect(),
                ('ä' | 'æ', true) => "ae".chars().collect(),
                ('ö' | 'ø', true) => "oe".chars().collect(),
                ('ü', true) => "ue".chars().collect(),
                ('å', true) => "aa".chars().collect(),
                ('ø', false) => vec!['o'],
                ('ł', _) => vec!['l'],
                ('đ', _) => vec!['d'],
                (other, _) => vec![super::letters::fold(other)],
            })
            .filter(|character| character.is_alphanumeric())
            .collect()
    };
    [true, false].into_iter().any(|long| parts.binary_search(&spelled(long)).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_names_whom_it_greets_and_who_signs_it() {
        let letter = "Hi Niamh,\n> Hola María:\nthanks for the log. Best of all, it works.\n\nKind regards,\n\nInes Quinn\n-- \nInes Quinn\nHead of IT | Harbour Lane\n\nThe end";
        assert_eq!(names(letter), ["Niamh", "María", "Ines Quinn", "Ines Quinn", "Head of IT", "Harbour Lane"]);
        assert_eq!(names("Thanks, Zoë\nThanks,\nit works\nHi there,\nDear Sir or Madam,"), ["Zoë"]);
        assert_eq!(names("{\"a\": 1}\nBest\n{\"Name\": \"X\"}"), [""; 0]);
        assert_eq!(names("Mit freundlichen Grüßen\nSieglinde Achternbusch"), ["Sieglinde Achternbusch"]);
        assert_eq!(names("Any idea? Best, Kåre (call me)"), ["Kåre"]);
    }

    #[test]
    fn sentences_name_people_and_firms() {
        for (text, expected) in [
            ("Mi compañera Begoña también lo ha probado", vec!["Begoña"]),
            ("ask my colleague Tom Berg, he knows", vec!["Tom Berg"]),
            ("Responsable, Laguna Verde S.L.", vec!["Laguna Verde"]),
            ("Un saludo de Hortalizas del Sur S.A.", vec!["Hortalizas del Sur"]),
            ("Jürgen Weißmüller fehlt: j.weissmueller@x.example", vec!["Jürgen Weißmüller", "Weißmüller"]),
            ("Dear Maren, it works (maren.sobczak@x.example)", vec!["Maren", "Maren", "Maren"]),
            ("Reset Okta for tom@x.example", vec![]),
            ("Set Max Attempts to 3", vec![]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }
}
