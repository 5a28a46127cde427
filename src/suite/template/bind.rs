//! Filling in some names of a template beforehand: what `each` does, one row of values after the other.
//!
//! Input: a template, and the values of a row. Output: the template that is left, plain where no name is. A
//! value is text and nothing else: a `${` in it is never looked up. It refuses an empty value without a fallback.

use super::{Part, Parts, Repr, Template, Unresolved, unresolved};

impl Template {
    /// The template with every name filled in that `value` knows.
    pub(in crate::suite) fn bind<'v>(
        &self,
        value: &mut dyn FnMut(&str) -> Option<&'v str>,
    ) -> Result<Self, Unresolved> {
        let Repr::Parts(parts) = &self.0 else {
            return Ok(self.clone());
        };
        let mut bound: Vec<Part> = Vec::new();
        for part in &parts.parts {
            match part {
                Part::Text(text) => append(&mut bound, text),
                Part::Name { name, fallback } => match (value(name), fallback) {
                    (None, _) => bound.push(part.clone()),
                    (Some(""), None) => return Err(unresolved(name, true)),
                    (Some(""), Some(fallback)) => append(&mut bound, fallback),
                    (Some(value), _) => append(&mut bound, value),
                },
            }
        }
        Ok(match bound.as_slice() {
            [] => Self::literal(""),
            [Part::Text(text)] => Self::literal(text.clone()),
            _ => Self(Repr::Parts(Box::new(Parts {
                written: bound.iter().map(spelled).collect(),
                parts: bound,
            }))),
        })
    }

    /// The template as one would write it: read again, it is the same. Nothing where nobody could write it,
    /// such as a `$` before a name that is filled in later.
    pub(in crate::suite) fn rewritten(&self) -> Option<String> {
        let text = match &self.0 {
            Repr::Plain(text) => escaped(text),
            Repr::Piece(text) => escaped(text),
            Repr::Parts(parts) => parts.written.to_string(),
        };
        let read = Self::parse(&text).ok()?;
        let same = match (&read.0, &self.0) {
            (Repr::Parts(read), Repr::Parts(own)) => read.parts == own.parts,
            (Repr::Parts(read), _) => {
                matches!(read.parts.as_slice(), [Part::Text(text)] if **text == *self.written())
            }
            _ => read.written() == self.written(),
        };
        same.then_some(text)
    }
}

fn append(parts: &mut Vec<Part>, more: &str) {
    match parts.last_mut() {
        Some(Part::Text(text)) => *text = format!("{text}{more}").into(),
        _ if more.is_empty() => {}
        _ => parts.push(Part::Text(more.into())),
    }
}

fn spelled(part: &Part) -> String {
    match part {
        Part::Text(text) => escaped(text),
        Part::Name {
            name,
            fallback: None,
        } => format!("${{{name}}}"),
        Part::Name {
            name,
            fallback: Some(fallback),
        } => format!("${{{name}:-{fallback}}}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace("${", "$${")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bind(text: &str, values: &[(&str, &'static str)]) -> Result<Template, Unresolved> {
        let mut value = |name: &str| {
            let found = values.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| *value)
        };
        Template::parse(text).unwrap().bind(&mut value)
    }

    #[test]
    fn known_names_are_filled_in_and_others_stay() {
        let values = [("id", "7"), ("odd", "${id}$"), ("none", "")];
        for (text, expected, plain) in [
            ("/a", "/a", true),
            ("/u/${id}", "/u/7", true),
            ("/u/${id}/${user}", "/u/7/${user}", false),
            ("${user:-${id}}${id}", "${user:-${id}}7", false),
            ("${odd}", "${id}$", true),
            ("${odd}/${user}", "$${id}$/${user}", false),
            ("$${id}/${id}", "${id}/7", true),
            ("a${none:-b}", "ab", true),
            ("${none:-}", "", true),
        ] {
            let bound = bind(text, &values).unwrap();
            assert_eq!(
                (bound.written(), bound.as_plain().is_some()),
                (expected, plain),
                "{text}"
            );
        }
        assert_eq!(bind("/${none}", &values), Err(unresolved("none", true)));
    }

    #[test]
    fn what_cannot_be_written_is_not() {
        let values = [("cash", "US$"), ("odd", "${id}")];
        for (text, expected) in [
            ("${cash}", Some("US$")),
            ("${odd}", Some("$${id}")),
            ("${odd}${cash}/${user}", Some("$${id}US$/${user}")),
            ("${cash}${user}", None),
        ] {
            let bound = bind(text, &values).unwrap();
            assert_eq!(bound.rewritten().as_deref(), expected, "{text}");
        }
    }

    proptest! {
        /// What is bound first and rendered then is what is rendered at once.
        #[test]
        fn binding_is_rendering(text in "([$]|[{]|[}]|:-|[a-c]|é){0,20}", value in "[a-z${}:-]{1,6}") {
            use crate::suite::template::Scope;
            use crate::suite::Vars;
            let Ok(template) = Template::parse(&text) else { return Ok(()) };
            let values = vec![("a".to_owned(), Template::literal(value.as_str()))];
            let vars = Vars { values, beside: None };
            let rest = |_: &str| Some("v".to_owned());
            let scope = Scope { vars: &[&vars], process: &rest };
            let bound = template.bind(&mut |name| (name == "a").then_some(value.as_str())).unwrap();
            prop_assert_eq!(bound.render(scope).unwrap().text, template.render(scope).unwrap().text);
        }
    }
}
