//! How the raw types that take more than one shape are read.
//!
//! Input: what a deserializer has at hand. Output: the raw types. Each visitor says in plain words what it
//! expects, which an untagged enum could not.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};

use super::{
    ENDPOINT_KEYS, FOLLOW_DEFAULT, Follow, List, Pairs, RawAnswer, RawEndpoint, RawEntries,
    RawEntry, RawEnvironment, RawExpect, RawMock, RawRoot, SPELLED, SUITE_KEYS, Switch, Text,
    is_path_key,
};

/// Implements `Deserialize` by handing a visitor to one method of the deserializer.
macro_rules! deserialize {
    ($type:ty, $method:ident ( $($argument:expr),* )) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.$method($($argument,)* Shape::<Self>(PhantomData))
            }
        }
    };
}

/// The visitor of `T`.
pub(super) struct Shape<T>(pub(super) PhantomData<T>);

pub(super) use deserialize;

deserialize!(Text, deserialize_str());
deserialize!(List, deserialize_seq());
deserialize!(Switch, deserialize_any());
deserialize!(Follow, deserialize_any());
deserialize!(RawEntries, deserialize_any());
deserialize!(RawEntry, deserialize_any());
deserialize!(RawRoot, deserialize_any());
deserialize!(RawExpect, deserialize_newtype_struct(SPELLED));
deserialize!(RawEnvironment, deserialize_newtype_struct(SPELLED));
deserialize!(RawMock, deserialize_newtype_struct(SPELLED));
deserialize!(RawAnswer, deserialize_newtype_struct(SPELLED));

impl Visitor<'_> for Shape<Text> {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a single value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text(text.to_owned()))
    }
}

impl<'de> Visitor<'de> for Shape<List> {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list such as `[a, b]`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<List, A::Error> {
        let mut list = Vec::new();
        while let Some(Text(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(List(list))
    }
}

impl Visitor<'_> for Shape<Switch> {
    type Value = Switch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true` or `false`")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Switch, E> {
        Ok(Switch(value))
    }
}

impl Visitor<'_> for Shape<Follow> {
    type Value = Follow;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`true`, `false` or a number")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Follow, E> {
        Ok(Follow(if value { FOLLOW_DEFAULT } else { 0 }))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Follow, E> {
        match u32::try_from(value) {
            Ok(count) if count <= 100 => Ok(Follow(count)),
            _ => Err(E::invalid_value(
                Unexpected::Unsigned(value),
                &"at most 100 redirects",
            )),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Pairs<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Shape::<Self>(PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Shape<Pairs<T>> {
    type Value = Pairs<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of names to values")
    }

    /// All entries may be commented out.
    fn visit_unit<E>(self) -> Result<Pairs<T>, E> {
        Ok(Pairs(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Pairs<T>, A::Error> {
        pairs(map).map(Pairs)
    }
}

fn pairs<'de, T: Deserialize<'de>, A: MapAccess<'de>>(
    mut map: A,
) -> Result<Vec<(String, T)>, A::Error> {
    let mut pairs = Vec::new();
    while let Some(Text(key)) = map.next_key()? {
        pairs.push((key, map.next_value()?));
    }
    Ok(pairs)
}

impl<'de> Visitor<'de> for Shape<RawExpect> {
    type Value = RawExpect;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an expectation such as `200`, `2xx` or `[200, 404]`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RawExpect, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<RawExpect, E> {
        Ok(RawExpect::Missing)
    }

    fn visit_bool<E>(self, value: bool) -> Result<RawExpect, E> {
        Ok(RawExpect::One(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawExpect, E> {
        Ok(RawExpect::One(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<RawExpect, E> {
        Ok(RawExpect::One(value.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawExpect, E> {
        Ok(RawExpect::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<RawExpect, A::Error> {
        let List(items) = Shape::<List>(PhantomData).visit_seq(items)?;
        Ok(RawExpect::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawExpect, A::Error> {
        pairs(map).map(RawExpect::Map)
    }
}

impl<'de> Visitor<'de> for Shape<RawEnvironment> {
    type Value = RawEnvironment;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a base URL, or a mapping with `base_url`, `discover` or `mock`")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        inner: D,
    ) -> Result<RawEnvironment, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<RawEnvironment, E> {
        Ok(RawEnvironment::Missing)
    }

    fn visit_str<E>(self, text: &str) -> Result<RawEnvironment, E> {
        Ok(RawEnvironment::Url(Text(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawEnvironment, A::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(RawEnvironment::Long)
    }
}

impl<'de> Visitor<'de> for Shape<RawMock> {
    type Value = RawMock;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping of paths to answers, or the name of a file with one")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RawMock, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<RawMock, E> {
        Ok(RawMock::Routes(Pairs(Vec::new())))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawMock, E> {
        Ok(RawMock::File(Text(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawMock, A::Error> {
        pairs(map).map(|routes| RawMock::Routes(Pairs(routes)))
    }
}

impl<'de> Visitor<'de> for Shape<RawAnswer> {
    type Value = RawAnswer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an answer such as `200`, `301 -> /new` or `{ status: 200, body: text }`, or a list of some")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<RawAnswer, D::Error> {
        inner.deserialize_any(self)
    }

    fn visit_unit<E>(self) -> Result<RawAnswer, E> {
        Ok(RawAnswer::Missing)
    }

    fn visit_u64<E>(self, value: u64) -> Result<RawAnswer, E> {
        Ok(RawAnswer::Short(Text(value.to_string())))
    }

    fn visit_str<E>(self, text: &str) -> Result<RawAnswer, E> {
        Ok(RawAnswer::Short(Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawAnswer, A::Error> {
        let mut answers = Vec::new();
        while let Some(answer) = items.next_element()? {
            answers.push(answer);
        }
        Ok(RawAnswer::InTurn(answers))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawAnswer, A::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(RawAnswer::Long)
    }
}

impl<'de> Visitor<'de> for Shape<RawEntries> {
    type Value = RawEntries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of endpoints, or a mapping of paths to expectations")
    }

    fn visit_unit<E>(self) -> Result<RawEntries, E> {
        Ok(RawEntries(Vec::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<RawEntries, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = items.next_element()? {
            entries.push(entry);
        }
        Ok(RawEntries(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<RawEntries, A::Error> {
        let entries = pairs(map)?
            .into_iter()
            .map(|(path, expect)| RawEntry::Pair(path, expect));
        Ok(RawEntries(entries.collect()))
    }
}

impl<'de> Visitor<'de> for Shape<RawEntry> {
    type Value = RawEntry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path, `path: expectation`, or a mapping with `path`")
    }

    fn visit_str<E>(self, text: &str) -> Result<RawEntry, E> {
        Ok(RawEntry::Bare(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawEntry, A::Error> {
        let Some(Text(key)) = map.next_key()? else {
            return Err(A::Error::custom("an endpoint is missing"));
        };
        if ENDPOINT_KEYS.contains(&key.as_str()) {
            return RawEndpoint::deserialize(replayed(key, map))
                .map(|long| RawEntry::Long(Box::new(long)));
        }
        if !is_path_key(&key) {
            return Err(A::Error::custom("neither a path nor a key of an endpoint"));
        }
        let expect = map.next_value()?;
        match map.next_key::<Text>()? {
            None => Ok(RawEntry::Pair(key, expect)),
            Some(_) => Err(A::Error::custom(
                "one item of the list holds more than one endpoint",
            )),
        }
    }
}

impl<'de> Visitor<'de> for Shape<RawRoot> {
    type Value = RawRoot;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping with `environments` and `endpoints`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<RawRoot, A::Error> {
        let RawEntries(entries) = Shape::<RawEntries>(PhantomData).visit_seq(items)?;
        Ok(RawRoot::Bare(entries))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawRoot, A::Error> {
        let Some(Text(key)) = map.next_key()? else {
            return Ok(RawRoot::Suite(Box::default()));
        };
        if !is_path_key(&key) {
            return Deserialize::deserialize(replayed(key, map)).map(RawRoot::Suite);
        }
        let mut entries = vec![RawEntry::Pair(key, map.next_value()?)];
        for (path, expect) in pairs(map)? {
            if SUITE_KEYS.contains(&path.as_str()) {
                return Err(A::Error::custom("a key of a suite stands beside paths"));
            }
            entries.push(RawEntry::Pair(path, expect));
        }
        Ok(RawRoot::Bare(entries))
    }
}

/// The mapping as it was before its first key was taken.
fn replayed<'de, A: MapAccess<'de>>(key: String, map: A) -> MapAccessDeserializer<Replay<A>> {
    MapAccessDeserializer::new(Replay {
        first: Some(key),
        rest: map,
    })
}

struct Replay<A> {
    first: Option<String>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replay<A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(key) => {
                let key: StringDeserializer<A::Error> = key.into_deserializer();
                seed.deserialize(key).map(Some)
            }
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }
}
