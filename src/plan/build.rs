//! From suites to a plan: selects, resolves and checks.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

use super::endpoint::Endpoint;
use super::environment::Environment;
use super::ground::Ground;
use super::problems::Problems;
use super::reference::{self, Agreed};
use super::request::{Renderer, Unusable, note_secret};
use super::selection::{self, Chosen};
use super::{
    Part, Plan, Secrets, Selection, Settings, build_endpoint, build_environment, homeless, unite,
};
use crate::diagnostic::Diagnostic;
use crate::suite::{self, Place, Scope, Setting, Suite, is_secret_header};

/// What building needs at every step.
pub(super) struct Context<'a> {
    pub(super) suites: &'a [Suite],
    /// The one in hand.
    pub(super) suite: &'a Suite,
    /// The number of its own file among those of the plan.
    pub(super) first_file: usize,
    pub(super) settings: &'a Settings,
    pub(super) process: &'a dyn Fn(&str) -> Option<String>,
    pub(super) problems: Problems<'a>,
    pub(super) secrets: BTreeSet<String>,
}

impl<'a> Context<'a> {
    /// The first of the suites is in hand; nothing where there is none.
    pub(super) fn new(
        suites: &'a [Suite],
        settings: &'a Settings,
        process: &'a dyn Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let suite = suites.first()?;
        Some(Self {
            suites,
            suite,
            first_file: 0,
            settings,
            process,
            problems: Problems::new(suite),
            secrets: BTreeSet::new(),
        })
    }

    /// Takes the suite with this number in hand.
    pub(super) fn turn_to(&mut self, number: usize) {
        if let Some(suite) = self.suites.get(number) {
            self.suite = suite;
            self.first_file = first_file(self.suites, number);
            self.problems.turn_to(suite);
        }
    }

    /// The suite that `environment` of the one in hand stands in.
    pub(super) fn home(&self, environment: &suite::Environment) -> &'a Suite {
        let lender = environment.lender.and_then(|it| self.suites.get(it));
        lender.unwrap_or(self.suite)
    }
}

/// The number of a suite's own file among those of all.
fn first_file(suites: &[Suite], number: usize) -> usize {
    let before = suites.iter().take(number);
    before.map(|suite| suite.files().count()).sum()
}

/// An environment of the plan beside the suite's.
pub(super) struct Asked<'a> {
    pub(super) index: usize,
    pub(super) suite: &'a suite::Environment,
    pub(super) planned: Environment,
}

pub(super) fn build(
    mut suites: Vec<Suite>,
    selection: &Selection,
    settings: &Settings,
    process: &dyn Fn(&str) -> Option<String>,
) -> Result<Plan, Vec<Diagnostic>> {
    let entries = suites
        .iter_mut()
        .map(|it| std::mem::take(&mut it.endpoints));
    let entries: Vec<Vec<suite::Endpoint>> = entries.collect();
    let taken = RefCell::new(BTreeMap::new());
    let process = &|name: &str| {
        let value = process(name)?;
        taken.borrow_mut().insert(name.to_owned(), value.clone());
        Some(value)
    };
    let mut context = Context::new(&suites, settings, process).ok_or_else(nothing)?;
    for (name, value) in &settings.headers {
        if is_secret_header(name) {
            let value = String::from_utf8_lossy(value.as_bytes());
            note_secret(&value, &mut context.secrets);
        }
    }
    build_environment::check_selected(&mut context, selection);
    for (number, entries) in entries.iter().enumerate() {
        context.turn_to(number);
        reference::check_written(&mut context, entries);
    }
    let (chosen, share) = selection::choose(&mut context, selection, entries);
    let reference = reference::agreed(&mut context, selection, &chosen);
    let (endpoints, parts) = resolve(&mut context, selection, &reference, chosen);
    let others = all_others(&mut context, &parts);
    let name = name(&mut context);
    let numbers: Vec<usize> = parts.iter().map(|(number, _)| *number).collect();
    let (environments, grounds) = unite::unite(&mut context, parts);
    let Context {
        problems, secrets, ..
    } = context;
    problems.into_result()?;
    let secrets = Secrets::new(&secrets, taken.take());
    let files = suites.iter().flat_map(Suite::files).map(str::to_owned);
    let plan = Plan {
        files: files.collect(),
        suite: suite_files(&suites),
        name: name.map(|name| secrets.redact(&name).into_owned()),
        reference: reference.among(&environments),
        environments,
        services: suites
            .first()
            .map_or_else(Vec::new, |it| it.services.clone()),
        endpoints,
        parts: in_plan(suites, &numbers, grounds, others),
        share,
        secrets,
    };
    // A small suite leaves some of many machines with nothing to do.
    if plan.requests() == 0 && plan.share.is_none() {
        return Err(nothing());
    }
    Ok(plan)
}

fn nothing() -> Vec<Diagnostic> {
    let message = "none of the selected endpoints is asked in the selected environments";
    let help = "their `environments:` leave out every environment of this run";
    vec![Diagnostic::new("nothing-selected", message).help(help)]
}

/// The endpoints of all suites, and for each suite by its number the environments that it is asked in.
fn resolve<'a>(
    context: &mut Context<'a>,
    selection: &Selection,
    reference: &Agreed,
    chosen: Vec<Chosen>,
) -> (Vec<Endpoint>, Vec<(usize, Vec<Asked<'a>>)>) {
    let mut endpoints = Vec::new();
    let mut parts = Vec::with_capacity(chosen.len());
    for part in chosen {
        let Chosen {
            suite,
            entries,
            positions,
        } = part;
        context.turn_to(suite);
        let own = reference.index(context);
        let asked = build_environment::resolve_all(context, selection, own, &entries);
        homeless::check(context, &asked, &entries);
        let mut resolved = build_endpoint::resolve_all(context, &asked, own, entries);
        for (endpoint, position) in resolved.iter_mut().zip(positions) {
            endpoint.position = position;
        }
        // A single suite keeps its memory.
        if endpoints.is_empty() {
            endpoints = resolved;
        } else {
            endpoints.append(&mut resolved);
        }
        parts.push((suite, asked));
    }
    (endpoints, parts)
}

/// The base URLs of the environments that each suite has and that are not asked.
fn all_others(context: &mut Context<'_>, parts: &[(usize, Vec<Asked<'_>>)]) -> Vec<Vec<Url>> {
    let numbers = 0..context.suites.len();
    let others = numbers.map(|number| {
        context.turn_to(number);
        let part = parts.iter().find(|(of, _)| *of == number);
        let asked = part.map_or(&[][..], |(_, asked)| asked);
        build_environment::others(context, asked)
    });
    others.collect()
}

/// What the plan keeps of each suite. Where there is one, its environments are those of the plan.
fn in_plan(
    suites: Vec<Suite>,
    numbers: &[usize],
    grounds: Vec<Ground>,
    others: Vec<Vec<Url>>,
) -> Vec<Part> {
    let is_alone = suites.len() == 1;
    let mut grounds = numbers.iter().zip(grounds).peekable();
    let mut first_file = 0;
    let numbered = suites.into_iter().zip(others).enumerate();
    let parts = numbered.map(|(number, (suite, others))| {
        let ground = grounds.next_if(|(of, _)| **of == number);
        let ground = ground.map(|(_, ground)| ground).unwrap_or_default();
        let part = Part {
            first_file,
            ground: (!is_alone).then_some(ground),
            others,
            vars: suite.vars.clone(),
        };
        first_file += suite.files().count();
        part
    });
    parts.collect()
}

fn suite_files(suites: &[Suite]) -> String {
    let files = suites.iter().map(|suite| suite.source.name.as_str());
    files.collect::<Vec<_>>().join(", ")
}

/// The name of the suite. Several have one together only where each has one: the names of some would say too little.
fn name(context: &mut Context<'_>) -> Option<String> {
    let mut names: Vec<String> = Vec::new();
    let mut all_named = true;
    for number in 0..context.suites.len() {
        context.turn_to(number);
        let name = suite_name(context);
        all_named &= name.is_some();
        names.extend(name.filter(|name| !names.contains(name)));
    }
    all_named.then(|| names.join(", "))
}

fn suite_name(context: &mut Context<'_>) -> Option<String> {
    let name = context.suite.name.as_ref()?;
    let scope = Scope {
        vars: &[&context.suite.vars],
        process: context.process,
    };
    match name.render(scope) {
        Ok(rendered) => Some(rendered.text),
        Err(error) => {
            let place = Place::Keys(vec!["name".to_owned()]);
            context
                .problems
                .value(&place, &Unusable::Unresolved(error), None);
            None
        }
    }
}

/// A setting's value, parsed once its `${…}` is known.
pub(super) fn resolve_setting<T: Copy>(
    renderer: &Renderer<'_>,
    setting: &Setting<T>,
    parse: impl Fn(&str) -> Result<T, String>,
) -> Result<T, Unusable> {
    match setting {
        Setting::Value(value) => Ok(*value),
        Setting::Template(template) => {
            parse(&renderer.public(template)?).map_err(Unusable::Invalid)
        }
    }
}
