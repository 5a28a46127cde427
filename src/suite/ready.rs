//! `ready`: what an environment has to answer before its probes are sent.
//!
//! Input: the raw keys. Output: a [`Ready`]. It refuses expectations that no single environment can meet:
//! `same`, and one for each environment; and targets, as what redirects is not there yet.

use std::sync::Arc;

use super::address::check_path;
use super::duration::parse_duration;
use super::expectation;
use super::fields;
use super::model::{Ready, Setting};
use super::place::Place;
use super::problems::Problems;
use super::raw::{RawExpect, RawReady, Text};
use super::slip;
use super::template::Template;
use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;

/// Reads `ready`.
pub(super) fn read(raw: &RawReady, place: &Place, problems: &mut Problems) -> Option<Ready> {
    let path = if let Some(Text(path)) = &raw.path {
        path_of(path, &place.inside("path"), problems)
    } else {
        let problem = Diagnostic::new("missing-path", "`ready` has no `path`");
        problems.missing(place.clone(), problem.help("it looks like `path: /health`"));
        None
    };
    let expect = raw
        .expect
        .as_ref()
        .and_then(|raw| expected(raw, &place.inside("expect"), problems));
    let mut duration = |key: &str, raw: &Option<Text>| {
        let Text(text) = raw.as_ref()?;
        problems.setting(&place.inside(key), text, "bad-duration", parse_duration)
    };
    let timeout = duration("timeout", &raw.timeout);
    let interval = duration("interval", &raw.interval);
    Some(Ready {
        path: path?,
        expect,
        timeout,
        interval,
        headers: fields::answer_headers(raw.header.as_ref(), &place.inside("header"), problems),
        json: fields::pairs(raw.json.as_ref(), &place.inside("json"), problems),
    })
}

/// Whether an expectation may be demanded of an environment that is waited for.
pub fn check_ready(expectation: &Expectation) -> Result<(), String> {
    let what = match expectation {
        Expectation::Status(_) => return Ok(()),
        Expectation::Redirect(..) | Expectation::Chain(_) => "no target",
        Expectation::Same => "no comparison with the reference",
    };
    Err(format!(
        "expected a status, found `{expectation}`: waiting knows {what}"
    ))
}

fn path_of(text: &str, place: &Place, problems: &mut Problems) -> Option<Template> {
    let template = problems.template(place, text)?;
    match template.as_plain().map(check_path) {
        Some(Err(message)) => {
            problems.value(place.clone(), slip::bad_path(text, message));
            None
        }
        _ => Some(template),
    }
}

fn expected(
    raw: &RawExpect,
    place: &Place,
    problems: &mut Problems,
) -> Option<Setting<Arc<Expectation>>> {
    let expect = match raw {
        RawExpect::Map(_) => Err(Diagnostic::new(
            "bad-expectation",
            "expected a status, found a mapping",
        )
        .help("`ready` stands in an environment, so its expectation is for that one alone")),
        raw => expectation::one(raw),
    };
    let checked = expect.and_then(|expect| match &expect {
        Setting::Value(expectation) => match check_ready(expectation) {
            Ok(()) => Ok(expect),
            Err(message) => Err(Diagnostic::new("bad-expectation", message)
                .help("a status, a class, a range or a list of them: `200`, `2xx`, `[200, 401]`")),
        },
        Setting::Template(_) => Ok(expect),
    });
    match checked {
        Ok(expect) => Some(expect),
        Err(problem) => {
            problems.value(place.clone(), problem);
            None
        }
    }
}
