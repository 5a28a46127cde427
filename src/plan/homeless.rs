//! Endpoints that a run asks and of which nothing says where they are asked.
//!
//! Input: the selected endpoints and the environments that are asked. Output: a problem for each service that is nowhere.

use super::build::{Asked, Context};
use crate::diagnostic::Diagnostic;
use crate::suite::{self, Base, Expected, Place};

/// Notes what would be asked nowhere. One report says it for all endpoints of a service: what is missing is the same.
pub(super) fn check(context: &mut Context<'_>, asked: &[Asked<'_>], entries: &[suite::Endpoint]) {
    let services = (0..context.suite.services.len()).map(Some);
    for service in std::iter::once(None).chain(services) {
        let nowhere = asked.iter().filter(|it| is_nowhere(it.suite, service));
        let nowhere: Vec<_> = nowhere.collect();
        let mut homeless = entries.iter().filter(|entry| {
            entry.spec.service == service && nowhere.iter().any(|it| is_asked(entry, it.index))
        });
        let Some(first) = homeless.next() else {
            continue;
        };
        let names: Vec<&str> = nowhere.iter().map(|it| &*it.suite.name).collect();
        let problem = problem(context, first, service, &names);
        let problem = match homeless.count() {
            0 => problem,
            1 => problem.help("one more endpoint is asked there"),
            count => problem.help(format!("{count} more endpoints are asked there")),
        };
        context.problems.plain().push(problem);
    }
}

fn is_nowhere(environment: &suite::Environment, service: Option<usize>) -> bool {
    let base = match service {
        None => Some(&environment.base),
        Some(service) => environment.services.get(service).map(|it| &it.base),
    };
    matches!(base, Some(Base::Nowhere))
}

fn is_asked(entry: &suite::Endpoint, environment: usize) -> bool {
    match &entry.spec.expect {
        Expected::Everywhere(_) => true,
        Expected::PerEnvironment(each) => each.get(environment).is_some_and(Option::is_some),
    }
}

fn problem(
    context: &Context<'_>,
    first: &suite::Endpoint,
    service: Option<usize>,
    environments: &[&str],
) -> Diagnostic {
    let path = first.path.written();
    let service = service.and_then(|service| context.suite.services.get(service));
    let (message, place) = match service {
        Some(name) => (
            format!("`{path}` asks the service `{name}`, and nothing says where that is"),
            format!("/{name}"),
        ),
        None => (
            format!("`{path}` names no service, and there is no base URL to ask instead"),
            String::new(),
        ),
    };
    let flags: Vec<_> = environments
        .iter()
        .map(|environment| format!("`{environment}{place}=URL`"))
        .collect();
    let label = format!("in {}", environments.join(", "));
    let place = Place::EndpointPath(first.entry);
    let problem = context.suite.problem(&place, "no-service", message);
    let says = if flags.len() == 1 { "says" } else { "say" };
    problem
        .label(label)
        .help(format!(
            "{} on the command line {says} where",
            flags.join(" and ")
        ))
        .help("`--service NAME` asks one service only, and `--service default` none")
}
