//! The pass over a YAML text before anything is decoded.
//!
//! Input: a text. Output: the line of every endpoint's entry, and whether the quick way of decoding will do.
//! It refuses what could eat up time or memory, everything but one document, keys that stand twice, and tags.
//! It never expands an alias: sizes are worked out.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::events::{Event, Events, Mark, Positions, ScalarStyle, line};
use super::keys::{Keys, is_odd_number};
use super::syntax;
use crate::diagnostic::{Diagnostic, Source};

const MAX_DEPTH: usize = 64;
/// What a file may hold, counting every scalar, list and mapping.
const MAX_NODES: u64 = 5_000_000;
/// What aliases may add to that.
const MAX_ALIASED: u64 = 1_000_000;

/// What the pass found out.
#[derive(Default)]
pub(super) struct Guarded {
    /// The line of each entry of `endpoints`, from 1.
    pub(super) lines: Vec<u32>,
    /// Whether something is in the text that only the tree gets right: merge keys, numbers like `0x10`.
    pub(super) needs_tree: bool,
    /// Problems that leave the rest readable.
    pub(super) problems: Vec<Diagnostic>,
}

/// Looks at all of `source`. An error means that nothing more can be read; problems found before are in it.
pub(super) fn check(source: &Arc<Source>) -> Result<Guarded, Vec<Diagnostic>> {
    let mut guard = Guard {
        source,
        positions: None,
        found: Guarded::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        aliased: 0,
        documents: 0,
        entries: None,
    };
    let mut events = Events::new(source);
    loop {
        let step = match events.next() {
            Ok(Some((event, mark))) => guard.event(event, mark),
            Ok(None) => break,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = step {
            guard.found.problems.push(problem);
            return Err(guard.found.problems);
        }
    }
    if guard.nodes == 0 {
        return Err(vec![empty(source)]);
    }
    Ok(guard.found)
}

struct Guard<'a> {
    source: &'a Arc<Source>,
    positions: Option<Positions<'a>>,
    found: Guarded,
    open: Vec<Open<'a>>,
    anchors: HashMap<usize, Size>,
    nodes: u64,
    aliased: u64,
    documents: usize,
    /// How many collections are open inside the one that holds the endpoints, itself included.
    entries: Option<usize>,
}

/// A list or mapping that has begun.
struct Open<'a> {
    anchor: usize,
    nodes_before: u64,
    /// How deep it is on the inside.
    depth: usize,
    mapping: Option<Mapping<'a>>,
}

#[derive(Default)]
struct Mapping<'a> {
    keys: Keys<'a>,
    /// The key whose value comes next.
    key: Option<Cow<'a, str>>,
}

/// What an anchor stands for, once expanded.
#[derive(Clone, Copy)]
struct Size {
    nodes: u64,
    depth: usize,
}

impl<'a> Guard<'a> {
    fn event(&mut self, event: Event<'a>, mark: Mark) -> Result<(), Diagnostic> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    let problem =
                        self.problem("several-documents", "a second document begins", mark);
                    return Err(problem
                        .label("the file should end before this")
                        .help("each document may be checked as a file of its own"));
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
                    self.tag(&tag.to_string(), mark);
                }
                self.node(mark, 1)?;
                if anchor > 0 {
                    self.anchors.insert(anchor, Size { nodes: 1, depth: 0 });
                }
                self.scalar(text, style, mark);
            }
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag)
                if tag.as_ref().is_some_and(|tag| !tag.is_yaml_core_schema()) =>
            {
                let tag = tag.map(|tag| tag.to_string()).unwrap_or_default();
                self.tag(&tag, mark);
                // Whether it is a list or a mapping no longer matters: the tag is already a problem.
                self.begin(anchor, None, mark)?;
            }
            Event::SequenceStart(anchor, _) => self.begin(anchor, None, mark)?,
            Event::MappingStart(anchor, _) => self.begin(anchor, Some(Mapping::default()), mark)?,
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) => self.alias(anchor, mark)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// One more node, with all that is in it.
    fn node(&mut self, mark: Mark, size: u64) -> Result<(), Diagnostic> {
        self.nodes = self.nodes.saturating_add(size);
        if self.nodes > MAX_NODES {
            let problem = self.problem("too-much-yaml", "the file holds too many values", mark);
            return Err(problem.help(format!(
                "a file may hold {MAX_NODES} values, aliases included"
            )));
        }
        if self.entries == Some(self.open.len()) && self.open.last().is_some_and(Open::wants_entry)
        {
            self.found.lines.push(line(mark));
        }
        Ok(())
    }

    fn begin(
        &mut self,
        anchor: usize,
        mapping: Option<Mapping<'a>>,
        mark: Mark,
    ) -> Result<(), Diagnostic> {
        if self.open.last().is_some_and(Open::wants_key) {
            return Err(self.key_is_no_text(mark));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(self.too_deep(mark));
        }
        let nodes_before = self.nodes;
        self.node(mark, 1)?;
        let holds_entries = match self.open.last().and_then(|open| open.mapping.as_ref()) {
            Some(root) => self.open.len() == 1 && root.key.as_deref() == Some("endpoints"),
            None => self.open.is_empty() && mapping.is_none(),
        };
        self.value_taken();
        self.open.push(Open {
            anchor,
            nodes_before,
            depth: 1,
            mapping,
        });
        if holds_entries && self.entries.is_none() {
            self.entries = Some(self.open.len());
        }
        Ok(())
    }

    fn end(&mut self) {
        let Some(closed) = self.open.pop() else {
            return;
        };
        if closed.anchor > 0 {
            let nodes = self.nodes - closed.nodes_before;
            self.anchors.insert(
                closed.anchor,
                Size {
                    nodes,
                    depth: closed.depth,
                },
            );
        }
        if let Some(outer) = self.open.last_mut() {
            outer.depth = outer.depth.max(closed.depth + 1);
        }
        if self.entries == Some(self.open.len() + 1) {
            // No other collection can hold the entries now.
            self.entries = Some(usize::MAX);
        }
    }

    fn alias(&mut self, anchor: usize, mark: Mark) -> Result<(), Diagnostic> {
        let Some(&size) = self.anchors.get(&anchor) else {
            return Err(self
                .problem(
                    "alias-inside-itself",
                    "an alias stands inside what it stands for",
                    mark,
                )
                .label("this would never end"));
        };
        self.aliased = self.aliased.saturating_add(size.nodes);
        if self.aliased > MAX_ALIASED {
            return Err(self
                .problem(
                    "alias-bomb",
                    "aliases make the file far larger than it is written",
                    mark,
                )
                .label("too large from here")
                .help(format!("aliases may add up to {MAX_ALIASED} values")));
        }
        if self.open.len() + size.depth > MAX_DEPTH {
            return Err(self.too_deep(mark));
        }
        if size.depth > 0 && self.open.last().is_some_and(Open::wants_key) {
            return Err(self.key_is_no_text(mark));
        }
        self.node(mark, size.nodes)?;
        if let Some(open) = self.open.last_mut() {
            open.depth = open.depth.max(size.depth + 1);
            if let Some(mapping) = &mut open.mapping
                && mapping.key.take().is_none()
            {
                // The tree reads what the alias stands for; here any name will do.
                mapping.key = Some(Cow::Borrowed("*"));
                self.found.needs_tree = true;
            }
        }
        Ok(())
    }

    fn scalar(&mut self, text: Cow<'a, str>, style: ScalarStyle, mark: Mark) {
        let plain = style == ScalarStyle::Plain;
        let is_root = self.open.len() == 1;
        if plain && is_odd_number(&text) {
            self.found.needs_tree = true;
        }
        if style == ScalarStyle::Folded {
            self.folded(mark);
        }
        let Some(mapping) = self.open.last_mut().and_then(|open| open.mapping.as_mut()) else {
            return;
        };
        if mapping.key.take().is_some() {
            return;
        }
        self.found.needs_tree |= plain && text == "<<";
        if is_root && self.entries.is_none() && super::is_path_key(&text) {
            self.entries = Some(1);
            self.found.lines.push(line(mark));
        }
        mapping.key = Some(text.clone());
        if let Some(first) = mapping.keys.insert(text, line(mark)) {
            let key = mapping.key.as_deref().unwrap_or_default();
            let message = format!("the key `{key}` stands twice");
            let problem = self.problem("duplicate-key", message, mark);
            let problem = problem.label(format!("first in line {first}"));
            let problem = problem.help("a mapping holds each key once");
            self.found.problems.push(problem);
        }
    }

    /// A folded text is fine; a comparison that only looks like one is not.
    fn folded(&mut self, mark: Mark) {
        let start = self.range(mark).start;
        let text = &self.source.text;
        let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[line_start..].lines().next().unwrap_or_default();
        if let Some(range) = syntax::comparison(line) {
            let range = line_start + range.start..line_start + range.end;
            self.found
                .problems
                .push(syntax::folded_comparison(self.source, range));
        }
    }

    fn tag(&mut self, tag: &str, mark: Mark) {
        let start = self.range(mark).start;
        let problem = syntax::tag(self.source, start, tag);
        self.found.problems.push(problem);
    }

    /// The value of the innermost mapping's key has come.
    fn value_taken(&mut self) {
        if let Some(mapping) = self.open.last_mut().and_then(|open| open.mapping.as_mut()) {
            mapping.key = None;
        }
    }

    fn key_is_no_text(&mut self, mark: Mark) -> Diagnostic {
        let problem = self.problem(
            "key-is-no-text",
            "a key is a list or a mapping, expected text",
            mark,
        );
        problem
            .help("a text that begins with `{` or `[` stands in quotes")
            .help("`${NAME}` fills in a value, `{{ NAME }}` does not")
    }

    fn too_deep(&mut self, mark: Mark) -> Diagnostic {
        self.problem("too-deep", "lists and mappings are nested too deeply", mark)
            .label(format!("more than {MAX_DEPTH} levels here"))
    }

    fn problem(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        mark: Mark,
    ) -> Diagnostic {
        let range = self.range(mark);
        Diagnostic::new(code, message).at(self.source, range)
    }

    fn range(&mut self, mark: Mark) -> std::ops::Range<usize> {
        let source = self.source;
        self.positions
            .get_or_insert_with(|| Positions::new(&source.text))
            .range(mark)
    }
}

impl Open<'_> {
    fn wants_key(&self) -> bool {
        self.mapping
            .as_ref()
            .is_some_and(|mapping| mapping.key.is_none())
    }

    /// Whether the next node is an entry: an item of a list, or a key.
    fn wants_entry(&self) -> bool {
        self.mapping.is_none() || self.wants_key()
    }
}

pub(super) fn empty(source: &Arc<Source>) -> Diagnostic {
    let (message, range) = if source.text.trim().is_empty() {
        ("the file is empty", 0..0)
    } else {
        (
            "the file holds nothing but comments",
            0..source.text.lines().next().unwrap_or_default().len(),
        )
    };
    Diagnostic::new("empty-file", message)
        .at(source, range)
        .help("a suite has at least `environments` and `endpoints`")
}
