//! What the YAML says under `tls` and `ready`.

use super::{Pairs, RawExpect, Switch, Text, given};

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping such as `{ ca_file: ca.pem }`"
)]
pub(in crate::suite) struct RawTls {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) ca_file: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) cert_file: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) key_file: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) insecure: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) min_version: Option<Text>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping such as `{ path: /health }`"
)]
pub(in crate::suite) struct RawReady {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) path: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) expect: Option<RawExpect>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) timeout: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) interval: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) header: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) json: Option<Pairs<Text>>,
}
