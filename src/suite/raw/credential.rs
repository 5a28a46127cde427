//! What the YAML says under `auth` and `credentials`.

use super::{List, Pairs, Text, given};

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `bearer`, `basic` or `login`"
)]
pub(in crate::suite) struct RawCredential {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) bearer: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) basic: Option<RawBasic>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) login: Option<RawLogin>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) refresh: Option<RawRefresh>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `username` and `password`"
)]
pub(in crate::suite) struct RawBasic {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) username: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) password: Option<Text>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping such as `{ request: \"POST /login\", form: { … } }`"
)]
pub(in crate::suite) struct RawLogin {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) request: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) body: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) json: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) form: Option<Pairs<Text>>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `request` and `token`, or with `command`"
)]
pub(in crate::suite) struct RawRefresh {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) request: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) body: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) json: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) form: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) token: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) command: Option<List>,
}
