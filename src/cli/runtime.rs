//! The async runtime, for the commands that need one. `list` and `--version` do without.

use tokio::runtime::{Builder, Runtime};

use super::error::CliError;
use crate::exit::ExitCode;

/// Threads: the embedded server and the IdP each keep one busy.
const WORKERS: usize = 2;

/// A runtime with network, time and signals.
pub(super) fn start() -> Result<Runtime, CliError> {
    Builder::new_multi_thread().worker_threads(WORKERS).enable_all().build().map_err(|error| {
        CliError::usage("the system gives no threads or sockets").with_code(ExitCode::CouldNotTest).caused_by(error)
    })
}
