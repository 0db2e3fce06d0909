//! Content codings of answers. They are undone here and not in the HTTP library, which would take the header fields away.

use std::io::Read;

use bytes::Bytes;

use super::{Headers, TransportFailure};

/// The body without gzip or deflate; at most `limit` bytes of it.
///
/// # Errors
/// When it does not decode, or is larger.
pub fn decode(headers: &Headers, raw: Bytes, limit: u64) -> Result<Bytes, TransportFailure> {
    let coding = headers.get("content-encoding").unwrap_or_default().trim().to_ascii_lowercase();
    if raw.is_empty() {
        return Ok(raw);
    }
    match coding.as_str() {
        "gzip" | "x-gzip" => inflate(flate2::read::MultiGzDecoder::new(&raw[..]), limit),
        // Some servers leave out the zlib frame that RFC 9110 §8.4.1.2 asks for; every browser copes.
        "deflate" if raw[0] & 0x0f == 8 => inflate(flate2::read::ZlibDecoder::new(&raw[..]), limit),
        "deflate" => inflate(flate2::read::DeflateDecoder::new(&raw[..]), limit),
        _ => Ok(raw),
    }
}

fn inflate(decoder: impl Read, limit: u64) -> Result<Bytes, TransportFailure> {
    let mut body = Vec::new();
    decoder
        .take(limit + 1)
        .read_to_end(&mut body)
        .map_err(|error| TransportFailure::Protocol(format!("the body does not decode: {error}")))?;
    if body.len() as u64 > limit { Err(TransportFailure::TooLarge(limit)) } else { Ok(body.into()) }
}
