//! What is written is what is read.

use std::collections::BTreeSet;

use serde_json::Value;

use super::*;
use crate::compare::{Comparison, ErrorKind, ProbeError, merge};
use crate::report::sample::{
    behind_doors, clones, cut_short, down, green, known, rendered, several, shard, shop, system,
    unsteady, wall, walled,
};
use crate::report::{Format, JSON_SCHEMA};

fn samples() -> [Comparison; 11] {
    [
        shop(),
        down(),
        cut_short(),
        clones(),
        wall(),
        green(),
        walled(),
        unsteady(),
        known(),
        system(),
        several(),
    ]
}

fn read_back(json: &str) -> Comparison {
    let recorded = read(json.as_bytes()).unwrap();
    merge(vec![("report.json".to_owned(), recorded)]).unwrap()
}

#[test]
fn what_is_written_is_read_and_written_alike() {
    for comparison in samples() {
        let json = rendered(Format::Json, &comparison, |options| options);
        assert_eq!(
            rendered(Format::Json, &read_back(&json), |options| options),
            json
        );
    }
}

#[test]
fn a_shard_is_read_as_the_part_that_it_is() {
    let comparison = shard();
    let json = rendered(Format::Json, &comparison, |options| options);
    let recorded = read(json.as_bytes()).unwrap();
    assert_eq!(recorded.share.as_ref(), comparison.share());
    let positions = recorded.rows.iter().map(|row| Some(row.position));
    assert!(positions.eq(comparison.rows().map(|row| row.position())));
    // The only shard is the whole, once it is merged.
    let mut written: Value = serde_json::from_str(&json).unwrap();
    written.as_object_mut().unwrap().remove("shard");
    for endpoint in written["endpoints"].as_array_mut().unwrap() {
        endpoint.as_object_mut().unwrap().remove("position");
    }
    let merged = rendered(Format::Json, &read_back(&json), |options| options);
    assert_eq!(serde_json::from_str::<Value>(&merged).unwrap(), written);
}

/// A field that is written and not read is found by the tests above only if a sample has it.
#[test]
fn the_samples_have_every_field() {
    let mut missing = BTreeSet::new();
    let schema: Value = serde_json::from_str(JSON_SCHEMA).unwrap();
    let definitions = schema["definitions"].as_object().unwrap();
    for object in definitions.values().chain([&schema]) {
        missing.extend(object["properties"].as_object().unwrap().keys().cloned());
    }
    for comparison in samples().iter().chain([&shard(), &behind_doors()]) {
        let json = rendered(Format::Json, comparison, |options| options);
        forget_fields_of(&serde_json::from_str(&json).unwrap(), &mut missing);
    }
    assert!(missing.is_empty(), "{missing:?}");
}

fn forget_fields_of(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            if !value.is_null() {
                names.remove(name);
            }
            forget_fields_of(value, names);
        }),
        Value::Array(items) => items.iter().for_each(|item| forget_fields_of(item, names)),
        _ => {}
    }
}

#[test]
fn every_format_says_the_same_of_what_was_read() {
    for format in Format::ALL {
        for comparison in samples() {
            let all = |options| crate::report::Options {
                all: true,
                ..options
            };
            let json = rendered(Format::Json, &comparison, |options| options);
            assert_eq!(
                rendered(format, &comparison, all),
                rendered(format, &read_back(&json), all),
                "{format:?}"
            );
        }
    }
}

#[test]
fn every_kind_of_error_is_known() {
    for kind in ErrorKind::all() {
        let error = ProbeError {
            kind,
            message: "what happened".to_owned(),
        };
        let written =
            serde_json::to_string(&crate::report::json::probe::ErrorEntry::new(&error)).unwrap();
        let read: ErrorEntry = serde_json::from_str(&written).unwrap();
        assert_eq!(read.into_error(), Ok(error), "{written}");
    }
}

#[test]
fn refuses_what_is_no_report() {
    let json = rendered(Format::Json, &green(), |options| options);
    for (text, words) in [
        (String::new(), "it breaks off in line 1"),
        (json[..json.len() / 2].to_owned(), "it breaks off in line"),
        (
            format!("{json}{json}"),
            "it is no JSON: trailing characters",
        ),
        ("<html>".to_owned(), "it is no JSON"),
        ("{}".to_owned(), "missing field `format`"),
        ("[1]".to_owned(), "invalid type"),
        (
            json.replace("statusdiff-report", "lighthouse"),
            "its `format` is `lighthouse`",
        ),
        (
            json.replace("\"format_version\": 1", "\"format_version\": 2"),
            "its format has version 2, and this statusdiff reads version 1",
        ),
        (
            json.replace("\"verdict\": \"match\"", "\"verdict\": \"fine\""),
            "a verdict that this statusdiff does not know, `fine`",
        ),
        (
            json.replace("\"environment\": \"staging\"", "\"environment\": \"other\""),
            "other environments",
        ),
    ] {
        let error = read(text.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert!(
        read(
            json.replace("\"name\"", "\"new\": [{}], \"name\"")
                .as_bytes()
        )
        .is_ok()
    );
}
