//! Own data only: which resources this run may change.
//!
//! Invariant: a resource the run did not create is never changed or deleted.
//! Every write passes [`Ownership::permits`] first, whatever a scenario or a
//! dialect says. A resource is ours when we created it, when we made its id
//! up, or when its name carries the scenario's mark.

use std::collections::HashSet;

use serde_json::Value;

use crate::http::{Answer, Method, Request, Response};
use crate::run::own::address::{self, Resource, id_of, identity};
use crate::run::own::bulk;

/// Bound on resources that one scenario may own.
const MAX_OWNED: usize = 20_000;

/// Why a request must not leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) enum Refusal {
    /// It would change something that is not ours: what.
    Stranger(String),
    /// It would create something without our mark: its name.
    Unmarked(String),
}

/// What an answer says about our resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::run) enum Change {
    /// The request created this.
    Created(Resource),
    /// The request created nothing.
    NotCreated,
    /// This is ours as well, as its name tells.
    Found(Resource),
    /// This is gone.
    Removed(Resource),
}

/// What belongs to one scenario × dialect.
#[derive(Clone, Debug)]
pub(in crate::run) struct Ownership {
    /// Empty on a tenant of the embedded server, which is ours as a whole.
    mark: String,
    ours: HashSet<Resource>,
    made_up: HashSet<String>,
    /// What we created and did not delete, in order.
    created: Vec<Resource>,
    /// Of these, what DELETE could not find: gone, or the target has no such route.
    not_found: HashSet<Resource>,
}

impl Ownership {
    /// Ownership by mark; an empty mark means the whole tenant is ours.
    pub(in crate::run) fn new(mark: &str) -> Self {
        Self {
            mark: mark.to_owned(),
            ours: HashSet::new(),
            made_up: HashSet::new(),
            created: Vec::new(),
            not_found: HashSet::new(),
        }
    }

    /// Whether a request may be sent.
    pub(in crate::run) fn permits(&self, request: &Request) -> Result<(), Refusal> {
        if self.mark.is_empty() || !request.method.writes() || address::is_search(&request.path) {
            return Ok(());
        }
        if bulk::is_bulk(request) {
            return self.permits_bulk(request);
        }
        let (collection, resource) = address::of(&request.path);
        match resource {
            Some(resource) if self.owns(&resource) => Ok(()),
            Some(_) => Err(Refusal::Stranger(format!("{} {}", request.method, request.path))),
            None if request.method == Method::Post => self.permits_create(collection, request.json().as_ref()),
            // It may be taken for a create, and for nothing else when it carries one name and that is ours.
            None if request.method == Method::Put && self.is_named(collection, request) => Ok(()),
            None => Err(Refusal::Stranger(format!("{} {}, a whole collection", request.method, request.path))),
        }
    }

    /// Whether the body of a request carries a name with our mark.
    fn is_named(&self, collection: &str, request: &Request) -> bool {
        request.json().as_ref().and_then(|body| identity(collection, body)).is_some_and(|name| self.carries_mark(name))
    }

    /// A create is ours when its name carries the mark, or when it has no name to collide with.
    fn permits_create(&self, collection: &str, body: Option<&Value>) -> Result<(), Refusal> {
        match body.and_then(|body| identity(collection, body)) {
            Some(name) if !self.carries_mark(name) => Err(Refusal::Unmarked(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// Each operation of a bulk request is a request of its own (RFC 7644 §3.7).
    fn permits_bulk(&self, request: &Request) -> Result<(), Refusal> {
        for operation in bulk::requests(request) {
            if bulk::is_bulk(&operation) {
                return Err(Refusal::Stranger("a bulk request within a bulk request".to_owned()));
            }
            self.permits(&operation)?;
        }
        Ok(())
    }

    fn owns(&self, resource: &Resource) -> bool {
        self.ours.contains(resource) || self.made_up.contains(&resource.id)
    }

    /// Whether the request may bring a resource into being that is not known yet.
    pub(in crate::run) fn may_create(&self, request: &Request) -> bool {
        let (collection, resource) = address::of(&request.path);
        match (request.method, resource) {
            (Method::Post | Method::Put, None) => {
                !address::is_search(&request.path) && matches!(collection, "users" | "groups")
            }
            (Method::Put, Some(resource)) => !self.ours.contains(&resource),
            _ => false,
        }
    }

    /// An id that the run made up: nobody has it.
    pub(in crate::run) fn make_up(&mut self, id: &str) {
        if self.made_up.len() < MAX_OWNED {
            self.made_up.insert(id.to_owned());
        }
    }

    /// A resource that is ours although no answer said so, to be removed in the end.
    pub(in crate::run) fn adopt(&mut self, resource: Resource) -> bool {
        if self.ours.len() >= MAX_OWNED || !self.ours.insert(resource.clone()) {
            return false;
        }
        self.created.push(resource);
        true
    }

    /// Learns from an answer what was created, found and deleted; of a bulk request, from that of each operation.
    pub(in crate::run) fn learn(&mut self, request: &Request, answer: &Answer) -> Vec<Change> {
        if self.mark.is_empty() {
            return Vec::new();
        }
        let Ok(response) = answer else { return Vec::new() };
        let (collection, resource) = address::of(&request.path);
        if let Some(resource) = &resource
            && self.is_gone(request.method, resource, response)
        {
            return vec![self.removed(resource.clone())];
        }
        if request.method == Method::Delete {
            return Vec::new();
        }
        if !response.is_success() {
            // After a server error it may be there all the same.
            let refused = self.may_create(request) && response.status < 500;
            return refused.then_some(Change::NotCreated).into_iter().collect();
        }
        let mut changes = Vec::new();
        if self.may_create(request) {
            changes.extend(self.learn_created(collection, resource, response));
        }
        for found in address::resources(collection, response) {
            let named = found.name.is_some_and(|name| self.carries_mark(&name));
            if named && self.adopt(found.resource.clone()) {
                changes.push(Change::Found(found.resource));
            }
        }
        changes
    }

    /// Whether an answer says that a resource is no longer there. A 404 to DELETE may mean the route: the next GET decides.
    fn is_gone(&mut self, method: Method, resource: &Resource, response: &Response) -> bool {
        let is_missing = matches!(response.status, 404 | 410);
        match method {
            Method::Delete if response.is_success() || response.status == 410 => true,
            Method::Delete if is_missing && self.created.contains(resource) => {
                self.not_found.insert(resource.clone());
                false
            }
            Method::Get => is_missing && self.not_found.contains(resource),
            _ => false,
        }
    }

    /// Whether DELETE could not find this, and nobody has looked since.
    pub(in crate::run) fn is_in_doubt(&self, resource: &Resource) -> bool {
        self.not_found.contains(resource)
    }

    fn learn_created(&mut self, collection: &str, put: Option<Resource>, response: &Response) -> Option<Change> {
        let body = response.json();
        // A server that answers a create with somebody else's resource must not make it ours; one that took the name for
        // another shows the mark elsewhere, in an address.
        let name = body.and_then(|body| identity(collection, body));
        let is_marked = || body.is_some_and(|body| self.carries_mark(&body.to_string()));
        if name.is_some_and(|name| !self.carries_mark(name)) && !is_marked() {
            return Some(Change::NotCreated);
        }
        let from_body = body.and_then(id_of).map(|id| Resource::new(collection, &id));
        let from_location = || address::from_location(collection, response.headers.get("location")?);
        let resource = from_body.or_else(from_location).or(put)?;
        self.adopt(resource.clone());
        Some(Change::Created(resource))
    }

    fn removed(&mut self, resource: Resource) -> Change {
        self.created.retain(|created| *created != resource);
        self.not_found.remove(&resource);
        Change::Removed(resource)
    }

    /// What is left to remove: last created first, so groups go before their members.
    pub(in crate::run) fn leftovers(&self) -> impl Iterator<Item = &Resource> {
        self.created.iter().rev()
    }

    /// Whether a name carries the mark; some servers fold the case of names.
    pub(in crate::run) fn carries_mark(&self, name: &str) -> bool {
        !self.mark.is_empty() && name.to_ascii_lowercase().contains(&self.mark.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::http::Headers;

    const MARK: &str = "scimulator-k3f9-";

    fn answer(status: u16, body: &Value) -> Arc<Response> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Arc::new(Response::new(status, Headers::new(), body))
    }

    fn post(name: &str) -> Request {
        Request::new(Method::Post, "/Users").with_json(&json!({"userName": name}))
    }

    fn created(id: &str) -> Ownership {
        let mut ownership = Ownership::new(MARK);
        let name = format!("{MARK}alice");
        let changes = ownership.learn(&post(&name), &Ok(answer(201, &json!({"id": id, "userName": name}))));
        assert_eq!(changes, [Change::Created(Resource::new("users", id))]);
        ownership
    }

    #[test]
    fn a_strangers_resource_is_never_written() {
        let ownership = created("1");
        assert!(ownership.permits(&Request::new(Method::Patch, "/Users/1")).is_ok());
        for (method, path) in [(Method::Patch, "/Users/2"), (Method::Delete, "/Users"), (Method::Put, "/Me")] {
            let refusal = ownership.permits(&Request::new(method, path)).unwrap_err();
            assert!(matches!(refusal, Refusal::Stranger(_)), "{method} {path}");
        }
    }

    #[test]
    fn a_group_with_the_id_of_our_user_is_a_stranger() {
        let ownership = created("1");
        assert!(ownership.permits(&Request::new(Method::Delete, "/Groups/1")).is_err());
    }

    #[test]
    fn a_create_needs_the_mark() {
        let ownership = Ownership::new(MARK);
        assert_eq!(ownership.permits(&post("bob")), Err(Refusal::Unmarked("bob".to_owned())));
        assert!(ownership.permits(&post("SCIMULATOR-K3F9-bob")).is_ok());
    }

    #[test]
    fn a_put_to_a_collection_is_a_create_of_ours_or_is_not_sent() {
        let mut ownership = Ownership::new(MARK);
        let put = |name: &str| Request::new(Method::Put, "/Users").with_json(&json!({"userName": name}));
        assert!(matches!(ownership.permits(&put("bob")), Err(Refusal::Stranger(_))));
        assert!(matches!(ownership.permits(&Request::new(Method::Put, "/Users")), Err(Refusal::Stranger(_))));
        let own = put(&format!("{MARK}bob"));
        assert!(ownership.permits(&own).is_ok());
        let changes = ownership.learn(&own, &Ok(answer(200, &json!({"id": "5", "userName": format!("{MARK}bob")}))));
        assert_eq!(changes, [Change::Created(Resource::new("users", "5"))]);
    }

    #[test]
    fn a_create_without_a_user_name_may_be_tried() {
        let request = Request::new(Method::Post, "/Users").with_json(&json!({"displayName": "Nobody"}));
        assert!(Ownership::new(MARK).permits(&request).is_ok());
    }

    #[test]
    fn what_a_target_makes_of_an_odd_name_is_ours_where_it_shows_the_mark() {
        let odd = Request::new(Method::Post, "/Users").with_json(&json!({"userName": {"value": "x"}}));
        let is_ours = |body: Value| {
            let mut ownership = Ownership::new(MARK);
            ownership.learn(&odd, &Ok(answer(201, &body)));
            ownership.permits(&Request::new(Method::Delete, "/Users/7")).is_ok()
        };
        let address = format!("{MARK}alice@example.com");
        assert!(is_ours(json!({"id": "7", "userName": "[object Object]", "emails": [{"value": address}]})));
        assert!(!is_ours(json!({"id": "7", "userName": "123"})), "somebody may be called so");
    }

    #[test]
    fn a_stranger_inside_a_bulk_request_is_seen() {
        let bulk =
            |operation: Value| Request::new(Method::Post, "/Bulk").with_json(&json!({"Operations": [operation]}));
        let ownership = created("1");
        assert!(ownership.permits(&bulk(json!({"method": "delete", "path": "/Users/2"}))).is_err());
        assert!(ownership.permits(&bulk(json!({"method": "DELETE", "path": "/Users/1"}))).is_ok());
        let create = json!({"method": "POST", "path": "/Users", "data": {"userName": "bob"}});
        assert!(ownership.permits(&bulk(create)).is_err());
    }

    #[test]
    fn a_create_answered_with_a_stranger_makes_nothing_ours() {
        let mut ownership = Ownership::new(MARK);
        let request = post(&format!("{MARK}a"));
        let changes = ownership.learn(&request, &Ok(answer(200, &json!({"id": "9", "userName": "boss"}))));
        assert_eq!(changes, [Change::NotCreated]);
        assert!(ownership.permits(&Request::new(Method::Put, "/Users/9")).is_err());
    }

    #[test]
    fn a_create_answered_without_a_body_is_known_by_its_location() {
        let mut ownership = Ownership::new(MARK);
        let headers = Headers::from_iter([("Location", "https://example.com/scim/v2/Users/7")]);
        let response = Ok(Arc::new(Response::new(201, headers, "")));
        let changes = ownership.learn(&post(&format!("{MARK}a")), &response);
        assert_eq!(changes, [Change::Created(Resource::new("users", "7"))]);
    }

    #[test]
    fn what_a_list_shows_with_our_mark_is_ours_and_the_rest_is_not() {
        let mut ownership = Ownership::new(MARK);
        let list = json!({"Resources": [{"id": "1", "userName": "boss"}, {"id": 2, "userName": format!("{MARK}b")}]});
        let changes = ownership.learn(&Request::new(Method::Get, "/Users"), &Ok(answer(200, &list)));
        assert_eq!(changes, [Change::Found(Resource::new("users", "2"))]);
        assert!(ownership.permits(&Request::new(Method::Delete, "/Users/1")).is_err());
    }

    #[test]
    fn a_delete_that_finds_nothing_is_believed_once_a_read_finds_nothing_either() {
        let mut ownership = created("1");
        let missing = || Ok(answer(404, &Value::Null));
        let get = Request::new(Method::Get, "/Users/1");
        assert_eq!(ownership.learn(&get, &missing()), [], "a read may come too early");
        assert_eq!(ownership.learn(&Request::new(Method::Delete, "/Users/1"), &missing()), []);
        assert_eq!(ownership.leftovers().count(), 1);
        assert_eq!(ownership.learn(&get, &missing()), [Change::Removed(Resource::new("users", "1"))]);
        assert_eq!(ownership.leftovers().count(), 0);
    }

    #[test]
    fn what_was_deleted_is_no_leftover_and_not_found_again() {
        let mut ownership = created("a b");
        let left = |ownership: &Ownership| ownership.leftovers().map(Resource::path).collect::<Vec<_>>();
        assert_eq!(left(&ownership), ["/Users/a%20b"]);
        let delete = Request::new(Method::Delete, "/Users/a%20b");
        ownership.learn(&delete, &Ok(answer(204, &Value::Null)));
        assert!(left(&ownership).is_empty());
        let list = json!({"Resources": [{"id": "a b", "userName": format!("{MARK}alice")}]});
        assert_eq!(ownership.learn(&Request::new(Method::Get, "/Users"), &Ok(answer(200, &list))), []);
        assert!(ownership.permits(&delete).is_ok(), "an id we deleted stays ours");
    }
}
