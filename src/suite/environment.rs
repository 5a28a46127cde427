//! Environments, as the file has them.
//!
//! Input: raw environments. Output: [`Environment`]s in the order of the file. It refuses names and base URLs
//! that cannot be; what says how an environment is reached is read next door.

use super::address::parse_base_url;
use super::duration::parse_duration;
use super::model::{Base, Environment, EnvironmentType, HttpVersion, Layer, Tls, Vars};
use super::place::Place;
use super::problems::Problems;
use super::rate::parse_rate;
use super::raw::{Pairs, RawEnvironment, RawEnvironmentKeys, Text};
use super::template::Template;
use super::{connection, credential, discover, fields, mock, ready, retry, service};
use crate::diagnostic::{Diagnostic, Source};

/// The environments of the file.
pub(super) fn read(
    raw: &Pairs<RawEnvironment>,
    source: &Source,
    problems: &mut Problems,
) -> Vec<Environment> {
    let mut environments: Vec<Environment> = Vec::new();
    for (name, raw) in &raw.0 {
        let place = Place::keys(&["environments", name]);
        if let Err(problem) = check_name(name, &environments) {
            problems.key(place.clone(), problem);
        }
        environments.push(environment(name, raw, &place, source, problems));
    }
    environments
}

/// The names of the environments, in order.
pub(super) fn names(environments: &[Environment]) -> Vec<String> {
    environments
        .iter()
        .map(|environment| environment.name.clone())
        .collect()
}

fn environment(
    name: &str,
    raw: &RawEnvironment,
    place: &Place,
    source: &Source,
    problems: &mut Problems,
) -> Environment {
    match raw {
        RawEnvironment::Missing => {
            let problem = Diagnostic::new("missing-base-url", format!("`{name}` has no base URL"));
            problems.missing(
                place.clone(),
                problem.help(format!("the short form is `{name}: https://example.com`")),
            );
            plain(name, Base::Mock(Vec::new()))
        }
        RawEnvironment::Url(Text(url)) => plain(name, Base::Url(base_url(url, place, problems))),
        RawEnvironment::Long(keys) => long(name, keys, place, source, problems),
    }
}

fn long(
    name: &str,
    raw: &RawEnvironmentKeys,
    place: &Place,
    source: &Source,
    problems: &mut Problems,
) -> Environment {
    let has_base = raw.base_url.is_some() || raw.discover.is_some() || raw.mock.is_some();
    let base = if has_base || raw.services.is_none() {
        base(name, raw, place, source, problems)
    } else {
        Base::Nowhere
    };
    let services = place.inside("services");
    let services = service::read(raw.services.as_ref(), &services, source, problems);
    let mut duration = |key: &str, raw: &Option<Text>| {
        let Text(text) = raw.as_ref()?;
        problems.setting(&place.inside(key), text, "bad-duration", parse_duration)
    };
    let timeout = duration("timeout", &raw.timeout);
    let connect_timeout = duration("connect_timeout", &raw.connect_timeout);
    let concurrency = raw.concurrency.as_ref().and_then(|Text(text)| {
        problems.setting(
            &place.inside("concurrency"),
            text,
            "bad-number",
            parse_concurrency,
        )
    });
    let rate_limit = raw.rate_limit.as_ref().and_then(|Text(text)| {
        problems.setting(&place.inside("rate_limit"), text, "bad-rate", parse_rate)
    });
    let kind = raw
        .kind
        .as_ref()
        .and_then(|Text(text)| kind(text, &place.inside("type"), problems));
    let environment = Environment {
        kind,
        services,
        vars: fields::vars(raw.vars.as_ref(), &place.inside("vars"), problems),
        layer: Layer {
            headers: fields::headers(raw.headers.as_ref(), &place.inside("headers"), problems),
            timeout,
            retry: retry::read(raw.retry.as_ref(), &place.inside("retry"), problems),
        },
        connect_timeout,
        concurrency,
        rate_limit,
        allow_unsafe_methods: raw.allow_unsafe_methods.is_some_and(|switch| switch.0),
        ..plain(name, base)
    };
    let environment = connected(environment, raw, place, problems);
    service::check_nowhere(&environment, place, problems);
    environment
}

/// The environment with all that says how it is reached, and as whom.
fn connected(
    environment: Environment,
    raw: &RawEnvironmentKeys,
    place: &Place,
    problems: &mut Problems,
) -> Environment {
    let at = |key: &str| place.inside(key);
    let auth = raw.auth.as_ref();
    let ready = raw.ready.as_ref();
    let version = raw.http_version.as_ref();
    Environment {
        auth: auth.and_then(|raw| credential::read(raw, &at("auth"), problems)),
        credentials: credential::named(raw.credentials.as_ref(), &at("credentials"), problems),
        tls: connection::tls(raw.tls.as_ref(), &at("tls"), problems),
        proxy: connection::proxy(raw.proxy.as_ref(), &at("proxy"), problems),
        resolve: connection::resolve(raw.resolve.as_ref(), &at("resolve"), problems),
        http_version: connection::http_version(version, &at("http_version"), problems),
        ready: ready.and_then(|raw| ready::read(raw, &at("ready"), problems)),
        ..environment
    }
}

/// Exactly one of `base_url`, `discover` and `mock`.
fn base(
    name: &str,
    raw: &RawEnvironmentKeys,
    place: &Place,
    source: &Source,
    problems: &mut Problems,
) -> Base {
    let unknown = Base::Mock(Vec::new());
    let given = [
        ("base_url", raw.base_url.is_some()),
        ("discover", raw.discover.is_some()),
        ("mock", raw.mock.is_some()),
    ];
    let mut keys = given
        .iter()
        .filter_map(|(key, given)| given.then_some(*key));
    if let (Some(first), Some(second)) = (keys.next(), keys.next()) {
        let message = format!("`{name}` has both `{first}` and `{second}`");
        let help = match second {
            "mock" => "an environment is either real or embedded",
            _ => "a base URL is either written or found",
        };
        let problem = Diagnostic::new("two-bases", message);
        problems.key(place.inside(second), problem.help(help));
        return unknown;
    }
    if let Some(Text(url)) = &raw.base_url {
        Base::Url(base_url(url, &place.inside("base_url"), problems))
    } else if let Some(raw) = &raw.mock {
        Base::Mock(mock::read(raw, &place.inside("mock"), source, problems))
    } else if let Some(raw) = &raw.discover {
        discover::read(raw, &place.inside("discover"), problems).map_or(unknown, Base::Discover)
    } else {
        let message = format!("`{name}` has neither `base_url` nor `discover` nor `mock`");
        let problem = Diagnostic::new("missing-base-url", message);
        let help = "one of the three is needed: `base_url: https://example.com`";
        problems.missing(place.clone(), problem.help(help));
        unknown
    }
}

/// An environment about which nothing but this is known.
pub(super) fn plain(name: &str, base: Base) -> Environment {
    Environment {
        name: name.to_owned(),
        kind: None,
        base,
        services: Vec::new(),
        vars: Vars::default(),
        layer: Layer::default(),
        connect_timeout: None,
        concurrency: None,
        allow_unsafe_methods: false,
        rate_limit: None,
        auth: None,
        credentials: Vec::new(),
        tls: Tls::default(),
        proxy: None,
        resolve: Vec::new(),
        http_version: HttpVersion::Auto,
        ready: None,
        lender: None,
    }
}

pub(super) fn base_url(text: &str, place: &Place, problems: &mut Problems) -> Template {
    let template = problems
        .template(place, text)
        .unwrap_or_else(|| Template::literal(text));
    if let Some(Err(message)) = template.as_plain().map(parse_base_url) {
        let problem = Diagnostic::new("bad-base-url", message);
        let help = match text {
            text if text.contains('@') => {
                "credentials have a key of their own: `auth: { basic: { username: …, password: … } }`"
                    .to_owned()
            }
            text => base_url_help(text),
        };
        problems.value(place.clone(), problem.help(help));
    }
    template
}

/// How to mend a text that is no base URL.
pub(super) fn base_url_help(text: &str) -> String {
    match text {
        "" => "a base URL looks like `https://www.example.com/shop`".to_owned(),
        text if text.starts_with("localhost") || text.starts_with("127.") => {
            format!("with a scheme it is `http://{text}`")
        }
        text if !text.contains(":/") => format!("with a scheme it is `https://{text}`"),
        _ => "a base URL is `http://` or `https://`, a host, and perhaps a path".to_owned(),
    }
}

fn kind(text: &str, place: &Place, problems: &mut Problems) -> Option<EnvironmentType> {
    match text {
        "development" => Some(EnvironmentType::Development),
        "staging" => Some(EnvironmentType::Staging),
        "production" => Some(EnvironmentType::Production),
        _ => {
            let problem = Diagnostic::new("bad-type", format!("there is no type `{text}`"));
            problems.value(
                place.clone(),
                problem.help("the types are `development`, `staging` and `production`"),
            );
            None
        }
    }
}

/// Reads how many requests may be in flight: at least one.
pub fn parse_concurrency(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => {
            Err("`0` requests at a time would never get anywhere, expected at least 1".to_owned())
        }
        Ok(number) => Ok(number),
        Err(_) if text.is_empty() => {
            Err("a number of requests is missing, expected one such as `8`".to_owned())
        }
        Err(_) => Err(format!(
            "`{text}` is no number of requests, expected one such as `8`"
        )),
    }
}

pub(super) fn check_name(name: &str, others: &[Environment]) -> Result<(), Diagnostic> {
    let problem = |message: String| Err(Diagnostic::new("bad-environment-name", message));
    if name.is_empty() {
        return problem("an environment's name is missing".to_owned());
    }
    if name == "default" {
        return problem(
            "`default` is no name for an environment: in expectations it means the others"
                .to_owned(),
        );
    }
    if !is_name(name) {
        return problem(format!(
            "`{name}` is no name for an environment: letters, digits, `-`, `_` and `.`"
        ));
    }
    match others
        .iter()
        .find(|other| other.name.eq_ignore_ascii_case(name))
    {
        Some(other) if other.name == name => {
            problem(format!("there is an environment `{name}` already"))
        }
        Some(other) => problem(format!(
            "`{name}` differs from `{}` only in case",
            other.name
        )),
        None => Ok(()),
    }
}

/// Whether a name has nothing but letters, digits, `-`, `_` and `.`.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}
