//! What the YAML says under `tls` and `ready`.

#[cfg(test)]
use super::schema;
use super::{Pairs, RawExpect, Switch, Text, given};

/// Certificates and versions.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "Tls", title = "tls", extend("dependencies" = schema::certificate()))
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping such as `{ ca_file: ca.pem }`"
)]
pub(in crate::suite) struct RawTls {
    /// A PEM file with the certificates of further issuers to trust, relative to the suite.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::FileName"))]
    pub(in crate::suite) ca_file: Option<Text>,
    /// A PEM file with the client's own certificate.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::FileName"))]
    pub(in crate::suite) cert_file: Option<Text>,
    /// A PEM file with the private key of `cert_file`; it may be the same file.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::FileName"))]
    pub(in crate::suite) key_file: Option<Text>,
    /// Whether certificates are not verified. Every report says so.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(extend("default" = false)))]
    pub(in crate::suite) insecure: Option<Switch>,
    /// The oldest version of TLS that is spoken.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::TlsVersion"))]
    pub(in crate::suite) min_version: Option<Text>,
}

/// What an environment has to answer before anything else is asked.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "Ready", title = "ready", extend("required" = ["path"]))
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping such as `{ path: /health }`"
)]
pub(in crate::suite) struct RawReady {
    /// What is asked until it answers as expected.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Path"))]
    pub(in crate::suite) path: Option<Text>,
    /// The status it answers once it is ready; without it, any but 502, 503 and 504.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Statuses"))]
    pub(in crate::suite) expect: Option<RawExpect>,
    /// How long it is waited for.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Duration", extend("default" = "2m")))]
    pub(in crate::suite) timeout: Option<Text>,
    /// The pause between one question and the next.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Duration", extend("default" = "1s")))]
    pub(in crate::suite) interval: Option<Text>,
    /// Headers that the answer must have, such as the deployed revision.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::AnswerHeaders"))]
    pub(in crate::suite) header: Option<Pairs<Text>>,
    /// Fields that the JSON answer must have, such as the deployed revision.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) json: Option<Pairs<Text>>,
}
