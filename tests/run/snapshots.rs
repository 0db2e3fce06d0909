//! Approved transcripts in a run: compared, approved on request, pending beside, never written in CI.

use std::path::{Path, PathBuf};

use scimulator::finding::Verdict;
use scimulator::run::{SnapshotSettings, SnapshotState};

use super::stage::Stage;

const FILE: &str = "runs/rfc/own/one@okta.snap";

fn stage(text: &str, folder: &Path, update: bool, write_pending: bool) -> Stage {
    let mut stage = Stage::of(&[("own/one", text)]);
    stage.snapshots = SnapshotSettings { folder: Some(folder.to_owned()), update, write_pending };
    stage
}

fn assigning(person: &str) -> String {
    format!("title: T\nsteps:\n  - assign: {person}\n    outcome: provisioned\n")
}

fn approved(folder: &Path) -> PathBuf {
    let ran = stage(&assigning("alice"), folder, true, true).play();
    assert_eq!(ran.only().snapshot, SnapshotState::Updated);
    folder.join(FILE)
}

#[test]
fn what_was_approved_is_the_same_again_under_another_seed() {
    let folder = tempfile::tempdir().unwrap();
    approved(folder.path());
    let mut again = stage(&assigning("alice"), folder.path(), false, true);
    again.seed = 99;
    assert_eq!(again.play().only().snapshot, SnapshotState::Same);
}

#[test]
fn a_difference_fails_and_lies_beside_as_pending() {
    let folder = tempfile::tempdir().unwrap();
    let file = approved(folder.path());
    let before = std::fs::read(&file).unwrap();
    let ran = stage(&assigning("bob"), folder.path(), false, true).play();
    assert_eq!(
        (ran.only().snapshot, ran.verdict(), ran.footer.exit_code),
        (SnapshotState::Different, &Verdict::Fail, 1)
    );
    assert_eq!(std::fs::read(&file).unwrap(), before, "nothing is silently approved");
    assert!(file.with_extension("snap.new").is_file());
}

#[test]
fn a_new_one_awaits_approval_with_exit_code_5() {
    let folder = tempfile::tempdir().unwrap();
    let ran = stage(&assigning("alice"), folder.path(), false, true).play();
    assert_eq!((ran.only().snapshot, ran.footer.exit_code), (SnapshotState::New, 5));
    assert!(folder.path().join("runs/rfc/own/one@okta.snap.new").is_file());
}

#[test]
fn a_pipeline_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ran = stage(&assigning("alice"), folder.path(), false, false).play();
    assert_eq!((ran.only().snapshot, ran.footer.exit_code), (SnapshotState::New, 5));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_pending_one_goes_away_when_the_answer_is_as_approved_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = approved(folder.path());
    stage(&assigning("bob"), folder.path(), false, true).play();
    stage(&assigning("alice"), folder.path(), false, true).play();
    assert!(!file.with_extension("snap.new").exists());
}

#[test]
fn a_server_broken_on_purpose_is_judged_by_rules_and_not_by_snapshots() {
    let folder = tempfile::tempdir().unwrap();
    approved(folder.path());
    let mut broken = stage(&assigning("alice"), folder.path(), true, true);
    broken.faults = vec!["patch/atomic".to_owned()];
    assert_eq!(broken.play().only().snapshot, SnapshotState::NotCompared);
}
