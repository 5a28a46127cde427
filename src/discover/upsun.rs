//! Upsun, formerly Platform.sh: from inside a container its routes, from outside its program.
//!
//! Input: what the suite wants, and `PLATFORM_ROUTES` or what `upsun` prints. Output: the URL of a route with an
//! application behind it, never that of a redirect.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use super::command::{self, Program, Silence};
use super::problem::Problem;
use super::search::Answer;
use crate::suite::EnvironmentType;

const ROUTES: &str = "PLATFORM_ROUTES";

/// The program's names, the newer first.
const PROGRAMS: [&str; 2] = ["upsun", "platform"];

/// Whoever is asked something here cannot answer.
const QUIET: &[(&str, &str)] = &[
    ("UPSUN_CLI_NO_INTERACTION", "1"),
    ("PLATFORMSH_CLI_NO_INTERACTION", "1"),
];

/// What the suite wants; what is absent is that of the container or the checkout.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) project: Option<String>,
    pub(super) environment: Option<String>,
    /// The ID of a route; the primary one where absent.
    pub(super) route: Option<String>,
}

/// One of the routes; its URL is its key.
#[derive(Debug, Deserialize)]
struct Route {
    #[serde(rename = "type")]
    kind: String,
    primary: Option<bool>,
    id: Option<String>,
}

impl Wanted {
    /// The routes of the container that this runs in, if that is the environment wanted.
    pub(super) fn routes_here(&self, process: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let routes = process(ROUTES).filter(|routes| !routes.trim().is_empty())?;
        let is = |wanted: &Option<String>, names: &[&str]| {
            let Some(wanted) = wanted else { return true };
            names
                .iter()
                .any(|name| process(name).as_ref() == Some(wanted))
        };
        let here = is(&self.project, &["PLATFORM_PROJECT"])
            && is(
                &self.environment,
                &["PLATFORM_BRANCH", "PLATFORM_ENVIRONMENT"],
            );
        here.then_some(routes)
    }

    fn command_line(&self, program: &str) -> Vec<String> {
        let mut words = vec![program];
        match &self.route {
            None => words.extend(["environment:url", "--primary", "--pipe"]),
            Some(id) => words.extend(["route:get", "--id", id, "--property", "url"]),
        }
        words.push("--no-interaction");
        for (flag, value) in [("-p", &self.project), ("-e", &self.environment)] {
            if let Some(value) = value {
                words.extend([flag, value]);
            }
        }
        words.into_iter().map(str::to_owned).collect()
    }
}

/// Finds the route among `routes`, which are as `PLATFORM_ROUTES` has them.
pub(super) fn in_container(
    routes: &str,
    wanted: &Wanted,
    process: &dyn Fn(&str) -> Option<String>,
) -> Result<Answer, Problem> {
    let kind = match process("PLATFORM_ENVIRONMENT_TYPE").as_deref() {
        Some("production") => Some(EnvironmentType::Production),
        Some("staging") => Some(EnvironmentType::Staging),
        Some("development") => Some(EnvironmentType::Development),
        _ => None,
    };
    Ok(Answer {
        url: route(&decode(routes)?, wanted.route.as_deref())?,
        kind,
        source: ROUTES.to_owned(),
    })
}

/// Asks the program, by whichever of its names it is installed.
pub(super) async fn through_program(wanted: &Wanted) -> Result<Answer, Problem> {
    for name in PROGRAMS {
        let words = wanted.command_line(name);
        let program = Program {
            shown: words.join(" "),
            words,
            variables: QUIET,
        };
        match command::run(&program).await {
            Ok(url) => {
                return Ok(Answer {
                    url,
                    kind: None,
                    source: program.shown,
                });
            }
            Err(Silence::Missing(_)) => {}
            Err(Silence::Failed(problem)) => return Err(advised(problem, wanted)),
        }
    }
    let [first, second] = PROGRAMS;
    let message = format!(
        "`{ROUTES}` does not tell it, and there is no program `{first}` or `{second}` to ask"
    );
    Err(Problem::new(message)
        .help("inside a container the routes tell it; outside, the Upsun CLI has to be installed and logged in"))
}

fn advised(problem: Problem, wanted: &Wanted) -> Problem {
    let problem = if wanted.project.is_none() || wanted.environment.is_none() {
        problem.help(
            "`discover: { upsun: { project: ID, environment: NAME } }` does not depend on the working directory",
        )
    } else {
        problem
    };
    problem.help("`UPSUN_CLI_TOKEN` logs the program in where nobody can")
}

fn decode(routes: &str) -> Result<BTreeMap<String, Route>, Problem> {
    let bytes = STANDARD
        .decode(routes.trim())
        .map_err(|error| Problem::new(format!("`{ROUTES}` is not base64: {error}")))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::new(format!("`{ROUTES}` holds no routes: {error}")))
}

/// The URL of the route with this ID, else of the primary one, else of the only one.
fn route(routes: &BTreeMap<String, Route>, id: Option<&str>) -> Result<String, Problem> {
    let mut upstream: Vec<_> = routes
        .iter()
        .filter(|(_, it)| it.kind == "upstream")
        .collect();
    // Where a route answers to both, `https` is what it is known by.
    upstream.sort_by_key(|(url, _)| !url.starts_with("https:"));
    let wanted = |it: &Route| match id {
        Some(id) => it.id.as_deref() == Some(id),
        None => it.primary == Some(true),
    };
    if let Some((url, _)) = upstream.iter().find(|(_, it)| wanted(it)) {
        return Ok((*url).clone());
    }
    let mut known: Vec<_> = upstream
        .iter()
        .filter_map(|(_, it)| it.id.as_ref())
        .collect();
    known.dedup();
    let known: Vec<_> = known.iter().map(|id| format!("`{id}`")).collect();
    let list = match known.as_slice() {
        [] => "none of its routes has an `id`: `routes` in its configuration gives them".to_owned(),
        known => format!("the routes with an `id` are {}", known.join(", ")),
    };
    match (id, upstream.as_slice()) {
        (None, [(url, _)]) => Ok((*url).clone()),
        (_, []) => Err(Problem::new(format!(
            "`{ROUTES}` has no route with an application behind it"
        ))),
        (None, several) => {
            let message = format!("none of the {} routes is the primary one", several.len());
            let help = "`discover: { upsun: { route: ID } }` names one";
            Err(Problem::new(message).help(help).help(list))
        }
        (Some(id), _) if routes.values().any(|it| it.id.as_deref() == Some(id)) => {
            Err(Problem::new(format!("the route `{id}` is a redirect")).help(list))
        }
        (Some(id), _) => Err(Problem::new(format!("there is no route `{id}`")).help(list)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(routes: &str, id: Option<&str>) -> Result<String, String> {
        let routes = decode(&STANDARD.encode(routes)).map_err(|problem| problem.message)?;
        route(&routes, id).map_err(|problem| problem.message)
    }

    #[test]
    fn the_primary_route_else_the_only_one() {
        let redirect = r#""http://a/": { "type": "redirect", "to": "https://a/", "id": "old", "primary": true }"#;
        let only = r#""https://a/": { "type": "upstream", "primary": null, "id": null }"#;
        let both = r#""https://b/": { "type": "upstream", "primary": true }, "http://b/": { "type": "upstream", "primary": true }"#;
        for (routes, id, expected) in [
            (format!("{{ {redirect}, {only} }}"), None, Ok("https://a/")),
            (format!("{{ {redirect}, {only}, {both} }}"), None, Ok("https://b/")),
            (format!("{{ {redirect} }}"), None, Err("no route with an application")),
            (format!("{{ {redirect}, {only} }}"), Some("old"), Err("is a redirect")),
            (format!("{{ {redirect}, {only} }}"), Some("new"), Err("no route `new`")),
            (
                r#"{ "https://a/": { "type": "upstream" }, "https://b/": { "type": "upstream", "primary": false } }"#.to_owned(),
                None,
                Err("none of the 2 routes"),
            ),
            ("[]".to_owned(), None, Err("holds no routes")),
        ] {
            match (url(&routes, id), expected) {
                (Ok(url), Ok(expected)) => assert_eq!(url, expected),
                (Err(message), Err(part)) => assert!(message.contains(part), "{message}"),
                (found, expected) => panic!("{routes}: {found:?}, expected {expected:?}"),
            }
        }
        assert!(decode("not base64!").is_err());
    }

    #[test]
    fn only_the_container_of_the_environment_tells_its_routes() {
        let process = |name: &str| match name {
            ROUTES => Some("e30=".to_owned()),
            "PLATFORM_PROJECT" => Some("abc".to_owned()),
            "PLATFORM_BRANCH" => Some("pr-12".to_owned()),
            "PLATFORM_ENVIRONMENT" => Some("pr-12-1a2b".to_owned()),
            _ => None,
        };
        for (project, environment, here) in [
            (None, None, true),
            (Some("abc"), Some("pr-12"), true),
            (None, Some("pr-12-1a2b"), true),
            (Some("xyz"), None, false),
            (Some("abc"), Some("main"), false),
        ] {
            let wanted = Wanted {
                project: project.map(str::to_owned),
                environment: environment.map(str::to_owned),
                route: None,
            };
            assert_eq!(wanted.routes_here(&process).is_some(), here, "{wanted:?}");
            assert_eq!(wanted.routes_here(&|_| None), None);
        }
    }

    #[test]
    fn the_program_is_asked_for_what_the_suite_names() {
        let text = |text: &str| Some(text.to_owned());
        let mut wanted = Wanted {
            project: text("abc"),
            environment: text("pr-12"),
            route: None,
        };
        assert_eq!(
            wanted.command_line("upsun").join(" "),
            "upsun environment:url --primary --pipe --no-interaction -p abc -e pr-12"
        );
        wanted.route = text("api");
        wanted.project = None;
        assert_eq!(
            wanted.command_line("platform").join(" "),
            "platform route:get --id api --property url --no-interaction -e pr-12"
        );
    }
}
