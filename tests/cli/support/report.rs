//! The JSON report, read as a consumer would read it.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::Finished;

/// The schema of the report; but where it only gives examples of words, a word has to be among them: what the
/// program itself writes is known.
pub(crate) fn report_schema() -> &'static Validator {
    fn known_words_only(schema: &mut Value) {
        match schema {
            Value::Array(items) => items.iter_mut().for_each(known_words_only),
            Value::Object(keywords) => {
                if keywords.get("type") == Some(&json!("string"))
                    && let Some(words) = keywords.remove("examples")
                {
                    keywords.insert("enum".to_owned(), words);
                }
                keywords.values_mut().for_each(known_words_only);
            }
            _ => {}
        }
    }
    static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
        let text = include_str!("../../../schema/report.schema.json");
        let mut schema = serde_json::from_str(text).unwrap();
        known_words_only(&mut schema);
        jsonschema::draft7::new(&schema).unwrap()
    });
    &SCHEMA
}

/// A report and what came with it.
pub(crate) struct Report {
    pub(crate) json: Value,
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
}

impl Report {
    /// Reads standard output as one JSON value and no more.
    #[track_caller]
    pub(crate) fn read(finished: &Finished) -> Self {
        let json = serde_json::from_str(&finished.stdout)
            .unwrap_or_else(|error| panic!("no report: {error}\n{finished}"));
        if let Err(error) = report_schema().validate(&json) {
            let place = error.instance_path();
            panic!("not by the schema, at {place}: {error}\n{finished}");
        }
        Self {
            json,
            code: finished.code,
            stderr: finished.stderr.clone(),
        }
    }

    /// The report, if the run ended with this code and says so itself.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        assert_eq!(self.json["exit_code"], code, "{self}");
        assert_eq!(self.json["passed"], code == 0, "{self}");
        self
    }

    /// The endpoint with that `path`, the first if there are several.
    #[track_caller]
    pub(crate) fn endpoint(&self, path: &str) -> &Value {
        let endpoints = self.json["endpoints"].as_array().unwrap();
        endpoints
            .iter()
            .find(|endpoint| endpoint["path"] == path)
            .unwrap_or_else(|| panic!("no endpoint `{path}` in {self}"))
    }

    #[track_caller]
    pub(crate) fn probe(&self, path: &str, environment: &str) -> &Value {
        let probes = self.endpoint(path)["probes"].as_array().unwrap();
        probes
            .iter()
            .find(|probe| probe["environment"] == environment)
            .unwrap_or_else(|| panic!("no `{environment}` for `{path}` in {self}"))
    }

    /// What matters of a probe in a few words: `match 200`, `mismatch 404 status`, `error timeout`.
    #[track_caller]
    pub(crate) fn says(&self, path: &str, environment: &str) -> String {
        let probe = self.probe(path, environment);
        let mut words = vec![probe["verdict"].as_str().unwrap().to_owned()];
        words.extend(probe["status"].as_u64().map(|status| status.to_string()));
        for reason in probe["reasons"].as_array().unwrap() {
            words.push(reason.as_str().unwrap().to_owned());
        }
        words.extend(probe["error"]["kind"].as_str().map(str::to_owned));
        words.join(" ")
    }

    /// Sets every time to null: what two runs on the same answers may differ in.
    pub(crate) fn forget_times(&mut self) {
        fn forget(value: &mut Value) {
            match value {
                Value::Array(items) => items.iter_mut().for_each(forget),
                Value::Object(fields) => {
                    for (name, value) in fields {
                        if matches!(name.as_str(), "started_at" | "duration_ms") {
                            *value = Value::Null;
                        }
                        forget(value);
                    }
                }
                _ => {}
            }
        }
        forget(&mut self.json);
    }

    /// The names of the environments, in order.
    pub(crate) fn environments(&self) -> Vec<&str> {
        let environments = self.json["environments"].as_array().unwrap();
        environments
            .iter()
            .map(|environment| environment["name"].as_str().unwrap())
            .collect()
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { json, code, stderr } = self;
        write!(f, "code: {code:?}\n{json:#}\n--- stderr\n{stderr}\n---")
    }
}
