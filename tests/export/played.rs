//! A scenario as it was played, and as the binary exports it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use scimulator::http::{Exchange, Sender, Transcript};

use crate::support::run::{Play, play};

/// Values with quotes, apostrophes, line ends, backticks and dollar signs.
pub const ODD_VALUES: &str = "tests/export/odd-values.yaml";

/// Versions and times, in header fields and in a filter.
pub const TWO_VERSIONS: &str = "tests/export/two-versions.yaml";

/// Scenarios, and under which dialect they are played.
pub const SCENARIOS: [(&str, &str); 8] = [
    ("lifecycle/create", "okta"),
    ("lifecycle/create", "entra"),
    ("lifecycle/update-email", "okta"),
    ("lifecycle/deactivate", "entra"),
    ("conflict/active", "okta"),
    ("membership/add", "entra"),
    ("patch/atomic", "plain"),
    ("etag/if-match-stale", "plain"),
];

/// What the binary writes.
pub fn exported(scenario: &str, dialect: &str, form: &str) -> String {
    let idp = if dialect == "plain" { "okta" } else { dialect };
    let output = Command::new(env!("CARGO_BIN_EXE_scimulator"))
        .args(["export", scenario, "--as", form, "--idp", idp])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("SCIMULATOR_TOKEN")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{scenario} as {form}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What went over the wire when the scenario was played, by the engine itself.
pub fn transcript(scenario: &str, dialect: &str) -> Arc<Transcript> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(scenario);
    let file = file.is_file().then_some(file);
    let id = file.as_deref().map_or(scenario.to_owned(), stem);
    let results = play(Play { select: vec![id], dialects: vec![dialect.to_owned()], file, ..Play::default() });
    let [result] = results.as_slice() else { panic!("{scenario}: {} results", results.len()) };
    Arc::clone(&result.transcript)
}

fn stem(path: &Path) -> String {
    PathBuf::from(path).file_stem().unwrap().to_string_lossy().into_owned()
}

/// The exchanges that a tool gets which runs them: all.
pub fn everything(transcript: &Transcript) -> Vec<&Exchange> {
    transcript.exchanges.iter().filter(|exchange| exchange.sender != Sender::CleanUp).collect()
}

/// The exchanges that a record has: those of the scenario itself.
pub fn story(transcript: &Transcript) -> Vec<&Exchange> {
    let is_own = |exchange: &&Exchange| matches!(exchange.sender, Sender::Idp | Sender::Scenario);
    transcript.exchanges.iter().filter(is_own).collect()
}
