//! Personal data out of logs: pseudonyms that keep what could be the bug, secrets removed.
//!
//! ```text
//! observations, text ─ Vocabulary ─► values ─┐
//! text ─ Spelled ─► characters ─ detect ─► spans ─ Pseudonyms ─► the same text about other people
//! ```
//!
//! A value is replaced character by character in the spelling in which it stands (`%C3%AB`, `\u00eb`, base64 …), so
//! lengths, case, diacritics and punctuation stay. No table of pseudonyms is ever written.

mod assigned;
mod dates;
mod detect;
mod digits;
mod fields;
mod formats;
mod hash;
mod index;
mod kept;
mod key;
mod leak;
mod letters;
mod packed;
mod people;
mod prose;
mod pseudonyms;
mod remembered;
mod rule;
mod secrets;
mod session;
mod spelling;
mod stream;
mod unread;
mod vocabulary;
mod wishes;
mod wrapped;

pub use formats::Kind;
pub use key::Key;
pub use leak::{Form, Leak, Originals};
pub use pseudonyms::{Mode, Pseudonyms};
pub use session::Session;
pub use stream::{cover, find_leak, learn, redact, vocabulary};
pub use unread::{is_read, masked};
pub use vocabulary::Vocabulary;
pub use wishes::{Fate, Wishes};
