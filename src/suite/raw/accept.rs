//! What the YAML says in a file of accepted mismatches.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};

use super::visit::{Shape, deserialize};
use super::{Text, given};

/// The whole file: its entries.
#[derive(Debug, Default)]
pub(in crate::suite) struct RawAcceptFile(pub(in crate::suite) Vec<RawAccepted>);

/// A mismatch that is known.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "a mapping with `endpoint`, `environment`, `status` and `reason`"
)]
pub(in crate::suite) struct RawAccepted {
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) endpoint: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) service: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) name: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) environment: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) status: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) location: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) reason: Option<Text>,
    #[serde(default, deserialize_with = "given")]
    pub(in crate::suite) until: Option<Text>,
}

deserialize!(RawAcceptFile, deserialize_seq());

impl<'de> Visitor<'de> for Shape<RawAcceptFile> {
    type Value = RawAcceptFile;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of accepted mismatches, each beginning with `- `")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawAcceptFile, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = items.next_element()? {
            entries.push(entry);
        }
        Ok(RawAcceptFile(entries))
    }
}
