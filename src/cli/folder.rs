//! Folders that are written to: new or empty ones.

use std::fs;
use std::io;
use std::path::Path;

use super::error::CliError;

/// Whether something is in a folder; nothing is in one that is not there.
pub(super) fn is_used(folder: &Path) -> Result<bool, CliError> {
    match fs::read_dir(folder).map(|mut entries| entries.next().is_some()) {
        Ok(is_used) => Ok(is_used),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(CliError::usage(format!("cannot write to `{}`", folder.display())).caused_by(error)),
    }
}

/// What is said of one in which something is.
pub(super) fn in_use(folder: &Path) -> CliError {
    CliError::usage(format!("the folder `{}` is not empty", folder.display())).hint("give a new one")
}
