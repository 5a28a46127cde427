//! Which keys of a mapping go together, and which do not.

use serde_json::{Value, json};

/// Exactly one of `keys`.
pub(in crate::suite::raw) fn one_of(keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| json!({ "required": [key] }))
        .collect()
}

/// Exactly one of `base_url`, `discover` and `mock`, or none beside `services`.
pub(in crate::suite::raw) fn base_or_services() -> Value {
    let bases = one_of(&["base_url", "discover", "mock"]);
    let services = json!({ "required": ["services"], "not": { "anyOf": bases } });
    bases
        .as_array()
        .into_iter()
        .flatten()
        .cloned()
        .chain([services])
        .collect()
}

/// One of `keys` at least.
pub(in crate::suite::raw) fn any_of(keys: &[&str]) -> Value {
    one_of(keys)
}

/// A request has one of `body`, `json` and `form`: what it must not have.
pub(in crate::suite::raw) fn two_bodies() -> Value {
    json!({ "anyOf": [
        { "required": ["body", "json"] },
        { "required": ["body", "form"] },
        { "required": ["json", "form"] },
    ] })
}

/// `redirects` says what is answered and how many redirects are followed, so nothing else does; and where all
/// are followed no target is seen.
pub(in crate::suite::raw) fn redirections() -> Value {
    let target = json!({ "type": "string", "pattern": "^[^$]*->" });
    json!({
        "redirects": { "not": { "anyOf": one_of(&["expect", "follow_redirects"]) } },
        "follow_redirects": { "anyOf": [
            { "properties": { "follow_redirects": { "enum": [false, 0] } } },
            { "not": { "required": ["expect"], "properties": { "expect": target } } },
        ] },
    })
}

/// What belongs to a base URL stands beside one.
pub(in crate::suite::raw) fn beside_a_base() -> Value {
    json!({ "ready": { "anyOf": one_of(&["base_url", "discover", "mock"]) } })
}

/// A service has credentials of its own, or those of its environment.
pub(in crate::suite::raw) fn shared_or_own() -> Value {
    json!({ "share_credentials": { "anyOf": [
        { "properties": { "share_credentials": { "const": false } } },
        { "not": { "anyOf": one_of(&["auth", "credentials"]) } },
    ] } })
}

/// A certificate and its key go together.
pub(in crate::suite::raw) fn certificate() -> Value {
    json!({ "cert_file": ["key_file"], "key_file": ["cert_file"] })
}

/// Only a bearer token is renewed.
pub(in crate::suite::raw) fn renewable() -> Value {
    json!({ "refresh": ["bearer"] })
}

/// A token is renewed by a request, which says where the token is, or by a program, which prints it.
pub(in crate::suite::raw) fn request_or_command() -> Value {
    let keys = ["request", "token", "headers", "body", "json", "form"];
    let none_of_them = json!({ "not": { "anyOf": one_of(&keys) } });
    json!([
        { "required": ["request", "token"], "not": { "required": ["command"] } },
        { "required": ["command"], "allOf": [none_of_them] },
    ])
}
