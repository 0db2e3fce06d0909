//! `fixtures/logs/manifest.json`: what a correct importer reports for each sample.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde::Deserialize;

/// Where the samples are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs")
}

/// The manifest.
pub static MANIFEST: LazyLock<Manifest> =
    LazyLock::new(|| serde_json::from_slice(&std::fs::read(folder().join("manifest.json")).unwrap()).unwrap());

#[derive(Deserialize)]
pub struct Manifest {
    pub samples: Vec<Sample>,
}

#[derive(Deserialize)]
pub struct Sample {
    pub file: String,
    pub format: String,
    pub encoding: String,

    pub records: u64,
    pub unique_records: u64,
    pub warnings: Vec<String>,
    pub incidents: Vec<Incident>,
}

#[derive(Deserialize)]
pub struct Incident {
    pub id: String,
    pub symptom: String,
    pub subject: String,
    pub scenario: String,
    #[serde(default)]
    pub requests: Vec<Request>,
}

#[derive(Deserialize)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub status: Option<u16>,
    pub source: String,
}
