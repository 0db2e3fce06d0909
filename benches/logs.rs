//! How fast customers' logs are read and redacted, against what it cannot do without.
//!
//! `cargo bench --bench logs`; benches/README.md says what is compared, what the bars are and what was measured last.
#![allow(clippy::print_stdout, reason = "a measuring program talks to the person who started it")]
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "sizes and figures of a measurement")]
#![allow(clippy::too_many_lines, reason = "a record of a log has as many fields as it has")]

#[path = "logs/bars.rs"]
mod bars;
#[path = "logs/entra.rs"]
mod entra;
#[path = "logs/extremes.rs"]
mod extremes;
#[path = "logs/har.rs"]
mod har;
#[path = "logs/okta.rs"]
mod okta;
#[path = "logs/people.rs"]
mod people;
#[path = "floor/process.rs"]
mod process;
#[path = "logs/yardstick.rs"]
mod yardstick;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What was asked for on the command line.
pub struct Settings {
    /// Mebibytes of the logs that are compared with a yardstick.
    pub mib: u64,
    /// How often each is measured.
    pub rounds: usize,
    /// Only what has this in its name.
    pub only: String,
    /// Where the logs are made; they stay for the next time.
    pub folder: PathBuf,
    /// The product.
    pub product: PathBuf,
}

const USAGE: &str = "\
cargo bench --bench logs -- [--only NAME] [--mib N] [--rounds N] [--out DIR] [--product FILE]

  NAME   lines, array, filter, csv, har, entra, redact, linear or extremes; all of them by default";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["lines", file] => yardstick::lines(Path::new(file)),
        ["array", file] => yardstick::array(Path::new(file)),
        _ => match settings(&arguments) {
            Some(settings) => bars::run(&settings),
            None => Err(USAGE.into()),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` for an unknown flag or a value that is no number.
fn settings(arguments: &[String]) -> Option<Settings> {
    let target = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target");
    let mut settings = Settings {
        mib: 200,
        rounds: 7,
        only: String::new(),
        folder: target.join("logs"),
        product: target.join("release/scimulator"),
    };
    for pair in arguments.chunks(2) {
        let [flag, value] = pair else { return None };
        match flag.as_str() {
            "--mib" => settings.mib = value.parse().ok().filter(|number| *number >= 10)?,
            "--rounds" => settings.rounds = value.parse().ok().filter(|number| *number > 0)?,
            "--only" => value.clone_into(&mut settings.only),
            "--out" => settings.folder = value.into(),
            "--product" => settings.product = value.into(),
            _ => return None,
        }
    }
    Some(settings)
}
