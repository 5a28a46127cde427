//! Names with values: headers, query fields, forms and `vars`.
//!
//! Input: pairs as the file has them. Output: the same with checked names and templates for values.

use std::collections::HashSet;

use http::HeaderName;

use super::header::{check_header_value, parse_any_header_name, parse_header_name};
use super::model::Vars;
use super::place::Place;
use super::problems::Problems;
use super::raw::{Pairs, Text};
use super::template::{Template, is_name};
use crate::diagnostic::Diagnostic;

/// Request headers, each name once in any case.
pub(super) fn headers(
    pairs: Option<&Pairs<Text>>,
    place: &Place,
    problems: &mut Problems,
) -> Vec<(HeaderName, Template)> {
    headers_by(parse_header_name, pairs, place, problems)
}

/// Headers that an answer should have: any but for their names.
pub(super) fn answer_headers(
    pairs: Option<&Pairs<Text>>,
    place: &Place,
    problems: &mut Problems,
) -> Vec<(HeaderName, Template)> {
    headers_by(parse_any_header_name, pairs, place, problems)
}

fn headers_by(
    parse: fn(&str) -> Result<HeaderName, String>,
    pairs: Option<&Pairs<Text>>,
    place: &Place,
    problems: &mut Problems,
) -> Vec<(HeaderName, Template)> {
    let mut headers: Vec<(HeaderName, Template)> = Vec::new();
    for (name, Text(value)) in pairs.iter().flat_map(|pairs| &pairs.0) {
        let place = place.inside(name);
        let parsed = match parse(name) {
            Ok(parsed) => parsed,
            Err(message) => {
                problems.key(place, Diagnostic::new("bad-header", message));
                continue;
            }
        };
        if headers.iter().any(|(other, _)| *other == parsed) {
            let problem = Diagnostic::new(
                "duplicate-header",
                format!("the header `{name}` stands twice"),
            );
            problems.key(
                place,
                problem.help("names of headers that differ only in case are the same"),
            );
            continue;
        }
        let Some(template) = problems.template(&place, value) else {
            continue;
        };
        match template.as_plain().map(check_header_value) {
            Some(Err(message)) => problems.value(place, Diagnostic::new("bad-header", message)),
            _ => headers.push((parsed, template)),
        }
    }
    headers
}

/// Fields whose names may be anything.
pub(super) fn pairs(
    pairs: Option<&Pairs<Text>>,
    place: &Place,
    problems: &mut Problems,
) -> Vec<(String, Template)> {
    let pairs = pairs.iter().flat_map(|pairs| &pairs.0);
    pairs
        .filter_map(|(name, Text(value))| {
            Some((name.clone(), problems.template(&place.inside(name), value)?))
        })
        .collect()
}

/// `vars`: names that `${NAME}` can ask for.
pub(super) fn vars(pairs: Option<&Pairs<Text>>, place: &Place, problems: &mut Problems) -> Vars {
    let mut values = Vec::new();
    for (name, Text(value)) in pairs.iter().flat_map(|pairs| &pairs.0) {
        let place = place.inside(name);
        if !is_name(name) {
            let message = format!(
                "`{name}` is no name for a value: letters, digits and `_`, and no digit first"
            );
            problems.key(place, Diagnostic::new("bad-variable", message));
            continue;
        }
        if let Some(template) = problems.template(&place, value) {
            values.push((name.clone(), template));
        }
    }
    Vars {
        values,
        beside: None,
    }
}

/// The strings inside a JSON value are templates too; here it is only checked that they are.
pub(super) fn check_json(value: &serde_json::Value, place: &Place, problems: &mut Problems) {
    match value {
        serde_json::Value::String(text) => drop(problems.template(place, text)),
        serde_json::Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                check_json(item, &place.inside(&index.to_string()), problems);
            }
        }
        serde_json::Value::Object(fields) => {
            for (name, field) in fields {
                check_json(field, &place.inside(name), problems);
            }
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

/// The environments that a list names, by number.
pub(super) fn environments(
    names: &[String],
    known: &[String],
    place: &Place,
    problems: &mut Problems,
) -> Vec<usize> {
    if names.is_empty() {
        let problem = Diagnostic::new(
            "no-environments",
            "`environments` is empty: this would never be asked",
        );
        problems.value(
            place.clone(),
            problem.help("without the key all environments are asked"),
        );
    }
    let mut numbers = Vec::new();
    let mut seen = HashSet::new();
    for (index, name) in names.iter().enumerate() {
        let place = place.inside(&index.to_string());
        match known.iter().position(|other| other == name) {
            Some(number) if seen.insert(number) => numbers.push(number),
            Some(_) => problems.value(
                place,
                Diagnostic::new("duplicate-name", format!("`{name}` stands twice")),
            ),
            // Without any environment that is the one problem to report.
            None if known.is_empty() => {}
            None => problems.value(place, super::names::unknown_environment(name, known)),
        }
    }
    numbers
}
