//! Endpoints that nothing tells apart.
//!
//! Input: all endpoints. Output: a problem for each one that repeats another in an environment they share.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher, RandomState};

use super::model::{As, Body, Endpoint, EndpointSpec, Expected, Suite, Vars};
use super::problems::Problems;
use super::template::Template;
use crate::diagnostic::Diagnostic;

/// Method, path, name, `service`, `as`, query, headers, body or an environment tell endpoints apart; the expectation
/// does not. `files` are the names of all files.
pub(super) fn check(endpoints: &[Endpoint], files: &[&str], problems: &mut Problems) {
    let same = |one: usize, other: usize| same(&endpoints[one], &endpoints[other]);
    for (index, twin) in twins(endpoints.iter(), same) {
        let (endpoint, twin) = (&endpoints[index], &endpoints[twin]);
        let problem = problem(endpoint, twin, files, problems);
        problems.path(endpoint.entry, problem);
    }
}

/// The same for endpoints of several suites, whose services have the same numbers. What is written alike is told apart
/// by values that are other ones in the other suite.
pub(super) fn check_across(suites: &[&Suite], problems: &mut [&mut Problems]) {
    let numbered = suites.iter().enumerate();
    let all =
        numbered.flat_map(|(number, suite)| suite.endpoints.iter().map(move |it| (number, it)));
    let all: Vec<(usize, &Endpoint)> = all.collect();
    let same = |one: usize, other: usize| {
        let ((suite, one), (other_suite, other)) = (all[one], all[other]);
        // What repeats another of its own suite was told there.
        suite != other_suite
            && same_question(one, other)
            && share_named((suites[suite], one), (suites[other_suite], other))
            && (is_plain(one) || same_values(suites[suite], suites[other_suite]))
    };
    for (index, twin) in twins(all.iter().map(|(_, endpoint)| *endpoint), same) {
        let ((number, endpoint), (of, first)) = (all[index], all[twin]);
        let [file, own] = [(of, first), (number, endpoint)].map(|(suite, endpoint)| {
            let suite = suites[suite];
            suite.files().nth(suite.file_of(endpoint.entry))
        });
        let problem = twice(
            endpoint,
            first,
            &format!(" of `{}`", file.unwrap_or_default()),
        );
        let problem = if file == own {
            problem.label(format!(
                "this file is part of `{}` too",
                suites[of].source.name
            ))
        } else {
            problem
        };
        problems[number].path(endpoint.entry, problem);
    }
}

/// Keeps the first of those that nothing tells apart.
pub(super) fn retain_first(endpoints: &mut Vec<Endpoint>) {
    let is_same = |one: usize, other: usize| same(&endpoints[one], &endpoints[other]);
    let repeated: Vec<usize> = twins(endpoints.iter(), is_same)
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

/// Every endpoint that repeats an earlier one, and that one, in order. `same` compares two of them by their numbers.
fn twins<'e>(
    endpoints: impl ExactSizeIterator<Item = &'e Endpoint>,
    same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, usize)> {
    let mut twins = Vec::new();
    let state = RandomState::new();
    let mut first: HashMap<u64, usize> = HashMap::with_capacity(endpoints.len());
    // Where the first with the same identity is in no common environment, there may be further ones.
    let mut more: HashMap<u64, Vec<usize>> = HashMap::new();
    for (index, endpoint) in endpoints.enumerate() {
        let mut hasher = state.build_hasher();
        identify(endpoint, &mut hasher);
        let hash = hasher.finish();
        let Some(&other) = first.get(&hash) else {
            first.insert(hash, index);
            continue;
        };
        let others = more.entry(hash).or_insert_with(|| vec![other]);
        let twin = others.iter().find(|&&other| same(other, index));
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
    if endpoint.entry == first.entry {
        let (method, path) = (&endpoint.spec.method, endpoint.path.written());
        let message = format!("the values make `{method} {path}` twice");
        let help =
            "each row has to differ in what is asked: in its path, name, query, headers or body";
        return Diagnostic::new("duplicate-endpoint", message).help(help);
    }
    let [(file, _), (own, _)] = [first, endpoint].map(|endpoint| problems.file_of(endpoint.entry));
    let of = files.get(file).filter(|_| file != own);
    let of = of.map_or_else(String::new, |file| format!(" of `{file}`"));
    twice(endpoint, first, &of)
}

fn twice(endpoint: &Endpoint, first: &Endpoint, of: &str) -> Diagnostic {
    let (method, path) = (&endpoint.spec.method, endpoint.path.written());
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
    same_question(a, b) && share_environment(&a.spec, &b.spec)
}

/// Whether both ask the same where they are asked.
fn same_question(a: &Endpoint, b: &Endpoint) -> bool {
    let (first, second) = (&*a.spec, &*b.spec);
    a.path == b.path
        && first.method == second.method
        && first.name == second.name
        && first.credential == second.credential
        && first.service == second.service
        && same_pairs(&first.query, &second.query)
        && first.layer.headers == second.layer.headers
        && same_body(first.body.as_ref(), second.body.as_ref())
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

/// The same for endpoints of two suites, which may have environments of their own.
fn share_named((suite, a): (&Suite, &Endpoint), (other, b): (&Suite, &Endpoint)) -> bool {
    let asked = |suite: &Suite, endpoint: &Endpoint| {
        let environments = suite.environments.iter().enumerate();
        let asked = environments.filter(|(number, _)| match &endpoint.spec.expect {
            Expected::Everywhere(_) => true,
            Expected::PerEnvironment(each) => each.get(*number).is_some_and(Option::is_some),
        });
        asked.map(|(_, it)| it.name.clone()).collect::<Vec<_>>()
    };
    let (own, others) = (asked(suite, a), asked(other, b));
    own.iter().any(|name| others.contains(name))
}

/// Whether nothing that tells the endpoint from others depends on a value.
fn is_plain(endpoint: &Endpoint) -> bool {
    let spec = &endpoint.spec;
    let plain = |template: &Template| template.as_plain().is_some();
    let body = match &spec.body {
        None => true,
        Some(Body::Text(text)) => plain(text),
        Some(Body::Json(value)) => !value.to_string().contains("${"),
        Some(Body::Form(fields)) => fields.iter().all(|(_, value)| plain(value)),
    };
    let query = spec.query.iter().all(|(_, value)| plain(value));
    let headers = spec.layer.headers.iter().all(|(_, value)| plain(value));
    plain(&endpoint.path) && query && headers && body
}

/// Whether every value is the same in both suites, and in the environments that they share.
fn same_values(one: &Suite, other: &Suite) -> bool {
    let same = |one: &Vars, other: &Vars| {
        let has = |pair| other.values.contains(pair);
        one.values.len() == other.values.len() && one.values.iter().all(has)
    };
    let find = |name: &String| other.environments.iter().find(|it| it.name == *name);
    let pairs = one.environments.iter();
    let mut pairs = pairs.filter_map(|it| Some((it, find(&it.name)?)));
    same(&one.vars, &other.vars) && pairs.all(|(one, other)| same(&one.vars, &other.vars))
}
