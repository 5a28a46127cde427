//! The JSON Schemas: what the program takes passes, what it refuses fails where a schema can tell, and every
//! report passes.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

use crate::fixtures::suites;
use crate::support::statusdiff;

/// Mistakes that no schema can find, by the names of their fixtures, and why it cannot.
const BEYOND: [(&str, &[&str]); 9] = [
    (
        "what values make of an endpoint, and what files hold",
        &[
            "each-empty-value",
            "each-expect",
            "each-file-and-list",
            "each-file-column-twice",
            "each-file-empty",
            "each-file-empty-field",
            "each-file-latin-1",
            "each-file-missing",
            "each-file-no-lines",
            "each-file-quote",
            "each-file-ragged",
            "each-file-secret",
            "each-file-semicolon",
            "each-file-template",
            "each-json",
            "each-path",
            "each-timeout",
            "each-too-many",
            "each-twice",
            "each-unknown-name",
            "each-unused",
            "include-broken",
            "include-cycle",
            "include-duplicate",
            "include-itself",
            "include-missing",
            "include-no-match",
            "include-nothing",
            "include-problem",
            "include-twice",
            "include-value",
            "include-vars",
        ],
    ),
    (
        "names that stand elsewhere in the file",
        &[
            "as-unknown",
            "as-unknown-everywhere",
            "as-unknown-somewhere",
            "defaults-as-unknown",
            "defaults-service-unknown",
            "endpoint-environments-unknown",
            "expect-unknown-environment",
            // A key of the long form may be the name of an environment, too.
            "long-form-in-short",
            "redirects-long-form",
            "reference-left-out",
            "reference-unknown",
            "service-unknown",
            "service-in-target-unknown",
            "service-unknown-everywhere",
            "services-as-unknown",
            "services-missing-in-one",
            "services-misspelt-in-one",
        ],
    ),
    (
        "what `defaults` and an endpoint say together, or an environment and an endpoint",
        &[
            "defaults-expect-gap",
            "expect-no-default",
            "follow-default-with-target",
            "one-environment-same",
            "one-environment-same-key",
            "redirects-inherited-and-follow",
            "service-none-and-no-base",
            "services-auth-without-base",
            "services-header-without-base",
            "services-login-without-base",
            "unsafe-method-production",
            "unsafe-method-unknown-name",
        ],
    ),
    (
        "what stands twice",
        &[
            "credentials-case",
            "duplicate",
            "duplicate-as",
            "duplicate-in-service",
            "duplicate-of-several-environments",
            "environment-case",
            "environment-same-url",
            "header-case",
            "resolve-host-twice",
            "services-case",
            "services-same-url",
        ],
    ),
    (
        "how numbers and items compare",
        &[
            "expect-list-excludes-itself",
            "expect-range-backwards",
            "method-typo",
            // All steps but the last are redirects: draft 7 has no `all but the last`.
            "redirects-no-redirect",
        ],
    ),
    (
        "how YAML spells a number",
        &["expect-hexadecimal", "expect-plus"],
    ),
    (
        "flags, which add environments",
        &[
            "bare-list-one-environment",
            "bare-list-without-environments",
            "environments-empty",
            "environments-missing",
            "flag-add-env-invalid",
            "flag-add-env-name",
            "flag-add-env-taken",
            "flag-base-url-invalid",
            "flag-base-url-service-unknown",
            "flag-base-url-unknown",
            "flag-base-url-variable-ambiguous",
            "flag-base-url-variable-unknown",
            "flag-service-unknown",
            "reference-flag-unknown",
        ],
    ),
    (
        "values of variables, what is in other files, and what programs print",
        &[
            "discover-credentials",
            "discover-no-program",
            "discover-no-url",
            "discover-not-set",
            "mock-file-missing",
            "mock-file-problem",
            "value-base-url-empty-host",
            "value-brings-fragment",
            "value-missing",
            "value-missing-in-one",
            "value-no-status",
        ],
    ),
    ("how deep a file may be nested", &["yaml-deep"]),
];

fn suite_schema() -> Validator {
    let schema = fs::read_to_string("schema/suite.schema.json").unwrap();
    jsonschema::draft7::new(&serde_json::from_str(&schema).unwrap()).unwrap()
}

/// The file as an editor sees it, with merge keys resolved; nothing where it is no YAML.
fn yaml(path: &Path) -> Option<Value> {
    let text = String::from_utf8(fs::read(path).unwrap()).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    let mut value: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    value.apply_merge().ok()?;
    serde_json::to_value(value).ok()
}

fn faults(schema: &Validator, value: &Value) -> String {
    schema
        .iter_errors(value)
        .map(|error| format!("{}: {error}\n", error.instance_path()))
        .collect()
}

#[test]
fn the_program_prints_the_committed_schemas() {
    for name in ["suite", "report"] {
        let printed = statusdiff().args(["schema", name]).run().exits(0).stdout;
        let committed = fs::read_to_string(format!("schema/{name}.schema.json")).unwrap();
        assert!(printed == committed, "{name}: {printed}");
        let schema: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(schema["$schema"], "http://json-schema.org/draft-07/schema#");
        assert!(jsonschema::draft7::meta::is_valid(&schema), "{name}");
    }
}

#[test]
fn valid_suites_pass() {
    let schema = suite_schema();
    let examples = fs::read_dir("examples").unwrap();
    let examples = examples.map(|entry| entry.unwrap().path()).filter(|path| {
        path.extension()
            .is_some_and(|extension| extension == "yaml")
    });
    for path in suites("valid").into_iter().chain(examples) {
        let value = yaml(&path).unwrap();
        let faults = faults(&schema, &value);
        assert!(faults.is_empty(), "{}:\n{faults}", path.display());
    }
}

#[test]
fn invalid_suites_fail_where_a_schema_can_tell() {
    let schema = suite_schema();
    let all = suites("invalid");
    let beyond: Vec<&str> = BEYOND
        .iter()
        .flat_map(|(_, names)| *names)
        .copied()
        .collect();
    let known = beyond.iter().filter(|name| {
        let file = format!("{name}.yaml");
        all.iter().any(|path| path.ends_with(&file))
    });
    assert_eq!(known.count(), beyond.len(), "a fixture is gone");
    let mut wrong = Vec::new();
    for path in &all {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // What is no YAML does not come as far as a schema.
        let passes = yaml(path).is_some_and(|value| schema.is_valid(&value));
        if passes != beyond.contains(&name.as_str()) {
            wrong.push(format!(
                "{name} {}",
                if passes { "passes" } else { "fails" }
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every report that is read in these tests has to pass, see `Report::read`; so something has to fail.
#[test]
fn what_is_no_report_fails() {
    let schema = crate::support::report_schema();
    for (text, why) in [
        ("{}", "required"),
        ("[]", "not of type"),
        (r#"{ "format": "another" }"#, "statusdiff-report"),
    ] {
        let errors = faults(schema, &serde_json::from_str(text).unwrap());
        assert!(errors.contains(why), "{text}: {errors}");
    }
}
