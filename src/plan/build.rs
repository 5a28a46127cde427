//! From a suite to a plan: selects, resolves and checks.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::environment::Environment;
use super::problems::Problems;
use super::request::{Renderer, Unusable, note_secret};
use super::selection::Filter;
use super::{
    Plan, Reference, Secrets, Selection, Settings, Share, build_endpoint, build_environment,
};
use crate::diagnostic::Diagnostic;
use crate::expect::Expectation;
use crate::suite::{self, Expected, Place, Scope, Setting, Suite, is_secret_header};

/// What building needs at every step.
pub(super) struct Context<'a> {
    pub(super) suite: &'a Suite,
    pub(super) settings: &'a Settings,
    pub(super) process: &'a dyn Fn(&str) -> Option<String>,
    pub(super) problems: Problems<'a>,
    pub(super) secrets: BTreeSet<String>,
}

/// An environment of the plan beside the suite's.
pub(super) struct Asked<'a> {
    pub(super) index: usize,
    pub(super) suite: &'a suite::Environment,
    pub(super) planned: Environment,
}

pub(super) fn build(
    mut suite: Suite,
    selection: &Selection,
    settings: &Settings,
    process: &dyn Fn(&str) -> Option<String>,
) -> Result<Plan, Vec<Diagnostic>> {
    let entries = std::mem::take(&mut suite.endpoints);
    let taken = RefCell::new(BTreeMap::new());
    let process = &|name: &str| {
        let value = process(name)?;
        taken.borrow_mut().insert(name.to_owned(), value.clone());
        Some(value)
    };
    let problems = Problems::new(&suite);
    let mut context = Context {
        suite: &suite,
        settings,
        process,
        problems,
        secrets: BTreeSet::new(),
    };
    for (name, value) in &settings.headers {
        if is_secret_header(name) {
            let value = String::from_utf8_lossy(value.as_bytes());
            note_secret(&value, &mut context.secrets);
        }
    }
    let reference = build_environment::reference(&context);
    check_written(&mut context, &entries, reference);
    let (entries, positions, share) = select(&mut context, selection, entries);
    let asked = build_environment::resolve_all(&mut context, selection, reference, &entries);
    let mut endpoints = build_endpoint::resolve_all(&mut context, &asked, reference, entries);
    for (endpoint, position) in endpoints.iter_mut().zip(positions) {
        endpoint.position = position;
    }
    let name = suite_name(&mut context);
    let others = build_environment::others(&context, &asked);
    let Context {
        problems, secrets, ..
    } = context;
    problems.into_result()?;
    let secrets = Secrets::new(&secrets, taken.take());
    let plan = Plan {
        files: suite.files().map(str::to_owned).collect(),
        name: name.map(|name| secrets.redact(&name).into_owned()),
        reference: named_reference(&suite, &asked, reference),
        others,
        environments: asked
            .into_iter()
            .map(|environment| environment.planned)
            .collect(),
        services: suite.services.clone(),
        endpoints,
        vars: suite.vars,
        share,
        secrets,
    };
    // A small suite leaves some of many machines with nothing to do.
    if plan.requests() == 0 && plan.share.is_none() {
        let message = "none of the selected endpoints is asked in the selected environments";
        let help = "their `environments:` leave out every environment of this run";
        return Err(vec![
            Diagnostic::new("nothing-selected", message).help(help),
        ]);
    }
    Ok(plan)
}

fn named_reference(suite: &Suite, asked: &[Asked<'_>], reference: usize) -> Reference {
    let environment = suite.environments.get(reference);
    Reference {
        name: environment.map_or_else(String::new, |it| it.name.clone()),
        index: asked.iter().position(|asked| asked.index == reference),
    }
}

/// The endpoints that this run asks; where that is a part of the selected ones, their positions in the suite, and
/// which part it is.
fn select(
    context: &mut Context<'_>,
    selection: &Selection,
    mut entries: Vec<suite::Endpoint>,
) -> (Vec<suite::Endpoint>, Vec<u32>, Option<Share>) {
    let filter = Filter::new(selection, &context.suite.services, context.problems.plain());
    let had_some = !entries.is_empty();
    let positions = selection
        .shard
        .map(|_part| (0..).take(entries.len()).collect());
    let mut positions: Vec<u32> = positions.unwrap_or_default();
    retain(&mut entries, &mut positions, |entry| filter.admits(entry));
    if entries.is_empty() && had_some {
        let help =
            "`--tag`, `--service` and `--only` must match at least one endpoint of the suite";
        let problem = Diagnostic::new("nothing-selected", "no endpoint is selected");
        context.problems.plain().push(problem.help(help));
    }
    let share = selection.shard.map(|shard| {
        let share = Share::new(shard, context.suite, &entries, &positions);
        retain(&mut entries, &mut positions, |entry| shard.holds(entry));
        share
    });
    (entries, positions, share)
}

/// Keeps those of the entries, and of their positions if there are any, that are wanted.
fn retain(
    entries: &mut Vec<suite::Endpoint>,
    positions: &mut Vec<u32>,
    wanted: impl Fn(&suite::Endpoint) -> bool,
) {
    let mut all = std::mem::take(positions).into_iter();
    entries.retain(|entry| {
        let position = all.next();
        let is_wanted = wanted(entry);
        positions.extend(position.filter(|_| is_wanted));
        is_wanted
    });
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

/// Whether what is expected of the endpoint in the `judged` environments may turn out to be the reference's
/// answer.
pub(super) fn may_need_reference(entry: &suite::Endpoint, judged: &[usize]) -> bool {
    let may = |setting: &Setting<Arc<Expectation>>| match setting {
        Setting::Value(expectation) => matches!(**expectation, Expectation::Same),
        Setting::Template(_) => true,
    };
    let same = entry.spec.same;
    match &entry.spec.expect {
        Expected::Everywhere(setting) => same || may(setting),
        Expected::PerEnvironment(settings) => judged
            .iter()
            .filter_map(|&index| settings.get(index)?.as_ref())
            .any(|setting| same || may(setting)),
    }
}

/// What turns out to be compared only once its `${…}` is known is checked where that is resolved. A single
/// environment was told when the suite was read.
fn check_written(context: &mut Context<'_>, entries: &[suite::Endpoint], reference: usize) {
    if context.suite.environments.len() > 1 {
        for entry in entries.iter().filter(|entry| entry.is_compared()) {
            check_reference(context, entry, reference);
        }
    }
}

/// An endpoint that is compared with the reference must ask the reference, and that must be another environment.
pub(super) fn check_reference(
    context: &mut Context<'_>,
    entry: &suite::Endpoint,
    reference: usize,
) {
    let environments = &context.suite.environments;
    let Some(environment) = environments.get(reference) else {
        return;
    };
    let (entry, expect, name) = (entry.entry, &entry.spec.expect, &environment.name);
    let is_left_out = matches!(expect, Expected::PerEnvironment(settings) if settings.get(reference).is_some_and(Option::is_none));
    let problem = if environments.len() == 1 {
        let message = format!(
            "this endpoint is compared with the reference, but `{name}` is the only environment"
        );
        let place = Place::EndpointExpect(entry, name.clone());
        let problem = context.suite.problem(&place, "nothing-to-compare", message);
        problem.help("another expectation says what it should answer, such as `200`")
    } else if is_left_out {
        let place = Place::EndpointKey(entry, vec!["environments".to_owned()]);
        let message = format!(
            "this endpoint is compared with the reference `{name}`, but is not asked there"
        );
        let problem = context.suite.problem(&place, "reference-left-out", message);
        problem.help(format!(
            "add `{name}` to its `environments:`, or give it an expectation of its own (`expect: 200`)"
        ))
    } else {
        return;
    };
    context.problems.plain().push(problem);
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
