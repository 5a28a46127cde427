//! `discover`: how a base URL is found.
//!
//! Input: the raw keys. Output: a [`Discover`], one way. It refuses platforms that nobody knows, more than one way
//! at a time, and names that would be taken for flags.

use super::model::{Discover, NetlifyUrl, Upsun, VercelHost};
use super::names::nearest;
use super::place::Place;
use super::problems::Problems;
use super::program;
use super::raw::{List, RawDiscover, RawDiscoverKeys, RawUpsun, Text};
use super::template::{Template, is_name};
use crate::diagnostic::Diagnostic;

const CODE: &str = "bad-discover";
const PLATFORMS: [&str; 5] = ["upsun", "vercel", "netlify", "gitlab", "github"];
const EXAMPLES: &str = "such as `discover: upsun`, `discover: { env: PREVIEW_URL }` or `discover: { command: [get-url] }`";

/// Reads `discover`.
pub(super) fn read(raw: &RawDiscover, place: &Place, problems: &mut Problems) -> Option<Discover> {
    match raw {
        RawDiscover::Missing => {
            let problem = Diagnostic::new(CODE, "`discover` does not say how");
            problems.missing(place.clone(), problem.help(EXAMPLES));
            None
        }
        RawDiscover::Platform(Text(name)) => platform(name)
            .map_err(|problem| problems.value(place.clone(), problem))
            .ok(),
        RawDiscover::Long(keys) => long(keys, place, problems),
    }
}

/// Whether `name` may be given to a program as the value of a flag.
pub fn check_upsun_name(name: &str) -> Result<(), String> {
    match name {
        "" => Err("a name is missing".to_owned()),
        name if name.starts_with('-') => Err("a name does not begin with `-`".to_owned()),
        name if name.chars().any(|c| c.is_control() || c.is_whitespace()) => {
            Err("a name has no white space or control characters".to_owned())
        }
        _ => Ok(()),
    }
}

fn platform(name: &str) -> Result<Discover, Diagnostic> {
    Ok(match name {
        "upsun" => Discover::Upsun(Upsun::default()),
        "vercel" => Discover::Vercel(VercelHost::Deployment),
        "netlify" => Discover::Netlify(NetlifyUrl::Deployment),
        "gitlab" => Discover::Gitlab,
        "github" => Discover::Github,
        _ => {
            // It may have a password in it.
            if name.contains("://") {
                let problem = Diagnostic::new(CODE, "expected a platform, found a URL");
                return Err(problem.help("a URL that is known stands under `base_url`"));
            }
            let problem = Diagnostic::new(CODE, format!("there is no platform `{name}`"));
            let problem = match nearest(name, PLATFORMS.into_iter()) {
                Some(near) => problem.label(format!("did you mean `{near}`?")),
                None => problem,
            };
            let known = PLATFORMS.map(|name| format!("`{name}`")).join(", ");
            return Err(problem.help(format!(
                "the platforms are {known}; any other has `{{ env: NAME }}` or `{{ command: [...] }}`"
            )));
        }
    })
}

fn long(raw: &RawDiscoverKeys, place: &Place, problems: &mut Problems) -> Option<Discover> {
    let given = [
        ("upsun", raw.upsun.is_some()),
        ("vercel", raw.vercel.is_some()),
        ("netlify", raw.netlify.is_some()),
        ("env", raw.env.is_some()),
        ("command", raw.command.is_some()),
    ];
    let mut keys = given
        .iter()
        .filter_map(|(key, given)| given.then_some(*key));
    if let (Some(first), Some(second)) = (keys.next(), keys.next()) {
        let message = format!("both `{first}` and `{second}` say where the base URL comes from");
        let help = "`discover` has one way: a run that may take another says `--base-url NAME=URL`";
        problems.key(
            place.inside(second),
            Diagnostic::new(CODE, message).help(help),
        );
        return None;
    }
    let mut one_of = |key: &str, text: &str, known: &str| {
        let message = format!("`{key}` has no `{text}`");
        let problem = Diagnostic::new(CODE, message).help(format!("expected {known}"));
        problems.value(place.inside(key), problem);
        None
    };
    if let Some(raw) = &raw.upsun {
        upsun(raw, &place.inside("upsun"), problems)
    } else if let Some(Text(text)) = &raw.vercel {
        let host = match text.as_str() {
            "deployment" => VercelHost::Deployment,
            "branch" => VercelHost::Branch,
            "production" => VercelHost::Production,
            _ => return one_of("vercel", text, "`deployment`, `branch` or `production`"),
        };
        Some(Discover::Vercel(host))
    } else if let Some(Text(text)) = &raw.netlify {
        let url = match text.as_str() {
            "deployment" => NetlifyUrl::Deployment,
            "production" => NetlifyUrl::Production,
            _ => return one_of("netlify", text, "`deployment` or `production`"),
        };
        Some(Discover::Netlify(url))
    } else if let Some(Text(name)) = &raw.env {
        variable(name, &place.inside("env"), problems)
    } else if let Some(List(words)) = &raw.command {
        program::read(words, &place.inside("command"), CODE, problems).map(Discover::Command)
    } else {
        let problem = Diagnostic::new(CODE, "`discover` does not say how");
        problems.missing(place.clone(), problem.help(EXAMPLES));
        None
    }
}

fn upsun(raw: &RawUpsun, place: &Place, problems: &mut Problems) -> Option<Discover> {
    let mut name = |key: &str, raw: &Option<Text>| -> Result<Option<Template>, ()> {
        let Some(Text(text)) = raw else {
            return Ok(None);
        };
        let place = place.inside(key);
        let template = problems.template(&place, text).ok_or(())?;
        if let Some(Err(message)) = template.as_plain().map(check_upsun_name) {
            let problem = Diagnostic::new(CODE, format!("`{key}`: {message}"));
            problems.value(
                place,
                problem.help("the Upsun CLI is given it as it stands here"),
            );
            return Err(());
        }
        Ok(Some(template))
    };
    let project = name("project", &raw.project);
    let environment = name("environment", &raw.environment);
    let route = name("route", &raw.route);
    Some(Discover::Upsun(Upsun {
        project: project.ok()?,
        environment: environment.ok()?,
        route: route.ok()?,
    }))
}

fn variable(name: &str, place: &Place, problems: &mut Problems) -> Option<Discover> {
    if is_name(name) {
        return Some(Discover::Variable(name.to_owned()));
    }
    let message = match name {
        "" => "the name of a variable is missing".to_owned(),
        _ => format!(
            "`{name}` is no name of a variable: letters, digits and `_`, and no digit first"
        ),
    };
    let help = "the name alone: `discover: { env: PREVIEW_URL }`";
    problems.value(place.clone(), Diagnostic::new(CODE, message).help(help));
    None
}
