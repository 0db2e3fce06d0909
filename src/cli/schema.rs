//! `scimulator schema`: the JSON Schema of scenario files, for editors. Checked in as docs/scenario.schema.json.

use crate::scenario::file::ScenarioFile;

/// The schema, as the file holds it.
pub fn schema() -> String {
    let schema = schemars::schema_for!(ScenarioFile);
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema holds only text and numbers");
    text.push('\n');
    text
}
