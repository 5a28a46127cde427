//! What the YAML says under `mock`.

#[cfg(test)]
use super::schema;
use super::{Pairs, Text, given};

/// `mock`: the name of a file, or what is answered.
#[derive(Debug)]
pub(in crate::suite) enum RawMock {
    File(Text),
    Routes(Pairs<RawAnswer>),
}

/// What a mock answers: `200`, `301 -> /new`, all keys of an answer, or a list of these that take turns.
#[derive(Debug)]
pub(in crate::suite) enum RawAnswer {
    Missing,
    Short(Text),
    Long(Box<RawAnswerKeys>),
    InTurn(Vec<RawAnswer>),
}

/// One answer of a mock with all its keys.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "AnswerKeys", title = "an answer", extend("required" = ["status"]))
)]
#[serde(
    deny_unknown_fields,
    expecting = "a status, or a mapping with `status`"
)]
pub(in crate::suite) struct RawAnswerKeys {
    /// The status, or a redirect such as `301 -> /new`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::MockStatus"))]
    pub(in crate::suite) status: Option<Text>,
    /// How long the answer takes.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::PlainDuration"))]
    pub(in crate::suite) delay: Option<Text>,
    /// Headers of the answer.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Headers"))]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    /// What is in the answer.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Text"))]
    pub(in crate::suite) body: Option<Text>,
}
