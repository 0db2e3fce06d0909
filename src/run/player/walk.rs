//! `walk`: all pages of a query, by index (RFC 7644 §3.4.2.4) or by cursors (RFC 9865 §2).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::resource::{neutral, neutral_with};
use super::{End, Player};
use crate::finding::Source;
use crate::http::{Headers, Method, Request, Response, Sender, percent};
use crate::run::address::id_of;
use crate::scenario::{PagedBy, Step, variables};
use crate::scim::{name, urn};

/// Bound on pages of a walk.
const MAX_PAGES: usize = 500;
/// So many pages without anybody on them are no walk any more: by a cursor the next one is always promised.
const MAX_EMPTY: usize = 3;

/// The query whose pages are walked.
struct Walk<'a> {
    collection: &'a str,
    filter: Option<String>,
    page: u32,
    by: PagedBy,
}

impl Walk<'_> {
    /// The request for the page that begins after so many resources, or at a cursor.
    fn request(&self, seen: usize, cursor: &str) -> Request {
        let Self { collection, page, .. } = self;
        if self.by == PagedBy::SearchCursor {
            let mut body = json!({"schemas": [urn::SEARCH_REQUEST], "cursor": cursor, "count": page});
            if let Some(filter) = &self.filter {
                body["filter"] = json!(filter);
            }
            return neutral_with(Method::Post, &format!("{collection}/.search"), &body);
        }
        let filter =
            self.filter.as_ref().map(|filter| format!("filter={}&", percent::encode(filter))).unwrap_or_default();
        let place = match self.by {
            PagedBy::Index => format!("startIndex={}", seen + 1),
            _ => format!("cursor={}", percent::encode(cursor)),
        };
        neutral(Method::Get, &format!("{collection}?{filter}{place}&count={page}"))
    }
}

/// What was seen on the way.
#[derive(Default)]
struct Progress {
    ids: BTreeSet<String>,
    seen: usize,
    total: u64,
    pages: usize,
    /// Pages in a row without anybody.
    empty: usize,
    /// Pages that hold more than was asked for.
    oversized: usize,
    cursors: BTreeSet<String>,
}

/// Where the walk goes on.
enum Next {
    /// There is a page more, which begins at this cursor.
    Page(String),
    /// That was the last page.
    End,
    /// It leads nowhere: to where it was before, or on without anybody.
    Astray,
}

impl Progress {
    fn take(&mut self, body: &Value, walk: &Walk<'_>) -> Next {
        let listed = name::get_in(body, "Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        self.total = name::get_in(body, "totalResults").and_then(Value::as_u64).unwrap_or(0);
        self.pages += 1;
        self.seen += listed.len();
        self.ids.extend(listed.iter().filter_map(id_of));
        self.oversized += usize::from(listed.len() > walk.page as usize);
        self.empty = if listed.is_empty() { self.empty + 1 } else { 0 };
        if walk.by == PagedBy::Index {
            let is_last = listed.is_empty() || u64::try_from(self.seen).unwrap_or(u64::MAX) >= self.total;
            return if is_last { Next::End } else { Next::Page(String::new()) };
        }
        let next = name::get_in(body, "nextCursor").and_then(Value::as_str).filter(|cursor| !cursor.is_empty());
        match next {
            None => Next::End,
            Some(cursor) if self.empty < MAX_EMPTY && self.cursors.insert(cursor.to_owned()) => {
                Next::Page(cursor.to_owned())
            }
            Some(_) => Next::Astray,
        }
    }
}

impl Player {
    /// Walks all pages; what is judged is `{ total, seen, distinct, pages, oversized, ends }`.
    pub(super) async fn play_walk(&mut self, step: &Step, target: &str, page: u32, by: PagedBy) -> Result<(), End> {
        let (collection, filter) = target.split_once("?filter=").map_or((target, None), |(c, f)| (c, Some(f)));
        let filter =
            filter.map(|filter| self.with_scope(|scope| variables::resolve_text(filter, scope))).transpose()?;
        let walk = Walk { collection, filter, page, by };
        let mut progress = Progress::default();
        let (mut cursor, mut ends) = (String::new(), false);
        while progress.pages < MAX_PAGES {
            let request = walk.request(progress.seen, &cursor);
            let response = self.page(step, request).await?;
            match progress.take(response.json().unwrap_or(&Value::Null), &walk) {
                Next::Page(next) => cursor = next,
                Next::End => {
                    ends = true;
                    break;
                }
                Next::Astray => break,
            }
        }
        let Progress { ids, seen, total, pages, oversized, .. } = progress;
        let distinct = ids.len();
        let summary = json!({
            "total": total, "seen": seen, "distinct": distinct, "pages": pages, "oversized": oversized, "ends": ends,
        });
        if let Some(name) = &step.bind {
            self.values.capture_value(name, summary.clone());
        }
        let unmet = self.unmet(&step.expect, &Response::new(200, Headers::new(), summary.to_string()))?;
        self.report(step, Source::Expectation, unmet);
        Ok(())
    }

    async fn page(&mut self, step: &Step, request: Request) -> Result<Arc<Response>, End> {
        self.wire.sender = Sender::Scenario;
        let answer = self.wire.exchange(request).await?;
        self.wire.sender = Sender::Harness;
        let response = Self::answered(answer, &step.label)?;
        if response.is_success() {
            return Ok(response);
        }
        Err(End::Inconclusive(format!("{} answered {}", step.label, response.status)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk() -> Walk<'static> {
        Walk { collection: "/Users", filter: Some("title pr".to_owned()), page: 2, by: PagedBy::Cursor }
    }

    #[test]
    fn a_page_begins_where_the_one_before_said() {
        assert_eq!(walk().request(2, "a+b").target(), "/Users?filter=title%20pr&cursor=a%2Bb&count=2");
        let by_index = Walk { by: PagedBy::Index, ..walk() };
        assert_eq!(by_index.request(2, "").target(), "/Users?filter=title%20pr&startIndex=3&count=2");
        let search = Walk { by: PagedBy::SearchCursor, ..walk() }.request(0, "");
        let body = json!({"schemas": [urn::SEARCH_REQUEST], "cursor": "", "count": 2, "filter": "title pr"});
        assert_eq!((search.target().as_str(), search.json()), ("/Users/.search", Some(body)));
    }

    #[test]
    fn a_walk_in_a_circle_is_left() {
        let mut progress = Progress::default();
        let page = |next: &str| json!({"Resources": [{"id": "1"}], "nextCursor": next});
        assert!(matches!(progress.take(&page("a"), &walk()), Next::Page(_)));
        assert!(matches!(progress.take(&page("b"), &walk()), Next::Page(_)));
        assert!(matches!(progress.take(&page("a"), &walk()), Next::Astray));
    }

    #[test]
    fn a_promise_of_more_that_is_never_kept_is_left_too() {
        let mut progress = Progress::default();
        let page = |next: usize| json!({"Resources": [], "nextCursor": next.to_string()});
        let pages: Vec<Next> = (0..3).map(|number| progress.take(&page(number), &walk())).collect();
        assert!(matches!(pages.as_slice(), [Next::Page(_), Next::Page(_), Next::Astray]));
    }
}
