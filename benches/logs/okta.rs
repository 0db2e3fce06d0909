//! An Okta System Log with the mix of events that Okta once published: two in five are about provisioning, the rest
//! about signing in, and hardly any of them failed.

use std::io::{self, Write};

use fastrand::Rng;
use serde_json::{Value, json};

use super::people::{Person, guid, moment, okta_id};

/// The forms of one log.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One event a line.
    Lines,
    /// One array on one line.
    Array,
    /// The console's CSV.
    Csv,
}

type Kind = (&'static str, u32, &'static str, &'static str);

/// The kinds of events, of a thousand how many each has, and the words that go with it.
const KINDS: [Kind; 12] = [
    (
        "application.user_membership.add",
        190,
        "Add user to application membership",
        "app.generic.provision.assign_user_to_app",
    ),
    (
        "application.user_membership.remove",
        50,
        "Remove user's application membership",
        "app.generic.provision.deactivate_user_from_app",
    ),
    (
        "application.provision.user.push_profile",
        40,
        "Push user's profile to external application",
        "app.user_management.push_profile_success",
    ),
    ("application.provision.user.sync", 35, "Sync user in external application", "app.user_management.user_sync"),
    ("group.user_membership.add", 34, "Add user to group membership", "core.user_group_member.user_add"),
    (
        "application.provision.user.push",
        19,
        "Push new user to external application",
        "app.user_management.push_new_user",
    ),
    (
        "application.provision.user.verify_exists",
        12,
        "Verify user exists in external application",
        "app.user_management.verify_user_exists",
    ),
    ("user.session.start", 200, "User login to Okta", "core.user_auth.login_success"),
    ("user.authentication.sso", 220, "User single sign on to app", "app.auth.sso"),
    ("policy.evaluate_sign_on", 120, "Evaluation of sign-on policy", "core.policy.evaluate_sign_on"),
    ("user.authentication.auth_via_mfa", 60, "Authentication of user via MFA", "core.user.factor.attempt_success"),
    ("user.session.end", 20, "User logout from Okta", "core.user_auth.logout"),
];
/// What comes before a profile is pushed.
const UPDATE: Kind =
    ("user.account.update_profile", 0, "Update user profile for Okta", "core.user.config.profile_update.success");
/// One in so many pushes fails.
const FAILING: u32 = 5000;
const REASON: &str = "Conflict. Errors reported by remote server: A user with this email address already belongs to another organization.";
const APPS: [(&str, &str); 3] = [
    ("0oa1k7IEhl63GSXCH5d7", "Acme Scheduler"),
    ("0oa1kPayroll0000005d7", "Payroll"),
    ("0oa1kWiki000000000d7", "Wiki"),
];

/// Writes a log of about so many bytes about so many people, and says how many events it has.
pub fn write(form: Form, bytes: u64, people: usize, out: &mut impl Write) -> io::Result<u64> {
    let people: Vec<Person> = (0..people).map(Person::number).collect();
    let rng = &mut Rng::with_seed(7);
    let (mut written, mut count) = (0_u64, 0_u64);
    if form == Form::Csv {
        writeln!(out, "{}", COLUMNS.join(","))?;
    }
    while written < bytes {
        // Everybody is there, in turns: else few events would name few people.
        let person = &people[usize::try_from(count).unwrap_or_default() % people.len()];
        let kind = any_kind(rng);
        let update = kind.0.ends_with("push_profile").then_some(&UPDATE);
        for kind in update.into_iter().chain([kind]) {
            let event = event(kind, count, person, rng);
            let text = if form == Form::Csv { row(&event) } else { event.to_string() };
            let before = match form {
                Form::Array if count == 0 => "[",
                Form::Array => ",",
                _ => "",
            };
            let after = if form == Form::Array { "" } else { "\n" };
            write!(out, "{before}{text}{after}")?;
            (written, count) = (written + text.len() as u64 + 1, count + 1);
        }
    }
    if form == Form::Array {
        writeln!(out, "]")?;
    }
    out.flush()?;
    Ok(count)
}

fn any_kind(rng: &mut Rng) -> &'static Kind {
    let mut at = rng.u32(..1000);
    let kind = KINDS.iter().find(|(_, share, ..)| at.checked_sub(*share).map(|rest| at = rest).is_none());
    kind.expect("the shares add up to a thousand")
}

fn event((kind, _, words, legacy): &Kind, count: u64, person: &Person, rng: &mut Rng) -> Value {
    let (app, label) = APPS[rng.usize(..APPS.len())];
    let is_job = kind.starts_with("application.provision");
    let is_failure = is_job && rng.u32(..FAILING) == 0;
    let user = json!({"id": person.okta[0], "type": "User", "alternateId": person.login, "displayName": person.name, "detailEntry": null});
    let app_user = json!({"id": person.okta[1], "type": "AppUser", "alternateId": person.login, "displayName": person.name, "detailEntry": null});
    let instance =
        json!({"id": app, "type": "AppInstance", "alternateId": label, "displayName": label, "detailEntry": null});
    let target = match *kind {
        "user.session.start" | "user.session.end" | "user.authentication.auth_via_mfa" => json!([]),
        "policy.evaluate_sign_on" => {
            json!([{"id": "00p1kDefault00000005d7", "type": "PolicyEntity", "alternateId": "unknown", "displayName": "Default Policy", "detailEntry": {"policyType": "OktaSignOn"}}])
        }
        "user.account.update_profile" => json!([user]),
        "group.user_membership.add" => {
            json!([user, {"id": "00g1kEverybody0000005d7", "type": "UserGroup", "alternateId": "unknown", "displayName": "Everybody", "detailEntry": null}])
        }
        _ => json!([app_user, instance, user]),
    };
    let ip = format!("203.0.{}.{}", rng.u8(..), rng.u8(1..));
    let agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    let place = json!({"city": "Cork", "state": "Munster", "country": "Ireland", "postalCode": "T12", "geolocation": {"lat": 51.89, "lon": -8.47}});
    let (actor, client, chain) = if is_job {
        let nobody = json!({"userAgent": null, "zone": null, "device": null, "id": null, "ipAddress": null, "geographicalContext": null});
        (
            json!({"id": "00u1kvUdWioIswZ0F5d7", "type": "SystemPrincipal", "alternateId": "system@okta.com", "displayName": "Okta System", "detailEntry": null}),
            nobody,
            json!([]),
        )
    } else {
        let client = json!({"userAgent": {"rawUserAgent": agent, "os": "Windows 10", "browser": "CHROME"}, "zone": "null", "device": "Computer", "id": null, "ipAddress": ip, "geographicalContext": place});
        (user, client, json!([{"ip": ip, "geographicalContext": place, "version": "V4", "source": null}]))
    };
    let debug = if is_job {
        json!({"appname": "scim2headerauth"})
    } else {
        json!({
            "requestId": okta_id("aR", rng), "dtHash": format!("{:064x}", rng.u128(..)), "requestUri": "/api/v1/authn",
            "threatSuspected": "false", "url": "/api/v1/authn?", "behaviors": "{New Geo-Location=NEGATIVE, New Device=NEGATIVE, New IP=NEGATIVE, New State=NEGATIVE, New Country=NEGATIVE, Velocity=NEGATIVE}",
            "risk": "{reasons=, level=LOW}",
        })
    };
    json!({
        "actor": actor,
        "client": client,
        "device": null,
        "authenticationContext": {"authenticationProvider": null, "credentialProvider": null, "credentialType": null, "issuer": null, "interface": null, "authenticationStep": 0, "rootSessionId": null, "externalSessionId": if is_job { None } else { Some(okta_id("102", rng)) }},
        "displayMessage": words,
        "eventType": kind,
        "outcome": {"result": if is_failure { "FAILURE" } else { "SUCCESS" }, "reason": is_failure.then_some(REASON)},
        "published": moment(count * 450 + rng.u64(..400)),
        "securityContext": {"asNumber": null, "asOrg": null, "isp": null, "domain": null, "isProxy": null},
        "severity": if is_failure { "ERROR" } else { "INFO" },
        "debugContext": {"debugData": debug},
        "legacyEventType": if is_failure { "app.api.error.create_user" } else { legacy },
        "transaction": {"type": if is_job { "JOB" } else { "WEB" }, "id": okta_id(if is_job { "puj1k" } else { "aR1k" }, rng), "detail": {}},
        "uuid": guid(rng),
        "version": "0",
        "request": {"ipChain": chain},
        "target": target,
    })
}

/// The columns of the console's export, each with the path of its value; targets have their own.
const COLUMNS: [&str; 42] = [
    "severity",
    "event_type",
    "display_message",
    "uuid",
    "version",
    "timestamp",
    "outcome.result",
    "outcome.reason",
    "actor.id",
    "actor.type",
    "actor.display_name",
    "actor.alternate_id",
    "authentication_context.authentication_step",
    "authentication_context.authentication_provider",
    "authentication_context.external_session_id",
    "client.zone",
    "client.ip_address",
    "client.device",
    "client.user_agent.raw_user_agent",
    "client.user_agent.os",
    "client.user_agent.browser",
    "client.geographical_context.country",
    "client.geographical_context.city",
    "client.geographical_context.postal_code",
    "transaction.id",
    "transaction.type",
    "debug_context.debug_data.request_uri",
    "legacy_event_type",
    "target0.id",
    "target0.type",
    "target0.alternate_id",
    "target0.display_name",
    "target1.id",
    "target1.type",
    "target1.alternate_id",
    "target1.display_name",
    "target2.id",
    "target2.type",
    "target2.alternate_id",
    "target2.display_name",
    "request.ip_chain.ip",
    "request.ip_chain.source",
];

fn row(event: &Value) -> String {
    let cell = |column: &&str| -> String {
        let mut value = event;
        for name in column.split('.') {
            let name = match name {
                "timestamp" => "published".to_owned(),
                name => camel(name),
            };
            value = match name.strip_prefix("target").and_then(|index| index.parse::<usize>().ok()) {
                Some(index) => &event["target"][index],
                None if value.is_array() => &value[0][&name],
                None => &value[&name],
            };
        }
        let text = match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    COLUMNS.iter().map(cell).collect::<Vec<_>>().join(",")
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + &part[..1].to_uppercase() + &part[1..])
}
