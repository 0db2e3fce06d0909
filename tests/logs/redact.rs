//! Redaction over all samples: nothing personal is left, and the logs still say the same.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use scimulator::logs::detect::detect;
use scimulator::logs::format::Format;
use scimulator::logs::input::{LogFile, open};
use scimulator::logs::readers::Options;
use scimulator::logs::redact::{Key, Kind, Mode, Pseudonyms, Vocabulary, Wishes, redact, vocabulary};
use scimulator::logs::ticket::Ticket;

use crate::manifest::{MANIFEST, folder};

/// All samples, redacted as one case, in a folder.
struct Redacted {
    folder: tempfile::TempDir,
    pseudonyms: Pseudonyms,
}

fn samples() -> Vec<(LogFile, Option<Format>)> {
    let samples = MANIFEST.samples.iter().flat_map(|sample| open(&folder().join(&sample.file)).unwrap());
    samples.map(|file| (detect(&file), file)).map(|(format, file)| (file, format)).collect()
}

fn redacted() -> Redacted {
    let samples = samples();
    let key = Key::from_bytes(&[7; 32]);
    let pseudonyms =
        Pseudonyms::new(key, Mode::Consistent, vocabulary(&samples, &Options::default(), Wishes::default()).unwrap());
    let out = tempfile::tempdir().unwrap();
    for (file, _) in &samples {
        let below = Path::new(&*file.name).strip_prefix(folder()).unwrap();
        let path = out.path().join(below);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        redact(file, &pseudonyms, &mut std::fs::File::create(path).unwrap()).unwrap();
    }
    Redacted { folder: out, pseudonyms }
}

fn texts(folder: &Path) -> Vec<(String, String)> {
    let files = open(folder).unwrap();
    files.iter().map(|file| (file.name.to_string(), file.text(1 << 24).unwrap())).collect()
}

#[test]
fn no_value_is_left_in_any_spelling() {
    let Redacted { folder: out, pseudonyms } = redacted();
    let originals = pseudonyms.originals();
    let mut leaks: Vec<String> = texts(out.path())
        .iter()
        .filter_map(|(name, text)| originals.check(text.as_bytes()).map(|leak| format!("{name}: {leak}")))
        .collect();
    // What the manifest and its index name, whatever was recognised.
    let subjects =
        MANIFEST.samples.iter().flat_map(|sample| &sample.incidents).map(|incident| incident.subject.as_str());
    let also = [
        "connor",
        "Niamh",
        "niamh",
        "Zoë",
        "zoe.",
        "niguez",
        "Ñíguez",
        "harbourlane",
        "solway",
        "María",
        "Ibáñez",
        "203.0.113",
        "198.51.100",
        "555 0142",
        "SAMPLE-NOT",
        "not-a-real-password",
        "1mz050nq",
        "Acme Scheduler",
        "Ines",
        "Cork",
        "Ayşe",
        "ayse",
        "佐藤",
        "Búrca",
        "scimuser:not",
        "41d1a8f0-9c1e",
        "00u1k0ApIla0UMDYJ5d7",
    ];
    let wanted: BTreeSet<&str> = subjects.filter(|subject| *subject != "*" && subject.len() > 5).chain(also).collect();
    for (name, text) in texts(out.path()) {
        leaks.extend(wanted.iter().filter(|wanted| text.contains(**wanted)).map(|wanted| format!("{name}: {wanted}")));
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
}

#[test]
fn redacted_logs_are_read_alike_and_give_the_same_incidents() {
    let Redacted { folder: out, pseudonyms } = redacted();
    let read = |path: &Path| Ticket::read(&[path], None, &Options::default(), |_| {}).unwrap();
    let mut wrong = Vec::new();
    for sample in &MANIFEST.samples {
        let (raw, redacted) = (read(&folder().join(&sample.file)), read(&out.path().join(&sample.file)));
        let files = |ticket: &Ticket| -> Vec<_> {
            ticket.files.iter().map(|file| (file.format, file.records, file.unique_records)).collect()
        };
        let found = |ticket: &Ticket, subject: &dyn Fn(&str) -> String| -> Vec<String> {
            let mut found: Vec<String> = ticket
                .findings
                .iter()
                .map(|finding| {
                    let incident = &finding.incident;
                    let subject = subject(&incident.subject);
                    let failing = incident.failing.len();
                    format!("{} | {subject} | {} | {failing}", incident.symptom, finding.diagnosis.cause.id)
                })
                .collect();
            found.sort_unstable();
            found
        };
        if files(&raw) != files(&redacted) {
            wrong.push(format!("{}: {:?}, not {:?}", sample.file, files(&redacted), files(&raw)));
        }
        let expected = found(&raw, &|subject| pseudonyms.value(subject));
        let got = found(&redacted, &str::to_owned);
        if got != expected {
            wrong.push(format!("{}\n  found    {got:#?}\n  expected {expected:#?}", sample.file));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn samples_cut_anywhere_are_redacted_without_a_panic() {
    let vocabulary = vocabulary(&samples(), &Options::default(), Wishes::default()).unwrap();
    let pseudonyms = Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, vocabulary);
    for (file, _) in samples() {
        let text = file.text(1 << 24).unwrap();
        let near: String = text.chars().skip(text.len() / 3).take(700).collect();
        for (at, _) in near.char_indices() {
            pseudonyms.text(&near[..at]);
            pseudonyms.text(&near[at..]);
        }
    }
}

#[test]
fn what_people_write_as_they_do_is_found_too() {
    let mut vocabulary = Vocabulary::default();
    let mail = "Hi Niamh,\nplease ring 087 555 0142 or (555) 555-0143.\n\nKind regards,\nMaría Ibáñez\n-- \nMaría Ibáñez\nHead of Lanes, Harbour Ltd\n";
    vocabulary.text(mail);
    let pseudonyms = Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, vocabulary);
    let new = pseudonyms.text(mail);
    for gone in ["Niamh", "555 0142", "555-0143", "María", "Ibáñez", "Harbour", "Lanes"] {
        assert!(!new.contains(gone), "{gone}: {new}");
    }
    let later = pseudonyms.text("I spoke to Niamh about the harbour.");
    assert!(!later.contains("Niamh") && later.ends_with("about the harbour."), "{later}");
    let number = |text: &str| text.split("ring ").nth(1).unwrap().split(" or").next().unwrap().to_owned();
    assert!(number(&new).starts_with('0') && number(&new).len() == 12, "{new}");
    let access = "10.0.0.1 - niamh [16/Nov/2026:09:12:05 +0000] \"GET /scim/v2/Users HTTP/1.1\" 200 5";
    assert!(!pseudonyms.text(access).contains("niamh"), "{}", pseudonyms.text(access));
    // `{"userName":"zoë?quinn~>~~@a.example.org"}`, in the alphabet of URLs and without padding.
    let packed = "eyJ1c2VyTmFtZSI6Inpvw6s_cXVpbm5-Pn5-QGEuZXhhbXBsZS5vcmcifQ";
    let new = pseudonyms.text(packed);
    assert!(new != packed && new.len() == packed.len() && new.starts_with("eyJ1c2VyTmFtZSI6In"), "{new}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_name_keeps_its_shape(name in "[A-Za-zÀ-ÖØ-öø-ÿĀ-ňα-ωА-яء-ي一-龥 '’.-]{4,40}") {
        let pseudonyms = of(&name);
        let new = pseudonyms.value(&name);
        prop_assert_eq!(name.len(), new.len());
        prop_assert_eq!(name.chars().count(), new.chars().count());
        for (old, new) in name.chars().zip(new.chars()) {
            prop_assert_eq!(old.is_alphabetic(), new.is_alphabetic());
            prop_assert_eq!(old.is_uppercase(), new.is_uppercase());
            prop_assert_eq!(old.len_utf8(), new.len_utf8());
        }
    }

    #[test]
    fn case_variants_have_case_variants_of_one_pseudonym(name in "[a-z]{2,9}[.'+_-][a-z]{2,9}", domain in "[a-z]{3,9}") {
        let pseudonyms = of(&name);
        let address = format!("{name}@{domain}.example.org");
        let new = pseudonyms.text(&address);
        prop_assert_eq!(pseudonyms.text(&address.to_uppercase()), new.to_uppercase());
        prop_assert!(new.ends_with(".example.org") && !new.contains(&name));
    }

    #[test]
    fn nothing_panics(text in "(\\\\|u00e|%C3|%25|=\\?|&#x|[\"'@:+ a-f0-9]|eyJ|Bearer |token=|\\PC){0,60}") {
        of("Zoë").text(&text);
    }
}

fn of(name: &str) -> Pseudonyms {
    let mut vocabulary = Vocabulary::default();
    vocabulary.add(Kind::Word, name);
    Pseudonyms::new(Key::from_bytes(&[7; 32]), Mode::Consistent, vocabulary)
}
