//! The parts of a SARIF log that are not results.
//!
//! Input: a rule, a path, a finished comparison. Output: the objects that SARIF has for them.

use std::borrow::Cow;
use std::path::Path;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use url::Url;

use super::level;
use crate::compare::{Comparison, End, Excuse};
use crate::exit::ExitStatus;
use crate::report::rule::Rule;
use crate::report::summary;

/// Everything in a relative path but what RFC 3986, section 2.3, leaves as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Where the suite is, as a URI.
pub(super) struct Location {
    uri: String,
    is_relative: bool,
}

impl Location {
    /// What relative paths begin at.
    pub(super) const ROOT: &str = "%SRCROOT%";

    pub(super) fn new(path: &str) -> Self {
        let absolute = Some(Path::new(path)).filter(|path| path.is_absolute());
        match absolute.and_then(|path| Url::from_file_path(path).ok()) {
            Some(url) => Self {
                uri: url.into(),
                is_relative: false,
            },
            None => Self {
                uri: utf8_percent_encode(path, ENCODED).to_string(),
                is_relative: true,
            },
        }
    }

    /// One of its lines, from 1.
    pub(super) fn at(&self, line: u32) -> Value {
        let mut artifact = json!({ "uri": self.uri });
        if self.is_relative {
            artifact["uriBaseId"] = Self::ROOT.into();
        }
        json!({ "physicalLocation": {
            "artifactLocation": artifact,
            "region": { "startLine": line },
        }})
    }
}

/// What a rule is about, and what to do where it is broken.
pub(super) fn descriptor(rule: Rule, exit: ExitStatus) -> Value {
    let (title, meaning, help) = (rule.title(), rule.meaning(), rule.help());
    json!({
        "id": rule.id(),
        "shortDescription": { "text": title },
        "fullDescription": { "text": meaning },
        "help": {
            "text": format!("{meaning} Hint: {help}"),
            "markdown": format!("**{title}**\n\n{meaning}\n\nHint: {help}"),
        },
        "defaultConfiguration": { "level": level(rule.class().level(exit)) },
        "properties": { "tags": ["http", rule.class().as_str()] },
    })
}

/// When the run was, and how it ended; `left_out` results are not in the log.
pub(super) fn invocation(comparison: &Comparison, exit: ExitStatus, left_out: usize) -> Value {
    let (_, ending) = summary::ending(comparison, exit);
    let mut notifications = vec![notification("note", &summary::counts(comparison))];
    let is_complete = comparison.end() == End::Complete;
    if !is_complete {
        notifications.push(notification("error", &ending));
    }
    if left_out > 0 {
        let text = format!("{left_out} further results are left out; `--format json` has them all");
        notifications.push(notification("warning", &text));
    }
    json!({
        "startTimeUtc": format!("{:.0}", comparison.started_at()),
        "exitCode": exit.code(),
        "exitCodeDescription": ending,
        "executionSuccessful": is_complete,
        "toolExecutionNotifications": notifications,
    })
}

/// That a result is accepted, and why: the list is kept outside of what is looked at.
pub(super) fn suppression(excuse: &Excuse) -> [Value; 1] {
    let reason = match excuse.until {
        Some(date) => format!("{} (until {date})", excuse.reason),
        None => excuse.reason.clone(),
    };
    [json!({ "kind": "external", "status": "accepted", "justification": reason })]
}

fn notification(level: &str, text: &str) -> Value {
    json!({ "level": level, "message": { "text": escaped_message(text) } })
}

/// Text for a message, where `[a](b)` would be a link (SARIF 2.1.0, section 3.11.6).
pub(super) fn escaped_message(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', '[', ']']) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if matches!(character, '\\' | '[' | ']') {
            safe.push('\\');
        }
        safe.push(character);
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use super::escaped_message;

    #[test]
    fn brackets_make_no_links() {
        for (text, escaped) in [
            ("plain (1)", "plain (1)"),
            ("[a](http://b.test)", r"\[a\](http://b.test)"),
            (r"\[a](1)", r"\\\[a\](1)"),
        ] {
            assert_eq!(escaped_message(text), escaped);
        }
    }
}
