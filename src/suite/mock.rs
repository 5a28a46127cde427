//! What an embedded environment answers.
//!
//! Input: the value of `mock`, a mapping or the name of a YAML file beside the suite. Output: routes. It
//! refuses what is no answer; the file's problems are reported in the file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};

use super::address::check_path;
use super::duration::parse_duration;
use super::mask::{self, Reading};
use super::model::{MockAnswer, MockRoute};
use super::place::Place;
use super::problems::Problems;
use super::raw::{Pairs, RawAnswer, RawAnswerKeys, RawMock, Text};
use super::template::Template;
use super::{fields, method, slip, yaml};
use crate::diagnostic::{Diagnostic, Source};

/// What helps where something else stands.
const AN_ANSWER: &str = "an answer is `200`, `301 -> /new` or `{ status: 200, body: text }`";

/// Reads the routes of a mock.
pub(super) fn read(
    raw: &RawMock,
    place: &Place,
    suite: &Source,
    problems: &mut Problems,
) -> Vec<MockRoute<Template>> {
    match raw {
        RawMock::Routes(pairs) => routes(pairs, place, problems),
        RawMock::File(Text(name)) => match load(name, suite) {
            Ok(source) => from_file(&source, problems),
            Err(problem) => {
                match problem.span {
                    Some(_) => problems.push(problem),
                    None => problems.value(place.clone(), problem),
                }
                Vec::new()
            }
        },
    }
}

/// The name is relative to the suite's folder, so that a suite works from anywhere.
fn load(name: &str, suite: &Source) -> Result<Arc<Source>, Diagnostic> {
    if name.contains("${") {
        return Err(Diagnostic::new(
            "bad-mock",
            "the name of a mock's file has no `${…}` in it",
        ));
    }
    let folder = Path::new(&suite.name).parent().unwrap_or(Path::new(""));
    match Source::from_path(&folder.join(name)) {
        Ok(source) => Ok(Arc::new(source)),
        // Whatever is wrong inside the file has its place there.
        Err(problem) if problem.span.is_some() => Err(problem),
        Err(problem) => {
            let help =
                "`mock` is a mapping of paths to answers, or a file's name relative to the suite";
            Err(Diagnostic {
                help: vec![help.to_owned()],
                ..problem
            })
        }
    }
}

fn from_file(source: &Arc<Source>, problems: &mut Problems) -> Vec<MockRoute<Template>> {
    let mut found = Vec::new();
    let read = yaml::read_mock(source, &mut found);
    let mut inside = Problems::default();
    let routes = read
        .as_ref()
        .map(|read| routes(&read.raw, &Place::keys(&[]), &mut inside))
        .unwrap_or_default();
    if !found.is_empty() || !inside.is_empty() {
        let tree = read
            .and_then(|read| read.tree)
            .or_else(|| yaml::compose(source));
        mask::set(source, tree.as_ref(), Reading::Sound);
        found.extend(inside.resolve(source, tree.as_ref()));
        for problem in found {
            problems.push(problem);
        }
    }
    routes
}

fn routes(
    pairs: &Pairs<RawAnswer>,
    place: &Place,
    problems: &mut Problems,
) -> Vec<MockRoute<Template>> {
    pairs
        .0
        .iter()
        .filter_map(|(key, raw)| route(key, raw, &place.inside(key), problems))
        .collect()
}

fn route(
    key: &str,
    raw: &RawAnswer,
    place: &Place,
    problems: &mut Problems,
) -> Option<MockRoute<Template>> {
    let (method, path) = method_and_path(key, place, problems)?;
    let answers = match raw {
        RawAnswer::InTurn(list) if list.is_empty() => {
            let problem = Diagnostic::new("bad-mock", "the list has no answers");
            problems.value(
                place.clone(),
                problem.help(
                    "`[200, 503]` answers with 200 first, then with 503, then with 200 again",
                ),
            );
            return None;
        }
        RawAnswer::InTurn(list) => {
            let places = (0..list.len()).map(|index| place.inside(&index.to_string()));
            let answers = list.iter().zip(places);
            answers
                .map(|(raw, place)| answer(raw, &place, problems))
                // All of them, so that every problem is told.
                .collect::<Vec<_>>()
        }
        one => vec![answer(one, place, problems)],
    };
    Some(MockRoute {
        method,
        path,
        answers: answers.into_iter().collect::<Option<_>>()?,
    })
}

fn answer(raw: &RawAnswer, place: &Place, problems: &mut Problems) -> Option<MockAnswer<Template>> {
    let none = RawAnswerKeys::default();
    let (answer, keys) = match raw {
        RawAnswer::Missing => (None, &none),
        RawAnswer::Short(Text(text)) => (Some((text, place.clone())), &none),
        RawAnswer::Long(keys) => (
            keys.status
                .as_ref()
                .map(|Text(text)| (text, place.inside("status"))),
            keys.as_ref(),
        ),
        RawAnswer::InTurn(_) => {
            let problem = Diagnostic::new("bad-mock", "a list of answers in a list of answers");
            problems.value(place.clone(), problem.help(AN_ANSWER));
            return None;
        }
    };
    let Some((text, answer_place)) = answer else {
        let problem = Diagnostic::new("bad-mock", "the answer's status is missing");
        problems.missing(place.clone(), problem.help(AN_ANSWER));
        return None;
    };
    let (status, location) = match status(text) {
        Ok(answer) => answer,
        Err(message) => {
            let problem = Diagnostic::new("bad-mock", message);
            problems.value(
                answer_place,
                problem.help("an answer is a status such as `200`, or `301 -> /new`"),
            );
            return None;
        }
    };
    let location = location.and_then(|location| problems.template(&answer_place, location));
    let body = keys
        .body
        .as_ref()
        .and_then(|Text(text)| problems.template(&place.inside("body"), text));
    Some(MockAnswer {
        status,
        location,
        delay: delay(keys, place, problems),
        headers: fields::headers(keys.headers.as_ref(), &place.inside("headers"), problems),
        body: body.unwrap_or_else(|| Template::literal("")),
    })
}

fn method_and_path(
    key: &str,
    place: &Place,
    problems: &mut Problems,
) -> Option<(Option<Method>, Template)> {
    let (method, path) = method::split(key);
    let method = match method.map(method::parse) {
        None => None,
        Some(Ok(method)) => Some(method),
        Some(Err(problem)) => {
            problems.key(place.clone(), problem);
            return None;
        }
    };
    let path = match Template::parse(path) {
        Ok(template) => template,
        Err(error) => {
            problems.key(
                place.clone(),
                Diagnostic::new("bad-template", error.message),
            );
            return None;
        }
    };
    if let Some(Err(message)) = path.as_plain().map(check_path) {
        problems.key(place.clone(), slip::bad_path(path.written(), message));
        return None;
    }
    Some((method, path))
}

fn status(text: &str) -> Result<(StatusCode, Option<&str>), String> {
    let (status, location) = match text.split_once("->") {
        Some((status, location)) => (status.trim(), Some(location.trim())),
        None => (text.trim(), None),
    };
    let number = status
        .parse()
        .ok()
        .filter(|number| (200..=999).contains(number));
    let code = number.and_then(|number| StatusCode::from_u16(number).ok());
    match (code, location) {
        (None, _) => Err(format!("`{status}` is no status, expected 200 to 999")),
        (Some(code), Some(_)) if !code.is_redirection() => Err(format!(
            "`{status}` is no redirect, expected 3xx before `->`"
        )),
        (Some(_), Some("")) => Err("the redirect's target is missing after `->`".to_owned()),
        (Some(code), location) => Ok((code, location)),
    }
}

fn delay(keys: &RawAnswerKeys, place: &Place, problems: &mut Problems) -> Duration {
    match keys.delay.as_ref().map(|Text(text)| parse_duration(text)) {
        None => Duration::ZERO,
        Some(Ok(delay)) => delay,
        Some(Err(message)) => {
            problems.value(
                place.inside("delay"),
                Diagnostic::new("bad-duration", message),
            );
            Duration::ZERO
        }
    }
}
