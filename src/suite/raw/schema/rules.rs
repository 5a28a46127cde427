//! Which keys of a mapping go together, and which do not.

use serde_json::{Value, json};

/// Exactly one of `keys`.
pub(in crate::suite::raw) fn one_of(keys: &[&str]) -> Value {
    keys.iter()
        .map(|key| json!({ "required": [key] }))
        .collect()
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
