//! Pages by cursor (RFC 9865 §2): where a page begins, in letters that mean nothing to a client.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::server::door::query::Query;
use crate::server::reply::Refusal;
use crate::server::settings::Cursors;

/// Letters of the check at the end of a cursor.
const CHECK: usize = 16;

/// Whether a query gets a page by cursor.
pub fn applies(query: &Query, cursors: Cursors) -> bool {
    let says_nothing = query.cursor.is_none() && query.start_index.is_none();
    match cursors {
        Cursors::None => false,
        Cursors::Offered => query.cursor.is_some(),
        // What asks for no resources at all needs no pages.
        Cursors::Default => query.cursor.is_some() || (says_nothing && query.count.is_none_or(|count| count > 0)),
    }
}

/// How many resources lie before the page that a query asks for.
pub fn skip(query: &Query) -> Result<usize, Refusal> {
    if query.count.is_some_and(|count| count < 1) {
        return Err(Refusal::new(400, Some("invalidCount"), "A page by cursor holds at least one resource."));
    }
    let Some(cursor) = query.cursor.as_deref().filter(|cursor| !cursor.is_empty()) else { return Ok(0) };
    let digits = cursor.len().checked_sub(CHECK).and_then(|at| cursor.get(..at));
    let skip = digits.and_then(|digits| usize::from_str_radix(digits, 16).ok());
    skip.filter(|skip| at(query, *skip) == cursor).ok_or_else(|| {
        let detail =
            "This server gave no such cursor for this query. Begin with an empty one, and change nothing else.";
        Refusal::new(400, Some("invalidCursor"), detail)
    })
}

/// The cursor of the page after so many resources: good for this query and no other, in unreserved characters.
pub fn at(query: &Query, skip: usize) -> String {
    let same = Query { cursor: None, start_index: None, ..query.clone() };
    // No secret, only enough that nobody counts on what a cursor looks like.
    let mut check = DefaultHasher::new();
    (skip, same).hash(&mut check);
    format!("{skip:x}{:0CHECK$x}", check.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_good_for_its_own_query_only() {
        let query = Query { filter: Some("title pr".to_owned()), count: Some(2), ..Query::default() };
        let cursor = Some(at(&query, 4));
        assert_eq!(skip(&Query { cursor: cursor.clone(), ..query.clone() }).ok(), Some(4));
        assert!(skip(&Query { cursor: cursor.clone(), filter: None, ..query.clone() }).is_err());
        assert!(skip(&Query { cursor, count: Some(0), ..query.clone() }).is_err());
        for forged in ["zzforged", "4", "0000000000000000", "é0000000000000000"] {
            assert!(skip(&Query { cursor: Some(forged.to_owned()), ..query.clone() }).is_err(), "{forged}");
        }
        assert_eq!(skip(&Query { cursor: Some(String::new()), ..query }).ok(), Some(0));
    }

    #[test]
    fn who_says_nothing_gets_the_default() {
        let nothing = Query::default();
        assert!(applies(&nothing, Cursors::Default) && !applies(&nothing, Cursors::Offered));
        let by_index = Query { start_index: Some(1), ..Query::default() };
        assert!(!applies(&by_index, Cursors::Default));
    }
}
