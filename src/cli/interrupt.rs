//! Ctrl-C: the first one ends the run and cleans up, the second one ends the process.

use std::sync::Arc;

use super::tell;
use crate::exit::ExitCode;
use crate::run::Shared;

/// Watches for interruptions until the runtime ends.
pub(super) fn watch(shared: &Arc<Shared>, cleans_up: bool) {
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        interruption().await;
        shared.interrupt();
        tell(if cleans_up {
            "stopping; removing what this run created (Ctrl-C again to stop at once)"
        } else {
            "stopping (Ctrl-C again to stop at once)"
        });
        interruption().await;
        std::process::exit(i32::from(ExitCode::Interrupted.code()));
    });
}

/// Comes back at Ctrl-C, or when a pipeline ends the process politely.
#[cfg(unix)]
pub(super) async fn interruption() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await; // without a handler the system ends the process itself
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Comes back at Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn interruption() {
    let _ = tokio::signal::ctrl_c().await; // without a handler the system ends the process itself
}
