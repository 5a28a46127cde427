//! Expectations as YAML.
//!
//! Input: steps. Output: a text that stands for them in a suite, in flow and in block style, quoted where it has to be.

use std::borrow::Cow;
use std::fmt;

use http::StatusCode;

/// One answer, as an expectation has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// In order; more than one where the same request got different answers.
    pub statuses: Vec<StatusCode>,
    /// Where a redirect leads; only a single status has a target.
    pub target: Option<String>,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.statuses.as_slice(), &self.target) {
            ([status], Some(target)) => write!(f, "{} -> {target}", status.as_u16()),
            ([status], None) => write!(f, "{}", status.as_u16()),
            (statuses, _) => {
                let words = statuses.iter().map(|it| it.as_str().to_owned());
                write!(f, "[{}]", words.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// The value of `expect`.
pub(super) fn one(step: &Step) -> String {
    if step.statuses.len() > 1 {
        return step.to_string();
    }
    scalar(&step.to_string()).into_owned()
}

/// The value of `redirects`.
pub(super) fn chain(steps: &[Step]) -> String {
    let steps: Vec<_> = steps.iter().map(one).collect();
    format!("[{}]", steps.join(", "))
}

/// `text` as a scalar, in quotes unless it is beyond doubt without them.
pub(super) fn scalar(text: &str) -> Cow<'_, str> {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/');
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~%?&=+@;:*#> ".contains(c);
    // Some parsers take ` -` before a comma for an entry of a list.
    let ends_oddly = text.ends_with([':', ' ']) || text.ends_with(" -");
    let odd = ends_oddly || text.contains(": ") || text.contains(" #");
    if starts_well && !odd && text.chars().all(plain) && !is_keyword(text) {
        return Cow::Borrowed(text);
    }
    // JSON's strings are YAML's, too.
    Cow::Owned(serde_json::Value::from(text).to_string())
}

/// What YAML, in one version or another, takes for something else than text.
fn is_keyword(text: &str) -> bool {
    let words = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::Source;
    use crate::suite::yaml;

    proptest! {
        /// In a block and between brackets.
        #[test]
        fn what_is_written_reads_as_it_was(text in "([0-9]{3} -> )?/?[ -~äß日]{1,30}") {
            let written = scalar(&text);
            for (document, key) in [(format!("a: {written}  # x"), "a"), (format!("[1, {written}, 2]"), "1")] {
                let tree = yaml::compose(&Arc::new(Source::new("s.yaml", document.as_str())));
                let value = tree.as_ref().and_then(|it| it.get(key)).and_then(|it| it.text());
                prop_assert_eq!(value, Some(text.as_str()), "{}", document);
            }
        }
    }

    #[test]
    fn only_what_needs_quotes_has_them() {
        for (text, written) in [
            ("200", "200"),
            ("301 -> /new", "301 -> /new"),
            (
                "302 -> /login?next=/a&b=1#top",
                "302 -> /login?next=/a&b=1#top",
            ),
            (
                "301 -> https://h.test:8080/x",
                "301 -> https://h.test:8080/x",
            ),
            ("301 -> /a,b", "\"301 -> /a,b\""),
            ("301 -> /a[1]", "\"301 -> /a[1]\""),
            ("301 -> /a:", "\"301 -> /a:\""),
            ("301 -> /it's", "\"301 -> /it's\""),
            ("301 -> -", "\"301 -> -\""),
            ("301 -> /a-", "301 -> /a-"),
            ("HEAD /feed", "HEAD /feed"),
            ("*x", "\"*x\""),
            ("no", "\"no\""),
            ("/ä", "\"/ä\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }

    #[test]
    fn several_answers_are_a_list_and_a_chain_too() {
        let status = |code| StatusCode::from_u16(code).unwrap();
        let step = |codes: &[u16], target: Option<&str>| Step {
            statuses: codes.iter().copied().map(status).collect(),
            target: target.map(str::to_owned),
        };
        assert_eq!(one(&step(&[200, 503], Some("/a"))), "[200, 503]");
        let steps = [
            step(&[301], Some("/a,b")),
            step(&[302], None),
            step(&[200], None),
        ];
        assert_eq!(chain(&steps), "[\"301 -> /a,b\", 302, 200]");
    }
}
