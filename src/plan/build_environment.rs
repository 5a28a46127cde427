//! From a suite's environments to a plan's: the reference, the selection, resolved settings, the guard.

use url::Url;

use super::Guard;
use super::build::{Asked, Context};
use super::environment::{Base, Environment};
use super::reference::may_need_reference;
use super::resolve_environment::{self, About};
use super::selection::Selection;
use crate::diagnostic::Diagnostic;
use crate::suite::{
    self, EnvironmentType, Place, Scope, Suite, infer_type, parse_base_url, shortened_path,
    unknown_environment,
};

/// The index of the environment that others are compared with: the one named, else the first production, else
/// the first.
pub(super) fn reference(context: &Context<'_>) -> usize {
    let is_production = |environment| kind(context, environment) == EnvironmentType::Production;
    let first = || {
        context
            .suite
            .environments
            .iter()
            .position(is_production)
            .unwrap_or(0)
    };
    context.suite.reference.unwrap_or_else(first)
}

/// The environments that are asked: those that `--env` selects, and the reference if an endpoint may need it.
pub(super) fn resolve_all<'a>(
    context: &mut Context<'a>,
    selection: &Selection,
    reference: usize,
    entries: &[suite::Endpoint],
) -> Vec<Asked<'a>> {
    let judged = judged(context.suite, selection);
    let needs_reference = entries
        .iter()
        .any(|entry| !judged.is_empty() && may_need_reference(entry, &judged));
    let follows_redirects = entries.iter().any(|entry| entry.spec.follow_redirects > 0);
    let mut asked = Vec::new();
    for (index, suite) in context.suite.environments.iter().enumerate() {
        let judged = judged.contains(&index);
        if judged || (needs_reference && index == reference) {
            let about = About {
                kind: kind(context, suite),
                judged,
                follows_redirects,
            };
            let planned = resolve_environment::resolve(context, suite, entries, about);
            asked.extend(planned.map(|planned| Asked {
                index,
                suite,
                planned,
            }));
        }
    }
    check_distinct(context, &asked, entries);
    asked
}

/// The indices of the environments of `suite` that `--env` selects; all, where it selects none.
pub(super) fn judged(suite: &Suite, selection: &Selection) -> Vec<usize> {
    let all = &suite.environments;
    if selection.environments.is_empty() {
        return (0..all.len()).collect();
    }
    let names = selection.environments.iter();
    names
        .filter_map(|name| all.iter().position(|it| it.name == *name))
        .collect()
}

/// Whatever `--env` selects is an environment of one of the suites.
pub(super) fn check_selected(context: &mut Context<'_>, selection: &Selection) {
    let environments = context.suites.iter().flat_map(|suite| &suite.environments);
    let mut known: Vec<String> = Vec::new();
    for environment in environments {
        if !known.contains(&environment.name) {
            known.push(environment.name.clone());
        }
    }
    for name in &selection.environments {
        if !known.contains(name) {
            let problem = unknown_environment(name, &known);
            let message = format!("`--env {name}`: {}", problem.message);
            context.problems.plain().push(Diagnostic {
                message,
                label: String::new(),
                ..problem
            });
        }
    }
}

/// Two environments that nothing tells apart would be compared with themselves, and so would a service that is asked
/// in both.
fn check_distinct(context: &mut Context<'_>, asked: &[Asked<'_>], entries: &[suite::Endpoint]) {
    let services = 0..context.suite.services.len();
    let is_asked = |index: &usize| {
        let mut entries = entries.iter();
        entries.any(|entry| entry.spec.service == Some(*index))
    };
    let sites: Vec<Option<usize>> = std::iter::once(None)
        .chain(services.filter(is_asked).map(Some))
        .collect();
    for (position, one) in asked.iter().enumerate() {
        for &site in &sites {
            let mut before = asked.iter().take(position);
            let twin = before.find(|other| is_twin(&one.planned, &other.planned, site));
            if let Some(other) = twin {
                let home = context.home(one.suite);
                let (one, other) = (one.planned.at(site), other.planned.at(site));
                let problem = twins(home, one, &other.label());
                context.problems.plain().push(problem);
            }
        }
    }
}

fn is_twin(one: &Environment, other: &Environment, service: Option<usize>) -> bool {
    let credentials = one.keeper(service).credentials == other.keeper(service).credentials;
    let (one, other) = (one.at(service), other.at(service));
    let same_url = matches!(
        (&one.base, &other.base),
        (Base::Url(a), Base::Url(b)) if address(a) == address(b)
    );
    same_url
        && credentials
        && one.headers == other.headers
        && one.connection.resolve == other.connection.resolve
        && one.connection.proxy == other.connection.proxy
}

fn twins(suite: &Suite, one: &Environment, other: &str) -> Diagnostic {
    let keys: &[&str] = match one.service() {
        Some(service) => &["environments", one.name(), "services", service, "base_url"],
        None => &["environments", one.name(), "base_url"],
    };
    let place = Place::Keys(keys.iter().map(|&key| key.to_owned()).collect());
    let one = one.label();
    let message =
        format!("`{one}` has the same base URL as `{other}`: it would be compared with itself");
    suite
        .problem(&place, "same-environment", message)
        .help("give it a base URL of its own, or headers that tell the two apart")
}

/// No unsafe method is sent where a guard is, unless the suite or a flag says so.
pub(super) fn guard(
    context: &mut Context<'_>,
    asked: &[Asked<'_>],
    judged: &[usize],
    entry: &suite::Endpoint,
) {
    if entry.spec.method.is_safe() {
        return;
    }
    match context.settings.guard {
        Guard::Nowhere => {}
        Guard::Production => guard_production(context, asked, judged, entry),
        Guard::Everywhere => refuse(context, entry),
    }
}

/// Nobody has said what the environments are, so none of them is sent anything that may change it.
fn refuse(context: &mut Context<'_>, entry: &suite::Endpoint) {
    let (method, path) = (&entry.spec.method, shortened_path(entry.path.written()));
    let message =
        format!("`{method} {path}` may change data, and would be sent to every environment");
    let place = Place::EndpointPath(entry.entry);
    let problem = context.suite.problem(&place, "unsafe-method", message);
    let problem = problem
        .help("`--allow-unsafe-methods` lets it through to all of them, the reference included");
    context.problems.plain().push(problem);
}

/// Production is guarded: an unsafe method is not sent there unless the environment says so.
fn guard_production(
    context: &mut Context<'_>,
    asked: &[Asked<'_>],
    judged: &[usize],
    entry: &suite::Endpoint,
) {
    let method = &entry.spec.method;
    let guarded = |environment: &&Asked<'_>| {
        let planned = &environment.planned;
        let is_mock = planned.at(entry.spec.service).is_mock();
        let production = planned.kind == EnvironmentType::Production && !is_mock;
        let sent = planned.judged || may_need_reference(entry, judged);
        production
            && sent
            && !environment.suite.allow_unsafe_methods
            && asks(entry, environment.index)
    };
    for environment in asked.iter().filter(guarded) {
        let name = &environment.suite.name;
        let stated = environment.suite.kind.is_some();
        let why = if stated {
            "is production"
        } else {
            "counts as production"
        };
        let path = shortened_path(entry.path.written());
        let message = format!("`{method} {path}` would be sent to `{name}`, which {why}");
        let place = Place::EndpointPath(entry.entry);
        let mut problem = context.suite.problem(&place, "unsafe-method", message);
        if context.suite.is_list() {
            // It has no keys to say more with.
            if !stated {
                problem = problem.help("an environment with `staging` or `dev` in its name does not count as production: `--base-url staging=URL`");
            }
            let allow = "`--allow-unsafe-methods` lets it through to all environments";
            context.problems.plain().push(problem.help(allow));
            continue;
        }
        let names = context
            .suite
            .environments
            .iter()
            .map(|other| other.name.as_str());
        let others: Vec<_> = names.filter(|other| other != name).collect();
        if !others.is_empty() {
            let limit = format!("`environments: [{}]`", others.join(", "));
            problem = problem.help(format!("{limit} in the endpoint keeps it away from there"));
        }
        if !stated {
            problem = problem.help(format!(
                "`type: staging` in `{name}` says that it is not production"
            ));
        }
        let allow = "`allow_unsafe_methods: true`";
        problem = problem.help(format!(
            "{allow} in `{name}`, or `--allow-unsafe-methods`, lets it through"
        ));
        context.problems.plain().push(problem);
    }
}

fn asks(entry: &suite::Endpoint, index: usize) -> bool {
    match &entry.spec.expect {
        suite::Expected::Everywhere(_) => true,
        suite::Expected::PerEnvironment(settings) => {
            settings.get(index).is_some_and(Option::is_some)
        }
    }
}

/// The type that the suite states, else what name and hosts suggest: production if one of them does. A base URL that
/// is not resolvable in this run has no host to go by.
fn kind(context: &Context<'_>, environment: &suite::Environment) -> EnvironmentType {
    environment.kind.unwrap_or_else(|| {
        let infer = |base: &suite::Base| {
            let url = match base {
                suite::Base::Nowhere => return None,
                suite::Base::Url(_) => base_url(context, environment, base),
                suite::Base::Discover(_) => None,
                suite::Base::Mock(_) => Url::parse("http://127.0.0.1").ok(),
            };
            let host = url.as_ref().and_then(Url::host);
            Some(infer_type(&environment.name, host.as_ref()))
        };
        let types: Vec<_> = bases(environment).filter_map(infer).collect();
        if types.contains(&EnvironmentType::Production) {
            EnvironmentType::Production
        } else {
            let first = types.first().copied();
            first.unwrap_or_else(|| infer_type(&environment.name, None))
        }
    })
}

/// Where an environment is: itself, and its services.
fn bases(environment: &suite::Environment) -> impl Iterator<Item = &suite::Base> {
    let services = environment.services.iter().map(|service| &service.base);
    std::iter::once(&environment.base).chain(services)
}

/// A base URL of `environment`, if it can be told in this run.
pub(super) fn base_url(
    context: &Context<'_>,
    environment: &suite::Environment,
    base: &suite::Base,
) -> Option<Url> {
    let suite::Base::Url(template) = base else {
        return None;
    };
    let vars = [&environment.vars, &context.home(environment).vars];
    let scope = Scope {
        vars: &vars,
        process: context.process,
    };
    parse_base_url(&template.render(scope).ok()?.text).ok()
}

/// What tells two base URLs apart: the same place with and without a trailing slash is one place.
fn address(url: &Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// The base URLs of the environments of the suite that are not asked, as far as they are known in this run.
pub(super) fn others(context: &Context<'_>, asked: &[Asked<'_>]) -> Vec<Url> {
    let environments = context.suite.environments.iter().enumerate();
    let others = environments.filter(|(index, _)| asked.iter().all(|asked| asked.index != *index));
    let bases = others.flat_map(|(_, it)| bases(it).map(move |base| (it, base)));
    bases
        .filter_map(|(it, base)| base_url(context, it, base))
        .collect()
}
