//! `${NAME}` and `${NAME:-fallback}` inside a string value.
//!
//! Input: a text as the suite has it, later the values to fill in. Output: a [`Template`], later its
//! [`Rendered`] text. It refuses a `${` without an end or without a proper name, and names without a value.

mod bind;

use std::ops::Range;

use super::model::Vars;
use super::names::shortened;
use super::piece::Piece;

/// A string value that may hold `${…}`; `$${` is a literal `${`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Repr);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Repr {
    Plain(Box<str>),
    /// Plain, too, but kept in the file's text.
    Piece(Piece),
    /// Boxed, so that the many plain ones stay small.
    Parts(Box<Parts>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parts {
    written: Box<str>,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(Box<str>),
    Name {
        name: Box<str>,
        fallback: Option<Box<str>>,
    },
}

/// A template's text with every `${…}` replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The result.
    pub text: String,
    /// What in it came from the process environment: secrets wherever they land in a header, a query or a body.
    pub from_process: Vec<FromProcess>,
}

/// A part of a text that came from the process environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FromProcess {
    /// The variable.
    pub name: String,
    /// Where its value stands in the text, in bytes.
    pub range: Range<usize>,
}

impl Rendered {
    /// The values in it that came from the process environment.
    pub fn process_values(&self) -> impl Iterator<Item = &str> {
        self.from_process
            .iter()
            .map(|part| &self.text[part.range.clone()])
    }
}

/// A `${NAME}` that has no value: unknown, or empty, and without a fallback.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`${{{name}}}` has no value")]
pub struct Unresolved {
    /// The name that was looked up.
    pub name: String,
    /// Whether it exists but is empty.
    pub empty: bool,
}

/// Where `${NAME}` is looked up: the environment's `vars`, the suite's, then the process environment.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// From the nearest to the farthest. A value here may itself use names of the farther ones and of the
    /// process environment.
    pub vars: &'a [&'a Vars],
    /// The process environment.
    pub process: &'a dyn Fn(&str) -> Option<String>,
}

/// A `${` that is no reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// What is wrong.
    pub message: String,
}

impl Template {
    /// Reads `text`; fails on a `${` that is not closed, or holds no name.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if !text.contains("${") {
            return Ok(Self::literal(text));
        }
        let parts = Parts {
            written: text.into(),
            parts: split(text)?,
        };
        Ok(Self(Repr::Parts(Box::new(parts))))
    }

    /// `text` as it is, whatever it holds.
    pub fn literal(text: impl Into<Box<str>>) -> Self {
        Self(Repr::Plain(text.into()))
    }

    /// A piece of a file as it is, whatever it holds.
    pub(super) fn piece(piece: Piece) -> Self {
        Self(Repr::Piece(piece))
    }

    /// The text, where it holds no `${…}` and nothing escaped.
    #[must_use]
    pub fn as_plain(&self) -> Option<&str> {
        match &self.0 {
            Repr::Plain(text) => Some(text),
            Repr::Piece(text) => Some(text),
            Repr::Parts(_) => None,
        }
    }

    /// The text as the suite has it.
    #[must_use]
    pub fn written(&self) -> &str {
        match &self.0 {
            Repr::Plain(text) => text,
            Repr::Piece(text) => text,
            Repr::Parts(parts) => &parts.written,
        }
    }

    /// The text with every `${…}` replaced from `scope`, once: values are not searched again.
    pub fn render(&self, scope: Scope<'_>) -> Result<Rendered, Unresolved> {
        let mut rendered = Rendered {
            text: String::new(),
            from_process: Vec::new(),
        };
        match &self.0 {
            Repr::Plain(text) => rendered.text.push_str(text),
            Repr::Piece(text) => rendered.text.push_str(text),
            Repr::Parts(parts) => {
                for part in &parts.parts {
                    match part {
                        Part::Text(text) => rendered.text.push_str(text),
                        Part::Name { name, fallback } => {
                            fill(name, fallback.as_deref(), scope, &mut rendered)?;
                        }
                    }
                }
            }
        }
        Ok(rendered)
    }
}

/// Appends the value of `name`, else its fallback. A value that cannot be worked out because a name inside
/// it has none counts as having none itself.
fn fill(
    name: &str,
    fallback: Option<&str>,
    scope: Scope<'_>,
    into: &mut Rendered,
) -> Result<(), Unresolved> {
    match (look_up(name, scope), fallback) {
        (Ok(value), _) => {
            let offset = into.text.len();
            into.text.push_str(&value.text);
            let parts = value.from_process.into_iter().map(|part| FromProcess {
                range: part.range.start + offset..part.range.end + offset,
                ..part
            });
            into.from_process.extend(parts);
            Ok(())
        }
        (Err(_), Some(fallback)) => {
            into.text.push_str(fallback);
            Ok(())
        }
        (Err(unresolved), None) => Err(unresolved),
    }
}

fn look_up(name: &str, scope: Scope<'_>) -> Result<Rendered, Unresolved> {
    for (level, vars) in scope.vars.iter().enumerate() {
        if let Some((_, template)) = vars.values.iter().find(|(key, _)| key == name) {
            let beside = vars.beside.as_deref().map(|beside| [beside]);
            let farther = Scope {
                vars: beside.as_ref().map_or(&scope.vars[level + 1..], |it| it),
                ..scope
            };
            let value = template.render(farther)?;
            return if value.text.is_empty() {
                Err(unresolved(name, true))
            } else {
                Ok(value)
            };
        }
    }
    match (scope.process)(name) {
        None => Err(unresolved(name, false)),
        Some(value) if value.is_empty() => Err(unresolved(name, true)),
        Some(value) => Ok(Rendered {
            from_process: vec![FromProcess {
                name: name.to_owned(),
                range: 0..value.len(),
            }],
            text: value,
        }),
    }
}

fn unresolved(name: &str, empty: bool) -> Unresolved {
    Unresolved {
        name: name.to_owned(),
        empty,
    }
}

fn split(text: &str) -> Result<Vec<Part>, TemplateError> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        if rest[..at].ends_with('$') {
            literal.push_str(&rest[..at - 1]);
            literal.push_str("${");
            rest = &rest[at + 2..];
            continue;
        }
        literal.push_str(&rest[..at]);
        if !literal.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut literal).into()));
        }
        let inside = &rest[at + 2..];
        let end = closing_brace(inside).ok_or_else(|| TemplateError {
            message: format!("`${{{}` has no closing `}}`", shortened(inside)),
        })?;
        parts.push(reference(&inside[..end])?);
        rest = &inside[end + 1..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Text(literal.into()));
    }
    Ok(parts)
}

/// The `}` that matches the `{` before `text`: a fallback may hold pairs of braces.
fn closing_brace(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (offset, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Some(offset),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn reference(inside: &str) -> Result<Part, TemplateError> {
    let (name, fallback) = match inside.split_once(":-") {
        Some((name, fallback)) => (name, Some(fallback.into())),
        None => (inside, None),
    };
    if is_name(name) {
        return Ok(Part::Name {
            name: name.into(),
            fallback,
        });
    }
    let message = if name.is_empty() {
        format!("`${{{}}}` has no name", shortened(inside))
    } else {
        let name = shortened(name);
        format!("`{name}` is no name of a value: letters, digits and `_`, and no digit first")
    };
    Err(TemplateError { message })
}

pub(super) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn process(name: &str) -> Option<String> {
        match name {
            "TOKEN" => Some("s3cret".to_owned()),
            "EMPTY" => Some(String::new()),
            _ => None,
        }
    }

    fn vars(pairs: &[(&str, &str)]) -> Vars {
        let parse =
            |(name, text): &(&str, &str)| ((*name).to_owned(), Template::parse(text).unwrap());
        Vars {
            values: pairs.iter().map(parse).collect(),
            beside: None,
        }
    }

    fn render(text: &str) -> Result<Rendered, Unresolved> {
        let near = vars(&[
            ("user", "7"),
            ("auth", "Bearer ${TOKEN}"),
            ("none", ""),
            ("lost", "${gone}"),
        ]);
        let far = vars(&[("user", "42"), ("team", "web"), ("TEAM", "${team}")]);
        let scope = Scope {
            vars: &[&near, &far],
            process: &process,
        };
        Template::parse(text).unwrap().render(scope)
    }

    #[test]
    fn fills_in_values() {
        for (text, expected) in [
            ("/a", "/a"),
            ("/users/${user}/${team}", "/users/7/web"),
            ("${EMPTY:-x}${unknown:-y}${none:-}", "xy"),
            ("${lost:-home}", "home"),
            ("${unknown:-a{b}c}d", "a{b}cd"),
            ("cost $5 $${user} $$", "cost $5 ${user} $$"),
            ("${unknown:-${user}}", "${user}"),
        ] {
            assert_eq!(render(text).unwrap().text, expected, "{text}");
        }
    }

    #[test]
    fn knows_what_came_from_the_process_environment() {
        let rendered = render("é ${auth} ${user}").unwrap();
        assert_eq!(rendered.text, "é Bearer s3cret 7");
        assert_eq!(rendered.process_values().collect::<Vec<_>>(), ["s3cret"]);
        assert_eq!(rendered.from_process[0].name, "TOKEN");
    }

    #[test]
    fn names_what_has_no_value() {
        for (text, name, empty) in [
            ("${nope}", "nope", false),
            ("${EMPTY}", "EMPTY", true),
            ("${none}", "none", true),
            ("${lost}", "gone", false),
            ("${TEAM}", "team", false),
        ] {
            assert_eq!(render(text), Err(unresolved(name, empty)), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_no_reference() {
        for text in ["${", "${}", "${a", "${1a}", "${a b}", "${a-b}", "a ${:-x}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn keeps_what_was_written(text in "([$]|[{]|[}]|:-|[a-c]|é)*") {
            if let Ok(template) = Template::parse(&text) {
                prop_assert_eq!(template.written(), &text);
                let everything = |_: &str| Some("v".to_owned());
                let scope = Scope { vars: &[], process: &everything };
                prop_assert!(template.render(scope).is_ok());
            }
        }
    }
}
