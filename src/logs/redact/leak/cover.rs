//! Covering what programs printed: a stretch in which a value stands is made unreadable as a whole, for of half of it
//! nobody can tell what it still says.

use super::Originals;
use super::views::{Form, views};

/// In the place of a digit, and of what a dump says beside it in letters.
const COVER: u8 = b'x';

impl Originals {
    /// A text whose stretches in forms of programs hold no value any more. Of a list of numbers the brackets stay: how
    /// many digits each number has would tell of its letter.
    pub(in crate::logs::redact) fn covered(&self, text: &[u8]) -> Vec<u8> {
        let mut places: Vec<_> = views(text)
            .into_iter()
            .filter(|view| view.form.is_covered() && self.first(&view.text).is_some())
            .map(|view| (view.place, view.form))
            .collect();
        places.sort_unstable_by_key(|(place, _)| place.start);
        let (mut out, mut done) = (Vec::with_capacity(text.len()), 0);
        for (place, form) in places.into_iter().filter(|(place, _)| !place.is_empty()) {
            let start = place.start.max(done);
            if start >= place.end {
                continue; // a run of digits in a line of a dump
            }
            out.extend_from_slice(&text[done..start]);
            if form == Form::Numbers {
                out.push(text[place.start]);
            } else {
                let cover = |byte: &u8| if byte.is_ascii_whitespace() { *byte } else { COVER };
                out.extend(text[start..place.end].iter().map(cover));
            }
            done = place.end;
        }
        out.extend_from_slice(&text[done..]);
        out
    }
}

#[cfg(test)]
mod tests {
    use crate::logs::redact::{Key, Kind, Mode, Pseudonyms, Vocabulary};

    #[test]
    fn a_stretch_is_covered_as_a_whole_and_the_rest_stays() {
        let mut vocabulary = Vocabulary::default();
        vocabulary.add(Kind::Email, "tuva.berglund@polarglass.example");
        let pseudonyms = Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, vocabulary);
        let originals = pseudonyms.originals();
        let name = "tuva.berglund@polarglass.example";
        let hex = name.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        let list = name.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
        for (text, expected) in [
            (format!("id={hex}; done"), format!("id={}; done", "x".repeat(64))),
            (format!("{{\"data\": [{list}], \"n\": 1}}"), "{\"data\": [], \"n\": 1}".to_owned()),
            ("id=7a6f6540612e6465760a7a6f65; done".to_owned(), "id=7a6f6540612e6465760a7a6f65; done".to_owned()),
        ] {
            assert_eq!(String::from_utf8(originals.covered(text.as_bytes())).expect("UTF-8"), expected);
        }
        let dump = "00000000: 7475 7661 2e62 6572 676c 756e 6440 706f  tuva.berglund@po\n\
                    00000010: 6c61 7267 6c61 7373 2e65 7861 6d70 6c65  larglass.example\nend\n";
        let covered = String::from_utf8(originals.covered(dump.as_bytes())).expect("UTF-8");
        assert!(
            covered.ends_with("\nend\n") && covered.lines().take(2).all(|line| !line.contains(|c| !" x".contains(c)))
        );
        assert_eq!(originals.check(covered.as_bytes()), None);
    }
}
