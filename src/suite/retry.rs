//! `retry`: when a request is sent again.
//!
//! Input: `retry: 3`, `retry: false`, or its keys. Output: a [`Retry`]. It refuses to send again after
//! anything that is not named: lists without items, `any` and `not`.

use super::duration::parse_duration;
use super::model::{Retry, RetryOn, Setting};
use super::place::Place;
use super::problems::Problems;
use super::raw::{List, RawRetry, RawRetryKeys, Text};
use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;

/// How often a request may be sent again at most.
const MOST: u32 = 100;

/// What `error` in a list of outcomes is called elsewhere.
const FAILURES: &[&str] = &[
    "errors",
    "failure",
    "network",
    "connection",
    "connect",
    "timeout",
    "timeouts",
    "dns",
    "reset",
    "body",
    "tls",
];

/// Reads `retry`; without it, nothing is set.
pub(super) fn read(raw: Option<&RawRetry>, place: &Place, problems: &mut Problems) -> Retry {
    match raw {
        None => Retry::default(),
        Some(RawRetry::Short(Text(text))) => Retry {
            times: short(text, place, problems),
            ..Retry::default()
        },
        Some(RawRetry::Long(keys)) => long(keys, place, problems),
    }
}

/// Reads how many extra attempts there may be: 0 to 100.
pub fn parse_retries(text: &str) -> Result<u32, String> {
    match text.parse::<u64>() {
        Ok(number) => match u32::try_from(number) {
            Ok(times) if times <= MOST => Ok(times),
            _ => Err(format!(
                "`{text}` retries are too many, expected 0 to {MOST}"
            )),
        },
        Err(_) if text.is_empty() => {
            Err("a number of retries is missing, expected one such as `2`".to_owned())
        }
        Err(_) => Err(format!(
            "`{text}` is no number of retries, expected one such as `2`"
        )),
    }
}

fn short(text: &str, place: &Place, problems: &mut Problems) -> Option<Setting<u32>> {
    match text {
        "false" => Some(Setting::Value(0)),
        "true" => {
            let message = "`true` does not say how many retries there may be";
            let problem = Diagnostic::new("bad-number", message);
            problems.value(place.clone(), problem.help("`retry: 2` does"));
            None
        }
        text => problems.setting(place, text, "bad-number", parse_retries),
    }
}

fn long(raw: &RawRetryKeys, place: &Place, problems: &mut Problems) -> Retry {
    let times = raw.times.as_ref().and_then(|Text(text)| {
        problems.setting(&place.inside("times"), text, "bad-number", parse_retries)
    });
    let mut duration = |key: &str, raw: &Option<Text>| {
        let Text(text) = raw.as_ref()?;
        problems.setting(&place.inside(key), text, "bad-duration", parse_duration)
    };
    Retry {
        times,
        backoff: duration("backoff", &raw.backoff),
        max_wait: duration("max_wait", &raw.max_wait),
        on: raw
            .on
            .as_ref()
            .and_then(|List(items)| on(items, &place.inside("on"), problems)),
    }
}

fn on(items: &[String], place: &Place, problems: &mut Problems) -> Option<RetryOn> {
    if items.is_empty() {
        let problem = Diagnostic::new("bad-retry", "after nothing at all there is no retry");
        problems.value(place.clone(), problem.help("`retry: 0` turns retries off"));
        return None;
    }
    let mut good = true;
    for (index, item) in items.iter().enumerate() {
        if let Err(problem) = check_item(item.trim()) {
            problems.value(place.inside(&index.to_string()), problem);
            good = false;
        }
    }
    if !good {
        return None;
    }
    let (errors, statuses): (Vec<&str>, Vec<&str>) = items
        .iter()
        .map(|item| item.trim())
        .partition(|item| *item == "error");
    let statuses = match Expectation::parse_list(statuses) {
        Ok(Expectation::Status(set)) => Some(set),
        _ => None,
    };
    Some(RetryOn {
        error: !errors.is_empty(),
        statuses,
    })
}

/// An outcome is `error`, or one or more statuses.
fn check_item(item: &str) -> Result<(), Diagnostic> {
    let problem = |message: String| Diagnostic::new("bad-retry", message);
    let all = "an outcome is `error` (no answer), a status (`429`), a class (`5xx`) or a range (`502-504`)";
    if item == "error" {
        return Ok(());
    }
    if item.contains("${") {
        return Err(problem("a list of outcomes has no `${…}` in it".to_owned()).help(all));
    }
    if FAILURES.contains(&item.to_ascii_lowercase().as_str()) {
        return Err(problem(format!("there is no outcome `{item}`"))
            .help("`error` stands for every failure that may pass: no connection, no answer in time, an answer cut off"));
    }
    let item = match Expectation::parse_list([item]) {
        Ok(_) => item,
        Err(error) => return Err(problem(error.message).help(all)),
    };
    if item == "any" || item.starts_with("not") {
        let message = format!("`{item}` names no outcome after which a retry may help");
        return Err(problem(message).help(all));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_retries() {
        for (text, times) in [
            ("0", Some(0)),
            ("100", Some(100)),
            ("101", None),
            ("99999999999999999999", None),
            ("-1", None),
            ("2.5", None),
            ("", None),
        ] {
            assert_eq!(parse_retries(text).ok(), times, "{text}");
        }
    }

    #[test]
    fn knows_outcomes() {
        for (item, good) in [
            ("error", true),
            ("429", true),
            ("5xx", true),
            ("502-504", true),
            ("timeout", false),
            ("any", false),
            ("not 404", false),
            ("same", false),
            ("301 -> /a", false),
            ("${a}", false),
            ("", false),
        ] {
            assert_eq!(check_item(item).is_ok(), good, "{item}");
        }
    }
}
