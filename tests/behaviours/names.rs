//! Names and arguments: what is read, and what is said of the rest.

use scimulator::behaviours::{Behaviour, BehaviourError, forms, names};

fn wrong(text: &str) -> BehaviourError {
    text.parse::<Behaviour>().err().unwrap_or_else(|| panic!("`{text}` was read"))
}

#[test]
fn a_behaviour_is_written_as_it_was_read() {
    for text in ["no-patch", "seats=3", "uniqueness=global-email:a=b@example.com", "gateway"] {
        assert_eq!(text.parse::<Behaviour>().unwrap().to_string(), text);
    }
}

#[test]
fn an_unknown_name_is_told_with_the_one_that_was_meant() {
    let error = wrong("no-pach");
    assert_eq!(error.to_string(), "there is no behaviour `no-pach`");
    assert!(matches!(error, BehaviourError::Unknown { did_you_mean: Some("no-patch"), .. }), "{error:?}");
    assert!(matches!(wrong("zzz=1"), BehaviourError::Unknown { did_you_mean: None, .. }));
}

#[test]
fn an_argument_that_does_not_fit_is_told_with_the_one_that_does() {
    let error = wrong("seats=many").to_string();
    assert_eq!(error, "`seats=many` cannot be played: the behaviour is written `seats=N[:STATUS]`");
    for text in [
        "no-patch=true",
        "seats",
        "seats=",
        "seats=-1",
        "seats=3:200",
        "seats=3:",
        "uniqueness",
        "uniqueness=mail",
        "uniqueness=email:a@example.com",
        "uniqueness=global-email:",
        "email-change=lost",
        "users-vanish=soon",
        "token-lives",
        "token-lives=1.5",
        "token-scope=write",
        "rate-limit=10/0",
        "rate-limit=10/minute",
        "redirect-base-url=elsewhere",
        "list-without=Operations",
        "gateway=200",
        "gateway=502:",
        "gateway=502:FETCH",
        "gateway=502:POST Users",
        "html-answers=",
        "no-answer=FETCH",
        "slow-answers",
        "slow-answers=1m",
        "max-length=title",
        "max-length=title:short",
        "max-length=:3",
        "reject-newline",
        "reject-newline=a b",
        "reject-domain=",
        "locale-lowercase=en",
    ] {
        assert!(matches!(wrong(text), BehaviourError::Argument { .. }), "{text}: {:?}", wrong(text));
    }
}

#[test]
fn names_are_unique_and_in_kebab_case_and_each_is_explained() {
    let mut seen = std::collections::BTreeSet::new();
    for (name, what) in names() {
        assert!(seen.insert(name), "{name} stands twice");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'), "{name}");
        assert!(what.ends_with('.') && !what.contains('\n'), "{name}: {what}");
    }
    assert!(forms().zip(names()).all(|((form, _), (name, _))| form.starts_with(name)));
}
