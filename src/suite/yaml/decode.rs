//! Decoding from the tree, so that every problem has its place.
//!
//! Input: a [`Node`]. Output: any serde type, and every problem met: what cannot be read is reported, struck
//! out, and the rest is read again.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;

use super::tree::{Kind, Node};
use crate::diagnostic::{Diagnostic, Source};
use crate::suite::mask::is_secret_block;
use crate::suite::names::{nearest, shortened};
use crate::suite::place::is_secret;

/// How many problems one part of a file may have before the rest of it is left alone.
const MAX_PROBLEMS: usize = 100;

/// Reads `T` from `node`, leaving out what cannot be read. Nothing, if nothing can.
pub(super) fn read<T: DeserializeOwned>(
    node: &mut Node,
    source: &Arc<Source>,
    problems: &mut Vec<Diagnostic>,
) -> Option<T> {
    for _ in 0..MAX_PROBLEMS {
        let flaw = match T::deserialize(&*node) {
            Ok(value) => return Some(value),
            Err(flaw) => flaw,
        };
        let range = flaw.range.clone().unwrap_or_else(|| node.range());
        problems.push(explain(flaw.what, node, &flaw.path).at(source, range));
        if !strike(node, &flaw.path) {
            return None;
        }
    }
    None
}

/// Removes what `path` leads to, innermost step first.
fn strike(mut node: &mut Node, path: &[usize]) -> bool {
    let Some((&last, steps)) = path.split_first() else {
        return false;
    };
    for &step in steps.iter().rev() {
        let inner = match &mut node.kind {
            Kind::Map(pairs) => pairs.get_mut(step).map(|(_, value)| value),
            Kind::List(items) => items.get_mut(step),
            Kind::Scalar { .. } => None,
        };
        let Some(inner) = inner else { return false };
        node = inner;
    }
    node.struck = true;
    match &mut node.kind {
        Kind::Map(pairs) if last < pairs.len() => drop(pairs.remove(last)),
        Kind::List(items) if last < items.len() => drop(items.remove(last)),
        Kind::Map(_) | Kind::List(_) | Kind::Scalar { .. } => return false,
    }
    true
}

fn explain(what: What, root: &Node, path: &[usize]) -> Diagnostic {
    match what {
        What::UnknownKey { key, known } => unknown_key(&key, known),
        What::Mismatch { expected, found } => {
            let keys = keys_at(root, path);
            let subject = keys
                .last()
                .map_or(String::new(), |key| format!("`{key}`: "));
            let found = match found {
                found if found.starts_with('`') && is_secret(keys.into_iter()) => "text".to_owned(),
                found => found,
            };
            let problem = Diagnostic::new(
                "wrong-type",
                format!("{subject}expected {expected}, found {found}"),
            );
            match help(&expected, &found) {
                Some(help) => problem.help(help),
                None => problem,
            }
        }
        What::Message(message) => Diagnostic::new("wrong-value", message),
    }
}

/// The keys on the way to what `path` leads to, outermost first.
fn keys_at<'a>(root: &'a Node, path: &[usize]) -> Vec<&'a str> {
    let (mut node, mut keys) = (root, Vec::new());
    for &step in path.iter().rev() {
        let inner = match &node.kind {
            Kind::Map(pairs) => pairs.get(step).map(|(key, value)| {
                keys.extend(key.text());
                value
            }),
            Kind::List(items) => items.get(step),
            Kind::Scalar { .. } => None,
        };
        let Some(inner) = inner else { break };
        node = inner;
    }
    keys
}

fn unknown_key(key: &str, known: &[&str]) -> Diagnostic {
    let problem = Diagnostic::new("unknown-key", format!("unknown key `{}`", shortened(key)));
    if is_secret_block(key) && known.contains(&"as") {
        return problem
            .label("this is a key of an environment")
            .help("in an endpoint `as` names one of the environment's `credentials`");
    }
    if known.contains(&"discover") && ["project", "environment", "route"].contains(&key) {
        return problem.help(format!(
            "it says which one is looked for, `discover: {{ upsun: {{ {key}: … }} }}`"
        ));
    }
    match nearest(key, known.iter().copied()) {
        Some(near) => problem
            .label(format!("did you mean `{near}`?"))
            .help(format!("a similar key is `{near}`")),
        None if key.contains('/') => problem.help("paths stand under `endpoints`"),
        None => {
            let known: Vec<String> = known.iter().map(|key| format!("`{key}`")).collect();
            problem.help(format!("known keys are {}", known.join(", ")))
        }
    }
}

fn help(expected: &str, found: &str) -> Option<String> {
    let word = found.trim_matches('`').to_ascii_lowercase();
    if expected.contains("`true`") {
        return match word.as_str() {
            "yes" | "on" | "y" => Some("yes is written `true`".to_owned()),
            "no" | "off" | "n" => Some("no is written `false`".to_owned()),
            "true" | "false" => Some(format!("without quotes it is `{word}`")),
            _ => None,
        };
    }
    if expected.starts_with("a mapping") && found == "a list" {
        return Some("the entries of a mapping have no `- ` before them: `name: value`".to_owned());
    }
    if expected.starts_with("a mapping with `bearer`") {
        let help = "it looks like `auth: { bearer: \"${TOKEN}\" }`; under `credentials` each has a name: `admin: { bearer: … }`";
        return Some(help.to_owned());
    }
    if expected.starts_with("a list") && found == "text" {
        return Some("the items of a list stand in brackets: `[a, b]`".to_owned());
    }
    let scalar = found.starts_with('`') && !word.is_empty() && found.len() < 40;
    (expected.starts_with("a list") && scalar)
        .then(|| format!("a list of one is written `[{}]`", found.trim_matches('`')))
}

/// Why a part of the tree cannot be read.
#[derive(Debug)]
pub(in crate::suite) struct Flaw {
    what: What,
    range: Option<Range<usize>>,
    /// Which child of which child, innermost first.
    path: Vec<usize>,
}

#[derive(Debug)]
enum What {
    UnknownKey {
        key: String,
        known: &'static [&'static str],
    },
    Mismatch {
        expected: String,
        found: String,
    },
    Message(String),
}

impl Flaw {
    fn new(what: What) -> Self {
        Self {
            what,
            range: None,
            path: Vec::new(),
        }
    }

    /// The innermost place counts.
    fn at(mut self, node: &Node) -> Self {
        self.range.get_or_insert_with(|| node.range());
        self
    }

    fn inside(mut self, step: usize) -> Self {
        self.path.push(step);
        self
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.what)
    }
}

impl std::error::Error for Flaw {}

impl de::Error for Flaw {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(What::Message(message.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(value) => format!("`{value}`"),
            Unexpected::Unsigned(value) => format!("`{value}`"),
            Unexpected::Signed(value) => format!("`{value}`"),
            Unexpected::Float(value) => format!("`{value}`"),
            Unexpected::Str("") | Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
            // What stands where a mapping of headers should stand may be a secret.
            Unexpected::Str(_) if expected.to_string().starts_with("a mapping") => {
                "text".to_owned()
            }
            Unexpected::Str(text) => format!("`{}`", shortened(text)),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a mapping".to_owned(),
            other => other.to_string(),
        };
        Self::new(What::Mismatch {
            expected: expected.to_string(),
            found,
        })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(What::UnknownKey {
            key: field.to_owned(),
            known: expected,
        })
    }
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        let result = match &self.kind {
            Kind::Scalar { .. } if self.is_null() => visitor.visit_unit(),
            Kind::Scalar { text, plain: true } => super::plain_scalar(text, visitor),
            Kind::Scalar { text, plain: false } => visitor.visit_borrowed_str(text),
            Kind::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Kind::Map(pairs) => visitor.visit_map(Entries { pairs, next: 0 }),
        };
        result.map_err(|flaw| flaw.at(self))
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        match &self.kind {
            Kind::Scalar { text, .. } => visitor
                .visit_borrowed_str(text)
                .map_err(|flaw: Flaw| flaw.at(self)),
            Kind::List(_) | Kind::Map(_) => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        if self.is_null() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    /// A mapping whose entries are all commented out is an empty one, as it is to the YAML crate.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        if self.is_null() {
            let none = Entries {
                pairs: &[],
                next: 0,
            };
            return visitor.visit_map(none).map_err(|flaw| flaw.at(self));
        }
        self.deserialize_any(visitor)
    }

    /// Everything that is asked for under a name wants its scalars spelled as they are.
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Flaw> {
        visitor
            .visit_newtype_struct(Spelled(self))
            .map_err(|flaw| flaw.at(self))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq
        tuple tuple_struct map enum ignored_any
    }
}

/// A node whose scalars are text, whatever they look like.
struct Spelled<'de>(&'de Node);

impl<'de> Deserializer<'de> for Spelled<'de> {
    type Error = Flaw;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Flaw> {
        if self.0.is_null() {
            self.0.deserialize_any(visitor)
        } else {
            self.0.deserialize_str(visitor)
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Items<'de> {
    items: &'de [Node],
    next: usize,
}

impl<'de> de::SeqAccess<'de> for Items<'de> {
    type Error = Flaw;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Flaw> {
        let Some(item) = self.items.get(self.next) else {
            return Ok(None);
        };
        let step = self.next;
        self.next += 1;
        seed.deserialize(item)
            .map(Some)
            .map_err(|flaw| flaw.at(item).inside(step))
    }
}

struct Entries<'de> {
    pairs: &'de [(Node, Node)],
    next: usize,
}

impl<'de> de::MapAccess<'de> for Entries<'de> {
    type Error = Flaw;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Flaw> {
        let Some((key, _)) = self.pairs.get(self.next) else {
            return Ok(None);
        };
        let text: StrDeserializer<'_, Flaw> = key.text().unwrap_or_default().into_deserializer();
        seed.deserialize(text)
            .map(Some)
            .map_err(|flaw| flaw.at(key).inside(self.next))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Flaw> {
        let Some((_, value)) = self.pairs.get(self.next) else {
            return Err(Flaw::new(What::Message("a value is missing".to_owned())));
        };
        let step = self.next;
        self.next += 1;
        seed.deserialize(value)
            .map_err(|flaw| flaw.at(value).inside(step))
    }
}
