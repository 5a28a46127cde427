//! What two environments of one name say differently.
//!
//! Input: both, as their suites have them. Output: the keys. `vars` is none of them: these are values for the texts of
//! their own suite, and no part of what an environment is. Names of files may be written differently, for they are
//! relative to their suite: a plan compares what is in them.

use crate::suite::model::{Base, Environment, Service, Tls};

/// Where they differ, each as the keys below the environment: `["services", "api", "headers"]`.
pub(super) fn differing<'e>(one: &'e Environment, other: &'e Environment) -> Vec<Vec<&'e str>> {
    let (layer, layer_of_other) = (&one.layer, &other.layer);
    let headers = (&layer.headers, &layer_of_other.headers);
    let keys = [
        (base_key(&other.base), one.base == other.base),
        ("type", one.kind == other.kind),
        ("headers", is_same_set(headers.0, headers.1)),
        ("auth", one.auth == other.auth),
        (
            "credentials",
            is_same_set(&one.credentials, &other.credentials),
        ),
        ("timeout", layer.timeout == layer_of_other.timeout),
        (
            "connect_timeout",
            one.connect_timeout == other.connect_timeout,
        ),
        ("concurrency", one.concurrency == other.concurrency),
        ("rate_limit", one.rate_limit == other.rate_limit),
        ("retry", layer.retry == layer_of_other.retry),
        ("tls", is_same_tls(&one.tls, &other.tls)),
        ("proxy", one.proxy == other.proxy),
        ("resolve", is_same_set(&one.resolve, &other.resolve)),
        ("http_version", one.http_version == other.http_version),
        ("ready", one.ready == other.ready),
        (
            "allow_unsafe_methods",
            one.allow_unsafe_methods == other.allow_unsafe_methods,
        ),
    ];
    let own = keys.iter().filter(|(_, same)| !same);
    own.map(|(key, _)| vec![*key])
        .chain(differing_services(&one.services, &other.services))
        .collect()
}

fn base_key(base: &Base) -> &'static str {
    match base {
        Base::Url(_) | Base::Nowhere => "base_url",
        Base::Discover(_) => "discover",
        Base::Mock(_) => "mock",
    }
}

fn is_same_tls(one: &Tls, other: &Tls) -> bool {
    let files = |tls: &Tls| [&tls.ca_file, &tls.cert_file, &tls.key_file].map(Option::is_some);
    files(one) == files(other)
        && (one.insecure, one.min_version) == (other.insecure, other.min_version)
}

fn differing_services<'e>(one: &'e [Service], other: &'e [Service]) -> Vec<Vec<&'e str>> {
    let find = |name: &str| one.iter().find(|service| service.name == name);
    let pairs: Option<Vec<_>> = other
        .iter()
        .map(|it| find(&it.name).zip(Some(it)))
        .collect();
    let Some(pairs) = pairs.filter(|pairs| pairs.len() == one.len()) else {
        return vec![vec!["services"]];
    };
    let mut differing = Vec::new();
    for (one, other) in pairs {
        let keys = [
            (base_key(&other.base), one.base == other.base),
            ("headers", is_same_set(&one.headers, &other.headers)),
            ("auth", one.auth == other.auth),
            (
                "credentials",
                is_same_set(&one.credentials, &other.credentials),
            ),
            (
                "share_credentials",
                one.shares_credentials == other.shares_credentials,
            ),
        ];
        let own = keys.iter().filter(|(_, same)| !same);
        differing.extend(own.map(|(key, _)| vec!["services", other.name.as_str(), key]));
    }
    differing
}

/// Whether both have the same, in whatever order: each name is there once.
fn is_same_set<T: PartialEq>(one: &[T], other: &[T]) -> bool {
    one.len() == other.len() && one.iter().all(|item| other.contains(item))
}
