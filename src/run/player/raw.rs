//! Raw steps: requests as written, for protocol rules.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::compare::is_silence;
use super::resource::{filtered, group_body, neutral, neutral_with, quoted, user_body};
use super::{End, Player, beyond, blame};
use crate::finding::Source;
use crate::http::{Answer, Credential, Method, Request, Response, Secret, Sender, percent};
use crate::idp::Dialect;
use crate::run::own::address::{self, Resource};
use crate::run::player::expect::{self, Mismatch};
use crate::run::sending::bodies;
use crate::scenario::variables::{self, Unknown};
use crate::scenario::{Create, CredentialChoice, RawRequest, Step, Verb};
use crate::scim::{Mode, name};

/// How much of a token is cut off, or put behind it: four characters are whole bytes in every base.
const TOKEN_TAIL: usize = 4;

/// A token that is nearly the right one.
fn near(token: &str, how: CredentialChoice) -> String {
    match how {
        CredentialChoice::Cut => {
            let kept = token.chars().count().saturating_sub(TOKEN_TAIL);
            token.chars().take(kept).collect()
        }
        CredentialChoice::Longer => format!("{token}{}", "x".repeat(TOKEN_TAIL)),
        CredentialChoice::OtherEnd => {
            let mut kept: Vec<char> = token.chars().collect();
            // In base64 the last character of a signed token may hold two bits only: these two differ in the first.
            let end = kept.pop().map(|last| if last.is_ascii_uppercase() && last < 'Q' { '9' } else { 'A' });
            kept.into_iter().chain(end).collect()
        }
        _ => token
            .chars()
            .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect(),
    }
}

/// Whether a step expects such a status.
fn takes(step: &Step, status: u16) -> bool {
    step.expect.iter().any(|one| one.status.iter().any(|pattern| pattern.fits(status)))
}

/// Whether a step takes a refusal that changes nothing.
fn may_be_refused(step: &Step) -> bool {
    step.expect.iter().any(|expectation| expectation.refused)
}

impl Player {
    /// A request, create, get or delete, judged by its `expect`; without one it is a prerequisite.
    pub(super) async fn play_raw(&mut self, step: &Step) -> Result<(), End> {
        let request = self.build(&step.verb)?;
        let before = if may_be_refused(step) { self.witness(&request).await? } else { None };
        let credential = self.choose_credential(&step.verb)?;
        let answer = self.send_step(step, &request, &credential).await?;
        self.compare(step, &answer)?;
        let was_silent = step.observed.as_ref().is_some_and(|observed| observed.no_answer);
        if was_silent && answer.as_ref().is_err_and(is_silence) {
            return Ok(()); // as at the customer, whose identity provider went on too
        }
        let response = Self::answered(answer, &step.label)?;
        let response = self.second_look(step, &request, &credential, response).await?;
        self.keep(step, &response);
        if let Some(reason) = self.unoffered.explains(&request, &response).filter(|_| request.method == Method::Patch) {
            return Err(End::Skipped(reason));
        }
        self.assumed(step, &request, &response)?;
        if step.expect.is_empty() {
            return self.prepared(step, &request, &response);
        }
        match self.unmet_by(step, &request, &response, before).await? {
            Some(unmet) => {
                self.proof.decided += 1;
                match self.blamed(step, &request, &response, &unmet) {
                    Some(rule) => self.report(&step.clone().with_rule(rule), Source::Expectation, unmet),
                    None => self.report(step, Source::Expectation, unmet),
                }
            }
            None => self.proof.undecided += 1,
        }
        Ok(())
    }

    /// Sends what a step is about. A user who is made only to be there may have less in him where a target asks for that.
    async fn send_step(&mut self, step: &Step, request: &Request, credential: &Credential) -> Result<Answer, End> {
        self.wire.sender = Sender::Scenario;
        let judges_nothing = step.expect.is_empty() || (takes(step, 201) && takes(step, 400));
        let only_prepares = matches!(step.verb, Verb::Create(_)) && judges_nothing && step.assume.is_empty();
        let answer = if only_prepares {
            self.prepare(request.clone(), credential).await?
        } else {
            self.wire.exchange_as(request.clone(), credential).await?
        };
        self.wire.sender = Sender::Harness;
        Ok(answer)
    }

    /// A step without `expect` is a prerequisite: what is refused ends the scenario.
    fn prepared(&self, step: &Step, request: &Request, response: &Response) -> Result<(), End> {
        if response.is_success() || !step.assume.is_empty() {
            return Ok(());
        }
        let why = self.unoffered.explains_refusal_of_ours(request, response).map(End::Skipped);
        Err(why.unwrap_or_else(|| End::Inconclusive(format!("{} answered {}", step.label, response.status))))
    }

    /// What is not as the step expects; `None` where the answer is legal and proves nothing.
    async fn unmet_by(
        &mut self,
        step: &Step,
        request: &Request,
        response: &Response,
        before: Option<Value>,
    ) -> Result<Option<Vec<Mismatch>>, End> {
        let unmet = match self.fit(&step.expect, response)? {
            Ok(fitting) if fitting.undecided => return Ok(None),
            Ok(fitting) if fitting.refused => self.refused(request, before).await?,
            Ok(_) => Vec::new(),
            Err(_) if may_be_refused(step) && response.status == 501 => {
                return Err(End::Skipped(format!("the target answers 501 to {}", request.method)));
            }
            Err(unmet) => match self.unoffered.explains_refusal_of_ours(request, response) {
                Some(reason) => return Err(End::Skipped(reason)),
                None => self.not_withheld(request, unmet)?,
            },
        };
        Ok(Some(unmet))
    }

    /// The rule that is really broken, where what stands in request and answer names another than the step's own.
    fn blamed(&self, step: &Step, request: &Request, response: &Response, unmet: &[Mismatch]) -> Option<&'static str> {
        let about = step.rule_for(&self.dialect_id, self.family).unwrap_or(&self.scenario.id);
        if !unmet.is_empty() && !blame::is_about_filters(about) && blame::ignores_filter(request, response) {
            return Some(blame::NEVER_IGNORED);
        }
        let is_about_status = matches!(unmet, [only] if only.subject == "status");
        let wants_success = [200, 201, 204].into_iter().any(|status| takes(step, status));
        if !(is_about_status && wants_success && is_own(&step.verb)) {
            return None;
        }
        blame::status(&self.wire.transcript.exchanges, about, request, response).filter(|rule| *rule != about)
    }

    /// What is not as expected, unless all of it is what the target's schemas withhold: then nothing can be said.
    fn not_withheld(&self, request: &Request, unmet: Vec<Mismatch>) -> Result<Vec<Mismatch>, End> {
        let (collection, _) = address::of(&request.path);
        let reasons: Option<Vec<String>> =
            unmet.iter().map(|mismatch| self.unoffered.withheld(collection, mismatch)).collect();
        match reasons.unwrap_or_default().into_iter().next() {
            Some(reason) => Err(End::Skipped(reason)),
            None => Ok(unmet),
        }
    }

    /// Several raw steps at the same time; each is judged by its own `expect`.
    pub(super) async fn play_parallel(&mut self, step: &Step, steps: &[Step]) -> Result<(), End> {
        let requests = steps.iter().map(|step| self.build(&step.verb)).collect::<Result<Vec<_>, _>>()?;
        // Which of them comes first is chance, so none of them is in the snapshot.
        self.wire.sender = Sender::Harness;
        let answers: Vec<Answer> = self.wire.together(requests).await?;
        let mut successes = 0;
        for (sub, answer) in steps.iter().zip(answers) {
            let response = Self::answered(answer, &sub.label)?;
            successes += u64::from(response.is_success());
            self.keep(sub, &response);
            let unmet = self.unmet(&sub.expect, &response)?;
            self.report(sub, Source::Expectation, unmet);
        }
        let wanted: Vec<u64> = step.expect.iter().filter_map(|expectation| expectation.successes).collect();
        if !wanted.is_empty() && !wanted.contains(&successes) {
            let mismatch = Mismatch::new("successful answers", wanted[0].to_string(), successes.to_string());
            self.report(step, Source::Expectation, vec![mismatch]);
        }
        Ok(())
    }

    /// The request of a raw verb, variables resolved.
    fn build(&mut self, verb: &Verb) -> Result<Request, End> {
        match verb {
            Verb::Request(raw) => {
                let mut request = self.build_request(raw)?;
                if !raw.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("user-agent")) {
                    self.speak_as_then(&mut request)?;
                }
                for (what, limit) in &raw.beyond {
                    let limit = self.with_scope(|scope| variables::resolve(limit, scope))?;
                    beyond::exceed(&mut request, what, &limit)?;
                }
                if request.method == Method::Post {
                    bodies::complete(&mut request, &self.wire.needed);
                }
                Ok(request)
            }
            Verb::Create(create) => Ok(self.build_create(create).map(|create| self.as_taken(create))?),
            Verb::Get(key) => Ok(neutral(Method::Get, &self.path_of(key)?)),
            Verb::Delete(key) => Ok(neutral(Method::Delete, &self.path_of(key)?)),
            _ => Err(End::Broken("only raw steps can be sent like this".to_owned())),
        }
    }

    /// What a client calls itself when it is a customer's: as in the log, and as Entra does, not at all (ENTRA-Q08).
    fn speak_as_then(&mut self, request: &mut Request) -> Result<(), Unknown> {
        let scenario = Arc::clone(&self.scenario);
        let Some(imported) = &scenario.imported else { return Ok(()) };
        match &imported.user_agent {
            Some(agent) => {
                request.headers.set("User-Agent", self.with_scope(|scope| variables::resolve_text(agent, scope))?);
            }
            None if Dialect::parent(&imported.dialect) == "entra" => request.headers.remove("User-Agent"),
            None => {}
        }
        Ok(())
    }

    fn build_request(&mut self, raw: &RawRequest) -> Result<Request, Unknown> {
        let base = self.wire.site.base().as_str().to_owned();
        self.with_scope(|scope| {
            let mut words = vec![below(&base, &variables::resolve_target(&raw.path, scope)?)];
            for (index, (name, value)) in raw.parameters.iter().enumerate() {
                let value = percent::encode(&variables::resolve_text(value, scope)?);
                words.push(format!("{}{name}={value}", if index == 0 { '?' } else { '&' }));
            }
            let target = words.concat();
            let body = raw.body.as_ref().map(|body| variables::resolve(body, scope)).transpose()?;
            let mut request = match body {
                None => neutral(raw.method, &target),
                Some(Value::String(text)) => {
                    let mut request = neutral_with(raw.method, &target, &Value::Null);
                    request.body = Some(text.into());
                    request
                }
                Some(mut body) => {
                    edit(&mut body, variables::resolve_object(&raw.overrides, scope)?, &raw.without);
                    neutral_with(raw.method, &target, &body)
                }
            };
            for (name, value) in &raw.headers {
                match value {
                    Some(value) => request.headers.set(name, variables::resolve_text(value, scope)?),
                    None => request.headers.remove(name),
                }
            }
            Ok(request)
        })
    }

    fn build_create(&mut self, create: &Create) -> Result<Request, End> {
        let mut create = create.clone();
        create.overrides = self.with_scope(|scope| variables::resolve_object(&create.overrides, scope))?;
        if create.is_group {
            let missing = |key: &String| End::Inconclusive(format!("{key} has no account to be a member with"));
            let ids =
                create.members.iter().map(|key| self.values.id(key).map(str::to_owned).ok_or_else(|| missing(key)));
            let ids = ids.collect::<Result<Vec<_>, _>>()?;
            let group = self.directory.groups.get(&create.key).ok_or_else(|| unknown_key(&create.key))?;
            return Ok(neutral_with(Method::Post, "/Groups", &group_body(group, &create, &ids)));
        }
        let person = self.directory.people.get(&create.key).ok_or_else(|| unknown_key(&create.key))?;
        Ok(neutral_with(Method::Post, "/Users", &user_body(person, &create, &self.knowledge)))
    }

    /// Relative path of a resource by key.
    pub(super) fn path_of(&self, key: &str) -> Result<String, End> {
        let id = self.values.id(key).ok_or_else(|| End::Inconclusive(format!("{key} has no id")))?;
        Ok(Resource::new(self.collection_of(key), id).path())
    }

    fn choose_credential(&self, verb: &Verb) -> Result<Credential, End> {
        let choice = match verb {
            Verb::Request(raw) => raw.credential,
            _ => CredentialChoice::Own,
        };
        match choice {
            CredentialChoice::Own => Ok(self.wire.site.credential()),
            CredentialChoice::LowerCase => match self.wire.site.credential() {
                Credential::Bearer(token) => Ok(Credential::Header(Secret::new(&format!("bearer {}", token.reveal())))),
                _ => Err(End::Skipped("the credential is no bearer token (gate auth.bearer)".to_owned())),
            },
            CredentialChoice::None => Ok(Credential::None),
            CredentialChoice::Wrong => Ok(Credential::Bearer(Secret::new("scimulator-token-that-nobody-issued"))),
            CredentialChoice::Cut
            | CredentialChoice::Longer
            | CredentialChoice::OtherEnd
            | CredentialChoice::OtherCase => {
                let own = self.wire.site.credential();
                let Credential::Bearer(token) = &own else {
                    return Err(End::Skipped("the credential is no bearer token (gate auth.bearer)".to_owned()));
                };
                let changed = near(token.reveal(), choice);
                if changed == token.reveal() {
                    return Err(End::Inconclusive("the token has no letters to change".to_owned()));
                }
                // Of so little of it nobody learns the token, and half of a report would be hidden.
                let tells_something = changed.chars().count() >= 2 * TOKEN_TAIL;
                let changed = Secret::new(&changed);
                if tells_something {
                    self.wire.redactor().add(&changed);
                }
                Ok(Credential::Bearer(changed))
            }
            CredentialChoice::OtherTenant => {
                let other = self.wire.site.other_tenant();
                other.ok_or_else(|| End::Skipped("no token of a second tenant (--other-tenant-token-file)".to_owned()))
            }
        }
    }

    /// Keeps an answer for later steps: under its name, and as what a resource looks like now.
    fn keep(&mut self, step: &Step, response: &Arc<Response>) {
        if let Some(name) = &step.bind {
            self.values.capture(name, response);
        }
        let key = match &step.verb {
            Verb::Create(create) => &create.key,
            Verb::Get(key) => key,
            _ => return,
        };
        if let (true, Some(resource)) = (response.is_success(), response.json()) {
            let collection = self.collection_of(key);
            self.values.show(key, collection, resource);
        }
    }

    /// What a refused request must leave as it is: the resource, or how many have that name.
    async fn witness(&mut self, request: &Request) -> Result<Option<Value>, End> {
        let Some(target) = witness_target(request) else { return Ok(None) };
        self.wire.sender = Sender::Harness;
        let answer = self.wire.exchange(neutral(Method::Get, &target)).await?;
        let response = Self::answered(answer, "reading before the request")?;
        if !response.is_success() {
            return Ok(None);
        }
        Ok(response.json().map(|body| match name::get_in(body, "totalResults") {
            Some(total) => json!({"totalResults": total}),
            None => without_meta(body),
        }))
    }

    /// What a refused request must have left as it was.
    async fn refused(&mut self, request: &Request, before: Option<Value>) -> Result<Vec<Mismatch>, End> {
        let Some(before) = before else { return Ok(Vec::new()) };
        let Some(after) = self.witness(request).await? else {
            return Ok(vec![Mismatch::new("resource", "unchanged by the refused request", "no longer readable")]);
        };
        let mut changes = expect::compare(&before, &after, Mode::Exact, &self.disguise);
        changes.retain(|change| !self.unoffered.is_its_own(change));
        Ok(changes)
    }
}

/// A place below the base URL, as resource types write it: `/Users`, `Users`, or the whole URL (RFC 7643 §6).
fn below(base: &str, place: &str) -> String {
    let place = place.strip_prefix(base).unwrap_or(place);
    if place.is_empty() || place.starts_with(['/', '?']) { place.to_owned() } else { format!("/{place}") }
}

/// Whether a request carries the credential that it should.
fn is_own(verb: &Verb) -> bool {
    !matches!(verb, Verb::Request(raw) if raw.credential != CredentialChoice::Own)
}

/// Sets and takes out members of a body, names without case.
fn edit(body: &mut Value, overrides: Map<String, Value>, without: &[String]) {
    let Value::Object(members) = body else { return };
    for (member, value) in overrides {
        name::set(members, &member, value);
    }
    for member in without {
        name::remove(members, member);
    }
}

fn unknown_key(key: &str) -> End {
    End::Broken(format!("nothing in the directory is called `{key}`"))
}

/// Where to look whether a request changed something.
fn witness_target(request: &Request) -> Option<String> {
    let path = request.path.trim_end_matches('/');
    if request.method != Method::Post {
        return (path.matches('/').count() >= 2).then(|| path.to_owned());
    }
    let body = request.json()?;
    let attribute = match path {
        "/Users" => "userName",
        "/Groups" => "displayName",
        _ => return None,
    };
    let value = body.get(attribute)?.as_str().filter(|value| !value.is_empty())?;
    Some(filtered(path, &format!("{attribute} eq {}", quoted(value))))
}

/// A resource without what may change by itself.
fn without_meta(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if let Value::Object(members) = &mut resource {
        members.retain(|name, _| !name.eq_ignore_ascii_case("meta"));
    }
    resource
}
