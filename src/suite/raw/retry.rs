//! What the YAML says under `retry`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

#[cfg(test)]
use super::schema;
use super::visit::{Shape, deserialize};
use super::{List, SPELLED, Text, given};

/// `retry`: how many times, or all its keys.
#[derive(Debug)]
pub(in crate::suite) enum RawRetry {
    Short(Text),
    Long(Box<RawRetryKeys>),
}

/// When a request is sent again.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "RetryKeys", title = "retry")
)]
#[serde(deny_unknown_fields, expecting = "a mapping with `times`")]
pub(in crate::suite) struct RawRetryKeys {
    /// How many extra attempts there may be.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Times", extend("default" = 2)))]
    pub(in crate::suite) times: Option<Text>,
    /// The first pause; it doubles with each attempt.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Duration", extend("default" = "250ms")))]
    pub(in crate::suite) backoff: Option<Text>,
    /// The longest pause, also where a `Retry-After` asks for more.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Duration", extend("default" = "30s")))]
    pub(in crate::suite) max_wait: Option<Text>,
    /// After which outcomes: `error` (no answer), statuses, classes and ranges.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(
        test,
        schemars(
            with = "schema::RetryOn",
            extend("default" = ["error", 408, 429, 502, 503, 504])
        )
    )]
    pub(in crate::suite) on: Option<List>,
}

deserialize!(RawRetry, deserialize_newtype_struct(SPELLED));

impl<'de> Visitor<'de> for Shape<RawRetry> {
    type Value = RawRetry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("how many times, `false`, or a mapping with `times`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RawRetry, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawRetry, E> {
        Ok(RawRetry::Short(Text(value.to_string())))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawRetry, E> {
        Ok(RawRetry::Short(Text(value.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawRetry, E> {
        Ok(RawRetry::Short(Text(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawRetry, A::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(RawRetry::Long)
    }
}
