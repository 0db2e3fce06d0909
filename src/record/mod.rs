//! `record`: a proxy between an IdP and a SCIM endpoint that writes down what passes.
//!
//! ```text
//! IdP ─► listener ─► relay ─► upstream ─► target
//!                      │
//!                      ▼ Passed
//!                  recorder ─ mask ─► lines (transcript.jsonl) · replay (scenario.yaml)
//!                      └───── sight: rules, quirks ─► RecordEvent, Summary
//! ```
//!
//! What passes is never touched; what is written down is about other people and holds no secret.

mod exchange;
mod folder;
mod hop;
mod line;
mod lines;
mod listener;
mod mask;
mod quirks;
mod recorder;
mod relay;
mod replay;
mod session;
mod sight;
mod upstream;

pub use folder::{Folder, FolderError, SCENARIO, TRANSCRIPT};
pub use listener::{OwnTls, OwnTlsError};
pub use quirks::Quirk;
pub use recorder::{RecordEvent, Summary, Tell};
pub use session::{Recording, Settings};
pub use sight::Seen;
pub use upstream::Target;
