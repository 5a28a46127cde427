//! `METHOD /path`, and what a method may be.
//!
//! Input: text. Output: a [`Method`], or a problem with help. It refuses lower case, CONNECT, and what is
//! nearly a usual method.

use http::Method;

use super::names::shortened;
use crate::diagnostic::Diagnostic;

const USUAL: [&str; 8] = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE",
];

/// Splits `METHOD /path`; without white space before a `/` all of it is the path.
pub(super) fn split(text: &str) -> (Option<&str>, &str) {
    if text.starts_with('/') {
        return (None, text);
    }
    match text.split_once(char::is_whitespace) {
        Some((method, path)) if is_word(method) && path.trim_start().starts_with(['/', '$']) => {
            (Some(method), path.trim_start())
        }
        _ => (None, text),
    }
}

/// Reads a method (RFC 9110, section 9): upper-case letters.
pub(super) fn parse(text: &str) -> Result<Method, Diagnostic> {
    let upper = text.to_ascii_uppercase();
    let problem = |message: String| Diagnostic::new("bad-method", message);
    if text.is_empty() {
        return Err(problem("a method is missing".to_owned()));
    }
    if !is_word(text) {
        return Err(problem(format!(
            "`{}` is no method, expected upper-case letters such as `GET`",
            shortened(text)
        )));
    }
    if upper != text {
        return Err(problem(format!(
            "`{}` is no method, expected `{}`",
            shortened(text),
            shortened(&upper)
        ))
        .help("methods are written in upper case"));
    }
    if text == "CONNECT" {
        return Err(problem(
            "`CONNECT` asks a proxy for a tunnel and has no path".to_owned(),
        ));
    }
    let near = USUAL
        .iter()
        .find(|usual| strsim::osa_distance(usual, text) == 1);
    if let Some(near) = near {
        return Err(problem(format!("there is no method `{text}`"))
            .help(format!("a similar method is `{near}`")));
    }
    Method::from_bytes(text.as_bytes())
        .map_err(|_invalid| problem(format!("`{}` is no method", shortened(text))))
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_and_reads() {
        for (text, method, path) in [
            ("/a", None, "/a"),
            ("HEAD /a", Some("HEAD"), "/a"),
            ("get  /a b", Some("get"), "/a b"),
            ("/a b", None, "/a b"),
            ("GET a", None, "GET a"),
            ("POST ${path}", Some("POST"), "${path}"),
        ] {
            assert_eq!(split(text), (method, path), "{text}");
        }
        for (text, good) in [
            ("GET", true),
            ("PURGE", true),
            ("M-SEARCH", true),
            ("get", false),
            ("GTE", false),
            ("CONNECT", false),
            ("", false),
            ("G ET", false),
        ] {
            assert_eq!(parse(text).is_ok(), good, "{text}");
        }
    }
}
