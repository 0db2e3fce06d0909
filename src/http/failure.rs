//! From the HTTP library's errors to one precise [`TransportFailure`].
//!
//! The library nests its causes; the innermost telling one decides.

use std::error::Error;
use std::io;
use std::time::Duration;

use super::TransportFailure;

/// How deep a chain of causes is followed.
const MAX_DEPTH: usize = 16;

/// Why no answer came.
pub(super) fn classify(error: &reqwest::Error) -> TransportFailure {
    let cause = root_cause(error);
    if error.is_builder() {
        return TransportFailure::Unsendable(cause);
    }
    if error.is_dns() {
        return TransportFailure::Dns(cause);
    }
    if let Some(tls) = chain(error).find_map(|cause| cause.downcast_ref::<rustls::Error>()) {
        return TransportFailure::Tls(tls.to_string());
    }
    if error.is_connect() {
        return if error.is_timeout() { timeout() } else { TransportFailure::Connect(cause) };
    }
    match broken_off(error) {
        Some(failure) => failure,
        None if error.is_timeout() => timeout(),
        None => TransportFailure::Protocol(cause),
    }
}

/// Why no answer came on a connection that stood.
pub fn on_connection(error: &(dyn Error + 'static)) -> TransportFailure {
    broken_off(error).unwrap_or_else(|| TransportFailure::Protocol(root_cause(error)))
}

/// What hyper or the system says of a connection.
fn broken_off(error: &(dyn Error + 'static)) -> Option<TransportFailure> {
    let hyper = chain(error).find_map(|cause| cause.downcast_ref().and_then(from_hyper));
    hyper.or_else(|| chain(error).find_map(|cause| cause.downcast_ref().and_then(from_io)))
}

/// The innermost cause, in the words of whoever raised it.
pub fn root_cause(error: &(dyn Error + 'static)) -> String {
    chain(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

/// The system gave up by itself, before our own limit.
const fn timeout() -> TransportFailure {
    TransportFailure::Timeout(Duration::ZERO)
}

fn from_hyper(error: &hyper::Error) -> Option<TransportFailure> {
    if error.is_parse_too_large() {
        return Some(TransportFailure::Protocol("the header section is over the limits".to_owned()));
    }
    if error.is_parse() {
        return Some(TransportFailure::Protocol(root_cause(error)));
    }
    if error.is_incomplete_message() {
        return Some(TransportFailure::Truncated("the connection closed before the answer was complete".to_owned()));
    }
    None
}

fn from_io(error: &io::Error) -> Option<TransportFailure> {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, InvalidData, InvalidInput, UnexpectedEof};
    match error.kind() {
        UnexpectedEof | ConnectionReset | ConnectionAborted | BrokenPipe => {
            Some(TransportFailure::Truncated(error.to_string()))
        }
        // hyper reports a broken chunk size this way.
        InvalidData | InvalidInput => Some(TransportFailure::Protocol(error.to_string())),
        _ => None,
    }
}

/// The error and its causes, outermost first. What an `io::Error` wraps counts as its cause.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause| inner(*cause)).take(MAX_DEPTH)
}

fn inner<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
