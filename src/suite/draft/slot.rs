//! Where the expectation of an endpoint stands, or would stand.
//!
//! Input: the text, its tree, and an entry of `endpoints` in any of its forms. Output: a [`Slot`]. It refuses an
//! expectation that cannot be replaced without touching anything else.

use std::ops::Range;

use super::edit::{Edit, column, line_end, newline};
use super::spelling::scalar;
use super::unfit::Unfit;
use crate::suite::method;
use crate::suite::yaml::{Kind, Node};

/// An endpoint in the text.
#[derive(Debug)]
pub(super) struct Slot {
    /// Its position among the entries of the file.
    pub(super) index: usize,
    /// All of it, from its `-` or its key to the end of its last value.
    pub(super) entry: Range<usize>,
    /// Where `expect` is written.
    pub(super) single: Splice,
    /// Where `redirects` is written; not every form of an endpoint has it.
    pub(super) chain: Option<Splice>,
}

/// What is replaced by a value, and what has to stand around that.
#[derive(Debug)]
pub(super) struct Splice {
    range: Range<usize>,
    before: String,
    after: String,
}

impl Splice {
    fn new(range: Range<usize>, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self {
            range,
            before: before.into(),
            after: after.into(),
        }
    }

    /// The edit that writes `value`.
    pub(super) fn filled(&self, value: &str) -> Edit {
        Edit {
            range: self.range.clone(),
            text: format!("{}{value}{}", self.before, self.after),
        }
    }
}

/// Finds slots in one text.
pub(super) struct Finder<'a> {
    text: &'a str,
    /// The name of the environment that is recorded.
    environment: &'a str,
    /// What stands around an expectation that is new here: where `defaults` has one for each environment, the others
    /// keep theirs.
    around: (String, &'static str),
}

/// A key and its value.
type Pair<'a> = (&'a Node, &'a Node);

impl<'a> Finder<'a> {
    /// `inherited` is what `defaults` expects.
    pub(super) fn new(text: &'a str, environment: &'a str, inherited: Option<&Node>) -> Self {
        let around = match inherited.map(|it| &it.kind) {
            Some(Kind::Map(_)) => (format!("{{ {}: ", scalar(environment)), " }"),
            _ => (String::new(), ""),
        };
        Self {
            text,
            environment,
            around,
        }
    }

    /// The slot of the entry of `all` with this index.
    pub(super) fn slot(&self, all: &Node, index: usize) -> Result<Slot, Unfit> {
        let missing = || Unfit::lost(all.range());
        match &all.kind {
            Kind::List(items) => self.item(items.get(index).ok_or_else(missing)?, index),
            Kind::Map(pairs) => {
                let (key, value) = pairs.get(index).ok_or_else(missing)?;
                Ok(Slot {
                    index,
                    entry: key.range().start..self.end(value),
                    single: self.value((key, value))?,
                    chain: None,
                })
            }
            Kind::Scalar { .. } => Err(missing()),
        }
    }

    fn item(&self, item: &Node, index: usize) -> Result<Slot, Unfit> {
        let range = item.range();
        let dash = dash(self.text, range.start).ok_or_else(|| Unfit::shared_line(range.clone()))?;
        let (single, chain) = match &item.kind {
            Kind::Scalar { text, .. } => self.bare(text, range)?,
            Kind::Map(pairs) => match (item.entry("path"), pairs.as_slice()) {
                (Some(path), pairs) => self.long(item, pairs, path)?,
                (None, [(key, value)]) => (self.value((key, value))?, None),
                (None, _) => return Err(Unfit::lost(range)),
            },
            Kind::List(_) => return Err(Unfit::lost(range)),
        };
        Ok(Slot {
            index,
            entry: dash..self.end(item),
            single,
            chain,
        })
    }

    /// `- /path`, without an expectation of its own.
    fn bare(&self, text: &str, range: Range<usize>) -> Result<(Splice, Option<Splice>), Unfit> {
        /// The longest key that YAML has on a line, less what may come before it.
        const LONGEST_KEY: usize = 1000;
        if range.len() > LONGEST_KEY {
            return Err(Unfit::long_key(range));
        }
        let (before, after) = &self.around;
        let single = Splice::new(range.end..range.end, format!(": {before}"), *after);
        let (method, path) = method::split(text);
        let method = method.map_or_else(String::new, |it| format!("method: {it}, "));
        let head = format!("{{ path: {}, {method}redirects: ", scalar(path));
        Ok((single, Some(Splice::new(range, head, " }"))))
    }

    /// The long form: `path` and further keys.
    fn long(
        &self,
        item: &Node,
        pairs: &[(Node, Node)],
        path: Pair<'_>,
    ) -> Result<(Splice, Option<Splice>), Unfit> {
        let chain = match item.entry("redirects") {
            Some(pair) => self.value(pair)?,
            None => self.inserted(item, pairs, path, "redirects"),
        };
        let single = match (item.entry("expect"), item.entry("redirects")) {
            (Some(pair), _) => self.value(pair)?,
            (None, Some((key, value))) => {
                Splice::new(key.range().start..self.end(value), "expect: ", "")
            }
            (None, None) => {
                let mut splice = self.inserted(item, pairs, path, "expect");
                splice.before.push_str(&self.around.0);
                splice.after.push_str(self.around.1);
                splice
            }
        };
        Ok((single, Some(chain)))
    }

    /// A new key, after the last one or, where that ends in a text of several lines, after the path.
    fn inserted(&self, item: &Node, pairs: &[(Node, Node)], path: Pair<'_>, name: &str) -> Splice {
        let last = pairs.last().map_or(path, |(key, value)| (key, value));
        if self.is_flow(item) {
            // A comma right behind a colon would be read as text.
            let is_empty = last.1.range().is_empty();
            let at = self.pair_end(if is_empty { path } else { last });
            return Splice::new(at..at, format!(", {name}: "), "");
        }
        let after = if self.ends_in_block_text(last.1) {
            path
        } else {
            last
        };
        let at = line_end(self.text, self.pair_end(after));
        let indent = " ".repeat(column(self.text, item.range().start));
        let before = format!("{}{indent}{name}: ", newline(self.text));
        Splice::new(at..at, before, "")
    }

    /// The value of an expectation; in a mapping of environments only that of the one that is recorded.
    fn value(&self, (key, value): Pair<'_>) -> Result<Splice, Unfit> {
        if let Kind::Map(pairs) = &value.kind {
            let own = pairs
                .iter()
                .find(|(name, _)| name.text() == Some(self.environment));
            return match own {
                Some((name, value)) => self.value((name, value)),
                None => Ok(self.own_entry(value)),
            };
        }
        if self.ends_in_block_text(value) && matches!(value.kind, Kind::Scalar { .. }) {
            return Err(Unfit::block_text(value.range()));
        }
        let splice = if matches!(value.kind, Kind::List(_)) && !self.is_flow(value) {
            Splice::new(self.after_colon(key)..self.end(value), " ", "")
        } else {
            Splice::new(value.range().start..self.end(value), "", "")
        };
        match comment(self.text, &splice.range, value) {
            Some(at) => Err(Unfit::comment(at)),
            None => Ok(splice),
        }
    }

    /// An entry of its own before the others of a mapping of environments.
    fn own_entry(&self, map: &Node) -> Splice {
        let name = scalar(self.environment);
        let start = map.range().start;
        if self.is_flow(map) {
            let inside = self.text[start..].chars().nth(1);
            let space = if inside.is_some_and(char::is_whitespace) {
                ""
            } else {
                " "
            };
            return Splice::new(
                start + 1..start + 1,
                format!(" {name}: "),
                format!(",{space}"),
            );
        }
        let indent = " ".repeat(column(self.text, start));
        let after = format!("{}{indent}", newline(self.text));
        Splice::new(start..start, format!("{name}: "), after)
    }

    /// Where the text of a value ends: the parser counts in what follows a list or a mapping.
    fn end(&self, node: &Node) -> usize {
        let start = node.range().start;
        let last = match &node.kind {
            Kind::List(items) => items.last().map(|item| self.end(item)),
            Kind::Map(pairs) => pairs.last().map(|(key, value)| self.pair_end((key, value))),
            Kind::Scalar { .. } => return node.range().end,
        };
        if self.is_flow(node) {
            bracket(self.text, last.unwrap_or(start + 1))
        } else {
            last.unwrap_or(start)
        }
    }

    fn pair_end(&self, (key, value): Pair<'_>) -> usize {
        if value.range().is_empty() {
            self.after_colon(key)
        } else {
            self.end(value)
        }
    }

    fn after_colon(&self, key: &Node) -> usize {
        let end = key.range().end;
        let colon = self.text[end..].find(':').map_or(0, |at| at + 1);
        end + colon
    }

    fn is_flow(&self, node: &Node) -> bool {
        let open = self.text[node.range().start..].starts_with(['[', '{']);
        open && !matches!(node.kind, Kind::Scalar { .. })
    }

    /// Whether the last value is a text written with `|` or `>`.
    fn ends_in_block_text(&self, node: &Node) -> bool {
        match &node.kind {
            _ if self.is_flow(node) => false,
            Kind::List(items) => items.last().is_some_and(|it| self.ends_in_block_text(it)),
            Kind::Map(pairs) => pairs
                .last()
                .is_some_and(|(_, it)| self.ends_in_block_text(it)),
            Kind::Scalar { plain, .. } => {
                !plain && !self.text[node.range().start..].starts_with(['"', '\''])
            }
        }
    }
}

/// Behind the bracket that closes what has its last value before `at`.
fn bracket(text: &str, at: usize) -> usize {
    let mut comment = false;
    for (offset, character) in text[at..].char_indices() {
        match character {
            '\n' => comment = false,
            '#' => comment = true,
            ']' | '}' if !comment => return at + offset + 1,
            _ => {}
        }
    }
    text.len()
}

/// The `-` of the list's item that begins at `start`, which may stand in a line above it.
fn dash(text: &str, start: usize) -> Option<usize> {
    let mut end = start;
    loop {
        let line_start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &text[line_start..end];
        let content = line.trim_start();
        let rest = content.strip_prefix('-').map(str::trim_start);
        if rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#')) {
            return Some(line_start + line.len() - content.len());
        }
        if !content.trim_end().is_empty() && !content.starts_with('#') {
            return None;
        }
        end = line_start.checked_sub(1)?;
    }
}

/// Where a comment stands in `range`, which holds `value` and nothing else but the comment.
fn comment(text: &str, range: &Range<usize>, value: &Node) -> Option<usize> {
    let mut leaves = Vec::new();
    collect(value, &mut leaves);
    leaves.push(range.end..range.end);
    let mut gap = range.start;
    for leaf in leaves {
        if let Some(at) = text.get(gap..leaf.start).and_then(|gap| gap.find('#')) {
            return Some(gap + at);
        }
        gap = leaf.end;
    }
    None
}

fn collect(node: &Node, leaves: &mut Vec<Range<usize>>) {
    match &node.kind {
        Kind::Scalar { .. } => leaves.push(node.range()),
        Kind::List(items) => items.iter().for_each(|item| collect(item, leaves)),
        Kind::Map(pairs) => {
            for (key, value) in pairs {
                collect(key, leaves);
                collect(value, leaves);
            }
        }
    }
}
