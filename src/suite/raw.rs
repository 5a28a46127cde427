//! What the YAML says, before anything is judged.
//!
//! Input: any serde deserializer. Output: types in which every field is optional, nothing has a default and
//! every scalar keeps its spelling. They refuse only what has the wrong shape: a list where text is wanted.

mod connection;
mod credential;
mod retry;
mod visit;

pub(super) use connection::{RawReady, RawTls};
pub(super) use credential::{RawBasic, RawCredential, RawRefresh};
pub(super) use retry::{RawRetry, RawRetryKeys};
use serde::de::{Deserialize, Deserializer};

/// The whole file: a suite, or only its endpoints.
#[derive(Debug)]
pub(super) enum RawRoot {
    Suite(Box<RawSuite>),
    Bare(Vec<RawEntry>),
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `environments` and `endpoints`"
)]
pub(super) struct RawSuite {
    #[serde(default, deserialize_with = "given")]
    pub(super) name: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) reference: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) vars: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) environments: Option<Pairs<RawEnvironment>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) defaults: Option<RawDefaults>,
    #[serde(default, deserialize_with = "given")]
    pub(super) endpoints: Option<RawEntries>,
}

/// An environment: its base URL, or all its keys.
#[derive(Debug)]
pub(super) enum RawEnvironment {
    Missing,
    Url(Text),
    Long(Box<RawEnvironmentKeys>),
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a base URL, or a mapping with `base_url` or `mock`"
)]
pub(super) struct RawEnvironmentKeys {
    #[serde(default, deserialize_with = "given")]
    pub(super) base_url: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) mock: Option<RawMock>,
    #[serde(default, rename = "type", deserialize_with = "given")]
    pub(super) kind: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) headers: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) vars: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) timeout: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) connect_timeout: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) concurrency: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) allow_unsafe_methods: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(super) rate_limit: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) retry: Option<RawRetry>,
    #[serde(default, deserialize_with = "given")]
    pub(super) auth: Option<RawCredential>,
    #[serde(default, deserialize_with = "given")]
    pub(super) credentials: Option<Pairs<RawCredential>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) tls: Option<RawTls>,
    #[serde(default, deserialize_with = "given")]
    pub(super) proxy: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) resolve: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) http_version: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) ready: Option<RawReady>,
}

/// `mock`: the name of a file, or what is answered.
#[derive(Debug)]
pub(super) enum RawMock {
    File(Text),
    Routes(Pairs<RawAnswer>),
}

/// One answer of a mock: `200`, `301 -> /new`, or all its keys.
#[derive(Debug)]
pub(super) enum RawAnswer {
    Missing,
    Short(Text),
    Long(Box<RawAnswerKeys>),
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a status, or a mapping with `status`"
)]
pub(super) struct RawAnswerKeys {
    #[serde(default, deserialize_with = "given")]
    pub(super) status: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) delay: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) headers: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) body: Option<Text>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping of endpoint keys")]
pub(super) struct RawDefaults {
    #[serde(default, deserialize_with = "given")]
    pub(super) method: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) expect: Option<RawExpect>,
    #[serde(default, deserialize_with = "given")]
    pub(super) same: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(super) environments: Option<List>,
    #[serde(default, deserialize_with = "given")]
    pub(super) headers: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) query: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) body: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) json: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "given")]
    pub(super) form: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) timeout: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) follow_redirects: Option<Follow>,
    #[serde(default, deserialize_with = "given")]
    pub(super) redirects: Option<RawExpect>,
    #[serde(default, deserialize_with = "given")]
    pub(super) allow_crossing: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(super) retry: Option<RawRetry>,
    #[serde(default, rename = "as", deserialize_with = "given")]
    pub(super) credential: Option<Text>,
}

/// One entry of `endpoints`.
#[derive(Debug)]
pub(super) enum RawEntry {
    /// `/path`, perhaps after a method.
    Bare(String),
    /// `/path: expectation`.
    Pair(String, RawExpect),
    Long(Box<RawEndpoint>),
}

/// The keys of the long form; a first key that is none of them is the path of a short form.
pub(super) const ENDPOINT_KEYS: &[&str] = &[
    "path",
    "method",
    "name",
    "tags",
    "expect",
    "same",
    "environments",
    "headers",
    "query",
    "body",
    "json",
    "form",
    "timeout",
    "follow_redirects",
    "redirects",
    "allow_crossing",
    "retry",
    "as",
];

#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, expecting = "an endpoint")]
pub(super) struct RawEndpoint {
    #[serde(default, deserialize_with = "given")]
    pub(super) path: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) method: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) name: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) tags: Option<List>,
    #[serde(default, deserialize_with = "given")]
    pub(super) expect: Option<RawExpect>,
    #[serde(default, deserialize_with = "given")]
    pub(super) same: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(super) environments: Option<List>,
    #[serde(default, deserialize_with = "given")]
    pub(super) headers: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) query: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) body: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) json: Option<serde_json::Value>,
    #[serde(default, deserialize_with = "given")]
    pub(super) form: Option<Pairs<Text>>,
    #[serde(default, deserialize_with = "given")]
    pub(super) timeout: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(super) follow_redirects: Option<Follow>,
    #[serde(default, deserialize_with = "given")]
    pub(super) redirects: Option<RawExpect>,
    #[serde(default, deserialize_with = "given")]
    pub(super) allow_crossing: Option<Switch>,
    #[serde(default, deserialize_with = "given")]
    pub(super) retry: Option<RawRetry>,
    #[serde(default, rename = "as", deserialize_with = "given")]
    pub(super) credential: Option<Text>,
}

/// An expectation in one of its shapes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum RawExpect {
    /// The key is there, its value is not.
    Missing,
    One(String),
    List(Vec<String>),
    Map(Vec<(String, RawExpect)>),
}

/// A scalar, spelled as in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(pub(super) String);

/// A list of scalars.
#[derive(Debug)]
pub(super) struct List(pub(super) Vec<String>);

/// `true` or `false`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Switch(pub(super) bool);

/// `follow_redirects`: how many; `true` is 10.
#[derive(Debug, Clone, Copy)]
pub(super) struct Follow(pub(super) u32);

/// A mapping in the order of the file.
#[derive(Debug)]
pub(super) struct Pairs<T>(pub(super) Vec<(String, T)>);

/// The value of `endpoints`.
#[derive(Debug)]
pub(super) struct RawEntries(pub(super) Vec<RawEntry>);

/// The keys of a suite, none of which can stand beside bare paths.
pub(super) const SUITE_KEYS: &[&str] = &[
    "name",
    "reference",
    "vars",
    "environments",
    "defaults",
    "endpoints",
];

/// The name under which a deserializer is asked for a value whose scalars keep their spelling, where it can.
pub(super) const SPELLED: &str = "spelled";

/// How many redirects `follow_redirects: true` follows.
const FOLLOW_DEFAULT: u32 = 10;

/// Keeps a key without a value apart from a key that is absent.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Whether an entry's first key makes it a short form, `/path: expectation`.
pub(super) fn is_path_key(key: &str) -> bool {
    key.contains('/')
}
