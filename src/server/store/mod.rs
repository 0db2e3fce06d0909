//! What a tenant keeps: users and groups as clients see them, in the order in which they were made.
//!
//! Endpoints hand in checked content; the store adds what is the server's own
//! (`id`, `meta`, `groups`, a member's name) and keeps the indexes true.

mod collection;
mod content;
mod index;
mod membership;
mod resources;
mod stamp;

pub use content::{addresses, is_active};
pub use index::{Key, folded};
pub use membership::{member_entry, member_ids};
pub use resources::Store;
pub use stamp::Stamp;
