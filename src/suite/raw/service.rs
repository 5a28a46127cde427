//! What the YAML says under `services`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

#[cfg(test)]
use super::schema;
use super::visit::{Shape, deserialize};
use super::{Pairs, RawCredential, RawMock, SPELLED, Switch, Text, given};

/// A service: its base URL, or all its keys.
#[derive(Debug)]
pub(in crate::suite) enum RawService {
    Missing,
    Url(Text),
    Long(Box<RawServiceKeys>),
}

/// A service of an environment, with all its keys.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "ServiceKeys",
        title = "a service",
        extend(
            "oneOf" = schema::one_of(&["base_url", "mock"]),
            "dependencies" = schema::shared_or_own()
        )
    )
)]
#[serde(
    deny_unknown_fields,
    expecting = "a base URL, or a mapping with `base_url` or `mock`"
)]
pub(in crate::suite) struct RawServiceKeys {
    /// Where it is: `http://` or `https://`, a host, and perhaps a path, below which all endpoints are asked. A
    /// service has either this or `mock`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::BaseUrl"))]
    pub(in crate::suite) base_url: Option<Text>,
    /// An embedded server on this machine that answers as described, instead of `base_url`.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) mock: Option<RawMock>,
    /// Headers of every request to it, besides those of the environment that hold no secrets.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Headers"))]
    pub(in crate::suite) headers: Option<Pairs<Text>>,
    /// Who asks it, unless an endpoint says otherwise with `as`.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) auth: Option<RawCredential>,
    /// Further credentials by name, for the `as` of its endpoints.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::Credentials"))]
    pub(in crate::suite) credentials: Option<Pairs<RawCredential>>,
    /// Whether it is shown what the environment's own `base_url` is shown: `auth`, `credentials` and secret headers.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(extend("default" = false)))]
    pub(in crate::suite) share_credentials: Option<Switch>,
}

deserialize!(RawService, deserialize_newtype_struct(SPELLED));

impl<'de> Visitor<'de> for Shape<RawService> {
    type Value = RawService;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a base URL, or a mapping with `base_url` or `mock`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RawService, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<RawService, E> {
        Ok(RawService::Missing)
    }

    fn visit_str<E>(self, text: &str) -> Result<RawService, E> {
        Ok(RawService::Url(Text(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawService, A::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(RawService::Long)
    }
}
