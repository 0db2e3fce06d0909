//! Sentences of the admin console's Tasks and Assignments pages, copied out of it or quoted in a mail.

use std::io;
use std::sync::LazyLock;

use regex_lite::Regex;

use super::reason;
use crate::logs::input::LogFile;
use crate::logs::observation::{Idp, Intent, Message, Observation, Outcome, Subject};
use crate::logs::readers::Reading;

/// Nobody pastes more.
const LIMIT: usize = 16 << 20;

/// How sentences begin, and what was wanted when they do not say it.
const STARTS: [(&str, Intent); 5] = [
    ("Automatic provisioning of user ", Intent::Create),
    ("Automatic profile push of user ", Intent::Update),
    ("Automatic deprovisioning of user ", Intent::Deactivate),
    ("Automatic deactivation of user ", Intent::Deactivate),
    ("Automatic reactivation of user ", Intent::Reactivate),
];
const BEFORE: &str = "User was assigned this application before Provisioning was enabled";

/// Reads a file of sentences.
pub fn read(file: &LogFile, reading: &mut Reading<'_>) -> io::Result<()> {
    read_text(&file.text(LIMIT)?, 1, reading);
    Ok(())
}

/// Reads the sentences in a text whose first line has this number.
pub fn read_text(text: &str, first_line: u64, reading: &mut Reading<'_>) {
    for sentence in sentences(text) {
        if !reading.filter.holds_subject(sentence.text.as_bytes())
            && !reading.filter.holds_subject(sentence.heading.as_bytes())
        {
            reading.passed_over += 1;
            continue;
        }
        let number = first_line + sentence.line;
        let mut observation = Observation::at(reading.place(number, None), "task");
        observation.idp = Idp::Okta;
        describe(&sentence, &mut observation);
        if !reading.filter.admits_app([observation.app.as_deref(), None]) {
            reading.passed_over += 1;
            continue;
        }
        reading.count(number, None);
        reading.warnings.once("no-timestamps");
        reading.give(observation);
    }
}

/// One sentence, in one line.
#[derive(Debug, PartialEq, Eq)]
struct Sentence {
    /// Number of its line, from 0.
    line: u64,
    /// What stood above it: often the name of the person.
    heading: String,
    text: String,
}

/// The sentences of a text, with marks of quotation and wrapped lines undone.
fn sentences(text: &str) -> Vec<Sentence> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found: Vec<Sentence> = Vec::new();
    let (mut heading, mut inside) = (String::new(), None);
    for (index, line) in (0_u64..).zip(&lines) {
        let (depth, indent, words) = unquoted(line);
        let is_heading_of_next = || {
            let next = lines.get(usize::try_from(index).unwrap_or(usize::MAX).saturating_add(1));
            next.is_some_and(|next| {
                let next = unquoted(next).2;
                start(next).is_some_and(|at| {
                    let of_whom = next[at..].split_once(" of user ").and_then(|(_, rest)| rest.strip_prefix(words));
                    of_whom.is_some_and(|rest| [" to app ", " from app "].iter().any(|word| rest.starts_with(word)))
                })
            })
        };
        if let Some(at) = start(words) {
            let heading = if at > 0 { words[..at].to_owned() } else { std::mem::take(&mut heading) };
            found.push(Sentence { line: index, heading, text: words[at..].to_owned() });
            inside = Some((depth, indent));
        } else if words.is_empty() {
            inside = None;
        } else if inside.is_some_and(|inside| inside.0 == depth && inside.1 <= indent) && !is_heading_of_next() {
            if let Some(sentence) = found.last_mut() {
                sentence.text.push(' ');
                sentence.text.push_str(words);
            }
        } else {
            inside = None;
            words.clone_into(&mut heading);
        }
    }
    found
}

/// Where in a line a sentence begins.
fn start(words: &str) -> Option<usize> {
    let starts = STARTS.iter().map(|(start, _)| *start).chain([BEFORE]);
    starts.filter_map(|start| words.find(start)).min()
}

/// How often a line is quoted, how far it is indented, and its words.
fn unquoted(line: &str) -> (usize, usize, &str) {
    let words = line.trim_start_matches(['>', ' ', '\t']);
    let marks = &line[..line.len() - words.len()];
    let indent = marks.rsplit('>').next().unwrap_or_default().len();
    (marks.matches('>').count(), indent, words.trim_end())
}

/// Puts into an observation what a sentence says.
fn describe(sentence: &Sentence, observation: &mut Observation) {
    let text = sentence.text.as_str();
    if text.starts_with(BEFORE) {
        let heading = sentence.heading.trim_end_matches(':');
        let name = heading.rsplit_once("tab, ").map_or(heading, |(_, name)| name).trim();
        observation.subject = subject(name, None);
        observation.intent = Intent::Assign;
        observation.outcome = Outcome::Skipped;
        observation.message = Some(Message { raw: text.to_owned(), ..Message::default() });
        return;
    }
    let known = STARTS.iter().find_map(|(start, intent)| Some((text.strip_prefix(start)?, *intent)));
    let (rest, usual) = known.unwrap_or((text, Intent::Create));
    // From the right: names hold apostrophes, commas and the words "to app".
    let (who, cause) = rest.split_once(" failed: ").unwrap_or((rest, ""));
    let (name, app) = who.rsplit_once(" to app ").or_else(|| who.rsplit_once(" from app ")).unwrap_or((who, ""));
    let (attempt, detail) = attempt(cause);
    let fallback = if usual == Intent::Create { local_intent(detail) } else { usual };
    observation.app = Some(app.to_owned()).filter(|app| !app.is_empty());
    observation.subject = subject(name, attempt.map(|(_, user)| user).filter(|user| !user.is_empty()));
    observation.subject.scim_id = reason::missing_id(detail).map(str::to_owned);
    observation.intent = attempt.map_or(fallback, |(intent, _)| intent);
    observation.outcome = Outcome::Failure;
    let mut message = reason::parse(detail);
    message.may_be_cut = false; // the pages have no limit that is known
    observation.message = Some(message);
}

fn subject(name: &str, user: Option<&str>) -> Subject {
    let user_name = user.filter(|user| *user != name).map(str::to_owned);
    let email = user_name.clone().filter(|name| name.contains('@'));
    let display_name = Some(name.to_owned()).filter(|name| !name.is_empty());
    Subject { user_name, email, display_name, ..Subject::default() }
}

/// What was tried and for whom, by `Error while …ing user X: `, and what follows.
fn attempt(cause: &str) -> (Option<(Intent, &str)>, &str) {
    static ATTEMPT: LazyLock<Regex> = LazyLock::new(|| {
        let verbs =
            "creating user|trying to push profile update for|verifying if user|reactivating user|deactivating user";
        // An address may hold a colon only in quotes; the first colon with a space ends it.
        Regex::new(&format!("(?s)^Error while ({verbs})(?: (.+?))?( exists)?: (.*)$")).expect("the pattern is constant")
    });
    let Some(parts) = ATTEMPT.captures(cause) else { return (None, cause) };
    let intent = match &parts[1] {
        "creating user" => Intent::Create,
        "trying to push profile update for" => Intent::Update,
        "verifying if user" => Intent::Lookup,
        "reactivating user" => Intent::Reactivate,
        _ => Intent::Deactivate,
    };
    let part = |index: usize| parts.get(index).map_or("", |part| part.as_str());
    (Some((intent, part(2))), part(4))
}

/// What Okta was at when it says something of its own.
fn local_intent(text: &str) -> Intent {
    if text.starts_with("Matching user not found") {
        Intent::Lookup
    } else if text.starts_with("The credentials used to connect") || text.starts_with("Could not verify") {
        Intent::AuthTest
    } else {
        Intent::Create
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_go_over_wrapped_and_quoted_lines() {
        let text = "> Automatic provisioning of user Niamh O'Connor to app A failed: Error while creating user\n\
                    > n@x.example: Conflict. Errors reported by remote server: It is\n> taken.\n\nMore";
        let found = sentences(text);
        let expected = "Automatic provisioning of user Niamh O'Connor to app A failed: Error while creating user \
                        n@x.example: Conflict. Errors reported by remote server: It is taken.";
        assert_eq!(found, [Sentence { line: 0, heading: String::new(), text: expected.to_owned() }]);
    }

    #[test]
    fn the_name_above_the_next_sentence_is_not_part_of_this_one() {
        let text = "Kim Lee\nAutomatic provisioning of user Kim Lee to app A failed: Matching user not found\nIva\n\
                    Automatic profile push of user Iva to app A failed: x\n\nTab, Seán:\n  User was assigned this \
                    application before Provisioning was enabled and not provisioned.";
        let found = sentences(text);
        assert_eq!(found.iter().map(|one| one.line).collect::<Vec<_>>(), [1, 3, 6]);
        assert!(found[0].text.ends_with("not found") && found[2].heading == "Tab, Seán:");
    }

    #[test]
    fn a_name_may_hold_the_words_to_app() {
        let text = "Automatic provisioning of user Ann, to app fame to app Acme, Ltd failed: Error while verifying if \
                    user a@x.example exists: Unauthorized. Errors reported by remote server: No: expired";
        let sentence = Sentence { line: 0, heading: String::new(), text: text.to_owned() };
        let place = crate::logs::observation::Place {
            file: "a".into(),
            record: 1,
            format: crate::logs::format::Format::OktaTasksText,
            native_id: None,
        };
        let mut observation = Observation::at(place, "task");
        describe(&sentence, &mut observation);
        let subject = &observation.subject;
        assert_eq!(subject.display_name.as_deref(), Some("Ann, to app fame"));
        assert_eq!(subject.user_name.as_deref(), Some("a@x.example"));
        assert_eq!((observation.app.as_deref(), observation.intent), (Some("Acme, Ltd"), Intent::Lookup));
        let message = observation.message.unwrap();
        assert_eq!((message.status, message.detail.as_deref()), (Some(401), Some("No: expired")));
    }
}
