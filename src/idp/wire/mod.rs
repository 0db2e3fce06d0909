//! What several dialects share: encodings of queries, readings of answers, words for the admin.

mod answer;
mod encoding;
mod list;
mod stop;
mod stranger;

pub use answer::{bad_answer, detail, scim_id};
pub use encoding::{Hex, QueryEncoding, Space, equals};
pub use list::{Strictness, read_list};
pub use stop::{Stop, settled};
pub use stranger::stranger;
