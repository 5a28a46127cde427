//! That the committed schema is the one of the types.

use std::path::Path;

use serde::Deserialize;

use super::super::{RawDefaults, RawRoot};
use super::generate;
use crate::suite::SCHEMA;

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let schema = generate::<RawRoot>(
        "A suite of statusdiff",
        "Paths, the HTTP statuses they should answer with, and the environments that are asked.",
    );
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/suite.schema.json");
        std::fs::write(path, &schema).unwrap();
    } else {
        assert!(
            schema == SCHEMA,
            "the types have changed: `UPDATE_SCHEMA=1 cargo test --lib schema` writes the schema anew"
        );
    }
}

/// Their schema is made from that of an endpoint, so it has to be told when they differ in more than that.
#[test]
fn defaults_have_the_keys_of_their_schema() {
    let error = RawDefaults::deserialize(serde_json::json!({ "?": 1 })).unwrap_err();
    let message = error.to_string();
    let mut taken: Vec<&str> = message.split('`').skip(3).step_by(2).collect();
    taken.sort_unstable();
    let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
    let keys = schema["definitions"]["Defaults"]["properties"].as_object();
    assert_eq!(taken, keys.unwrap().keys().collect::<Vec<_>>());
}
