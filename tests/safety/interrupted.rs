//! Ctrl-C cleans up, twice ends at once, and after a crash `clean` does the rest.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use scimulator::http::Method;

use super::endpoint::{Endpoint, Turn};
use crate::binary::{Binary, Said};

/// The process under test, once it is known.
#[derive(Clone, Default)]
struct Process(Arc<AtomicU32>);

impl Process {
    /// Sends a signal; the process lives, as it waits for an answer of the one who calls.
    fn signal(&self, name: &str) {
        let pid = loop {
            match self.0.load(Ordering::SeqCst) {
                0 => std::thread::yield_now(),
                pid => break pid,
            }
        };
        let sent = std::process::Command::new("kill").args([name, &pid.to_string()]).status().unwrap();
        assert!(sent.success());
    }
}

/// Signals to send: at which create or clean-up request, which.
fn endpoint(process: &Process, at_create: usize, signal: &'static str, at_delete: Option<&'static str>) -> Endpoint {
    let (process, creates) = (process.clone(), AtomicUsize::new(0));
    let mut second = at_delete;
    Endpoint::watched(
        &[],
        Box::new(move |_, request| {
            if request.method == Method::Post && creates.fetch_add(1, Ordering::SeqCst) + 1 == at_create {
                process.signal(signal);
            }
            if request.method == Method::Delete
                && let Some(signal) = second.take()
            {
                process.signal(signal);
            }
            Turn::Server
        }),
    )
}

/// Runs scenarios one after the other, so that the same requests come first each time.
fn run(binary: &Binary, endpoint: &Endpoint, process: &Process) -> std::process::Output {
    let arguments = ["run", "membership/*", "--jobs", "1", "--target", endpoint.url()];
    let mut command = binary.command(&arguments);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.0.store(child.id(), Ordering::SeqCst);
    child.wait_with_output().unwrap()
}

fn journals(binary: &Binary) -> usize {
    std::fs::read_dir(binary.folder().join("state/scimulator")).map_or(0, Iterator::count)
}

#[test]
fn ctrl_c_removes_what_was_created_and_tells_what_was_seen() {
    let process = Process::default();
    let endpoint = endpoint(&process, 4, "-INT", None);
    let before = endpoint.content();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    let said = Said::from(run(&binary, &endpoint, &process));
    assert_eq!(said.code, 130, "{said:#?}");
    assert!(said.stderr.contains("removing what this run created"), "{said:#?}");
    assert!(said.stdout.contains("interrupted: this is a partial result"), "{said:#?}");
    assert_eq!(endpoint.content(), before);
    assert_eq!(journals(&binary), 0);
}

#[test]
fn a_polite_end_of_a_pipeline_cleans_up_too() {
    let process = Process::default();
    let endpoint = endpoint(&process, 4, "-TERM", None);
    let before = endpoint.content();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    assert_eq!(run(&binary, &endpoint, &process).status.code(), Some(130));
    assert_eq!(endpoint.content(), before);
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_the_journal_stays() {
    let process = Process::default();
    let endpoint = endpoint(&process, 4, "-INT", Some("-INT"));
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    assert_eq!(run(&binary, &endpoint, &process).status.code(), Some(130));
    assert_eq!(journals(&binary), 1);
}

#[test]
fn after_a_crash_clean_removes_the_rest_and_nothing_else() {
    let process = Process::default();
    let endpoint = endpoint(&process, 4, "-KILL", None);
    let before = endpoint.content();
    let binary = Binary::new().with("SCIMULATOR_TOKEN", &endpoint.token());
    assert_eq!(run(&binary, &endpoint, &process).status.code(), None, "it was killed");
    assert_ne!(endpoint.content(), before, "something is left");
    let asked = binary.run(&["clean", "--target", endpoint.url()]);
    asked.fails(2, &["nothing was removed", "--yes"]);
    assert!(asked.stdout.contains("/Users/"), "it says what it would remove: {asked:#?}");
    let said = binary.run(&["clean", "--yes"]);
    assert_eq!(said.code, 0, "{said:#?}");
    assert_eq!(endpoint.content(), before);
    assert_eq!(journals(&binary), 0);
}
