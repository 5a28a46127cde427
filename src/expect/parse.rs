//! Reading expectations.
//!
//! Input: the text of one expectation, or of each item of a list. Output: an [`Expectation`], or a
//! [`ParseError`] that says what to write instead. It refuses what could never be answered, and lists of
//! anything but statuses.

use super::slip;
use super::status_set::{Item, STATUSES, Span};
use super::{Expectation, StatusSet, Target};

/// Why a text is no expectation, and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// What is wrong: lower case, values in backticks.
    pub message: String,
    /// How to mend it, where that can be told.
    pub help: Option<String>,
}

impl ParseError {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

pub(super) fn expectation(text: &str) -> Result<Expectation, ParseError> {
    let text = text.trim();
    if text == "same" {
        return Ok(Expectation::Same);
    }
    if let Some((status, target)) = text.split_once("->") {
        return redirect(text, status.trim(), target.trim());
    }
    non_empty(text, [item(text)?]).map(Expectation::Status)
}

pub(super) fn may_be_expectation(text: &str) -> bool {
    /// `200-204`
    const LONGEST: usize = 7;
    let text = text.trim_start();
    let text = match text.strip_prefix("not") {
        Some(rest) if rest.starts_with(char::is_whitespace) => rest.trim_start(),
        _ => text,
    };
    let bytes = text.as_bytes();
    let is_arrow = |at: usize| bytes[at..].starts_with(b"->");
    let is_part =
        |at: usize| bytes[at].is_ascii_alphanumeric() || (bytes[at] == b'-' && !is_arrow(at));
    let most = bytes.len().min(LONGEST + 1);
    let end = (0..most).find(|&at| !is_part(at)).unwrap_or(most);
    // All before the end is ASCII.
    let (word, rest) = text.split_at(end);
    if word != "same" && span(word).is_none() {
        return false;
    }
    let rest = rest.trim_start();
    rest.is_empty() || rest.starts_with("->")
}

pub(super) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<StatusSet, ParseError> {
    let texts: Vec<&str> = texts.into_iter().map(str::trim).collect();
    if texts.is_empty() {
        return Err(ParseError::new(
            "an empty list admits no answer",
            "list the statuses to admit, such as `[200, 204]`, or write `any`",
        ));
    }
    let items = texts
        .iter()
        .map(|text| list_item(text))
        .collect::<Result<Vec<_>, _>>()?;
    non_empty(&format!("[{}]", texts.join(", ")), items)
}

fn list_item(text: &str) -> Result<Item, ParseError> {
    if text == "same" {
        return Err(ParseError::new(
            "`same` cannot stand in a list",
            "a list with the endpoint key `same: true` asks for both",
        ));
    }
    if text.contains("->") {
        return Err(ParseError::new(
            format!("`{}` cannot stand in a list", slip::shown(text)),
            "a redirect target stands alone: `301 -> /new`",
        ));
    }
    item(text)
}

fn non_empty(text: &str, items: impl Into<Box<[Item]>>) -> Result<StatusSet, ParseError> {
    let set = StatusSet::new(items);
    if set.is_empty() {
        let message = format!("`{}` admits no answer at all", slip::shown(text));
        return Err(ParseError::new(
            message,
            "leave a status that can be answered, or write `any`",
        ));
    }
    Ok(set)
}

fn redirect(text: &str, status: &str, target: &str) -> Result<Expectation, ParseError> {
    let text = slip::shown(text);
    if status.is_empty() {
        let message = format!("`{text}` has no status");
        return Err(ParseError::new(
            message,
            format!(
                "write the redirect's status first: `301 -> {}`",
                slip::shown(target)
            ),
        ));
    }
    let one = item(status).map_err(|error| ParseError {
        help: Some(
            "before `->` stands one status, class or range of redirects: `301`, `3xx`, `301-308`"
                .to_owned(),
        ),
        ..error
    })?;
    let set = non_empty(status, [one])?;
    if !set.is_redirect_only() {
        return Err(ParseError::new(
            format!(
                "`{}` is no redirect, so it has no target",
                slip::shown(status)
            ),
            "a target follows a redirect's status, such as `301`, `3xx` or `301-308`",
        ));
    }
    if target.is_empty() {
        let message = format!("`{text}` has no target");
        return Err(ParseError::new(
            message,
            format!("write where it leads, such as `{set} -> /new`, or `{set}` alone"),
        ));
    }
    Target::parse(target).map(|target| Expectation::Redirect(set, target))
}

fn item(text: &str) -> Result<Item, ParseError> {
    if let Some(rest) = text.strip_prefix("not")
        && rest.starts_with(char::is_whitespace)
        && let Some(span) = span(rest.trim_start())
    {
        return Ok(Item::Not(span));
    }
    span(text)
        .map(Item::Only)
        .ok_or_else(|| slip::explain(text))
}

/// One item without `not`, or `None` if it is none.
pub(super) fn span(text: &str) -> Option<Span> {
    if text == "any" {
        return Some(Span::Any);
    }
    if let Some((first, last)) = text.split_once('-') {
        let (first, last) = (status(first)?, status(last)?);
        return (first <= last).then_some(Span::Range(first, last));
    }
    if let [digit @ b'2'..=b'5', b'x' | b'X', b'x' | b'X'] = text.as_bytes() {
        return Some(Span::Class(u16::from(digit - b'0')));
    }
    status(text).map(Span::Status)
}

/// Three digits, 200 to 999.
pub(super) fn status(text: &str) -> Option<u16> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    let status = if digits {
        text.parse().ok()?
    } else {
        return None;
    };
    STATUSES.contains(&status).then_some(status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Each text, a part of the message, and a part of the help.
    const SLIPS: &[(&str, &str, &str)] = &[
        ("", "empty", "`any`"),
        ("99", "`99` is no HTTP status", "`200` to `999`"),
        ("101", "interim", "`200` to `999`"),
        ("1xx", "interim", "`2xx`"),
        ("1000", "`1000` is no HTTP status", "`200` to `999`"),
        ("0200", "no HTTP status", "`200` to `999`"),
        ("20x", "`20x`", "`2xx`"),
        ("4**", "`4**`", "`4xx`"),
        ("4XX?", "`4XX?`", "`2xx`"),
        ("6xx", "`6xx` is no class", "`2xx`, `3xx`, `4xx` and `5xx`"),
        ("204-200", "ends before it begins", "`200-204`"),
        ("100-199", "`100-199`", "`200` to `999`"),
        ("200-1000", "`200-1000`", "`200` to `999`"),
        ("2XX-3XX", "`2XX-3XX`", "`200-399`"),
        ("200 - 204", "`200 - 204`", "`200-204`"),
        ("200..204", "`200..204`", "`200-204`"),
        ("200–204", "`200–204`", "`200-204`"),
        ("not any", "`not any` admits no answer", "`any`"),
        ("not 200-999", "admits no answer", "`any`"),
        ("not", "`not`", "`not 404`"),
        ("not404", "`not404`", "`not 404`"),
        ("not [404, 500]", "`not [404, 500]`", "`[not 404, not 500]`"),
        ("NOT 404", "`NOT 404`", "`not 404`"),
        ("Any", "`Any`", "`any`"),
        ("*", "`*`", "`any`"),
        ("!404", "`!404`", "`not 404`"),
        ("!=404", "`!=404`", "`not 404`"),
        (">=200", "`>=200`", "`200-599`"),
        (">499", "`>499`", "`500-599`"),
        ("<400", "`<400`", "`200-399`"),
        ("< 400", "`< 400`", "`200-399`"),
        ("<=299", "`<=299`", "`200-299`"),
        ("<200", "`<200`", "`2xx`"),
        ("OK", "`OK`", "`200`"),
        ("Not Found", "`Not Found`", "`404`"),
        ("404 Not Found", "`404 Not Found`", "`404`"),
        ("200,204", "`200,204`", "`[200, 204]`"),
        ("200 204", "`200 204`", "`[200, 204]`"),
        ("200|204", "`200|204`", "`[200, 204]`"),
        ("200 / 204", "`200 / 204`", "`[200, 204]`"),
        ("404 or 200", "`404 or 200`", "`[404, 200]`"),
        ("2xx, not 204", "`2xx, not 204`", "`[2xx, not 204]`"),
        ("[200, 204]", "`[200, 204]`", "without quotes"),
        ("-> /new", "has no status", "`301 -> /new`"),
        ("301 ->", "has no target", "`301 -> /new`"),
        ("301 => /new", "`301 => /new`", "`301 -> /new`"),
        ("301 → /new", "`301 → /new`", "`301 -> /new`"),
        ("301 /new", "`301 /new`", "`301 -> /new`"),
        ("/new", "`/new`", "`301 -> /new`"),
        ("200 -> /new", "`200` is no redirect", "`301`"),
        ("304 -> /new", "`304` is no redirect", "`301`"),
        ("any -> /new", "`any` is no redirect", "`301`"),
        ("not 200 -> /new", "`not 200` is no redirect", "`301`"),
        ("600 -> /new", "`600` is no redirect", "`301`"),
        ("[301, 302] -> /new", "`[301, 302]`", "`301-308`"),
        ("301 -> new", "`new`", "`/new`"),
        ("301 -> //h/new", "`//h/new`", "https://h/new"),
        ("301 -> ftp://h/new", "`ftp://h/new`", "http"),
        ("301 -> /a b", "white space", "%20"),
        ("301 -> https://h.test*", "`*`", "`https://h.test/*`"),
        ("Same", "`Same`", "`same`"),
        ("same as production", "`same as production`", "`same`"),
        ("banana", "`banana` is no expectation", "`301 -> /new`"),
        ("200.0", "`200.0`", "`200`"),
        ("\u{1b}[31m", "`\\u{1b}[31m`", "`200`"),
    ];

    #[test]
    fn refuses_with_help() {
        for &(text, message, help) in SLIPS {
            let error = expectation(text).expect_err(text);
            assert!(error.message.contains(message), "{text}: {}", error.message);
            let shown = error.help.unwrap_or_default();
            assert!(shown.contains(help), "{text}: {shown}");
        }
    }

    #[test]
    fn refuses_lists_that_say_nothing() {
        for (items, message) in [
            (&[][..], "an empty list"),
            (&["404", "not 404"], "`[404, not 404]` admits no answer"),
            (&["200", "same"], "`same` cannot stand in a list"),
            (
                &["200", "301 -> /new"],
                "`301 -> /new` cannot stand in a list",
            ),
            (&["200", "20x"], "`20x`"),
            (&["200", ""], "empty"),
        ] {
            let error = list(items.iter().copied()).expect_err("refused");
            assert!(
                error.message.contains(message),
                "{items:?}: {}",
                error.message
            );
            assert!(error.help.is_some(), "{items:?}");
        }
    }

    #[test]
    fn shapes_are_told() {
        for (text, may_be) in [
            ("200", true),
            (" not  2xx ", true),
            ("200-204", true),
            ("same", true),
            ("any", true),
            ("301->/new", true),
            ("301-308 -> /new", true),
            ("", false),
            ("10:20:30", false),
            ("200:404", false),
            ("20", false),
            ("batchGet", false),
            ("200-2049", false),
            ("301 - > /new", false),
        ] {
            assert_eq!(may_be_expectation(text), may_be, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_expectation_may_be_one(
            text in "\\PC{0,12}|[ \t]{0,2}(not[ é]{0,2})?([2-5](xx|XX|00|[0-9x-]{0,7})|any|same)[ \u{a0}]{0,2}((->|-|>)[ /a-z:]{0,6})?"
        ) {
            prop_assert!(may_be_expectation(&text) || expectation(&text).is_err());
        }

        #[test]
        fn never_panics(text in "\\PC{0,12}|[0-9x! ><=,|notany/*-]{0,10}") {
            let _ = expectation(&text);
        }
    }
}
