//! A YAML text as a tree in which every value knows its place.
//!
//! Input: a text that the guard pass let through. Output: a [`Node`], with aliases expanded and merge keys
//! applied. Slower and larger than decoding, so it is only built to explain problems and for merge keys.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use super::events::{Event, Events, Mark, Positions, ScalarStyle, line};
use crate::diagnostic::{Diagnostic, Source};

/// A value of the file.
#[derive(Debug, Clone)]
pub(in crate::suite) struct Node {
    start: u32,
    end: u32,
    /// The line it begins on, from 1.
    pub(in crate::suite) line: u32,
    /// Whether a part of it is left out because it is a problem that has been reported.
    pub(in crate::suite) struck: bool,
    pub(in crate::suite) kind: Kind,
}

#[derive(Debug, Clone)]
pub(in crate::suite) enum Kind {
    Scalar { text: Box<str>, plain: bool },
    List(Vec<Node>),
    Map(Vec<(Node, Node)>),
}

/// Builds the tree of `source`. The guard pass has reported everything that is left out silently here.
pub(super) fn compose(source: &Arc<Source>) -> (Option<Node>, Vec<Diagnostic>) {
    let mut composer = Composer {
        source,
        positions: Positions::new(&source.text),
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        problems: Vec::new(),
    };
    let mut events = Events::new(source);
    // The guard pass has reported where the text ends to be YAML.
    while let Ok(Some((event, mark))) = events.next() {
        composer.event(event, mark);
    }
    (composer.root, composer.problems)
}

impl Node {
    pub(in crate::suite) fn new(range: Range<usize>, line: u32, kind: Kind) -> Self {
        // Files are capped well below four gigabytes.
        let start = u32::try_from(range.start).unwrap_or(u32::MAX);
        let end = u32::try_from(range.end).unwrap_or(u32::MAX);
        Self {
            start,
            end,
            line,
            struck: false,
            kind,
        }
    }

    pub(in crate::suite) fn range(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(in crate::suite) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } => Some(text),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// Whether it says nothing: an empty value, `~` or `null`.
    pub(in crate::suite) fn is_null(&self) -> bool {
        match &self.kind {
            Kind::Scalar { text, plain } => {
                *plain && matches!(&**text, "" | "~" | "null" | "Null" | "NULL")
            }
            Kind::List(_) | Kind::Map(_) => false,
        }
    }

    /// The entry of a mapping with this key, best in the same case, or the item of a list with this number.
    pub(in crate::suite) fn entry(&self, key: &str) -> Option<(&Node, &Node)> {
        match &self.kind {
            Kind::Map(pairs) => {
                let exact = pairs.iter().find(|(name, _)| name.text() == Some(key));
                // Names of headers are asked for in lower case.
                let pair = exact.or_else(|| {
                    let same = |text: &str| text.eq_ignore_ascii_case(key);
                    pairs.iter().find(|(name, _)| name.text().is_some_and(same))
                });
                pair.map(|(name, value)| (name, value))
            }
            Kind::List(items) => {
                let item = items.get(key.parse::<usize>().ok()?)?;
                Some((item, item))
            }
            Kind::Scalar { .. } => None,
        }
    }

    /// The same place with something else in it.
    pub(super) fn with(&self, kind: Kind) -> Node {
        Node { kind, ..*self }
    }

    pub(in crate::suite) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|(_, value)| value)
    }
}

struct Composer<'a> {
    source: &'a Arc<Source>,
    positions: Positions<'a>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    root: Option<Node>,
    problems: Vec<Diagnostic>,
}

struct Open {
    anchor: usize,
    tagged: bool,
    node: Node,
    key: Option<Node>,
    merges: bool,
}

impl<'a> Composer<'a> {
    fn event(&mut self, event: Event<'a>, mark: Mark) {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain;
                let mut node = self.node(
                    Kind::Scalar {
                        text: text.into(),
                        plain,
                    },
                    mark,
                );
                let length = scalar_length(&self.source.text[node.range()], style);
                node.end = node.start + u32::try_from(length).unwrap_or_default();
                self.add(
                    node,
                    anchor,
                    tag.is_some_and(|tag| !tag.is_yaml_core_schema()),
                );
            }
            Event::SequenceStart(anchor, tag) => {
                let tagged = tag.is_some_and(|tag| !tag.is_yaml_core_schema());
                self.begin(Kind::List(Vec::new()), anchor, tagged, mark);
            }
            Event::MappingStart(anchor, tag) => {
                let tagged = tag.is_some_and(|tag| !tag.is_yaml_core_schema());
                self.begin(Kind::Map(Vec::new()), anchor, tagged, mark);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(mark),
            Event::Alias(anchor) => {
                if let Some(node) = self.anchors.get(&anchor).cloned() {
                    self.add(node, 0, false);
                }
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
    }

    fn node(&self, kind: Kind, mark: Mark) -> Node {
        Node::new(self.positions.range(mark), line(mark), kind)
    }

    fn begin(&mut self, kind: Kind, anchor: usize, tagged: bool, mark: Mark) {
        let node = self.node(kind, mark);
        self.open.push(Open {
            anchor,
            tagged,
            node,
            key: None,
            merges: false,
        });
    }

    fn end(&mut self, mark: Mark) {
        let Some(mut closed) = self.open.pop() else {
            return;
        };
        let end = self.positions.range(mark).end;
        closed.node.end = u32::try_from(end)
            .unwrap_or(u32::MAX)
            .max(closed.node.start);
        if closed.merges {
            self.merge(&mut closed.node);
        } else {
            drop_repeated_keys(&mut closed.node);
        }
        self.add(closed.node, closed.anchor, closed.tagged);
    }

    /// Puts a finished node into the innermost open collection.
    fn add(&mut self, node: Node, anchor: usize, tagged: bool) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match &mut open.node.kind {
            Kind::List(_) if tagged => open.node.struck = true,
            Kind::List(items) => items.push(node),
            Kind::Map(pairs) => match open.key.take() {
                None => {
                    open.merges |= node.text() == Some("<<");
                    open.key = Some(node);
                }
                Some(_) if tagged => open.node.struck = true,
                Some(key) => pairs.push((key, node)),
            },
            Kind::Scalar { .. } => {}
        }
    }

    /// Replaces `<<` by what it merges: keys written out win, then the earlier mapping of a list.
    fn merge(&mut self, node: &mut Node) {
        let Kind::Map(pairs) = &mut node.kind else {
            return;
        };
        let is_merge =
            |key: &Node| matches!(&key.kind, Kind::Scalar { text, plain: true } if &**text == "<<");
        let (merges, written): (Vec<_>, Vec<_>) = std::mem::take(pairs)
            .into_iter()
            .partition(|(key, _)| is_merge(key));
        let mut known: HashSet<Box<str>> = written
            .iter()
            .filter_map(|(key, _)| key.text().map(Into::into))
            .collect();
        *pairs = written;
        for (_, value) in merges {
            let mappings = match value.kind {
                Kind::List(items) => items,
                Kind::Map(_) | Kind::Scalar { .. } => vec![value],
            };
            for mapping in mappings {
                let range = mapping.range();
                let Kind::Map(entries) = mapping.kind else {
                    let problem =
                        Diagnostic::new("bad-merge", "`<<` merges a mapping, found something else");
                    self.problems.push(
                        problem
                            .at(self.source, range)
                            .help("`<<: *name` merges the mapping at `&name`"),
                    );
                    continue;
                };
                pairs.extend(
                    entries.into_iter().filter(|(key, _)| {
                        key.text().is_some_and(|text| known.insert(text.into()))
                    }),
                );
            }
        }
    }
}

/// The length of a scalar: behind a closing quote, the parser counts white space and comments in.
fn scalar_length(text: &str, style: ScalarStyle) -> usize {
    let mut characters = text.char_indices().skip(1).peekable();
    let quote = match style {
        ScalarStyle::DoubleQuoted => '"',
        ScalarStyle::SingleQuoted => '\'',
        _ => return text.trim_end().len(),
    };
    while let Some((at, character)) = characters.next() {
        let doubled = quote == '\'' && characters.peek().is_some_and(|(_, next)| *next == '\'');
        match character {
            '\\' if quote == '"' => drop(characters.next()),
            '\'' if doubled => drop(characters.next()),
            _ if character == quote => return at + 1,
            _ => {}
        }
    }
    text.trim_end().len()
}

/// The guard pass has reported them.
fn drop_repeated_keys(node: &mut Node) {
    if let Kind::Map(pairs) = &mut node.kind
        && pairs.len() > 1
    {
        let mut known: HashSet<Box<str>> = HashSet::new();
        pairs.retain(|(key, _)| key.text().is_none_or(|text| known.insert(text.into())));
    }
}
