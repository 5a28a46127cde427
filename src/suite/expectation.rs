//! Expectations as the YAML has them: one for all environments, or one for each.
//!
//! Input: [`RawExpect`] and the names of the environments. Output: [`Stated`], which knows what is expected
//! where. What an expectation may say is the business of [`crate::expect`].

use std::sync::Arc;

use super::model::Setting;
use super::names::unknown_environment;
use super::place::Place;
use super::problems::Problems;
use super::raw::{ENDPOINT_KEYS, RawExpect};
use super::template::Template;
use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;

/// One expectation, or the template of one.
pub(super) type Expect = Setting<Arc<Expectation>>;

/// What one `expect` states.
#[derive(Debug, Clone)]
pub(super) enum Stated {
    /// The same everywhere.
    All(Expect),
    /// For each environment by number, and for the others.
    Each {
        by_environment: Vec<Option<Expect>>,
        default: Option<Expect>,
    },
    /// A problem that has been reported.
    Broken,
}

impl Stated {
    /// Everything that is expected somewhere and written out.
    pub(super) fn written(&self) -> impl Iterator<Item = &Expectation> {
        let (one, each, default) = match self {
            Self::All(expect) => (Some(expect), &[][..], None),
            Self::Each {
                by_environment,
                default,
            } => (None, &by_environment[..], default.as_ref()),
            Self::Broken => (None, &[][..], None),
        };
        let settings = one.into_iter().chain(each.iter().flatten()).chain(default);
        settings.filter_map(|setting| match setting {
            Setting::Value(expectation) => Some(&**expectation),
            Setting::Template(_) => None,
        })
    }

    /// What is expected of the environment with this number.
    pub(super) fn of(&self, environment: usize) -> Option<&Expect> {
        match self {
            Self::All(expect) => Some(expect),
            Self::Each {
                by_environment,
                default,
            } => by_environment
                .get(environment)?
                .as_ref()
                .or(default.as_ref()),
            Self::Broken => None,
        }
    }
}

/// Reads what `raw` states; `place` is its place in the file.
pub(super) fn read(
    raw: &RawExpect,
    place: &Place,
    environments: &[String],
    problems: &mut Problems,
) -> Stated {
    let RawExpect::Map(pairs) = raw else {
        return match one(raw) {
            Ok(expect) => Stated::All(expect),
            Err(problem) => {
                problems.value(place.clone(), problem);
                Stated::Broken
            }
        };
    };
    if pairs.is_empty() {
        problems.value(place.clone(), missing());
        return Stated::Broken;
    }
    if let Some((key, _)) = pairs
        .iter()
        .find(|(key, _)| ENDPOINT_KEYS.contains(&key.as_str()) && !environments.contains(key))
    {
        problems.key(place.inside(key), long_form(key));
        return Stated::Broken;
    }
    let mut by_environment: Vec<Option<Expect>> = vec![None; environments.len()];
    let mut default = None;
    let mut broken = false;
    for (name, raw) in pairs {
        let number = environments.iter().position(|other| other == name);
        let place = place.inside(name);
        if number.is_none() && name != "default" {
            // Without any environment that is the one problem to report.
            if !environments.is_empty() {
                problems.key(place, unknown_name(name, raw, environments));
            }
            broken = true;
            continue;
        }
        match (one(raw), number) {
            (Ok(expect), Some(number)) => by_environment[number] = Some(expect),
            (Ok(expect), None) => default = Some(expect),
            (Err(problem), _) => {
                problems.value(place, problem);
                broken = true;
            }
        }
    }
    if broken {
        Stated::Broken
    } else {
        Stated::Each {
            by_environment,
            default,
        }
    }
}

/// Reads one expectation, without a mapping of environments.
pub(super) fn one(raw: &RawExpect) -> Result<Expect, Diagnostic> {
    let parsed = match raw {
        RawExpect::Missing => return Err(missing()),
        RawExpect::One(text) if text.contains("${") => {
            return match Template::parse(text) {
                Ok(template) => Ok(Setting::Template(template)),
                Err(error) => Err(Diagnostic::new("bad-template", error.message)),
            };
        }
        RawExpect::One(text) => Expectation::parse(text),
        RawExpect::List(items) if items.iter().any(|item| item.contains("${")) => {
            return Err(Diagnostic::new(
                "bad-expectation",
                "a list of expectations has no `${…}` in it",
            )
            .help("`${NAME}` may stand for a whole expectation, such as `2xx`"));
        }
        RawExpect::List(items) => Expectation::parse_list(items.iter().map(String::as_str)),
        RawExpect::Map(_) => {
            return Err(Diagnostic::new(
                "bad-expectation",
                "expected an expectation, found a mapping",
            )
            .help("a mapping of environments to expectations has no further mappings in it"));
        }
    };
    match parsed {
        Ok(expectation) => Ok(Setting::Value(Arc::new(expectation))),
        Err(error) => {
            let problem = Diagnostic::new("bad-expectation", error.message);
            Err(match error.help {
                Some(help) => problem.help(help),
                None => problem,
            })
        }
    }
}

fn missing() -> Diagnostic {
    Diagnostic::new("missing-expectation", "an expectation is missing")
        .label("nothing after the colon")
        .help("an expectation is a status such as `200`, or `2xx`, `any`, `same`")
}

fn long_form(key: &str) -> Diagnostic {
    Diagnostic::new(
        "mixed-forms",
        format!("`{key}` is a key of the long form, expected an expectation"),
    )
    .help("the long form is `- path: /a` with further keys, such as `expect: 200`, below it")
}

fn unknown_name(name: &str, raw: &RawExpect, environments: &[String]) -> Diagnostic {
    match name.split_once(':') {
        Some((before, after)) if *raw == RawExpect::Missing => Diagnostic::new(
            "missing-space",
            format!("`{name}` has no space after its colon"),
        )
        .help(format!(
            "in YAML a key and its value are written `{before}: {after}`"
        )),
        _ => unknown_environment(name, environments),
    }
}
