//! What a customer changed in the mapping: attributes taken out, other matching attributes.

use super::settings::Settings;
use crate::idp::data::{DialectData, DialectError};
use crate::idp::mapping::{AttributeMap, Target};

/// Applies the knobs `unmapped` and `match`. A path that the mapping does not have is a mistake.
pub(super) fn customise(map: &mut AttributeMap, settings: &Settings, data: &DialectData) -> Result<(), DialectError> {
    let unknown = |knob: &str, path: &str| DialectError::BadKnob {
        dialect: data.id.to_owned(),
        knob: knob.to_owned(),
        message: format!("the mapping has no target attribute `{path}`"),
    };
    for path in &settings.unmapped {
        let before = map.entries.len();
        map.entries.retain(|entry| !covers(path, &entry.target));
        if map.entries.len() == before {
            return Err(unknown("unmapped", path));
        }
    }
    if settings.matching.is_empty() {
        return Ok(());
    }
    map.entries.iter_mut().for_each(|entry| entry.matching = None);
    for (place, path) in (1..).zip(&settings.matching) {
        let entry = map.entries.iter_mut().find(|entry| entry.target.to_string() == *path);
        entry.ok_or_else(|| unknown("match", path))?.matching = Some(place);
    }
    Ok(())
}

/// Whether a path names this target, its whole attribute or its whole extension.
fn covers(path: &str, target: &Target) -> bool {
    let whole = target.urn.as_deref().unwrap_or(&target.attribute);
    path == whole || path == target.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::idp::entra::Entra;

    fn job(knobs: &serde_json::Value) -> Result<Entra, DialectError> {
        Entra::new(&DialectData::load("entra", knobs.as_object().expect("an object"))?)
    }

    #[test]
    fn a_whole_attribute_or_extension_can_be_taken_out_of_the_mapping() {
        let entra =
            job(&json!({ "unmapped": ["addresses", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] }));
        let left: Vec<String> =
            entra.expect("known").mapping.user.entries.iter().map(|entry| entry.target.to_string()).collect();
        assert!(left.iter().any(|path| path == "title"));
        assert!(!left.iter().any(|path| path.starts_with("addresses") || path.starts_with("urn:")), "{left:?}");
    }

    #[test]
    fn a_path_the_mapping_does_not_have_is_a_mistake() {
        for (knob, message) in [("unmapped", "nickName"), ("match", "userNam")] {
            let error = job(&json!({ knob: [message] })).expect_err("unknown").to_string();
            assert!(error.contains(&format!("`{knob}`")) && error.contains(&format!("`{message}`")), "{error}");
        }
    }
}
