//! The JSON Schema of the report, generated from its types in tests only: the program prints the committed
//! file.
//!
//! Input: the types of the report. Output: `schema/report.schema.json`. It refuses no field and no word that it
//! does not know: within a version they are added, and consumers take them as they come.

use std::path::Path;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{Schema, SchemaGenerator, json_schema};

use super::Report;
use crate::compare::{ErrorKind, Reason, Verdict};
use crate::report::JSON_SCHEMA;

pub(super) fn verdict(_: &mut SchemaGenerator) -> Schema {
    let verdicts = [
        Verdict::Match,
        Verdict::Mismatch,
        Verdict::Accepted,
        Verdict::Error,
        Verdict::Skipped,
    ];
    json_schema!({ "type": "string", "examples": verdicts.map(Verdict::as_str) })
}

pub(super) fn reasons(_: &mut SchemaGenerator) -> Schema {
    let reason = json_schema!({ "type": "string", "examples": Reason::ALL.map(Reason::as_str) });
    json_schema!({ "type": "array", "items": reason })
}

pub(super) fn kind(_: &mut SchemaGenerator) -> Schema {
    let mut all: Vec<_> = ErrorKind::all().map(ErrorKind::as_str).collect();
    // Kinds with one word stand side by side.
    all.dedup();
    json_schema!({ "type": "string", "examples": all })
}

pub(super) fn status(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["integer", "null"], "minimum": 200, "maximum": 999 })
}

/// `uint8` and its like are words of Rust; some validators refuse what they do not know.
fn without_format_of_numbers(schema: &mut Schema) {
    if schema
        .get("format")
        .is_some_and(|format| format != "date-time")
    {
        schema.remove("format");
    }
}

#[test]
fn the_committed_schema_is_that_of_the_types() {
    let numbers = RecursiveTransform(without_format_of_numbers);
    let settings = SchemaSettings::draft07().for_serialize();
    let settings = settings.with_transform(numbers);
    let mut schema = settings.into_generator().into_root_schema_for::<Report>();
    schema.insert(
        "title".to_owned(),
        "A report of statusdiff, version 1".into(),
    );
    let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    if std::env::var_os("UPDATE_SCHEMA").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/report.schema.json");
        std::fs::write(path, &schema).unwrap();
    } else {
        assert!(
            schema == JSON_SCHEMA,
            "the types have changed: `UPDATE_SCHEMA=1 cargo test --lib schema` writes the schema anew"
        );
    }
}
