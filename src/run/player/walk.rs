//! `walk`: all pages of a query, by index (RFC 7644 §3.4.2.4) or by cursors (RFC 9865 §2).

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::resource::{neutral, neutral_with};
use super::{End, Player};
use crate::finding::Source;
use crate::http::{Headers, Method, Request, Response, Sender, percent};
use crate::run::own::address::id_of;
use crate::scenario::{PagedBy, Step, Walk, variables};
use crate::scim::{name, urn};

/// Bound on pages of a walk.
const MAX_PAGES: usize = 500;
/// … of one that looks for somebody: a directory may be large.
const MAX_PAGES_UNTIL: usize = 20;
/// Such a walk shows a part of each page again, the fourth, with the next: in a list that others change, somebody moves
/// from one page to another meanwhile.
const OVERLAP: usize = 4;
/// It is walked so often again before somebody counts as missing.
const WALKS_AGAIN: usize = 3;
/// So many pages without anybody on them are no walk any more: by a cursor the next one is always promised.
const MAX_EMPTY: usize = 3;

/// The query whose pages are walked.
struct Query<'a> {
    collection: &'a str,
    filter: Option<String>,
    page: u32,
    by: PagedBy,
    /// Id of the resource that is looked for.
    until: Option<String>,
}

impl Query<'_> {
    /// How many of a page with so many resources the next one shows again.
    const fn overlap(&self, listed: usize) -> usize {
        if self.until.is_some() { listed / OVERLAP } else { 0 }
    }

    const fn max_pages(&self) -> usize {
        if self.until.is_some() { MAX_PAGES_UNTIL } else { MAX_PAGES }
    }

    /// The request for the page that begins after this position, or at a cursor.
    fn request(&self, position: usize, cursor: &str) -> Request {
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
            PagedBy::Index => format!("startIndex={}", position + 1),
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
    /// How far into the list the next page begins.
    position: usize,
    total: u64,
    pages: usize,
    /// Pages in a row without anybody.
    empty: usize,
    /// Pages that hold more than was asked for.
    oversized: usize,
    cursors: BTreeSet<String>,
    /// The last page was reached.
    ends: bool,
    found: bool,
}

/// Where the walk goes on.
enum Next {
    /// There is a page more, which begins at this cursor.
    Page(String),
    /// That was the last page.
    End,
    /// It shows who was looked for.
    Found,
    /// It leads nowhere: to where it was before, or on without anybody.
    Astray,
}

impl Progress {
    fn take(&mut self, body: &Value, query: &Query<'_>) -> Next {
        let listed = name::get_in(body, "Resources").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        self.total = name::get_in(body, "totalResults").and_then(Value::as_u64).unwrap_or(0);
        self.pages += 1;
        self.seen += listed.len();
        let end = self.position + listed.len();
        self.position = end - query.overlap(listed.len());
        self.ids.extend(listed.iter().filter_map(id_of));
        self.oversized += usize::from(listed.len() > query.page as usize);
        self.empty = if listed.is_empty() { self.empty + 1 } else { 0 };
        if query.until.as_ref().is_some_and(|id| self.ids.contains(id)) {
            return Next::Found;
        }
        if query.by == PagedBy::Index {
            let is_last = listed.is_empty() || u64::try_from(end).unwrap_or(u64::MAX) >= self.total;
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
    /// Walks all pages; what is judged is `{ total, seen, distinct, pages, oversized, ends, found }`.
    pub(super) async fn play_walk(&mut self, step: &Step, walk: &Walk) -> Result<(), End> {
        let Walk { target, page, by, until } = walk;
        let (collection, filter) = target.split_once("?filter=").map_or((target.as_str(), None), |(c, f)| (c, Some(f)));
        let filter =
            filter.map(|filter| self.with_scope(|scope| variables::resolve_text(filter, scope))).transpose()?;
        let until = until.as_ref().map(|key| {
            let id = self.values.id(key).map(str::to_owned);
            id.ok_or_else(|| End::Inconclusive(format!("{key} has no id")))
        });
        let query = Query { collection, filter, page: *page, by: *by, until: until.transpose()? };
        let mut progress = self.walk(step, &query).await?;
        // Where others remove people, one may slip from a page not read yet to one that was; hardly so every time.
        for _ in 0..WALKS_AGAIN {
            if query.until.is_some() && progress.ends && !progress.found && progress.pages > 1 {
                progress = self.walk(step, &query).await?;
            }
        }
        let Progress { ids, seen, total, pages, oversized, ends, found, .. } = progress;
        let distinct = ids.len();
        let summary = json!({
            "total": total, "seen": seen, "distinct": distinct, "pages": pages, "oversized": oversized, "ends": ends,
            "found": found,
        });
        if let Some(name) = &step.bind {
            self.values.capture_value(name, summary.clone());
        }
        let unmet = self.unmet(&step.expect, &Response::new(200, Headers::new(), summary.to_string()))?;
        self.report(step, Source::Expectation, unmet);
        Ok(())
    }

    /// All pages of a query, up to whom it looks for.
    async fn walk(&mut self, step: &Step, query: &Query<'_>) -> Result<Progress, End> {
        let (mut progress, mut cursor) = (Progress::default(), String::new());
        while progress.pages < query.max_pages() {
            let request = query.request(progress.position, &cursor);
            let response = self.page(step, request).await?;
            match progress.take(response.json().unwrap_or(&Value::Null), query) {
                Next::Page(next) => cursor = next,
                Next::Found => {
                    progress.found = true;
                    break;
                }
                Next::End => {
                    progress.ends = true;
                    break;
                }
                Next::Astray => break,
            }
        }
        Ok(progress)
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

    fn walk() -> Query<'static> {
        Query { collection: "/Users", filter: Some("title pr".to_owned()), page: 2, by: PagedBy::Cursor, until: None }
    }

    #[test]
    fn a_page_begins_where_the_one_before_said() {
        assert_eq!(walk().request(2, "a+b").target(), "/Users?filter=title%20pr&cursor=a%2Bb&count=2");
        let by_index = Query { by: PagedBy::Index, ..walk() };
        assert_eq!(by_index.request(2, "").target(), "/Users?filter=title%20pr&startIndex=3&count=2");
        let search = Query { by: PagedBy::SearchCursor, ..walk() }.request(0, "");
        let body = json!({"schemas": [urn::SEARCH_REQUEST], "cursor": "", "count": 2, "filter": "title pr"});
        assert_eq!((search.target().as_str(), search.json()), ("/Users/.search", Some(body)));
    }

    #[test]
    fn who_looks_for_somebody_goes_back_a_little_at_each_page() {
        let query = Query { by: PagedBy::Index, page: 20, until: Some("7".to_owned()), ..walk() };
        let people = |ids: std::ops::Range<u32>| {
            let listed: Vec<Value> = ids.map(|id| json!({"id": id.to_string()})).collect();
            json!({"totalResults": 35, "Resources": listed})
        };
        let mut progress = Progress::default();
        assert!(matches!(progress.take(&people(100..120), &query), Next::Page(_)));
        assert_eq!(progress.position, 15);
        assert!(matches!(progress.take(&people(115..135), &query), Next::End), "that was the 35th");
        let mut progress = Progress::default();
        assert!(matches!(progress.take(&people(100..103), &query), Next::Page(_)));
        assert_eq!(progress.position, 3, "a short page is not shown again");
        assert!(matches!(progress.take(&people(5..10), &query), Next::Found));
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
