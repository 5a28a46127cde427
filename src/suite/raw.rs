//! What the YAML says, before anything is judged.
//!
//! Input: any serde deserializer. Output: types in which every field is optional, nothing has a default and
//! every scalar keeps its spelling. They refuse only what has the wrong shape: a list where text is wanted.
//! Their comments are what an editor shows of a key: the JSON Schema is generated from them.

mod accept;
mod connection;
mod credential;
mod discover;
mod endpoint;
mod environment;
mod mock;
mod retry;
#[cfg(test)]
mod schema;
mod service;
mod visit;

pub(super) use accept::{RawAcceptFile, RawAccepted};
pub(super) use connection::{RawReady, RawTls};
pub(super) use credential::{RawBasic, RawCredential, RawRefresh};
pub(super) use discover::{RawDiscover, RawDiscoverKeys, RawUpsun};
pub(super) use endpoint::{ENDPOINT_KEYS, RawDefaults, RawEndpoint, RawEntries, RawEntry};
pub(super) use environment::{RawEnvironment, RawEnvironmentKeys};
pub(super) use mock::{RawAnswer, RawAnswerKeys, RawMock};
pub(super) use retry::{RawRetry, RawRetryKeys};
use serde::de::{Deserialize, Deserializer};
pub(super) use service::{RawService, RawServiceKeys};

/// The whole file: a suite, or only its endpoints.
#[derive(Debug)]
pub(super) enum RawRoot {
    Suite(Box<RawSuite>),
    Bare(Vec<RawEntry>),
}

/// A suite: environments, and what they should answer.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "Suite",
        title = "a suite",
        extend("anyOf" = schema::any_of(&["endpoints", "include"]))
    )
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `environments` and `endpoints`"
)]
pub(super) struct RawSuite {
    /// What reports call the suite.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Text"))]
    pub(super) name: Option<Text>,
    /// The environment that the others are compared with; by default the first of type production, else the first.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::EnvironmentName"))]
    pub(super) reference: Option<Text>,
    /// Values for `${NAME}` and `${NAME:-fallback}` in any text of the suite.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Vars"))]
    pub(super) vars: Option<Pairs<Text>>,
    /// What is asked, by name: a base URL, or a mapping with all there is to say.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Environments"))]
    pub(super) environments: Option<Pairs<RawEnvironment>>,
    /// What all endpoints have that do not say otherwise: any of their keys but `path`, `name`, `tags`,
    /// `each` and `each_file`.
    #[serde(default, deserialize_with = "given")]
    pub(super) defaults: Option<RawDefaults>,
    /// Further files with endpoints, relative to this one, in which `*` stands for any part of a name.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::FileNames"))]
    pub(super) include: Option<List>,
    /// What is asked of every environment: a list of endpoints, or a mapping of `[METHOD ]/path` to expectation.
    #[serde(default, deserialize_with = "given")]
    pub(super) endpoints: Option<RawEntries>,
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

/// The keys of a suite, none of which can stand beside bare paths.
pub(super) const SUITE_KEYS: &[&str] = &[
    "name",
    "reference",
    "vars",
    "environments",
    "defaults",
    "include",
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
