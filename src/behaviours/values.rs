//! Values that an endpoint refuses, fails at or drops.

use serde_json::Value;

use super::argument::Named;
use super::behaviour::Does::{Takes, Wraps};
use super::behaviour::{Act, Known};
use super::door::inside;
use super::written::{path_of, prune, values};
use crate::faults::wrap::{Inner, creates_user, dropping, edit_operations, refusal, requests};
use crate::http::Method;
use crate::scim::AttributePath;

pub(super) const BEHAVIOURS: &[Known] = &[
    Known::new(
        "max-length",
        "=ATTRIBUTE:N",
        "A value of ATTRIBUTE that is longer than N characters is refused with 400.",
        Takes(max_length),
    ),
    Known::new(
        "reject-newline",
        "=ATTRIBUTE",
        "A value of ATTRIBUTE with a line break in it is refused with 400.",
        Takes(|argument| {
            refusing(argument, |named, value| {
                let is_broken = value.as_str().is_some_and(|text| text.contains(['\r', '\n']));
                is_broken.then(|| format!("{named}: line breaks are not allowed."))
            })
        }),
    ),
    Known::new(
        "reject-attribute",
        "=ATTRIBUTE",
        "Whatever writes ATTRIBUTE is refused with 400.",
        Takes(|argument| refusing(argument, |named, value| Some(format!("{named}: {value} is not a valid value.")))),
    ),
    Known::new(
        "require-attribute",
        "=ATTRIBUTE",
        "A user is not created without ATTRIBUTE: 400.",
        Takes(|argument| {
            let named = Named::read(argument?)?;
            Some(Act::wrap(move |inner| required(inner, named.clone())))
        }),
    ),
    Known::new(
        "ignore-attribute",
        "=ATTRIBUTE",
        "ATTRIBUTE is taken and not kept.",
        Takes(|argument| {
            let named = Named::read(argument?)?;
            Some(Act::wrap(move |inner| ignoring(inner, &named)))
        }),
    ),
    Known::new(
        "reject-quoted-address",
        "",
        "An address with a quoted local part is refused with 400.",
        Wraps(|inner| {
            refuse_values(inner, |attribute, value| {
                let is_quoted = value.as_str().is_some_and(|text| text.starts_with('"') && text.contains("\"@"));
                is_quoted.then(|| format!("{attribute}: enter a valid e-mail address."))
            })
        }),
    ),
    Known::new("reject-domain", "=DOMAIN", "An address of DOMAIN is refused with 400.", Takes(reject_domain)),
    Known::new(
        "locale-lowercase",
        "=tr",
        "Addresses are put into lower case as Turkish does: those with I, İ or ı end in 500.",
        Takes(|argument| (argument? == "tr").then(|| Act::wrap(|inner| failing_at(inner, is_broken_by_turkish)))),
    ),
    Known::new(
        "ascii-only",
        "",
        "A value with a letter outside ASCII ends in 500.",
        Wraps(|inner| failing_at(inner, |text| !text.is_ascii())),
    ),
];

/// Refuses a request with 400 when one of the values it writes is such; `refuses` gives the words.
fn refuse_values<F>(inner: Inner, refuses: F) -> Inner
where
    F: Fn(&AttributePath, &Value) -> Option<String> + Send + 'static,
{
    inside(inner, move |server, request, now| {
        match values(request).iter().find_map(|(attribute, value)| refuses(attribute, value)) {
            Some(detail) => refusal(400, Some("invalidValue"), &detail),
            None => server.handle(request, now),
        }
    })
}

/// Refuses the values of one attribute of which `refuses` has something to say.
fn refusing(argument: Option<&str>, refuses: fn(&Named, &Value) -> Option<String>) -> Option<Act> {
    let named = Named::read(argument?)?;
    Some(Act::wrap(move |inner| {
        let named = named.clone();
        refuse_values(inner, move |attribute, value| if named.is(attribute) { refuses(&named, value) } else { None })
    }))
}

fn max_length(argument: Option<&str>) -> Option<Act> {
    let (attribute, most) = argument?.rsplit_once(':')?;
    let (named, most) = (Named::read(attribute)?, most.parse::<usize>().ok()?);
    Some(Act::wrap(move |inner| {
        let named = named.clone();
        refuse_values(inner, move |attribute, value| {
            let is_long = value.as_str().is_some_and(|text| text.chars().count() > most);
            (named.is(attribute) && is_long).then(|| format!("{named} is longer than {most} characters."))
        })
    }))
}

fn reject_domain(argument: Option<&str>) -> Option<Act> {
    let ending = format!("@{}", argument.filter(|domain| !domain.is_empty())?.to_lowercase());
    Some(Act::wrap(move |inner| {
        let ending = ending.clone();
        refuse_values(inner, move |attribute, value| {
            let is_of_domain = value.as_str().is_some_and(|text| text.to_lowercase().ends_with(&ending));
            is_of_domain.then(|| format!("{attribute}: the domain {} is not valid here.", &ending[1..]))
        })
    }))
}

fn required(inner: Inner, named: Named) -> Inner {
    inside(inner, move |server, request, now| {
        if creates_user(request) && !values(request).iter().any(|(attribute, _)| named.is(attribute)) {
            return refusal(400, Some("invalidValue"), &format!("{named} is required."));
        }
        server.handle(request, now)
    })
}

/// There is no column for it.
fn ignoring(inner: Inner, named: &Named) -> Inner {
    let (out, of_path) = (named.clone(), named.clone());
    let pruned = requests(inner, move |request| {
        edit_operations(request, |operations| {
            let pathless = operations.iter_mut().filter(|operation| operation.get("path").is_none());
            pathless.filter_map(|operation| operation.get_mut("value")).for_each(|value| prune(value, None, &out));
        });
        if let Some(mut body) = request.json().filter(|_| request.method != Method::Patch) {
            prune(&mut body, None, &out);
            request.body = Some(body.to_string().into());
        }
    });
    dropping(pruned, move |_, operation| path_of(operation).is_some_and(|attribute| of_path.is(&attribute)))
}

/// Something deep inside cannot cope with such a text.
fn failing_at(inner: Inner, fails: fn(&str) -> bool) -> Inner {
    inside(inner, move |server, request, now| {
        if values(request).iter().any(|(_, value)| value.as_str().is_some_and(fails)) {
            return refusal(500, None, "Internal Server Error");
        }
        server.handle(request, now)
    })
}

/// In Turkish the lower case of I is ı, and that of İ is i: neither address is one that was written.
fn is_broken_by_turkish(text: &str) -> bool {
    text.contains('@') && text.contains(['I', 'İ', 'ı'])
}
