//! `scimulator review` and `scimulator accept`, as the command line calls them.

use super::error::CliError;
use super::review::{self, AcceptArgs, ReviewArgs, ReviewError};
use crate::context::Context;
use crate::exit::ExitCode;

/// Looks through pending snapshots.
pub(super) fn review(context: &Context, mut args: ReviewArgs) -> Result<ExitCode, CliError> {
    args.snapshots = context.folder.join(args.snapshots);
    let mut terminal = console::Term::stdout();
    review::review(&args, &mut terminal, &mut anstream::stdout()).map_err(error)?;
    Ok(ExitCode::Conformant)
}

/// Approves pending snapshots.
pub(super) fn accept(context: &Context, mut args: AcceptArgs) -> Result<ExitCode, CliError> {
    args.snapshots = context.folder.join(args.snapshots);
    review::accept(&args, &mut anstream::stdout()).map_err(error)?;
    Ok(ExitCode::Conformant)
}

#[expect(clippy::needless_pass_by_value, reason = "the form `map_err` takes")]
fn error(error: ReviewError) -> CliError {
    let code = match &error {
        ReviewError::NothingSelected(_) => ExitCode::NothingSelected,
        ReviewError::NoTerminal { .. } | ReviewError::Store(_) | ReviewError::Terminal(_) => ExitCode::Usage,
    };
    CliError::usage(error.to_string()).with_code(code).hint(error.hint())
}
