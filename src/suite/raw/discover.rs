//! What the YAML says under `discover`.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

#[cfg(test)]
use super::schema;
use super::visit::{Shape, deserialize};
use super::{List, SPELLED, Text, given};

/// `discover`: the name of a platform, or a way with all there is to say of it.
#[derive(Debug)]
pub(in crate::suite) enum RawDiscover {
    Missing,
    Platform(Text),
    Long(Box<RawDiscoverKeys>),
}

/// A way to find a base URL: exactly one of these.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(
        rename = "DiscoverKeys",
        title = "discover",
        extend("minProperties" = 1, "maxProperties" = 1)
    )
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `upsun`, `vercel`, `netlify`, `env` or `command`"
)]
pub(in crate::suite) struct RawDiscoverKeys {
    /// Upsun (Platform.sh): the routes of this container, or the program `upsun` from outside.
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) upsun: Option<RawUpsun>,
    /// Which of Vercel's hosts: this deployment's, its branch's, or that of production.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::VercelHost"))]
    pub(in crate::suite) vercel: Option<Text>,
    /// Which of Netlify's URLs: this deployment's, or that of production.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::NetlifyUrl"))]
    pub(in crate::suite) netlify: Option<Text>,
    /// The name of a variable that holds the base URL.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::VariableName"))]
    pub(in crate::suite) env: Option<Text>,
    /// A program that prints the base URL, with its arguments; no shell is between, and nothing to type into.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::ProgramAndArguments"))]
    pub(in crate::suite) command: Option<List>,
}

/// Which environment of which project, and which of its routes.
#[derive(Debug, Default, serde::Deserialize)]
#[cfg_attr(
    test,
    derive(schemars::JsonSchema),
    schemars(rename = "Upsun", title = "upsun")
)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping such as `{ project: abcdefgh1234567, environment: pr-12 }`"
)]
pub(in crate::suite) struct RawUpsun {
    /// The ID of the project; without it, that of this container or of the working directory.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::UpsunName"))]
    pub(in crate::suite) project: Option<Text>,
    /// The name of the environment; without it, that of this container or of the branch that is checked out.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::UpsunName"))]
    pub(in crate::suite) environment: Option<Text>,
    /// The `id` of a route; without it, the primary one.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(test, schemars(with = "schema::UpsunName"))]
    pub(in crate::suite) route: Option<Text>,
}

deserialize!(RawDiscover, deserialize_newtype_struct(SPELLED));

impl<'de> Visitor<'de> for Shape<RawDiscover> {
    type Value = RawDiscover;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a platform such as `upsun`, or a mapping such as `{ env: PREVIEW_URL }`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RawDiscover, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<RawDiscover, E> {
        Ok(RawDiscover::Missing)
    }

    fn visit_str<E>(self, text: &str) -> Result<RawDiscover, E> {
        Ok(RawDiscover::Platform(Text(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawDiscover, A::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(RawDiscover::Long)
    }
}
