//! Endpoints that nothing tells apart.
//!
//! Input: all endpoints. Output: a problem for each one that repeats another in an environment they share.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::model::{As, Body, Endpoint, EndpointSpec, Expected};
use super::problems::Problems;
use super::template::Template;
use crate::diagnostic::Diagnostic;

/// Method, path, name, `service`, `as`, query, headers, body or an environment tell endpoints apart; the expectation
/// does not. `files` are the names of all files.
pub(super) fn check(endpoints: &[Endpoint], files: &[&str], problems: &mut Problems) {
    for (index, twin) in twins(endpoints) {
        let (endpoint, twin) = (&endpoints[index], &endpoints[twin]);
        let problem = problem(endpoint, twin, files, problems);
        problems.path(endpoint.entry, problem);
    }
}

/// Keeps the first of those that nothing tells apart.
pub(super) fn retain_first(endpoints: &mut Vec<Endpoint>) {
    let repeated: Vec<usize> = twins(endpoints)
        .into_iter()
        .map(|(index, _)| index)
        .collect();
    let (mut index, mut repeated) = (0, repeated.into_iter().peekable());
    endpoints.retain(|_| {
        let repeats = repeated.next_if_eq(&index).is_some();
        index += 1;
        !repeats
    });
}

/// Every endpoint that repeats an earlier one, and that one, in order.
fn twins(endpoints: &[Endpoint]) -> Vec<(usize, usize)> {
    let mut twins = Vec::new();
    let state = RandomState::new();
    let mut first: HashMap<u64, usize> = HashMap::with_capacity(endpoints.len());
    // Where the first with the same identity is in no common environment, there may be further ones.
    let mut more: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, endpoint) in endpoints.iter().enumerate() {
        let mut hasher = state.build_hasher();
        identify(endpoint, &mut hasher);
        let hash = hasher.finish();
        let Some(&other) = first.get(&hash) else {
            first.insert(hash, index);
            continue;
        };
        let others = more.entry(hash).or_insert_with(|| vec![other]);
        let twin = others
            .iter()
            .find(|&&other| same(&endpoints[other], endpoint));
        if let Some(&twin) = twin {
            twins.push((index, twin));
        } else {
            others.push(index);
        }
    }
    twins
}

fn problem(
    endpoint: &Endpoint,
    first: &Endpoint,
    files: &[&str],
    problems: &Problems,
) -> Diagnostic {
    let (method, path) = (&endpoint.spec.method, endpoint.path.written());
    if endpoint.entry == first.entry {
        let message = format!("the values make `{method} {path}` twice");
        let help =
            "each row has to differ in what is asked: in its path, name, query, headers or body";
        return Diagnostic::new("duplicate-endpoint", message).help(help);
    }
    let [(file, _), (own, _)] = [first, endpoint].map(|endpoint| problems.file_of(endpoint.entry));
    let of = files.get(file).filter(|_| file != own);
    let of = of.map_or_else(String::new, |file| format!(" of `{file}`"));
    Diagnostic::new("duplicate-endpoint", format!("`{method} {path}` stands twice"))
        .label(format!("first in line {}{of}", first.line))
        .help("a `name` of its own tells an endpoint from another; so do `service`, `as`, query, headers, body and `environments`")
}

/// Writes down what tells an endpoint from others, but for its environments. What is written never changes: shards
/// go by it.
pub fn identify(endpoint: &Endpoint, hasher: &mut impl Hasher) {
    hasher.write(endpoint.path.written().as_bytes());
    hasher.write(endpoint.spec.method.as_str().as_bytes());
    hasher.write(endpoint.spec.name.as_deref().unwrap_or_default().as_bytes());
    if let Some(service) = endpoint.spec.service {
        let service = u64::try_from(service).unwrap_or(u64::MAX);
        hasher.write(&service.to_le_bytes());
    }
    if let As::Named(credential) = &endpoint.spec.credential {
        hasher.write(credential.as_bytes());
    }
    for (name, value) in &endpoint.spec.query {
        hasher.write(name.as_bytes());
        hasher.write(value.written().as_bytes());
    }
    for (name, value) in &endpoint.spec.layer.headers {
        hasher.write(name.as_str().as_bytes());
        hasher.write(value.written().as_bytes());
    }
    match &endpoint.spec.body {
        None => {}
        Some(Body::Text(text)) => hasher.write(text.written().as_bytes()),
        Some(Body::Json(value)) => hasher.write(value.to_string().as_bytes()),
        Some(Body::Form(fields)) => {
            for (name, value) in fields {
                hasher.write(name.as_bytes());
                hasher.write(value.written().as_bytes());
            }
        }
    }
}

fn same(a: &Endpoint, b: &Endpoint) -> bool {
    let (first, second) = (&*a.spec, &*b.spec);
    a.path == b.path
        && first.method == second.method
        && first.name == second.name
        && first.credential == second.credential
        && first.service == second.service
        && same_pairs(&first.query, &second.query)
        && first.layer.headers == second.layer.headers
        && same_body(first.body.as_ref(), second.body.as_ref())
        && share_environment(first, second)
}

fn same_body(a: Option<&Body>, b: Option<&Body>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(Body::Text(a)), Some(Body::Text(b))) => a == b,
        (Some(Body::Json(a)), Some(Body::Json(b))) => a == b,
        (Some(Body::Form(a)), Some(Body::Form(b))) => same_pairs(a, b),
        _ => false,
    }
}

fn same_pairs(a: &[(String, Template)], b: &[(String, Template)]) -> bool {
    a == b
}

fn share_environment(a: &EndpointSpec, b: &EndpointSpec) -> bool {
    match (&a.expect, &b.expect) {
        (Expected::PerEnvironment(a), Expected::PerEnvironment(b)) => {
            a.iter().zip(b).any(|(a, b)| a.is_some() && b.is_some())
        }
        _ => true,
    }
}
