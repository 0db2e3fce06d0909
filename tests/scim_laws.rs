//! Laws of filters, comparison and PATCH, tried on generated data.

#[path = "scim/filters.rs"]
mod filters;
#[path = "scim/users.rs"]
mod users;

use filters::{filter, path};
use proptest::prelude::*;
use scimulator::scim::patch::{Operation, apply, parse};
use scimulator::scim::{
    Filter, Mode, PatchOptions, Path, Problem, ResourceSchema, differences, is_assigned, name, urn,
};
use serde_json::{Map, Value, json};
use users::user;

fn differ(expected: &Value, actual: &Value, mode: Mode) -> bool {
    !differences(expected, actual, ResourceSchema::user(), mode).is_empty()
}

/// The same resource as another server might write it: other order, other case, nulls and defaults.
fn disguised(value: &Value, name: &str, random: &mut fastrand::Rng) -> Value {
    const EXACT: [&str; 5] = ["id", "externalid", "location", "resourcetype", "version"];
    match value {
        Value::String(text) if name == "created" => text.replace("12:00:00Z", "14:00:00.000+02:00").into(),
        // "ß" has a capital that is two letters; folding must know.
        Value::String(text) if !EXACT.contains(&name) && random.bool() => text.to_uppercase().into(),
        Value::Array(elements) => {
            let mut elements: Vec<_> = elements.iter().map(|element| disguised(element, name, random)).collect();
            random.shuffle(&mut elements);
            elements.into()
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|(key, value)| {
                    let value = disguised(value, &key.to_lowercase(), random);
                    (if random.bool() { key.to_uppercase() } else { key.clone() }, value)
                })
                .collect();
            members.push(("nothing".to_owned(), [Value::Null, json!([]), json!({"a": {}})][random.usize(..3)].clone()));
            if name == "emails" && !members.iter().any(|(key, _)| key.eq_ignore_ascii_case("primary")) {
                members.push(("primary".to_owned(), false.into()));
            }
            random.shuffle(&mut members);
            Value::Object(members.into_iter().collect())
        }
        other => other.clone(),
    }
}

fn operations(list: &Value) -> Result<Vec<Operation>, Problem> {
    parse(&json!({"schemas": [urn::PATCH_OP], "Operations": list}))
}

fn patched(user: &Value, list: &Value, options: PatchOptions) -> Result<(Value, bool), Problem> {
    let mut resource = user.as_object().cloned().expect("a user is an object");
    let before = resource.clone();
    let result =
        operations(list).and_then(|operations| apply(&mut resource, &operations, ResourceSchema::user(), options));
    match result {
        Ok(changed) => {
            assert_eq!(changed, resource != before);
            Ok((resource.into(), changed))
        }
        Err(problem) => {
            assert_eq!(resource, before, "a failed PATCH changes nothing");
            assert!((400..500).contains(&problem.status) && !problem.detail.is_empty());
            Err(problem)
        }
    }
}

/// A path and a value that may or may not fit it.
fn assignment() -> impl Strategy<Value = (&'static str, Value)> {
    let paths = vec![
        "title",
        "userName",
        "active",
        "name",
        "name.givenName",
        "emails",
        "emails[type eq \"work\"].value",
        "emails[type eq \"work\"]",
        "emails[value eq \"a\"].primary",
        "emails[not (type eq \"home\")].display",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        "manager",
        "id",
        "zzNoSuch",
        "emails.display",
    ];
    let values = vec![
        json!("a"),
        json!("True"),
        json!(false),
        json!(null),
        json!([]),
        json!({}),
        json!(5),
        json!({"givenName": "G"}),
        json!({"value": "a@x", "type": "work"}),
        json!({"value": "a", "primary": true}),
        json!([{"value": "b", "type": "home"}, {"value": "c"}]),
        json!([{"value": "b"}, {"value": "B", "primary": "true"}]),
    ];
    (prop::sample::select(paths), prop::sample::select(values))
}

fn operation() -> impl Strategy<Value = Value> {
    let op = prop::sample::select(vec!["add", "Add", "replace", "Replace", "remove", "Remove"]);
    (op, assignment(), any::<bool>()).prop_map(|(op, (path, value), has_path)| {
        if has_path {
            json!({"op": op, "path": path, "value": value})
        } else {
            json!({"op": op, "value": {path: value}})
        }
    })
}

const OPTIONS: [PatchOptions; 2] = [
    PatchOptions { replace_creates: false, ignore_unknown: false },
    PatchOptions { replace_creates: true, ignore_unknown: true },
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn a_filter_prints_so_that_it_reads_back_the_same(filter in filter()) {
        prop_assert_eq!(Filter::parse(&filter.to_string()), Ok(filter));
    }

    #[test]
    fn a_path_prints_so_that_it_reads_back_the_same(path in path()) {
        prop_assert_eq!(Path::parse(&path.to_string()), Ok(path));
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_place_in_it(text in "[ \\[\\]().\"a-z:0-9é\\\\]{0,24}|\\PC{0,16}") {
        if let Err(error) = Filter::parse(&text) {
            prop_assert!(text.get(error.at).is_some());
        }
        if let Err(error) = Path::parse(&text) {
            prop_assert!(text.get(error.at).is_some());
        }
    }

    #[test]
    fn a_filter_and_its_negation_never_agree(filter in filter(), user in user()) {
        let members = user.as_object().expect("a user is an object");
        let fits = |filter: &Filter| filter.matches(members, ResourceSchema::user());
        prop_assert_ne!(fits(&filter), fits(&Filter::Not(Box::new(filter.clone()))));
        let negated = |part: &Filter| Filter::Not(Box::new(part.clone()));
        if let Filter::And(parts) = &filter {
            prop_assert_ne!(fits(&filter), fits(&Filter::Or(parts.iter().map(negated).collect())));
        }
    }

    #[test]
    fn a_resource_equals_itself_in_every_disguise(user in user(), seed in any::<u64>()) {
        let other = disguised(&user, "", &mut fastrand::Rng::with_seed(seed));
        for mode in [Mode::Exact, Mode::Subset] {
            prop_assert!(!differ(&user, &user, mode));
            prop_assert_eq!(differences(&user, &other, ResourceSchema::user(), mode), []);
            prop_assert_eq!(differences(&other, &user, ResourceSchema::user(), mode), []);
        }
    }

    #[test]
    fn exact_comparison_is_symmetric_and_stricter(one in user(), other in user()) {
        prop_assert_eq!(differ(&one, &other, Mode::Exact), differ(&other, &one, Mode::Exact));
        if !differ(&one, &other, Mode::Exact) {
            prop_assert!(!differ(&one, &other, Mode::Subset));
        }
        if !differ(&one, &other, Mode::Subset) && !differ(&other, &one, Mode::Subset) {
            prop_assert!(!differ(&one, &other, Mode::Exact));
        }
    }

    #[test]
    fn a_change_is_found_whatever_the_disguise(user in user(), seed in any::<u64>(), at in any::<prop::sample::Index>()) {
        let mut other = user.clone();
        let members = other.as_object_mut().expect("a user is an object");
        let names: Vec<String> = members.keys().filter(|key| !["schemas", "emails"].contains(&key.as_str())).cloned().collect();
        let changed = at.get(&names);
        members.insert(changed.clone(), json!("something else"));
        let other = disguised(&other, "", &mut fastrand::Rng::with_seed(seed));
        let found = differences(&user, &other, ResourceSchema::user(), Mode::Exact);
        prop_assert_eq!(found.len(), 1, "{:?}", found);
        prop_assert_eq!(&found[0].path, changed);
    }

    #[test]
    fn less_is_contained_in_more(user in user(), drop in any::<prop::sample::Index>(), seed in any::<u64>()) {
        let mut less = user.as_object().cloned().expect("a user is an object");
        let key = drop.get(&less.keys().cloned().collect::<Vec<_>>()).clone();
        less.shift_remove(&key);
        let less = disguised(&Value::Object(less), "", &mut fastrand::Rng::with_seed(seed));
        prop_assert_eq!(differences(&less, &user, ResourceSchema::user(), Mode::Subset), []);
        prop_assert!(differ(&less, &user, Mode::Exact) && differ(&user, &less, Mode::Subset));
    }

    #[test]
    fn adding_twice_is_adding_once(user in user(), (path, value) in assignment()) {
        let add = json!([{"op": "add", "path": path, "value": value}]);
        if let Ok((once, _)) = patched(&user, &add, OPTIONS[0]) {
            let (twice, changed) = patched(&once, &add, OPTIONS[0]).expect("what was added can be added again");
            prop_assert!(!changed, "{} {}", once, twice);
        }
    }

    #[test]
    fn replacing_twice_is_replacing_once(user in user(), (path, value) in assignment()) {
        for options in OPTIONS {
            let replace = json!([{"op": "replace", "path": path, "value": value}]);
            if let Ok((once, _)) = patched(&user, &replace, options) {
                // What a filter selected may not be there any more.
                if let Ok((twice, _)) = patched(&once, &replace, options) {
                    prop_assert_eq!(once, twice);
                } else {
                    prop_assert!(path.contains('['));
                }
            }
        }
    }

    #[test]
    fn what_is_removed_has_no_value(user in user(), (path, _) in assignment()) {
        let remove = json!([{"op": "remove", "path": path}]);
        if let Ok((left, _)) = patched(&user, &remove, OPTIONS[0]) {
            if !path.contains('[') {
                prop_assert!(name::get_in(&left, path).is_none_or(|value| !is_assigned(value)));
            }
            prop_assert!(!patched(&left, &remove, OPTIONS[0]).expect("nothing can be removed again").1);
        }
    }

    #[test]
    fn several_operations_are_one_after_the_other(user in user(), list in prop::collection::vec(operation(), 1..5)) {
        for options in OPTIONS {
            let together = patched(&user, &json!(list), options).map(|(user, _)| user);
            let mut one_by_one = Ok(user.clone());
            for operation in &list {
                one_by_one = one_by_one.and_then(|user| patched(&user, &json!([operation]), options).map(|(user, _)| user));
            }
            prop_assert_eq!(together.is_ok(), one_by_one.is_ok());
            if let (Ok(together), Ok(one_by_one)) = (together, one_by_one) {
                prop_assert!(!differ(&together, &one_by_one, Mode::Exact), "{} {}", together, one_by_one);
            }
        }
    }

    #[test]
    fn a_patched_user_is_still_well_formed(user in user(), list in prop::collection::vec(operation(), 1..5)) {
        if let Ok((patched, _)) = patched(&user, &json!(list), OPTIONS[1]) {
            let emails = patched["emails"].as_array().cloned().unwrap_or_default();
            prop_assert!(emails.iter().filter(|email| email["primary"] == json!(true)).count() <= 1);
            prop_assert!(emails.iter().all(is_assigned));
            prop_assert!(patched["userName"].is_string() && patched["id"] == user["id"]);
            prop_assert!(patched["active"].is_boolean() || patched["active"].is_null());
            prop_assert!(unknown_members(&patched).is_empty(), "{}", patched);
        }
    }
}

/// Members that no schema knows, except the one the user had.
fn unknown_members(user: &Value) -> Vec<&String> {
    let schema = ResourceSchema::user();
    let members = user.as_object().into_iter().flat_map(Map::keys);
    members.filter(|key| *key != "zzOwn" && schema.top(key).is_none() && schema.extension(key).is_none()).collect()
}
