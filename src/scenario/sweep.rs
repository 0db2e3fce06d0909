//! Steps that send many requests to ask one thing: every attribute, every page, so many a second.

use crate::http::Method;

/// Attributes of users or groups, written one way.
#[derive(Clone, Debug)]
pub struct EachAttribute {
    /// Key of the person or group that the resource is made from.
    pub key: String,
    /// A group instead of a user.
    pub is_group: bool,
    /// How they are written: POST, PATCH or PUT.
    pub by: Method,
    /// Only attributes of which the schema says this; what they must do is then asked instead.
    pub which: Option<Special>,
}

/// What a schema may say of an attribute that calls for a question of its own (RFC 7643 §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `mutability: immutable`.
    Immutable,
    /// `mutability: readOnly`.
    ReadOnly,
    /// `returned: request`.
    OnRequest,
}

/// How one page leads to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagedBy {
    /// By `startIndex` (RFC 7644 §3.4.2.4).
    Index,
    /// By `cursor` (RFC 9865 §2).
    Cursor,
    /// By `cursor` in the body of `.search` (RFC 9865 §3).
    SearchCursor,
}

/// The same read, many times.
#[derive(Clone, Debug)]
pub struct Load {
    /// Path below the base URL, with its query.
    pub target: String,
    /// Requests a second.
    pub per_second: u32,
    /// For so many seconds.
    pub seconds: u32,
}

impl Load {
    /// How many requests that makes.
    pub const fn count(&self) -> u32 {
        self.per_second.saturating_mul(self.seconds)
    }
}

/// All pages of a query, or those until somebody is found.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Collection, with `?filter=` and a filter that is not encoded, without paging parameters.
    pub target: String,
    /// Page size.
    pub page: u32,
    /// How one page leads to the next.
    pub by: PagedBy,
    /// Key of the person or group that is looked for.
    pub until: Option<String>,
}
