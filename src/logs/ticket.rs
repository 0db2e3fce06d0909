//! A ticket: all the files of one case, read together.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::detect::detect_with;
use super::diagnosis::{Diagnosis, Question, diagnose, questions};
use super::format::Format;
use super::incidents::{Cases, Forgotten, Incident};
use super::input::{LogFile, OpenError, open};
use super::observation::Observation;
use super::readers::{Options, Summary, read_all};
use super::redact::{Mode, Pseudonyms, Session, Vocabulary, Wishes, is_read, masked};
use super::warning::Warning;

/// What a ticket's files hold.
#[derive(Debug, Default)]
pub struct Ticket {
    /// What was read of each file.
    pub files: Vec<Summary>,
    /// Files in which nothing was recognised, by name.
    pub unknown: Vec<Arc<str>>,
    /// Files that could not be read to their end.
    pub broken: Vec<(Arc<str>, io::Error)>,
    /// What went wrong, with the likely cause.
    pub findings: Vec<Finding>,
    /// Observations that were not kept.
    pub forgotten: Forgotten,
    /// Bodies of requests that were no JSON, of which only the shape was kept.
    pub masked: usize,
}

/// One incident and what is made of it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The incident.
    pub incident: Incident,
    /// The likely cause and the advice.
    pub diagnosis: Diagnosis,
    /// What to ask the customer for.
    pub questions: Vec<Question>,
}

impl Ticket {
    /// Reads files, folders and archives. `format` is used instead of looking; each file is told to `progress` first.
    pub fn read(
        paths: &[impl AsRef<Path>],
        format: Option<Format>,
        options: &Options,
        mut progress: impl FnMut(&LogFile),
    ) -> Result<Self, OpenError> {
        let (mut ticket, mut cases, mut files) = (Self::default(), Cases::default(), Vec::new());
        for path in paths {
            for file in open(path.as_ref())? {
                progress(&file);
                if let Some(why) = &file.obstacle {
                    ticket.broken.push((file.name, io::Error::other(why.to_string())));
                    continue;
                }
                match format.or_else(|| detect_with(&file, options)) {
                    Some(format) => files.push((file, format)),
                    None => ticket.unknown.push(file.name),
                }
            }
        }
        let beside = files.iter().map(|(file, _)| file.clone()).collect();
        let options = Options { beside, ..options.clone() };
        let read = read_all(&files, &options, &mut |observation| cases.add(observation));
        for ((file, _), result) in files.iter().zip(read) {
            match result {
                Ok(summary) => ticket.files.push(summary),
                Err(error) => ticket.broken.push((Arc::clone(&file.name), error)),
            }
        }
        ticket.forgotten = cases.forgotten;
        let finding = |incident: Incident| Finding {
            diagnosis: diagnose(&incident),
            questions: questions(&incident, &ticket.files),
            incident,
        };
        let findings = cases.incidents().into_iter().map(finding).collect();
        ticket.findings = findings;
        Ok(ticket)
    }

    /// Takes personal data out of all that is shown: after the diagnosis, which needs the logs as they are. Gives what
    /// replaced it, for the check of what is written.
    pub fn redact(&mut self, mode: Mode, wishes: Wishes, session: &Session) -> Pseudonyms {
        let mut vocabulary = Vocabulary::with(wishes);
        let observations = || self.findings.iter().flat_map(|finding| &finding.incident.observations);
        for observation in observations() {
            vocabulary.observation(observation);
            vocabulary.texts_of(observation);
        }
        let pseudonyms = Pseudonyms::resuming(session, mode, vocabulary);
        for Incident { subject, observations, .. } in self.findings.iter_mut().map(|finding| &mut finding.incident) {
            *subject = pseudonyms.value(subject);
            for observation in observations {
                if mode == Mode::Consistent {
                    self.masked += usize::from(mask_unread(observation));
                }
                pseudonyms.observation(observation);
            }
        }
        for summary in &mut self.files {
            summary.file = pseudonyms.text(&summary.file).into();
            for Warning { file, detail, .. } in &mut summary.warnings {
                *file = pseudonyms.text(file).into();
                *detail = detail.as_ref().map(|detail| pseudonyms.text(detail));
            }
        }
        let broken = self.broken.iter_mut().map(|(name, _)| name);
        self.unknown.iter_mut().chain(broken).for_each(|name| *name = pseudonyms.text(name).into());
        pseudonyms
    }

    /// The findings with the names that the logs have, to play them as they were; secrets are taken out of them too.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn findings_as_they_are(&self) -> io::Result<Vec<Finding>> {
        let mut copy = Self { findings: self.findings.clone(), ..Self::default() };
        copy.redact(Mode::Off, Wishes::default(), &Session::random()?);
        Ok(copy.findings)
    }

    /// Nothing in the files could be read as a log.
    pub fn is_unusable(&self) -> bool {
        self.findings.is_empty() && self.files.iter().all(|file| file.records == 0)
    }
}

/// Leaves only the shape of a request's body that is no JSON. An answer in plain text is what is to be seen, and has no
/// attributes.
fn mask_unread(observation: &mut Observation) -> bool {
    let body = observation.http.as_mut().and_then(|http| http.request_body.as_mut());
    let Some(body) = body.filter(|body| !is_read(&body.value.text)) else { return false };
    body.value.text = masked(&body.value.text);
    true
}
